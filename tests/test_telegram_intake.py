"""How updates come in: none is lost or answered twice, those of a chat in order, pushed by nobody else."""

import asyncio
import json
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from telegram import Update

from bot.channels.telegram.intake import SECRET_HEADER, InOrder, Polling, Webhook
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.talk import greet
from handlers.world import Outcome, World
from tests.engines import opened
from tests.sample import Mishap, Sample, linli_over, rows_of, settings_for
from tests.telegram_odd import FILE, PATHS, SIZE, swapped
from tests.telegram_town import DING, LIN, FakeTelegram, Town, refused, sqlite_town, town, town_of, update_of
from tests.test_logs import lines, stream
from tests.web_visitor import until

__all__ = ["sqlite_town", "stream", "town"]
SECRET = "s3cret-of-the-webhook"
GREETED = "您好，我是邻里，邻里中心的小助手。\n想找附近的服务、开门时间、活动，直接说就行。比如："


@asynccontextmanager
async def polling(town: Town, in_order: InOrder | None = None) -> AsyncIterator[Polling]:
    """Fetches until the block is left, then tells how far it came."""
    fetching = Polling(town.bot, in_order or town.in_order, wait_s=0, sleep=town.time.wait)
    running = asyncio.create_task(fetching.run())
    try:
        yield fetching
    finally:
        running.cancel()
        await asyncio.wait({running})
        await fetching.finish()


def offsets(fake: FakeTelegram) -> list[int]:
    return [int(given.get("offset", 0)) for given in fake.named("getUpdates")]


async def said(town: Town) -> list[str]:
    return (await rows_of(town.linli.database, "inbox"))["inbox"]


async def test_what_was_written_while_nobody_ran_is_answered(town: Town) -> None:
    town.fake.updates = [town.updates.message(chat, text="你好") for chat in (DING, LIN)]
    async with polling(town):
        await until(lambda: len(town.fake.texts) == 2)
    assert town.fake.updates == []
    assert offsets(town.fake)[0] == 0
    assert offsets(town.fake)[-1] == 502
    [first] = town.fake.named("getUpdates")[:1]
    assert first["allowed_updates"] == ["message", "callback_query", "my_chat_member"]


async def test_an_update_is_confirmed_after_its_turn_is_committed_and_not_before(town: Town) -> None:
    """Of two that are under way the later one is done first: the earlier one is asked for on."""
    gate = asyncio.Event()

    class Held(InOrder):
        async def take(self, update: Update) -> None:
            if update.update_id == 500:
                await gate.wait()
            await super().take(update)

    town.fake.updates = [town.updates.message(chat, text="你好") for chat in (DING, LIN)]
    async with polling(town, Held(town.answers)):
        await until(lambda: len(town.fake.texts) == 1)
        await until(lambda: 500 in offsets(town.fake))
        assert [each["update_id"] for each in town.fake.updates] == [500, 501]
        assert max(offsets(town.fake)) <= 500
        gate.set()
        await until(lambda: len(town.fake.texts) == 2)
    assert town.fake.updates == []
    assert len(await said(town)) == 2


async def test_what_was_not_confirmed_before_a_crash_is_answered_once(town: Town) -> None:
    raw = town.updates.message(text="你好")
    await town.take(raw)
    async with town_of(town.linli) as again:
        again.fake.updates = [raw, town.updates.message(text="东湖社区几点开门")]
        async with polling(again):
            await until(lambda: len(again.fake.texts) == 1)
    assert len(await said(town)) == 2


async def test_a_slow_chat_does_not_hold_up_the_others(sqlite_town: Town) -> None:
    gate = asyncio.Event()

    async def slow(method: str) -> None:
        if method == "sendMessage" and sqlite_town.fake.named("sendMessage")[-1]["chat_id"] == str(DING):
            await gate.wait()

    sqlite_town.fake.meanwhile = slow
    sqlite_town.fake.updates = [sqlite_town.updates.message(DING, text="你好")]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
        sqlite_town.fake.updates.append(sqlite_town.updates.message(LIN, text="你好"))
        await until(lambda: len(sqlite_town.fake.texts) == 2)
        gate.set()


