"""Districts made up by chance, in which the true quality of each centre is known, to try the star rating on.

How people live, rate and cheat here is assumed, not measured: the tables and functions below say what is. The
truth of a centre is what its stars would be by the formula's bars and floors if every visitor rated, nobody
cheated and chance had no part.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from handlers.likeness import FUNCTIONS, Site
from handlers.stars import (
    FORMULA,
    Indicator,
    Levels,
    Ratings,
    Record,
    floor_of,
)
from messages.directory import Category, CentreKind

Chance = np.random.Generator
Counts = NDArray[np.int64]

CENTRES = 85
YEAR, WEEKS = 364, 52
# How much more people and activities a function brings; the others make no difference.
BRINGS: Mapping[Category, tuple[float, float]] = {
    Category.ELDER: (1.3, 1.2),
    Category.CHILD: (1.25, 1.4),
    Category.CULTURE: (1.2, 1.5),
    Category.ADMIN: (1.3, 0.9),
}
# The share of ratings given at the door, beside the verified ones, and how much worse they are.
AT_THE_DOOR, WORSE_AT_THE_DOOR = 0.15, 0.05
# Honest ratings that are flagged by mistake.
FALSE_ALARMS = 0.02


@dataclass(frozen=True, slots=True)
class Truth:
    """A centre as it is: `share` of its visitors is satisfied (a 3 counting as half), `answers` of them rate,
    `activities` and `people` are what a year brings on average."""

    centre_id: str
    site: Site
    share: float
    activities: float
    people: float
    answers: float
    overdue: int
    stars: int


def district(chance: Chance, centres: int = CENTRES) -> list[Truth]:
    return [_centre(f"C{number:05}", chance) for number in range(centres)]


def _centre(centre_id: str, chance: Chance) -> Truth:
    kind = CentreKind.PARK if chance.random() < 0.1 else CentreKind.COMMUNITY
    has = frozenset(each for each in FUNCTIONS if chance.random() < 0.7)
    site = Site(kind, has, round(exp(chance.uniform(log(2_000), log(20_000)))))
    share = 1 / (1 + exp(-chance.normal(1.75, 0.75)))
    effort = chance.normal(0, 0.3)  # who does much also reaches many
    busy, reach = exp(effort + chance.normal(0, 0.25)), exp(effort + chance.normal(0, 0.25))
    by_size = (site.population / 8_000) ** 0.5 * (0.7 if kind is CentreKind.PARK else 1)
    people, activities = 260 * by_size, 70 * by_size**0.5
    for function in FUNCTIONS:  # not in the order of a set, which is another one in each process
        if function in has and function in BRINGS:
            people, activities = people * BRINGS[function][0], activities * BRINGS[function][1]
    overdue = int(chance.poisson(0.8 * (1 - share)))
    true = {Indicator.SATISFACTION: share, Indicator.ACTIVITIES: busy, Indicator.PEOPLE: reach}
    earned = min(sum(value >= bar for bar in FORMULA.bars[each]) for each, value in true.items())
    stars = min(earned, floor_of(overdue))
    answers = float(chance.beta(6, 16))
    return Truth(centre_id, site, share, activities * busy, people * reach, answers, overdue, stars)


def rated_as(share: float) -> tuple[float, float, float, float, float]:
    """How likely each level is where this share is satisfied."""
    middling = 0.4 * (1 - share)
    good, bad = share - middling / 2, 1 - share - middling / 2
    return (0.4 * bad, 0.6 * bad, middling, 0.4 * good, 0.6 * good)


def honest_counts(truth: Truth, then: Truth, chance: Chance, parts: int, part: float) -> Counts:
    """What is counted in so many parts of a year each when nobody cheats, a row for each: ratings by level,
    verified, from the door and flagged, then activities and people. From its half the centre is as `then`."""
    halves = [
        _honest(each, chance, number, part)
        for each, number in ((truth, parts - parts // 2), (then, parts // 2))
        if number
    ]
    return np.vstack(halves)


def _honest(truth: Truth, chance: Chance, parts: int, part: float) -> Counts:
    people = chance.poisson(truth.people * part, parts)
    number = chance.binomial(people, truth.answers)
    rated = chance.multinomial(number, rated_as(truth.share))
    flagged = chance.binomial(rated, FALSE_ALARMS)
    at_the_door = chance.poisson(AT_THE_DOOR * number)
    door = chance.multinomial(at_the_door, rated_as(max(truth.share - WORSE_AT_THE_DOOR, 0.01)))
    activities = chance.poisson(truth.activities * part, parts)
    return np.hstack([rated - flagged, door, flagged, activities[:, None], people[:, None]])


def record_of(truth: Truth, row: Counts) -> Record:
    """The record of a year in which this was counted."""
    ratings = Ratings(levels_of(row[:5]), levels_of(row[5:10]), levels_of(row[10:15]))
    cases = tuple(f"G-{number:04}" for number in range(1, truth.overdue + 1))
    return Record(truth.centre_id, truth.site, YEAR, ratings, int(row[15]), int(row[16]), cases)


def honest_year(truth: Truth, chance: Chance) -> Record:
    return record_of(truth, honest_counts(truth, truth, chance, 1, 1.0)[0])


def levels_of(counts: Counts) -> Levels:
    one, two, three, four, five = counts.tolist()
    return one, two, three, four, five


def _plus(levels: Levels, level: int, number: int) -> Levels:
    added = np.array(levels)
    added[level - 1] += number
    return levels_of(added)


def _with(
    record: Record, level: int, number: int, caught: float, chance: Chance, *, is_verified: bool = True
) -> Record:
    """So many ratings more, of which a share is noticed and flagged."""
    noticed = int(chance.binomial(number, caught))
    ratings = replace(record.ratings, flagged=_plus(record.ratings.flagged, level, noticed))
    if is_verified:
        ratings = replace(ratings, verified=_plus(ratings.verified, level, number - noticed))
    else:
        ratings = replace(ratings, door=_plus(ratings.door, level, number - noticed))
    return replace(record, ratings=ratings)


# A way to cheat: what was counted honestly becomes what is counted. The last number is how well suspicious
# ratings are noticed: 1 as assumed below, 0 not at all.
Cheat = Callable[[Record, Chance, float], Record]


def induced_praise(record: Record, chance: Chance, noticed: float) -> Record:
    """Staff stand beside those who rate: four of ten ratings below 4 become a 5. Nobody notices."""
    verified = np.array(record.ratings.verified)
    turned = chance.binomial(verified, [0.4, 0.4, 0.4, 0, 0])
    praised = _plus(levels_of(verified - turned), 5, int(turned.sum()))
    return replace(record, ratings=replace(record.ratings, verified=praised))


def in_one_go(record: Record, chance: Chance, noticed: float) -> Record:
    """At check-in staff rate 5 for three of ten who would not have rated; nine of ten are flagged."""
    silent = max(record.people - sum(record.ratings.verified), 0)
    return _with(record, 5, int(chance.binomial(silent, 0.3)), 0.9 * noticed, chance)


def own_accounts(record: Record, chance: Chance, noticed: float) -> Record:
    """Ten accounts of staff and families check in and rate 5 each quarter; half are known for staff's."""
    return replace(_with(record, 5, 40, 0.5 * noticed, chance), people=record.people + 10)


