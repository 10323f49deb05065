"""How fast messages go out: so many a second, one a second in a chat, answers before news.

Telegram: about 30 a second in all, one a second in a chat, 20 a minute in a group (its FAQ on bots). Paid
broadcast, which allows more, is never used. Each process counts for itself.

Telegram counts what arrives, and when that was is not known here. A place is free again a second after the
latest moment at which a message can have arrived: what it took longer than the quickest of late counts as the
way there. So nothing is sent too early however a line wavers, and a line that is merely long costs nothing.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from heapq import heappop, heappush
from math import inf

Seconds = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

WINDOW_S = 1.0
CHAT_S, GROUP_S = 1.0, 3.0
CATCH_UP = 3
"""Whoever wakes too late may be followed at once by so many, so that the allowance is used all the same."""
FEW, OF_LATE = 30, 100
"""What so few calls took says nothing: at first a connection has to be made."""
UNEVEN_S = 0.015
"""The way there may be quicker than the way back."""
MANY = 10_000


class Pace:
    """Times in seconds of `seconds`, a clock that only goes forward."""

    def __init__(self, per_second: int, seconds: Seconds, sleep: Sleep = asyncio.sleep) -> None:
        self._per_second = per_second
        self._gap_s = WINDOW_S / per_second
        self._seconds = seconds
        self._sleep = sleep
        self._under_way = 0
        self._free_again: list[float] = []
        self._returned = asyncio.Event()
        self._next_at = 0.0
        self._took: deque[float] = deque(maxlen=OF_LATE)
        self._held_until = 0.0
        self._chats: dict[int, float] = {}
        self._gate = asyncio.Lock()
        self._news = asyncio.Lock()

    def hold(self, seconds: float) -> None:
        """Telegram asks for silence."""
        self._held_until = max(self._held_until, self._seconds() + seconds)

    @property
    def held_s(self) -> float:
        """For how long nothing may be sent; 0 when it may."""
        return max(self._held_until - self._seconds(), 0.0)

    @asynccontextmanager
    async def message(self, chat: int, *, urgent: bool = True) -> AsyncIterator[None]:
        """Sent within the block, which is entered when it may be. Those of one chat come one by one; news
        wait in a line of their own, of which one at a time stands among what is urgent."""
        if (wait := self._chats.get(chat, 0.0) - self._seconds()) > 0:
            await self._sleep(wait)
        async with nullcontext() if urgent else self._news, self._gate:
            while (wait := self._wait_s()) > 0:
                await self._until_free(wait)
            began = self._seconds()
            self._next_at = max(self._next_at, began - CATCH_UP * self._gap_s) + self._gap_s
            self._under_way += 1
        try:
            yield
        finally:
            self._back(chat, self._seconds() - began)

    def _back(self, chat: int, took_s: float) -> None:
        """A call has returned: when its place, and its chat, are free again."""
        self._took.append(took_s)
        quickest = min(self._took) if len(self._took) > FEW else 0.0
        arrived_at = self._seconds() - max(quickest - UNEVEN_S, 0.0)
        self._under_way -= 1
        heappush(self._free_again, arrived_at + WINDOW_S)
        self._returned.set()
        if len(self._chats) >= MANY:
            self._chats = {each: at for each, at in self._chats.items() if at > self._seconds()}
        self._chats[chat] = arrived_at + (GROUP_S if chat < 0 else CHAT_S)

    def _wait_s(self) -> float:
        """Until the next may go; infinite when all places are under way."""
        now = self._seconds()
        while self._free_again and self._free_again[0] <= now:
            heappop(self._free_again)
        if self._under_way + len(self._free_again) < self._per_second:
            return self._next_at - now
        return self._free_again[0] - now if self._free_again else inf

    async def _until_free(self, wait_s: float) -> None:
        if wait_s < inf:
            await self._sleep(wait_s)
        else:
            self._returned.clear()
            await self._returned.wait()
