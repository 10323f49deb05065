"""How updates reach the bot: polled until they are confirmed, or pushed until they are taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, MessageHandler, filters

from bot.web.server import make_server
from tests.telegram_client import client, request
from tests.telegram_peer import TelegramPeer, serving_telegram
from tests.web_visitor import until

WANG, LI = 7, 8
ADDRESS = "https://linli.example/telegram"


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with serving_telegram() as serving:
        yield serving


@pytest_asyncio.fixture
async def bot(peer: TelegramPeer) -> AsyncIterator[Bot]:
    async with client(peer.url, peer.token) as connected:
        yield connected


@dataclass
class Listener:
    """A webhook. It answers the `statuses` in turn, then 200; while `held` it takes its time."""

    statuses: list[int] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, request: Request) -> Response:
        self.heard.append(await request.json())
        self.headers.append(dict(request.headers))
        await self.free.wait()
        return Response(status_code=self.statuses.pop(0) if self.statuses else 200)


@asynccontextmanager
async def listening(peer: TelegramPeer) -> AsyncIterator[Listener]:
    listener = Listener()
    listener.free.set()
    app = Starlette(routes=[Route("/telegram", listener.hear, methods=["POST"])])
    app.state.closing = asyncio.Event()
    server = make_server(app, host="127.0.0.1", port=0)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        peer.updates.routes["https://linli.example"] = server.url()
        yield listener
    finally:
        listener.free.set()
        await peer.updates.close()
        server.should_exit = True
        await running


def texts(updates: tuple[Update, ...]) -> list[str | None]:
    return [each.message.text if each.message else None for each in updates]


async def test_what_was_not_confirmed_comes_again(peer: TelegramPeer, bot: Bot) -> None:
    for text in "abc":
        peer.say(WANG, text)
    first = await bot.get_updates(timeout=0)
    assert texts(first) == texts(await bot.get_updates(timeout=0)) == ["a", "b", "c"]
    assert texts(await bot.get_updates(offset=first[1].update_id, timeout=0)) == ["b", "c"]
    assert texts(await bot.get_updates(timeout=0, limit=1)) == ["b"]
    assert texts(await bot.get_updates(offset=-1, timeout=0)) == ["c"]
    assert await bot.get_updates(offset=first[2].update_id + 1, timeout=0) == ()
    assert await bot.get_updates(timeout=0) == ()


async def test_a_poll_waits_until_somebody_says_something(peer: TelegramPeer, bot: Bot) -> None:
    waiting = asyncio.create_task(bot.get_updates(timeout=15))
    await until(lambda: peer.updates.polls == 1)
    peer.say(WANG, "a")
    assert texts(await waiting) == ["a"]


async def test_a_duplicate_comes_again_though_it_was_confirmed(peer: TelegramPeer, bot: Bot) -> None:
    said = peer.say(WANG, "a")
    after = said["update_id"] + 1
    await bot.get_updates(timeout=0)
    assert await bot.get_updates(offset=after, timeout=0) == ()
    peer.duplicate(said)
    [again] = await bot.get_updates(offset=after, timeout=0)
    assert again.update_id == said["update_id"]
    assert await bot.get_updates(offset=after, timeout=0) == ()


async def test_kinds_that_were_not_asked_for_are_withheld(peer: TelegramPeer, bot: Bot) -> None:
    await bot.get_updates(timeout=0, allowed_updates=["message"])
    peer.block(WANG)
    peer.start(WANG)
    assert texts(await bot.get_updates(timeout=0)) == ["/start"]
    assert [sorted(each) for each in peer.updates.withheld] == [["my_chat_member", "update_id"]]
    await bot.get_updates(timeout=0, allowed_updates=[])
    peer.block(WANG)
    assert (await bot.get_updates(timeout=0))[-1].my_chat_member


async def test_a_second_poll_ends_the_first(peer: TelegramPeer, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=15))
    await until(lambda: peer.updates.polls == 1)
    async with client(peer.url, peer.token) as other:
        assert await other.get_updates(timeout=0) == ()
    with pytest.raises(Conflict, match="other getUpdates"):
        await first


async def test_polling_and_a_webhook_exclude_each_other(peer: TelegramPeer, bot: Bot) -> None:
    await bot.set_webhook(ADDRESS)
    assert (await bot.get_webhook_info()).url == ADDRESS
    with pytest.raises(Conflict, match="webhook is active"):
        await bot.get_updates(timeout=0)
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


@pytest.mark.parametrize(
    ("url", "secret", "words"),
    [
        ("http://linli.example/telegram", "s", "https url"),
        ("https://linli.example:8080/telegram", "s", "only on ports"),
        (ADDRESS, "a b", "unallowed characters"),
        (ADDRESS, "s" * 257, "too long"),
    ],
)
async def test_webhooks_that_telegram_refuses(bot: Bot, url: str, secret: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.set_webhook(url, secret_token=secret)


async def test_a_push_carries_the_secret_and_is_tried_until_it_is_taken(peer: TelegramPeer, bot: Bot) -> None:
    async with listening(peer) as listener:
        listener.statuses = [500, 403]
        await bot.set_webhook(ADDRESS, secret_token="s3cret")
        said = peer.say(WANG, "a")
        await until(lambda: not peer.updates.pending)
        assert listener.heard == [said] * 3
        assert [each.status for each in peer.updates.pushes] == [500, 403, 200]
        assert {each["x-telegram-bot-api-secret-token"] for each in listener.headers} == {"s3cret"}
        assert {each["content-type"] for each in listener.headers} == {"application/json"}
        peer.duplicate(said)
        await until(lambda: not peer.updates.pending)
        assert listener.heard == [said] * 4


async def test_control_without_a_secret_there_is_no_header(peer: TelegramPeer, bot: Bot) -> None:
    async with listening(peer) as listener:
        await bot.set_webhook(ADDRESS)
        peer.say(WANG, "a")
        await until(lambda: not peer.updates.pending)
        assert "x-telegram-bot-api-secret-token" not in listener.headers[0]


async def test_one_chat_is_pushed_in_order_and_different_ones_at_once(peer: TelegramPeer, bot: Bot) -> None:
    async with listening(peer) as listener:
        listener.free.clear()
        await bot.set_webhook(ADDRESS)
        first, second, other = peer.say(WANG, "a"), peer.say(WANG, "b"), peer.say(LI, "c")
        await until(lambda: len(listener.heard) == 2)
        assert sorted(each["update_id"] for each in listener.heard) == [
            first["update_id"],
            other["update_id"],
        ]
        listener.free.set()
        await until(lambda: not peer.updates.pending)
        assert listener.heard[2] == second


async def test_a_webhook_that_nobody_answers_keeps_what_is_pending(peer: TelegramPeer, bot: Bot) -> None:
    await bot.set_webhook(ADDRESS)
    peer.say(WANG, "a")
    await until(lambda: len(peer.updates.pushes) >= 2)
    assert {each.status for each in peer.updates.pushes} == {0}
    await bot.delete_webhook()
    assert texts(await bot.get_updates(timeout=0)) == ["a"]
    await bot.set_webhook(ADDRESS, drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_a_polling_application_answers(peer: TelegramPeer) -> None:
    async def echo(update: Update, _: Any) -> None:
        assert update.message is not None
        await update.message.reply_text(f"<i>{update.message.text}</i>", parse_mode="HTML")

    builder = ApplicationBuilder().token(peer.token).base_url(peer.base_url).base_file_url(peer.base_file_url)
    app = builder.request(request(20)).get_updates_request(request(20)).build()
    app.add_handler(MessageHandler(filters.TEXT, echo))
    async with app:
        assert app.updater is not None
        await app.updater.start_polling(timeout=10)
        await app.start()
        peer.say(WANG, "你好")
        await until(lambda: peer.sent_to(WANG) != [])
        await app.updater.stop()
        await app.stop()
    assert peer.sent_to(WANG)[0].plain == "你好"
    assert peer.updates.pending == []
