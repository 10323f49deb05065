"""Pushes that wait for the same answer: one piece of work, however often WeChat pushes the message.

WeChat waits five seconds for an answer, then pushes the message again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Generic, TypeVar

from bot.logs import log

T = TypeVar("T")
PATIENCE_S = 4.5


@dataclass(slots=True)
class _Running(Generic[T]):
    task: "asyncio.Task[T]" = field(init=False)
    waiting: int = 0


class Waiting(Generic[T]):
    """`of` begins the work or joins it, and gives up waiting in time; the work itself goes on."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        self._running: dict[tuple[str, Hashable], _Running[T]] = {}
        self._late: dict[asyncio.Task[T], str] = {}

    def has(self, who: str, what: Hashable) -> bool:
        return (who, what) in self._running

    async def earlier(self, who: str, what: Hashable) -> None:
        """Wait for what runs for `who` and began before `what`; what began later may wait for this one."""
        before = takewhile(lambda key: key != (who, what), list(self._running))
        tasks = [self._running[key].task for key in before if key[0] == who]
        if tasks:
            await asyncio.wait(tasks)

    async def of(
        self,
        who: str,
        what: Hashable,
        work: Callable[[], Awaitable[T]],
        late: Callable[[T], Awaitable[None]],
    ) -> T | None:
        """What `work` gives, or None when it took too long. `late` is called when nobody waits any more as it
        ends, and tells its failures itself; who comes then waits for it and begins anew. Raises what `work`
        raises."""
        key = who, what
        running = self._running.get(key)
        if running is None:
            running = self._running[key] = _Running()
            running.task = asyncio.create_task(self._run(key, running, work, late))
            running.task.add_done_callback(_looked_at)
        running.waiting += 1
        try:
            done, _ = await asyncio.wait({running.task}, timeout=self.patience_s)
        finally:
            running.waiting -= 1
        return running.task.result() if done else None

    async def _run(
        self,
        key: tuple[str, Hashable],
        running: _Running[T],
        work: Callable[[], Awaitable[T]],
        late: Callable[[T], Awaitable[None]],
    ) -> T:
        try:
            if before := [task for task, who in self._late.items() if who == key[0]]:
                await asyncio.wait(before)
            result = await work()
        except Exception as error:
            if not running.waiting:
                log("wechat").error("a failure that nobody waited for", exc_info=error)
            raise
        finally:
            del self._running[key]
        if not running.waiting:
            self._late[running.task] = key[0]
            try:
                await late(result)
            finally:
                del self._late[running.task]
        return result

    async def finish(self) -> None:
        """Wait for whatever still runs."""
        while tasks := [*(each.task for each in self._running.values()), *self._late]:
            await asyncio.wait(tasks)


def _looked_at(task: "asyncio.Task[T]") -> None:
    """A failure that nobody waited for is logged as it happens; asyncio need not tell it again."""
    if not task.cancelled():
        task.exception()
