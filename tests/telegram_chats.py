"""What the Telegram of tests keeps: people and groups, the messages of each chat, and files."""

import html
import io
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from aiogram.methods import (
    DeleteMessage,
    DeleteMessages,
    EditMessageCaption,
    EditMessageReplyMarkup,
    EditMessageText,
    SendDocument,
    SendLocation,
    SendMediaGroup,
    SendPhoto,
    SendVenue,
)
from aiogram.types import BufferedInputFile, Message
from PIL import Image, UnidentifiedImageError

from tests.telegram_reading import Method, plain_json
from tests.telegram_refusals import BLOCKED, DEACTIVATED, Json, Refusal, Refused, bad_request

Edit = EditMessageText | EditMessageCaption | EditMessageReplyMarkup

MOST_DOWNLOAD = 20 * 1024 * 1024
UNMODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as"
    " a current content and reply markup of the message"
)
_TAG = re.compile(r"</?[a-zA-Z][^>]*>")


@dataclass
class Sent:
    """A message of the bot as it stands now. `text` is its text or caption as it was given, `json` what
    Telegram tells of it, `data` the file in it."""

    chat: int
    message_id: int
    method: str
    json: Json
    text: str = ""
    html: bool = False
    markup: Json = field(default_factory=dict)
    data: bytes = b""
    edits: int = 0
    deleted: bool = False

    @property
    def plain(self) -> str:
        """What a reader sees."""
        return plain(self.text) if self.html else self.text

    @property
    def buttons(self) -> list[Json]:
        """All buttons, in the message or below the field for typing."""
        rows = self.markup.get("inline_keyboard") or self.markup.get("keyboard") or []
        return [button for row in rows for button in row]

    def button(self, label: str) -> Json:
        """The one with this label or these data."""
        found = [each for each in self.buttons if label in (each["text"], each.get("callback_data"))]
        assert found, f"no button {label!r} among {[each['text'] for each in self.buttons]}"
        return found[0]

    def rendered(self) -> tuple[str, Json]:
        return html.unescape(self.text) if self.html else self.text, self.markup


def plain(text: str) -> str:
    """HTML without its tags; what is no valid HTML was refused before."""
    return html.unescape(_TAG.sub("", text))


