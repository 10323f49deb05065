"""What digests and the page of ratings say together tells of no single rating, on both engines."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

import pytest

from bot.clock import fixed_clock
from bot.linli import Linli
from handlers import digest_periods, digest_rounds
from handlers.desk_ratings import GROUP, visible
from handlers.digest_periods import DAY, MONTH, WEEK, Period, last_over
from handlers.permissions import Role
from messages.views_digest import DigestShown, DistrictDigestShown
from storage import ratings
from storage.counted import Counted
from storage.ratings import Given, Rating
from storage.transaction import Transaction
from tests.sample import NOW, message
from tests.test_digest_rounds import appointed

CENTRE, OTHER, AREA = "FZ002", "FZ004", "东湖街道"
FIRST = date(2026, 9, 28)  # a Monday
MONDAY = datetime(2026, 11, 30, 8, 30, tzinfo=NOW.tzinfo)
LAST_WEEK = Period(WEEK, date(2026, 11, 23))
LEVELS = ("very_bad", "bad", "fair", "good", "very_good")


def rating(number: int, level: int, at: datetime, *, visited: bool = True, centre: str = CENTRE) -> Rating:
    key = f"r{number:04}"
    how = "attended" if visited else "door"
    return Rating(
        key, key, key, centre, None, None, None, None, level, how, visited, at.date(), at, None, True
    )  # fmt: skip


async def give(linli: Linli, given: Iterable[Rating]) -> None:
    async def work(tx: Transaction) -> None:
        for each in given:
            assert await ratings.add(tx, each)

    await linli.database.write(work)


async def count(linli: Linli, period: Period, centre: str = CENTRE) -> Counted:
    async with linli.database.read() as tx:
        found = await digest_periods.count(tx, period, linli.world(MONDAY + timedelta(days=60)))
    return next(each for each in found if each.centre_id == centre)


def as_seen(given: Sequence[Rating], at: datetime) -> Counter[str]:
    """Of each level what the page shows at a moment."""
    there = [
        Given(each.id, each.level, each.is_verified, each.made_at, None, None, is_excluded=False)
        for each in sorted(given, key=lambda each: (each.made_at, each.id))
        if each.made_at <= at
    ]
    return Counter(LEVELS[each.level - 1] for each in visible(there, at).given if each.is_verified)


def as_told(of: Counted) -> Counter[str]:
    return Counter({name: getattr(of, name) for name in LEVELS})


def some(seed: int) -> list[Rating]:
    """Nine weeks of few ratings, of two centres and both kinds."""
    chance, begins = random.Random(seed), datetime.combine(FIRST, time(), NOW.tzinfo)
    return [
        rating(
            number,
            chance.randint(1, 5),
            begins + timedelta(minutes=chance.randrange(9 * 7 * 24 * 60)),
            visited=chance.random() < 0.8,
            centre=chance.choice((CENTRE, CENTRE, OTHER)),
        )
        for number in range(90)
    ]


def periods(cadence: str) -> list[Period]:
    found = [digest_periods.period_of(cadence, FIRST)]
    while found[-1].until < MONDAY.date() + timedelta(days=40):
        found.append(digest_periods.period_of(cadence, found[-1].until))
    return found


@pytest.mark.parametrize("cadence", [DAY, WEEK, MONTH])
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_digest_tells_what_the_page_came_to_show_meanwhile(
    linli: Linli, cadence: str, seed: int
) -> None:
    """So whoever knows both knows what the page alone would have told: whole groups, and what is old."""
    given = some(seed)
    await give(linli, given)
    own = [each for each in given if each.centre_id == CENTRE]
    told: Counter[str] = Counter()
    before: Counter[str] = Counter()
    for period in periods(cadence):
        until = datetime.combine(period.until, time(), NOW.tzinfo) - timedelta(microseconds=1)
        after = as_seen(own, until)
        new = as_told(await count(linli, period))
        assert new == after - before, period
        told, before = told + new, after
    assert told == Counter(LEVELS[each.level - 1] for each in own if each.is_verified)  # none is lost


def by_day_given(given: Sequence[Rating], period: Period) -> Counter[str]:
    """As digests once counted: whatever was given in the period."""
    return Counter(
        LEVELS[each.level - 1] for each in given if period.first <= each.made_at.date() < period.until
    )


def six(linli: Linli) -> list[Rating]:
    """Five of a week who are satisfied, and on Friday one who is not."""
    at = datetime.combine(LAST_WEEK.first, time(10), NOW.tzinfo)
    return [rating(n, 1 if n == 5 else 5, at + timedelta(hours=20 * n)) for n in range(6)]


async def test_of_six_ratings_the_sixth_is_told_by_nothing(linli: Linli) -> None:
    given = six(linli)
    await give(linli, given)
    seen = as_seen(given, MONDAY)
    assert as_told(await count(linli, LAST_WEEK)) == seen == Counter(very_good=GROUP)
    days = [await count(linli, Period(DAY, LAST_WEEK.first + timedelta(days=n))) for n in range(7)]
    assert [each.ratings for each in days] == [0, 0, 0, GROUP, 0, 0, 0]
    assert sum(each.very_bad for each in days) == 0
    assert (await count(linli, Period(MONTH, date(2026, 11, 1)))).very_bad == 0
    later = LAST_WEEK
    for _ in range(2):
        later = digest_periods.period_of(WEEK, later.until)
    assert as_told(await count(linli, later)) == Counter(very_bad=1)


def test_the_old_way_of_counting_would_be_noticed(sqlite_linli: Linli) -> None:
    """The control: the level of the sixth is what the digest says more than the page."""
    given = six(sqlite_linli)
    assert by_day_given(given, LAST_WEEK) - as_seen(given, MONDAY) == Counter(very_bad=1)


@pytest.mark.parametrize(
    ("role", "centre", "area"),
    [(Role.CENTRE_MANAGER, CENTRE, None), (Role.SUBDISTRICT, None, AREA), (Role.DISTRICT, None, None)],
)
@pytest.mark.parametrize("cadence", [DAY, WEEK, MONTH])
async def test_digests_say_how_many_are_still_to_come(
    linli: Linli, role: Role, centre: str | None, area: str | None, cadence: str
) -> None:
    """Of whichever length, of one centre or several: six of the last week, and three of another."""
    at = datetime.combine(LAST_WEEK.first, time(10), NOW.tzinfo)
    await give(linli, six(linli))
    await give(linli, (rating(20 + n, 2, at + timedelta(hours=n), centre=OTHER) for n in range(3)))
    who = await appointed(linli, role, centre, area)
    now = MONDAY if cadence != MONTH else MONDAY + timedelta(days=2)
    there = linli.over(linli.database, fixed_clock(now))
    said = {DAY: "日报", WEEK: "周报", MONTH: "月报"}[cadence]
    text = (await there.hear(message(said, address=who))).rendered.text
    is_near = linli.directory.centres[OTHER].subdistrict == AREA
    kept_back = 1 if centre else 4 if area is None or is_near else 1
    assert f"另有{kept_back}条到访评价还没算进来" in text
    place = digest_rounds.place_of(role, centre, area)
    period = last_over(cadence, now.date())
    async with linli.database.read() as tx:
        shown = await digest_rounds.make(tx, place, period, linli.world(now))
    assert isinstance(shown, DigestShown | DistrictDigestShown)
    satisfied = next(each for each in shown.figures if each.name == "satisfied")
    assert (satisfied.value, satisfied.n) == ((1.0, GROUP) if cadence != DAY else (None, 0))


async def test_where_nothing_is_kept_back_nothing_is_said_of_it(linli: Linli) -> None:
    await give(linli, six(linli)[:GROUP])
    who = await appointed(linli, Role.CENTRE_MANAGER, CENTRE, None)
    there = linli.over(linli.database, fixed_clock(MONDAY))
    assert "还没算进来" not in (await there.hear(message("周报", address=who))).rendered.text


async def test_levels_are_told_in_groups_of_their_own_kind(linli: Linli) -> None:
    """Four from the door and one after a visit are five, and would tell of the one."""
    at = NOW - timedelta(hours=5)
    await give(linli, [rating(n, 1, at + timedelta(minutes=n), visited=n == 0) for n in range(5)])
    who = await appointed(linli, Role.CENTRE_MANAGER, CENTRE, None)
    text = (await linli.hear(message("看看评价", address=who))).rendered.text
    assert "还没有可以看的" in text
    assert "还有5条" in text


async def test_what_looks_made_up_is_in_the_levels_of_neither(linli: Linli) -> None:
    """Else the level of the one that is flagged would be what the page says more than the digest."""
    given = six(linli)[:GROUP]
    await give(linli, given)
    await linli.database.write(lambda tx: ratings.flag(tx, given[2].id, ("device",)))
    who = await appointed(linli, Role.CENTRE_MANAGER, CENTRE, None)
    there = linli.over(linli.database, fixed_clock(MONDAY))
    text = (await there.hear(message("看看评价", address=who))).rendered.text
    assert "到访评价4条" in text
    assert "同一部手机1条" in text
    assert as_told(await count(linli, LAST_WEEK)) == Counter(very_good=4)
