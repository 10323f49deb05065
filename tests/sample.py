"""The sample directory, imported once for a test run, and Linli over copies of it at a fixed time."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

from bot.clock import Clock, fixed_clock
from bot.linli import Linli
from bot.settings import Settings
from bot.wiring import SAMPLE
from handlers.asks import Ask, Dialogue
from handlers.calendar_import import seed_calendar
from handlers.directory_import import import_directory
from handlers.directory_load import load_directory
from handlers.intents import INTENTS, Intent
from handlers.message import Message
from handlers.snapshot import Directory
from handlers.talk import greet
from handlers.world import Outcome, Scene, World
from messages.calendar import SHANGHAI
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.workbook import WorkbookRead, read_workbook
from storage import jobs, scratch
from storage.database import Database, connect
from storage.statements import statement
from tests.engines import TEMPLATE, Postgres, create_database, opened

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)  # a Wednesday
PREFIX = "0595-0000"
POSTGRES_SAMPLE = "linli_sample"

# What a resident's turn must never change.
DIRECTORY_TABLES = scratch.TABLES


@dataclass(frozen=True, slots=True)
class Sample:
    """A SQLite file with the sample, and what was read from it."""

    path: Path
    directory: Directory
    reader: Reader

    def copy_to(self, path: Path) -> str:
        """The URL of a fresh copy at `path`."""
        shutil.copyfile(self.path, path)
        return f"sqlite:///{path}"


@cache
def sample_book() -> WorkbookRead:
    """What the sample's workbook holds, read once: nothing of it can be changed."""
    return read_workbook(SAMPLE)


def make_sample(path: Path) -> Sample:
    """Import the sample into a new file; outside any event loop."""
    return asyncio.run(_made(path))


async def _made(path: Path) -> Sample:
    async with opened(f"sqlite:///{path}") as database:
        await seed_calendar(database, NOW)
        await import_directory(database, sample_book(), now=NOW)
        directory = await load_directory(database, sample_prefix=PREFIX)
    return Sample(path, directory, Reader())


async def make_postgres_sample(postgres: Postgres, sample: Sample) -> None:
    """The sample as a template database; outside any other event loop."""
    await create_database(postgres, POSTGRES_SAMPLE, template=TEMPLATE)
    source = await connect(f"sqlite:///{sample.path}")
    try:
        target = await connect(postgres.url(POSTGRES_SAMPLE))
        try:
            await scratch.copy_directory(source, target)
        finally:
            await target.close()
    finally:
        await source.close()


def settings_for(url: str, folder: Path, **changed: object) -> Settings:
    """Settings whose files lie in `folder`; words alone, so that no model is loaded."""
    given: dict[str, object] = {
        "database_url": url,
        "secret_file": folder / "secret",
        "backup_dir": folder / "backup",
        "keys_dir": folder / "keys",
        "erased_log": folder / "erased.log",
        "vectors": "off",
    }
    return Settings.model_validate(given | changed)


def linli_over(
    database: Database,
    sample: Sample,
    settings: Settings,
    *,
    clock: Clock | None = None,
    intents: Mapping[str, Intent] = INTENTS,
) -> Linli:
    return Linli(
        settings, database, sample.directory, clock or fixed_clock(NOW), sample.reader, intents=intents
    )


@asynccontextmanager
async def second_process(linli: Linli, sample: Sample) -> AsyncIterator[Linli]:
    """Another Linli with its own connections to the same database, as another process would have."""
    async with opened(linli.settings.database_url) as database:
        yield linli_over(database, sample, linli.settings, clock=linli.clock)


def message(text: str, *, id: str | None = None, address: str = "ding", channel: str = "web") -> Message:
    """What one resident says on the page."""
    return Message(channel, address, id or str(uuid4()), text)


def read_by(reader: Reader, directory: Directory) -> Callable[[str], Understanding]:
    """Reads sentences with the names of `directory`."""
    around = Surroundings(directory.lexicon, NOW, directory.calendar, lambda hits: None, "zh")
    return lambda said: reader.read(said, around)


async def rows_of(database: Database, *tables: str) -> dict[str, list[str]]:
    """All rows of the tables as text, to see whether anything changed."""
    async with database.read() as tx:
        return {
            table: sorted(
                repr(row) for row in await tx.rows(statement(f"test.{table}", f"SELECT * FROM {table}"))
            )
            for table in tables
        }


class Mishap(Exception):
    """What a failing handler of a test raises; it quotes a resident, as libraries do."""


def acting(*, fails: bool = False) -> Mapping[str, Intent]:
    """Intents in which a greeting changes something inside the turn, as a booking would."""

    async def act(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
        await jobs.claim(scene.tx, "greeting", str(uuid4()), "turn", world.now)
        if fails:
            raise Mishap("13800138000")
        return greet(ask, dialogue, world)

    return {**INTENTS, "greet": Intent(act=act)}
