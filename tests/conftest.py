"""Fixtures that all tests share: an empty database on each engine."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio

from storage.database import Database
from tests.engines import Postgres, make_template, opened, postgres_database, postgres_server

ENGINES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server with a migrated template, started when the first test needs it."""
    with postgres_server() as server:
        with ThreadPoolExecutor(1) as thread:  # the first test that asks for it is in a loop already
            thread.submit(lambda: asyncio.run(make_template(server))).result()
        yield server


@pytest_asyncio.fixture(params=ENGINES)
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database, on one engine after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/linli.db"
        return
    async with postgres_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty, migrated database, on one engine after the other."""
    async with opened(database_url) as connected:
        yield connected


@pytest_asyncio.fixture
async def sqlite_database(tmp_path: Path) -> AsyncIterator[Database]:
    async with opened(f"sqlite:///{tmp_path}/linli.db") as connected:
        yield connected
