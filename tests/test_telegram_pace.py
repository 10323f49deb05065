"""How fast messages go out, in a time of its own: what Telegram allows is used and never gone beyond."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from itertools import pairwise
from random import Random

import pytest

from bot.channels.telegram.pace import MANY, ON_THEIR_WAY, Pace
from tests.soak.broadcast import Limits
from tests.telegram_refusals import Limiter, Refused
from tests.telegram_town import VirtualTime


class Line:
    """Callers of a pace, and when what each of them sent arrived."""

    def __init__(
        self,
        time: VirtualTime,
        per_second: int = 30,
        *,
        late_s: float = 0.0,
        ways_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`ways_s` is how long a message is on its way, there and back."""
        self.time = time
        self.late_s = late_s
        self.ways_s = ways_s
        self.pace = Pace(per_second, time.seconds, self._sleep)
        self.sent: list[tuple[float, int, bool]] = []

    async def _sleep(self, seconds: float) -> None:
        """A busy computer wakes late."""
        await self.time.wait(seconds + self.late_s)

    async def send(self, chat: int, times: int = 1, *, urgent: bool = False) -> None:
        for _ in range(times):
            async with self.pace.message(chat, urgent=urgent):
                there, back = self.ways_s(), self.ways_s()
                if there:
                    await self.time.wait(there)
                self.sent.append((self.time.now, chat, urgent))
                if back:
                    await self.time.wait(back)

    @property
    def times(self) -> list[float]:
        return [at for at, _, _ in self.sent]

    def most_in(self, window_s: float) -> int:
        times = sorted(self.times)
        return max(sum(1 for at in times if first <= at < first + window_s - 1e-9) for first in times)


@pytest.mark.parametrize("late_s", [0.0, 0.003, 0.02])
async def test_the_allowance_is_used_and_never_gone_beyond(late_s: float) -> None:
    time = VirtualTime()
    line = Line(time, late_s=late_s)
    began = time.now
    await time.pass_while(asyncio.gather(*(line.send(chat) for chat in range(1, 601))))
    assert len(line.sent) == 600
    assert line.most_in(1.0) <= 30
    assert 600 / (time.now - began) >= 0.95 * 30


@pytest.mark.parametrize(("least_s", "more_s"), [(0.002, 0.02), (0.15, 0.03), (0.5, 0.01), (0.02, 0.4)])
async def test_a_line_that_wavers_brings_no_more_at_once_and_one_that_is_long_no_fewer(
    least_s: float, more_s: float
) -> None:
    chance = Random(7)
    time = VirtualTime()
    line = Line(time, ways_s=lambda: least_s + more_s * chance.random())
    await time.pass_while(asyncio.gather(*(line.send(chat % 400, 1) for chat in range(1, 601))))
    assert line.most_in(1.0) <= 30
    settled = [at for at in line.times if at > 1_002]
    if more_s < 0.05:
        assert len(settled) / (max(settled) - 1_002) >= 0.95 * 30


class Way:
    """To a Telegram that keeps its limits over every window, and back; each way takes its time."""

    def __init__(self, time: VirtualTime, longest_s: float) -> None:
        self.time = time
        self.pace = Pace(30, time.seconds, time.wait)
        self.limiter = Limiter(time.seconds)
        self._chance, self._longest_s = Random(7), longest_s

    async def send(self, chat: int, *, heeds_answer: bool = True) -> None:
        async with self.pace.message(chat, urgent=False):
            if heeds_answer:
                await self._go()
        if not heeds_answer:
            await self._go()

    async def _go(self) -> None:
        """A fifth of a second both ways, and something more."""
        await self.time.wait(0.1 + self._chance.uniform(0, self._longest_s))
        with suppress(Refused):
            self.limiter.admit(chat=self.limiter.passed + 1)
        await self.time.wait(0.1 + self._chance.uniform(0, self._longest_s))


@pytest.mark.parametrize(("longest_s", "least"), [(0.02, 0.95), (0.3, 0.5)])
async def test_no_delay_on_the_way_brings_a_429(longest_s: float, least: float) -> None:
    time = VirtualTime()
    way = Way(time, longest_s)
    began = time.now
    await time.pass_while(asyncio.gather(*(way.send(chat) for chat in range(1, 601))))
    assert (way.limiter.passed, way.limiter.refused) == (600, 0)
    assert 600 / (time.now - began) >= least * 30


async def test_delays_would_bring_a_429_to_who_does_not_heed_the_answers() -> None:
    """The control: messages at their distance when they go out are not when they arrive."""
    time = VirtualTime()
    way = Way(time, 0.3)
    await time.pass_while(asyncio.gather(*(way.send(chat, heeds_answer=False) for chat in range(1, 601))))
    assert way.limiter.refused > 0


async def test_so_many_are_on_their_way_at_once() -> None:
    time = VirtualTime()
    pace = Pace(30, time.seconds, time.wait, times=100)
    under_way, most = 0, 0

    async def send(chat: int) -> None:
        nonlocal under_way, most
        async with pace.message(chat, urgent=False):
            under_way += 1
            most = max(most, under_way)
            await time.wait(1)
            under_way -= 1

    await time.pass_while(asyncio.gather(*(send(chat) for chat in range(1, 201))))
    assert most == ON_THEIR_WAY


