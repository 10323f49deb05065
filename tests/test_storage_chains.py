"""Chains of statements: each whole or not at all, whoever shares its commit."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from storage.database import (
    Busy,
    ConstraintError,
    Database,
    DatabaseError,
    Step,
    Transaction,
    TransactionOver,
    connect,
)
from storage.sqlite_chains import MOST_TOGETHER, Chains, Prepared, commit_group
from storage.sqlite_link import Link
from storage.statements import statement
from storage.transaction import Interrupted
from tests.engines import opened
from tests.test_storage_cancelled import Check, cancelled_at_every_pause, counts, make

T = TypeVar("T")

COUNT_UP = statement("count_up", "UPDATE pair SET n = n + 1 WHERE id = :id RETURNING n")
ADD = statement("add", "INSERT INTO pair (id, n) VALUES (:id, :n) RETURNING n")
BOTH: list[Step] = [(COUNT_UP, {"id": "a"}), (COUNT_UP, {"id": "b"})]
STOPS: list[Step] = [(COUNT_UP, {"id": "a"}), (COUNT_UP, {"id": "nobody"})]
FAILS: list[Step] = [(COUNT_UP, {"id": "a"}), (ADD, {"id": "a", "n": 1})]
REFUSED: list[Step] = [(COUNT_UP, {"id": "a"}), (ADD, {"id": "c", "n": "half of \ud800"})]


@pytest.fixture
async def pairs(database: Database) -> Database:
    """Two rows that count from 0."""
    await database.write(make)
    return database


async def test_a_chain_gives_the_first_value_of_each_statement(pairs: Database) -> None:
    assert await pairs.chain([(COUNT_UP, {"id": "a"}), (COUNT_UP, {"id": "a"})]) == [1, 2]
    assert await counts(pairs) == (2, 0)


async def test_a_chain_that_stops_takes_everything_back(pairs: Database) -> None:
    assert await pairs.chain(STOPS) is None
    assert await counts(pairs) == (0, 0)


async def test_a_chain_that_fails_takes_everything_back(pairs: Database) -> None:
    with pytest.raises(ConstraintError):
        await pairs.chain(FAILS)
    assert await counts(pairs) == (0, 0)


async def test_chains_of_many_callers_end_each_in_its_own_way(pairs: Database) -> None:
    """One that stops, or fails, takes none of those beside it with it."""
    steps = [BOTH, STOPS, BOTH, FAILS, REFUSED] * 20
    ends = await asyncio.gather(*map(pairs.chain, steps), return_exceptions=True)
    assert sum(isinstance(end, list) for end in ends) == 40
    assert ends.count(None) == 20
    assert sum(isinstance(end, ConstraintError) for end in ends) == 20
    assert sum(isinstance(end, TypeError | ValueError | DatabaseError) for end in ends) == 40
    assert await counts(pairs) == (40, 40)


async def test_chains_and_other_writes_take_turns(pairs: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(COUNT_UP, {"id": "a"})
        await tx.run(COUNT_UP, {"id": "b"})

    writes = [pairs.write(work) for _ in range(30)]
    await asyncio.gather(*writes, *(pairs.chain(BOTH) for _ in range(30)))
    assert await counts(pairs) == (60, 60)


async def test_a_chain_may_be_part_of_a_write(pairs: Database) -> None:
    async def work(tx: Transaction) -> object:
        assert await tx.chain(BOTH) == [1, 1]
        return await tx.chain([(COUNT_UP, {"id": "a"})])

    assert await pairs.write(work) == [2]
    assert await counts(pairs) == (2, 1)


async def test_a_write_that_overlooks_a_stopped_chain_is_taken_back(pairs: Database) -> None:
    async def work(tx: Transaction) -> None:
        assert await tx.chain(STOPS) is None

    with pytest.raises(TransactionOver):
        await pairs.write(work)
    assert await counts(pairs) == (0, 0)


async def test_a_cancelled_chain_leaves_nothing_open(pairs: Database, database_url: str) -> None:
    check = Check(pairs, database_url)
    assert await cancelled_at_every_pause(pairs, lambda database: database.chain(BOTH), check) == 1
    assert check.problems == []


async def test_who_was_cancelled_while_waiting_does_not_hold_up_the_others(pairs: Database) -> None:
    callers = [asyncio.create_task(pairs.chain(BOTH)) for _ in range(10)]
    await asyncio.sleep(0)
    for caller in callers[::2]:
        caller.cancel()
    await asyncio.wait(callers)
    assert [caller.cancelled() for caller in callers] == [True, False] * 5
    assert all(caller.result() for caller in callers[1::2])
    if pairs.sqlite:  # what was cancelled before it began was not written
        assert await counts(pairs) == (5, 5)
    assert await pairs.chain(BOTH)
    first, second = await counts(pairs)
    assert first == second >= 6


async def test_chains_under_way_end_before_the_database_closes(database_url: str) -> None:
    async with opened(database_url) as database:
        await database.write(lambda tx: tx.script("CREATE TABLE pair (id TEXT PRIMARY KEY, n BIGINT);"))
        await database.chain([(ADD, {"id": "a", "n": 0})])
        chains = [asyncio.create_task(database.chain([(COUNT_UP, {"id": "a"})])) for _ in range(40)]
        await asyncio.sleep(0)
    assert sorted(n for chain in chains for n in chain.result() or []) == list(range(1, 41))
    with pytest.raises(DatabaseError, match="closed"):
        await database.chain(BOTH)


# What SQLite alone has: chains that gathered share a commit.


def connection_with(path: Path | str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=0)
    connection.executescript(
        "CREATE TABLE pair (id TEXT PRIMARY KEY, n BIGINT); INSERT INTO pair VALUES ('a', 0)"
    )
    return connection


def test_chains_that_gathered_share_one_commit() -> None:
    connection = connection_with(":memory:")
    sent: list[str] = []
    connection.set_trace_callback(sent.append)
    chain: Prepared = [(COUNT_UP.sql, {"id": "a"})]
    ends = commit_group(connection, [("count", chain)] * 5)
    assert [end[0][1] for end in ends if isinstance(end, list)] == [[(n,)] for n in range(1, 6)]
    assert (sent.count("BEGIN IMMEDIATE"), sent.count("COMMIT")) == (1, 1)
    connection.close()


def test_one_that_stops_is_taken_back_and_those_beside_it_are_written() -> None:
    connection = connection_with(":memory:")
    goes: Prepared = [(COUNT_UP.sql, {"id": "a"})]
    stops: Prepared = [*goes, (COUNT_UP.sql, {"id": "nobody"})]
    ends = commit_group(connection, [("goes", goes), ("stops", stops), ("goes", goes)])
    assert [end is None for end in ends] == [False, True, False]
    assert connection.execute("SELECT n FROM pair").fetchall() == [(2,)]
    connection.close()


def test_another_process_that_writes_is_waited_for_once(tmp_path: Path) -> None:
    connection = connection_with(tmp_path / "a.db")
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    sent: list[str] = []
    connection.set_trace_callback(sent.append)
    chain: Prepared = [(COUNT_UP.sql, {"id": "a"})]
    ends = commit_group(connection, [("count", chain)] * 5)
    assert all(isinstance(end, Interrupted) for end in ends)
    assert sent.count("BEGIN IMMEDIATE") <= 1
    other.close()
    connection.close()


class Held:
    """A writer that somebody else keeps beyond every deadline."""

    def __init__(self) -> None:
        self.deadlines: list[float] = []

    def __call__(self, deadline: float) -> "Held":
        self.deadlines.append(deadline)
        return self

    async def __aenter__(self) -> Link:
        raise Busy("held")

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError("what was never lent comes back")


async def test_each_caller_waits_for_the_writer_until_its_own_deadline() -> None:
    held = Held()
    chains = Chains(held)
    ends = await asyncio.gather(*(chains.commit(BOTH, at) for at in (1.0, 2.0, 3.0)), return_exceptions=True)
    assert held.deadlines == [1.0, 2.0, 3.0]
    assert all(isinstance(end, Busy) for end in ends)


class Noted(Link):
    """Notes how many chains share each commit."""

    sizes: list[int]

    async def call(self, function: Callable[..., T], *arguments: Any) -> T:
        if function == commit_group:
            self.sizes.append(len(arguments[0]))
        return await super().call(function, *arguments)


async def test_more_than_fit_together_are_all_written(tmp_path: Path) -> None:
    link = Noted(lambda: connection_with(tmp_path / "a.db"))
    link.sizes = []
    await link.open()

    @asynccontextmanager
    async def writing(_: float) -> AsyncIterator[Link]:
        yield link

    chains, many = Chains(writing), 3 * MOST_TOGETHER + 1
    await asyncio.gather(*(chains.commit([(COUNT_UP, {"id": "a"})], 0) for _ in range(many)))
    assert await chains.commit([(COUNT_UP, {"id": "a"})], 0) == [many + 1]
    assert max(link.sizes) == MOST_TOGETHER
    await link.close()


async def test_a_chain_that_cannot_have_the_writer_is_busy_at_its_deadline(tmp_path: Path) -> None:
    database = await connect(f"sqlite:///{tmp_path / 'a.db'}", busy_deadline_s=0.05)
    held = asyncio.Event()

    async def long(tx: Transaction) -> None:
        await tx.script("CREATE TABLE pair (id TEXT PRIMARY KEY, n BIGINT);")
        await held.wait()

    try:
        writer = asyncio.create_task(database.write(long))
        await asyncio.sleep(0)
        chains = [asyncio.create_task(database.chain(BOTH)) for _ in range(3)]
        await asyncio.wait(chains)
        assert all(isinstance(chain.exception(), Busy) for chain in chains)
        held.set()
        await writer
    finally:
        await database.close()


async def test_a_worker_that_is_ended_tells_those_who_wait(tmp_path: Path) -> None:
    """As when the database is closed while a long transaction will not end."""
    database = await connect(f"sqlite:///{tmp_path / 'a.db'}")
    engine = database.sqlite
    assert engine is not None
    try:
        async with engine._writing(asyncio.get_running_loop().time() + 5):
            chains = Chains(engine._writing)
            waiting = asyncio.create_task(chains.commit(BOTH, asyncio.get_running_loop().time() + 5))
            await asyncio.sleep(0)
            await chains.finish(0)
            with pytest.raises(Busy, match="closed"):
                await waiting
            await chains.finish(0)
    finally:
        await database.close()
