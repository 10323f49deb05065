"""`linli audit-pack`: a folder for the yearly audit of minors' data, and the same for the operator's desk."""

import asyncio
import shutil
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from bot.clock import Clock, system_clock
from bot.commands import say, tell
from bot.ids import new_id
from bot.linli import Linli
from bot.settings import Settings
from bot.wiring import open_database
from handlers.audit_pack import count, year_to_audit
from messages.calendar import SHANGHAI
from messages.lettering import NoFont
from storage import audit
from storage.database import Database
from storage.migrate import applied_migrations

MADE = "audit_pack"
FIRST_YEAR = 2024
# Settings that the inventory tells of.
TOLD = ("names_days", "bodies_days", "photo_days", "unknown_days")


async def make_pack(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Write the pack of a year into a new or empty folder; 2, and nothing written, where it cannot be."""
    now = clock()
    year = year_to_audit(now) if given.year is None else given.year
    folder: Path = given.folder
    if problem := _in_the_way(folder) or wrong_year(year, now.year):
        tell(problem)
        return 2
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    async with open_database(settings, now) as database:
        try:
            part.mkdir()
            names = await write_into(part, database, settings, year, clock)
            part.replace(folder)  # whole or not at all
        except NoFont as error:
            tell(f"no summary.pdf, and so no pack: {error}")
            return 2
        finally:
            shutil.rmtree(part, ignore_errors=True)
        await note_made(database, audit.SHELL, year, clock)
    for name in sorted(names):
        say(str(folder / name))
    return 0


def _in_the_way(folder: Path) -> str | None:
    if folder.is_dir():
        is_empty = next(folder.iterdir(), None) is None
        return None if is_empty else f"{folder} is not empty: name a new folder, or empty this one first"
    if folder.exists():
        return f"{folder} is a file: name a folder that is not there yet"
    if not folder.absolute().parent.is_dir():
        return f"{folder.absolute().parent}: there is no such folder to make {folder.name} in"
    return None


def wrong_year(year: int, now: int) -> str | None:
    if year > now:
        return f"--year {year}: that year has not begun"
    return f"--year {year}: there was no Linli before {FIRST_YEAR}" if year < FIRST_YEAR else None


async def write_into(
    folder: Path, database: Database, settings: Settings, year: int, clock: Clock
) -> tuple[str, ...]:
    """Count in one snapshot, then write, which nobody waits for; the names of the files. Raises NoFont and
    OSError."""
    from handlers.audit_files import Facts, write_pack  # noqa: PLC0415 - it loads what writes workbooks

    now = clock()
    async with database.read() as tx:
        applied = await applied_migrations(tx)
        counted = await count(tx, year, now, applied[-1].version)
    facts = Facts(
        now, linli_version(), database.engine,
        {name: getattr(settings, name) for name in TOLD},
        has_responsible=settings.responsible is not None, has_telegram=settings.telegram_token is not None,
    )  # fmt: skip
    return await asyncio.to_thread(write_pack, folder, counted, facts)


@dataclass(frozen=True, slots=True)
class Packs:
    """When the last one was made, of which year and by whom ('shell' or 'desk'), and the years of which one
    may be made; `usual` is that which is audited now."""

    made_at: datetime | None
    year: str
    by: str
    years: tuple[int, ...]
    usual: int


async def show(linli: Linli, _: Mapping[str, str]) -> Packs:
    now = linli.clock().astimezone(SHANGHAI)
    async with linli.database.read(snapshot=False) as tx:
        last = await audit.last_anywhere(tx, MADE)
    years = tuple(range(now.year, max(FIRST_YEAR, now.year - 2) - 1, -1))
    if last is None:
        return Packs(None, "", "", years, year_to_audit(now))
    by = audit.SHELL if last.who == audit.SHELL else "desk"
    return Packs(last.done_at.astimezone(SHANGHAI), last.subjects, by, years, year_to_audit(now))


async def zipped(database: Database, settings: Settings, year: int, clock: Clock) -> bytes:
    """The same as one file, for a browser. Raises NoFont, OSError."""
    with tempfile.TemporaryDirectory() as name:
        await write_into(Path(name), database, settings, year, clock)
        return await asyncio.to_thread(_zip, Path(name), f"linli-audit-{year}")


def _zip(folder: Path, inside: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for path in sorted(folder.iterdir()):
            archive.write(path, f"{inside}/{path.name}")
    return out.getvalue()


async def note_made(database: Database, who: str, year: int, clock: Clock) -> None:
    """That one was made, of which year and by whom, stands in the audit."""
    now, entry = clock(), str(new_id())
    await database.write(
        lambda tx: audit.note(tx, entry, who, MADE, centre_id=None, subjects=(str(year),), done_at=now)
    )


def linli_version() -> str:
    try:
        return version("linli")
    except PackageNotFoundError:  # run from a folder without having been installed
        return "0"
