"""From the outbox to WeChat: within what it allows, else with the next answer; every error has its end."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from io import StringIO

import pytest

from bot.channels.wechat.pushes import Pushes
from bot.dispatch import Dispatcher
from bot.linli import Linli
from messages.calendar import SHANGHAI
from tests.sample import NOW, rows_of
from tests.test_logs import lines, stream
from tests.test_wechat_mishaps import flaky
from tests.test_wechat_pages import HERE, plain, tell, waiting, wordy
from tests.wechat_api import FakeApi, at_once, serving_api
from tests.wechat_follower import Follower, following, route_over

__all__ = ["stream", "wordy"]
TOLD = "好，我记住您在东湖社区附近了"


class Town:
    """A Linli with an account that may push, one follower, and the time in hand."""

    def __init__(self, linli: Linli, fake: FakeApi, pushes: Pushes, ding: Follower) -> None:
        self.linli, self.fake, self.pushes, self.ding = linli, fake, pushes, ding
        self.now = NOW
        linli.clock = lambda: self.now
        self._whole = linli.database

    async def deliver(self, times: int = 10, *, patience_s: float = 20) -> int:
        """How many of what is due were sent."""
        channels = {"wechat": self.pushes.deliver}
        # WeChat's channel lets no message wait for its turn: all of a delivery has to end in this time.
        worker = Dispatcher(self._whole, channels, chance=lambda: 0.5, wait_s=patience_s)
        return sum([await worker.run(self.now) for _ in range(times)])

    async def allowed(self) -> list[int]:
        """How many may still be pushed, for each window."""
        rows = (await rows_of(self.linli.database, "wechat_window"))["wechat_window"]
        return [left for left in range(6) for row in rows if f"'pushes_left': {left}," in row]

    async def states(self) -> list[str]:
        rows = (await rows_of(self.linli.database, "outbox"))["outbox"]
        return [state for state in ("waiting", "dead", "expired") for row in rows if f"'{state}'" in row]


@pytest.fixture
async def town(wordy: Linli) -> AsyncIterator[Town]:
    fake = FakeApi()
    async with serving_api(fake) as api:
        pushes = Pushes(wordy, api)
        async with following(route_over(wordy, can_push=lambda: pushes.is_on)) as ding:
            yield Town(wordy, fake, pushes, ding)


async def test_five_are_pushed_for_each_message_and_not_one_more(town: Town) -> None:
    await town.ding.say("你好")
    await tell(town.linli, times=7)
    assert await town.deliver() == 5
    assert await waiting(town.linli) == 2
    assert all(text.startswith(TOLD) for text in town.fake.texts)
    assert await town.ding.say("东湖社区几点开门")
    assert await waiting(town.linli) == 0
    await tell(town.linli)
    assert await town.deliver() == 1
    assert len(town.fake.asked) == 6


async def test_three_are_pushed_for_a_tap_within_a_minute(town: Town) -> None:
    await town.ding.event("CLICK", EventKey="/help")
    await tell(town.linli, times=4)
    assert await town.deliver() == 3
    await town.ding.event("SCAN", EventKey="x")
    await tell(town.linli)
    town.now += timedelta(seconds=60)
    assert await town.deliver() == 0


@pytest.mark.parametrize(("hours", "sent"), [(47.9, 1), (48, 0)])
async def test_after_two_days_of_silence_nothing_is_pushed(town: Town, hours: float, sent: int) -> None:
    await town.ding.say("你好")
    town.now += timedelta(hours=hours)
    await tell(town.linli, due=town.now)
    assert await town.deliver() == sent


async def test_a_message_that_comes_twice_allows_no_more(town: Town) -> None:
    await town.ding.say("你好", id="7")
    await tell(town.linli, times=6)
    assert await town.deliver() == 5
    town.now += timedelta(minutes=10)
    await town.ding.say("你好", id="7")
    await tell(town.linli, due=town.now)
    assert await town.deliver() == 0


async def test_who_left_is_pushed_nothing(town: Town) -> None:
    await town.ding.say("你好")
    await town.ding.event("unsubscribe")
    await tell(town.linli)
    assert await town.deliver() == 0
    assert town.fake.asked == []


@pytest.mark.parametrize(
    ("code", "state", "left"),
    [
        (-1, "waiting", 5),
        (45011, "waiting", 5),
        (45009, "waiting", 5),
        (40164, "waiting", 5),
        (40243, "waiting", 5),
        (48001, "waiting", 5),
        (40200, "waiting", 5),
        (12345, "waiting", 5),
        (45015, "waiting", 0),
        (45047, "waiting", 0),
        (48002, "waiting", 0),
        (43004, "dead", 5),
        (40003, "dead", 5),
        (43019, "dead", 5),
        (45002, "dead", 5),
        (40033, "dead", 5),
    ],
)
async def test_each_error_has_its_end(town: Town, code: int, state: str, left: int) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": code, "errmsg": "x"}]
    await tell(town.linli)
    assert await town.deliver(1) == 0
    assert await town.states() == [state]
    assert await town.allowed() == ([left] if left else [])


async def test_a_busy_wechat_is_asked_again_and_the_message_arrives_once(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": -1, "errmsg": "busy"}, "<html>", {"errcode": 42001, "errmsg": "x"}]
    await tell(town.linli)
    for _ in range(3):
        await town.deliver(1)
        town.now += timedelta(minutes=1)
    assert await town.states() == []
    assert len(town.fake.texts) == 4
    assert [token for _, token, _ in town.fake.asked] == ["T1", "T1", "T1", "T2"]


async def test_a_closed_window_opens_with_the_next_message_which_brings_what_waited(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": 45015, "errmsg": "out of time"}]
    await tell(town.linli)
    assert await town.deliver() == 0
    assert (await town.ding.say("东湖社区几点开门")).startswith(TOLD)
    assert await waiting(town.linli) == 0


async def test_when_the_quota_of_the_day_is_used_up_nothing_is_asked_before_midnight(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": 45009, "errmsg": "x"}]
    await tell(town.linli)
    assert await town.deliver() == 0
    town.now = datetime(2026, 11, 25, 23, 59, tzinfo=SHANGHAI)
    assert await town.deliver() == 0
    assert len(town.fake.asked) == 1
    town.now = datetime(2026, 11, 26, 0, 5, tzinfo=SHANGHAI)
    assert await town.deliver() == 1


async def test_an_account_that_may_not_push_only_answers_from_then_on(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": 48001, "errmsg": "x"}]
    await tell(town.linli)
    assert await town.deliver() == 0
    assert not town.pushes.is_on
    town.now += timedelta(minutes=1)
    assert await town.deliver() == 0
    assert len(town.fake.asked) == 1
    assert (await town.ding.say("东湖社区几点开门")).startswith(TOLD)


async def test_a_digit_means_what_was_pushed(town: Town) -> None:
    await town.ding.say("东湖社区几点开门")
    await tell(town.linli)
    assert await town.deliver() == 1
    assert "1. " in town.fake.texts[0]
    assert HERE.choices[0].say == "/help"
    assert plain(await town.ding.say("1")) == plain(await town.ding.say("/help"))


async def test_nobody_whose_conversation_is_not_there_is_pushed_anything(town: Town) -> None:
    await tell(town.linli, to="oLin")
    assert await town.deliver() == 0
    assert town.fake.asked == []


async def test_what_was_not_sent_uses_up_nothing_of_what_is_allowed(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = ["<html>"] * 6
    await tell(town.linli)
    for _ in range(6):
        assert await town.deliver(1) == 0
        town.now += timedelta(minutes=10)
    assert await town.allowed() == [5]
    assert await town.deliver(1) == 1
    assert await town.allowed() == [4]


async def test_who_writes_while_a_push_fails_is_allowed_five_and_not_six(town: Town) -> None:
    await town.ding.say("你好")
    await tell(town.linli)

    async def writes() -> None:
        town.fake.meanwhile = at_once
        await town.ding.say("东湖社区几点开门")

    town.fake.meanwhile, town.fake.answers = writes, ["<html>"]
    assert await town.deliver(1) == 0
    assert await town.allowed() == [5]


@pytest.mark.parametrize("code", [45015, 45047])
async def test_who_writes_while_a_push_is_refused_keeps_the_new_window(town: Town, code: int) -> None:
    await town.ding.say("你好")
    await tell(town.linli)

    async def writes() -> None:
        town.fake.meanwhile = at_once
        await town.ding.say("东湖社区几点开门")

    town.fake.meanwhile, town.fake.answers = writes, [{"errcode": code, "errmsg": "x"}]
    assert await town.deliver(1) == 0
    assert await town.allowed() == [5]


async def test_who_waits_too_long_for_wechat_has_sent_nothing_either(town: Town) -> None:
    never = asyncio.Event()

    async def hangs() -> None:
        await never.wait()

    await town.ding.say("你好")
    await tell(town.linli)
    town.fake.meanwhile = hangs
    assert await town.deliver(1, patience_s=0.2) == 0
    never.set()
    assert await town.states() == ["waiting"]
    assert await town.allowed() == [5]
    assert (await rows_of(town.linli.database, "wechat_shown"))["wechat_shown"] == []


async def test_what_was_sent_is_not_sent_again_because_nothing_can_be_noted(town: Town) -> None:
    await town.ding.say("你好")
    await tell(town.linli)
    database = flaky(town.linli)

    async def breaks() -> None:
        database.is_busy = True

    town.fake.meanwhile = breaks
    assert await town.deliver(1) == 1
    town.now += timedelta(hours=1)
    assert await town.deliver() == 0
    assert len(town.fake.texts) == 1


@pytest.mark.parametrize(
    ("code", "outcome", "told"),
    [
        (45002, "fault", 1),
        (40033, "fault", 1),
        (12345, "operator", 1),
        (45009, "quota", 1),
        (48001, "not allowed", 1),
        (-1, "later", 0),
        (45015, "window", 0),
        (43004, "unreachable", 0),
    ],
)
async def test_what_the_operator_can_mend_is_told_without_a_word_of_it(
    town: Town, stream: StringIO, code: int, outcome: str, told: int
) -> None:
    await town.ding.say("你好")
    town.fake.answers = [{"errcode": code, "errmsg": f"{TOLD} rid: 6a-7b"}]
    await tell(town.linli)
    await town.deliver(1)
    events = [line for line in lines(stream) if line["event"] == "WeChat did not take a message"]
    assert [(line["outcome"], line["answered"]) for line in events] == [(outcome, f"{code} 6a-7b")] * told
    assert "东湖" not in stream.getvalue()
    figures = town.linli.metrics.text().decode()
    assert f'linli_pushes_total{{channel="wechat",outcome="{outcome}"}} 1.0' in figures


async def test_pushes_are_counted(town: Town) -> None:
    await town.ding.say("你好")
    town.fake.answers = ["<html>"]
    await tell(town.linli)
    await town.deliver(1)
    town.now += timedelta(minutes=1)
    await town.deliver(1)
    figures = town.linli.metrics.text().decode()
    for outcome in ("no answer", "sent"):
        assert f'linli_pushes_total{{channel="wechat",outcome="{outcome}"}} 1.0' in figures
