"""Lets a connected page know that its conversation has something new, whichever process wrote it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

Key = tuple[str, str]


class Ear:
    """One page listening to one conversation."""

    def __init__(self, newest: Callable[[], Awaitable[int]], look_every: float) -> None:
        self._newest = newest
        self._look_every = look_every
        self._rung = asyncio.Event()
        self._known = 0

    def ring(self) -> None:
        self._rung.set()

    async def heard(self, seconds: float) -> bool:
        """Wait until there may be something new (True), or `seconds` have passed (False).

        A turn of this process rings; what another process wrote is noticed by looking every
        `look_every` seconds.
        """
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            try:
                async with asyncio.timeout(min(self._look_every, max(until - loop.time(), 0))):
                    await self._rung.wait()
            except TimeoutError:
                pass
            rung = self._rung.is_set()
            self._rung.clear()  # before looking: who rings from now on is heard the next time
            newest = await self._newest()
            if rung or newest > self._known:
                self._known = max(newest, self._known)
                return True
            if loop.time() >= until:
                return False


class Ears:
    """All pages that listen now."""

    def __init__(self) -> None:
        self._listening: dict[Key, set[Ear]] = {}

    def ring(self, channel: str, address: str) -> bool:
        """Ring whoever listens to the conversation; False when nobody does."""
        ears = self._listening.get((channel, address), set())
        for ear in ears:
            ear.ring()
        return bool(ears)

    @contextmanager
    def listening(self, key: Key, ear: Ear) -> Iterator[Ear]:
        self._listening.setdefault(key, set()).add(ear)
        try:
            yield ear
        finally:
            self._listening[key].discard(ear)
            if not self._listening[key]:
                del self._listening[key]