class Chats:
    """The store. `now` gives the date of messages, in seconds."""

    def __init__(self, bot: Json, now: Callable[[], int]) -> None:
        self._bot, self._now = bot, now
        self.people: dict[int, Json] = {}
        self.groups: dict[int, Json] = {}
        self.gone: dict[int, Refusal] = {}
        self.sent: dict[tuple[int, int], Sent] = {}
        self.said: dict[tuple[int, int], Json] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self._ids: dict[int, count[int]] = defaultdict(lambda: count(1))

    def person(self, user: int, **fields: str) -> Json:
        """The user as Telegram tells of them; `fields` change that."""
        known = self.people.setdefault(user, {"id": user, "is_bot": False, "first_name": f"Resident {user}"})
        known.update(fields)
        return known

    def chat(self, chat: int) -> Json:
        if chat in self.groups:
            return self.groups[chat]
        user = self.person(chat)
        names = {name: user[name] for name in user.keys() & {"first_name", "last_name", "username"}}
        return {"id": chat, "type": "private"} | names

    def block(self, user: int) -> None:
        self.gone[user] = BLOCKED

    def deactivate(self, user: int) -> None:
        self.gone[user] = DEACTIVATED

    def check(self, chat: Any) -> None:
        """Raises Refused where the bot cannot write: to somebody who never wrote, or who is gone."""
        if chat not in self.people and chat not in self.groups:
            raise bad_request("chat not found")
        if chat in self.gone:
            raise Refused(self.gone[chat])

    def hear(self, user: int, chat: int, content: Json) -> Json:
        """A message of a person."""
        message = self._message(chat, self.person(user), content)
        self.said[chat, message["message_id"]] = message
        return message

    def send(self, method: Any) -> Json:
        """A message of the bot. Raises Refused for what Telegram would not send."""
        chat = method.chat_id
        markup = plain_json(getattr(method, "reply_markup", None)) or {}
        self._check_location(chat, markup)
        text, is_html = _text(method)
        content, data = self._content(method, plain(text) if is_html else text)
        message = self._message(chat, self._bot, content | _inline(markup))
        self.sent[chat, message["message_id"]] = Sent(
            chat, message["message_id"], method.__api_method__, message, text, is_html, markup, data
        )
        return message

    def send_group(self, method: SendMediaGroup) -> list[Json]:
        return [self.send(_single(method.chat_id, media)) for media in method.media]

    def edit(self, method: Edit) -> Json:
        sent = self._editable(method)
        keeps = isinstance(method, EditMessageReplyMarkup)
        text, is_html = (sent.text, sent.html) if keeps else _text(method)
        after = replace(sent, text=text, html=is_html, markup=plain_json(method.reply_markup) or {})
        if after.rendered() == sent.rendered():
            raise bad_request(UNMODIFIED)
        sent.text, sent.html, sent.markup = after.text, after.html, after.markup
        sent.edits += 1
        sent.json = {name: value for name, value in sent.json.items() if name != "reply_markup"}
        words = {name: sent.plain for name in ("text", "caption") if name in sent.json}
        if isinstance(method, EditMessageCaption):
            words = {"caption": sent.plain}
        sent.json |= words | _inline(sent.markup) | {"edit_date": self._now()}
        return sent.json

    def delete(self, method: DeleteMessage | DeleteMessages) -> bool:
        ids = [method.message_id] if isinstance(method, DeleteMessage) else method.message_ids
        known = [key for key in ((int(method.chat_id), each) for each in ids) if self._is_there(key)]
        if isinstance(method, DeleteMessage) and not known:
            raise bad_request("message to delete not found")
        for key in known:
            self.said.pop(key, None)
            if key in self.sent:
                self.sent[key].deleted = True
        return True

    def keep(self, data: bytes, name: str) -> Json:
        """Keep a file and tell of it as Telegram does."""
        number = len(self.files) + 1
        self.files[f"FILE-{number}"] = (f"files/{number}_{re.sub(r'[^A-Za-z0-9._-]', '_', name)}", data)
        return {"file_id": f"FILE-{number}", "file_unique_id": f"U{number}", "file_size": len(data)}

    def photo(self, data: bytes) -> list[Json]:
        """The sizes of a photo, of which there is only one here. Raises Refused for what is no picture."""
        try:
            with Image.open(io.BytesIO(data)) as picture:
                width, height = picture.size
        except UnidentifiedImageError as problem:
            raise bad_request("IMAGE_PROCESS_FAILED") from problem
        if width + height > 10_000 or max(width, height) > 20 * min(width, height):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        return [self.keep(data, "photo.jpg") | {"width": width, "height": height}]

    def file(self, file_id: str) -> Json:
        if file_id not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        path, data = self.files[file_id]
        if len(data) > MOST_DOWNLOAD:
            raise bad_request("file is too big")
        size = {"file_size": len(data), "file_path": path}
        return {"file_id": file_id, "file_unique_id": f"U{file_id}", **size}

    def _message(self, chat: int, sender: Json, content: Json) -> Json:
        message = {
            "message_id": next(self._ids[chat]),
            "date": self._now(),
            "chat": dict(self.chat(chat)),
            "from": dict(sender),
            **content,
        }
        Message.model_validate(message)
        return message

    def _is_there(self, key: tuple[Any, int]) -> bool:
        return key in self.said or (key in self.sent and not self.sent[key].deleted)

    def _editable(self, method: Edit) -> Sent:
        key: Any = (method.chat_id, method.message_id)
        if not self._is_there(key):
            raise bad_request("message to edit not found")
        sent = self.sent.get(key)
        if sent is None or "inline_keyboard" not in (sent.markup or {"inline_keyboard": []}):
            raise bad_request("message can't be edited")
        if isinstance(method, EditMessageText) and "text" not in sent.json:
            raise bad_request("there is no text in the message to edit")
        if isinstance(method, EditMessageCaption) and not sent.json.keys() & {"photo", "document"}:
            raise bad_request("there is no caption in the message to edit")
        return sent

    def _check_location(self, chat: int, markup: Json) -> None:
        rows = markup.get("keyboard", [])
        if chat in self.groups and any(button.get("request_location") for row in rows for button in row):
            raise bad_request("location can be requested in private chats only")

    def _content(self, method: Method, text: str) -> tuple[Json, bytes]:
        caption = {"caption": text} if text else {}
        match method:
            case SendPhoto(photo=given):
                data = self._data(given)
                return {"photo": self.photo(data), **caption}, data
            case SendDocument(document=given):
                data = self._data(given)
                name = getattr(given, "filename", None) or "file"
                return {"document": self.keep(data, name) | {"file_name": name}, **caption}, data
            case SendVenue():
                venue = {"location": _place(method), "title": method.title, "address": method.address}
                return {"venue": venue, "location": _place(method)}, b""
            case SendLocation():
                return {"location": _place(method)}, b""
        return ({"text": text} if getattr(method, "text", None) else caption), b""

    def _data(self, given: Any) -> bytes:
        """An uploaded file, or one sent before; nothing is fetched from elsewhere."""
        if isinstance(given, BufferedInputFile):
            return given.data
        if given not in self.files:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return self.files[given][1]


def _single(chat: Any, media: Any) -> Method:
    """One picture or document of a group, as if it were sent alone."""
    rest = {"chat_id": chat, "caption": media.caption, "parse_mode": media.parse_mode}
    if media.type == "photo":
        return SendPhoto(photo=media.media, **rest)
    if media.type == "document":
        return SendDocument(document=media.media, **rest)
    raise Refused(Refusal(501, f"Not Implemented: {media.type} in a group"))


def _text(method: Method) -> tuple[str, bool]:
    """The text or caption, and whether it is HTML; given entities win over the mode."""
    text = getattr(method, "text", None) or getattr(method, "caption", None) or ""
    mode = getattr(method, "parse_mode", None)
    entities = getattr(method, "entities", None) or getattr(method, "caption_entities", None)
    return text, isinstance(mode, str) and mode.upper() == "HTML" and not entities


def _inline(markup: Json) -> Json:
    """Only buttons in the message are told of; those below the field for typing are not."""
    return {"reply_markup": markup} if "inline_keyboard" in markup else {}


def _place(method: SendLocation | SendVenue) -> Json:
    return {"latitude": method.latitude, "longitude": method.longitude}
