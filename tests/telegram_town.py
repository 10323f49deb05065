"""A small Telegram in this process: it keeps what it is asked and answers what a test wants."""

import asyncio
import heapq
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from telegram import Bot, Update

from bot.channels.telegram.answers import Answers
from bot.channels.telegram.deliveries import Deliveries
from bot.channels.telegram.intake import InOrder
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.requests import Requests, UpdateRequests
from bot.dispatch import Dispatcher
from bot.linli import Linli
from tests.sample import NOW, rows_of

TOKEN = "123456:" + "aB3-" * 9
AT = int(NOW.timestamp())
DING, LIN, GROUP = 7, 8, -100
Call = dict[str, Any]
Fault = tuple[int, dict[str, Any]] | BaseException | str


def refused(code: int, text: str, **parameters: int) -> Fault:
    return code, {"ok": False, "error_code": code, "description": text, "parameters": parameters}


class VirtualTime:
    """Seconds that pass while all sleep, and never otherwise."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    def seconds(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleeping, (self.now + seconds, next(self._numbers), future))
        await future

    async def pass_while(self, work: Awaitable[object]) -> None:
        """Let time go on until `work` is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(20):  # whoever can go on does so before time does
                await asyncio.sleep(0)
            if self._sleeping and not task.done():
                at, _, future = heapq.heappop(self._sleeping)
                if not future.done():
                    self.now = at
                    future.set_result(None)
        await task


