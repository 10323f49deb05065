"""Messages of our own accord: pushed as customer service while WeChat takes them, else kept.

WeChat takes five within 48 hours of a message, and three within a minute of a tap in the menu, a scan or a
new follower (its table of customer-service messages, 2026).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.errors import Outcome
from bot.channels.wechat.incoming import Opens
from bot.channels.wechat.wording import Spoken, pages_of
from bot.clock import SHANGHAI
from bot.dispatch import Never, NotNow, Parcel
from bot.linli import Linli
from bot.logs import log
from storage import wechat
from storage.database import Transaction
from storage.wechat import Shown, Thread

ALLOWED: Mapping[Opens, tuple[int, timedelta]] = MappingProxyType(
    {"message": (5, timedelta(hours=48)), "touch": (3, timedelta(minutes=1))}
)
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
        text = pages_of(
            [Spoken(parcel.number, self._linli.spoken(parcel.view))], self._linli.settings.public_url
        )[0]
        body = {"touser": parcel.address, "msgtype": "text", "text": {"content": text}}
        try:
            await self._api.call("message/custom/send", body)
        except NoAnswer as error:
            raise NotNow(f"no answer: {error}") from None
        except CallFailed as error:
            await self._refused(thread, window, error, now)
        await self._note(thread, parcel, now)

    async def _taken(self, parcel: Parcel, now: datetime) -> tuple[Thread, str]:
        """The conversation and the window that one message was taken from. Raises NotNow without one."""

        async def work(tx: Transaction) -> tuple[Thread | None, str | None]:
            thread = await wechat.thread(tx, parcel.channel, parcel.address)
            return thread, await wechat.take_push(tx, thread.id, now) if thread else None

        thread, window = await self._linli.database.write(work)
        if thread is None or window is None:
            raise NotNow(WRITES_FIRST)
        return thread, window

    async def _refused(self, thread: Thread, window: str, error: CallFailed, now: datetime) -> None:
        """WeChat did not take it, so it does not count; what follows depends on why."""
        outcome = error.outcome
        if outcome is Outcome.WINDOW:
            await self._linli.database.write(lambda tx: wechat.close_windows(tx, thread.id))
            raise NotNow(f"{outcome}: {error}")
        await self._linli.database.write(lambda tx: wechat.give_back_push(tx, thread.id, window))
        match outcome:
            case Outcome.UNREACHABLE | Outcome.FAULT:
                raise Never(f"{outcome}: {error}")
            case Outcome.QUOTA:
                self._stopped_until = _next_midnight(now)
            case Outcome.NOT_ALLOWED:
                self.is_on = False
        if outcome is not Outcome.LATER:
            log("wechat").error("WeChat takes no messages", outcome=str(outcome), answered=str(error))
        raise NotNow(f"{outcome}: {error}")

    async def _note(self, thread: Thread, parcel: Parcel, now: datetime) -> None:
        """It stands before the resident's eyes now: 0 and digits mean it."""
        shown = Shown((parcel.number,), 1)
        await self._linli.database.write(
            lambda tx: wechat.note_shown(tx, thread, f"push.{parcel.number}", shown, now)
        )


def _next_midnight(now: datetime) -> datetime:
    local = now.astimezone(SHANGHAI)
    return (local + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
