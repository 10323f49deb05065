"""The periods of digests, and what is counted of each: once, when it is over, of all centres together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from handlers.desk_ratings import GROUP, OLD_AFTER
from handlers.star_rounds import HELD_FROM
from handlers.world import World
from messages.directory import CentreStatus
from storage import counted
from storage.counted import Counted, RatedWeek, Span
from storage.database import Database
from storage.transaction import Transaction

DAY, WEEK, MONTH = "day", "week", "month"
# With how many periods before it one is compared; a day is too little to compare.
COMPARED = {DAY: 0, WEEK: 4, MONTH: 3}
WEEKS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days: a day, a week from its Monday on, or a month from its first on."""

    cadence: str
    first: date

    @property
    def until(self) -> date:
        """The first day after it."""
        if self.cadence == MONTH:
            return (self.first.replace(day=28) + timedelta(days=4)).replace(day=1)
        return self.first + timedelta(days=7 if self.cadence == WEEK else 1)

    @property
    def before(self) -> "Period":
        return period_of(self.cadence, self.first - timedelta(days=1))

    def span(self, world: World) -> Span:
        first, until = (datetime.combine(day, time.min, world.now.tzinfo) for day in (self.first, self.until))
        return Span(self.first, first, until)


_BEGINS: dict[str, Callable[[date], date]] = {
    DAY: lambda day: day,
    WEEK: lambda day: day - timedelta(days=day.weekday()),
    MONTH: lambda day: day.replace(day=1),
}


def period_of(cadence: str, day: date) -> Period:
    """The one that holds a day."""
    return Period(cadence, _BEGINS[cadence](day))


def last_over(cadence: str, today: date) -> Period:
    """The last one that is over."""
    return period_of(cadence, today).before


def compared(period: Period) -> list[Period]:
    """The period and those that it is compared with, the last first."""
    found = [period]
    for _ in range(COMPARED[period.cadence]):
        found.append(found[-1].before)
    return found


def weeks_shown(period: Period) -> list[Period]:
    """The weeks of its chart, the last first."""
    found = [last_over(WEEK, period.until)]
    while len(found) < WEEKS_SHOWN:
        found.append(found[-1].before)
    return found


async def count_missing(database: Database, period: Period, world: World) -> int:
    """Count, for all centres that are open, what a digest of the period needs and nobody has counted yet; how
    many periods that were. What was not counted in its time is counted by what is known now."""
    async with database.read() as tx:
        missing = await _missing(tx, period)
    for each in missing:
        async with database.read() as tx:
            numbers = await count(tx, each, world)
        await database.write(partial(_put, each.cadence, numbers))
    return len(missing)


async def count_within(tx: Transaction, period: Period, world: World) -> None:
    """The same within a transaction, for who asks before the round has come."""
    for each in await _missing(tx, period):
        await counted.put(tx, each.cadence, await count(tx, each, world))


async def _missing(tx: Transaction, period: Period) -> list[Period]:
    needed = list(dict.fromkeys((*compared(period), *weeks_shown(period))))
    since = min(each.first for each in needed)
    known = {each.cadence: await counted.periods(tx, each.cadence, since) for each in needed}
    return [each for each in needed if each.first not in known[each.cadence]]


async def _put(cadence: str, numbers: list[Counted], tx: Transaction) -> None:
    await counted.put(tx, cadence, numbers)


async def count(tx: Transaction, period: Period, world: World) -> list[Counted]:
    """Count a period, of all centres that are open, as it is known now; ratings as their centre comes to see
    them, so that no digest tells more of one than that page does."""
    open_ones = [each.id for each in world.directory.centres.values() if each.status is CentreStatus.OPEN]
    return await counted.count(
        tx, open_ones, period.span(world), rated_weeks(period, world), world.now, least=HELD_FROM, size=GROUP
    )


def rated_weeks(period: Period, world: World) -> list[RatedWeek]:
    """The weeks of which ratings come into sight in a period: those that lie in it with their groups, and
    those that grow old in it with the rest."""
    weeks = _weeks_since(period, period.first)
    return [
        _rated(week, world)
        for week in weeks
        if week.until > period.first or week.until + OLD_AFTER < period.until
    ]


def fresh_weeks(period: Period, world: World) -> list[RatedWeek]:
    """Those of which ratings are counted in a period to come."""
    return [_rated(week, world) for week in _weeks_since(period, period.until)]


def _weeks_since(period: Period, day: date) -> Iterator[Period]:
    """Weeks up to the end of a period, the last first, that were not old before a day."""
    week = period_of(WEEK, period.until - timedelta(days=1))
    while week.until + OLD_AFTER >= day:
        yield week
        week = week.before


def _rated(week: Period, world: World) -> RatedWeek:
    span = week.span(world)
    old_at = datetime.combine(week.until + OLD_AFTER, time.min, world.now.tzinfo)
    return RatedWeek(span.first_at, span.until_at, old_at)
