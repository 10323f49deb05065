"""What staff see of ratings: in whole groups or weeks, without who and when; the district's look is noted."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.clock import fixed_clock
from bot.linli import Linli
from handlers.desk_ratings import GROUP, Shown, visible
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
        ((0.1, 0.5, 1, 1.5, 2), 5, 0),
        ((0.1, 0.2, 0.5, 1, 1.5, 2), 5, 1),  # the sixth would be seen alone
        ((0.1, 1, 2, 3, 4), 0, 5),  # of two weeks: the group would break up when one grows old
        ((9, 1), 0, 2),  # on Wednesday the week before last ended ten days ago
        ((11, 1), 1, 1),
        ((40, 50, 60), 3, 0),
    ],
)
def test_ratings_are_seen_in_whole_groups_or_when_they_are_old(
    ago: tuple[float, ...], shown: int, hidden: int
) -> None:
    assert seen(WEDNESDAY, *ago) == (shown, hidden)


Look = Callable[[Sequence[Given], datetime], Shown]


def monday_of(at: datetime) -> date:
    return at.date() - timedelta(days=at.weekday())


def appear_alone(look: Look, came: Sequence[float]) -> set[str]:
    """Who looks every hour from the first rating on: the ratings that came into sight in fewer than five of
    their week, while it was not over for a week, or that were seen and are no more. `came` are days after
    a Monday."""
    given = [rating(n, MONDAY + timedelta(days=days)) for n, days in enumerate(sorted(came))]
    before: set[str] = set()
    alone: set[str] = set()
    for hours in range(24 * 40):
        now = MONDAY + timedelta(hours=hours)
        there = [each for each in given if each.made_at <= now]
        after = {each.id for each in look(there, now).given}
        new = [each for each in there if each.id in after - before]
        in_week = Counter(monday_of(each.made_at) for each in new)
        late = monday_of(now) - timedelta(weeks=1)
        alone |= before - after
        alone |= {
            each.id
            for each in new
            if in_week[monday_of(each.made_at)] % GROUP and monday_of(each.made_at) >= late
        }
        before = after
    assert before == {each.id for each in given}  # in the end all are seen
    return alone


@settings(deadline=None, max_examples=40)
@for_all(st.lists(st.floats(0, 21), max_size=30))
def test_from_one_look_to_the_next_no_rating_appears_alone_until_its_week_is_old(came: list[float]) -> None:
    """Who looks every hour cannot tell which rating is that of who just left."""
    assert appear_alone(visible, came) == set()


def all_at_once(given: Sequence[Given], _: datetime) -> Shown:
    return Shown(given, 0)


def across_weeks(given: Sequence[Given], now: datetime) -> Shown:
    """Groups of the last two weeks together: one that grows old breaks up the groups after it."""
    since = datetime.combine(monday_of(now) - timedelta(weeks=1), time.min, now.tzinfo)
    fresh = [each for each in given if each.made_at >= since]
    whole = len(fresh) - len(fresh) % GROUP
    return Shown(given[: len(given) - len(fresh) + whole], len(fresh) - whole)


@pytest.mark.parametrize("look", [all_at_once, across_weeks])
def test_one_that_appears_alone_or_vanishes_would_be_noticed(look: Look) -> None:
    """The control."""
    assert appear_alone(look, (1, 2, 3, 8, 9, 9.5, 16))


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
