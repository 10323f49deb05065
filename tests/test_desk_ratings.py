"""What staff see of ratings: in whole groups or weeks, without who and when; the district's look is noted."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.clock import fixed_clock
from bot.linli import Linli
from handlers.desk_ratings import GROUP, visible
from handlers.permissions import Role
from storage import audit, ratings
from storage.ratings import Given
from tests.sample import NOW, message
from tests.test_digest_rounds import appointed

WEDNESDAY = NOW
MONDAY = NOW.replace(day=23, hour=0, minute=0)


def rating(number: int, made_at: datetime) -> Given:
    return Given(f"r{number}", 5, True, made_at, None, None, False)


def seen(now: datetime, *ago: float) -> tuple[int, int]:
    """How many of ratings given so many days before `now` are visible, and how many not yet."""
    given = [rating(n, now - timedelta(days=days)) for n, days in enumerate(sorted(ago, reverse=True))]
    shown = visible(given, now)
    return len(shown.given), shown.fresh


@pytest.mark.parametrize(
    ("ago", "shown", "hidden"),
    [
        ((), 0, 0),
        ((1,), 0, 1),
        ((1, 2, 3, 4), 0, 4),
        ((0.1, 1, 2, 3, 4), 5, 0),
        ((0.1, 0.2, 1, 2, 3, 4), 5, 1),  # the sixth would be seen alone
        ((9, 1), 0, 2),  # on Wednesday the week before last ended ten days ago
        ((11, 1), 1, 1),
        ((40, 50, 60), 3, 0),
    ],
)
def test_ratings_are_seen_in_whole_groups_or_when_they_are_old(
    ago: tuple[float, ...], shown: int, hidden: int
) -> None:
    assert seen(WEDNESDAY, *ago) == (shown, hidden)


@settings(deadline=None, max_examples=200)
@for_all(st.lists(st.floats(0, 30), max_size=25), st.integers(0, 21))
def test_from_one_look_to_the_next_no_rating_appears_alone_unless_its_week_does(
    ago: list[float], later: int
) -> None:
    """Who looks every hour cannot tell which rating is that of who just left."""
    start = MONDAY + timedelta(days=30)
    given = [rating(n, start - timedelta(days=days)) for n, days in enumerate(sorted(ago, reverse=True))]
    before: set[str] = set()
    for hours in range(24 * later, 24 * later + 24):
        now = start + timedelta(hours=hours)
        after = {each.id for each in visible(given, now).given}
        assert before <= after
        new = after - before
        is_monday = now.weekday() == 0 and now.hour == 0
        assert len(new) % GROUP == 0 or is_monday or not before
        before = after


def test_one_at_a_time_would_be_noticed() -> None:
    """The control: without whole groups the sixth is seen alone."""
    six = [rating(n, NOW - timedelta(hours=n)) for n in range(6, 0, -1)]
    assert len(visible(six, NOW).given) == 5 != len(six)


async def test_staff_see_levels_reasons_and_words_and_nobodys_name(linli: Linli) -> None:
    manager = await appointed(linli, Role.CENTRE_MANAGER, "FZ002", None)
    for number in range(6):
        who = f"resident {number}"
        reply = await linli.hear(message("给东湖社区打两星", address=who))
        await linli.hear(message(reply.rendered.choices[0].say, address=who))
        await linli.hear(message(reply.rendered.choices[2].say, address=who))
        await linli.hear(message(f"第{number}次来都没人，我是林金鹂13800138000", address=who))
    text = (await linli.hear(message("评价", address=manager))).rendered.text
    assert "没有签到的评价5条" in text
    assert "还有1条" in text
    assert "次来都没人" in text
    assert "林金鹂" not in text
    assert "138" not in text


async def test_what_a_resident_erases_goes_from_what_staff_were_shown_as_well(linli: Linli) -> None:
    district = await appointed(linli, Role.DISTRICT, None, None)
    for who, said in (("lin", '空调"太冷"'), ("chen", "灯坏了")):
        reply = await linli.hear(message("给东湖社区打两星", address=who))
        reply = await linli.hear(message(reply.rendered.choices[0].say, address=who))
        await linli.hear(message(reply.rendered.choices[2].say, address=who))
        await linli.hear(message(said, address=who))
    await linli.hear(message("东湖社区的评价", address=district))

    async def told() -> str:
        return "\n".join(each.rendered.text for each in await linli.lines("web", district, after=0))

    assert '空调"太冷' in await told()
    for each in ("把我的资料都删掉", "确认删除"):
        await linli.hear(message(each, address="lin"))
    assert "太冷" not in await told()
    assert "灯坏了" in await told()


async def test_the_district_sees_all_and_that_it_looked_is_written_down(linli: Linli) -> None:
    district = await appointed(linli, Role.DISTRICT, None, None)
    await linli.hear(message("给东湖社区打一星", address="lin"))
    shown = await linli.hear(message("东湖社区的评价", address=district))
    assert shown.view == "RatingsSeen"
    assert "没有签到的评价1条" in shown.rendered.text
    async with linli.database.read() as tx:
        noted = [each.what for each in await audit.everything(tx) if each.centre_id == "FZ002"]
    assert noted == ["ratings_seen"]


async def test_another_centres_manager_sees_none_and_residents_hear_of_stars(linli: Linli) -> None:
    manager = await appointed(linli, Role.CENTRE_MANAGER, "FZ004", None)
    assert (await linli.hear(message("东湖社区的评价", address=manager))).view == "DeskRefused"
    resident = await linli.hear(message("东湖社区的评价怎么样", address="lin"))
    assert resident.view == "StarsShown"


async def test_after_two_weeks_a_single_one_is_seen(linli: Linli) -> None:
    manager = await appointed(linli, Role.CENTRE_MANAGER, "FZ002", None)
    await linli.hear(message("给东湖社区打五星", address="lin"))
    texts = []
    for days in (0, 7, 14):
        there = linli.over(linli.database, fixed_clock(NOW + timedelta(days=days)))
        texts.append((await there.hear(message("看看评价", address=manager))).rendered.text)
    assert ["还有1条" in text for text in texts] == [True, True, False]
    async with linli.database.read() as tx:
        assert len(await ratings.of_centre(tx, "FZ002", NOW.date())) == 1
