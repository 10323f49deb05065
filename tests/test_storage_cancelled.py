"""A write that is cancelled, wherever it stands, leaves nothing open and nothing half done."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Generator
from typing import Any

import asyncpg
import pytest

from storage.database import Database, Transaction, connect
from storage.engine_postgresql import BEGIN_WRITE, PostgresEngine, PostgresTransaction
from storage.engine_sqlite import SqliteEngine, SqliteTransaction
from storage.statements import statement

MAKE = "CREATE TABLE pair (id TEXT PRIMARY KEY, n BIGINT NOT NULL);"
ADD = statement("add", "INSERT INTO pair (id, n) VALUES (:id, 0)")
COUNT_UP = statement("count_up", "UPDATE pair SET n = n + 1 WHERE id = :id RETURNING n")
ALL = statement("all", "SELECT id, n FROM pair ORDER BY id")
STATEMENTS = 4

Write = Callable[[Database], Coroutine[Any, Any, object]]


async def make(tx: Transaction) -> None:
    await tx.script(MAKE)
    await tx.many(ADD, [{"id": "a"}, {"id": "b"}])


async def work(tx: Transaction) -> None:
    """Both rows once, in as many statements as a turn has."""
    await tx.run(COUNT_UP, {"id": "a"})
    await tx.rows(ALL)
    await tx.value(COUNT_UP, {"id": "b"})
    await tx.rows(ALL)


@pytest.fixture
async def pairs(database_url: str) -> AsyncIterator[Database]:
    database = await connect(database_url, busy_deadline_s=0.5)
    try:
        await database.write(make)
        yield database
    finally:
        await database.close()


class CancelledAt:
    """Awaits a coroutine and cancels the task it runs in at its `place`-th pause, counted from 0."""

    def __init__(self, coroutine: Coroutine[Any, Any, object], place: int) -> None:
        self._coroutine = coroutine
        self._place = place
        self.was_cancelled = False

    def __await__(self) -> Generator[Any, Any, object]:
        pauses = 0
        step = self._coroutine.__await__()
        given: Any = None
        error: BaseException | None = None
        while True:
            try:
                paused = step.send(given) if error is None else step.throw(error)
            except StopIteration as end:
                return end.value
            if pauses == self._place:
                task = asyncio.current_task()
                assert task is not None
                task.get_loop().call_soon(task.cancel)
                self.was_cancelled = True
            pauses += 1
            given, error = None, None
            try:
                given = yield paused
            except BaseException as thrown:
                error = thrown


async def cancelled_at_every_pause(
    database: Database, write: Write, check: Callable[[], Awaitable[None]]
) -> int:
    """Run `write` again and again, cancelled one pause later each time; how many pauses it had."""
    for place in range(100):
        attempt = CancelledAt(write(database), place)

        async def run(attempt: CancelledAt = attempt) -> object:
            return await attempt

        await asyncio.wait([asyncio.create_task(run())])
        await check()
        if not attempt.was_cancelled:
            return place
    raise AssertionError("the write never came to an end")


async def open_transactions(database: Database, url: str) -> int:
    """How many transactions are open in the database while nobody works on it."""
    if database.sqlite is not None:
        links = database.sqlite._links
        return sum([await link.call(lambda connection: connection.in_transaction) for link in links])
    watcher = await asyncpg.connect(url)
    try:
        count: int = await watcher.fetchval(
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
        )
        return count
    finally:
        await watcher.close()


async def counts(database: Database) -> tuple[int, int]:
    async with database.read() as tx:
        first, second = await tx.rows(ALL)
    return first["n"], second["n"]


class Check:
    """After each cancelled write: nothing is open, nothing half done, and the next write works."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self.problems: list[str] = []

    async def __call__(self) -> None:
        if self._database._writes:
            await asyncio.wait(self._database._writes)
        if await open_transactions(self._database, self._url):
            self.problems.append("a transaction is open")
        try:
            await self._database.write(work)
            first, second = await counts(self._database)
        except Exception as error:
            self.problems.append(f"the next write failed: {type(error).__name__}")
            return
        if first != second:
            self.problems.append("half of a write is there")


