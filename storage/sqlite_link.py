"""A SQLite connection in a thread of aiosqlite's, and what is done there in one hop."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import aiosqlite

from storage.statements import Params
from storage.transaction import ConstraintError, Damaged, DatabaseError, Interrupted

T = TypeVar("T")
Fetched = tuple[Sequence[Sequence[Any]], list[tuple[Any, ...]]]

BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


@contextmanager
def told_alike(name: str) -> Iterator[None]:
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


def _begin(connection: sqlite3.Connection, begin: str) -> None:
    """The first statement of a transaction begins it; with "" each is one for itself."""
    if begin and not connection.in_transaction:
        connection.execute(begin)


def fetch(connection: sqlite3.Connection, begin: str, sql: str, values: Params) -> Fetched:
    """A statement in the connection's thread."""
    _begin(connection, begin)
    cursor = connection.execute(sql, values)
    return cursor.description or (), cursor.fetchall()


def execute_many(connection: sqlite3.Connection, begin: str, sql: str, values: Iterable[Params]) -> None:
    _begin(connection, begin)
    connection.executemany(sql, values)


def execute_script(connection: sqlite3.Connection, begin: str, text: str) -> None:
    """Statement by statement: sqlite3's own executescript would commit first."""
    _begin(connection, begin)
    pending = ""
    for piece in text.split(";"):
        pending += piece + ";"
        if sqlite3.complete_statement(pending):
            connection.execute(pending)
            pending = ""


def copy(connection: sqlite3.Connection, path: Path) -> None:
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


def verified(path: Path) -> tuple[int, list[str]]:
    """The schema's version in a copy and what is wrong with its pages and references. The file is read as it
    is, without a log or a lock beside it. Raises sqlite3.DatabaseError for what is none."""
    copied = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        pages = [text for (text,) in copied.execute("PRAGMA integrity_check") if text != "ok"]
        dangling = len(copied.execute("PRAGMA foreign_key_check").fetchall())
        [(version,)] = copied.execute("SELECT MAX(version) FROM schema_migration")
    finally:
        copied.close()
    return version or 0, pages + ([f"{dangling} rows refer to what is missing"] if dangling else [])


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
