"""Charts of the desk: what was counted is drawn and written beside it, and tells of nobody who just came."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot.linli import Linli
from handlers.digest import LEAST_RATINGS, is_too_new
from handlers.digest_periods import MONTH, WEEK, Period, period_of
from handlers.pages.charts import may_tell
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from messages.desk_charts import BOTTOM, LEFT, RIGHT, TOP, Point, drawing
from storage import counted
from storage.counted import Counted
from tests.clerk import Clerk, at_the_desk
from tests.desk import CENTRE, House

AT = f"/desk/centre/{CENTRE}/charts"
AREA = "东湖街道"
MONDAY = date(2026, 11, 16)  # of the last week that is over
FIRST = date(2026, 6, 1)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("zhao", Role.SUBDISTRICT, None, AREA)
    await there.join("sun", Role.DISTRICT)
    return there


async def count(house: House, *numbers: Counted, cadence: str = WEEK) -> None:
    await house.linli.database.write(lambda tx: counted.put(tx, cadence, numbers))


def week(ago: int = 0, centre: str = CENTRE, **numbers: int) -> Counted:
    return Counted(centre, MONDAY - timedelta(weeks=ago), **numbers)


def table(clerk: Clerk, name: str) -> list[list[str]]:
    """The rows of a chart's table, the latest first."""
    inside = clerk.html.partition(f'id="h-{name}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", inside, re.DOTALL)
    return [[re.sub(r"<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


async def test_each_number_stands_in_a_table(house: House) -> None:
    await count(
        house,
        week(2, places=40, taken=30, arrived=18, missed=2, very_good=8, good=1, fair=2, bad=1, people=17,
             activities=4, waiting=3, unserved=1),
        week(1),
        week(places=20, taken=20, arrived=9, missed=1, very_good=6, people=9, activities=2, waiting=7),
    )  # fmt: skip
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        days = ["2026-11-16", "2026-11-09", "2026-11-02"]
        assert [row[0] for row in table(mei, "filled")] == days
        assert [row[1:] for row in table(mei, "filled")] == [["100%", "20"], ["–", "0"], ["75%", "40"]]
        assert [row[1:] for row in table(mei, "missed")] == [["10%", "10"], ["–", "0"], ["10%", "20"]]
        assert table(mei, "satisfied")[0][1:] == ["100%", "79%–100%", "6"]
        assert table(mei, "satisfied")[2][1:] == ["83%", "66%–93%", "12"]
        assert [row[1:] for row in table(mei, "waiting")] == [["7", "0"], ["0", "0"], ["3", "1"]]
        assert [row[1:] for row in table(mei, "people")] == [["9", "2"], ["0", "0"], ["17", "4"]]


async def test_the_drawing_is_one_picture_with_a_name_and_a_word_of_what_it_shows(house: House) -> None:
    await count(house, *(week(ago, places=10, taken=ago, very_good=9) for ago in range(12)))
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        drawn = re.findall(r"<svg class=\"chart\".*?</svg>", mei.html, re.DOTALL)
        assert len(drawn) == 5
        for each in drawn:
            picture = ET.fromstring(each)  # noqa: S314 - our own
            assert picture.get("role") == "img"
            ids = {part.get("id") for part in picture if part.tag in ("title", "desc") and part.text}
            assert set((picture.get("aria-labelledby") or "").split()) == ids
            assert len(picture.findall("circle")) in (12, 0)
            assert "style" not in {key for part in picture.iter() for key in part.attrib}
        named = re.findall(r'id="([^"]*)"', mei.html)
        assert len(named) == len(set(named))


async def test_twelve_periods_are_shown_and_none_that_is_not_over(house: House) -> None:
    await count(house, *(week(ago, people=ago) for ago in range(-1, 20)))
    await count(house, Counted(CENTRE, date(2026, 10, 1), people=77), cadence=MONTH)
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        assert [row[1] for row in table(mei, "people")] == [str(ago) for ago in range(12)]
        await mei.open(f"{AT}?by=month")
        assert table(mei, "people") == [["2026-10", "77", "0"]]
        await mei.open(f"{AT}?by=century")
        assert len(table(mei, "people")) == 12


async def test_where_nothing_was_counted_that_is_said(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        assert "还没有统计" in mei.text


async def test_few_new_ratings_are_kept_back_until_their_week_is_old(house: House) -> None:
    await count(house, week(very_good=3, bad=1))
    for days, is_told in ((0, False), (4, False), (5, True)):
        async with at_the_desk(house.later(timedelta(days=days)), "mei") as mei:
            await mei.open(AT)
            [row] = table(mei, "satisfied")
            assert row[1:] == (["75%", "43%–92%", "4"] if is_told else ["太少或太近，先不显示", "4"])
            circles = mei.html.partition('aria-labelledby="t-satisfied')[2].partition("</svg>")[0]
            assert ("<circle" in circles) is is_told


async def test_areas_see_sums_of_their_open_centres_alone(house: House) -> None:
    directory = house.linli.directory
    own = [each for each in directory.subdistricts[AREA] if directory.centres[each].status == "open"]
    others = [each for each in directory.centres.values() if each.subdistrict != AREA]
    far = next(each for each in others if each.status == "open")
    shut = next(each for each in directory.centres.values() if each.status != "open")
    first, second = own[:2]
    await count(
        house,
        week(centre=first, people=5, places=10, taken=5, very_good=5),
        week(centre=second, people=7, places=30, taken=5, very_bad=4),
        week(centre=far.id, people=100, very_good=5),
        week(centre=shut.id, people=1000),
    )
    async with at_the_desk(house, "zhao") as zhao, at_the_desk(house, "sun") as sun:
        await zhao.open("/desk/area/trends")
        await sun.open("/desk/area/trends")
        assert [row[1] for row in table(zhao, "people")] == ["12"]
        assert [row[1:] for row in table(zhao, "filled")] == [["25%", "40"]]
        # The four of the second centre are as new and few in the sum as they are alone.
        assert [row[1] for row in table(zhao, "satisfied")] == ["100%"]
        assert [row[-1] for row in table(zhao, "satisfied")] == ["5"]
        assert [row[1] for row in table(sun, "people")] == ["112"]
        assert f"{len(own)}个开放的中心合计" in zhao.text


Rule = Callable[[Counted, Period, datetime], bool]


def gives_away(rule: Rule, rated: dict[date, int], today: date) -> bool:
    """Whether what is told of months and weeks says more of a new week with few ratings than that it was."""
    now = datetime.combine(today, time(9), SHANGHAI)
    by_week = {day: period_of(WEEK, day) for day in rated}
    number = {each: sum(n for day, n in rated.items() if by_week[day] == each) for each in by_week.values()}
    hidden = {
        each for each in number if 0 < number[each] < LEAST_RATINGS and today - each.until < timedelta(days=7)
    }
    for month in {period_of(MONTH, day) for day in rated}:
        inside = [day for day in rated if period_of(MONTH, day) == month]
        month_of = Counted(CENTRE, month.first, good=sum(rated[day] for day in inside))
        is_told = today >= month.until and rule(month_of, month, now)
        if is_told and any(by_week[day] in hidden for day in inside):
            return True
    return any(
        rule(Counted(CENTRE, each.first, good=number[each]), each, now)
        for each in hidden
        if today >= each.until
    )


days_rated = st.dictionaries(
    st.dates(FIRST, FIRST + timedelta(days=120)), st.integers(1, 9), min_size=1, max_size=30
)


@given(rated=days_rated, ahead=st.integers(0, 150))
def test_no_month_tells_of_a_week_that_is_kept_back(rated: dict[date, int], ahead: int) -> None:
    assert not gives_away(may_tell, rated, FIRST + timedelta(days=ahead))


@pytest.mark.parametrize("rule", [lambda of, period, now: not is_too_new(of, period, now), lambda *_: True])
def test_a_rule_that_gives_away_would_be_noticed(rule: Rule) -> None:
    """The control: many rated in June, one on its last Monday; on the first of July the month would tell."""
    assert gives_away(rule, {date(2026, 6, 10): 9, date(2026, 6, 29): 1}, date(2026, 7, 1))
    assert not gives_away(may_tell, {date(2026, 6, 10): 9, date(2026, 6, 29): 1}, date(2026, 7, 1))


values = st.lists(st.none() | st.integers(0, 10**7), min_size=1, max_size=12)


@given(values)
def test_whatever_is_counted_stays_in_the_picture(counts: list[int | None]) -> None:
    points = [Point(FIRST + timedelta(weeks=n), each) for n, each in enumerate(counts)]
    drawn = drawing(points, is_share=False)
    assert len(drawn.marks) == sum(each is not None for each in counts)
    assert all(LEFT < each.x < RIGHT and TOP <= each.y <= BOTTOM for each in drawn.marks)
    assert all(number == int(number) for _, number in drawn.lines)
    assert drawn.days[-1][1] == points[-1].first
    places = [x for x, _ in drawn.days]
    assert all(after - before >= 50 for before, after in pairwise(places))


def test_a_gap_is_no_line() -> None:
    points = [Point(FIRST + timedelta(weeks=n), each) for n, each in enumerate((1, 2, None, 3, None, 4, 5))]
    drawn = drawing(points, is_share=False)
    assert [len(each.split()) for each in drawn.strokes] == [2, 2]


async def test_charts_speak_english(house: House) -> None:
    await count(house, week(2, places=2, taken=1), week(1, very_good=2), week(very_good=2))
    for who, path in (("mei", AT), ("sun", "/desk/area/trends"), ("sun", "/desk/area/trends?by=month")):
        async with at_the_desk(house, who) as clerk:
            clerk.visitor.http.cookies.set("linli_language", "en")
            await clerk.open(path)
            assert "Sign out" in clerk.text
            assert not set(clerk.text) & set("满意率名额排队周月期")