async def test_a_cancelled_caller_leaves_nothing_open(pairs: Database, database_url: str) -> None:
    check = Check(pairs, database_url)
    assert await cancelled_at_every_pause(pairs, lambda database: database.write(work), check) == 1
    assert check.problems == []


@pytest.mark.parametrize("statements_before", range(STATEMENTS + 1))
async def test_a_caller_cancelled_before_any_statement_still_gets_its_work_done(
    pairs: Database, statements_before: int
) -> None:
    callers: list[asyncio.Task[None]] = []

    async def watched(tx: Transaction) -> None:
        for place in range(STATEMENTS):
            if place == statements_before:
                callers[0].cancel()
            await tx.run(COUNT_UP, {"id": "ab"[place % 2]})
        if statements_before == STATEMENTS:
            callers[0].cancel()

    callers.append(asyncio.create_task(pairs.write(watched)))
    await asyncio.wait(callers)
    assert callers[0].cancelled()
    await asyncio.wait(pairs._writes or [asyncio.create_task(asyncio.sleep(0))])
    assert await counts(pairs) == (2, 2)


async def test_a_write_cancelled_itself_leaves_nothing_open(pairs: Database, database_url: str) -> None:
    """As when the program ends: then the write's own task is cancelled, too."""
    check = Check(pairs, database_url)

    async def unshielded(database: Database) -> None:
        await database._engine.attempt(work, asyncio.get_running_loop().time() + 1)

    assert await cancelled_at_every_pause(pairs, unshielded, check) > STATEMENTS
    assert check.problems == []


async def test_control_a_write_that_does_not_clean_up_is_noticed(pairs: Database, database_url: str) -> None:
    check = Check(pairs, database_url)

    async def careless(database: Database) -> None:
        match database._engine:
            case SqliteEngine() as engine:
                await work(SqliteTransaction(engine._writer, "BEGIN IMMEDIATE"))
                await engine._writer.call(lambda connection: connection.commit())
            case PostgresEngine() as engine:
                connection = await engine._pool.acquire()
                await connection.execute(BEGIN_WRITE)
                await work(PostgresTransaction(connection))
                await connection.execute("COMMIT")
                await engine._pool.release(connection)

    try:
        await cancelled_at_every_pause(pairs, careless, check)
    finally:
        if isinstance(pairs._engine, PostgresEngine):
            pairs._engine._pool.terminate()
    assert "a transaction is open" in check.problems


async def test_a_cancelled_reader_leaves_nothing_open(pairs: Database, database_url: str) -> None:
    check = Check(pairs, database_url)

    async def read(database: Database) -> None:
        async with database.read() as tx:
            await tx.rows(ALL)
            await tx.rows(ALL)

    assert await cancelled_at_every_pause(pairs, read, check) > 2
    assert check.problems == []


async def test_a_cancelled_work_may_have_a_time_limit_of_its_own(pairs: Database) -> None:
    async def work_of_limited_time(tx: Transaction) -> None:
        async with asyncio.timeout(0.01):
            await tx.run(COUNT_UP, {"id": "a"})
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await pairs.write(work_of_limited_time)
    assert await counts(pairs) == (0, 0)


async def test_an_error_after_the_caller_has_left_is_nobody_s_warning(pairs: Database) -> None:
    begun = asyncio.Event()
    may_fail = asyncio.Event()

    async def failing(tx: Transaction) -> None:
        begun.set()
        await may_fail.wait()
        raise ZeroDivisionError

    caller = asyncio.create_task(pairs.write(failing))
    await begun.wait()
    caller.cancel()
    await asyncio.wait([caller])
    may_fail.set()
    await asyncio.wait(pairs._writes)
    assert caller.cancelled()
