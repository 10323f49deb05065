"""What a push is answered with: Linli's answer with what waited for the resident, a page, or the late result.

WeChat pushes a message again while it has no answer; what was shown is noted, so that each is answered alike.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.channels.wechat.incoming import CHANNEL, Incoming
from bot.channels.wechat.pushes import ALLOWED
from bot.channels.wechat.wording import (
    NEXT,
    Spoken,
    Tapped,
    asks_for_result,
    pages_of,
    said_in,
    tapped_of,
)
from bot.linli import Linli
from handlers.message import Message
from messages.understand.normalise import normalise
from storage import wechat
from storage.database import Transaction
from storage.wechat import Shown, Thread

# So much news goes along with an answer; what is more waits for the next.
NEWS = 5
_DIGIT = re.compile("[1-9]")
GONE = "/gone"
"""A button that means nothing any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The text, and the numbers of what counts as delivered with it."""

    text: str
    numbers: tuple[int, ...] = ()


class Answers:
    """Answers messages; whether somebody still waits for the answer is known elsewhere (waiting.py)."""

    def __init__(self, linli: Linli) -> None:
        self._linli = linli
        self._public_url = linli.settings.public_url

    async def answer(self, push: Incoming, message: Message) -> Answer:
        """Raises what the database raises; nothing is half done then, and the push may come again."""
        thread, before = await self._before(message)
        if thread is None:
            return self._nothing_new() if asks_for_result(message.text) else await self._heard(message)
        if before is not None:
            return Answer(await self._page(thread, before))
        tapped = tapped_of(push.tapped)
        if tapped and tapped.choice != NEXT:
            say = await self._choice(thread, tapped)
            return await self._heard(replace(message, text=say or GONE, tapped=True))
        typed = normalise(message.text)
        if tapped or typed == str(NEXT):
            return await self._next_page(thread, tapped, message)
        if asks_for_result(typed):
            return await self._result(thread, message)
        if _DIGIT.fullmatch(typed):
            return await self._heard(await self._picked(thread, int(typed), message))
        return await self._heard(message)

    async def _before(self, message: Message) -> tuple[Thread | None, Shown | None]:
        """The conversation, and what this very message was shown, where that was noted."""
        async with self._linli.database.read() as tx:
            thread = await wechat.thread(tx, message.channel, message.address)
            shown = await wechat.shown(tx, thread.id, message.id) if thread else None
        return thread, shown

    async def _heard(self, message: Message) -> Answer:
        """Linli's answer, behind the news that waited."""
        reply = await self._linli.hear(message)
        own = Spoken(reply.number, reply.rendered)
        if not reply.number:
            return Answer(self._first_page([own]))
        thread = await self._thread(message)
        waited = await self._taken(thread, message, own.number)
        if waited == [own.number]:
            return Answer(self._first_page([own]), (own.number,))
        return Answer(await self._page(thread, Shown(tuple(waited), 1)), tuple(waited))

    async def _taken(self, thread: Thread, message: Message, own: int | None) -> list[int]:
        """What waited, with `own` last; noted as shown to this message where it is more than `own`."""
        now = self._linli.clock()
        async with self._linli.database.read() as tx:
            pending = await wechat.pending(tx, thread.id, now, NEWS)
        if not pending:
            return [] if own is None else [own]

        async def work(tx: Transaction) -> list[int]:
            taken = await wechat.hand_over(tx, thread.id, pending, now)
            numbers = [n for n in taken if n != own] + ([] if own is None else [own])
            if numbers not in ([], [own]):
                await wechat.note_shown(tx, thread, message.id, Shown(tuple(numbers), 1), now)
            return numbers

        return await self._linli.database.write(work)

    async def _result(self, thread: Thread, message: Message) -> Answer:
        """What waited, without another turn; what stands there already when nothing did."""
        numbers = await self._taken(thread, message, None)
        if numbers:
            return Answer(await self._page(thread, Shown(tuple(numbers), 1)), tuple(numbers))
        newest = await self._newest(thread)
        if newest is None:
            return self._nothing_new()
        return Answer(await self._page(thread, newest))

    def _nothing_new(self) -> Answer:
        return Answer(said_in("zh", "nothing_new", help_line=self._linli.policy.help_line))

    async def _next_page(self, thread: Thread, tapped: Tapped | None, message: Message) -> Answer:
        """The page behind the one that stands there. Where there is none, 0 is what it is anywhere else."""
        newest = await self._newest(thread)
        if newest is None or (tapped and tapped.number != newest.numbers[-1]):
            return await self._heard(replace(message, text=GONE) if tapped else message)
        following = replace(newest, page=newest.page + 1)
        pages = await self._pages(thread, following)
        if following.page > len(pages):
            return await self._heard(replace(message, text=GONE) if tapped else message)
        now = self._linli.clock()
        await self._linli.database.write(lambda tx: wechat.note_shown(tx, thread, message.id, following, now))
        return Answer(pages[following.page - 1])

    async def _choice(self, thread: Thread, tapped: Tapped) -> str | None:
        """What a choice says; None for one that is not there."""
        spoken = await self._spoken(thread, tapped.number)
        choices = spoken.rendered.choices if spoken else ()
        return choices[tapped.choice - 1].say if tapped.choice <= len(choices) else None

    async def _picked(self, thread: Thread, digit: int, message: Message) -> Message:
        """A digit means what stands before somebody's eyes; Linli takes it for the newest, seen or not."""
        newest = await self._newest(thread)
        if newest is None or newest.numbers[-1] == thread.last_number:
            return message
        say = await self._choice(thread, Tapped(newest.numbers[-1], digit))
        return replace(message, text=say, tapped=True) if say else message

    async def _thread(self, message: Message) -> Thread:
        async with self._linli.database.read(snapshot=False) as tx:
            thread = await wechat.thread(tx, message.channel, message.address)
        if thread is None:
            raise LookupError("a conversation in which was answered is not there")
        return thread

    async def _newest(self, thread: Thread) -> Shown | None:
        async with self._linli.database.read() as tx:
            return await wechat.newest_shown(tx, thread)

    async def _page(self, thread: Thread, shown: Shown) -> str:
        pages = await self._pages(thread, shown)
        return pages[min(shown.page, len(pages)) - 1]

    async def _pages(self, thread: Thread, shown: Shown) -> list[str]:
        spoken = [await self._spoken(thread, number) for number in shown.numbers]
        found = [each for each in spoken if each]
        if not found:  # erased meanwhile
            return [self._nothing_new().text]
        return pages_of([*(replace(each, newest=False) for each in found[:-1]), found[-1]], self._public_url)

    async def _spoken(self, thread: Thread, number: int) -> Spoken | None:
        async with self._linli.database.read(snapshot=False) as tx:
            view = await wechat.said(tx, thread.id, number)
        if view is None:
            return None
        return Spoken(number, self._linli.spoken(view))

    def _first_page(self, spoken: Sequence[Spoken]) -> str:
        return pages_of(spoken, self._public_url)[0]

    async def note(self, push: Incoming, message: Message) -> None:
        """What they did opens a window in which something may be pushed to them."""
        if push.opens is None:
            return
        allowed, lasts = ALLOWED[push.opens]
        kind, closes_at = push.opens, self._linli.clock() + lasts
        thread, _ = await self._before(message)
        if thread:
            await self._linli.database.write(
                lambda tx: wechat.open_window(
                    tx, thread.id, kind, message.id, allowed=allowed, closes_at=closes_at
                )
            )

    async def left(self, push: Incoming) -> None:
        """Who does not follow any more is sent nothing."""
        async with self._linli.database.read(snapshot=False) as tx:
            thread = await wechat.thread(tx, CHANNEL, push.address)
        if thread:
            await self._linli.database.write(lambda tx: wechat.close_windows(tx, thread.id))

    async def put_back(self, message: Message, numbers: tuple[int, ...]) -> None:
        """Nobody took the answer: it waits like news for whoever pushes it or for the next message."""
        thread = await self._thread(message)
        now = self._linli.clock()
        await self._linli.database.write(lambda tx: wechat.put_back(tx, thread.id, message.id, numbers, now))
