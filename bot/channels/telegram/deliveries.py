"""Delivers the outbox: each message in order, at its pace; every error has its end."""

from collections import OrderedDict
from typing import NoReturn

from telegram.error import TelegramError

from bot.channels.telegram.errors import Flood, Outcome, outcome_of
from bot.channels.telegram.incoming import CHANNEL
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.wording import letters_of
from bot.dispatch import Never, NotNow, Parcel
from bot.linli import Linli
from bot.logs import log
from storage import telegram

MANY = 1_000


async def no_bot(parcel: Parcel) -> None:
    """Without a token nothing is delivered; what waits goes out once there is one again."""
    raise NotNow("no bot is set")


class Deliveries:
    """What of a long answer has arrived is remembered, so that it is not sent again with the rest."""

    def __init__(self, linli: Linli, outgoing: Outgoing) -> None:
        self._linli = linli
        self._outgoing = outgoing
        self._arrived: OrderedDict[str, int] = OrderedDict()

    async def deliver(self, parcel: Parcel) -> None:
        """Raises NotNow and Never, as a channel does."""
        rendered = self._linli.spoken(parcel.view)
        letters = letters_of(parcel.number, rendered, self._linli.settings.public_url)
        try:
            for letter in letters[self._arrived.get(parcel.id, 0) :]:
                await self._outgoing.send(
                    int(parcel.address), letter, urgent=parcel.is_urgent, begins=parcel.begins
                )
                self._note(parcel.id)
        except TelegramError as error:
            await self._refused(parcel, error)
        self._arrived.pop(parcel.id, None)
        self._count("sent")

    def _note(self, parcel_id: str) -> None:
        self._arrived[parcel_id] = self._arrived.pop(parcel_id, 0) + 1
        if len(self._arrived) > MANY:
            self._arrived.popitem(last=False)

    async def _refused(self, parcel: Parcel, error: TelegramError) -> NoReturn:
        """Telegram did not take it; what follows depends on why."""
        outcome = outcome_of(error)
        self._count(outcome)
        if outcome in (Outcome.OPERATOR, Outcome.FAULT, Outcome.MOOT):
            told = {"outbox": parcel.id, "outcome": outcome.value, "error": type(error).__name__}
            log("telegram").error("Telegram did not take a message", **told)
        match outcome:
            case Outcome.UNREACHABLE:
                await self.unreachable(parcel.address)
                raise Never(outcome)
            case Outcome.FAULT | Outcome.MOOT:
                raise Never(outcome)
            case _:
                raise NotNow(outcome, after=error.after if isinstance(error, Flood) else None)

    async def unreachable(self, address: str) -> None:
        """Nothing that waits arrives any more; who comes back is answered as ever."""
        await self._linli.database.write(
            lambda tx: telegram.give_up(tx, CHANNEL, address, Outcome.UNREACHABLE.value)
        )

    def _count(self, outcome: str) -> None:
        self._linli.metrics.pushes.labels(CHANNEL, outcome).inc()
