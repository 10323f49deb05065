"""Brings the schema up to date: numbered files, forward only, each applied once."""

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from storage.database import Database, DatabaseError, Transaction
from storage.statements import load_queries

FOLDER = Path(__file__).parent / "migrations"
FILE_NAME = re.compile(r"(\d{4})_(\w+)\.sql")
TABLE = "schema_migration"
SQL = load_queries("migrate")


class SchemaError(DatabaseError):
    """The database's schema is not one that this version of Linli can work with."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    checksum: str
    text: str


@dataclass(frozen=True, slots=True)
class Applied:
    version: int
    name: str
    checksum: str
    applied_at: datetime


def migrations_in(folder: Path) -> list[Migration]:
    """The files `0001_name.sql`, … of a folder. Raises SchemaError when a number is missing."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = FILE_NAME.fullmatch(path.name)
        if match is None or int(match[1]) != len(found) + 1:
            raise SchemaError(f"{path.name} must be called {len(found) + 1:04}_<name>.sql")
        text = path.read_text(encoding="utf-8")
        found.append(Migration(int(match[1]), match[2], sha256(text.encode()).hexdigest(), text))
    return found


async def migrate(db: Database, now: datetime, *, folder: Path = FOLDER) -> int:
    """Apply what is missing, in one transaction and under a lock; the schema's version afterwards.

    Any number of processes may start at once. Raises SchemaError, and changes nothing, when the
    database knows a version that the files do not, or one of its files has been changed since.
    """
    known = migrations_in(folder)

    async def work(tx: Transaction) -> int:
        await tx.lock_schema()
        await tx.run(SQL["create_table"])
        applied = await tx.records(Applied, SQL["applied"])
        _compare(known, applied)
        for migration in known[len(applied) :]:
            await tx.script(_for_engine(migration.text, db.engine))
            await tx.run(
                SQL["note"],
                {
                    "version": migration.version,
                    "name": migration.name,
                    "checksum": migration.checksum,
                    "applied_at": now,
                },
            )
        return len(known)

    return await db.write(work)


def _for_engine(text: str, engine: str) -> str:
    """PostgreSQL sorts and compares text by the server's locale unless told to do it as SQLite does."""
    return re.sub(r"\bTEXT\b", 'TEXT COLLATE "C"', text) if engine == "postgresql" else text


def _compare(known: list[Migration], applied: list[Applied]) -> None:
    if problems := schema_problems(known, applied):
        raise SchemaError("; ".join(problems))


def schema_problems(known: list[Migration], applied: list[Applied]) -> list[str]:
    """Why this code must not work on this database, in words for its operator."""
    problems = []
    for number, row in enumerate(applied, start=1):
        if row.version != number:
            problems.append(
                f"migration {number:04} was never applied to this database although {row.version:04} was: "
                "restore a backup"
            )
            break
        if number > len(known):
            problems.append(
                f"the database has migration {row.version:04}_{row.name}, which this version of Linli does "
                "not know: start the newer version that made it, or restore the backup from before"
            )
        elif row.checksum != known[number - 1].checksum:
            problems.append(
                f"the file {row.version:04}_{known[number - 1].name}.sql was changed after it had been "
                "applied to this database: install Linli anew, and put changes into a new file"
            )
    return problems


async def applied_migrations(tx: Transaction) -> list[Applied]:
    """What was applied to this database, in order; empty for a database without a schema."""
    if not await tx.has_table(TABLE):
        return []
    return await tx.records(Applied, SQL["applied"])


async def schema_version(db: Database) -> int:
    """The number of the last migration that was applied; 0 for a database without a schema."""
    async with db.read() as tx:
        applied = await applied_migrations(tx)
    return applied[-1].version if applied else 0
