"""python-telegram-bot's HTTP, with nothing of residents in its logs and no update that stops the rest."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from http import HTTPStatus
from typing import Any, NoReturn

from telegram.error import TelegramError
from telegram.request import HTTPXRequest

from bot.channels.telegram.errors import Flood
from bot.channels.telegram.updates import kept, number_of, read_update

CONNECTIONS = 64
POOL_S, CONNECT_S, WRITE_S, READ_S = 1.0, 3.0, 3.0, 12.0
"""How long a call waits for each step: together less than its patience (bot/dispatch.py). Telegram takes a
message before it answers, so that one that is given up early comes twice."""
NO_PAUSE_S = 1
"""Where Telegram does not say how long it wants silence."""


class Answer(dict[str, Any]):
    """What Telegram answered; whatever is looked for in vain says that it was somebody else."""

    def __missing__(self, key: str) -> NoReturn:
        raise TelegramError("the answer is none of Telegram's")


class Requests(HTTPXRequest):
    """By itself it logs in full what it cannot read, warns whenever Telegram asks for silence, and waits five
    seconds for an answer."""

    def __init__(self, *, httpx_kwargs: dict[str, Any] | None = None) -> None:
        super().__init__(
            connection_pool_size=CONNECTIONS,
            pool_timeout=POOL_S,
            connect_timeout=CONNECT_S,
            write_timeout=WRITE_S,
            media_write_timeout=WRITE_S,
            read_timeout=READ_S,
            httpx_kwargs=httpx_kwargs,
        )

    async def do_request(self, *given: Any, **named: Any) -> tuple[int, bytes]:
        code, content = await super().do_request(*given, **named)
        if code == HTTPStatus.TOO_MANY_REQUESTS:
            raise Flood(_pause(content))
        return code, content

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        try:
            loaded = json.loads(payload)
        except (ValueError, RecursionError):
            raise TelegramError("the answer cannot be read") from None
        if not isinstance(loaded, dict) or not loaded.keys() & {"result", "description"}:
            raise TelegramError("the answer is none of Telegram's")
        return Answer(loaded)


class UpdateRequests(Requests):
    """What is asked for updates alone. One that cannot be read is given as one that holds nothing: otherwise
    it would come again and again, and none after it."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        loaded = Requests.parse_json_payload(payload)
        if "result" not in loaded:
            return loaded
        if not isinstance(loaded["result"], list):
            raise TelegramError("the answer holds no updates")
        updates = list(_readable(loaded["result"]))
        if loaded["result"] and not updates:  # asked for at once again, they would come at once again
            raise TelegramError("these are no updates")
        return loaded | {"result": updates}


def _readable(updates: Iterable[object]) -> Iterator[dict[str, Any]]:
    """Each of which the number is known; without that there is nothing to ask for the next one by."""
    for raw in updates:
        number = number_of(raw)
        if isinstance(raw, Mapping) and number is not None:
            yield kept(raw) if read_update(raw) else {"update_id": number}


def _pause(content: bytes) -> timedelta:
    asked: Any = NO_PAUSE_S
    with suppress(ValueError, KeyError, TypeError):  # then nobody has said how long
        asked = float(json.loads(content)["parameters"]["retry_after"])
    return timedelta(seconds=max(asked, NO_PAUSE_S))
