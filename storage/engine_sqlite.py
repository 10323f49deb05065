"""SQLite: one connection that writes, some that read, each in a thread of aiosqlite's."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.statements import Params, Query, statement
from storage.transaction import Busy, ConstraintError, DatabaseError, Transaction, TransactionOver

T = TypeVar("T")
Fetched = tuple[Sequence[Sequence[Any]], list[tuple[Any, ...]]]

MEMORY = ":memory:"
# How long SQLite itself waits in the thread for another process's lock; longer waits are ours.
WAIT_S = 0.1
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
WAL_KEPT_BYTES = 64 * 1024 * 1024

HAS_TABLE = statement("has_table", "SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name")
INTEGRITY = statement("integrity", "PRAGMA integrity_check")
REFERENCES = statement("references", "PRAGMA foreign_key_check")


def is_busy(error: BaseException) -> bool:
    """Whether another connection held the lock that was needed."""
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.OperationalError) and code is not None and code & 0xFF in BUSY


def _fetch(connection: sqlite3.Connection, begin: str, sql: str, values: Params) -> Fetched:
    """A statement in the connection's thread; the first one of a transaction begins it."""
    if begin and not connection.in_transaction:
        connection.execute(begin)
    cursor = connection.execute(sql, values)
    return cursor.description or (), cursor.fetchall()


def _execute_many(connection: sqlite3.Connection, begin: str, sql: str, values: Iterable[Params]) -> None:
    if begin and not connection.in_transaction:
        connection.execute(begin)
    connection.executemany(sql, values)


def _execute_script(connection: sqlite3.Connection, begin: str, text: str) -> None:
    """Statement by statement: sqlite3's own executescript would commit first."""
    if begin and not connection.in_transaction:
        connection.execute(begin)
    pending = ""
    for piece in text.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            connection.execute(pending)
            pending = ""


def _copy(connection: sqlite3.Connection, path: Path) -> None:
    """All pages as they are at one moment; writers of other connections go on meanwhile."""
    path.open("xb").close()
    try:
        target = sqlite3.connect(path)
        try:
            connection.backup(target)
        finally:
            target.close()
    except BaseException:
        path.unlink()
        raise


class Link:
    """A connection and its thread. What is called happens in order, even if nobody waits for it."""

    def __init__(self, open_connection: Callable[[], sqlite3.Connection]) -> None:
        self._driver = aiosqlite.Connection(self._opened, iter_chunk_size=64)
        self._open = open_connection
        self.connection: sqlite3.Connection

    def _opened(self) -> sqlite3.Connection:
        self.connection = self._open()
        return self.connection

    async def open(self) -> "Link":
        await self._driver
        return self

    async def call(self, function: Callable[..., T], *arguments: object) -> T:
        """One hop: the function with the connection and the arguments, in the connection's thread.

        aiosqlite's own methods send one SQLite call a hop and drop the columns' names; this is what
        they are made of.
        """
        result: T = await self._driver._execute(  # type: ignore[no-untyped-call]
            function, self.connection, *arguments
        )
        return result

    async def close(self) -> None:
        """Close after what was called before, and wait for the thread's end."""
        await self._driver.close()
        self._driver._thread.join()


class SqliteTransaction(Transaction):
    """`begin` opens the transaction together with its first statement; "" leaves each for itself."""

    def __init__(self, link: Link, begin: str) -> None:
        super().__init__()
        self._link = link
        self._begin = begin

    async def _send(self, query: Query, params: Params) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
        try:
            description, rows = await self._link.call(
                _fetch, self._begin, query.sql, query.for_sqlite(params)
            )
        except sqlite3.IntegrityError as error:
            raise ConstraintError(f"{query.name}: {error}") from None
        return query.columns(description), query.from_sqlite(rows)

    async def _send_many(self, query: Query, params: Iterable[Params]) -> None:
        try:
            await self._link.call(_execute_many, self._begin, query.sql, map(query.for_sqlite, params))
        except sqlite3.IntegrityError as error:
            raise ConstraintError(f"{query.name}: {error}") from None

    async def _send_script(self, text: str) -> None:
        await self._link.call(_execute_script, self._begin, text)

    async def has_table(self, name: str) -> bool:
        return await self.one(HAS_TABLE, {"name": name}) is not None

    async def lock_schema(self) -> None:
        """BEGIN IMMEDIATE has locked everything already."""

    async def damage(self) -> list[str]:
        pages = [row["integrity_check"] for row in await self.rows(INTEGRITY)]
        found = [f"integrity: {text}" for text in pages if text != "ok"]
        dangling = await self.rows(REFERENCES)
        found += [
            f"integrity: a {row['table']} refers to a {row['parent']} that is missing" for row in dangling
        ]
        return found


