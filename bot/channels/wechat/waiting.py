"""Pushes that wait for the same answer: one piece of work, however often WeChat pushes the message.

WeChat waits five seconds for an answer, then pushes the message again.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

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

    def __len__(self) -> int:
        return len(self._running)

    def has(self, who: str, what: Hashable) -> bool:
        return (who, what) in self._running

    async def others(self, who: str, what: Hashable) -> None:
        """Wait for everything else that runs for `who`."""
        tasks = [each.task for key, each in self._running.items() if key[0] == who and key[1] != what]
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
        ends. Raises what `work` raises."""
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
            result = await work()
            if not running.waiting:
                await late(result)
            return result
        finally:
            del self._running[key]

    async def finish(self) -> None:
        """Wait for whatever still runs."""
        while self._running:
            await asyncio.wait([each.task for each in self._running.values()])


def _looked_at(task: "asyncio.Task[T]") -> None:
    """A failure that nobody waited for is told by whoever did the work."""
    if not task.cancelled():
        task.exception()
