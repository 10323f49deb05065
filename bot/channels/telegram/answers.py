"""What is done with an update: heard once, answered at once, and what was pressed is put away.

The turn itself is what is kept of an update (handlers/turn.py): it knows the message by its id, so that
one that comes again changes nothing. There is no second box for raw updates: what residents wrote stands
once, and an update counts as received when its turn is committed. What is not committed is tried again here,
and after that its resident is told whom to call.

What Linli answered is a row of the outbox from that same transaction. It is sent right afterwards, before the
metronome would, and by the metronome where that fails or this process dies, or where so much news stands
before it that others would wait for their turn.

A press takes the buttons away and says in their place what was chosen; the answer comes below. An answer that
took the place of the old one would stand where nobody looks, and what was read a moment ago would be gone.

What is gone cannot be chosen again: a choice of an answer is one message, however often it is pressed and in
whichever process, so that a finger that trembles is answered once. Where the buttons could not be taken away
they work again: each press is a message of its own, as far as this process knows.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import replace

from telegram import Update

from bot.channels.telegram.deliveries import Deliveries
from bot.channels.telegram.enclosures import Enclosure
from bot.channels.telegram.incoming import CHANNEL, Came, File, InGroup, Left, Pressed, Said, came
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Seconds, Sleep
from bot.channels.telegram.wording import (
    CAPTION_UNITS,
    TEXT_UNITS,
    Letter,
    Tapped,
    answered,
    asks_for_file,
    chosen,
    linked,
    plain,
    said_in,
    tapped_of,
    with_choices,
)
from bot.clock import Clock
from bot.dispatch import Dispatcher, jitter
from bot.linli import Linli, Reply
from bot.logs import log
from bot.web.rates import MANY, Rate
from handlers.message import Message
from messages.photo import MOST_BYTES, Problem
from messages.render import Rendered
from storage import telegram
from storage.database import DatabaseError

PAUSES_S = (1.0, 4.0)
"""Between one try of a turn and the next; after the last its resident is told."""
FEW = 5
"""So many of what waits for somebody, news and answer, are sent in their turn: one a second in a chat."""
GROUPS_PER_MINUTE = 6
GONE = "/gone"
"""A button that means nothing any more."""
FILE_NAME = "linli.ics"


class NotCommitted(Exception):
    """Nothing of a turn was kept."""

    def __init__(self, rendered: Rendered) -> None:
        super().__init__("nothing was committed")
        self.rendered = rendered


class Answers:
    """Takes updates, those of one chat one after the other (intake.py)."""

    def __init__(
        self,
        linli: Linli,
        outgoing: Outgoing,
        deliveries: Deliveries,
        seconds: Seconds,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._linli = linli
        self._outgoing = outgoing
        self._deliveries = deliveries
        self._sleep = sleep
        self._dispatcher = Dispatcher(linli.database, {CHANNEL: deliveries.deliver}, chance=jitter)
        self._said_rate = Rate(linli.settings.turns_per_minute, seconds)
        self._pressed_rate = Rate(linli.settings.turns_per_minute, seconds)
        self._groups = Rate(GROUPS_PER_MINUTE, seconds)
        self._still_there: OrderedDict[tuple[int, str], None] = OrderedDict()

    async def take(self, update: Update) -> None:
        """When this returns, what the update asks is committed, or its resident told that it is not."""
        it = came(update, await self._outgoing.username() if _is_in_group(update) else None)
        if it is None:
            return
        if isinstance(it, Pressed):
            await self._outgoing.noticed(it.query_id)
        if isinstance(it, Said | Pressed) and await self._is_too_fast(it):
            return
        for pause_s in (*PAUSES_S, None):
            try:
                await self._taken(it)
                return
            except Exception as error:  # whatever it is, it is tried again, and then the resident is told
                log("telegram").error("an update was not taken", update=update.update_id, exc_info=error)
                if pause_s is None:
                    await self._failed(it, error)
                    return
                await self._sleep(pause_s)

    async def _taken(self, it: Came) -> None:
        match it:
            case Said():
                await self._said(it)
            case Pressed():
                await self._pressed(it)
            case InGroup():
                await self._in_group(it)
            case Left():
                await self._deliveries.unreachable(str(it.chat))

    async def _said(self, said: Said) -> None:
        if said.file:
            await self._brought(said.message, said.file)
        else:
            await self._answered(self._linli.hear(said.message), said.message)
        if said.caption:
            await self._answered(self._linli.hear(said.caption), said.caption)

    async def _brought(self, message: Message, file: File) -> None:
        """A picture. What is not fetched is answered like one that is too big."""
        content = await self._outgoing.fetched(file.id) if file.size <= MOST_BYTES else None
        if content is None:
            heard = self._linli.hear(replace(message, photo=Problem.TOO_BIG))
        else:
            heard = self._linli.photos.hear(message, content)
        await self._answered(heard, message)

    async def _answered(self, heard: Awaitable[Reply], message: Message) -> Reply:
        """Raises NotCommitted."""
        reply = await heard
        if not reply.number:
            raise NotCommitted(reply.rendered)
        try:
            await self._dispatcher.run_for(CHANNEL, message.address, self._clock, most=FEW)
        except DatabaseError as error:  # the answer is committed; the metronome sends it
            log("telegram").error("an answer was not sent at once", number=reply.number, exc_info=error)
        return reply

    @property
    def _clock(self) -> Clock:
        return self._linli.clock

    async def _pressed(self, press: Pressed) -> None:
        tapped = tapped_of(press.data)
        under = await self._under(press, tapped) if tapped else None
        if tapped and under and asks_for_file(under, tapped):
            await self._file(press, under)
            return
        choice = chosen(under, tapped) if tapped and under else None
        message = replace(press.message, text=choice.say if choice else GONE)
        if choice and press.below and (press.chat, press.data) not in self._still_there:
            message = replace(message, id=f"b{press.data}")
        await self._answered(self._linli.hear(message), message)
        if tapped and under and choice and press.below:
            old = with_choices(tapped.number, under, self._linli.settings.public_url)
            most = CAPTION_UNITS if press.is_caption else TEXT_UNITS
            await self._put_away(press, press.below, answered(old, choice, under.language, most))

    async def _put_away(self, press: Pressed, below: int, letter: Letter) -> None:
        button = press.chat, press.data
        self._still_there.pop(button, None)
        if not await self._outgoing.replace(press.chat, below, letter, is_caption=press.is_caption):
            self._still_there[button] = None
        if len(self._still_there) > MANY:
            self._still_there.popitem(last=False)

    async def _under(self, press: Pressed, tapped: Tapped) -> Rendered | None:
        """The answer below which the button stood; None for what this conversation does not have."""
        async with self._linli.database.read(snapshot=False) as tx:
            view = await telegram.said(tx, CHANNEL, press.message.address, tapped.number)
        return self._linli.spoken(view) if view else None

    async def _file(self, press: Pressed, under: Rendered) -> None:
        content = await self._linli.calendar_file(CHANNEL, press.message.address, under.calendar)
        missing = "calendar_gone"
        if content:
            if await self._outgoing.say(press.chat, plain(""), Enclosure(FILE_NAME, content)):
                return
            missing = "calendar_failed"
        await self._outgoing.say(press.chat, plain(said_in(under.language, missing)))

    async def _in_group(self, called: InGroup) -> None:
        username = await self._outgoing.username()
        if username is None or self._groups.wait_for(str(called.chat)):
            return
        text, label = (said_in(called.language, name) for name in ("group", "group_link"))
        await self._outgoing.say(called.chat, linked(text, label, f"https://t.me/{username}?start=group"))

    async def _is_too_fast(self, it: Said | Pressed) -> bool:
        """Who sends too much is told so once, until something of theirs is heard again.

        A message counts when it was sent: what was written while nobody ran comes all at once, and nobody
        wrote it too fast. When a button was pressed Telegram does not say.
        """
        address = it.message.address
        rate, at = (self._said_rate, it.sent_at) if isinstance(it, Said) else (self._pressed_rate, None)
        if not rate.wait_for(address, at):
            return False
        if rate.has_to_tell(address):
            await self._outgoing.say(it.chat, self._words(it.message, "too_fast"))
        return True

    async def _failed(self, it: Came, error: Exception) -> None:
        if isinstance(error, NotCommitted) and not isinstance(it, Left):
            await self._outgoing.say(it.chat, plain(error.rendered.text))
        elif isinstance(it, Said | Pressed):
            await self._outgoing.say(it.chat, self._words(it.message, "failed"))

    def _words(self, message: Message, name: str) -> Letter:
        language = self._linli.language_for(message)
        return plain(said_in(language, name, help_line=self._linli.policy.help_line))


def _is_in_group(update: Update) -> bool:
    return bool(update.message and update.message.chat.id < 0)
