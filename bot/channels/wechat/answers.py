"""What a push is answered with: Linli's answer with what waited for the resident, a page, or the late result.

WeChat pushes a message again while it has no answer; what was shown is noted, so that each is answered alike.
"""

from collections.abc import Mapping, Sequence
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
from bot.logs import log
from handlers.message import Message
from messages.understand.normalise import normalise
from storage import conversations, wechat, wechat_notices
from storage.database import DatabaseError, Transaction
from storage.wechat import Shown, Thread

NEWS = 5
"""So much news goes along with an answer, and what is more waits for the next: a measure of ours."""
GONE = "/gone"
"""A button that means nothing any more."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The text, the numbers of what counts as delivered with it, the conversation where there is one, and the
    language in which Linli answered, where that is known."""

    text: str
    numbers: tuple[int, ...] = ()
    thread: Thread | None = None
    language: str | None = None


class Answers:
    """Answers messages; whether somebody still waits for the answer is known elsewhere (waiting.py)."""

    def __init__(self, linli: Linli) -> None:
        self._linli = linli
        self._public_url = linli.settings.public_url

    async def answer(self, push: Incoming, message: Message) -> Answer:
        """Raises what the database raises while nothing is done, and the push may come again. Once Linli has
        answered nothing is raised: that answer stands, without the news that could not be fetched."""
        thread, before = await self._before(message)
        if thread is None:
            return self._nothing_new(message) if asks_for_result(message.text) else await self._heard(message)
        if before is not None:
            answer = Answer(await self._page(thread, before, message))
        else:
            answer = await self._answered(push, message, thread)
        return answer if answer.thread else replace(answer, thread=thread)

    async def _answered(self, push: Incoming, message: Message, thread: Thread) -> Answer:
        tapped = tapped_of(push.tapped)
        if tapped and tapped.choice != NEXT:
            say = await self._choice(thread, tapped)
            return await self._heard(replace(message, text=say or GONE, tapped=True))
        typed = normalise(message.text)
        if tapped or typed == str(NEXT):
            return await self._next_page(thread, tapped, message)
        if asks_for_result(typed):
            return await self._result(thread, message)
        pick = self._linli.reader.pick_in(message.text)
        return await self._heard(message if pick is None else await self._picked(thread, pick, message))

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
            return Answer(self._pages_of([own])[0])
        try:
            answer = await self._with_news(message, own)
        except DatabaseError as error:
            log("wechat").error("news did not come along", number=own.number, exc_info=error)
            answer = Answer(self._pages_of([own])[0], (own.number,))
        return replace(answer, language=own.rendered.language)

    async def _with_news(self, message: Message, own: Spoken | None) -> Answer:
        """What waited, with `own` last; an answer without numbers where there is neither."""
        thread, waited = await self._waited(message)
        last = [own] if own else []
        spoken = await self._taken(thread, message, waited, last) if thread and waited else last
        text = self._pages_of(spoken)[0] if spoken else ""
        return Answer(text, tuple(each.number for each in spoken), thread)

    async def _waited(self, message: Message) -> tuple[Thread | None, list[Spoken]]:
        """The conversation as it is now, and what waits in it to be delivered."""
        now = self._linli.clock()
        async with self._linli.database.read() as tx:
            thread = await wechat.thread(tx, message.channel, message.address)
            numbers = await wechat.pending(tx, thread.id, now, NEWS) if thread else []
            views = await wechat.views(tx, thread.id, numbers) if thread else {}
        return thread, self._spoken(numbers, views)

    async def _taken(
        self, thread: Thread, message: Message, waited: Sequence[Spoken], last: list[Spoken]
    ) -> list[Spoken]:
        """What nobody else took meanwhile, and `last`; noted as shown to this message where it is more."""
        now = self._linli.clock()

        async def work(tx: Transaction) -> list[Spoken]:
            taken = await wechat.hand_over(tx, thread.id, [each.number for each in waited], now)
            own = [each.number for each in last]
            news = [each for each in waited if each.number in taken and each.number not in own]
            if news:
                shown = Shown(tuple(each.number for each in (*news, *last)), 1)
                await wechat.note_shown(tx, thread, message.id, shown, now)
            return news + last

        return await self._linli.database.write(work)

    async def _result(self, thread: Thread, message: Message) -> Answer:
        """What waited, without another turn; what stands there already when nothing did."""
        answer = await self._with_news(message, None)
        if answer.numbers:
            return answer
        newest = await self._newest(thread)
        return Answer(await self._page(thread, newest, message)) if newest else self._nothing_new(message)

    def _nothing_new(self, message: Message) -> Answer:
        language = self._linli.language_for(message)
        return Answer(said_in(language, "nothing_new", help_line=self._linli.policy.help_line))

    async def _next_page(self, thread: Thread, tapped: Tapped | None, message: Message) -> Answer:
        """The page behind the one that stands there. Where there is none, 0 is what it is anywhere else."""
        newest = await self._newest(thread)
        if newest is None or (tapped and tapped.number != newest.numbers[-1]):
            return await self._heard(replace(message, text=GONE) if tapped else message)
        following = replace(newest, page=newest.page + 1)
        pages = await self._pages(thread, following, message)
        if following.page > len(pages):
            return await self._heard(replace(message, text=GONE) if tapped else message)
        now = self._linli.clock()
        await self._linli.database.write(lambda tx: wechat.note_shown(tx, thread, message.id, following, now))
        return Answer(pages[following.page - 1])

    async def _choice(self, thread: Thread, tapped: Tapped) -> str | None:
        """What a choice says; None for one that is not there."""
        async with self._linli.database.read(snapshot=False) as tx:
            view = await wechat.said(tx, thread.id, tapped.number)
        choices = self._linli.spoken(view).choices if view else ()
        return choices[tapped.choice - 1].say if tapped.choice <= len(choices) else None

    async def _picked(self, thread: Thread, pick: int, message: Message) -> Message:
        """A number means what stands before somebody's eyes; Linli takes it for the newest, seen or not."""
        newest = await self._newest(thread)
        stands = newest.numbers[-1] if newest else 0
        if stands == thread.last_number:
            return message
        say = await self._choice(thread, Tapped(stands, pick))
        return replace(message, text=say or GONE, tapped=True)

    async def _newest(self, thread: Thread) -> Shown | None:
        async with self._linli.database.read() as tx:
            return await wechat.newest_shown(tx, thread)

    async def _page(self, thread: Thread, shown: Shown, message: Message) -> str:
        pages = await self._pages(thread, shown, message)
        return pages[min(shown.page, len(pages)) - 1]

    async def _pages(self, thread: Thread, shown: Shown, message: Message) -> list[str]:
        async with self._linli.database.read(snapshot=False) as tx:
            views = await wechat.views(tx, thread.id, shown.numbers)
        if not views:  # erased meanwhile
            return [self._nothing_new(message).text]
        return self._pages_of(self._spoken(shown.numbers, views))

    def _spoken(self, numbers: Sequence[int], views: Mapping[int, str]) -> list[Spoken]:
        return [Spoken(number, self._linli.spoken(views[number])) for number in numbers if number in views]

    def _pages_of(self, spoken: Sequence[Spoken]) -> list[str]:
        older = [replace(each, newest=False) for each in spoken[:-1]]
        return pages_of([*older, spoken[-1]], self._public_url)

    async def note(self, push: Incoming, message: Message, answer: Answer) -> None:
        """What they did opens a window in which something may be pushed to them. The answer is there already,
        and goes out even when that cannot be noted."""
        thread = answer.thread
        if push.opens is None or thread is None:
            return
        allowed, lasts = ALLOWED[push.opens]
        kind, closes_at = push.opens, self._linli.clock() + lasts
        try:
            await self._linli.database.write(
                lambda tx: wechat.open_window(
                    tx, thread.id, kind, message.id, allowed=allowed, closes_at=closes_at
                )
            )
        except DatabaseError as error:
            log("wechat").error("a window was not noted", exc_info=error)

    async def left(self, push: Incoming) -> None:
        """Who does not follow any more is sent nothing, and hears of news elsewhere."""
        now = self._linli.clock()

        async def work(tx: Transaction) -> None:
            thread = await wechat.thread(tx, CHANNEL, push.address)
            if thread is None:
                return
            await conversations.note_gone(tx, CHANNEL, push.address, now)
            await wechat.close_windows(tx, thread.id)
            await wechat_notices.refuse_all(tx, thread.id)

        await self._linli.database.write(work)

    async def put_back(self, message: Message, answer: Answer) -> None:
        """Nobody took the answer: it waits like news for whoever pushes it or for the next message."""
        thread = answer.thread or (await self._before(message))[0]
        if thread is None:
            raise LookupError("a conversation in which was answered is not there")
        now = self._linli.clock()
        await self._linli.database.write(
            lambda tx: wechat.put_back(tx, thread.id, message.id, answer.numbers, now)
        )
