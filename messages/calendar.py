"""The civil calendar of China: days off, make-up working days, festivals, school terms.

A year is *official* when the State Council's notice for it has been loaded. In any other year only
the statutory days (Regulation on Public Holidays for National Annual Festivals and Memorial Days,
as amended 2024) are certain: make-up days are unknown and never guessed.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

from lunar_python import Lunar, Solar

from messages.words import words


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


SATURDAY = 6

# Days by law: month and day of the solar calendar, and how many days from there.
FIXED_DAYS: tuple[tuple[Holiday, int, int, int], ...] = (
    (Holiday.NEW_YEAR, 1, 1, 1),
    (Holiday.NATIONAL, 10, 1, 3),
)
AMENDED_FROM = 2025  # the State Council's amendment of November 2024: one more day each


@lru_cache(maxsize=64)
def statutory_days(year: int) -> dict[date, Holiday]:
    """The days off by law in a year, without the weekends that a notice joins to them.

    Regulation on Public Holidays for National Annual Festivals and Memorial Days, article 2; since
    2025 Labour Day has two days and Spring Festival begins on the eve.
    """
    amended = year >= AMENDED_FROM
    days: dict[date, Holiday] = {}
    for holiday, month, day, count in (*FIXED_DAYS, (Holiday.LABOUR, 5, 1, 2 if amended else 1)):
        days |= {date(year, month, day) + timedelta(days=n): holiday for n in range(count)}
    new_year = lunar_day(year, 1, 1)
    days |= {new_year + timedelta(days=n): Holiday.SPRING for n in range(-1 if amended else 0, 3)}
    days[solar_term(year, words("zh", "calendar")["qingming"])] = Holiday.QINGMING
    days[lunar_day(year, 5, 5)] = Holiday.DRAGON_BOAT
    days.setdefault(lunar_day(year, 8, 15), Holiday.MID_AUTUMN)
    return days


def lunar_day(year: int, month: int, day: int) -> date:
    """The civil date of a day in the lunar year that begins in `year`."""
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def solar_term(year: int, name: str) -> date:
    """The civil date in China of one of the 24 solar terms in `year`."""
    terms = Solar.fromYmd(year, 6, 1).getLunar().getJieQiTable()
    solar = terms[name]
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


class Calendar:
    """Answers what kind of day a date is. Immutable; a changed calendar is a new one."""

    def __init__(
        self,
        days: Iterable[SpecialDay] = (),
        official_years: Iterable[int] = (),
        terms: Iterable[SchoolTerm] = (),
    ) -> None:
        self._special = {day.on: day for day in days}
        self._years = frozenset(official_years)
        self.terms = tuple(sorted(terms, key=lambda term: term.starts_on))

    def is_official(self, year: int) -> bool:
        """Whether the notice for this year is known."""
        return year in self._years

    def special(self, on: date) -> SpecialDay | None:
        """What the notice says of this day, if it names it."""
        return self._special.get(on)

    def holiday_on(self, on: date) -> Holiday | None:
        """The holiday this day is off for: by the notice, else by law."""
        special = self._special.get(on)
        if special:
            return special.holiday if special.kind is DayKind.OFF else None
        return None if on.year in self._years else statutory_days(on.year).get(on)

    def is_makeup(self, on: date) -> bool:
        """Whether this is a weekend day on which people work, by a notice."""
        special = self._special.get(on)
        return special is not None and special.kind is DayKind.WORK

    def is_workday(self, on: date) -> bool | None:
        """Whether people work; None when the notice that would say so is not known."""
        special = self._special.get(on)
        if special:
            return special.kind is DayKind.WORK
        if on.year in self._years:
            return on.isoweekday() < SATURDAY
        return False if on in statutory_days(on.year) else None

    def is_school_day(self, on: date) -> bool | None:
        """Whether school is on; None without a term for this date, or without the year's notice."""
        if not any(term.starts_on <= on <= term.ends_on for term in self.terms):
            return False if self._between_terms(on) else None
        return self.is_workday(on)

    def _between_terms(self, on: date) -> bool:
        """Whether terms on both sides are known, so that this day is surely holidays."""
        before = any(term.ends_on < on for term in self.terms)
        after = any(term.starts_on > on for term in self.terms)
        return before and after

    def holiday_range(self, holiday: Holiday, year: int) -> tuple[date, date] | None:
        """First and last day off for a holiday in a year: by the notice, else by law."""
        if year in self._years:
            days = [d.on for d in self._special.values() if d.holiday is holiday and d.kind is DayKind.OFF]
            days = [day for day in days if day.year == year]
        else:
            days = [day for day, found in statutory_days(year).items() if found is holiday]
        return (min(days), max(days)) if days else None
