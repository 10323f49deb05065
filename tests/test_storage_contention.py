"""Several processes, connections and locks at once: nothing is lost, and nobody waits for ever."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest

from storage.database import Busy, Database, DatabaseError, Transaction, connect
from storage.statements import statement
from tests.engines import Postgres, postgres_database, postgres_server

ROOT = Path(__file__).parent.parent
MAKE = "CREATE TABLE counter (id TEXT PRIMARY KEY, n BIGINT NOT NULL);"
ADD = statement("add", "INSERT INTO counter (id, n) VALUES (:id, 0)")
COUNT_UP = statement("count_up", "UPDATE counter SET n = n + 1 WHERE id = :id RETURNING n")
N = statement("n", "SELECT n FROM counter WHERE id = :id")
ME = statement("me", "SELECT pg_backend_pid() AS pid")


async def make(tx: Transaction) -> None:
    await tx.script(MAKE)
    await tx.run(ADD, {"id": "a"})


async def count_up(tx: Transaction, key: str = "a") -> int:
    n: int = await tx.value(COUNT_UP, {"id": key})
    return n


async def counted(database: Database, key: str = "a") -> int:
    async with database.read() as tx:
        n: int = await tx.value(N, {"id": key})
        return n


@asynccontextmanager
async def process(*arguments: str) -> AsyncIterator[Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable, "-W", "error", "-m", "tests.storage_process", *arguments,
        cwd=ROOT, stdin=PIPE, stdout=PIPE,
    )  # fmt: skip
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


@asynccontextmanager
async def holding(url: str) -> AsyncIterator[Process]:
    """A process in the middle of a transaction."""
    async with process("hold", url) as holder:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"holding\n"
        yield holder


async def test_writers_of_several_processes_all_succeed(database: Database, database_url: str) -> None:
    await database.write(make)
    async with process("count", database_url) as first, process("count", database_url) as second:
        for _ in range(50):
            await database.write(count_up)
        assert (await first.wait(), await second.wait()) == (0, 0)
    assert await counted(database) == 250


async def test_a_held_lock_makes_writers_busy_at_the_deadline(database: Database, database_url: str) -> None:
    await database.write(make)
    hasty = await connect(database_url, busy_deadline_s=0.2)
    try:
        async with holding(database_url) as holder:
            began = asyncio.get_running_loop().time()
            with pytest.raises(Busy, match=r"busy for 0\.2 s"):
                await hasty.write(count_up)
            assert asyncio.get_running_loop().time() - began < 3
            assert await counted(hasty) == 0
            await holder.communicate(b"go on\n")
        assert await hasty.write(count_up) == 2
    finally:
        await hasty.close()


async def test_a_writer_that_dies_leaves_nothing_behind(database: Database, database_url: str) -> None:
    await database.write(make)
    async with holding(database_url) as holder:
        waiting = asyncio.create_task(database.write(count_up))
        await asyncio.sleep(0)
        holder.kill()
        await holder.wait()
        assert await waiting == 1


async def test_a_long_transaction_makes_others_of_its_process_busy(database_url: str) -> None:
    database = await connect(database_url, busy_deadline_s=0.1)
    try:
        await database.write(make)
        has_begun, may_end = asyncio.Event(), asyncio.Event()

        async def long(tx: Transaction) -> int:
            n = await count_up(tx)
            has_begun.set()
            await may_end.wait()
            return n

        first = asyncio.create_task(database.write(long))
        await has_begun.wait()
        with pytest.raises(Busy):
            await database.write(count_up)
        may_end.set()
        assert await first == 1
        assert await database.write(count_up) == 2
    finally:
        await database.close()


async def test_a_write_that_does_not_end_is_rolled_back_when_the_database_is_closed(
    database: Database, database_url: str
) -> None:
    await database.write(make)
    closing = await connect(database_url, busy_deadline_s=0.05)
    has_begun = asyncio.Event()

    async def endless(tx: Transaction) -> None:
        await count_up(tx)
        has_begun.set()
        await asyncio.Event().wait()

    write = asyncio.create_task(closing.write(endless))
    await has_begun.wait()
    await closing.close()
    with pytest.raises(asyncio.CancelledError):
        await write
    assert await counted(database) == 0
    assert await database.write(count_up) == 1


async def test_processes_that_open_a_new_file_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/new.db"
    databases = await asyncio.gather(*(connect(url) for _ in range(8)))
    try:
        await databases[0].write(make)
        await asyncio.gather(*(each.write(count_up) for each in databases))
        assert await counted(databases[3]) == 8
    finally:
        for each in databases:
            await each.close()


async def test_a_file_that_stays_locked_cannot_be_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/locked.db"
    other = sqlite3.connect(tmp_path / "locked.db", isolation_level=None)
    try:
        other.execute("CREATE TABLE t (n)")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Busy, match=r"stayed locked for 0\.05 s"):
            await connect(url, busy_deadline_s=0.05)
    finally:
        other.close()
    await (await connect(url, busy_deadline_s=0.05)).close()


# What only PostgreSQL does.


@pytest.fixture
async def postgres_url(postgres: Postgres) -> AsyncIterator[str]:
    async with postgres_database(postgres) as url:
        yield url


@asynccontextmanager
async def counting(url: str, busy_deadline_s: float = 5) -> AsyncIterator[Database]:
    database = await connect(url, busy_deadline_s=busy_deadline_s)
    try:
        await database.write(make)
        yield database
    finally:
        await database.close()


async def _terminate(url: str, pid: int) -> None:
    """End a connection as an administrator does, and wait until it is gone."""
    admin = await asyncpg.connect(url)
    try:
        assert await admin.fetchval("SELECT pg_terminate_backend($1, 5000)", pid)
    finally:
        await admin.close()


async def test_a_connection_lost_in_the_middle_is_tried_again(postgres_url: str) -> None:
    attempts = 0

    async def work(tx: Transaction) -> int:
        nonlocal attempts
        attempts += 1
        n = await count_up(tx)
        if attempts == 1:
            await _terminate(postgres_url, await tx.value(ME))
        return n + await count_up(tx)

    async with counting(postgres_url) as database:
        assert await database.write(work) == 1 + 2
        assert await counted(database) == 2
    assert attempts == 2


async def test_a_connection_lost_while_committing_is_not_tried_again(postgres_url: str) -> None:
    attempts = 0

    async def work(tx: Transaction) -> None:
        nonlocal attempts
        attempts += 1
        await count_up(tx)
        await _terminate(postgres_url, await tx.value(ME))

    async with counting(postgres_url) as database:
        with pytest.raises(DatabaseError, match="lost while committing"):
            await database.write(work)
        assert attempts == 1
        assert await counted(database) == 0


async def test_a_reader_whose_connection_is_lost_is_told_to_come_again(postgres_url: str) -> None:
    async def read(database: Database) -> None:
        async with database.read() as tx:
            await _terminate(postgres_url, await tx.value(ME))
            await tx.value(N, {"id": "a"})

    async with counting(postgres_url) as database:
        with pytest.raises(Busy, match="interrupted"):
            await read(database)
        assert await counted(database) == 0


async def test_a_server_that_is_gone_makes_writers_and_readers_busy() -> None:
    with postgres_server() as server:
        database = await connect(server.url("postgres"), busy_deadline_s=0.3)
        await database.write(make)
        assert await database.write(count_up) == 1
    try:
        with pytest.raises(Busy, match=r"busy for 0\.3 s"):
            await database.write(count_up)
        with pytest.raises(Busy, match="interrupted"):
            await counted(database)
    finally:
        await database.close()


async def test_transactions_that_wait_for_each_other_are_sorted_out(postgres_url: str) -> None:
    """Two take the same rows in opposite order; the server ends one, which is tried again."""
    both_have_one = asyncio.Barrier(2)
    attempts = 0

    async def work(tx: Transaction, first: str, second: str) -> None:
        nonlocal attempts
        attempts += 1
        await count_up(tx, first)
        if attempts <= 2:
            await both_have_one.wait()
        await count_up(tx, second)

    async with counting(postgres_url) as database:
        await database.write(lambda tx: tx.run(ADD, {"id": "b"}))
        await asyncio.gather(
            database.write(lambda tx: work(tx, "a", "b")), database.write(lambda tx: work(tx, "b", "a"))
        )
        assert (await counted(database, "a"), await counted(database, "b")) == (2, 2)
    assert attempts == 3
