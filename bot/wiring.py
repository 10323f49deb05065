"""Puts the pieces together: database, calendar, directory, Linli."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.clock import Clock, system_clock
from bot.ids import new_id
from bot.linli import Linli
from bot.logs import log
from bot.policy import policy_of, safe_of
from bot.settings import Settings
from handlers.calendar_import import seed_calendar
from handlers.directory_load import load_directory
from handlers.erasing import erase_again, to_erase_again
from handlers.notices import office_of
from handlers.world import World
from messages.understand.understand import Reader
from storage.database import Database, connect
from storage.migrate import migrate

SAMPLE = Path(__file__).parent.parent / "handlers" / "data" / "fengze.xlsx"


@asynccontextmanager
async def open_database(settings: Settings, now: datetime) -> AsyncIterator[Database]:
    """The configured database, migrated, with the official calendar that ships with Linli."""
    make_folder_of(settings.database_url)
    database = await connect(
        settings.database_url,
        durable_full=settings.durability == "full",
        busy_deadline_s=settings.busy_deadline_s,
    )
    try:
        await migrate(database, now)
        await seed_calendar(database, now)
        await erased_again(settings, database, now)
        yield database
    finally:
        await database.close()


async def erased_again(settings: Settings, database: Database, now: datetime) -> int:
    """A backup that was brought back holds what residents had erased since: how much was erased again."""
    journal = safe_of(settings).journal
    missing = await to_erase_again(database, journal)
    if missing:
        directory = await load_directory(database, sample_prefix=settings.sample_phone_prefix)
        office = office_of(World(directory, now, policy_of(settings)), new_id)
        await erase_again(database, office, missing)
        log("erasing").warning(
            "the database is an older one: what had been erased since was erased again",
            receipts=sorted({each.receipt for each in missing}),
        )
    return len(missing)


def make_folder_of(url: str) -> None:
    """SQLite makes the file but not its folder."""
    if url.startswith("sqlite:///") and ":memory:" not in url:
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


@asynccontextmanager
async def open_linli(
    settings: Settings, clock: Clock = system_clock, *, reader: Reader | None = None
) -> AsyncIterator[Linli]:
    """Linli over the configured database; another `reader` is for comparing how sentences are understood."""
    async with open_database(settings, clock()) as database:
        directory = await load_directory(database, sample_prefix=settings.sample_phone_prefix)
        linli = Linli(settings, database, directory, clock, reader or Reader())
        try:
            yield linli
        finally:
            linli.meaning.close()
