"""Centres side by side and whom the rules propose, on the desk's pages, on both engines."""

import re
from datetime import date, timedelta

import pytest
import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers.case_rounds import watch
from handlers.digest_periods import WEEK
from handlers.intervals import Interval
from handlers.pages.compare import Share, overlap, told_apart
from messages.views_stars import Indicated
from storage import counted
from storage.counted import Counted
from tests.case_talk import AREA, opened, ordered, staffed
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House
from tests.test_star_board import kept, late, star

MONDAY = date(2026, 11, 16)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return await staffed(linli)


def neighbours(house: House) -> tuple[str, str]:
    """Another open centre of the subdistrict, and one of another."""
    centres = house.linli.directory.centres.values()
    open_ones = [each for each in centres if each.status == "open" and each.id != CENTRE]
    near = next(each.id for each in open_ones if each.subdistrict == AREA)
    return near, next(each.id for each in open_ones if each.subdistrict != AREA)


async def counted_weeks(house: House, *numbers: Counted) -> None:
    await house.linli.database.write(lambda tx: counted.put(tx, WEEK, numbers))


def week(centre: str, ago: int = 0, **numbers: int) -> Counted:
    return Counted(centre, MONDAY - timedelta(weeks=ago), **numbers)


async def test_two_centres_stand_side_by_side(house: House) -> None:
    near, _ = neighbours(house)
    await kept(house.linli, star(CENTRE, 4, middle=0.9), star(near, 3, middle=0.7))
    await counted_weeks(
        house,
        week(CENTRE, places=200, taken=180, arrived=150, missed=10, people=90, opened=2),
        week(CENTRE, 1, places=200, taken=180, arrived=150, missed=10, people=110, opened=1),
        week(near, places=100, taken=20, arrived=18, missed=1, people=15),
        week(near, 12, places=999, taken=999),  # too long ago
    )
    async with at_the_desk(house, "sun") as sun:
        await sun.open(f"/desk/area/compare?a={CENTRE}&b={near}")
        facts, apart = sun.table("facts"), sun.table("apart")
    assert facts["星级"] == ["4星 满意 84%–94%（120个评价）", "3星 满意 64%–74%（120个评价）"]
    assert facts["新开工单"] == ["3", "0"]
    assert facts["每周服务人数（平均）"] == ["100", "15"]
    assert facts["统计到的周"] == ["2", "1"]
    assert apart["满意"] == ["84%—94% 120个到访评价", "64%—74% 120个到访评价", "区间不重叠"]
    assert apart["名额用满"] == ["90% 88%—92%，共400个", "20% 15%—26%，共100个", "差别不像偶然"]
    assert apart["报了没来"] == ["6% 5%—8%，共320个", "5% 2%—16%，共19个", "差别可能是偶然"]
    assert apart["工单按时答复"] == ["–", "–", "太少，没法比"]
    assert apart["服务人数（相当于同类中心）"][2] == "区间重叠，差别可能是偶然"


async def test_what_one_offers_and_the_other_does_not_is_seen(house: House) -> None:
    near, _ = neighbours(house)
    services = house.linli.directory.services_of
    own = {each.name for each in services[CENTRE]}
    async with at_the_desk(house, "sun") as sun:
        await sun.open(f"/desk/area/compare?a={CENTRE}&b={near}")
        offered = sun.table("offered")
    first = "、".join(cells[0] for cells in offered.values() if cells[0] != "没有")
    assert set(first.split("、")) == own
    kinds = {each.category for centre in (CENTRE, near) for each in services.get(centre, ())}
    assert len(offered) == len(kinds)


async def test_no_stars_are_shown_without_what_they_rest_on(house: House) -> None:
    near, _ = neighbours(house)
    await kept(house.linli, star(CENTRE, 4), star(near, None))
    async with at_the_desk(house, "zhao") as zhao:
        await zhao.open(f"/desk/area/compare?a={CENTRE}&b={near}")
        first, second = zhao.table("facts")["星级"]
    assert re.fullmatch(r"4星 满意 \d+%–\d+%（\d+个评价）", first)
    assert second.startswith("数据还不够")
    assert "到访评价还不够" in second


async def test_answers_in_time_are_those_of_which_nobody_was_urged(house: House) -> None:
    near, _ = neighbours(house)
    for number in range(3):
        await opened(house, f"灯坏了{number}")
    assert await ordered(house, "wang", "G-0001 说明：换好了") == "DeskDone"
    there = house.later(timedelta(days=8))
    world = there.linli.world(there.linli.clock())
    assert await watch(there.linli.database, world, new_id) >= 2  # of the other two somebody is urged
    assert await ordered(there, "wang", "G-0002 说明：换好了") == "DeskDone"
    async with at_the_desk(there, "sun") as sun:
        await sun.open(f"/desk/area/compare?a={CENTRE}&b={near}")
        facts, apart = sun.table("facts"), sun.table("apart")
    assert apart["工单按时答复"][0].startswith("33% ")
    assert apart["工单按时答复"][0].endswith("，共3个 · 太少，不比")
    assert facts["在办工单"][0] == facts["超期工单"][0] == "1"


