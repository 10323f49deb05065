"""How the copies of the database are, for the operator: what lies in their folder, never what is in it."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from bot.jobs import JOBS, copied
from bot.linli import Linli
from messages.calendar import SHANGHAI
from storage import jobs
from storage.migrate import schema_version

# A nightly copy that is older was not made for a night.
TOO_OLD = timedelta(hours=36)
# Room for so many more copies should be left.
SPARE = 3
PATTERNS = {"sqlite": "linli-*.db", "postgresql": "linli-*.dump"}
JOB = next(job.name for job in JOBS if job.name == "backup")


@dataclass(frozen=True, slots=True)
class Copy:
    """`is_whole`: the job that made it read all of it again, and its schema is of that version. Nobody looked
    at a copy that another tool made."""

    name: str
    made_at: datetime
    bytes: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Folder:
    """What is on the disk: the copies, the newest first, and the room left; None where it cannot be told."""

    copies: tuple[tuple[str, float, int], ...]
    free: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class Copies:
    """`hours`: the age of the newest. `is_low`: there is no room for a few more like it."""

    engine: str
    folder: str
    newest: Copy | None
    hours: int | None
    is_old: bool
    kept: int
    wanted: int
    schema: int
    ran_at: datetime | None
    outcome: str
    free: int | None
    total: int | None
    is_low: bool


async def show(linli: Linli, _: Mapping[str, str]) -> Copies:
    now, settings = linli.clock(), linli.settings
    folder = await asyncio.to_thread(_look, settings.backup_dir, PATTERNS[linli.database.engine])
    schema = await schema_version(linli.database)
    async with linli.database.read(snapshot=False) as tx:
        ran = next((each for each in await jobs.last_runs(tx) if each.job == JOB), None)
        told = [each.outcome for each in await jobs.claims_of(tx, JOB) if each.outcome]
    newest = _newest(folder, told, schema)
    age = max(now - newest.made_at, timedelta()) if newest else None
    return Copies(
        linli.database.engine, str(settings.backup_dir), newest,
        int(age.total_seconds() // 3600) if age else None,
        age is None or age > TOO_OLD, len(folder.copies), settings.backups_kept, schema,
        ran.ran_at.astimezone(SHANGHAI) if ran else None, ran.outcome if ran else "",
        folder.free, folder.total,
        bool(newest and folder.free is not None and folder.free < SPARE * newest.bytes),
    )  # fmt: skip


def _newest(folder: Folder, told: list[str], schema: int) -> Copy | None:
    if not folder.copies:
        return None
    name, made, length = folder.copies[0]
    is_whole = any(copied(name, version) in told for version in range(1, schema + 1))
    return Copy(name, datetime.fromtimestamp(made, SHANGHAI), length, is_whole)


def _look(folder: Path, pattern: str) -> Folder:
    found = []
    for path in sorted(folder.glob(pattern), reverse=True):
        try:
            stat = path.stat()
        except OSError:  # the job has just deleted it
            continue
        found.append((path.name, stat.st_mtime, stat.st_size))
    there = next((each for each in (folder, *folder.absolute().parents) if each.is_dir()), None)
    try:
        usage = shutil.disk_usage(there) if there else None
    except OSError:
        usage = None
    return Folder(tuple(found), usage.free if usage else None, usage.total if usage else None)
