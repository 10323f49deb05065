"""python-telegram-bot's HTTP, with nothing of residents in its logs and no update that stops the rest."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NoReturn

from telegram import Update
from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.errors import Flood
from bot.logs import log

CONNECTIONS = 64
NO_PAUSE_S = 1
"""Where Telegram does not say how long it wants silence."""


class Answer(dict[str, Any]):
    """What Telegram answered; whatever is looked for in vain says that it was somebody else."""

    def __missing__(self, key: str) -> NoReturn:
        raise TelegramError("the answer is none of Telegram's")


class Requests(HTTPXRequest):
    """By itself it logs in full what it cannot read, and warns whenever Telegram asks for silence."""

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        code, content = await super().do_request(*given, **named)
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Flood(_pause(content))
        return code, content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            loaded = json.loads(payload)
        except ValueError:
            raise TelegramError("the answer cannot be read") from None
        if not isinstance(loaded, dict):
            raise TelegramError("the answer is none of Telegram's")
        return Answer(loaded)


class UpdateRequests(Requests):
    """What is asked for updates alone. One that cannot be read is given as one that holds nothing: otherwise
    it would come again and again, and none after it."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        loaded = Requests.parse_json_payload(payload)
        if "result" in loaded:
            loaded["result"] = [_readable(each) for each in _updates_in(loaded["result"])]
        return loaded


def _updates_in(result: object) -> list[dict[str, Any]]:
    """Each has the number by which it is confirmed. Raises TelegramError."""
    if not isinstance(result, list) or not all(
        isinstance(each, dict) and isinstance(each.get("update_id"), int) for each in result
    ):
        raise TelegramError("these are no updates")
    return result


def _readable(raw: dict[str, Any]) -> dict[str, Any]:
    return raw if read_update(raw) else {"update_id": raw["update_id"]}


def read_update(raw: Mapping[str, Any]) -> Update | None:
    """None, and a line in the log, for one that the library cannot read."""
    try:
        return Update.de_json(dict(raw))
    except Exception as error:  # whatever is missing in it
        log("telegram").error("an update cannot be read", update=raw.get("update_id"), exc_info=error)
        return None


def _pause(content: bytes) -> timedelta:
    asked: Any = NO_PAUSE_S
    with suppress(ValueError, KeyError, TypeError):  # then nobody has said how long
        asked = float(json.loads(content)["parameters"]["retry_after"])
    return timedelta(seconds=max(asked, NO_PAUSE_S))
