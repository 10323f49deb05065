"""The civil calendar of China: days off, make-up working days, festivals, school terms.

A year is *official* when the State Council's notice for it has been loaded. In any other year only
the statutory days (Regulation on Public Holidays for National Annual Festivals and Memorial Days,
as amended 2024) are certain: make-up days are unknown and never guessed.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

from lunar_python import Lunar, Solar

from messages.words import words

SHANGHAI = ZoneInfo("Asia/Shanghai")
"""Where civil dates and clocks are read; instants are stored in UTC."""


class Holiday(StrEnum):
    """The seven public holidays, by code; their names in a language live in its folder."""

    NEW_YEAR = "new_year"
    SPRING = "spring"
    QINGMING = "qingming"
    LABOUR = "labour"
    DRAGON_BOAT = "dragon_boat"
    MID_AUTUMN = "mid_autumn"
    NATIONAL = "national"


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that the official notice names: a day off, or a make-up working day."""

    on: date
    kind: DayKind
    holiday: Holiday
    source: str


@dataclass(frozen=True, slots=True)
class SchoolTerm:
    """First and last school day of a term, both included."""

    starts_on: date
    ends_on: date
    name: str
    source: str
    is_invented: bool


# How many days before its first and after its last statutory day a holiday may make a weekday free, and
# how far from a statutory day a weekend may become working days. Each is a little more than the notices of
# 2014 to 2026 ever did; tests/test_calendar_years.py holds them to it.
OFF_REACH: dict[Holiday, tuple[int, int]] = {
    Holiday.NEW_YEAR: (2, 3),
    Holiday.SPRING: (2, 5),
    Holiday.QINGMING: (2, 3),
    Holiday.LABOUR: (2, 5),
    Holiday.DRAGON_BOAT: (2, 3),
    Holiday.MID_AUTUMN: (2, 3),
    Holiday.NATIONAL: (2, 6),
}
WORK_REACH = 14

# Longer than any school holiday: a wider gap between two terms means that a term is missing.
LONGEST_VACATION = timedelta(days=100)

FIRST_YEAR, LAST_YEAR = 1950, 2200
_AMENDED = 2025
_DAY = timedelta(days=1)
_SATURDAY = 6


