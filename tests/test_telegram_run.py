"""Linli with a bot against a Telegram by other hands, aiogram's models and teremok's rules, over sockets."""

import asyncio
import threading
from argparse import Namespace
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, ExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from starlette.applications import Starlette
from telegram.error import BadRequest

from bot.channels.telegram.account import Account, open_bot, open_telegram
from bot.channels.telegram.console import set_up
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.wording import Letter, letters_of
from bot.clock import Clock
from bot.linli import Linli
from bot.schedule import timetable
from bot.serve import outbox_jobs, outbox_worker
from bot.settings import Settings
from bot.web.server import make_server
from messages.render import Rendered, Renderer
from messages.view_parts import Choice
from storage.database import Database
from storage.statements import statement
from tests.cli import environment
from tests.engines import opened
from tests.photo_talk import kept
from tests.photos import jpeg
from tests.sample import NOW, Sample, linli_over, rows_of, settings_for
from tests.telegram_chats import Sent
from tests.telegram_peer import TelegramPeer, serving_telegram
from tests.telegram_refusals import BAD_GATEWAY, BLOCKED, flood
from tests.telegram_town import Hurrying
from tests.test_render import variants
from tests.test_run import PATIENCE_S, Running, running
from tests.test_telegram_console import SECRET
from tests.web_visitor import until

DING, LIN, GROUP = 7, 8, -1001
TIMES = 100
SENT = statement("test.sent", "SELECT COUNT(*) AS sent FROM outbox WHERE state = 'sent'")


class Street:
    """Residents of a peer, and Linli behind its bot."""

    def __init__(self, peer: TelegramPeer, linli: Linli) -> None:
        self.peer = peer
        self.linli = linli
        self._seen: Counter[int] = Counter()

    async def answers(self, chat: int, more: int = 1) -> list[Sent]:
        """Wait until so many stand there beyond those that were seen."""
        seen = self._seen[chat]
        await until(lambda: len(self.peer.sent_to(chat)) >= seen + more)
        self._seen[chat] += more
        return self.peer.sent_to(chat)[seen : seen + more]

    async def say(self, text: str, chat: int = DING, more: int = 1) -> Sent:
        self.peer.say(chat, text)
        return (await self.answers(chat, more))[-1]

    async def heard(self) -> int:
        return len((await rows_of(self.linli.database, "inbox"))["inbox"])


def hurrying() -> Clock:
    """A clock that goes on from the usual moment, somewhat quicker; a lease still outlasts its sending."""
    began = monotonic()

    def now() -> datetime:
        return NOW + timedelta(seconds=4 * (monotonic() - began))

    return now


def told(peer: TelegramPeer, **more: object) -> dict[str, Any]:
    return {
        "telegram_token": peer.token,
        "telegram_api": peer.url,
        "telegram_times": TIMES,  # the peer has no limits, and nobody waits for a second to pass
        "public_url": "https://linli.example",
        **more,
    }


def beating(linli: Linli, account: Account) -> AbstractAsyncContextManager[object]:
    """The outbox of `linli run`, without its other jobs."""
    return timetable(linli, outbox_jobs(linli, outbox_worker(linli, {"telegram": account.deliver})))


@asynccontextmanager
async def street_of(
    peer: TelegramPeer, sample: Sample, linli: Linli, folder: Path, **more: object
) -> AsyncIterator[tuple[Street, Account]]:
    url = linli.settings.database_url
    given = settings_for(url, folder, **told(peer, **more))
    ours = linli_over(linli.database, sample, given, clock=hurrying())
    async with open_telegram(ours) as account, beating(ours, account):
        yield Street(peer, ours), account


@pytest.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with serving_telegram() as serving:
        for chat in (DING, LIN):
            serving.meet(chat, language_code="zh-hans")
        yield serving


@pytest.fixture
async def street(peer: TelegramPeer, sample: Sample, linli: Linli, tmp_path: Path) -> AsyncIterator[Street]:
    async with street_of(peer, sample, linli, tmp_path) as (street, _):
        yield street


async def test_what_is_written_is_answered(street: Street) -> None:
    assert "东湖社区" in (await street.say("东湖社区几点开门")).plain


