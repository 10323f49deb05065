"""The schema: applied once whoever comes first, and refused when it is not the one this code knows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.database import ConstraintError, Database, Transaction, connect
from storage.migrate import FOLDER, SchemaError, applied_migrations, migrate, migrations_in, schema_version
from storage.statements import statement
from tests.test_storage_contention import process

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
FIRST = """-- A comment; with a semicolon.
CREATE TABLE a (id TEXT PRIMARY KEY CHECK (id <> ';'));
INSERT INTO a VALUES ('x;y');
"""
SECOND = "ALTER TABLE a ADD COLUMN note TEXT;\nINSERT INTO a VALUES ('z', 'new');\n"
ROWS = statement("rows", "SELECT * FROM a ORDER BY id")


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    """A database that never saw a migration of Linli's own."""
    database = await connect(database_url)
    if database.engine == "postgresql":  # a copy of the migrated template
        await database.write(lambda tx: tx.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public"))
    yield database
    await database.close()


def folder(path: Path, *texts: str) -> Path:
    path.mkdir(exist_ok=True)
    for number, text in enumerate(texts, start=1):
        (path / f"{number:04}_step.sql").write_text(text)
    return path


async def test_missing_files_are_applied_in_order_and_once(empty: Database, tmp_path: Path) -> None:
    assert await schema_version(empty) == 0
    assert await migrate(empty, NOW, folder=folder(tmp_path / "m", FIRST)) == 1
    assert await migrate(empty, LATER, folder=folder(tmp_path / "m", FIRST)) == 1
    assert await migrate(empty, LATER, folder=folder(tmp_path / "m", FIRST, SECOND)) == 2
    assert await schema_version(empty) == 2
    async with empty.read() as tx:
        assert await tx.rows(ROWS) == [{"id": "x;y", "note": None}, {"id": "z", "note": "new"}]
        assert [(row.version, row.name, row.applied_at) for row in await applied_migrations(tx)] == [
            (1, "step", NOW),
            (2, "step", LATER),
        ]


async def test_a_file_that_fails_leaves_the_schema_as_it_was(empty: Database, tmp_path: Path) -> None:
    await migrate(empty, NOW, folder=folder(tmp_path / "m", FIRST))
    broken = folder(tmp_path / "m", FIRST, SECOND, "INSERT INTO a VALUES ('x;y', NULL);")
    with pytest.raises(ConstraintError):
        await migrate(empty, NOW, folder=broken)
    assert await schema_version(empty) == 1
    async with empty.read() as tx:
        assert await tx.rows(ROWS) == [{"id": "x;y"}]


async def test_a_database_of_a_newer_version_is_refused(empty: Database, tmp_path: Path) -> None:
    await migrate(empty, NOW, folder=folder(tmp_path / "new", FIRST, SECOND))
    with pytest.raises(SchemaError, match=r"0002_step.*does not know: start the newer version"):
        await migrate(empty, NOW, folder=folder(tmp_path / "old", FIRST))


async def test_a_file_that_was_changed_afterwards_is_refused(empty: Database, tmp_path: Path) -> None:
    await migrate(empty, NOW, folder=folder(tmp_path / "m", FIRST))
    with pytest.raises(SchemaError, match=r"0001_step\.sql was changed .*put changes into a new file"):
        await migrate(empty, NOW, folder=folder(tmp_path / "m", FIRST + "\n"))


async def test_a_gap_in_what_was_applied_is_refused(empty: Database, tmp_path: Path) -> None:
    both = folder(tmp_path / "m", FIRST, SECOND)
    await migrate(empty, NOW, folder=both)
    await empty.write(lambda tx: tx.script("DELETE FROM schema_migration WHERE version = 1"))
    with pytest.raises(SchemaError, match=r"0001 was never applied .*restore a backup"):
        await migrate(empty, NOW, folder=both)


@pytest.mark.parametrize("name", ["0002_step.sql", "1_step.sql", "0001-step.sql", "0001_.sql", "first.sql"])
def test_files_are_numbered_from_one_without_a_gap(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FIRST)
    with pytest.raises(SchemaError, match="must be called 0001_<name>"):
        migrations_in(tmp_path)


async def test_processes_that_start_at_once_apply_each_file_once(
    empty: Database, database_url: str, tmp_path: Path
) -> None:
    """The second file would fail if it were applied twice."""
    steps = folder(tmp_path / "m", FIRST, SECOND)
    async with (
        process("migrate", database_url, str(steps)) as first,
        process("migrate", database_url, str(steps)) as second,
    ):
        here = await asyncio.gather(*(migrate(empty, NOW, folder=steps) for _ in range(3)))
        assert (await first.wait(), await second.wait()) == (0, 0)
    assert here == [2, 2, 2]
    assert await schema_version(empty) == 2


async def test_control_a_migration_without_the_lock_is_noticed(empty: Database, tmp_path: Path) -> None:
    """Applying the second file twice fails, so the test above would see it."""
    await migrate(empty, NOW, folder=folder(tmp_path / "m", FIRST, SECOND))

    async def again(tx: Transaction) -> None:
        await tx.script(SECOND)

    with pytest.raises(Exception, match="note"):
        await empty.write(again)


async def test_the_schema_that_ships_is_applied_to_an_empty_database(empty: Database) -> None:
    newest = len(migrations_in(FOLDER))
    assert newest >= 1
    assert await migrate(empty, NOW) == newest
    assert await schema_version(empty) == newest