@lru_cache(maxsize=512)
def statutory_days(year: int) -> dict[date, Holiday]:
    """The days that law alone makes free in `year`, in order; callers must not change the mapping.

    From 2025: New Year 1, Spring Festival 4 from its eve, Qingming 1, Labour Day 2, Dragon Boat 1,
    Mid-Autumn 1, National Day 3. Before: Spring Festival 3 from its first day, Labour Day 1.
    Years outside 1950-2200 have none here. A day of two holidays counts for the later rule of the list.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return {}
    amended = year >= _AMENDED
    spring = lunar_day(year, 1, 1)
    days = {
        date(year, 1, 1): Holiday.NEW_YEAR,
        **{spring + n * _DAY: Holiday.SPRING for n in range(-1 if amended else 0, 3)},
        solar_term(year, words("zh", "calendar")["qingming"]): Holiday.QINGMING,
        **{date(year, 5, n): Holiday.LABOUR for n in ((1, 2) if amended else (1,))},
        lunar_day(year, 5, 5): Holiday.DRAGON_BOAT,
        lunar_day(year, 8, 15): Holiday.MID_AUTUMN,
        **{date(year, 10, n): Holiday.NATIONAL for n in (1, 2, 3)},
    }
    return dict(sorted(days.items()))


def lunar_day(year: int, month: int, day: int) -> date:
    """The civil date of a day in the lunar year that begins in `year`."""
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def solar_term(year: int, name: str) -> date:
    """The civil date in China of one of the 24 solar terms in `year`."""
    solar = Solar.fromYmd(year, 6, 1).getLunar().getJieQiTable()[name]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=512)
def _movable(year: int) -> frozenset[date]:
    """Days of `year` that a notice could turn. Statutory days are not among them."""
    fixed = {on: which for n in (year - 1, year, year + 1) for on, which in statutory_days(n).items()}
    found = {day for on, which in fixed.items() for day in _within_reach(on, which)}
    return frozenset(day for day in found if day.year == year and day not in fixed)


@lru_cache(maxsize=512)
def _may_be_free(year: int) -> frozenset[date]:
    """Days of `year` that a notice could make free beside the statutory ones, and the weekends they touch."""
    fixed = {on: which for n in (year - 1, year, year + 1) for on, which in statutory_days(n).items()}
    reached = {
        on + n * _DAY
        for on, which in fixed.items()
        for n in range(-OFF_REACH[which][0], OFF_REACH[which][1] + 1)
    }
    beside = {on + n * _DAY for on in reached for n in (-2, -1, 1, 2)}
    # A weekend belongs to the holiday that it begins or ends.
    weekends = {on for on in beside if on.isoweekday() >= _SATURDAY}
    return frozenset(day for day in reached | weekends if day.year == year and day not in fixed)


def _within_reach(on: date, holiday: Holiday) -> Iterator[date]:
    before, after = OFF_REACH[holiday]
    for n in range(-WORK_REACH, WORK_REACH + 1):
        day = on + n * _DAY
        if day.isoweekday() >= _SATURDAY or -before <= n <= after:
            yield day


class Calendar:
    """What every day is, by the notices that are known; it never changes once made.

    `days` are the days the notices name, `official_years` the years whose notice is complete,
    `terms` the school terms in any order.
    """

    __slots__ = ("_days", "_years", "terms")

    def __init__(
        self,
        days: Iterable[SpecialDay] = (),
        official_years: Iterable[int] = (),
        terms: Iterable[SchoolTerm] = (),
    ) -> None:
        self._days = {day.on: day for day in days}
        self._years = frozenset(official_years)
        self.terms = tuple(sorted(terms, key=lambda term: (term.starts_on, term.ends_on)))

    def is_official(self, year: int) -> bool:
        return year in self._years

    def official_years(self) -> tuple[int, ...]:
        return tuple(sorted(self._years))

    def special(self, on: date) -> SpecialDay | None:
        return self._days.get(on)

    def statutory_days(self, year: int) -> dict[date, Holiday]:
        return statutory_days(year)

    def holiday_on(self, on: date) -> Holiday | None:
        """The holiday that makes this a day off: by the notice or, without one, by law."""
        special = self._days.get(on)
        if special is not None:
            return special.holiday if special.kind is DayKind.OFF else None
        if on.year in self._years:
            return None
        return statutory_days(on.year).get(on)

    def is_makeup(self, on: date) -> bool:
        """Whether a notice makes this a working day in exchange for a holiday."""
        special = self._days.get(on)
        return special is not None and special.kind is DayKind.WORK

    def makeup_for(self, on: date) -> Holiday | None:
        special = self._days.get(on)
        return special.holiday if special is not None and special.kind is DayKind.WORK else None

    def makeups(self, year: int) -> tuple[date, ...]:
        """The make-up working days of a year's notice, in order; New Year's may be in December."""
        found = (on for on, day in self._days.items() if day.kind is DayKind.WORK)
        return tuple(sorted(on for on in found if on.year + self._is_of_next(on) == year))

    def _is_of_next(self, on: date) -> bool:
        return self._days[on].holiday is Holiday.NEW_YEAR and on.month == 12

    def is_workday(self, on: date) -> bool | None:
        """None on a day that only the missing notice of its year can decide."""
        special = self._days.get(on)
        if special is not None:
            return special.kind is DayKind.WORK
        if on.year not in self._years:
            if on in statutory_days(on.year):
                return False
            if on in _movable(on.year):
                return None
        return on.isoweekday() < _SATURDAY

    def may_become_free(self, on: date) -> bool:
        """Whether the missing notice of the year could count this day, free by no law, to a holiday."""
        return on.year not in self._years and on not in self._days and on in _may_be_free(on.year)

    def vacations(self) -> Iterator[tuple[date, date]]:
        """First and last day between two terms, in order; not where a term seems to be missing."""
        ends = accumulate((term.ends_on for term in self.terms), max)
        for ended, term in zip(ends, self.terms[1:], strict=False):
            if _DAY < term.starts_on - ended <= LONGEST_VACATION:
                yield ended + _DAY, term.starts_on - _DAY

    def in_term(self, on: date) -> bool | None:
        """None before the first known term, after the last, and where a term seems to be missing."""
        ended: date | None = None
        for term in self.terms:
            if on < term.starts_on:
                is_vacation = ended is not None and term.starts_on - ended <= LONGEST_VACATION
                return False if is_vacation else None
            if on <= term.ends_on:
                return True
            ended = term.ends_on if ended is None else max(ended, term.ends_on)
        return None

    def is_school_day(self, on: date) -> bool | None:
        """A working day, make-up days included, in a term. None when term or year is not known."""
        works, in_term = self.is_workday(on), self.in_term(on)
        if works is False or in_term is False:
            return False
        return None if works is None or in_term is None else True

    def holiday_range(self, holiday: Holiday, year: int) -> tuple[date, date] | None:
        """First and last day off of a holiday of `year`; in an unofficial year of its statutory days.

        None when the year's notice has no such holiday. Days of another holiday in its midst do not
        divide it: in 2025 Mid-Autumn lay within National Day.
        """
        if year not in self._years:
            days = [on for on, which in statutory_days(year).items() if which is holiday]
        else:
            days = sorted(on for on in self._days if self._belongs(on, holiday, year))
        return (days[0], days[-1]) if days else None

    def _belongs(self, on: date, holiday: Holiday, year: int) -> bool:
        """New Year alone may begin in the December before."""
        month_before = holiday is Holiday.NEW_YEAR and on.month == 12
        return self.holiday_on(on) is holiday and on.year + month_before == year
