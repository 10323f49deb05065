"""How often stars are right, how often they move for nothing, what cheating gains: in districts of chance."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf, sqrt
from statistics import fmean, stdev

import numpy as np

from handlers.intervals import Interval
from handlers.stars import (
    FORMULA,
    Formula,
    Indicator,
    Record,
    Yardstick,
    all_stars,
    earned_of,
    floor_of,
    stars_of,
    yardstick,
)
from handlers.stars_simulated import (
    CHEATS,
    SELF_SERVING,
    WEEKS,
    Chance,
    Truth,
    district,
    honest_counts,
    honest_year,
    record_of,
)

# What the formula is compared with: the same bars, but each rating counts for one, whoever gave it and
# however few there are, and nothing keeps a star where it was.
COUNTED_ALIKE = replace(
    FORMULA,
    door=1.0,
    door_most=inf,
    flagged=1.0,
    flagged_most=inf,
    prior=0.001,
    least=1,
    one_in=1_000_000,
    full=inf,
    has_hysteresis=False,
)
# By how many standard errors the mean of many districts may be off, 95 %.
OFF = 1.96
# One centre in so many cheats, where honest ones and cheats stand side by side.
CHEATERS = 3
# A fall is looked for of centres with so many stars, since those with fewer are few.
FALLING_FROM = 3
# Cheats are looked at every fourth week, honest centres every week.
CHEATS_EVERY = 4


@dataclass(frozen=True, slots=True)
class Rightness:
    """Shares of the centres whose stars are the true ones, one off, further off, or not given."""

    of: str
    right: Interval
    one_off: Interval
    wrong: Interval
    none: Interval


@dataclass(frozen=True, slots=True)
class Gain:
    """Earned stars that a way to cheat brings in the first stars, on average; when nothing is flagged; when
    all is counted alike; and `most`, what it brings one centre or costs it."""

    cheat: str
    first: Interval
    unnoticed: Interval
    alike: Interval
    most: int


@dataclass(frozen=True, slots=True)
class Moves:
    """In a year of weekly looks: how often stars change of a centre that stays as it is, and what share is
    noticed of centres that become as bad as the middle of those with a star less."""

    of: str
    a_year: Interval
    noticed: Interval


@dataclass(frozen=True, slots=True)
class FirstStars:
    """`within` is the share of centres whose true satisfaction lies in the interval that is told."""

    rightness: tuple[Rightness, ...]
    within: Interval
    gains: tuple[Gain, ...]


@dataclass(frozen=True, slots=True)
class YearLater:
    """`kept_up` is what each way to cheat gains that goes on for a year, beginning with the honest stars."""

    rightness: Rightness
    moves: tuple[Moves, ...]
    kept_up: Mapping[str, Interval]


def first_stars(seed: int, districts: int, formula: Formula = FORMULA) -> FirstStars:
    """The same for the same seed; of three districts or more."""
    found = [_tried(seed, number, formula) for number in range(districts)]
    return FirstStars(
        tuple(_rightness(of, [each.outcomes[of] for each in found]) for of in found[0].outcomes),
        mean_of([each.within for each in found]),
        tuple(_gain(cheat, [each.cheated[cheat] for each in found]) for cheat in CHEATS),
    )


def year_later(seed: int, districts: int, formula: Formula = FORMULA) -> YearLater:
    """The same for the same seed; of three districts or more, each of which takes some time."""
    years = [_followed(seed, number, formula) for number in range(districts)]
    return YearLater(
        _rightness("after a year of weekly looks", [each.outcome for each in years]),
        (
            Moves("with hysteresis", *_means([each.moving for each in years])),
            Moves("without", *_means([each.moving_without for each in years])),
        ),
        {cheat: mean_of([fmean(_gained(each.cheated[cheat])) for each in years]) for cheat in CHEATS},
    )


def mean_of(values: Sequence[float]) -> Interval:
    """The mean of districts, three or more, with its interval."""
    middle, off = fmean(values), _student(len(values) - 1) * stdev(values) / sqrt(len(values))
    return Interval(middle - off, middle, middle + off)


def _student(freedom: int) -> float:
    """How many standard errors few districts ask for: Student's quantile by the expansion of Cornish and
    Fisher (Abramowitz and Stegun 26.7.5), within 4 % from two degrees of freedom on."""
    return (
        OFF
        + (OFF**3 + OFF) / (4 * freedom)
        + (5 * OFF**5 + 16 * OFF**3 + 3 * OFF) / (96 * freedom**2)
        + (3 * OFF**7 + 19 * OFF**5 + 17 * OFF**3 - 15 * OFF) / (384 * freedom**3)
    )


def _means(districts: Iterable[Sequence[float]]) -> list[Interval]:
    return [mean_of(values) for values in zip(*districts, strict=True)]


# True stars and those given, of each centre.
Outcome = list[tuple[int, int | None]]


# Of each centre, what it earned honestly and by cheating.
Pairs = list[tuple[int | None, int | None]]


@dataclass(frozen=True, slots=True)
class _Cheated:
    first: Pairs
    unnoticed: Pairs
    alike: Pairs


@dataclass(frozen=True, slots=True)
class _Tried:
    outcomes: Mapping[str, Outcome]
    within: float
    cheated: Mapping[str, _Cheated]


@dataclass(frozen=True, slots=True)
class _Followed:
    outcome: Outcome
    moving: tuple[float, float]
    moving_without: tuple[float, float]
    cheated: Mapping[str, Pairs]


def _tried(seed: int, number: int, formula: Formula) -> _Tried:
    chance = np.random.default_rng([seed, number])
    truths = district(chance)
    records = [honest_year(truth, chance) for truth in truths]
    ways = list(SELF_SERVING)
    mixed = [
        record if at % CHEATERS else CHEATS[ways[at // CHEATERS % len(ways)]](record, chance, 1.0)
        for at, record in enumerate(records)
    ]
    beside = _outcome(truths, mixed, formula)
    outcomes = {
        "all honest, first stars": _outcome(truths, records, formula),
        "the same, ratings counted alike": _outcome(truths, records, COUNTED_ALIKE),
        "one in three cheats: the honest": [each for at, each in enumerate(beside) if at % CHEATERS],
        "one in three cheats: the cheats": beside[::CHEATERS],
    }
    common = yardstick(records, formula), yardstick(records, COUNTED_ALIKE)
    cheated = {
        cheat: _cheated(cheat, np.random.default_rng([seed, number, at]), records, common, formula)
        for at, cheat in enumerate(CHEATS)
    }
    told = [stars_of(record, common[0], None, formula).measured[0].interval for record in records]
    within = [ends.low <= truth.share <= ends.high for truth, ends in zip(truths, told, strict=True)]
    return _Tried(outcomes, fmean(within), cheated)


def _outcome(truths: Iterable[Truth], records: Sequence[Record], formula: Formula) -> Outcome:
    stars = all_stars(records, {}, formula)
    return [(truth.stars, each.stars) for truth, each in zip(truths, stars, strict=True)]


def _cheated(
    cheat: str,
    chance: Chance,
    records: Iterable[Record],
    common: tuple[Yardstick, Yardstick],
    formula: Formula,
) -> _Cheated:
    """One centre cheats while all others are honest."""
    found, (by_formula, alike) = _Cheated([], [], []), common
    for record in records:
        given, unnoticed = (CHEATS[cheat](record, chance, noticed) for noticed in (1.0, 0.0))
        honest = earned_of(record, by_formula, None, formula)
        found.first.append((honest, earned_of(given, by_formula, None, formula)))
        found.unnoticed.append((honest, earned_of(unnoticed, by_formula, None, formula)))
        earned = (earned_of(each, alike, None, COUNTED_ALIKE) for each in (record, given))
        found.alike.append((next(earned), next(earned)))
    return found


def _gain(cheat: str, districts: Sequence[_Cheated]) -> Gain:
    first = [_gained(each.first) for each in districts]
    return Gain(
        cheat,
        mean_of([fmean(each) for each in first]),
        mean_of([fmean(_gained(each.unnoticed)) for each in districts]),
        mean_of([fmean(_gained(each.alike)) for each in districts]),
        max((gain for each in first for gain in each), key=abs),
    )


def _gained(pairs: Pairs) -> list[int]:
    """Of centres with enough data, whether they cheat or not."""
    return [cheating - honest for honest, cheating in pairs if honest and cheating]


def _rightness(of: str, districts: Sequence[Outcome]) -> Rightness:
    shares = []
    for outcome in districts:
        counted = Counter(None if given is None else min(abs(given - true), 2) for true, given in outcome)
        shares.append([counted[kind] / len(outcome) for kind in (0, 1, 2, None)])
    return Rightness(of, *_means(shares))


def _followed(seed: int, number: int, formula: Formula) -> _Followed:
    """A second year, looked at each week as the year that ends then; the first brings the first stars."""
    chance = np.random.default_rng([seed, number, len(CHEATS)])
    truths = district(chance)
    weeks = list(zip(*(_years(truth, truth, chance) for truth in truths), strict=True))
    fallen = list(zip(*(_years(truth, _fallen(truth), chance) for truth in truths), strict=True))
    common = [yardstick(records, formula) for records in weeks]
    honest = _looked_at(weeks, common, formula)
    outcome: Outcome = [
        (truth.stars, earned and min(earned, floor_of(truth.overdue, formula)))
        for truth, earned in zip(truths, honest[-1], strict=True)
    ]
    without = replace(formula, has_hysteresis=False)
    moving = [
        (_moves(looked_at), _noticed(truths, _looked_at(fallen, common, each)))
        for each, looked_at in ((formula, honest), (without, _looked_at(weeks, common, without)))
    ]
    cheated = dict[str, Pairs]()
    for at, cheat in enumerate(CHEATS):
        earned = honest[0]
        for week in range(CHEATS_EVERY, WEEKS + 1, CHEATS_EVERY):  # with the same luck at every look
            given = [
                CHEATS[cheat](record, np.random.default_rng([seed, number, at, centre]), 1.0)
                for centre, record in enumerate(weeks[week])
            ]
            earned = _next(given, common[week], earned, formula)
        cheated[cheat] = list(zip(honest[-1], earned, strict=True))
    return _Followed(outcome, moving[0], moving[1], cheated)


# What each centre has earned.
Earned = Sequence[int | None]


def _next(records: Iterable[Record], common: Yardstick, before: Earned, formula: Formula) -> Earned:
    return [earned_of(each, common, last, formula) for each, last in zip(records, before, strict=True)]


def _looked_at(
    weeks: Iterable[Sequence[Record]], common: Iterable[Yardstick], formula: Formula
) -> list[Earned]:
    """What the centres have earned by each week."""
    found = list[Earned]()
    for records, alike in zip(weeks, common, strict=True):
        found.append(_next(records, alike, found[-1] if found else [None] * len(records), formula))
    return found


def _moves(earned: Sequence[Earned]) -> float:
    """How often the stars of a centre change, on average."""
    pairs = [pair for last, now in pairwise(earned) for pair in zip(last, now, strict=True)]
    return sum(1 for last, now in pairs if last and now and last != now) / len(earned[0])


def _satisfying(truth: Truth) -> int:
    """The stars that a centre's true satisfaction alone is worth."""
    return bisect_right(FORMULA.bars[Indicator.SATISFACTION], truth.share)


def _fallen(truth: Truth) -> Truth:
    """With the satisfaction of the middle of those with a star less, if there is such a star."""
    bars, now = FORMULA.bars[Indicator.SATISFACTION], _satisfying(truth)
    return replace(truth, share=(bars[now - 2] + bars[now - 1]) / 2) if now >= FALLING_FROM else truth


def _noticed(truths: Iterable[Truth], earned: Sequence[Earned]) -> float:
    """Of the centres that had what they deserved and became worse: how many have lost a star at the end."""
    fell = [
        last < first
        for truth, first, last in zip(truths, earned[0], earned[-1], strict=True)
        if first and last and first >= FALLING_FROM and first == _satisfying(truth)
    ]
    return fmean(fell)


def _years(truth: Truth, then: Truth, chance: Chance) -> Iterator[Record]:
    """What was counted in the year before each week of the second year, and before its end; in the second
    year the centre is as `then`."""
    counts = honest_counts(truth, then, chance, 2 * WEEKS, 1 / WEEKS)
    until = np.vstack([np.zeros_like(counts[:1]), np.cumsum(counts, axis=0)])
    for row in until[WEEKS:] - until[:-WEEKS]:
        yield record_of(truth, row)
