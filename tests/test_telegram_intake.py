"""How updates come in: none is lost or answered twice, those of a chat in order, pushed by nobody else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from telegram import Update

from bot.channels.telegram.intake import InOrder, Polling
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.talk import greet
from handlers.world import Outcome, World
from tests.engines import opened
from tests.sample import Mishap, Sample, linli_over, rows_of, settings_for
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


async def test_what_waits_for_its_turn_at_the_end_is_left_and_comes_again(town: Town) -> None:
    """Three of one chat, and a gate before the first answer: who stops waits for that one alone."""
    gate = asyncio.Event()

    async def held(method: str) -> None:
        if method == "sendMessage":
            await gate.wait()

    town.fake.meanwhile = held
    town.fake.updates = [town.updates.message(text="你好") for _ in range(3)]
    fetching = Polling(town.bot, town.in_order, wait_s=0, sleep=town.time.wait)
    running = asyncio.create_task(fetching.run())
    await until(lambda: len(town.fake.texts) == 1)
    running.cancel()
    await asyncio.wait({running})
    finishing = asyncio.create_task(fetching.finish())
    await asyncio.sleep(0)
    gate.set()
    await finishing
    assert [each["update_id"] for each in town.fake.updates] == [501, 502]
    assert len(await said(town)) == len(town.fake.texts) == 1
    async with polling(town):
        await until(lambda: len(town.fake.texts) == 3)
    assert len(await said(town)) == 3


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


@pytest.mark.parametrize(
    "answer",
    [
        '{"ok": true}', '{"ok": true, "result": null}', '{"ok": true, "result": true}', '{"ok": false}',
        '{"ok": true, "result": {"update_id": 1}}', '{"ok": true, "result": [1]}',
        '{"ok": true, "result": [{"message": {}}]}', '{"ok": true, "result": [{"update_id": "1"}]}',
    ],
)  # fmt: skip
async def test_fetching_goes_on_after_an_answer_that_is_none(
    sqlite_town: Town, answer: str, stream: StringIO
) -> None:
    """A relay before Telegram may say anything."""
    sqlite_town.fake.faults["getUpdates"] = [answer]
    sqlite_town.fake.updates = [sqlite_town.updates.message(text="你好")]
    async with polling(sqlite_town):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    assert "updates were not fetched" in stream.getvalue()


async def test_fetching_goes_on_whatever_happens(sqlite_town: Town, stream: StringIO) -> None:
    """What nobody thought of is told by its type and place."""

    class Odd(InOrder):
        def take(self, update: Update) -> Any:
            if not offsets(sqlite_town.fake)[1:]:
                raise RuntimeError("秘密")
            return super().take(update)

    sqlite_town.fake.updates = [sqlite_town.updates.message(text="你好")]
    async with polling(sqlite_town, Odd(sqlite_town.answers)):
        await until(lambda: len(sqlite_town.fake.texts) == 1)
    [told] = [line for line in lines(stream) if line["event"] == "updates were not fetched"]
    assert str(told["error"]).startswith("RuntimeError < ")
    assert "秘密" not in stream.getvalue()


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
