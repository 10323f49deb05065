"""Updates that Telegram pushes: answered once their turn is committed, and whatever they are."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.telegram.intake import SECRET_HEADER, Webhook
from tests.telegram_odd import FILE, PATHS, SIZE, swapped
from tests.telegram_town import Town, sqlite_town, town
from tests.test_logs import lines, stream
from tests.test_telegram_intake import said

__all__ = ["sqlite_town", "stream", "town"]
SECRET = "s3cret-of-the-webhook"


@asynccontextmanager
async def pushing(town: Town) -> AsyncIterator[Callable[..., Any]]:
    app = Starlette(routes=Webhook(town.in_order, SECRET).routes())
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="https://linli.example") as http:

        async def push(body: Any, secret: str | None = SECRET) -> int:
            headers = [(SECRET_HEADER.encode(), secret.encode())] if secret is not None else []
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            return (await http.post("/telegram", content=content, headers=headers)).status_code

        yield push


async def test_a_push_is_answered_once_its_turn_is_committed(town: Town) -> None:
    async with pushing(town) as push:
        raw = town.updates.message(text="你好")
        assert await push(raw) == 200
        assert len(await said(town)) == 1
        assert set(await asyncio.gather(push(raw), push(raw))) == {200}
    assert len(town.fake.texts) == 1
    assert len(await said(town)) == 1


@pytest.mark.parametrize("secret", [None, "", SECRET[:-1], SECRET + "x", SECRET.upper(), "é"])
async def test_nobody_pushes_without_the_secret(sqlite_town: Town, secret: str | None) -> None:
    async with pushing(sqlite_town) as push:
        assert await push(sqlite_town.updates.message(text="你好"), secret) == 403
    assert sqlite_town.fake.calls == []
    assert await said(sqlite_town) == []


NO_UPDATES = [
    b"", b"{", b"[]", b"1", b'{"update_id": "x"}', b'{"update_id": true}', b'{"message": {}}', b"\xff",
    b"[" * 100_000, b'{"update_id": %s}' % (b"9" * 5_000),
]  # fmt: skip


@pytest.mark.parametrize("body", NO_UPDATES)
async def test_what_is_no_update_does_not_come_for_ever(
    sqlite_town: Town, body: bytes, stream: StringIO
) -> None:
    async with pushing(sqlite_town) as push:
        assert await push(body) == 200
    assert "a push cannot be read" in stream.getvalue()


async def test_pushes_that_come_in_another_order_are_answered_once_each(town: Town) -> None:
    raws = [town.updates.message(text=said) for said in ("你好", "东湖社区几点开门", "你好")]
    async with pushing(town) as push:
        for raw in (raws[1], raws[0], raws[1], raws[2], raws[0]):
            assert await push(raw) == 200
    assert len(town.fake.texts) == 3


async def test_an_update_as_large_as_telegram_makes_them_is_taken(sqlite_town: Town) -> None:
    raw = sqlite_town.updates.message(text="好" * 4096)
    raw["message"]["reply_to_message"] = sqlite_town.updates.message(text="😀" * 4096)["message"]
    async with pushing(sqlite_town) as push:
        assert len(json.dumps(raw)) > 64 * 1024
        assert await push(raw) == 200
        assert await push(b"x" * 2_000_000) == 413
    assert len(sqlite_town.fake.texts) == 1


# What python-telegram-bot takes as it is, and what would be read of it.
ODDLY: list[tuple[PATHS, Any]] = [
    (("message", "text"), 5),
    (("message", "caption"), ["x"]),
    (("message", "message_id"), None),
    (("message", "chat"), None),
    (("message", "chat", "id"), [7]),
    (("message", "chat", "id"), True),
    (("message", "chat", "id"), "7"),
    (("message", "chat", "id"), 2**63),
    (("message", "from", "language_code"), 5),
    (("message", "photo"), [SIZE | {"file_size": "7"}]),
    (("message", "document"), FILE | {"mime_type": 5}),
    (("message", "location"), {"latitude": "24.9", "longitude": 118.6}),
    (("message", "location"), {"latitude": math.nan, "longitude": 118.6}),
    (("message", "location"), {"latitude": 90.1, "longitude": 118.6}),
]


@pytest.mark.parametrize(("path", "odd"), ODDLY)
async def test_an_update_with_a_part_of_another_kind_is_not_read(
    sqlite_town: Town, stream: StringIO, path: PATHS, odd: Any
) -> None:
    raw = sqlite_town.updates.message(text="你好")
    raw["message"] |= {"caption": "", "photo": [], "document": None, "location": None}
    async with pushing(sqlite_town) as push:
        assert await push(raw) == 200
        assert "cannot be read" not in stream.getvalue()
        assert await push(swapped(raw, path, odd) | {"update_id": 900}) == 200
    assert [line["update"] for line in lines(stream) if line["event"] == "an update cannot be read"] == [900]
    assert len(sqlite_town.fake.texts) == 1
    assert len(await said(sqlite_town)) == 1


async def test_of_what_was_not_asked_for_nothing_is_read(sqlite_town: Town, stream: StringIO) -> None:
    good = sqlite_town.updates.message(text="你好")
    async with pushing(sqlite_town) as push:
        assert await push(good | {"edited_message": {"chat": {"id": []}}, "poll": 5}) == 200
    assert len(sqlite_town.fake.texts) == 1
    assert "cannot be read" not in stream.getvalue()
