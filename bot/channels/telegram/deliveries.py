"""Delivers the outbox: each message in order, at its pace; every error has its end."""

from collections import OrderedDict
from typing import NoReturn

from telegram.error import TelegramError

from bot.channels.telegram.enclosures import Enclosure, Enclosures
from bot.channels.telegram.errors import Flood, Outcome, outcome_of
from bot.channels.telegram.incoming import CHANNEL
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.wording import Letter, address_of, is_caption, letters_of, plain, said_in
from bot.dispatch import Never, NotNow, Parcel
from bot.linli import Linli
from bot.logs import log
from messages.render import Link
from storage import telegram

MANY = 1_000
TRIES = 3
"""Of a file that Telegram does not take now."""
OF_A_FILE = frozenset({Outcome.FAULT, Outcome.MOOT, Outcome.LATER})
"""What may be wrong with a file while words are taken."""
Part = tuple[str, int]
"""A letter or a file of an answer, and which of them."""


async def no_bot(parcel: Parcel) -> None:
    """Without a token nothing is delivered; what waits goes out once there is one again."""
    raise NotNow("no bot is set")


class Deliveries:
    """What of an answer has arrived is remembered, so that it is not sent again with the rest."""

    def __init__(self, linli: Linli, outgoing: Outgoing) -> None:
        self._linli = linli
        self._outgoing = outgoing
        self._enclosures = Enclosures(linli, outgoing.username)
        self._arrived: OrderedDict[str, frozenset[Part]] = OrderedDict()

    async def deliver(self, parcel: Parcel) -> None:
        """Raises NotNow and Never, as a channel does.

        The words stand below the first file where there is room, otherwise before it. They wait for no file:
        where one fails they go alone, and what it would have shown is behind their link.
        """
        rendered = self._linli.spoken(parcel.view)
        letters = letters_of(parcel.number, rendered, self._linli.settings.public_url)
        links = [link for link in rendered.links if link.file]
        try:
            if links and is_caption(letters) and parcel.id not in self._arrived:
                await self._together(parcel, letters[0], links[0])
            for at, letter in enumerate(letters):
                await self._letter(parcel, at, letter)
            for at, link in enumerate(links):
                await self._file(parcel, at, link, rendered.language)
        except TelegramError as error:
            await self._refused(parcel, error)
        self._arrived.pop(parcel.id, None)
        self._count("sent")

    async def _together(self, parcel: Parcel, letter: Letter, link: Link) -> None:
        file = await self._enclosures.of(link)
        if file is None:
            return
        try:
            await self._send(parcel, letter, file)
        except TelegramError as error:
            if outcome_of(error) not in OF_A_FILE:
                raise
        else:
            self._note(parcel, ("letter", 0), ("file", 0))

    async def _letter(self, parcel: Parcel, at: int, letter: Letter) -> None:
        part = "letter", at
        if not self._is_there(parcel, part):
            await self._send(parcel, letter)
            self._note(parcel, part)

    async def _file(self, parcel: Parcel, at: int, link: Link, language: str) -> None:
        """One that cannot be made or taken is given up."""
        part = "file", at
        if self._is_there(parcel, part):
            return
        if not await self._is_sent(parcel, link) and not address_of(link, self._linli.settings.public_url):
            failed = said_in(language, "file_failed", label=link.label)
            await self._outgoing.say(int(parcel.address), plain(failed))
        self._note(parcel, part)

    async def _is_sent(self, parcel: Parcel, link: Link) -> bool:
        """Raises TelegramError for what is tried again; a few times, for what is behind it waits."""
        file = await self._enclosures.of(link)
        if file is None:
            return False
        try:
            await self._send(parcel, plain(link.label), file)
        except TelegramError as error:
            outcome = outcome_of(error)
            if outcome not in OF_A_FILE or (outcome is Outcome.LATER and parcel.attempts < TRIES):
                raise
            told = {"outbox": parcel.id, "outcome": outcome.value, "error": type(error).__name__}
            log("telegram").error("Telegram did not take a file", **told)
            return False
        return True

    async def _send(self, parcel: Parcel, letter: Letter, file: Enclosure | None = None) -> None:
        await self._outgoing.send(
            int(parcel.address), letter, file, urgent=parcel.is_urgent, begins=parcel.begins
        )

    def _is_there(self, parcel: Parcel, part: Part) -> bool:
        return part in self._arrived.get(parcel.id, ())

    def _note(self, parcel: Parcel, *parts: Part) -> None:
        self._arrived[parcel.id] = self._arrived.pop(parcel.id, frozenset()) | set(parts)
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
        now = self._linli.clock()
        await self._linli.database.write(
            lambda tx: telegram.give_up(tx, CHANNEL, address, Outcome.UNREACHABLE.value, now)
        )

    def _count(self, outcome: str) -> None:
        self._linli.metrics.pushes.labels(CHANNEL, outcome).inc()