async def test_where_more_is_allowed_everything_is_so_many_times_quicker() -> None:
    time = VirtualTime()
    pace, limiter = Pace(30, time.seconds, time.wait, times=100), Limits(time.seconds, 100)

    async def send(chat: int) -> None:
        for _ in range(3):
            async with pace.message(chat, urgent=False):
                limiter.admit(chat)

    began = time.now
    await time.pass_while(asyncio.gather(*(send(chat) for chat in range(1, 2_001))))
    assert limiter.refused == 0
    assert 6_000 / (time.now - began) >= 0.95 * 3_000


async def test_connections_that_have_to_be_made_at_first_bring_no_more_at_once() -> None:
    time = VirtualTime()
    slow = iter([0.3] * 60)
    line = Line(time, ways_s=lambda: next(slow, 0.0) + 0.02)
    await time.pass_while(asyncio.gather(*(line.send(chat) for chat in range(1, 301))))
    assert line.most_in(1.0) <= 30


async def test_calls_that_never_return_keep_their_places(line_of_two: Line) -> None:
    time, line = line_of_two.time, line_of_two
    never = asyncio.Event()

    async def hangs(chat: int) -> None:
        async with line.pace.message(chat):
            await never.wait()

    hanging = [asyncio.create_task(hangs(chat)) for chat in (1, 2)]
    await time.pass_while(asyncio.wait(hanging, timeout=0))
    third = asyncio.create_task(line.send(3))
    for _ in range(100):
        await asyncio.sleep(0)
    assert line.sent == []
    never.set()
    await time.pass_while(asyncio.gather(third, *hanging))
    assert [chat for _, chat, _ in line.sent] == [3]


@pytest.fixture
def line_of_two() -> Line:
    return Line(VirtualTime(), per_second=2)


async def test_nobody_is_sent_more_than_one_a_second() -> None:
    time = VirtualTime()
    line = Line(time)
    await time.pass_while(asyncio.gather(line.send(7, 5), line.send(8, 5)))
    for chat in (7, 8):
        times = [at for at, to, _ in line.sent if to == chat]
        assert all(after - before >= 1.0 for before, after in pairwise(times))
    assert time.now - 1_000 == pytest.approx(4, abs=0.1)


@pytest.mark.parametrize("longest_s", [0.0, 0.3])
async def test_nobody_is_sent_more_than_one_a_second_by_several_at_once(longest_s: float) -> None:
    chance = Random(7)
    time = VirtualTime()
    line = Line(time, ways_s=lambda: longest_s * chance.random())
    await time.pass_while(asyncio.gather(*(line.send(chat) for chat in (7, 8) for _ in range(5))))
    for chat in (7, 8):
        times = [at for at, to, _ in line.sent if to == chat]
        assert len(times) == 5
        assert all(after - before >= 1.0 for before, after in pairwise(times))
    assert not line.pace._lines


async def test_whoever_is_cut_off_in_the_line_of_a_chat_holds_up_nobody() -> None:
    time = VirtualTime()
    line = Line(time)
    waiting = [asyncio.create_task(line.send(7)) for _ in range(3)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    await time.pass_while(asyncio.gather(*waiting, return_exceptions=True))
    assert [round(at - 1_000) for at in line.times] == [0, 1]


async def test_a_group_is_sent_twenty_a_minute() -> None:
    time = VirtualTime()
    line = Line(time)
    await time.pass_while(line.send(-100, 30))
    assert line.most_in(60) == 20


async def test_an_answer_does_not_wait_behind_news() -> None:
    time = VirtualTime()
    line = Line(time)

    async def later() -> None:
        await time.wait(1)
        await line.send(5_000, urgent=True)

    await time.pass_while(asyncio.gather(*(line.send(chat) for chat in range(1, 301)), later()))
    [at] = [at for at, _, urgent in line.sent if urgent]
    assert at - 1_001 < 0.2
    assert time.now - 1_000 > 9


async def test_news_among_news_would_wait_its_turn() -> None:
    """The control: what is not urgent comes after all that came before."""
    time = VirtualTime()
    line = Line(time)

    async def later() -> None:
        await time.wait(1)
        await line.send(5_000)

    await time.pass_while(asyncio.gather(*(line.send(chat) for chat in range(1, 301)), later()))
    assert line.sent[-1][1] == 5_000


async def test_whoever_is_cut_off_holds_up_nobody() -> None:
    time = VirtualTime()
    line = Line(time, per_second=1)
    await line.send(1)
    waiting = [asyncio.create_task(line.send(chat)) for chat in (2, 3, 4)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    await time.pass_while(asyncio.gather(*waiting, return_exceptions=True))
    assert [chat for _, chat, _ in line.sent] == [1, 3, 4]


async def test_silence_lasts_as_long_as_it_was_asked_for() -> None:
    time = VirtualTime()
    pace = Pace(30, time.seconds, time.wait)
    assert pace.held_s == 0
    pace.hold(7)
    pace.hold(3)
    assert pace.held_s == 7
    time.now += 7
    assert pace.held_s == 0


async def test_chats_that_were_long_ago_are_not_remembered() -> None:
    time = VirtualTime()
    line = Line(time)
    for chat in range(1, MANY + 2):
        time.now += 10
        await line.send(chat)
    assert len(line.pace._chats) <= 2
