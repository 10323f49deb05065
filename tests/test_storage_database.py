"""Transactions: committed or rolled back, retried when busy, refused when over, closed without a trace."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from storage.database import (
    Busy,
    ConstraintError,
    Database,
    DatabaseError,
    Transaction,
    TransactionOver,
    connect,
)
from storage.statements import statement
from tests.engines import opened

MAKE = "CREATE TABLE counter (id TEXT PRIMARY KEY, n BIGINT NOT NULL CHECK (n < 100));"
ADD = statement("add", "INSERT INTO counter (id, n) VALUES (:id, :n)")
COUNT_UP = statement("count_up", "UPDATE counter SET n = n + 1 WHERE id = :id RETURNING n")
ALL = statement("all", "SELECT id, n FROM counter ORDER BY id")
N = statement("n", "SELECT n FROM counter WHERE id = :id")


@pytest.fixture
async def counters(database: Database) -> Database:
    await make(database)
    return database


async def make(database: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.script(MAKE)
        await tx.run(ADD, {"id": "a", "n": 0})

    await database.write(work)


async def count_up(tx: Transaction) -> int:
    n: int = await tx.value(COUNT_UP, {"id": "a"})
    return n


async def held(database: Database) -> dict[str, int]:
    async with database.read() as tx:
        return {row["id"]: row["n"] for row in await tx.rows(ALL)}


async def test_a_write_returns_what_its_work_returns_and_is_committed(counters: Database) -> None:
    assert await counters.write(count_up) == 1
    assert await held(counters) == {"a": 1}


async def test_an_exception_takes_everything_back_and_is_passed_on(counters: Database) -> None:
    async def work(tx: Transaction) -> None:
        await count_up(tx)
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        await counters.write(work)
    assert await held(counters) == {"a": 0}


async def test_a_write_without_statements_is_fine(counters: Database) -> None:
    async def work(tx: Transaction) -> str:
        return "nothing"

    assert await counters.write(work) == "nothing"


async def test_results_come_as_rows_a_row_a_value_or_nothing(counters: Database) -> None:
    await counters.write(lambda tx: tx.many(ADD, [{"id": "b", "n": 2}, {"id": "c", "n": 3}]))
    async with counters.read() as tx:
        assert await tx.rows(ALL) == [{"id": "a", "n": 0}, {"id": "b", "n": 2}, {"id": "c", "n": 3}]
        assert await tx.one(N, {"id": "b"}) == {"n": 2}
        assert await tx.value(N, {"id": "c"}) == 3
        assert await tx.one(N, {"id": "x"}) is None
        assert await tx.value(N, {"id": "x"}) is None


@pytest.mark.parametrize(("key", "n"), [("a", 1), ("b", 100), ("b", None)])
async def test_a_rule_of_the_schema_is_named_and_no_value_quoted(
    counters: Database, key: str, n: int | None
) -> None:
    async def work(tx: Transaction) -> None:
        await tx.run(ADD, {"id": "resident's own", "n": 1})
        await tx.run(ADD, {"id": key, "n": n})

    async def many(tx: Transaction) -> None:
        await tx.many(ADD, [{"id": "resident's own", "n": 1}, {"id": key, "n": n}])

    for each in (work, many):
        with pytest.raises(ConstraintError, match=r"^add: .*(counter|n < 100)") as caught:
            await counters.write(each)
        assert "resident" not in f"{caught.value} {caught.value.__cause__}"
    assert await held(counters) == {"a": 0}


async def test_a_swallowed_error_does_not_save_the_rest(counters: Database) -> None:
    """Where PostgreSQL would answer COMMIT with ROLLBACK, and SQLite would commit half of the work."""

    async def work(tx: Transaction) -> str:
        await count_up(tx)
        try:
            await tx.run(ADD, {"id": "a", "n": 1})
        except ConstraintError:
            return "all is well"
        return "no error"

    with pytest.raises(TransactionOver, match="swallowed"):
        await counters.write(work)
    assert await held(counters) == {"a": 0}


async def test_after_a_failed_statement_no_other_is_taken(counters: Database) -> None:
    async def work(tx: Transaction) -> None:
        with pytest.raises(ConstraintError):
            await tx.many(ADD, [{"id": "a", "n": 1}])
        with pytest.raises(TransactionOver, match="failed"):
            await count_up(tx)
        with pytest.raises(TransactionOver, match="failed"):
            await tx.many(ADD, [])
        with pytest.raises(TransactionOver, match="failed"):
            await tx.script("SELECT 1;")

    with pytest.raises(TransactionOver):
        await counters.write(work)


async def test_a_script_that_fails_takes_everything_back(counters: Database) -> None:
    async def work(tx: Transaction) -> None:
        await tx.script("CREATE TABLE x (a TEXT); CREATE TABLE counter (a TEXT);")

    with pytest.raises(Exception, match="counter"):
        await counters.write(work)
    async with counters.read() as tx:
        assert not await tx.has_table("x")
        assert await tx.has_table("counter")


async def test_a_transaction_that_has_ended_takes_no_statement(counters: Database) -> None:
    kept: list[Transaction] = []

    async def work(tx: Transaction) -> None:
        kept.append(tx)

    await counters.write(work)
    async with counters.read() as tx:
        kept.append(tx)
    for old in kept:
        with pytest.raises(TransactionOver, match="ended"):
            await old.rows(ALL)


@pytest.mark.parametrize("snapshot", [True, False])
async def test_a_reader_cannot_write(counters: Database, *, snapshot: bool) -> None:
    async with counters.read(snapshot=snapshot) as tx:
        with pytest.raises(DatabaseError, match="only reads"):
            await count_up(tx)
    assert await held(counters) == {"a": 0}


async def test_a_snapshot_sees_one_moment_and_other_readers_what_is_there(counters: Database) -> None:
    async with counters.read() as tx, counters.read(snapshot=False) as other:
        assert await tx.value(N, {"id": "a"}) == 0
        assert await other.value(N, {"id": "a"}) == 0
        await counters.write(count_up)
        assert await tx.value(N, {"id": "a"}) == 0
        assert await other.value(N, {"id": "a"}) == 1
    assert await held(counters) == {"a": 1}


async def test_what_is_not_committed_is_seen_by_nobody_else(counters: Database) -> None:
    async def work(tx: Transaction) -> None:
        await count_up(tx)
        assert await held(counters) == {"a": 0}

    await counters.write(work)


async def read_and_raise(database: Database, error: Exception) -> None:
    async with database.read() as tx:
        await tx.rows(ALL)
        raise error


async def test_a_reader_that_fails_leaves_its_connection_usable(counters: Database) -> None:
    for _ in range(12):
        with pytest.raises(ZeroDivisionError):
            await read_and_raise(counters, ZeroDivisionError())
    assert await held(counters) == {"a": 0}


async def test_an_error_of_the_operating_system_in_a_reader_stays_what_it_is(counters: Database) -> None:
    with pytest.raises(FileNotFoundError):
        await read_and_raise(counters, FileNotFoundError())


async def test_many_writers_and_readers_of_one_process_get_their_turn(counters: Database) -> None:
    results = await asyncio.gather(
        *(counters.write(count_up) for _ in range(50)), *(held(counters) for _ in range(50))
    )
    assert sorted(n for n in results if isinstance(n, int)) == list(range(1, 51))


async def test_closing_waits_for_the_writes_under_way(database_url: str) -> None:
    async with opened(database_url) as database:
        await make(database)
        writes = [asyncio.create_task(database.write(count_up)) for _ in range(5)]
        await asyncio.sleep(0)
        await database.close()
        assert sorted(await asyncio.gather(*writes)) == [1, 2, 3, 4, 5]
        with pytest.raises(DatabaseError, match="closed"):
            await database.write(count_up)
        with pytest.raises(DatabaseError, match="closed"):
            await held(database)
    async with opened(database_url) as database:
        assert await held(database) == {"a": 5}


async def test_closing_ends_every_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    database = await connect(f"sqlite:///{tmp_path}/a.db", readers=3)
    assert len(set(threading.enumerate()) - before) == 4
    await database.close()
    await database.close()
    assert set(threading.enumerate()) == before


async def test_the_engine_is_told(database: Database, database_url: str) -> None:
    assert database.engine == database_url.partition(":")[0]
    assert (database.sqlite is not None) == database_url.startswith("sqlite")


@pytest.mark.parametrize(
    "url", ["mysql://x", "sqlite://x.db", "sqlite:///", "postgres://x", "linli.db", "", "SQLITE:///x.db"]
)
async def test_another_url_is_refused_with_the_right_ones(url: str) -> None:
    with pytest.raises(ValueError, match="must be sqlite:////absolute/path"):
        await connect(url)


async def test_an_address_without_a_database_is_told(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match=r"missing/x\.db cannot be opened"):
        await connect(f"sqlite:///{tmp_path}/missing/x.db")
    (tmp_path / "note.txt").write_text("not a database, but long enough to be looked at" * 9)
    with pytest.raises(DatabaseError, match="must be a database or absent"):
        await connect(f"sqlite:///{tmp_path}/note.txt")
    with pytest.raises(DatabaseError, match="cannot be reached") as caught:
        await connect(f"postgresql://me:secret@/x?host={tmp_path}")
    assert "secret" not in str(caught.value)


async def test_a_relative_path_lies_in_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    await (await connect("sqlite:///here.db")).close()
    assert (tmp_path / "here.db").is_file()


@pytest.mark.parametrize(("durable_full", "synchronous"), [(False, 1), (True, 2)])
async def test_sqlite_is_set_up_as_promised(tmp_path: Path, *, durable_full: bool, synchronous: int) -> None:
    database = await connect(f"sqlite:///{tmp_path}/a.db", durable_full=durable_full)

    async def work(tx: Transaction) -> list[int | str]:
        pragmas = ("journal_mode", "synchronous", "foreign_keys")
        return [await tx.value(statement(pragma, f"PRAGMA {pragma}")) for pragma in pragmas]

    assert await database.write(work) == ["wal", synchronous, 1]
    await database.close()


@asynccontextmanager
async def in_memory() -> AsyncIterator[Database]:
    database = await connect("sqlite:///:memory:", busy_deadline_s=0.05)
    try:
        await make(database)
        yield database
    finally:
        await database.close()


async def test_a_database_in_memory_reads_and_writes_in_turn() -> None:
    async with in_memory() as database:
        results = await asyncio.gather(*(database.write(count_up) for _ in range(5)), held(database))
        assert results[:5] == [1, 2, 3, 4, 5]
        assert await held(database) == {"a": 5}
        async with database.read() as tx:
            await tx.rows(ALL)
            with pytest.raises(Busy, match="this process"):
                await database.write(count_up)


async def read_at_once(database: Database, readers: int) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(readers):
            tx = await stack.enter_async_context(database.read())
            await tx.rows(ALL)


async def test_readers_beyond_the_connections_wait_until_the_deadline(database_url: str) -> None:
    database = await connect(database_url, busy_deadline_s=0.1)
    try:
        await make(database)
        with pytest.raises(Busy):
            await read_at_once(database, 20)
        assert await held(database) == {"a": 0}
    finally:
        await database.close()


async def test_control_without_wal_a_writer_keeps_readers_out(tmp_path: Path) -> None:
    """Shows that the readers' tests above would notice: another journal makes them wait for the writer."""
    plain = sqlite3.connect(tmp_path / "plain.db", isolation_level=None)
    other = sqlite3.connect(tmp_path / "plain.db", timeout=0)
    try:
        plain.execute("CREATE TABLE t (n)")
        plain.execute("BEGIN EXCLUSIVE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("SELECT * FROM t")
    finally:
        plain.close()
        other.close()
