"""Messages of our own accord: pushed as customer service while WeChat takes them, else kept.

WeChat takes five within 48 hours of a message, and three within a minute of a tap in the menu, a scan or a
new follower (its table of customer-service messages, 2026).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NoReturn

from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.errors import Outcome
from bot.channels.wechat.incoming import CHANNEL, Opens
from bot.channels.wechat.wording import Spoken, pages_of
from bot.clock import SHANGHAI
from bot.dispatch import Never, NotNow, Parcel
from bot.linli import Linli
from bot.logs import log
from storage import wechat
from storage.database import Transaction
from storage.wechat import Thread, Window

ALLOWED: Mapping[Opens, tuple[int, timedelta]] = MappingProxyType(
    {"message": (5, timedelta(hours=48)), "touch": (3, timedelta(minutes=1))}
)
EXPECTED = frozenset({Outcome.LATER, Outcome.WINDOW, Outcome.UNREACHABLE})
"""What passes, or lies with the resident. The operator is told all else."""
WRITES_FIRST = "the resident writes first"


async def waits_for_the_resident(parcel: Parcel) -> None:
    """Where nothing may be pushed, WeChat takes what Linli says with the answer to the next message."""
    raise NotNow(WRITES_FIRST)


class Pushes:
    """Delivers the outbox. `is_on` ends when WeChat says that this account may not."""

    def __init__(self, linli: Linli, api: WeChatApi) -> None:
        self._linli = linli
        self._api = api
        self._stopped_until: datetime | None = None
        self.is_on = True

    async def deliver(self, parcel: Parcel) -> None:
        """Raises NotNow and Never, as a channel does."""
        now = self._linli.clock()
        if not self.is_on:
            raise NotNow(WRITES_FIRST)
        if self._stopped_until and now < self._stopped_until:
            raise NotNow("the quota of the day is used up")
        thread, window = await self._taken(parcel, now)
        try:
            await self._send(thread, parcel, now)
        except BaseException:  # cancelled as well: it took too long
            await self._give_back(thread, window, parcel)
            raise
        self._count("sent")

    async def _taken(self, parcel: Parcel, now: datetime) -> tuple[Thread, Window]:
        """The conversation and the window that one message was taken from. Raises NotNow without one.

        All that is noted of a push is noted before it: what fails afterwards would push it again.
        """

        async def work(tx: Transaction) -> tuple[Thread | None, Window | None]:
            thread = await wechat.thread(tx, parcel.channel, parcel.address)
            return thread, await wechat.take_push(tx, thread, parcel.number, now) if thread else None

        thread, window = await self._linli.database.write(work)
        if thread is None or window is None:
            raise NotNow(WRITES_FIRST)
        return thread, window

    async def _give_back(self, thread: Thread, window: Window, parcel: Parcel) -> None:
        """Nobody knows that it was pushed. Should WeChat count it all the same, it says so in time."""
        await self._linli.database.write(
            lambda tx: wechat.give_back_push(tx, thread.id, parcel.number, window)
        )

    async def _send(self, thread: Thread, parcel: Parcel, now: datetime) -> None:
        text = pages_of(
            [Spoken(parcel.number, self._linli.spoken(parcel.view))], self._linli.settings.public_url
        )[0]
        body = {"touser": parcel.address, "msgtype": "text", "text": {"content": text}}
        try:
            await self._api.call("message/custom/send", body)
        except NoAnswer as error:
            self._count("no answer")
            raise NotNow(f"no answer: {error}") from None
        except CallFailed as error:
            await self._refused(thread, parcel, error, now)

    async def _refused(self, thread: Thread, parcel: Parcel, error: CallFailed, now: datetime) -> NoReturn:
        """WeChat did not take it; what follows depends on why."""
        outcome = error.outcome
        self._count(outcome)
        if outcome not in EXPECTED:
            told = {"outbox": parcel.id, "outcome": str(outcome), "answered": str(error)}
            log("wechat").error("WeChat did not take a message", **told)
        match outcome:
            case Outcome.WINDOW:
                await self._linli.database.write(lambda tx: wechat.close_windows(tx, thread.id))
            case Outcome.QUOTA:
                self._stopped_until = _next_midnight(now)
            case Outcome.NOT_ALLOWED:
                self.is_on = False
            case Outcome.UNREACHABLE | Outcome.FAULT:
                raise Never(f"{outcome}: {error}")
        raise NotNow(f"{outcome}: {error}")

    def _count(self, outcome: str) -> None:
        self._linli.metrics.pushes.labels(CHANNEL, outcome).inc()


def _next_midnight(now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
