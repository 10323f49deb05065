"""Databases in memory that hold the directory and nothing else, to play dialogues that leave no trace."""

from storage.database import Database, DatabaseError, Transaction, connect
from storage.engine_sqlite import SqliteEngine
from storage.migrate import applied_migrations, migrate
from storage.statements import statement

IN_MEMORY = "sqlite:///:memory:"

# In the order in which rows may refer to each other; nothing about residents.
TABLES = (
    "directory_version",
    "centre",
    "service",
    "activity",
    "directory_change",
    "kiosk",
    "closure",
    "calendar_year",
    "calendar_day",
    "school_term",
    "embedding",
)


async def template_of(source: Database) -> Database:
    """A new database in memory with the source's schema and directory, to be closed by the caller."""
    async with source.read() as tx:
        applied = await applied_migrations(tx)
    if not applied:
        raise DatabaseError("the database has no schema yet: apply its migrations first")
    template = await connect(IN_MEMORY)
    try:
        await migrate(template, applied[-1].applied_at)
        await copy_directory(source, template)
    except BaseException:
        await template.close()
        raise
    return template


async def copy_directory(source: Database, target: Database) -> None:
    """Copy what all residents see into a migrated database whose tables are empty."""
    async with source.read() as reading:

        async def work(writing: Transaction) -> None:
            for table in TABLES:
                await _copy_table(reading, writing, table)

        await target.write(work)


async def _copy_table(reading: Transaction, writing: Transaction, table: str) -> None:
    rows = await reading.rows(statement(f"scratch.read_{table}", f"SELECT * FROM {table}"))
    if not rows:
        return
    names = list(rows[0])
    insert = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"
    await writing.many(statement(f"scratch.copy_{table}", insert), rows)


async def clone(template: Database) -> Database:
    """A database in memory equal to one in memory, in a millisecond or so; closed by the caller."""
    original = _in_memory(template)
    database = await connect(IN_MEMORY)
    try:
        await original.copy_into(_in_memory(database))
    except BaseException:
        await database.close()
        raise
    return database


def _in_memory(database: Database) -> SqliteEngine:
    engine = database.sqlite
    if engine is None or not engine.is_memory:
        raise ValueError("only a database in memory can be cloned")
    return engine
