"""How fast messages go out: so many a second, one a second in a chat, answers before news.

Telegram: about 30 a second in all, one a second in a chat, 20 a minute in a group (its FAQ on bots). Paid
broadcast, which allows more, is never used. Each process counts for itself.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import nullcontext

Seconds = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

WINDOW_S = 1.0
CHAT_S, GROUP_S = 1.0, 3.0
CATCH_UP = 3
"""Whoever wakes too late may be followed at once by so many, so that the allowance is used all the same."""
MANY = 10_000


class Pace:
    """Times in seconds of `seconds`, a clock that only goes forward."""

    def __init__(self, per_second: int, seconds: Seconds, sleep: Sleep = asyncio.sleep) -> None:
        self._gap = WINDOW_S / per_second
        self._seconds = seconds
        self._sleep = sleep
        self._sent: deque[float] = deque(maxlen=per_second)
        self._next_at = 0.0
        self._held_until = 0.0
        self._free_at: dict[int, float] = {}
        self._gate = asyncio.Lock()
        self._news = asyncio.Lock()

    def hold(self, seconds: float) -> None:
        """Telegram asks for silence."""
        self._held_until = max(self._held_until, self._seconds() + seconds)

    @property
    def held_s(self) -> float:
        """For how long nothing may be sent; 0 when it may."""
        return max(self._held_until - self._seconds(), 0.0)

    async def message(self, chat: int, *, urgent: bool = True) -> None:
        """Wait until one more message may go to this chat. Messages of one chat come one after the other."""
        if (wait := self._free_at.get(chat, 0.0) - self._seconds()) > 0:
            await self._sleep(wait)
        await self.call(urgent=urgent)
        self._note(chat)

    async def call(self, *, urgent: bool = True) -> None:
        """Wait until one more may go out. News wait in a line of their own, of which one at a time stands
        among what is urgent."""
        async with nullcontext() if urgent else self._news, self._gate:
            while (wait := self._wait_s()) > 0:
                await self._sleep(wait)
            now = self._seconds()
            self._next_at = max(self._next_at, now - CATCH_UP * self._gap) + self._gap
            self._sent.append(now)

    def _wait_s(self) -> float:
        now = self._seconds()
        is_full = len(self._sent) == self._sent.maxlen
        return max(self._next_at - now, self._sent[0] + WINDOW_S - now if is_full else 0.0)

    def _note(self, chat: int) -> None:
        now = self._seconds()
        if len(self._free_at) >= MANY:
            self._free_at = {each: at for each, at in self._free_at.items() if at > now}
        self._free_at[chat] = now + (GROUP_S if chat < 0 else CHAT_S)
