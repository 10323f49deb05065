"""The Telegram of tests as its bot sees it: the calls of the Bot API and the download of files."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    DeleteMessages,
    DeleteMyCommands,
    DeleteWebhook,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    GetFile,
    GetMyCommands,
    GetUpdates,
    GetWebhookInfo,
    SendChatAction,
    SendMediaGroup,
    SetMyCommands,
    SetWebhook,
)
from aiogram.types import Message
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from tests.telegram_chats import Chats
from tests.telegram_reading import Method, Rules, arguments, method_class, model, plain_json
from tests.telegram_refusals import Faults, Json, Limiter, Page, Refusal, Refused, Silence, bad_request
from tests.telegram_updates import Updates

TOKEN = "4242424242:TEST-TOKEN-OF-NO-REAL-BOT-AT-ALL-00"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"


@dataclass
class Call:
    """One call: what it was given, and the code it was answered with; 0 stands for none."""

    method: str
    given: Json
    code: int = 0


@dataclass
class BotApi:
    """Reads a call, lets faults and limits have their say, and does it. Polling is not among the `calls`."""

    now: Callable[[], int]
    limiter: Limiter | None = None
    updates: Updates = field(default_factory=Updates)
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    queries: set[str] = field(default_factory=set)
    answers: list[AnswerCallbackQuery] = field(default_factory=list)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.rules = Rules(TOKEN)
        self.chats = Chats(self.rules.bot(), self.now)

    def routes(self) -> list[Route]:
        return [
            Route("/file/bot{token}/{path:path}", self.download, methods=["GET"]),
            Route("/bot{token}/{method}", self.call, methods=["GET", "POST"]),
        ]

    async def download(self, request: Request) -> Response:
        wanted = request.path_params["path"]
        found = [data for path, data in self.chats.files.values() if path == wanted]
        if not found or request.path_params["token"] != TOKEN:
            return JSONResponse(Refusal(404, "Not Found").answer(), 404)
        return Response(found[0], media_type="application/octet-stream")

    async def call(self, request: Request) -> Response:
        call = Call(request.path_params["method"], {})
        if call.method != "getUpdates":
            self.calls.append(call)
        try:
            answer = await self._answered(request, call)
            if isinstance(answer, Response):
                return answer
            call.code = 200
        except ClientDisconnect:  # whoever called was ended meanwhile
            return Response(status_code=400)
        except Refused as refused:
            answer, call.code = refused.refusal.answer(), refused.refusal.code
        return JSONResponse(answer, call.code)

    async def _answered(self, request: Request, call: Call) -> Response | Json:
        if request.path_params["token"] != TOKEN:
            raise Refused(Refusal(401, "Unauthorized"))
        call.given = await arguments(request)
        method, unknown = model(method_class(call.method), call.given)
        self.unknown += [(call.method, name) for name in unknown]
        fault = self.faults.take(method.__api_method__, getattr(method, "chat_id", None))
        if isinstance(fault, Refusal):
            raise Refused(fault)
        if isinstance(fault, Page):
            call.code = 502
            return HTMLResponse(fault.value, call.code)
        if fault is Silence.NEVER_ARRIVED:
            return await self._silence(request)
        result = await self._perform(method)
        return await self._silence(request) if fault else {"ok": True, "result": result}

    async def _silence(self, request: Request) -> Response:
        """Answer only when nobody listens any more."""
        gone = asyncio.create_task(_until_gone(request))
        closing = asyncio.create_task(self.closing.wait())
        await asyncio.wait({gone, closing}, return_when=asyncio.FIRST_COMPLETED)
        gone.cancel()
        closing.cancel()
        return Response(status_code=503)

    async def _perform(self, method: Method) -> Any:
        match method:
            case GetUpdates():
                return await self.updates.poll(method)
            case SetWebhook():
                return await self.updates.set_webhook(method)
            case DeleteWebhook():
                return await self.updates.delete_webhook(method)
            case GetWebhookInfo():
                return self.updates.webhook_info()
            case GetFile():
                return self.chats.file(method.file_id)
            case SetMyCommands() | GetMyCommands() | DeleteMyCommands():
                return self._commands(method)
            case AnswerCallbackQuery():
                return self._answer(method)
        if (chat := getattr(method, "chat_id", None)) is not None:
            self._admit(method, chat)
        self.rules.check(method)
        return self._write(method)

    def _admit(self, method: Method, chat: Any) -> None:
        self.chats.check(chat)
        if self.limiter and _counts(method):
            self.limiter.admit(chat)

    def _write(self, method: Method) -> Any:
        match method:
            case EditMessageText() | EditMessageCaption() | EditMessageReplyMarkup():
                return self.chats.edit(method)
            case DeleteMessage() | DeleteMessages():
                return self.chats.delete(method)
            case SendMediaGroup():
                return self.chats.send_group(method)
        if type(method).__returning__ is Message:
            return self.chats.send(method)
        return self.rules.result(method)

    def _answer(self, method: AnswerCallbackQuery) -> bool:
        self.rules.check(method)
        if method.callback_query_id not in self.queries:
            raise bad_request(TOO_OLD)
        self.answers.append(method)
        return True

    def _commands(self, method: SetMyCommands | GetMyCommands | DeleteMyCommands) -> Any:
        scope = plain_json(method.scope) or {"type": "default"}
        key = (scope["type"], method.language_code or "")
        if isinstance(method, GetMyCommands):
            return self.commands.get(key, [])
        commands = plain_json(method.commands) if isinstance(method, SetMyCommands) else []
        _check_commands(commands)
        self.commands[key] = commands
        return True


def _counts(method: Method) -> bool:
    """Whether Telegram counts it against the limits: what a chat is shown, not who is typing."""
    if isinstance(method, SendChatAction):
        return False
    return method.__api_method__.startswith(("send", "copy", "forward", "editMessage"))


def _check_commands(commands: list[Json]) -> None:
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for each in commands:
        name, description = each["command"], each["description"]
        if not (1 <= len(name) <= 32 and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
