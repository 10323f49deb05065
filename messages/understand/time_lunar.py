"""Dates of the lunar calendar and of the solar terms, remembered, and None where there is none."""

from datetime import date
from functools import cache

from lunar_python import LunarYear

from messages.calendar import lunar_day
from messages.calendar import solar_term as begins_on

LAST_DAY = 0


@cache
def lunar_date(year: int, month: int, day: int) -> date | None:
    """The civil date of a day in a lunar year; day 0 is the month's last. None when there is none.

    Leap months are never meant: festivals lie in the first month of a number.
    """
    if not 1 <= month <= 12:
        return None
    length: int = LunarYear.fromYear(year).getMonth(month).getDayCount()
    return lunar_day(year, month, day or length) if LAST_DAY <= day <= length else None


@cache
def solar_term(year: int, name: str) -> date:
    """The civil date of the solar term with this (simplified) name."""
    return begins_on(year, name)