async def test_a_button_is_answered_and_put_away(street: Street) -> None:
    question = await street.say("我要投诉")
    label = question.buttons[0]["text"]
    street.peer.press(DING, question, label)
    await street.answers(DING)
    await until(lambda: street.peer.sent_to(DING)[0].edits == 1)
    assert street.peer.answers[0][0].startswith("Q")
    [edited, *_] = street.peer.sent_to(DING)
    assert edited.buttons == []
    assert edited.plain.endswith(label.partition(". ")[2])


async def test_a_door_s_link_a_place_and_a_photo(street: Street) -> None:
    street.peer.start(DING, "door_FZ002")
    [asked] = await street.answers(DING)
    assert "东湖社区" in asked.plain
    *_, question = [await street.say("最近的老年食堂", more=2)]
    assert question.buttons[0]["request_location"]
    street.peer.share_location(DING, 24.9, 118.6)
    assert "食堂" in (await street.answers(DING))[0].plain
    for said in ("东湖社区邻里中心", "我要投诉", "登记投诉", "书法班的桌子坏了", "就这样写", "发照片"):
        await street.say(said)
    street.peer.send_photo(DING, jpeg())
    await street.answers(DING)
    assert len(await kept(street.linli)) == 1


async def test_a_group_is_led_to_the_chat_alone(street: Street) -> None:
    street.peer.in_group(GROUP, DING, "/help")
    [answer] = await street.answers(GROUP)
    assert "t.me/" in answer.text
    assert await street.heard() == 0


async def test_what_comes_twice_or_out_of_order_is_answered_once(street: Street) -> None:
    first = street.peer.say(DING, "你好")
    await street.answers(DING)
    street.peer.duplicate(first)
    await street.say("东湖社区几点开门")
    street.peer.duplicate(first)
    await street.say("你好", LIN)
    assert await street.heard() == 3
    assert len(street.peer.sent_to(DING)) == 2


@pytest.mark.parametrize("fault", [BAD_GATEWAY, flood(1)])
async def test_an_answer_that_telegram_does_not_take_at_once_arrives_once(street: Street, fault: Any) -> None:
    street.peer.faults.plan(fault, "sendMessage")
    await street.say("你好")
    assert len(street.peer.sent_to(DING)) == 1


async def test_who_blocked_the_bot_is_sent_nothing_and_others_are(street: Street) -> None:
    street.peer.faults.plan(BLOCKED, "sendMessage", chat=DING)
    street.peer.say(DING, "你好")
    await street.say("你好", LIN)
    await until(lambda: len(street.peer.called("sendMessage")) == 2)
    assert street.peer.sent_to(DING) == []


async def test_a_webhook_takes_what_telegram_pushes_and_nothing_else(
    peer: TelegramPeer, sample: Sample, linli: Linli, tmp_path: Path
) -> None:
    async with street_of(peer, sample, linli, tmp_path, telegram_secret=SECRET) as (street, account):
        app = Starlette(routes=account.routes)
        app.state.closing = asyncio.Event()
        server = make_server(app, host="127.0.0.1", port=0)
        serving = asyncio.create_task(server.serve())
        await until(lambda: server.started or serving.done())
        peer.updates.routes["https://linli.example"] = server.url()
        try:
            assert await set_up(street.linli.settings, Namespace()) == 0
            assert "东湖社区" in (await street.say("东湖社区几点开门")).plain
            await until(lambda: bool(peer.updates.pushes))
            assert [push.status for push in peer.updates.pushes] == [200]
            assert peer.updates.polls == 0
        finally:
            server.should_exit = True
            await serving


async def test_what_was_written_while_nobody_ran_is_answered_at_the_next_start(
    peer: TelegramPeer, sample: Sample, linli: Linli, tmp_path: Path
) -> None:
    peer.say(DING, "东湖社区几点开门")
    for _ in range(2):
        async with street_of(peer, sample, linli, tmp_path) as _:
            await until(lambda: len(peer.sent_to(DING)) == 1)
    assert len((await rows_of(linli.database, "inbox"))["inbox"]) == 1
    assert peer.updates.pending == []


