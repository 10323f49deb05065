"""Fixtures that all tests share: databases on each engine, Linli over the sample, a browser."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from bot.__main__ import main
from bot.linli import Linli
from bot.logs import set_up_logs
from storage.database import Database
from tests.browser_chat import running_browser
from tests.cli import Here, environment
from tests.engines import Postgres, make_file, make_template, opened, postgres_database, postgres_server
from tests.room import in_memory
from tests.sample import (
    POSTGRES_SAMPLE,
    Sample,
    linli_over,
    make_postgres_sample,
    make_sample,
    settings_for,
)

ENGINES = ("sqlite", "postgresql")


def pytest_configure(config: pytest.Config) -> None:
    """Files of tests lie in memory where they can; processes that pytest starts ask for the same."""
    if where := in_memory(with_programs=True):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(where))


@pytest.fixture(autouse=True)
def logs() -> None:
    """Log as in service; without, every expected failure would draw its whole stack. Anew for each test:
    one that runs a command leaves the logs with a stream that is closed behind it."""
    set_up_logs("warning")


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


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that the others are copied from."""
    path = tmp_path_factory.mktemp("empty") / "linli.db"
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(make_file(path))).result()
    return path


@pytest_asyncio.fixture
async def database(database_url: str, empty_file: Path) -> AsyncIterator[Database]:
    """An empty, migrated database, on one engine after the other."""
    if database_url.startswith("sqlite"):
        shutil.copyfile(empty_file, database_url.removeprefix("sqlite:///"))
    async with opened(database_url) as connected:
        yield connected


@pytest_asyncio.fixture
async def sqlite_database(empty_file: Path, tmp_path: Path) -> AsyncIterator[Database]:
    shutil.copyfile(empty_file, tmp_path / "linli.db")
    async with opened(f"sqlite:///{tmp_path}/linli.db") as connected:
        yield connected


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    """The sample directory, imported when the first test needs it."""
    path = tmp_path_factory.mktemp("sample") / "linli.db"
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(make_sample, path).result()


@pytest.fixture(scope="session")
def postgres_sample(postgres: Postgres, sample: Sample) -> Postgres:
    """The server, with the sample directory as a template."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(make_postgres_sample(postgres, sample))).result()
    return postgres


@pytest_asyncio.fixture(params=ENGINES)
async def sample_url(request: pytest.FixtureRequest, sample: Sample, tmp_path: Path) -> AsyncIterator[str]:
    """The URL of a fresh database with the sample directory, on one engine after the other."""
    if request.param == "sqlite":
        yield sample.copy_to(tmp_path / "linli.db")
        return
    async with postgres_database(request.getfixturevalue("postgres_sample"), POSTGRES_SAMPLE) as url:
        yield url


@pytest_asyncio.fixture
async def linli(sample_url: str, sample: Sample, tmp_path: Path) -> AsyncIterator[Linli]:
    """Linli over the sample directory at a fixed time, on one engine after the other."""
    async with opened(sample_url) as database:
        yield linli_over(database, sample, settings_for(sample_url, tmp_path))


@pytest_asyncio.fixture
async def sqlite_linli(sample: Sample, tmp_path: Path) -> AsyncIterator[Linli]:
    """The same on SQLite alone, for what does not depend on the engine."""
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url) as database:
        yield linli_over(database, sample, settings_for(url, tmp_path))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, started once for each file."""
    async with running_browser() as started:
        yield started


@pytest.fixture
def here(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Here]:
    """Runs a command in this process, over a copy of the sample: quicker than a process of its own."""
    sample.copy_to(tmp_path / "linli.db")
    for name, value in environment(f"sqlite:///{tmp_path}/linli.db", tmp_path).items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        code = main([str(each) for each in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    yield run
    set_up_logs("warning")
