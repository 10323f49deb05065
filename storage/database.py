"""The database, SQLite or PostgreSQL by its URL alone: reading, and writing that always ends."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from storage.engine_postgresql import PostgresEngine
from storage.engine_sqlite import SqliteEngine
from storage.transaction import (
    Busy,
    ConstraintError,
    DatabaseError,
    Interrupted,
    Step,
    Transaction,
    TransactionOver,
)

__all__ = [
    "Busy",
    "ConstraintError",
    "Database",
    "DatabaseError",
    "Step",
    "Transaction",
    "TransactionOver",
    "connect",
]

T = TypeVar("T")
Work = Callable[[Transaction], Awaitable[T]]

FIRST_PAUSE_S = 0.005
LONGEST_PAUSE_S = 0.2


class _Stopped(Exception):
    """A statement of a chain returned no row: take back what went before."""


class Database:
    """A door to one database. Made by `connect`; `close` ends its threads and connections."""

    def __init__(self, engine: SqliteEngine | PostgresEngine, *, busy_deadline_s: float) -> None:
        self._engine = engine
        self._deadline_s = busy_deadline_s
        self._writes: set[asyncio.Task[object]] = set()
        self._is_closed = False

    @property
    def engine(self) -> str:
        """ "sqlite" or "postgresql"."""
        return self._engine.name

    @property
    def sqlite(self) -> SqliteEngine | None:
        """The SQLite engine for what it alone can do (copying whole databases), or None."""
        return self._engine if isinstance(self._engine, SqliteEngine) else None

    @asynccontextmanager
    async def read(self, *, snapshot: bool = True) -> AsyncIterator[Transaction]:
        """A transaction that reads. All its statements see the database of one moment.

        With `snapshot=False` each statement sees what is committed by then: the same for a single
        statement, and quicker. Raises Busy when the database stayed locked.
        """
        self._check_open()
        deadline = asyncio.get_running_loop().time() + self._deadline_s
        try:
            async with self._engine.read(deadline, snapshot=snapshot) as tx:
                yield tx
        except Interrupted as error:
            raise Busy(f"reading was interrupted: {error}") from error

    async def write(self, work: Work[T]) -> T:
        """Run `work` in a transaction: committed when it returns, rolled back when it raises.

        It has a task of its own, so it ends one way or the other even when the caller is cancelled
        meanwhile. `work` is run again when the database was busy or another transaction had to go
        first, and must do nothing but statements and computing. Raises Busy at the deadline.
        """
        self._check_open()
        task = asyncio.get_running_loop().create_task(self._write(work))
        self._writes.add(task)
        task.add_done_callback(self._writes.discard)
        return await asyncio.shield(task)

    async def chain(self, steps: Sequence[Step]) -> list[Any] | None:
        """A transaction of nothing but `steps`: what each returned in its first row and column.

        None when one returned no row: then nothing is changed. Raises what `write` raises, and ends one
        way or the other like it. On SQLite the chains of many callers share a commit, and it is cheaper.
        """
        engine = self._engine
        if isinstance(engine, SqliteEngine):
            self._check_open()
            return await self._tried(lambda deadline: engine.chain(steps, deadline))

        async def work(tx: Transaction) -> list[Any]:
            values = await tx.chain(steps)
            if values is None:
                raise _Stopped
            return values

        try:
            return await self.write(work)
        except _Stopped:
            return None

    async def _write(self, work: Work[T]) -> T:
        return await self._tried(lambda deadline: self._engine.attempt(work, deadline))

    async def _tried(self, attempt: Callable[[float], Awaitable[T]]) -> T:
        """Again and again until the deadline, while another transaction is in the way."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._deadline_s
        longest = FIRST_PAUSE_S
        while True:
            try:
                return await attempt(deadline)
            except Interrupted as error:
                pause = longest * random.uniform(0.5, 1)  # noqa: S311 - not a secret
                longest = min(longest * 2, LONGEST_PAUSE_S)
                if loop.time() + pause >= deadline:
                    raise Busy(f"the database stayed busy for {self._deadline_s:g} s") from error
            await asyncio.sleep(pause)

    def _check_open(self) -> None:
        if self._is_closed:
            raise DatabaseError("the database is closed")

    async def scrub(self) -> bool:
        """See to it that what was deleted stands in no file of the database any more; False: try again.

        PostgreSQL does so in its own time, see README.
        """
        self._check_open()
        if not isinstance(self._engine, SqliteEngine):
            return True
        try:
            return await self._engine.scrub()
        except Interrupted:
            return False

    async def close(self) -> None:
        """Close every connection and end every thread.

        Writes under way have until the deadline to end, then they are rolled back.
        """
        self._is_closed = True
        if self._writes:
            _, late = await asyncio.wait(self._writes, timeout=self._deadline_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        await self._engine.close()


async def connect(
    url: str, *, durable_full: bool = False, busy_deadline_s: float = 5.0, readers: int = 2
) -> Database:
    """Open `sqlite:////absolute`, `sqlite:///relative`, `sqlite:///:memory:` or `postgresql://…`.

    `durable_full`: SQLite waits for the disk at each commit, so that not even a power cut takes back
    what was answered; PostgreSQL does so by itself. `busy_deadline_s`: how long a write is tried.
    `readers`: SQLite connections that read. Raises ValueError for another URL, DatabaseError when
    there is no such database.
    """
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        path = url.removeprefix("sqlite:///")
        sqlite = SqliteEngine(path, durable_full=durable_full, wait_s=busy_deadline_s)
        await _opened(sqlite, readers, busy_deadline_s)
        return Database(sqlite, busy_deadline_s=busy_deadline_s)
    if url.startswith("postgresql://"):
        postgres = PostgresEngine(url, wait_s=busy_deadline_s)
        await postgres.open()
        return Database(postgres, busy_deadline_s=busy_deadline_s)
    scheme = url.partition("://")[0] if "://" in url else ""
    raise ValueError(
        f"the database URL begins with {scheme + '://' if scheme else 'no scheme'!r}; it must be "
        "sqlite:////absolute/path, sqlite:///relative/path, sqlite:///:memory: or postgresql://…"
    )


async def _opened(engine: SqliteEngine, readers: int, deadline_s: float) -> None:
    """Switching a new file to WAL fails at once when another process does the same: try again."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_s
    while True:
        try:
            await engine.open(readers)
            return
        except Interrupted as error:
            if loop.time() >= deadline:
                raise Busy(f"{engine.path} stayed locked for {deadline_s:g} s") from error
        await asyncio.sleep(FIRST_PAUSE_S)
