"""Keeping a database healthy: is it in order, and a copy of it while it is in use."""

import asyncio
import sqlite3
from pathlib import Path

from storage.database import Database, DatabaseError
from storage.migrate import FOLDER, applied_migrations, migrations_in, schema_problems
from storage.sqlite_link import verified
from storage.statements import load_queries
from storage.transaction import Damaged, Transaction

# Every statement of care.sql is one invariant; it returns a row, `what`, for each breach.
INVARIANTS = load_queries("care")


class BackupError(DatabaseError):
    """A copy could not be made; the text says why and what to do."""


async def check(db: Database) -> list[str]:
    """What is wrong with the schema, the pages and the contents, in words; empty when all is well."""
    problems: list[str] = []
    try:
        async with db.read() as tx:
            await _look(tx, problems)
    except Damaged as error:
        problems.append(str(error))
    return problems


async def _look(tx: Transaction, problems: list[str]) -> None:
    known, applied = migrations_in(FOLDER), await applied_migrations(tx)
    problems += schema_problems(known, applied)
    if len(applied) < len(known):
        missing = ", ".join(f"{each.version:04}_{each.name}" for each in known[len(applied) :])
        problems.append(f"these migrations were not applied yet: {missing}; starting Linli applies them")
    problems += await tx.damage()
    if len(applied) == len(known):
        for invariant in INVARIANTS.values():
            problems += [row["what"] for row in await tx.rows(invariant)]


async def backup(db: Database, path: Path) -> None:
    """A consistent copy of a SQLite database as one file, while others go on writing.

    Raises BackupError when the file exists or cannot be written, and for PostgreSQL.
    """
    if db.sqlite is None:
        raise BackupError(
            "Linli copies SQLite databases only; copy PostgreSQL with its own tool: "
            f"pg_dump --format=custom --file={path} DATABASE_URL, and bring it back with pg_restore"
        )
    try:
        await db.sqlite.copy_to(path)
    except FileExistsError:
        raise BackupError(f"{path} exists already: name a new file, or remove it first") from None
    except OSError as error:
        raise BackupError(f"{path} cannot be written: {error.strerror}") from error


async def verify_copy(path: Path) -> int:
    """Open a copy of SQLite and read all of it: the version of its schema. Raises BackupError naming what is
    wrong; the copy is not changed."""
    try:
        version, problems = await asyncio.to_thread(verified, path)
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the copy {path} cannot be opened: {error}") from None
    if problems:
        raise BackupError(f"the copy {path} is damaged: {problems[0]}")
    return version
