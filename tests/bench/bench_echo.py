"""The reference for a turn: a bare python-telegram-bot echo handler over a transport that sends nothing."""

import time
from typing import Any

from telegram import Message, Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters
from telegram.request import BaseRequest, RequestData

SENT = (
    b'{"ok":true,"result":{"message_id":1,"date":1700000000,'
    b'"chat":{"id":1,"type":"private","first_name":"A"},"text":"hello"}}'
)
ME = b'{"ok":true,"result":{"id":1,"is_bot":true,"first_name":"b","username":"b_bot"}}'


class NullTransport(BaseRequest):
    """Answers every call at once, as a server without a network would."""

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        return None

    async def shutdown(self) -> None:
        return None

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *_: Any, **__: Any
    ) -> tuple[int, bytes]:
        return 200, ME if url.endswith("getMe") else SENT


async def echo(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    message: Message | None = update.message
    if message and update.effective_chat:
        await context.bot.send_message(update.effective_chat.id, message.text or "")


def update_json(number: int) -> dict[str, Any]:
    chat = {"id": 1, "type": "private", "first_name": "A"}
    sender = {"id": 1, "is_bot": False, "first_name": "A"}
    text = "hello"
    message = {"message_id": number, "date": 1700000000, "chat": chat, "from": sender, "text": text}
    return {"update_id": number, "message": message}


class Echo:
    """`async with Echo() as echo`, then `rate(n)`: updates a second, one after the other."""

    def __init__(self) -> None:
        transport = NullTransport()
        builder = Application.builder().token("1:A").request(transport).get_updates_request(NullTransport())
        self._application = builder.updater(None).build()
        self._application.add_handler(MessageHandler(filters.TEXT, echo))

    async def __aenter__(self) -> "Echo":
        await self._application.initialize()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._application.shutdown()

    async def rate(self, updates: int) -> float:
        began = time.perf_counter()
        for number in range(updates):
            update = Update.de_json(update_json(number), self._application.bot)
            await self._application.process_update(update)
        return updates / (time.perf_counter() - began)
