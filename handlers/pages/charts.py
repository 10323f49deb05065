"""How it went over weeks and months: what was counted of a centre, or of the centres of an area together.

Shown is what is written down of each period (storage/counted.py); nothing is counted here. Satisfaction is
kept back longest: of a week by the rule of the digest, of a month until its last week is old, since a month
less its weeks would tell of single days. In sums only those centres are satisfied of which it may be shown.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.desk_site import Area, Site
from handlers.digest import JUST_PASSED, is_too_new, satisfied_of
from handlers.digest_periods import MONTH, WEEK, Period, last_over, period_of
from handlers.intervals import share_interval
from handlers.stars import FORMULA
from messages.desk_charts import Drawing, Point, drawing
from messages.directory import CentreStatus
from storage import counted
from storage.counted import Counted

# How many periods there are to see, of each length.
SHOWN = {WEEK: 12, MONTH: 12}
A_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A period of a chart in its table: `value` with its interval as in the drawing, `of` what it is a part
    of or what stands beside it. `is_kept_back`: it is not shown yet."""

    first: date
    value: float | None
    low: float | None
    high: float | None
    of: int
    is_kept_back: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    """`name` is that of its words: filled, missed, satisfied, waiting, people."""

    name: str
    is_share: bool
    rows: tuple[Row, ...]
    drawing: Drawing


@dataclass(frozen=True, slots=True)
class Charts:
    """`centres` is how many were added up; None of one."""

    cadence: str
    cadences: tuple[str, ...]
    charts: tuple[Chart, ...]
    centres: int | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """Of one centre or several in a period. `told`: those of which satisfaction may be shown."""

    first: date
    rows: Sequence[Counted]
    told: Sequence[Counted]

    def sum(self, of: Callable[[Counted], float]) -> float:
        return sum(map(of, self.rows))


def may_tell(of: Counted, period: Period, now: datetime) -> bool:
    """Whether the satisfaction of a centre in a period may be shown."""
    if period.cadence == WEEK:
        return not is_too_new(of, period, now)
    last_week = period_of(WEEK, period.until - A_DAY)
    return now.date() - last_week.until >= JUST_PASSED


async def show(site: Site, asked: Mapping[str, str]) -> Charts:
    cadence, first, last = _asked(asked, site.now)
    found = await counted.of_centre(site.scene.tx, site.centre.id, cadence, first, last)
    return _charts(cadence, found, site.now)


async def show_area(area: Area, asked: Mapping[str, str]) -> Charts:
    """Sums over the centres that are open now."""
    cadence, first, last = _asked(asked, area.world.now)
    ours = {
        each.id
        for each in area.world.directory.centres.values()
        if each.status is CentreStatus.OPEN and area.has(each.id)
    }
    found = await counted.of_all(area.scene.tx, cadence, first, last)
    return _charts(cadence, [each for each in found if each.centre_id in ours], area.world.now, len(ours))


def _asked(asked: Mapping[str, str], now: datetime) -> tuple[str, date, date]:
    """Weeks or months, the first and the last of them."""
    cadence = asked.get("by", WEEK)
    cadence = cadence if cadence in SHOWN else WEEK
    last = first = last_over(cadence, now.date())
    for _ in range(SHOWN[cadence] - 1):
        first = first.before
    return cadence, first.first, last.first


def _charts(cadence: str, found: Iterable[Counted], now: datetime, centres: int | None = None) -> Charts:
    periods: dict[date, list[Counted]] = {}
    for each in found:
        periods.setdefault(each.first_on, []).append(each)
    totals = [
        Total(first, rows, [each for each in rows if may_tell(each, Period(cadence, first), now)])
        for first, rows in sorted(periods.items())
    ]
    charts = tuple(_chart(name, totals) for name in ROWS) if totals else ()
    return Charts(cadence, tuple(SHOWN), charts, centres)


def _chart(name: str, totals: Sequence[Total]) -> Chart:
    is_share, row_of = ROWS[name]
    rows = tuple(map(row_of, totals))
    points = [Point(each.first, each.value, each.low, each.high) for each in rows]
    return Chart(name, is_share, rows, drawing(points, is_share=is_share))


def _filled(of: Total) -> Row:
    return _part(of.first, of.sum(lambda each: each.taken), of.sum(lambda each: each.places))


def _missed(of: Total) -> Row:
    return _part(of.first, of.sum(lambda each: each.missed), of.sum(lambda each: each.missed + each.arrived))


def _part(first: date, part: float, whole: float) -> Row:
    """A share of what was counted to the last: it has no interval."""
    return Row(first, part / whole if whole else None, None, None, int(whole))


def _satisfied(of: Total) -> Row:
    """Of those who rated, with how surely that speaks for all."""
    good, ratings = sum(map(satisfied_of, of.told)), sum(each.ratings for each in of.told)
    kept_back = sum(each.ratings for each in of.rows) - ratings
    if not ratings:
        return Row(of.first, None, None, None, kept_back, bool(kept_back))
    ends = share_interval(good, ratings, FORMULA.z)
    return Row(of.first, ends.middle, ends.low, ends.high, ratings)


def _waiting(of: Total) -> Row:
    """Families in line at the end, and those for whom no place became free."""
    return _number(of.first, of.sum(lambda each: each.waiting), of.sum(lambda each: each.unserved))


def _people(of: Total) -> Row:
    return _number(of.first, of.sum(lambda each: each.people), of.sum(lambda each: each.activities))


def _number(first: date, value: float, beside: float) -> Row:
    return Row(first, value, None, None, int(beside))


ROWS: Mapping[str, tuple[bool, Callable[[Total], Row]]] = {
    "filled": (True, _filled),
    "missed": (True, _missed),
    "satisfied": (True, _satisfied),
    "waiting": (False, _waiting),
    "people": (False, _people),
}