def more_activities(record: Record, chance: Chance, noticed: float) -> Record:
    """Each activity is cut into three, with three people or more in each."""
    return replace(record, activities=3 * record.activities)


def more_people(record: Record, chance: Chance, noticed: float) -> Record:
    """Passers-by are checked in: half as many people more, who do not rate."""
    return replace(record, people=record.people + record.people // 2)


def not_asking(record: Record, chance: Chance, noticed: float) -> Record:
    """Of visitors who look unhappy (those of 1 and 2, half of those of 3) seven of ten are not checked in, so
    that they are not asked to rate; they are not counted as people either."""
    verified = np.array(record.ratings.verified)
    hidden = chance.binomial(verified, [0.7, 0.7, 0.35, 0, 0])
    share = float(hidden.sum() / max(verified.sum(), 1))
    ratings = replace(record.ratings, verified=levels_of(verified - hidden))
    return replace(record, ratings=ratings, people=record.people - round(share * record.people))


def all_of_it(record: Record, chance: Chance, noticed: float) -> Record:
    for cheat in (not_asking, induced_praise, in_one_go, own_accounts, more_activities, more_people):
        record = cheat(record, chance, noticed)
    return record


def bombed(record: Record, chance: Chance, noticed: float) -> Record:
    """A rival has this centre rated 1: a hundred times at the door, half of it noticed, and by twelve people
    who really were there, of whom nobody notices."""
    record = _with(record, 1, 100, 0.5 * noticed, chance, is_verified=False)
    return replace(_with(record, 1, 12, 0.0, chance), people=record.people + 12)


# What a centre does for itself, then what others do to it.
SELF_SERVING: Mapping[str, Cheat] = {
    "praise induced by staff": induced_praise,
    "ratings in one go at check-in": in_one_go,
    "accounts of one's own staff": own_accounts,
    "activities cut into three": more_activities,
    "passers-by checked in": more_people,
    "the unhappy not asked": not_asking,
    "all of these together": all_of_it,
}
CHEATS: Mapping[str, Cheat] = {**SELF_SERVING, "bombed by a rival": bombed}
