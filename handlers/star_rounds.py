"""The stars of every day: counted from what residents said and did in the last year, reckoned, kept.

Each day's are reckoned once, in the night, from whole days before it. What was earned the day before is the
hysteresis of the next; a star that another version of the formula gave counts for nothing. Ratings count in
whole weeks, once their week has been over for seven days: who reads the stars of every day sees none of them
come alone the day after somebody was there.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta

from pydantic import TypeAdapter

from handlers.likeness import POPULATION, Site
from handlers.stars import FORMULA, Ratings, Record, Stars, all_stars
from handlers.world import World
from messages.directory import CentreStatus
from storage import counted as counted_rows
from storage import stars as rows
from storage.database import Database
from storage.stars import LevelsOf, Star
from storage.transaction import Transaction

# An activity was held when so many were checked in.
HELD_FROM = 3
QUARTER = timedelta(days=FORMULA.period // 4)
# After so many days Mondays alone are kept.
DAILY_FOR = timedelta(days=60)
MONDAY = 1
CAUGHT_UP = 60

_STARS: TypeAdapter[Stars] = TypeAdapter(Stars)


async def reckon(database: Database, world: World) -> int:
    """The stars of this day for every centre that is open; how many centres have some."""
    today = world.now.date()
    async with database.read(snapshot=True) as tx:
        records = await counted(tx, world)
        previous = await earned_before(tx, today)
    reckoned = [_row(each, today) for each in all_stars(records, previous)]

    async def keep(tx: Transaction) -> None:
        await rows.put(tx, reckoned)
        await rows.forget(tx, _old(today))

    await database.write(keep)
    return sum(each.stars is not None for each in reckoned)


def _old(today: date) -> Iterator[date]:
    """Days of which nothing is kept any more, and those before them, should nights have been left out."""
    for ago in range(CAUGHT_UP):
        day = today - DAILY_FOR - timedelta(days=ago)
        if day.isoweekday() != MONDAY:
            yield day


async def counted(tx: Transaction, world: World) -> list[Record]:
    """What the stars of this day are made of: the last year up to midnight, of each centre that is open."""
    today = world.now.date()
    first = today - timedelta(days=FORMULA.period)
    quarters = (first, first + QUARTER, first + 2 * QUARTER, first + 3 * QUARTER)
    span = _midnight(first, world), _midnight(today, world)
    levels = await rows.levels(tx, quarters, _midnight(rated_until(today), world))
    activities = await counted_rows.activities(tx, *span, HELD_FROM)
    people = await counted_rows.people(tx, *span)
    overdue = await rows.overdue(tx, world.now)
    return [
        Record(
            centre_id=centre.id,
            site=site_of(centre.id, world),
            days=_days(centre.opened_on, today),
            ratings=_ratings(levels.get(centre.id)),
            activities=activities.get(centre.id, 0),
            people=people.get(centre.id, 0),
            overdue=overdue.get(centre.id, ()),
        )
        for centre in world.directory.centres.values()
        if centre.status is CentreStatus.OPEN
    ]


def rated_until(today: date) -> date:
    """Ratings before this Monday count: that of the last week, of which nothing counts yet."""
    return today - timedelta(days=today.weekday() + 7)


def site_of(centre_id: str, world: World) -> Site:
    """What makes a centre like others. Where nobody wrote down who lives around it, it is as elsewhere."""
    centre = world.directory.centres[centre_id]
    offered = frozenset(each.category for each in world.directory.services_of.get(centre_id, ()))
    return Site(centre.kind, offered, centre.population or POPULATION)


def _days(opened_on: date | None, today: date) -> int:
    """How long it has been open, at most the period; one whose beginning nobody wrote down, always."""
    return FORMULA.period if opened_on is None else max(min((today - opened_on).days, FORMULA.period), 0)


def _ratings(of: LevelsOf | None) -> Ratings:
    return Ratings(of.verified, of.door, of.flagged) if of else Ratings()


def _midnight(day: date, world: World) -> datetime:
    return datetime.combine(day, time.min, world.now.tzinfo)


def _row(of: Stars, today: date) -> Star:
    return Star(of.centre_id, today, of.version, of.stars, of.earned, _STARS.dump_json(of).decode())


def read_stars(row: Star) -> Stars:
    """The result as it was reckoned, with its explanation."""
    return _STARS.validate_json(row.said)


async def earned_before(tx: Transaction, today: date) -> Mapping[str, int | None]:
    """What each centre had earned when stars were reckoned last, by the same version of the formula."""
    last = await rows.last_day(tx, today - timedelta(days=1))
    return dict(_earned(await rows.of_day(tx, last))) if last else {}


def _earned(before: list[Star]) -> Iterator[tuple[str, int | None]]:
    return ((each.centre_id, each.earned) for each in before if each.formula == FORMULA.version)
