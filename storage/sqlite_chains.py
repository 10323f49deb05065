"""SQLite's group commit: transactions that wait for the writer together share one hop and one commit."""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from storage.sqlite_link import Fetched, Link, fetch, told_alike
from storage.statements import Params
from storage.transaction import Busy, DatabaseError, Interrupted, Step

# Bounds how long the chains of one group keep another process from writing.
MOST_TOGETHER = 32

Prepared = list[tuple[str, Params]]
End = list[Fetched] | Exception | None


@dataclass(frozen=True, slots=True)
class _Chain:
    """Statements that are committed when each returned a row; `end` learns how it went."""

    name: str
    statements: Prepared
    deadline: float
    end: asyncio.Future[list[Fetched] | None]

    def tell(self, end: End) -> None:
        if self.end.done():
            return  # the caller was cancelled and does not wait any more
        if isinstance(end, Exception):
            self.end.set_exception(end)
        else:
            self.end.set_result(end)


class Chains:
    """Takes chains and commits those that gathered while the writer was busy as one transaction."""

    def __init__(self, writing: Callable[[float], AbstractAsyncContextManager[Link]]) -> None:
        """`writing` lends the writing connection until a deadline (loop time), or raises Busy."""
        self._writing = writing
        self._waiting: deque[_Chain] = deque()
        self._worker: asyncio.Task[None] | None = None

    async def commit(self, steps: Sequence[Step], deadline: float) -> list[Any] | None:
        """The first value of each step's first row; None, and nothing changed, when one has no row.

        A chain is cancelled with its caller only before it began; then it ends as if nobody had left.
        """
        loop = asyncio.get_running_loop()
        chain = _Chain(
            " and ".join([query.name for query, _ in steps]),
            [(query.sql, query.for_sqlite(params)) for query, params in steps],
            deadline,
            loop.create_future(),
        )
        self._waiting.append(chain)
        if self._worker is None:
            self._worker = loop.create_task(self._work())
        fetched = await chain.end
        if fetched is None:
            return None
        values = []
        for (query, _), (description, rows) in zip(steps, fetched, strict=True):
            query.columns(description)
            values.append(query.from_sqlite(rows)[0][0])
        return values

    async def _work(self) -> None:
        try:
            while self._waiting:
                await self._commit_some()
        finally:
            self._worker = None
            for chain in self._waiting:
                chain.tell(Busy("the database was closed before this could be written"))
            self._waiting.clear()

    async def _commit_some(self) -> None:
        group: list[_Chain] = []
        try:
            async with self._writing(self._waiting[0].deadline) as link:
                group = self._taken()
                ends = await link.call(commit_group, [(chain.name, chain.statements) for chain in group])
        except Busy as busy:
            self._waiting.popleft().tell(busy)
            return
        except BaseException:
            for chain in group:
                chain.tell(DatabaseError("the database was closed while this was being written"))
            raise
        for chain, end in zip(group, ends, strict=True):
            chain.tell(end)

    def _taken(self) -> list[_Chain]:
        """The next chains whose callers still wait."""
        group: list[_Chain] = []
        while self._waiting and len(group) < MOST_TOGETHER:
            chain = self._waiting.popleft()
            if not chain.end.done():
                group.append(chain)
        return group

    async def finish(self, within_s: float) -> None:
        """Wait for the chains that were taken on; those that cannot be written by then are told so."""
        if self._worker is None:
            return
        _, late = await asyncio.wait([self._worker], timeout=within_s)
        for worker in late:
            worker.cancel()
            await asyncio.wait([worker])


def commit_group(connection: sqlite3.Connection, chains: list[tuple[str, Prepared]]) -> list[End]:
    """Each chain's end. When anything is wrong with one, all is taken back and each goes alone."""
    return _together(connection, chains) or [_alone(connection, *chain) for chain in chains]


def _together(connection: sqlite3.Connection, chains: list[tuple[str, Prepared]]) -> list[End] | None:
    """One transaction for all; None, with nothing changed, when there is but one or one of them failed."""
    if len(chains) < 2:
        return None
    try:
        with told_alike("a group of chains"):
            ends: list[End] = [_fetched(connection, statements) for _, statements in chains]
            if None in ends:
                return None
            connection.commit()
            return ends
    except Interrupted as busy:
        # Another process writes. Going alone, each would wait for it in the thread, one after the other.
        return [busy] * len(chains)
    except (DatabaseError, TypeError, sqlite3.Error):
        return None  # the one that caused it tells it when it goes alone
    finally:
        connection.rollback()


def _alone(connection: sqlite3.Connection, name: str, statements: Prepared) -> End:
    try:
        with told_alike(name):
            fetched = _fetched(connection, statements)
            if fetched is not None:
                connection.commit()
            return fetched
    except Exception as error:  # whatever it is, it belongs to the one who waits for this chain
        return error
    finally:
        connection.rollback()


def _fetched(connection: sqlite3.Connection, statements: Prepared) -> list[Fetched] | None:
    results = []
    for sql, values in statements:
        description, rows = fetch(connection, "BEGIN IMMEDIATE", sql, values)
        if not rows:
            return None
        results.append((description, rows))
    return results