async def test_every_view_is_taken_by_a_telegram_by_other_hands(peer: TelegramPeer) -> None:
    """Each is sent as it is; nothing is refused: HTML, lengths, buttons."""
    async with outgoing_to(peer) as outgoing:
        renderer = Renderer()
        for view in [each.values[0] if hasattr(each, "values") else each for each in variants()][::7]:
            for letter in letters_of(1, renderer.render(view, "zh"), "https://linli.example"):
                await outgoing.send(DING, letter)


@asynccontextmanager
async def outgoing_to(peer: TelegramPeer) -> AsyncIterator[Outgoing]:
    given = {"telegram_token": peer.token, "telegram_api": peer.url}
    time = Hurrying()
    async with open_bot(Settings.model_validate(given)) as bot:
        yield Outgoing(bot, Pace(30, time.seconds, time.wait))


@pytest.mark.parametrize(
    "text", ["<b>丁", "a & b &lt; c", "</a><a href='x'>", "&#0;", "😀" * 4000, "&" * 3000]
)
async def test_what_somebody_is_called_is_shown_as_it_is(peer: TelegramPeer, text: str) -> None:
    rendered = Rendered("zh", f"您好，{text}。", (Choice(text[:60], "/help"),), None, False)
    async with outgoing_to(peer) as outgoing:
        for letter in letters_of(1, rendered, None):
            await outgoing.send(DING, letter)
    sent = peer.sent_to(DING)
    assert "".join(each.plain for each in sent) == f"您好，{text}。"
    assert sent[-1].buttons[0]["text"] == f"1. {text[:60]}"


async def test_a_telegram_by_other_hands_refuses_what_is_not_escaped(peer: TelegramPeer) -> None:
    """The control of the two above."""
    async with outgoing_to(peer) as outgoing:
        for html in ("<b>丁", "a & b", "x" * 4097):
            with pytest.raises(BadRequest):
                await outgoing.send(DING, Letter(html))


async def asked(peer: TelegramPeer, text: str, is_answered: Callable[[list[str]], bool]) -> str:
    """What the process answers, while the loop of this test serves its Telegram."""
    peer.say(DING, text)
    async with asyncio.timeout(PATIENCE_S):
        while not is_answered(read(peer)):
            await asyncio.to_thread(threading.Event().wait, 0.05)
    return read(peer)[-1]


def greeted_before(answers: list[str]) -> bool:
    """Whether something was answered after the greeting."""
    return any("小助手" in each for each in answers[:-1])


def read(peer: TelegramPeer) -> list[str]:
    return [each.plain for each in peer.sent_to(DING)]


async def test_a_killed_process_is_followed_by_one_that_goes_on(
    peer: TelegramPeer, sample: Sample, tmp_path: Path
) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    named = {"TOKEN": peer.token, "API": peer.url, "TIMES": str(TIMES)}
    env = environment(url, tmp_path, **{f"LINLI_TELEGRAM_{name}": value for name, value in named.items()})
    async with in_thread(env) as first:
        assert "东湖社区" in await asked(peer, "东湖社区几点开门", bool)
        await is_noted_as_sent(url)
        first.process.kill()
    peer.say(DING, "你好")
    async with in_thread(env) as second:
        assert "电话" in await asked(peer, "电话多少", greeted_before)
        code, logged = await asyncio.to_thread(second.stop)
    assert code == 0
    opening, greeting, phone = read(peer)  # each once: nothing was on its way as the first was killed
    assert "东湖社区" in opening
    assert "小助手" in greeting
    assert "电话" in phone
    for secret in (peer.token, "东湖", "电话多少"):
        assert secret not in logged


async def is_noted_as_sent(url: str) -> None:
    """Wait until the process knows that its answer arrived; before, the next one would send it again."""
    async with opened(url) as database, asyncio.timeout(PATIENCE_S):
        while await sent_in(database) == 0:
            await asyncio.to_thread(threading.Event().wait, 0.05)


async def sent_in(database: Database) -> int:
    async with database.read(snapshot=False) as tx:
        return int(await tx.value(SENT))


@asynccontextmanager
async def in_thread(env: dict[str, str]) -> AsyncIterator[Running]:
    """`linli run`, waited for beside the loop, in which its Telegram is."""
    stack = ExitStack()
    try:
        yield await asyncio.to_thread(stack.enter_context, running(env))
    finally:
        await asyncio.to_thread(stack.close)
