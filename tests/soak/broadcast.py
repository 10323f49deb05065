"""A broadcast over Telegram: a process delivers what waits in the outbox, and a peer holds it to the limits,
so many a second in all and one a second in a chat, over every window."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from bot.channels.telegram.incoming import CHANNEL
from bot.clock import system_clock
from messages.view_codec import to_json
from messages.views_booking import SessionCalledOff
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, settings_for
from tests.soak.storm import ROOT
from tests.soak.telegram_worker import told
from tests.telegram_peer import TelegramPeer, serving_telegram
from tests.telegram_refusals import Limiter
from tests.test_render import made

LIMIT = 30
"""Telegram's, a second."""
FIRST = 10_000_000
"""Whom Telegram knows by this number and those after it are written to."""

TALK = statement(
    "broadcast.talk",
    """
    INSERT INTO conversation (id, channel, address, version, last_number, state, created_at, seen_at)
    VALUES (:id, :channel, :id, 0, 1, '{}', :now_at, :now_at)
    """,
)
NEWS = statement(
    "broadcast.news",
    """
    INSERT INTO outbox (
        id, conversation_id, number, unique_key, view, state, due_at, attempts, created_at
    ) VALUES (:id, :id, 1, :id, :view, 'waiting', :now_at, 0, :now_at)
    """,
)


class Limits(Limiter):
    """So many times what Telegram allows."""

    def __init__(self, seconds: Callable[[], float], times: int) -> None:
        super().__init__(seconds, overall=(LIMIT * times, 1.0), private=(1, 1.0 / times))


class Stopwatch(Limits):
    """When each of so many messages passed them."""

    def __init__(self, messages: int, times: int) -> None:
        super().__init__(monotonic, times)
        self.at: list[float] = []
        self.is_all = asyncio.Event()
        self._messages = messages

    def admit(self, chat: int) -> None:
        super().admit(chat)
        self.at.append(monotonic())
        if len(self.at) == self._messages:
            self.is_all.set()


@dataclass(frozen=True, slots=True)
class Sent:
    """What a broadcast came to: seconds from the first message to the last, and how many were refused."""

    messages: int
    refused: int
    seconds: float
    times: int

    def told(self) -> str:
        return (
            f"{self.messages} messages, {self.refused} refused, {self.per_second:.0f} a second, "
            f"{self.use:.1f} % of {self.times} times what Telegram allows"
        )

    @property
    def per_second(self) -> float:
        return (self.messages - 1) / self.seconds

    @property
    def use(self) -> float:
        """Of what was allowed meanwhile, so many per cent."""
        return 100 * self.per_second / (LIMIT * self.times)


async def broadcast(url: str, database: Database, folder: Path, *, messages: int, times: int) -> Sent:
    """At so many `times` the limits. Raises RuntimeError when somebody got
    nothing, or something twice."""
    limiter = Stopwatch(messages, times)
    await database.write(lambda tx: _fill(tx, messages))
    async with serving_telegram(limiter) as peer:
        for chat in range(FIRST, FIRST + messages):
            peer.meet(chat)
        async with _delivering(url, folder, peer, times):
            await limiter.is_all.wait()
        received = Counter(
            int(call.given["chat_id"]) for call in peer.called("sendMessage") if call.code == 200
        )
    if received != Counter(range(FIRST, FIRST + messages)):
        raise RuntimeError(f"{messages} were written to, {len(received)} got {received.total()} messages")
    return Sent(messages, limiter.refused, limiter.at[-1] - limiter.at[0], times)


async def _fill(tx: Transaction, messages: int) -> None:
    view = to_json(made(SessionCalledOff, full=True), "zh")
    rows = [{"id": str(FIRST + number), "now_at": NOW} for number in range(messages)]
    await tx.many(TALK, [row | {"channel": CHANNEL} for row in rows])
    await tx.many(NEWS, [row | {"view": view} for row in rows])


@asynccontextmanager
async def _delivering(url: str, folder: Path, peer: TelegramPeer, times: int) -> AsyncIterator[None]:
    settings = settings_for(
        url, folder, telegram_token=peer.token, telegram_api=peer.url, telegram_times=times, port=0,
        log_level="error",
    )  # fmt: skip
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.telegram_worker", *told(settings, system_clock()),
        cwd=ROOT, stdin=DEVNULL, stdout=DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.kill()
        await process.wait()