class Hurrying:
    """Seconds that have passed as soon as somebody sleeps: for tests of one at a time."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def seconds(self) -> float:
        return self.now

    async def wait(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class FakeTelegram:
    """`faults` are raised or answered in turn, text as it is, of each method its own; `updates` are given to
    whoever fetches; `meanwhile` happens before an answer."""

    calls: list[tuple[str, Call]] = field(default_factory=list)
    faults: dict[str, list[Fault]] = field(default_factory=dict)
    updates: list[Call] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    info: Call = field(default_factory=lambda: {"url": ""})
    meanwhile: Callable[[str], Awaitable[None]] | None = None
    _numbers: Any = field(default_factory=lambda: count(1_001))

    def app(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{name}", self.file),
            ]
        )
        app.state.closing = asyncio.Event()
        return app

    async def call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return JSONResponse({"ok": False, "description": "Not Found"}, 404)
        given = await _given(request)
        self.calls.append((method, given))
        if self.meanwhile:
            await self.meanwhile(method)
        if self.faults.get(method):
            fault = self.faults[method].pop(0)
            if isinstance(fault, BaseException):
                raise fault
            if isinstance(fault, str):
                return Response(fault)
            return JSONResponse(fault[1], fault[0])
        return JSONResponse({"ok": True, "result": self._result(method, given)})

    def _result(self, method: str, given: Call) -> Any:
        match method:
            case "getMe":
                return {"id": 1, "is_bot": True, "first_name": "邻里", "username": "linli_bot"}
            case "getUpdates":
                self.updates = [u for u in self.updates if u["update_id"] >= int(given.get("offset", 0))]
                return self.updates[: int(given["limit"])]
            case "getFile":
                content = self.files[given["file_id"]]
                return {
                    "file_id": given["file_id"],
                    "file_unique_id": "u",
                    "file_path": given["file_id"],
                    "file_size": len(content),
                }
            case "getWebhookInfo":
                return {"has_custom_certificate": False, "pending_update_count": 0} | self.info
            case "sendMessage" | "sendPhoto" | "sendDocument" | "editMessageText" | "editMessageCaption":
                number = int(given.get("message_id", next(self._numbers)))
                chat = {"id": int(given["chat_id"]), "type": "private"}
                return {"message_id": number, "date": AT, "chat": chat}
            case _:
                return True

    async def file(self, request: Request) -> Response:
        return Response(self.files[request.path_params["name"]])

    def named(self, *methods: str) -> list[Call]:
        return [given for method, given in self.calls if method in methods]

    @property
    def methods(self) -> list[str]:
        return [method for method, _ in self.calls]

    @property
    def texts(self) -> list[str]:
        return [given["text"] for given in self.named("sendMessage")]

    def buttons(self, number: int = -1) -> list[dict[str, str]]:
        """Those below one of the messages that were sent."""
        markup = self.named("sendMessage")[number].get("reply_markup", {})
        return [button for row in markup.get("inline_keyboard", []) for button in row]


async def _given(request: Request) -> Call:
    given: Call = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                given[name] = await value.read()
            else:
                given[name] = json.loads(value) if value[:1] in ("{", "[") else value
    return given


def user(chat: int, language: str | None = "zh-hans") -> Call:
    told = {"language_code": language} if language else {}
    return {"id": chat, "is_bot": False, "first_name": "丁<&>"} | told


def update_of(raw: Call) -> Update:
    update = Update.de_json(raw)
    assert update is not None
    return update


class Updates:
    """Updates as Telegram makes them, each with a number of its own; `now` is when messages are sent."""

    def __init__(self, now: Callable[[], int] = lambda: AT) -> None:
        self._now = now
        self._numbers = count(500)
        self._messages = count(1)

    def message(self, chat: int = DING, *, language: str | None = "zh-hans", **content: Any) -> Call:
        kind = "supergroup" if chat < 0 else "private"
        told = {
            "message_id": next(self._messages),
            "date": self._now(),
            "chat": {"id": chat, "type": kind, "title": "东湖"},
            "from": user(DING if chat < 0 else chat, language),
        }
        return {"update_id": next(self._numbers), "message": told | content}

    def press(self, data: str, chat: int = DING, *, below: int = 1_001, query: str | None = None) -> Call:
        number = next(self._numbers)
        message = {"message_id": below, "date": AT, "chat": {"id": chat, "type": "private"}}
        told = {
            "id": query or str(10**17 + number),
            "from": user(chat),
            "chat_instance": "1",
            "data": data,
            "message": message,
        }
        return {"update_id": number, "callback_query": told}

    def member(self, status: str, chat: int = DING) -> Call:
        bot = {"id": 1, "is_bot": True, "first_name": "邻里", "username": "linli_bot"}
        now = {"status": status, "user": bot} | ({"until_date": 0} if status == "kicked" else {})
        told = {
            "chat": {"id": chat, "type": "private"},
            "from": user(chat),
            "date": AT,
            "old_chat_member": {"status": "member", "user": bot},
            "new_chat_member": now,
        }
        return {"update_id": next(self._numbers), "my_chat_member": told}


class Town:
    """Linli with a bot, its Telegram, and the time in hand."""

    def __init__(self, linli: Linli, fake: FakeTelegram, bot: Bot, time: Hurrying | VirtualTime) -> None:
        self.linli, self.fake, self.bot, self.time = linli, fake, bot, time
        self.now = NOW
        linli.clock = lambda: self.now
        self.pace = Pace(linli.settings.telegram_per_second, time.seconds, time.wait)
        self.outgoing = Outgoing(bot, self.pace)
        self.deliveries = Deliveries(linli, self.outgoing)
        self.answers = Answers(linli, self.outgoing, self.deliveries, time.seconds, time.wait)
        self.in_order = InOrder(self.answers)
        began = time.now
        self.updates = Updates(lambda: AT + int(time.now - began))

    async def take(self, raw: Call) -> None:
        await self.in_order.take(update_of(raw))

    async def say(self, text: str, chat: int = DING, **more: Any) -> list[str]:
        """What is sent for it, as HTML."""
        return await self.answers_to(self.updates.message(chat, text=text, **more))

    async def sends(self, content: Call, chat: int = DING) -> list[str]:
        return await self.answers_to(self.updates.message(chat, **content))

    async def press(self, label: str, chat: int = DING, **more: Any) -> list[str]:
        """The button below what was sent last."""
        [data] = [each["callback_data"] for each in self.fake.buttons() if label in each["text"]]
        return await self.answers_to(self.updates.press(data, chat, **more))

    async def answers_to(self, raw: Call) -> list[str]:
        before = len(self.fake.texts)
        await self.take(raw)
        return self.fake.texts[before:]

    async def deliver(self, times: int = 5, *, patience_s: float = 20) -> int:
        """How many of what is due the metronome sent."""
        channels = {"telegram": self.deliveries.deliver}
        worker = Dispatcher(self.linli.database, channels, chance=lambda: 0.5, patience_s=patience_s)
        return sum([await worker.run(self.now) for _ in range(times)])

    def later(self, **passed: float) -> None:
        self.now += timedelta(**passed)

    async def states(self) -> list[str]:
        """Of what was said and is not sent."""
        rows = (await rows_of(self.linli.database, "outbox"))["outbox"]
        return [
            state for state in ("waiting", "leased", "dead", "expired") for row in rows if f"'{state}'" in row
        ]


@asynccontextmanager
async def town_of(linli: Linli, time: Hurrying | VirtualTime | None = None) -> AsyncIterator[Town]:
    fake = FakeTelegram()
    # Streams are closed when the answer is read, so that no connection outlives its test.
    transport = httpx.ASGITransport(fake.app())
    kwargs = {"transport": transport}
    async with Requests(httpx_kwargs=kwargs) as calls, UpdateRequests(httpx_kwargs=kwargs) as updates:
        bot = Bot(
            TOKEN,
            base_url="http://telegram.example/bot",
            base_file_url="http://telegram.example/file/bot",
            request=calls,
            get_updates_request=updates,
        )
        yield Town(linli, fake, bot, time or Hurrying())


@pytest.fixture
async def town(linli: Linli) -> AsyncIterator[Town]:
    async with town_of(linli) as town:
        yield town


@pytest.fixture
async def sqlite_town(sqlite_linli: Linli) -> AsyncIterator[Town]:
    async with town_of(sqlite_linli) as town:
        yield town