@pytest.mark.parametrize("asked", ["", "?a={0}", "?a={0}&b={0}", "?a={0}&b=FZ999", "?b={0}&c="])
async def test_with_fewer_than_two_nothing_is_compared(house: House, asked: str) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(f"/desk/area/compare{asked.format(CENTRE)}")
        assert sun.page
        assert sun.page.status_code == 200
        assert "请选两个或三个不同的中心" in sun.text
        assert sun.html.count(" selected>") == ("{0}" in asked)


async def test_a_subdistrict_compares_its_own_alone(house: House) -> None:
    near, far = neighbours(house)
    await kept(house.linli, star(far, 5))
    async with at_the_desk(house, "zhao") as zhao, at_the_desk(house, "sun") as sun:
        texts = set()
        for other in (far, "FZ999"):
            await zhao.open(f"/desk/area/compare?a={CENTRE}&b={near}&c={other}")
            texts.add(zhao.text)
            assert far not in zhao.html
        assert len(texts) == 1
        await sun.open(f"/desk/area/compare?a={CENTRE}&b={near}&c={far}")
        assert "5星" in sun.text  # the control


def ends(low: float, high: float) -> Indicated:
    return Indicated("satisfaction", low, (low + high) / 2, high, 50)


@pytest.mark.parametrize(
    ("cells", "verdict"),
    [
        ((ends(0.5, 0.7), ends(0.6, 0.8)), "overlap"),
        ((ends(0.5, 0.6), ends(0.7, 0.8)), "apart"),
        ((ends(0.5, 0.6), ends(0.55, 0.75), ends(0.7, 0.8)), "apart"),  # the middle one overlaps with both
        ((ends(0.5, 0.6), None), "few"),
        ((ends(0.5, 0.6), None, ends(0.7, 0.8)), "apart"),
    ],
)
def test_intervals_overlap_or_not(cells: tuple[Indicated | None, ...], verdict: str) -> None:
    assert overlap(cells) == verdict


@pytest.mark.parametrize(
    ("shares", "verdict"),
    [
        ((Share(50, 100), Share(55, 100)), "chance"),
        ((Share(50, 100), Share(90, 100)), "more"),
        ((Share(9, 9), Share(0, 100)), "few"),
        ((Share(9, 9), Share(0, 100), Share(10, 100)), "more"),
        ((Share(9, 9), Share(10, 100), Share(11, 100)), "chance"),
        ((Share(5, 10), Share(5, 10)), "chance"),
        ((Share(50, 100), Share(55, 100), Share(90, 100)), "more"),
    ],
)
def test_shares_differ_by_more_than_chance_or_not(shares: tuple[Share, ...], verdict: str) -> None:
    assert told_apart(shares) == verdict


def test_a_share_has_its_interval() -> None:
    interval = Share(9, 10).ends
    assert isinstance(interval, Interval)
    assert interval.low < 0.9 < interval.high
    assert Share(0, 0).ends is None


# Whom the rules propose


async def test_a_proposal_says_what_it_rests_on_and_what_would_change_it(house: House) -> None:
    near, _ = neighbours(house)
    await kept(
        house.linli,
        star(CENTRE, 5), star(CENTRE, 5, ago=28), star(CENTRE, 5, ago=56),
        star(near, 2, middle=0.6), star(near, 4, ago=28), star(near, 4, ago=56),
    )  # fmt: skip
    await late(house.linli, near, 4)
    async with at_the_desk(house, "sun") as sun:
        await sun.open("/desk/area/overview")
        praised, spoken_with = (
            sun.text.partition(heading)[2].partition(end)[0]
            for heading, end in (("可以通报表扬", "可以约谈提醒"), ("可以约谈提醒", "全部中心"))
        )
    assert "满意度（80%区间） 84%–94%（120个评价）" in praised
    assert "八周前5星，四周前5星，现在5星" in praised
    assert "掉一颗星" in praised
    assert "54%–64%（120个评价）" in spoken_with
    assert "八周前4星，四周前4星，现在2星" in spoken_with
    assert "再办结2个超期工单" in spoken_with
    assert "离三星还差" in spoken_with
    assert f"/desk/area/compare?a={near}&amp;b={CENTRE}" in sun.html
