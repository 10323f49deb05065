"""What is read of an update, and of which type: python-telegram-bot takes whatever stands there."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from telegram import Update

from bot.channels.telegram.incoming import ALLOWED
from bot.logs import log

MOST = 2**63
Number = Annotated[int, Field(gt=-MOST, lt=MOST)]


class _Part(BaseModel):
    """What is not named below may be anything; what has a default may be missing."""

    model_config = ConfigDict(strict=True)


class _User(_Part):
    id: Number
    language_code: str = ""
    username: str = ""


class _Chat(_Part):
    id: Number
    type: str


class _File(_Part):
    file_id: str
    file_size: Number = 0
    mime_type: str = ""


class _Place(_Part):
    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class _Before(_Part):
    sender: _User | None = Field(None, alias="from")


class _Under(_Part):
    message_id: Number
    chat: _Chat


class _Message(_Under):
    date: Number
    sender: _User | None = Field(None, alias="from")
    text: str = ""
    caption: str = ""
    location: _Place | None = None
    photo: list[_File] = []
    document: _File | None = None
    reply_to_message: _Before | None = None


class _Query(_Part):
    id: str
    sender: _User = Field(alias="from")
    data: str = ""
    message: _Under | None = None


class _Status(_Part):
    status: str


class _Member(_Part):
    chat: _Chat
    new_chat_member: _Status


class _Update(_Part):
    update_id: Number
    message: _Message | None = None
    callback_query: _Query | None = None
    my_chat_member: _Member | None = None


def number_of(raw: object) -> int | None:
    """The number by which Telegram knows an update; None for what has none."""
    number = raw.get("update_id") if isinstance(raw, Mapping) else None
    return number if type(number) is int and abs(number) < MOST else None


def kept(raw: Mapping[str, Any]) -> dict[str, Any]:
    """An update without what Telegram was not asked for: that is nowhere read."""
    return {name: raw[name] for name in ("update_id", *ALLOWED) if name in raw}


def read_update(raw: Mapping[str, Any]) -> Update | None:
    """None, and a line in the log, for one that is not as Telegram describes it."""
    try:
        _Update.model_validate(raw)
        return Update.de_json(kept(raw))
    except Exception as error:  # whatever is wrong with it
        log("telegram").error("an update cannot be read", update=number_of(raw), exc_info=error)
        return None


def update_in(body: bytes) -> Update | None:
    """None, and a line in the log, for what cannot be read: Telegram would push it again for ever."""
    try:
        raw = json.loads(body)
    except (ValueError, RecursionError):
        raw = None
    if number_of(raw) is None:
        log("telegram").error("a push cannot be read")
        return None
    return read_update(raw)
