"""What holidays, festivals and other named days mean, as civil dates."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from messages.calendar import Holiday
from messages.understand.time_days import (
    Days,
    Found,
    Scene,
    choose,
    civil,
    later,
    month_of,
    one_day,
    said_year,
    yearly,
)
from messages.understand.time_lunar import LAST_DAY, lunar_date, solar_term

# What "the days before" and "after a holiday" come to, where nobody counts.
AROUND_HOLIDAY_DAYS = 7


def holiday_of(found: Found, scene: Scene) -> Holiday | None:
    """The public holiday that a match names."""
    code = scene.words.value(found, "holiday") or scene.words.value(found, "shortholiday")
    return None if code is None else Holiday(code)


def _holiday(found: Found, scene: Scene) -> Days | None:
    holiday = holiday_of(found, scene)
    if holiday is None:
        return None

    def off(year: int) -> Days | None:
        span = scene.calendar.holiday_range(holiday, year)
        return span and Days(*span, "range", None, holiday)

    return yearly(found, scene, off)


def _very_day(scene: Scene, holiday: Holiday, year: int) -> date | None:
    """The day a holiday is named for, in a civil year."""
    match holiday:
        case Holiday.NEW_YEAR:
            return date(year, 1, 1)
        case Holiday.LABOUR:
            return date(year, 5, 1)
        case Holiday.NATIONAL:
            return date(year, 10, 1)
        case Holiday.SPRING:
            return lunar_date(year, 1, 1)
        case Holiday.DRAGON_BOAT:
            return lunar_date(year, 5, 5)
        case Holiday.MID_AUTUMN:
            return lunar_date(year, 8, 15)
        case Holiday.QINGMING:
            return solar_term(year, next(iter(scene.words.tables["solarholiday"])))


def _holiday_day(found: Found, scene: Scene) -> Days | None:
    """A single day counted within a holiday, or the very day it is named for."""
    off = _holiday(found, scene)
    if off is None or off.holiday is None:
        return None
    words = scene.words
    number, first = words.whole(found, "num"), words.whole(found, "first")
    if found["very"]:
        return one_day(_very_day(scene, off.holiday, off.last.year), off.holiday)
    if found["ordinal_end"]:
        return one_day(off.last, off.holiday)
    if first:
        return replace(off, last=min(off.last, later(off.first, first - 1)))
    return one_day(later(off.first, number - 1), off.holiday) if number and number <= 15 else None


def _holiday_before(found: Found, scene: Scene) -> Days | None:
    """Days before a holiday begins: so many of them, or about a week."""
    off = _holiday(found, scene)
    if off is None:
        return None
    count = scene.words.whole(found, "num") or (1 if found["before"] is None else AROUND_HOLIDAY_DAYS)
    grain = "day" if count == 1 else "range"
    return Days(later(off.first, -count), later(off.first, -1), grain, None, off.holiday)


def _holiday_after(found: Found, scene: Scene) -> Days | None:
    off = _holiday(found, scene)
    if off is None:
        return None
    nth = scene.words.whole(found, "num2")
    if nth:
        return one_day(later(off.last, nth), off.holiday)
    count = scene.words.whole(found, "num") or AROUND_HOLIDAY_DAYS
    grain = "day" if count == 1 else "range"
    return Days(later(off.last, 1), later(off.last, count), grain, None, off.holiday)


def _fixed(found: Found, scene: Scene) -> Days | None:
    """Days of the civil calendar: `M-D`, or `M-n-weekday` for the nth such weekday of a month."""
    day = scene.words.value(found, "fixed")
    if day is not None:
        month, number = map(int, day.split("-"))
        return yearly(found, scene, lambda year: one_day(civil(year, month, number)))
    nth = scene.words.value(found, "nth")
    if nth is None:
        return None
    of_month, which, weekday = map(int, nth.split("-"))

    def nth_weekday(year: int) -> Days | None:
        start = date(year, of_month, 1)
        return one_day(later(start, (weekday - start.isoweekday()) % 7 + 7 * (which - 1)))

    return yearly(found, scene, nth_weekday)


def _lunar_day(found: Found, scene: Scene) -> Days | None:
    words = scene.words
    named = words.value(found, "lunarday")
    if named is not None:
        month, day = map(int, named.split("-"))
        code = words.lunar_holidays.get(named)
        return _lunar(found, scene, month, day, Holiday(code) if code else None)
    number = words.whole(found, "num")
    is_bare = number is None
    number = words.whole(found, "num2") if number is None else number
    if number is None or not 1 <= number <= 30:
        return None
    said = words.whole(found, "lunarmonth") or (None if is_bare else words.whole(found, "num2"))
    if said is None and "firstmonth" in found.re.groupindex:
        said = 1
    if said is not None:
        return _lunar(found, scene, said, number, None)
    years = (scene.today.year - 1, scene.today.year, scene.today.year + 1)
    dates = (one_day(lunar_date(year, month, number)) for year in years for month in range(1, 13))
    return choose(dates, scene, None)


def _lunar(found: Found, scene: Scene, month: int, day: int, holiday: Holiday | None) -> Days | None:
    return yearly(found, scene, lambda year: one_day(lunar_date(year, month, day), holiday))


def _lunar_month(found: Found, scene: Scene) -> Days | None:
    month = scene.words.whole(found, "lunarmonth") or 0

    def whole(year: int) -> Days | None:
        first, last = lunar_date(year, month, 1), lunar_date(year, month, LAST_DAY)
        return Days(first, last, "month") if first and last else None

    return yearly(found, scene, whole)


def _solar_term(found: Found, scene: Scene) -> Days | None:
    name = scene.words.value(found, "solarterm") or scene.words.value(found, "solarweather") or ""
    return yearly(found, scene, lambda year: one_day(solar_term(year, name)))


def _vacation(found: Found, scene: Scene) -> Days | None:
    """The school holidays that hold the named month; None as long as the terms around are not known."""
    month = scene.words.whole(found, "vacation") or 0
    spans = scene.calendar.vacations()
    held = (Days(first, last, "range") for first, last in spans if first.month <= month <= last.month)
    return choose(held, scene, said_year(found, scene))


def _year_part(found: Found, scene: Scene) -> Days | None:
    """The first or the last month of a year, for its beginning or its end."""
    month = scene.words.whole(found, "yearpart") or 0
    return yearly(found, scene, lambda year: month_of(year, month))


FESTIVALS: dict[str, Callable[[Found, Scene], Days | None]] = {
    "holiday": _holiday,
    "holiday_day": _holiday_day,
    "holiday_before": _holiday_before,
    "holiday_after": _holiday_after,
    "fixed": _fixed,
    "lunar_day": _lunar_day,
    "lunar_month": _lunar_month,
    "solar_term": _solar_term,
    "vacation": _vacation,
    "year_part": _year_part,
}
