"""A Telegram for tests: a Bot API on a port of this machine, and what people do in it as plain calls.

Schema and documented rules are foreign code's (aiogram, teremok); chats, limits, faults and queues are ours.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from typing import Any

from starlette.applications import Starlette

from bot.web.server import make_server
from tests.telegram_bot_api import TOKEN, BotApi, Call
from tests.telegram_chats import Chats, Sent
from tests.telegram_refusals import Faults, Json, Limiter
from tests.telegram_updates import Updates


class TelegramPeer:
    """People write to the bot by the methods below; each returns the update that the bot will get.

    A user is a number above 0, a group one below. Nobody can be written to who did nothing before; `meet`
    is enough. `calls`, `answers` and `sent_to` tell what the bot did.
    """

    def __init__(self, limiter: Limiter | None = None) -> None:
        self.api = BotApi(lambda: int(datetime.now(UTC).timestamp()), limiter)
        self.url = ""
        self._numbers = count(1)

    @property
    def token(self) -> str:
        return TOKEN

    @property
    def base_url(self) -> str:
        return f"{self.url}/bot"

    @property
    def base_file_url(self) -> str:
        return f"{self.url}/file/bot"

    @property
    def chats(self) -> Chats:
        return self.api.chats

    @property
    def updates(self) -> Updates:
        return self.api.updates

    @property
    def faults(self) -> Faults:
        return self.api.faults

    @property
    def calls(self) -> list[Call]:
        return self.api.calls

    @property
    def answers(self) -> list[tuple[str, str]]:
        """The callback queries that the bot answered, each with the words shown."""
        return [(each.callback_query_id, each.text or "") for each in self.api.answers]

    def called(self, method: str) -> list[Call]:
        return [call for call in self.calls if call.method == method]

    def sent_to(self, chat: int) -> list[Sent]:
        """What of the bot stands in a chat now, the oldest first."""
        return [each for each in self.chats.sent.values() if each.chat == chat and not each.deleted]

    def meet(self, user: int, **fields: str) -> Json:
        """Let Telegram know somebody: `first_name`, `last_name`, `username`, `language_code`."""
        return self.chats.person(user, **fields)

    def say(self, user: int, text: str) -> Json:
        return self._hears(user, user, _words(text))

    def start(self, user: int, payload: str = "") -> Json:
        """Follow a deep link; somebody who had blocked the bot takes that back by it."""
        self.chats.gone.pop(user, None)
        return self.say(user, f"/start {payload}".rstrip())

    def in_group(self, group: int, user: int, text: str) -> Json:
        self.chats.groups.setdefault(group, {"id": group, "type": "supergroup", "title": f"Group {-group}"})
        return self._hears(user, group, _words(text))

    def change(self, update: Json, text: str) -> Json:
        """Edit what was said."""
        message = update["message"]
        edited = {**message, **_words(text), "edit_date": message["date"]}
        return self.updates.add("edited_message", edited)

    def share_location(self, user: int, latitude: float, longitude: float) -> Json:
        return self._hears(user, user, {"location": {"latitude": latitude, "longitude": longitude}})

    def send_photo(self, user: int, data: bytes, caption: str = "") -> Json:
        return self._hears(user, user, {"photo": self.chats.photo(data)} | _caption(caption))

    def send_document(self, user: int, data: bytes, name: str, caption: str = "") -> Json:
        kept = self.chats.keep(data, name) | {"file_name": name}
        return self._hears(user, user, {"document": kept} | _caption(caption))

    def send(self, user: int, **content: Any) -> Json:
        """Any other message, as Telegram describes it: `send(7, sticker={…})`."""
        return self._hears(user, user, content)

    def press(self, user: int, message: Sent, button: str) -> Json:
        """Press a button, named by its label or its data. One below the field for typing says its label."""
        pressed = message.button(button)
        if "keyboard" in message.markup:
            assert not pressed.get("request_location"), "use share_location"
            return self._hears(user, message.chat, _words(pressed["text"]))
        query = f"Q{next(self._numbers)}"
        self.api.queries.add(query)
        return self.updates.add(
            "callback_query",
            {
                "id": query,
                "from": dict(self.chats.person(user)),
                "message": _as_pressed(message),
                "chat_instance": str(message.chat),
                "data": pressed["callback_data"],
            },
        )

    def expire(self, update: Json) -> None:
        """It is too late now to answer this callback query."""
        self.api.queries.discard(update["callback_query"]["id"])

    def block(self, user: int) -> Json:
        self.chats.block(user)
        return self._membership(user, "member", "kicked")

    def unblock(self, user: int) -> Json:
        self.chats.gone.pop(user, None)
        return self._membership(user, "kicked", "member")

    def deactivate(self, user: int) -> None:
        """The account is closed, of which nobody is told."""
        self.chats.deactivate(user)

    def duplicate(self, update: Json) -> Json:
        """Deliver an update once more, even after it was confirmed."""
        self.updates.again(update)
        return update

    def _hears(self, user: int, chat: int, content: Json) -> Json:
        return self.updates.add("message", self.chats.hear(user, chat, content))

    def _membership(self, user: int, before: str, after: str) -> Json:
        bot = self.api.rules.bot()
        states: dict[str, Json] = {
            "member": {"status": "member"},
            "kicked": {"status": "kicked", "until_date": 0},
        }
        return self.updates.add(
            "my_chat_member",
            {
                "chat": dict(self.chats.chat(user)),
                "from": dict(self.chats.person(user)),
                "date": self.api.now(),
                "old_chat_member": {"user": bot, **states[before]},
                "new_chat_member": {"user": bot, **states[after]},
            },
        )


@asynccontextmanager
async def serving_telegram(limiter: Limiter | None = None) -> AsyncIterator[TelegramPeer]:
    """A peer on a free port. It runs in the loop of the test."""
    peer = TelegramPeer(limiter)
    app = Starlette(routes=peer.api.routes())
    app.state.closing = peer.api.closing
    server = make_server(app, host="127.0.0.1", port=0)
    running = asyncio.create_task(server.serve())
    ready = asyncio.create_task(server.ready.wait())
    await asyncio.wait({running, ready}, return_when=asyncio.FIRST_COMPLETED)
    ready.cancel()
    try:
        peer.url = server.url()
        yield peer
    finally:
        await peer.updates.close()
        server.should_exit = True
        await running


def _words(text: str) -> Json:
    """A text, with what Telegram marks in it: a command at its beginning."""
    command = re.match(r"/[A-Za-z0-9_]+(@\w+)?", text)
    if not command:
        return {"text": text}
    return {"text": text, "entities": [{"type": "bot_command", "offset": 0, "length": command.end()}]}


def _caption(caption: str) -> Json:
    return {"caption": caption} if caption else {}


def _as_pressed(message: Sent) -> Json:
    """Of a message that was deleted Telegram tells only where it was."""
    if message.deleted:
        return {"chat": message.json["chat"], "message_id": message.message_id, "date": 0}
    return message.json
