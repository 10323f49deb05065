"""Centres to rate: a district by chance to compare with, and one centre that a test shapes."""

from dataclasses import replace

import numpy as np

from handlers.likeness import Site
from handlers.stars import Levels, Ratings, Record, Stars, stars_of, yardstick
from handlers.stars_simulated import YEAR, district, honest_year
from messages.directory import Category, CentreKind

_CHANCE = np.random.default_rng(11)
DISTRICT: list[Record] = [replace(honest_year(each, _CHANCE), overdue=()) for each in district(_CHANCE)]
COMMON = yardstick(DISTRICT)
SITE = Site(CentreKind.COMMUNITY, frozenset({Category.ELDER, Category.CHILD, Category.LIFE}), 8_000)


def levels(good: int, bad: int = 0, middling: int = 0) -> Levels:
    """So many of 5, 1 and 3."""
    return bad, 0, middling, 0, good


def record(
    good: int = 0,
    bad: int = 0,
    *,
    activities: int = 1_000,
    people: int = 1_500,
    door: Levels = (0, 0, 0, 0, 0),
    flagged: Levels = (0, 0, 0, 0, 0),
    overdue: tuple[str, ...] = (),
    days: int = YEAR,
) -> Record:
    """A centre that is not of the district, by default one that lacks neither activities nor people."""
    ratings = Ratings(levels(good, bad), door, flagged)
    return Record("NEW", SITE, days, ratings, activities, people, overdue)


def rated(each: Record, previous: int | None = None) -> Stars:
    return stars_of(each, COMMON, previous)


def low(each: Record) -> float:
    """The bound of satisfaction."""
    return rated(each).measured[0].interval.low


def lifted(each: Record, stars: Stars) -> Record:
    """The same centre after it has done what was missing for the next star."""
    assert stars.missing is not None
    more, verified = stars.missing, each.ratings.verified
    return replace(
        each,
        ratings=replace(each.ratings, verified=(*verified[:4], verified[4] + more.ratings)),
        activities=each.activities + more.activities,
        people=each.people + more.people,
        days=each.days + more.days,
        overdue=tuple(case for case in each.overdue if case not in more.cases),
    )
