"""How fast messages go out: so many a second, one a second in a chat, answers before news.

Telegram: about 30 a second in all, one a second in a chat, 20 a minute in a group (its FAQ on bots). Paid
broadcast, which allows more, is never used. Each process counts for itself.

Telegram counts a message when it arrives, and nobody tells us when that was: after it went out and before its
answer came, with the way between. So the one that is too many for a second goes out when a second has passed
since the answer to the first, less the quickest answer of all. No delay on the way brings two of them closer
then, and of the allowance only what one way takes longer than another is lost.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from weakref import WeakValueDictionary

Seconds = Callable[[], float]
Sleep = Callable[[float], Awaitable[None]]

WINDOW_S = 1.0
CHAT_S, GROUP_S = 1.0, 3.0
SPARE_S = 0.01
"""The quickest answer was not the quickest that there can be."""
FEW = 30
"""What so few calls took says nothing: at first, connections have to be made."""
CATCH_UP = 3
"""Whoever wakes too late may be followed at once by so many, so that the allowance is used all the same."""
ON_THEIR_WAY = 32
"""So many wait for Telegram's answer at once: enough for 30 a second where it takes a second. httpx would
keep the others, send all at once when it can, and look at all of them whenever one goes out or comes in."""
MANY = 10_000


class Pace:
    """Times in seconds of `seconds`, a clock that only goes forward."""

    def __init__(
        self, per_second: int, seconds: Seconds, sleep: Sleep = asyncio.sleep, *, times: int = 1
    ) -> None:
        """`times` as much, in all and in a chat, where whoever is sent to allows it."""
        per_second *= times
        self._chat_s, self._group_s = CHAT_S / times, GROUP_S / times
        self._gap_s = WINDOW_S / per_second
        self._seconds = seconds
        self._sleep = sleep
        self._ended = deque([-math.inf] * per_second)
        self._answered = 0
        self._quickest = math.inf
        self._next_at = 0.0
        self._held_until = 0.0
        self._chats: dict[int, float] = {}
        self._lines: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._gate = asyncio.Lock()
        self._news = asyncio.Lock()
        self._places = asyncio.Semaphore(min(per_second, ON_THEIR_WAY))

    def hold(self, seconds: float) -> None:
        """Telegram asks for silence."""
        self._held_until = max(self._held_until, self._seconds() + seconds)

    @property
    def held_s(self) -> float:
        """For how long nothing may be sent; 0 when it may."""
        return max(self._held_until - self._seconds(), 0.0)

    @asynccontextmanager
    async def message(self, chat: int, *, urgent: bool = True) -> AsyncIterator[None]:
        """Sent within the block, which is entered when it may be. Those of one chat come one by one: its line
        is forgotten with the last who stands in it."""
        async with self._lines.setdefault(chat, asyncio.Lock()):
            if (wait := self._chats.get(chat, 0.0) - self._seconds()) > 0:
                await self._sleep(wait)
            async with self._call(urgent=urgent):
                try:
                    yield
                finally:
                    self._note(chat)

    @asynccontextmanager
    async def _call(self, *, urgent: bool) -> AsyncIterator[None]:
        """Wait until one more may go out, and send it within. News wait in a line of their own, of which one
        at a time stands among what is urgent."""
        async with AsyncExitStack() as sending:
            async with nullcontext() if urgent else self._news, self._gate:
                await sending.enter_async_context(self._places)
                began = await self._let_go()
            try:
                yield
                self._answered += 1
                self._quickest = min(self._quickest, self._seconds() - began)
            finally:
                self._ended.append(self._seconds())

    async def _let_go(self) -> float:
        """When it was. Fewer are on their way than may go out in a second: some have ended."""
        while (wait := self._wait_s()) > 0:
            await self._sleep(wait)
        now = self._seconds()
        self._next_at = max(self._next_at, now - CATCH_UP * self._gap_s) + self._gap_s
        self._ended.popleft()
        return now

    def _wait_s(self) -> float:
        """A way that was hardly ever gone took no time."""
        now, least = self._seconds(), self._quickest if self._answered > FEW else 0.0
        return max(self._next_at - now, self._ended[0] + WINDOW_S + SPARE_S - least - now)

    def _note(self, chat: int) -> None:
        """A call has returned: when its chat is free again, whatever time the way took."""
        now = self._seconds()
        if len(self._chats) >= MANY:
            self._chats = {each: at for each, at in self._chats.items() if at > now}
        self._chats[chat] = now + (self._group_s if chat < 0 else self._chat_s)
