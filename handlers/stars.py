"""The star rating: what it is made of, by which formula, and what is missing for the next star.

Pure arithmetic: no database, no clock, no chance. From the counts of a period (a year, 364 days):

1. **Satisfaction.** A rating of 4 or 5 counts as satisfied, 3 as half; 1 and 2, the bad ones of the State
   Council's five levels (Guobanfa 2019 No. 51), as not. A 5 weighs no more than a 4 and a 1 no more than a 2,
   so begging for fives and bombing with ones buy nothing. Weights: a rating after a checked-in visit 1; one
   from the door 0.25, all of these together at most 5; a flagged one 0.1, all of these together at most 1.
   To these come 20 as like centres have them (shrinkage: the mean of a Beta distribution with that prior).
   The interval around the share is Wilson's, 80 % (`handlers/intervals.py`).
2. **Activities** held and **people** served, each as a ratio to what is typical of like centres (by kind,
   functions and population, `handlers/likeness.py`), with the interval of a count, which holds also how well
   the typical is known. Nothing above the typical counts, so there is nothing to farm; and in the yardstick
   of the others a centre counts for no more than twice what is typical of it, and no less than half.
3. **Bars.** For each star there is a bar for each of the three, and a centre has the highest star whose three
   bars it reaches. More of one never makes up for less of another: counts buy no satisfaction.
4. **Hysteresis.** The first star goes by the middle of the intervals. From then on a star is gained when the
   low ends of all three are at its bars, and lost when the high end of one is below its bar.
5. **Floors.** With a case overdue no more than 4 stars, with three no more than 3: at once, and no longer
   once they are closed, since what the data support is kept apart as `earned`. (Known from star schemes of
   civic centres: a total does not make up for a duty that was missed.)
6. **Not enough data** is an outcome: fewer than 30 verified ratings, or than one for twenty of the people
   served (100 always suffice, as for the HCAHPS stars of hospitals, CMS); less than a quarter of a year;
   fewer than ten centres to compare with. A centre with a star keeps it down to four fifths of the ratings,
   so that it does not come and go.

What those who count must keep to, since it cannot be seen in counts: of one person the last rating in each
quarter counts for a centre; ratings by accounts of a centre's staff are flagged; an activity was held when
three people or more were checked in; a person is counted once in the period. Whatever changes here is a new
`version`, which each result carries; a star that another version gave is no `previous`.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil, exp, inf, log

import numpy as np

from handlers.intervals import Interval, more_counted, more_good, more_mended, ratio_interval, share_interval
from handlers.likeness import COLUMNS, Likeness, Numbers, Site, described, likeness, tempered

# How many ratings there are of the levels 1, 2, 3, 4 and 5.
Levels = tuple[int, int, int, int, int]
NO_RATINGS: Levels = (0, 0, 0, 0, 0)
HIGHEST = 5


class Indicator(StrEnum):
    SATISFACTION = "satisfaction"
    ACTIVITIES = "activities"
    PEOPLE = "people"


class Lack(StrEnum):
    """Why there is no star."""

    RATINGS = "ratings"
    DAYS = "days"
    CENTRES = "centres"


@dataclass(frozen=True, slots=True)
class Ratings:
    """`flagged` are suspicious ones of either sort, and are in neither of the others."""

    verified: Levels = NO_RATINGS
    door: Levels = NO_RATINGS
    flagged: Levels = NO_RATINGS


@dataclass(frozen=True, slots=True)
class Record:
    """What was counted of a centre in a period. `days` are those since it was opened, at most the period;
    `people` are different ones who were checked in; `overdue` are its overdue cases, the oldest first."""

    centre_id: str
    site: Site
    days: int
    ratings: Ratings
    activities: int
    people: int
    overdue: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Formula:
    """Every number of the formula; the module says in words what each does."""

    version: str = "1"
    z: float = 1.2816  # 80 % lie within so many standard deviations
    worth: tuple[float, float, float, float, float] = (0.0, 0.0, 0.5, 1.0, 1.0)
    verified: float = 1.0
    door: float = 0.25
    door_most: float = 5.0
    flagged: float = 0.1
    flagged_most: float = 1.0
    prior: float = 20.0
    least: int = 30
    one_in: int = 20
    least_most: int = 100
    kept_from: float = 0.8
    period: int = 364
    least_days: int = 91
    least_centres: int = 10
    outlier: float = 2.0
    penalty: float = 3.0
    full: float = 1.0
    most_error: float = 0.5
    # What one star, two, three, four and five ask for.
    bars: Mapping[Indicator, tuple[float, float, float, float, float]] = field(
        default_factory=lambda: {
            Indicator.SATISFACTION: (0.0, 0.55, 0.68, 0.79, 0.88),
            Indicator.ACTIVITIES: (0.0, 0.20, 0.35, 0.50, 0.70),
            Indicator.PEOPLE: (0.0, 0.20, 0.35, 0.50, 0.70),
        }
    )
    # So many overdue cases: no more stars than that.
    floors: tuple[tuple[int, int], ...] = ((1, 4), (3, 3))
    has_hysteresis: bool = True


FORMULA = Formula()


@dataclass(frozen=True, slots=True)
class Measured:
    """One indicator. `interval` is a share, or a ratio to `typical`, at most 1; `count` is what it was made
    of (verified ratings, activities, people), `typical` that of like centres in as many days."""

    indicator: Indicator
    interval: Interval
    count: int
    typical: float


@dataclass(frozen=True, slots=True)
class Missing:
    """What brings `star`, all of it together; None is any star at all, where there is none yet.

    `ratings` are further verified ones of 4 or 5 (of any level where there is no star yet). Instead of them
    so many bad ones as `mended` may be put right and given anew as 4 or 5; None when that is not enough. Both
    count from what is now, all else staying as it is.
    """

    star: int | None
    ratings: int = 0
    mended: int | None = 0
    activities: int = 0
    people: int = 0
    days: int = 0
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stars:
    """A result that explains itself. `stars` is None for "not enough data", then `lack` says of what.

    `earned` is what the data support without the floors: the `previous` of the next time. `held_by` are the
    indicators that are not yet at the next star's bars, the furthest first; `is_floored` says that overdue
    cases hold it lower than that. `n` is the number of verified ratings.
    """

    centre_id: str
    version: str
    stars: int | None
    earned: int | None
    lack: Lack | None
    n: int
    measured: tuple[Measured, ...]
    held_by: tuple[Indicator, ...] = ()
    is_floored: bool = False
    missing: Missing | None = None


@dataclass(frozen=True, slots=True)
class Typical:
    """Of like centres: the share of the satisfied, and activities and people in a whole period with their
    relative errors."""

    share: float
    activities: float
    activities_error: float
    people: float
    people_error: float


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What the centres of a district have in common; None when there are too few of them."""

    alike: Likeness | None
    rows: Mapping[str, int]

    def typical(self, record: Record, formula: Formula = FORMULA) -> Typical | None:
        if self.alike is None:
            return None
        at = self.rows.get(record.centre_id)
        values, errors = (
            self.alike.of(record.site) if at is None else (self.alike.typical[at], self.alike.error[at])
        )
        share, activities, people = (float(each) for each in values)
        _, activities_error, people_error = (min(float(each), formula.most_error) for each in errors)
        bounded = min(max(share, 0.05), 0.95)
        return Typical(bounded, exp(activities), activities_error, exp(people), people_error)


