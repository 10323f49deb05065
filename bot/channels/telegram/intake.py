"""How updates come in: fetched from a laptop, or pushed to our address; of each chat in order, either way.

Fetching says with `offset` what Telegram may forget: all before the first update that is not done yet. So
nothing is lost with this process, and what comes again is known by its number, or in the turn (answers.py).
Nothing is ever dropped at the start: what residents wrote while nobody ran is answered then.
"""

import asyncio
import hmac
from collections import OrderedDict
from collections.abc import Iterable
from http import HTTPStatus
from weakref import WeakValueDictionary

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.channels.telegram.answers import Answers
from bot.channels.telegram.errors import Flood, Outcome, outcome_of
from bot.channels.telegram.incoming import ALLOWED, chat_of
from bot.channels.telegram.pace import Sleep
from bot.channels.telegram.updates import update_in
from bot.logs import log
from bot.web.bodies import read_body

PATH = "/telegram"
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - its name
UPDATE_BYTES = 1024 * 1024
SIDE_BY_SIDE = 16
AT_ONCE = 100
WAIT_S = 30
"""How long Telegram keeps a request open while nothing comes."""
LOOK_S = 1.0
"""While something takes long, so often is looked for what came meanwhile."""
PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
MANY = 10_000


class InOrder:
    """Takes updates: of each chat one after the other, as they came; of so many chats side by side. One that
    is pushed again because our answer was late is not taken again: it was answered, and counted, once."""

    def __init__(self, answers: Answers, side_by_side: int = SIDE_BY_SIDE) -> None:
        self._answers = answers
        self._places = asyncio.Semaphore(side_by_side)
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._under_way: set[int] = set()
        self._taken: OrderedDict[tuple[int, int], None] = OrderedDict()

    async def take(self, update: Update) -> None:
        chat, number = chat_of(update), update.update_id
        async with self._chats.setdefault(chat, asyncio.Lock()), self._places:
            if (chat, number) in self._taken:
                return
            self._under_way.add(number)
            try:
                await self._answers.take(update)
            finally:
                self._under_way.discard(number)
            self._note_taken(chat, number)

    def _note_taken(self, chat: int, number: int) -> None:
        self._taken[chat, number] = None
        if len(self._taken) > MANY:
            self._taken.popitem(last=False)

    def waits(self, number: int) -> bool:
        """Whether the update with this number, which is being taken, has yet to begin."""
        return number not in self._under_way


class Polling:
    """Fetches updates until it is cancelled."""

    def __init__(
        self, bot: Bot, in_order: InOrder, *, wait_s: int = WAIT_S, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._bot = bot
        self._in_order = in_order
        self._wait_s = wait_s
        self._sleep = sleep
        self._next = 0
        self._running: dict[int, asyncio.Task[None]] = {}
        self._done: set[int] = set()
        self._left: set[int] = set()

    async def run(self) -> None:
        """Nobody looks after this: it goes on whatever happens."""
        pause_s = PAUSE_S
        while True:
            try:
                self._begin(await self._fetched(0 if self._running else self._wait_s))
                pause_s = PAUSE_S
            except Exception as error:  # whatever was answered: nobody else asks again
                pause_s = await self._wait_after(error, pause_s)
            if self._running:
                await asyncio.wait(self._running.values(), timeout=LOOK_S)
            else:  # an answer that is there at once leaves nobody else a turn
                await asyncio.sleep(0)
            self._settle()

    async def finish(self) -> None:
        """Wait for what is being answered, leave what waits for its turn, which comes again, and tell
        Telegram how far we came."""
        for number, task in self._running.items():
            if not task.done() and self._in_order.waits(number):
                self._left.add(number)
                task.cancel()
        if self._running:
            await asyncio.wait(self._running.values())
        self._settle()
        try:
            await self._fetched(0, limit=1)
        except Exception as error:  # then they come again, and are known
            log("telegram").info("Telegram was not told how far we came", exc_info=error)

    async def _fetched(self, wait_s: int, *, limit: int = AT_ONCE) -> Iterable[Update]:
        return await self._bot.get_updates(
            offset=self._next or None, limit=limit, timeout=wait_s, allowed_updates=ALLOWED
        )

    def _begin(self, updates: Iterable[Update]) -> None:
        for update in sorted(updates, key=lambda each: each.update_id):
            number = update.update_id
            if number not in self._running and number not in self._done:
                self._running[number] = asyncio.create_task(self._in_order.take(update))

    def _settle(self) -> None:
        """What is done may be forgotten by Telegram up to the first that is not."""
        ended = {number for number, task in self._running.items() if task.done()}
        for number in sorted(ended - self._left):
            task = self._running.pop(number)
            if not task.cancelled() and (error := task.exception()):
                log("telegram").error("an update was given up", update=number, exc_info=error)
            self._done.add(number)
        if self._done:
            self._next = min(self._running, default=max(self._done) + 1)
            self._done = {number for number in self._done if number >= self._next}

    async def _wait_after(self, error: Exception, pause_s: float) -> float:
        if outcome_of(error) is Outcome.OPERATOR:
            told = "updates are not given; `linli telegram check` says why"
            log("telegram").error(told, error=type(error).__name__)
            pause_s = LONGEST_PAUSE_S
        else:
            log("telegram").warning("updates were not fetched", exc_info=error)
        await self._sleep(error.after.total_seconds() if isinstance(error, Flood) else pause_s)
        return min(pause_s * 2, LONGEST_PAUSE_S)


class Webhook:
    """The address that Telegram pushes to. It answers once the update is taken: until then, and where it
    answers otherwise, the update comes again. What fails in a way that nobody foresaw is given up, as by
    Polling: it would come for ever."""

    def __init__(self, in_order: InOrder, secret: str) -> None:
        self._in_order = in_order
        self._secret = secret.encode()

    def routes(self) -> list[Route]:
        return [Route(PATH, self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        given = request.headers.get(SECRET_HEADER, "").encode()
        if not hmac.compare_digest(given, self._secret):
            log("telegram").info("a push was refused")
            return Response(status_code=HTTPStatus.FORBIDDEN)
        update = update_in(await read_body(request, UPDATE_BYTES))
        if update:
            await self._taken(update)
        return Response()

    async def _taken(self, update: Update) -> None:
        try:
            await self._in_order.take(update)
        except Exception as error:
            log("telegram").error("an update was given up", update=update.update_id, exc_info=error)
