"""Which ratings look made up: they are flagged, shown and count less, and are never changed or deleted.

Pure arithmetic: no database, no clock. All numbers stand in `Rules`; whoever is flagged is not told.

1. **device**: one centre is rated from one device by more than `device_most` conversations within
   `device_within`. A device is an internet address (of IPv6 the home's /64) with what the browser calls
   itself. Behind a carrier's NAT (RFC 6888) a whole block of houses shares one address, and phones of one
   make call themselves alike: so neither is enough alone, and a family or a few neighbours are let be.
   A tablet that a centre hands round is one device as well, since nobody can tell who held it.
2. **burst**: more ratings that nobody's visit vouches for, from the door and from the chat, than a busy time
   brings. Ratings that come independently are Poisson distributed, their standard deviation is the root of
   their mean (NIST/SEMATECH e-Handbook, 6.3.3.1); people come together, so the mean that is allowed for is
   the usual of a day times `busy_day`, of an hour times `busy_hour` (a market day, its fullest hour: our
   assumption, to be checked against counts), and `sigmas` standard deviations more. Never fewer than
   `least_day` and `least_hour`: a quiet centre may have its feast. What is usual are the ratings of
   `usual_days` before that were not flagged themselves.
3. **en_bloc**: `at_once_least` or more of the families of one meeting rate it within `at_once` of their being
   checked in: so quick are only fingers that hold all the phones.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt


@dataclass(frozen=True, slots=True)
class Rules:
    """Every number; the module says in words what each does."""

    device_within: timedelta = timedelta(hours=1)
    device_most: int = 5
    usual_days: int = 56
    usual_least_days: int = 7
    open_hours: float = 8.0
    busy_day: float = 4.0
    busy_hour: float = 8.0
    sigmas: float = 5.0
    least_day: int = 30
    least_hour: int = 20
    at_once: timedelta = timedelta(seconds=60)
    at_once_least: int = 5


RULES = Rules()
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Given:
    """A rating of a centre: `who` gave it, and when."""

    id: str
    who: str
    at: datetime


def from_one_device(given: Sequence[Given], rules: Rules = RULES) -> frozenset[str]:
    """Of ratings of one centre from one device, in the order of time: those by too many within the hour."""
    return _of_spans(given, rules.device_within, _people, rules.device_most)


def usual_of(ratings: int, days: int, rules: Rules = RULES) -> float:
    """How many ratings a day usually brings, of so many in so many days."""
    return ratings / max(days, rules.usual_least_days)


def most_in(span: timedelta, usual: float, rules: Rules = RULES) -> float:
    """How many ratings an hour or a day may bring without a doubt; `usual` is of a day."""
    if span == HOUR:
        mean, least = usual / rules.open_hours * rules.busy_hour, rules.least_hour
    else:
        mean, least = usual * rules.busy_day, rules.least_day
    return max(least, mean + rules.sigmas * sqrt(mean))


def in_a_burst(given: Sequence[Given], usual: float, rules: Rules = RULES) -> frozenset[str]:
    """Of ratings of one centre, in the order of time: those of an hour or of 24 that brought too many."""
    return frozenset().union(
        *(_of_spans(given, length, len, most_in(length, usual, rules)) for length in (HOUR, DAY))
    )


def en_bloc(waits: Iterable[tuple[str, timedelta]], rules: Rules = RULES) -> frozenset[str]:
    """Of ratings of one meeting, with how long after the check-in each came: those that came at once."""
    quick = frozenset(rating for rating, wait in waits if timedelta() <= wait <= rules.at_once)
    return quick if len(quick) >= rules.at_once_least else frozenset()


def _people(given: Sequence[Given]) -> int:
    return len({each.who for each in given})


def _of_spans(
    given: Sequence[Given], length: timedelta, count: Callable[[Sequence[Given]], int], most: float
) -> frozenset[str]:
    """The ids in each span of time so long of which `count` is more than `most`."""
    found: list[str] = []
    end = marked = 0
    for start, first in enumerate(given):
        while end < len(given) and given[end].at - first.at <= length:
            end += 1
        if end - start > most and count(given[start:end]) > most:
            found += (each.id for each in given[max(start, marked) : end])
            marked = end
    return frozenset(found)
