"""Faults and limits of the Telegram of tests, as a real client meets them."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from telegram import Bot
from telegram.error import (
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)

from tests.telegram_client import client
from tests.telegram_peer import TelegramPeer, serving_telegram
from tests.telegram_refusals import (
    BAD_GATEWAY,
    BLOCKED,
    DEACTIVATED,
    Fault,
    Limiter,
    Page,
    Refused,
    Silence,
    flood,
    migrated,
)
from tests.web_visitor import until

# It says only that the type of `retry_after` will change one day.
pytestmark = pytest.mark.filterwarnings("ignore:.*retry_after:telegram.warnings.PTBDeprecationWarning")

WANG, LI, GROUP = 7, 8, -1001
SHORT = 0.2
"""The seconds after which a client gives up waiting for an answer that never comes."""


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with serving_telegram() as serving:
        for user in (WANG, LI):
            serving.meet(user)
        yield serving


@pytest_asyncio.fixture
async def bot(peer: TelegramPeer) -> AsyncIterator[Bot]:
    async with client(peer.url, peer.token) as connected:
        yield connected


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (BLOCKED, Forbidden, "blocked by the user"),
        (DEACTIVATED, Forbidden, "user is deactivated"),
        (flood(3), RetryAfter, "Retry in 3 seconds"),
        (BAD_GATEWAY, NetworkError, "Bad Gateway"),
        (Page.BAD_GATEWAY, NetworkError, "Parsing the server response"),
        (migrated(-1002), ChatMigrated, "-1002"),
    ],
)
async def test_a_fault_is_met_once_and_only_where_it_was_planned(
    peer: TelegramPeer, bot: Bot, fault: Fault, kind: type[TelegramError], words: str
) -> None:
    peer.faults.plan(fault, "sendMessage", chat=WANG)
    await bot.send_message(LI, "x")
    await bot.send_chat_action(WANG, "typing")
    with pytest.raises(kind, match=words):
        await bot.send_message(WANG, "x")
    assert peer.sent_to(WANG) == []
    await bot.send_message(WANG, "x")
    assert len(peer.sent_to(WANG)) == 1


@pytest.mark.parametrize(("fault", "sent"), [(Silence.NEVER_ARRIVED, 0), (Silence.NO_ANSWER, 1)])
async def test_silence_before_and_after_a_message_was_sent(
    peer: TelegramPeer, bot: Bot, fault: Silence, sent: int
) -> None:
    peer.faults.plan(fault, "sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(WANG, "x", read_timeout=SHORT)
    await until(lambda: peer.called("sendMessage") != [] and len(peer.sent_to(WANG)) == sent)
    await bot.send_message(WANG, "y")
    assert len(peer.sent_to(WANG)) == sent + 1
    assert [call.code for call in peer.called("sendMessage")] == [0, 200]


async def test_faults_of_any_method_leave_polling_alone(peer: TelegramPeer, bot: Bot) -> None:
    peer.faults.plan(BAD_GATEWAY, times=2)
    assert await bot.get_updates(timeout=0) == ()
    for _ in range(2):
        with pytest.raises(NetworkError):
            await bot.send_message(WANG, "x")
    peer.faults.plan(BAD_GATEWAY, "getUpdates")
    with pytest.raises(NetworkError):
        await bot.get_updates(timeout=0)
    peer.faults.plan(BLOCKED)
    peer.faults.clear()
    await bot.send_message(WANG, "x")


async def test_somebody_who_blocked_the_bot_stays_out_of_reach_until_they_start_it(
    peer: TelegramPeer, bot: Bot
) -> None:
    peer.block(WANG)
    for _ in range(2):
        with pytest.raises(Forbidden, match="blocked"):
            await bot.send_message(WANG, "x")
    peer.start(WANG)
    await bot.send_message(WANG, "x")
    peer.block(WANG)
    peer.unblock(WANG)
    await bot.send_message(WANG, "x")
    peer.deactivate(LI)
    with pytest.raises(Forbidden, match="deactivated"):
        await bot.send_message(LI, "x")


async def test_the_limit_is_met_by_a_client_as_telegram_answers_it() -> None:
    clock = Clock()
    async with serving_telegram(Limiter(clock)) as peer, client(peer.url, peer.token) as bot:
        peer.meet(WANG)
        sent = await bot.send_message(WANG, "x")
        await bot.send_chat_action(WANG, "typing")
        with pytest.raises(RetryAfter, match="Retry in 1 seconds"):
            await sent.edit_text("y")
        clock.now = 1.0
        await sent.edit_text("y")
        assert [call.code for call in peer.called("editMessageText")] == [429, 200]


def admitted(limiter: Limiter, chat: int) -> bool:
    try:
        limiter.admit(chat)
    except Refused:
        return False
    return True


def test_thirty_a_second_in_all() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert [admitted(limiter, user) for user in range(1, 41)] == [True] * 30 + [False] * 10
    clock.now = 0.99
    assert not admitted(limiter, 50)
    clock.now = 1.0
    assert admitted(limiter, 50)
    assert (limiter.passed, limiter.refused) == (31, 11)


def test_control_thirty_a_second_evenly_are_never_refused() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    for n in range(300):
        clock.now = n / 30
        assert admitted(limiter, 1 + n)


def test_one_a_second_to_a_person_and_twenty_a_minute_to_a_group() -> None:
    clock = Clock()
    limiter = Limiter(clock)
    assert [admitted(limiter, WANG) for _ in range(2)] == [True, False]
    assert admitted(limiter, LI)
    assert [admitted(limiter, GROUP) for _ in range(21)] == [True] * 20 + [False]
    clock.now = 1.0
    assert admitted(limiter, WANG)
    assert not admitted(limiter, GROUP)
    clock.now = 60.0
    assert admitted(limiter, GROUP)


def test_bursts_and_a_factor() -> None:
    clock = Clock()
    bursts = Limiter(clock, private=(3, 3.0))
    assert [admitted(bursts, WANG) for _ in range(4)] == [True] * 3 + [False]
    quick = Limiter(clock, factor=10)
    assert admitted(quick, WANG)
    clock.now = 0.1
    assert admitted(quick, WANG)
    assert not admitted(quick, WANG)


def test_who_comes_before_the_time_that_was_named_is_refused_again() -> None:
    """A quicker window would have room before the whole second that was told."""
    clock = Clock()
    limiter = Limiter(clock, factor=10)
    assert [admitted(limiter, WANG) for _ in range(2)] == [True, False]
    for clock.now in (0.5, 0.9):
        assert not admitted(limiter, WANG)
    clock.now = 1.0
    assert admitted(limiter, WANG)


async def test_a_client_that_waits_is_closed_with_the_peer(peer: TelegramPeer, bot: Bot) -> None:
    """Stopping the peer waits for nobody who was left in silence."""
    peer.faults.plan(Silence.NEVER_ARRIVED, "sendMessage")
    waiting = asyncio.create_task(bot.send_message(WANG, "x"))
    await until(lambda: peer.called("sendMessage") != [])
    peer.api.closing.set()
    with pytest.raises(NetworkError):
        await waiting