async def test_messages_of_a_chat_are_taken_in_their_order_and_chats_side_by_side(town: Town) -> None:
    begun: list[int] = []
    meeting = asyncio.Barrier(2)

    class Watched:
        async def take(self, update: Update) -> None:
            begun.append(update.update_id)
            if update.update_id in (500, 503):  # the first of each chat waits for that of the other
                await meeting.wait()
            await asyncio.sleep(0)
            begun.append(update.update_id)

    raws = [town.updates.message(DING, text=str(n)) for n in range(3)]
    raws += [town.updates.message(LIN, text=str(n)) for n in range(3)]
    in_order = InOrder(Watched())  # type: ignore[arg-type]
    updates = [update_of(raw) for raw in raws]
    await asyncio.gather(*(in_order.take(each) for each in updates))
    for chat in ([500, 501, 502], [503, 504, 505]):
        assert [n for n in begun if n in chat] == [n for each in chat for n in (each, each)]


async def test_no_more_chats_than_so_many_are_taken_at_once(sqlite_town: Town) -> None:
    now, most = 0, 0

    class Watched:
        async def take(self, update: Update) -> None:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0)
            now -= 1

    in_order = InOrder(Watched(), side_by_side=3)  # type: ignore[arg-type]
    updates = [update_of(sqlite_town.updates.message(chat, text="x")) for chat in range(1, 30)]
    await asyncio.gather(*(in_order.take(each) for each in updates))
    assert most == 3


async def test_an_update_that_nobody_can_read_does_not_stop_those_behind_it(
    sqlite_town: Town, stream: StringIO
) -> None:
    broken = {"update_id": 400, "message": {"text": "秘密"}}
    sqlite_town.fake.updates = [broken, sqlite_town.updates.message(text="你好")]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    assert sqlite_town.fake.updates == []
    told = [line for line in lines(stream) if line["event"] == "an update cannot be read"]
    assert told[0]["update"] == 400
    assert "秘密" not in stream.getvalue()


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


async def test_what_has_no_number_does_not_stop_what_is_fetched_with_it(sqlite_town: Town) -> None:
    odd: list[Any] = [5, None, [], {}, {"update_id": "7"}, {"update_id": 10**300}, {"update_id": 7}]
    good = sqlite_town.updates.message(text="你好")
    sqlite_town.fake.faults["getUpdates"] = [json.dumps({"ok": True, "result": [*odd, good]})]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    assert offsets(sqlite_town.fake)[-1] == good["update_id"] + 1


@pytest.mark.parametrize(
    ("fault", "pause_s"),
    [
        (refused(502, "Bad Gateway"), 1),
        (httpx.ConnectError("x"), 1),
        (refused(429, "x", retry_after=35), 35),
        (refused(409, "Conflict: webhook is active"), 60),
        (refused(401, "Unauthorized"), 60),
        ("{}", 1),
        ('{"ok": false, "description": "x"}', 1),
        ('{"ok": true, "result": 5}', 1),
        ("[" * 100_000, 1),
    ],
)
async def test_fetching_goes_on_after_a_pause(sqlite_town: Town, fault: Any, pause_s: int) -> None:
    began = sqlite_town.time.now
    sqlite_town.fake.faults["getUpdates"] = [fault]
    sqlite_town.fake.updates = [sqlite_town.updates.message(text="你好")]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    assert sqlite_town.time.now - began == pause_s


async def test_what_cannot_be_read_is_quoted_nowhere(sqlite_town: Town, stream: StringIO) -> None:
    """By itself python-telegram-bot writes it into the log."""
    sqlite_town.fake.faults["getUpdates"] = ["<html>秘密"]
    sqlite_town.fake.updates = [sqlite_town.updates.message(text="你好")]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    assert "updates were not fetched" in stream.getvalue()
    assert "秘密" not in stream.getvalue()


@asynccontextmanager
async def failing(url: str, sample: Sample, folder: Path, times: int) -> AsyncIterator[Town]:
    """Greetings cannot be committed so many times."""
    left = [times]

    def greets(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
        if left[0]:
            left[0] -= 1
            raise Mishap("nobody gets in")
        return greet(ask, dialogue, world)

    intents = {**INTENTS, "greet": Intent(greets)}
    async with opened(url) as database:
        linli = linli_over(database, sample, settings_for(url, folder), intents=intents)
        async with town_of(linli) as town:
            yield town


async def test_a_turn_that_is_not_committed_is_tried_again(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with failing(sample_url, sample, tmp_path, 2) as town:
        assert await town.say("你好") == [GREETED]
        assert len(await said(town)) == 1


async def test_who_cannot_be_heard_at_all_is_told_whom_to_call(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with failing(sample_url, sample, tmp_path, 3) as town:
        [answer] = await town.say("你好")
        assert answer != GREETED
        assert "12345" in answer
        assert await said(town) == []
        assert await town.say("你好") == [GREETED]


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