class SqliteEngine:
    """One file, or one database in memory, whose single connection reads and writes in turn."""

    name = "sqlite"

    def __init__(self, path: str, *, durable_full: bool, wait_s: float) -> None:
        self.path = path
        self._durable_full = durable_full
        self._wait_s = wait_s
        self._lock = asyncio.Lock()
        self._writer: Link
        self._links: list[Link] = []
        self._free: list[Link] = []
        self._readers = asyncio.Semaphore(0)

    @property
    def is_memory(self) -> bool:
        return self.path == MEMORY

    async def open(self, readers: int) -> None:
        """Raises DatabaseError when the file cannot be opened, Busy when it stays locked."""
        try:
            self._writer = await self._linked(self._open_writer)
            if not self.is_memory:
                for _ in range(readers):
                    self._free.append(await self._linked(self._open_reader))
                    self._readers.release()
        except sqlite3.Error as error:
            await self.close()
            if is_busy(error):
                raise
            raise DatabaseError(
                f"{self.path} cannot be opened as a SQLite database: {error}; "
                "its folder must exist and be writable, and the file must be a database or absent"
            ) from error
        except BaseException:
            await self.close()
            raise

    async def _linked(self, opener: Callable[[], sqlite3.Connection]) -> Link:
        link = await Link(opener).open()
        self._links.append(link)
        return link

    def _open_writer(self) -> sqlite3.Connection:
        connection = self._opened(min(WAIT_S, self._wait_s))
        try:
            if not self.is_memory:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.execute(f"PRAGMA synchronous = {'FULL' if self._durable_full else 'NORMAL'}")
                connection.execute(f"PRAGMA journal_size_limit = {WAL_KEPT_BYTES}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _open_reader(self) -> sqlite3.Connection:
        connection = self._opened(self._wait_s)
        connection.execute("PRAGMA query_only = ON")
        return connection

    def _opened(self, timeout: float) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=timeout, isolation_level=None, cached_statements=256)
        connection.execute("PRAGMA foreign_keys = ON")
        return connection

    def is_transient(self, error: BaseException) -> bool:
        return is_busy(error)

    async def attempt(self, work: Callable[[Transaction], Awaitable[T]], deadline: float) -> T:
        """Run `work` in a transaction that has ended, one way or the other, when this returns."""
        async with self._writing(deadline) as link:
            tx = SqliteTransaction(link, "BEGIN IMMEDIATE")
            try:
                result = await work(tx)
                if tx.failure is not None:
                    raise TransactionOver("a statement failed and its error was swallowed") from tx.failure
                tx.end()
                await link.call(sqlite3.Connection.commit)
                return result
            except BaseException:
                tx.end()
                await link.call(sqlite3.Connection.rollback)
                raise

    @asynccontextmanager
    async def _writing(self, deadline: float) -> AsyncIterator[Link]:
        if self._lock.locked():
            try:
                async with asyncio.timeout_at(deadline):
                    await self._lock.acquire()
            except TimeoutError:
                raise Busy("other transactions of this process took too long") from None
        else:
            await self._lock.acquire()
        try:
            yield self._writer
        finally:
            self._lock.release()

    @asynccontextmanager
    async def read(self, deadline: float, *, snapshot: bool) -> AsyncIterator[Transaction]:
        if self.is_memory:
            async with self._writing(deadline) as link:
                tx = SqliteTransaction(link, "")
                try:
                    yield tx
                finally:
                    tx.end()
            return
        async with self._readers:
            link = self._free.pop()
            tx = SqliteTransaction(link, "BEGIN" if snapshot else "")
            try:
                yield tx
            finally:
                tx.end()
                self._free.append(link)
                if snapshot:
                    await link.call(sqlite3.Connection.rollback)

    async def copy_to(self, path: Path) -> None:
        """A consistent copy as one file. Raises FileExistsError and leaves such a file alone."""
        async with self._writing(float("inf")) if self.is_memory else self._readers:
            await (self._writer if self.is_memory else self._free[-1]).call(_copy, path)

    async def copy_into(self, other: "SqliteEngine") -> None:
        """Make another database in memory equal to this one, page by page."""
        async with self._writing(asyncio.get_running_loop().time() + self._wait_s) as link:
            await link.call(sqlite3.Connection.backup, other._writer.connection)

    async def close(self) -> None:
        for link in self._links:
            await link.close()
        self._links.clear()
