"""What goes wrong around an answer of WeChat: the answer stands, and the operator reads of it."""

import asyncio
from io import StringIO

from bot.linli import Linli
from storage.database import Busy, Database
from tests.test_logs import lines, stream
from tests.test_wechat_pages import plain, tell, waiting, wordy
from tests.test_wechat_route import Gated, gated, slow
from tests.wechat_follower import following, route_over

__all__ = ["gated", "slow", "stream", "wordy"]


class Flaky(Database):
    """The database as all but turns see it: busy while `is_busy`; `asked` counts transactions."""

    def __init__(self, whole: Database) -> None:
        self.__dict__.update(whole.__dict__)
        self.is_busy = False
        self.asked = 0

    def _check_open(self) -> None:
        super()._check_open()
        self.asked += 1
        if self.is_busy:
            raise Busy("busy")


def flaky(linli: Linli) -> Flaky:
    """The turns of `linli` go on whatever becomes of what is read and written beside them."""
    linli.database = made = Flaky(linli.database)
    return made


def told(stream: StringIO, event: str) -> list[dict[str, object]]:
    return [line for line in lines(stream) if line["event"] == event]


async def test_a_late_answer_that_cannot_be_put_away_is_named_in_the_log(
    slow: Linli, gated: Gated, stream: StringIO
) -> None:
    database = flaky(slow)
    route = route_over(slow, patience_s=0)
    async with following(route) as ding:
        assert "查询结果" in await ding.say("你好", id="1")
        await gated.began.wait()
        database.is_busy = True
        await gated.ends(route)
        database.is_busy = False
        assert [line["numbers"] for line in told(stream, "a late answer was not put away")] == [[1]]
        assert "邻里" in await ding.say("查询结果", id="2")


async def test_an_answer_that_is_committed_stands_whatever_becomes_of_the_news(
    slow: Linli, gated: Gated, stream: StringIO
) -> None:
    database = flaky(slow)
    route = route_over(slow, can_push=lambda: True)
    async with following(route) as ding:
        gated.go.set()
        usual = await ding.say("你好", id="1")
        await tell(slow)
        gated.go.clear()
        gated.began.clear()
        asks = asyncio.create_task(ding.say("你好", id="2"))
        await gated.began.wait()
        database.is_busy = True
        gated.go.set()
        assert plain(await asks) == plain(usual)
        database.is_busy = False
        assert [line["number"] for line in told(stream, "news did not come along")] == [3]
        assert len(told(stream, "a window was not noted")) == 1
        assert await waiting(slow) == 1
        assert (await ding.say("你好", id="2")).startswith("好，我记住您在东湖社区附近了")


async def test_what_is_looked_up_beside_a_turn_is_looked_up_at_once(wordy: Linli) -> None:
    database = flaky(wordy)
    async with following(route_over(wordy, can_push=lambda: True)) as ding:
        await ding.say("你好")
        for news, asked in ((0, 3), (3, 4)):
            await tell(wordy, times=news)
            database.asked = 0
            await ding.say("东湖社区几点开门", id=f"7{news}")
            assert database.asked == asked
        database.asked = 0
        await ding.say("东湖社区几点开门", id="73")
        assert database.asked == 3