def yardstick(records: Iterable[Record], formula: Formula = FORMULA) -> Yardstick:
    """Of the centres that have enough data themselves; their order makes no difference."""
    ids = list[str]()

    def columns() -> Iterator[tuple[float, ...]]:
        for each in records:
            if each.days >= formula.least_days and _verified(each) >= formula.least:
                ids.append(each.centre_id)
                good, total = weighed(each.ratings, formula)
                periods = each.days / formula.period
                counts = (log((count + 0.5) / periods) for count in (each.activities, each.people))
                yield (*described(each.site), good / total, *counts)

    table: Numbers = np.fromiter(columns(), dtype=np.dtype((np.float64, COLUMNS + 3)))
    if len(ids) < formula.least_centres:
        return Yardstick(None, {})
    order = sorted(range(len(ids)), key=ids.__getitem__)
    about, shares, counts = np.split(table[order], [COLUMNS, COLUMNS + 1], axis=1)
    counts = tempered(about, counts, formula.penalty, log(formula.outlier))
    alike = likeness(about, np.hstack([shares, counts]), formula.penalty)
    return Yardstick(alike, {ids[at]: row for row, at in enumerate(order)})


def all_stars(
    records: Collection[Record], previous: Mapping[str, int | None], formula: Formula = FORMULA
) -> Iterator[Stars]:
    """The stars of all centres of a district, one after the other; `previous` is what each had earned.
    `records` is gone through twice."""
    common = yardstick(records, formula)
    for each in records:
        yield stars_of(each, common, previous.get(each.centre_id), formula)


def stars_of(
    record: Record, common: Yardstick, previous: int | None = None, formula: Formula = FORMULA
) -> Stars:
    """The stars of one centre. `previous` is what it had earned before, by the same version."""
    typical, n = common.typical(record, formula), _verified(record)
    measured = _measured(record, typical, formula) if typical else ()
    if (lack := _lack(record, typical, previous, formula)) or typical is None:
        missing = _missing_for_any(record, formula) if typical else None  # of others nothing can be asked
        return Stars(record.centre_id, formula.version, None, None, lack, n, measured, missing=missing)
    earned = _earned(measured, previous, formula)
    stars = min(earned, floor_of(len(record.overdue), formula))
    held = _held_by(measured, earned, formula)
    missing = _missing(record, typical, stars, earned, formula) if stars < HIGHEST else None
    return Stars(
        record.centre_id, formula.version, stars, earned, None, n, measured, held, stars < earned, missing
    )


