"""SQLite: one connection that writes, some that read, each in a thread of aiosqlite's."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

from storage.sqlite_chains import Chains
from storage.sqlite_link import Link, copy, execute_many, execute_script, fetch, told_alike
from storage.statements import Params, Query, statement
from storage.transaction import (
    Busy,
    Damaged,
    DatabaseError,
    Step,
    Transaction,
    TransactionOver,
)

T = TypeVar("T")

MEMORY = ":memory:"
# How long SQLite itself waits in the thread for another process's lock; longer waits are ours.
WAIT_S = 0.1
WAL_KEPT_BYTES = 64 * 1024 * 1024

HAS_TABLE = statement("has_table", "SELECT name FROM sqlite_master WHERE type = 'table' AND name = :name")
INTEGRITY = statement("integrity", "PRAGMA integrity_check")
REFERENCES = statement("references", "PRAGMA foreign_key_check")


class SqliteTransaction(Transaction):
    """`begin` opens the transaction together with its first statement; "" leaves each for itself."""

    def __init__(self, link: Link, begin: str) -> None:
        super().__init__()
        self._link = link
        self._begin = begin

    async def _send(self, query: Query, params: Params) -> tuple[tuple[str, ...], Sequence[Sequence[Any]]]:
        values = query.for_sqlite(params)
        with told_alike(query.name):
            description, rows = await self._link.call(fetch, self._begin, query.sql, values)
        return query.columns(description), query.from_sqlite(rows)

    async def _send_many(self, query: Query, params: Iterable[Params]) -> None:
        with told_alike(query.name):
            await self._link.call(execute_many, self._begin, query.sql, map(query.for_sqlite, params))

    async def _send_script(self, text: str) -> None:
        with told_alike("script"):
            await self._link.call(execute_script, self._begin, text)

    async def has_table(self, name: str) -> bool:
        return await self.one(HAS_TABLE, {"name": name}) is not None

    async def lock_schema(self) -> None:
        """BEGIN IMMEDIATE has locked everything already."""

    async def wait_turn(self, name: str) -> None:
        """One writes at a time, and those of a process in the order in which they came."""

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
        self._chains = Chains(self._writing)

    @property
    def is_memory(self) -> bool:
        return self.path == MEMORY

    async def open(self, readers: int) -> None:
        """Raises DatabaseError when the file cannot be opened, Interrupted when another holds it."""
        try:
            with told_alike("open"):
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
            # What is deleted is overwritten with zeros, so that what a resident had erased is gone.
            connection.execute("PRAGMA secure_delete = ON")
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
                with told_alike("commit"):
                    await link.call(sqlite3.Connection.commit)
                return result
            except BaseException:
                tx.end()
                await link.call(sqlite3.Connection.rollback)
                raise

    async def chain(self, steps: Sequence[Step], deadline: float) -> list[Any] | None:
        """A whole transaction of `steps`: what each returned, or None and nothing changed."""
        return await self._chains.commit(steps, deadline)

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
            await link.call(copy, path)

    async def scrub(self) -> bool:
        """Write all of the log into the file and empty the log, which holds pages as they were before.
        False when somebody reads what was before: to be tried again."""
        async with self._writing(self._deadline()) as link:
            with told_alike("scrub"):
                _, [(busy, _, _)] = await link.call(fetch, "", "PRAGMA wal_checkpoint(TRUNCATE)", {})
        return not busy

    async def copy_into(self, other: "SqliteEngine") -> None:
        """Make another database in memory equal to this one, page by page."""
        async with self._reading(self._deadline()) as link:
            await link.call(sqlite3.Connection.backup, other._writer.connection)

    def _deadline(self) -> float:
        return asyncio.get_running_loop().time() + self._wait_s

    async def close(self) -> None:
        await self._chains.finish(self._wait_s)
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
