"""Messages of our own accord: pushed as customer service while WeChat takes them, else kept and, where they
must be heard, told of beside the conversation (notices.py).

WeChat takes five within 48 hours of a message, and three within a minute of a tap in the menu, a scan or a
new follower (its table of customer-service messages, 2026).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NoReturn

from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.errors import EXPECTED, Outcome, quota_ends
from bot.channels.wechat.incoming import CHANNEL, Opens
from bot.channels.wechat.notices import Notices
from bot.channels.wechat.wording import Spoken, pages_of
from bot.dispatch import Never, NotNow, Parcel
from bot.linli import Linli
from bot.logs import log
from storage import conversations, wechat
from storage.database import Transaction
from storage.wechat import Thread, Window

ALLOWED: Mapping[Opens, tuple[int, timedelta]] = MappingProxyType(
    {"message": (5, timedelta(hours=48)), "touch": (3, timedelta(minutes=1))}
)
WRITES_FIRST = "the resident writes first"


class Closed(NotNow):
    """Customer service takes no message for this resident for now."""


async def waits_for_the_resident(parcel: Parcel) -> None:
    """Where nothing may be pushed, WeChat takes what Linli says with the answer to the next message."""
    raise NotNow(WRITES_FIRST)


class Pushes:
    """Delivers the outbox. `is_on`: the account may push; it ends when WeChat says otherwise. `notices` tell
    of what is not pushed."""

    def __init__(
        self, linli: Linli, api: WeChatApi, *, is_on: bool = True, notices: Notices | None = None
    ) -> None:
        self._linli = linli
        self._api = api
        self._notices = notices
        self._stopped_until: datetime | None = None
        self.is_on = is_on

    async def deliver(self, parcel: Parcel) -> None:
        """Raises NotNow and Never, as a channel does."""
        now = self._linli.clock()
        try:
            await self._push(parcel, now)
        except Closed:
            if self._notices:
                await self._notices.tell(parcel, now)
            raise

    async def _push(self, parcel: Parcel, now: datetime) -> None:
        if not self.is_on:
            raise Closed(WRITES_FIRST)
        if self._stopped_until and now < self._stopped_until:
            raise Closed("the quota of the day is used up")
        thread, window = await self._taken(parcel, now)
        try:
            await self._send(thread, window, parcel, now)
        except BaseException:  # cancelled as well: it took too long
            await self._give_back(thread, window, parcel)
            raise
        self._count("sent")

    async def _taken(self, parcel: Parcel, now: datetime) -> tuple[Thread, Window]:
        """The conversation and the window that one message was taken from. Raises Closed without one.

        All that is noted of a push is noted before it: what fails afterwards would push it again.
        """

        async def work(tx: Transaction) -> tuple[Thread | None, Window | None]:
            thread = await wechat.thread(tx, parcel.channel, parcel.address)
            return thread, await wechat.take_push(tx, thread, parcel.number, now) if thread else None

        thread, window = await self._linli.database.write(work)
        if thread is None or window is None:
            raise Closed(WRITES_FIRST)
        return thread, window

    async def _give_back(self, thread: Thread, window: Window, parcel: Parcel) -> None:
        """Nobody knows that it was pushed. Should WeChat count it all the same, it says so in time."""
        await self._linli.database.write(
            lambda tx: wechat.give_back_push(tx, thread.id, parcel.number, window)
        )

    async def _send(self, thread: Thread, window: Window, parcel: Parcel, now: datetime) -> None:
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
            await self._refused(thread, window, parcel, error, now)

    async def _refused(
        self, thread: Thread, window: Window, parcel: Parcel, error: CallFailed, now: datetime
    ) -> NoReturn:
        """WeChat did not take it; what follows depends on why."""
        outcome = error.outcome
        self._count(outcome)
        if outcome not in EXPECTED:
            told = {"outbox": parcel.id, "outcome": str(outcome), "answered": str(error)}
            log("wechat").error("WeChat did not take a message", **told)
        match outcome:
            case Outcome.WINDOW:
                await self._linli.database.write(lambda tx: wechat.close_window(tx, thread.id, window))
            case Outcome.QUOTA:
                self._stopped_until = quota_ends(now)
            case Outcome.NOT_ALLOWED:
                self.is_on = False
            case Outcome.UNREACHABLE:
                await self._linli.database.write(
                    lambda tx: conversations.note_gone(tx, CHANNEL, parcel.address, now)
                )
                raise Never(f"{outcome}: {error}")
            case Outcome.FAULT:
                raise Never(f"{outcome}: {error}")
            case _:
                raise NotNow(f"{outcome}: {error}")
        raise Closed(f"{outcome}: {error}")

    def _count(self, outcome: str) -> None:
        self._linli.metrics.pushes.labels(CHANNEL, outcome).inc()