def earned_of(
    record: Record, common: Yardstick, previous: int | None = None, formula: Formula = FORMULA
) -> int | None:
    """What the data of one centre support, without floors and explanation; None for not enough data."""
    typical = common.typical(record, formula)
    if typical is None or _lack(record, typical, previous, formula):
        return None
    return _earned(_measured(record, typical, formula), previous, formula)


def weighed(ratings: Ratings, formula: Formula = FORMULA) -> tuple[float, float]:
    """How much satisfaction there is, of how much: sums of weights."""
    good = total = 0.0
    for levels, weight, most in (
        (ratings.verified, formula.verified, inf),
        (ratings.door, formula.door, formula.door_most),
        (ratings.flagged, formula.flagged, formula.flagged_most),
    ):
        if number := sum(levels):
            each = min(weight, most / number)
            total += each * number
            good += each * sum(worth * count for worth, count in zip(formula.worth, levels, strict=True))
    return good, total


def _shrunk(ratings: Ratings, typical: Typical, formula: Formula) -> tuple[float, float]:
    good, total = weighed(ratings, formula)
    return good + formula.prior * typical.share, total + formula.prior


def _verified(record: Record) -> int:
    return sum(record.ratings.verified)


def _measured(record: Record, typical: Typical, formula: Formula) -> tuple[Measured, ...]:
    periods, ratings = max(record.days, 1) / formula.period, record.ratings
    activities, people = typical.activities * periods, typical.people * periods
    by_activities = ratio_interval(record.activities, activities, typical.activities_error, formula.z)
    by_people = ratio_interval(record.people, people, typical.people_error, formula.z)
    satisfied = share_interval(*_shrunk(ratings, typical, formula), formula.z)
    return (
        Measured(Indicator.SATISFACTION, satisfied, sum(ratings.verified), typical.share),
        Measured(Indicator.ACTIVITIES, by_activities.at_most(formula.full), record.activities, activities),
        Measured(Indicator.PEOPLE, by_people.at_most(formula.full), record.people, people),
    )


def _earned(measured: Iterable[Measured], previous: int | None, formula: Formula) -> int:
    before = previous if formula.has_hysteresis else None
    return min(_reached(each, before, formula) for each in measured)


def _reached(measured: Measured, previous: int | None, formula: Formula) -> int:
    """The most stars that an indicator lets a centre have, by what it had before."""
    bars, interval = formula.bars[measured.indicator], measured.interval
    if previous is None:
        return bisect_right(bars, interval.middle)
    gained, kept = bisect_right(bars, interval.low), min(bisect_right(bars, interval.high), previous)
    return max(gained, kept)


def floor_of(overdue: int, formula: Formula = FORMULA) -> int:
    """The most stars that a centre with so many overdue cases can have."""
    return min([most for cases, most in formula.floors if overdue >= cases], default=HIGHEST)


def _held_by(measured: Iterable[Measured], earned: int, formula: Formula) -> tuple[Indicator, ...]:
    if earned == HIGHEST:
        return ()
    reached = {each.indicator: each.interval.low / formula.bars[each.indicator][earned] for each in measured}
    return tuple(sorted((each for each in reached if reached[each] < 1), key=reached.__getitem__))


def _least(people: int, formula: Formula, previous: int | None = None) -> int:
    """How many verified ratings a star needs."""
    least = min(max(formula.least, ceil(people / formula.one_in)), formula.least_most)
    return least if previous is None else ceil(formula.kept_from * least)


def _lack(record: Record, typical: Typical | None, previous: int | None, formula: Formula) -> Lack | None:
    if record.days < formula.least_days:
        return Lack.DAYS
    if _verified(record) < _least(record.people, formula, previous):
        return Lack.RATINGS
    return Lack.CENTRES if typical is None else None


def _missing_for_any(record: Record, formula: Formula) -> Missing:
    ratings = max(_least(record.people, formula) - _verified(record), 0)
    return Missing(None, ratings, mended=None, days=max(formula.least_days - record.days, 0))


def _missing(record: Record, typical: Typical, stars: int, earned: int, formula: Formula) -> Missing:
    """What leads from `stars` to the next, all else staying as it is; what like centres do stays, too."""
    star = stars + 1
    allowed = min([cases - 1 for cases, most in formula.floors if most < star], default=len(record.overdue))
    cases = record.overdue[: max(len(record.overdue) - allowed, 0)]
    if star <= earned:
        return Missing(star, cases=cases)
    share, held, served = (formula.bars[each][star - 1] for each in Indicator)
    periods, z = record.days / formula.period, formula.z
    activities = more_counted(
        record.activities, typical.activities * periods, typical.activities_error, held, z
    )
    people = more_counted(record.people, typical.people * periods, typical.people_error, served, z)
    good, total = _shrunk(record.ratings, typical, formula)
    short = _least(record.people + people, formula, earned) - _verified(record)
    ratings, mended = max(more_good(good, total, share, z), short, 0), more_mended(good, total, share, z)
    can_mend = short <= 0 and mended <= sum(record.ratings.verified[:2])
    return Missing(star, ratings, mended if can_mend else None, activities, people, cases=cases)
