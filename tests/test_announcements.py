"""What a manager announces reaches those who follow the centre, and nobody else, in time and once."""

import asyncio
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.ids import new_id
from bot.jobs import run_due
from bot.linli import Linli
from handlers import call_list
from handlers.announcing import AT_ONCE, ends_at, goes_at, tell_followers
from handlers.desk_announce import LASTS
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage.statements import statement
from tests.desk import CENTRE, House
from tests.family_talk import Parent
from tests.follow_rows import (
    SAID,
    SOON,
    Posts,
    announced,
    at,
    delivered,
    made,
    many_follow,
    news,
    pushing,
)
from tests.link_talk import Pair
from tests.sample import NOW, Sample, rows_of, second_process

OTHER = "FZ001"
LEAVES = statement("test.announced_leaves", "UPDATE conversation SET address = 'left ' || id")
TOLD = f"东湖社区党建+邻里中心，11月25日（周三）通知：\n{SAID}\n不想再收到，说“取消关注东湖社区”。"
EVENING = datetime(2026, 11, 25, 20, 55, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 11, 25, 22, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=SHANGHAI)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Lin follows the centre, Chen another one, Xi none."""
    there = House(linli)
    await there.say("关注东湖社区", "lin")
    await there.say(f"/follow {OTHER}", "chen")
    await there.say("你好", "xi")
    return there


# Told


async def test_who_follows_the_centre_is_told_and_nobody_else(house: House) -> None:
    assert await announced(house) == "DeskDone"
    later = await at(house, SOON)
    assert await later.told("lin") == [TOLD]
    assert [await later.told(each) for each in ("chen", "xi")] == [[], []]
    [row] = await made(later)
    assert (row.state, row.told, row.arrived) == ("told", 1, 0)
    assert await later.problems() == []


async def test_nobody_is_told_before_it_can_be_taken_back_no_more(house: House) -> None:
    await announced(house)
    assert await news(await at(house, timedelta(minutes=9, seconds=59))) == []
    assert await news(await at(house, timedelta(minutes=10))) == [("lin", "waiting")]


async def test_what_is_undone_in_time_is_told_to_nobody(house: House) -> None:
    await announced(house)
    undone = await house.later(timedelta(minutes=9)).manager("撤销")
    assert "谁也没有收到" in undone.rendered.text
    later = await at(house, timedelta(days=1))
    assert await news(later) == []
    assert [each.state for each in await made(later)] == ["taken_back"]
    [*_, last] = await later.audit()
    assert last.what == "undo_announce"


async def test_what_has_gone_out_is_not_undone(house: House) -> None:
    await announced(house)
    later = await at(house, SOON)
    assert "不能撤销" in (await later.manager("撤销")).rendered.text
    assert [each.state for each in await made(later)] == ["told"]


async def test_at_the_very_moment_either_it_goes_out_or_it_is_undone(house: House) -> None:
    await announced(house)
    then = house.later(timedelta(minutes=10))
    job = tell_followers(then.linli.database, then.linli.world(then.linli.clock()), new_id)
    undone, told = await asyncio.gather(then.manager("撤销"), job)
    assert (undone.view, told) in {("DeskUndone", 0), ("DeskRefused", 1)}
    assert len(await news(then)) == told


async def test_who_follows_no_more_meanwhile_is_not_told(house: House) -> None:
    await many_follow(house, ["wu"])
    await announced(house)
    await house.say("取消关注东湖社区", "lin")
    assert await news(await at(house, SOON)) == [("wu", "waiting")]


async def test_who_follows_no_more_before_it_arrives_does_not_read_it(house: House) -> None:
    await announced(house)
    later = await at(house, SOON)
    assert len(await later.told("lin")) == 1
    await later.say("取消关注东湖社区", "lin")
    assert await news(later) == []


async def test_ending_one_leaves_what_another_centre_announced(house: House) -> None:
    await house.say(f"/follow {OTHER}", "lin")
    await announced(house)
    later = await at(house, SOON)
    await later.say(f"/unfollow {OTHER}", "lin")
    assert await news(later) == [("lin", "waiting")]


async def test_news_that_waits_from_before_a_link_ends_with_the_follow(linli: Linli) -> None:
    pair = Pair(Parent(linli), Parent(linli, "dong", "wechat"))
    await pair.page.say("关注东湖社区")
    await pair.chat.say("关注凤山社区")
    house = House(linli)
    await announced(house)
    later = await pair.later(SOON)
    assert await news(house) == [("ding", "waiting")]
    await later.linked()
    await later.chat.say("取消关注东湖社区")
    assert await news(house) == []


async def test_one_person_is_told_once_where_it_reaches_them(linli: Linli) -> None:
    house = pushing(House(linli))
    pair = Pair(Parent(house.linli), Parent(house.linli, "dong", "telegram"))
    await pair.page.say("关注东湖社区")
    await pair.linked()
    await announced(house)
    await at(house, SOON)
    assert await news(house) == [("dong", "waiting")]


async def test_who_was_erased_is_not_told(house: House) -> None:
    await announced(house)
    lin = Parent(house.linli, "lin")
    assert (await lin.say("删除我的数据", "好的")).view == "DataErased"
    assert await news(await at(house, SOON)) == []


async def test_of_a_news_that_was_read_one_tap_ends_it(house: House) -> None:
    await announced(house)
    later = await at(house, SOON)
    lin = Parent(later.linli, "lin")
    assert (await lin.say("取消关注")).view == "Unfollowed"
    assert "没有关注" in (await lin.say("取消关注东湖社区")).rendered.text


async def test_a_number_that_was_meant_for_something_else_ends_nothing(house: House) -> None:
    await announced(house)
    later = await at(house, SOON)
    assert (await later.say("1", "lin")).view == "CentreCard"
    assert len((await rows_of(later.linli.database, "follow"))["follow"]) == 2


async def test_who_speaks_english_is_told_in_english(house: House) -> None:
    await house.say("follow 东湖社区", "smith")
    await announced(house)
    later = await at(house, SOON)
    [told] = await later.told("smith")
    assert told.startswith("东湖社区党建+邻里中心 announces, 25 November (Wednesday):")
    assert "unfollow 东湖社区" in told


# Many


@pytest.mark.parametrize("more", [-1, 0, 1])
async def test_many_are_told_in_several_steps_and_each_once(linli: Linli, more: int) -> None:
    house = House(linli)
    names = [f"f{number:03}" for number in range(2 * AT_ONCE + more)]
    await many_follow(house, names)
    await announced(house)
    later = await at(house, SOON)
    assert [who for who, _ in await news(later)] == names
    await run_due(later.linli, later.linli.clock())
    assert len(await news(later)) == len(names)
    [row] = await made(later)
    assert (row.state, row.told) == ("told", len(names))


async def test_two_processes_at_once_tell_each_once(linli: Linli, sample: Sample) -> None:
    house = House(linli)
    names = [f"f{number:03}" for number in range(3 * AT_ONCE)]
    await many_follow(house, names)
    await announced(house)
    async with second_process(linli, sample) as twin:
        world = linli.world(NOW + SOON)
        told = await asyncio.gather(
            tell_followers(linli.database, world, new_id), tell_followers(twin.database, world, new_id)
        )
    assert sum(told) == len(names)
    assert [who for who, _ in await news(house)] == names
    [row] = await made(house)
    assert row.told == len(names)


async def test_whom_nobody_reads_for_is_not_counted_as_told(linli: Linli) -> None:
    house = House(linli)
    await many_follow(house, ["wu"])
    await linli.database.write(lambda tx: tx.run(LEAVES, {}))
    await announced(house)
    later = await at(house, SOON)
    assert await news(later) == []
    assert (await made(later))[0].told == 0


# By day


def test_it_goes_out_by_day_and_ends_in_the_evening() -> None:
    assert goes_at(NOW) == NOW + timedelta(minutes=10)
    assert goes_at(EVENING) == MORNING
    assert goes_at(NIGHT) == MORNING
    assert goes_at(NIGHT + timedelta(hours=4)) == MORNING
    assert goes_at(MORNING - timedelta(minutes=10)) == MORNING
    assert ends_at(NIGHT.date(), NOW) == datetime(2026, 11, 25, 21, 0, tzinfo=SHANGHAI)


async def test_what_is_announced_in_the_evening_rings_in_the_morning(linli: Linli) -> None:
    house = pushing(House(linli)).at(EVENING)
    await many_follow(house, ["wu"])
    await announced(house)
    night = await at(house, NIGHT - EVENING)
    assert await delivered(night, Posts()) == []
    morning = await at(house, MORNING - EVENING)
    assert await delivered(morning, Posts()) == ["wu"]


async def test_what_found_nobody_by_day_does_not_ring_at_night(linli: Linli) -> None:
    """Not even in the last night: it is over before that."""
    house = pushing(House(linli))
    await many_follow(house, ["wu"])
    await announced(house)
    later, posts = await at(house, SOON), Posts(out={"telegram"})
    assert await delivered(later, posts) == []
    posts.out.clear()
    for night in (NIGHT, NIGHT + LASTS):
        assert await delivered(await at(house, night - NOW), posts) == []
    assert await delivered(await at(house, MORNING - NOW), posts) == []  # by then it is over
    assert await news(house) == [("wu", "expired")]


async def test_the_next_morning_it_still_rings(linli: Linli) -> None:
    """The control of the one before."""
    house = pushing(House(linli))
    await many_follow(house, ["wu"])
    await announced(house)
    posts = Posts(out={"telegram"})
    await delivered(await at(house, SOON), posts)
    posts.out.clear()
    assert await delivered(await at(house, NIGHT - NOW), posts) == []
    assert await delivered(await at(house, MORNING - NOW), posts) == ["wu"]


async def test_what_is_over_has_its_count_and_keeps_no_list_of_whom(linli: Linli) -> None:
    house = pushing(House(linli))
    names = [f"f{number}" for number in range(7)]
    await many_follow(house, names)
    await many_follow(house, ["w1"], "web")
    await announced(house)
    later = await at(house, SOON)
    assert len(await delivered(later, Posts(out={"web"}, gone={"f6"}))) == 6
    [row] = await made(later)
    assert (row.told, row.arrived) == (8, 6)
    assert len((await rows_of(linli.database, "announced"))["announced"]) == 8
    over = await at(house, LASTS + timedelta(days=1))
    [row] = await made(over)
    assert (row.state, row.told, row.arrived) == ("told", 8, 6)
    assert (await rows_of(linli.database, "announced"))["announced"] == []


async def test_what_nobody_told_in_time_is_not_told_any_more(house: House) -> None:
    await announced(house)
    over = await at(house, LASTS + timedelta(days=1))
    assert await news(over) == []
    [row] = await made(over)
    assert (row.told, row.arrived) == (0, 0)


async def test_of_whom_it_does_not_reach_nobody_is_called(linli: Linli) -> None:
    """It is no news of a booking."""
    house = pushing(House(linli))
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    await many_follow(house, ["wu"])
    await announced(house)
    later = await at(house, SOON)
    await delivered(later, Posts(gone={"wu"}))
    assert await news(later) == [("wu", "dead")]
    async with linli.database.read() as tx:
        assert await call_list.unheard(tx, CENTRE, later.linli.world(later.linli.clock())) == []
    assert (await rows_of(linli.database, "family_news"))["family_news"] == []
