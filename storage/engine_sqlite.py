"""SQLite: one connection that writes, some that read, each in a thread of aiosqlite's."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.statements import Params, Query, statement
from storage.transaction import (
    Busy,
    ConstraintError,
    Damaged,
    DatabaseError,
    Interrupted,
    Step,
    Transaction,
    TransactionOver,
)

T = TypeVar("T")
Fetched = tuple[Sequence[Sequence[Any]], list[tuple[Any, ...]]]

MEMORY = ":memory:"
# How long SQLite itself waits in the thread for another process's lock; longer waits are ours.
WAIT_S = 0.1
BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
WAL_KEPT_BYTES = 64 * 1024 * 1024

HAS_TABLE = statement("has_table", "SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name")
INTEGRITY = statement("integrity", "PRAGMA integrity_check")
REFERENCES = statement("references", "PRAGMA foreign_key_check")


@contextmanager
def _told_alike(name: str) -> Iterator[None]:
    """The errors of statement `name` as both engines tell them, without the row's values."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        raise ConstraintError(f"{name}: {error}") from None
    except UnicodeEncodeError:
        raise TypeError(f"{name}: a text has half of a surrogate pair") from None
    except sqlite3.OperationalError as error:
        code = error.sqlite_errorcode & 0xFF
        if code in BUSY:
            raise Interrupted(f"{name}: {error}") from error
        if code == sqlite3.SQLITE_READONLY:
            raise DatabaseError(f"{name}: it writes, and this transaction only reads") from error
        raise
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF in BROKEN:
            raise Damaged(f"the database is damaged ({error}): restore a backup") from error
        raise


def _fetch(connection: sqlite3.Connection, begin: str, sql: str, values: Params) -> Fetched:
    """A statement in the connection's thread; the first one of a transaction begins it."""
    if begin and not connection.in_transaction:
        connection.execute(begin)
    cursor = connection.execute(sql, values)
    return cursor.description or (), cursor.fetchall()


def _fetch_chain(
    connection: sqlite3.Connection, begin: str, steps: list[tuple[str, Params]], commits: bool
) -> list[Fetched] | None:
    """Statements one after the other, and the commit when each returned a row."""
    fetched = []
    for sql, values in steps:
        description, rows = _fetch(connection, begin, sql, values)
        if not rows:
            return None
        fetched.append((description, rows))
    if commits:
        connection.commit()
    return fetched


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
        # A program that ends without closing must not wait for a thread that nobody will stop.
        self._driver._thread.daemon = True
        try:
            await self._driver
        except BaseException:
            # It would otherwise speak to a loop that may be closed by then.
            await asyncio.to_thread(self._driver._thread.join)
            raise
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
        values = query.for_sqlite(params)
        with _told_alike(query.name):
            description, rows = await self._link.call(_fetch, self._begin, query.sql, values)
        return query.columns(description), query.from_sqlite(rows)

    async def _send_chain(self, steps: Sequence[Step], *, commits: bool) -> list[Any] | None:
        prepared = [(query.sql, query.for_sqlite(params)) for query, params in steps]
        with _told_alike(" and ".join(query.name for query, _ in steps)):
            fetched = await self._link.call(_fetch_chain, self._begin, prepared, commits)
        if fetched is None:
            return None
        self.is_committed = commits
        values = []
        for (query, _), (description, rows) in zip(steps, fetched, strict=True):
            query.columns(description)
            values.append(query.from_sqlite(rows)[0][0])
        return values

    async def _send_many(self, query: Query, params: Iterable[Params]) -> None:
        with _told_alike(query.name):
            await self._link.call(_execute_many, self._begin, query.sql, map(query.for_sqlite, params))

    async def _send_script(self, text: str) -> None:
        with _told_alike("script"):
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
        """Raises DatabaseError when the file cannot be opened, Interrupted when another holds it."""
        try:
            with _told_alike("open"):
                self._writer = await self._linked(self._open_writer)
                for _ in range(0 if self.is_memory else readers):
                    self._free.append(await self._linked(self._open_reader))
                    self._readers.release()
        except (sqlite3.Error, Damaged) as error:
            await self.close()
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

    async def attempt(self, work: Callable[[Transaction], Awaitable[T]], deadline: float) -> T:
        """Run `work` in a transaction that has ended, one way or the other, when this returns."""
        async with self._writing(deadline) as link:
            tx = SqliteTransaction(link, "BEGIN IMMEDIATE")
            try:
                result = await work(tx)
                if tx.failure is not None:
                    raise TransactionOver("a statement failed and its error was swallowed") from tx.failure
                tx.end()
                if not tx.is_committed:
                    with _told_alike("commit"):
                        await link.call(sqlite3.Connection.commit)
                return result
            except BaseException:
                tx.end()
                await link.call(sqlite3.Connection.rollback)
                raise

    @asynccontextmanager
    async def read(self, deadline: float, *, snapshot: bool) -> AsyncIterator[Transaction]:
        """In memory nothing but this transaction happens meanwhile: it needs no snapshot."""
        begin = "BEGIN" if snapshot and not self.is_memory else ""
        async with self._reading(deadline) as link:
            tx = SqliteTransaction(link, begin)
            try:
                yield tx
            finally:
                tx.end()
                if begin:
                    await link.call(sqlite3.Connection.rollback)

    @asynccontextmanager
    async def _writing(self, deadline: float) -> AsyncIterator[Link]:
        await _acquired(self._lock, deadline)
        try:
            yield self._writer
        finally:
            self._lock.release()

    @asynccontextmanager
    async def _reading(self, deadline: float) -> AsyncIterator[Link]:
        if self.is_memory:
            async with self._writing(deadline) as link:
                yield link
            return
        await _acquired(self._readers, deadline)
        link = self._free.pop()
        try:
            yield link
        finally:
            self._free.append(link)
            self._readers.release()

    async def copy_to(self, path: Path) -> None:
        """A consistent copy as one file. Raises FileExistsError and leaves such a file alone."""
        async with self._reading(self._deadline()) as link:
            await link.call(_copy, path)

    async def copy_into(self, other: "SqliteEngine") -> None:
        """Make another database in memory equal to this one, page by page."""
        async with self._reading(self._deadline()) as link:
            await link.call(sqlite3.Connection.backup, other._writer.connection)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._wait_s

    async def close(self) -> None:
        for link in self._links:
            await link.close()
        self._links.clear()


async def _acquired(lock: asyncio.Lock | asyncio.Semaphore, deadline: float) -> None:
    """Take the lock; raises Busy at the deadline. Without a queue there is no timer to pay for."""
    if not lock.locked():
        await lock.acquire()
        return
    try:
        async with asyncio.timeout_at(deadline):
            await lock.acquire()
    except TimeoutError:
        raise Busy("other transactions of this process took too long") from None
