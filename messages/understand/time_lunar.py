"""Dates of the lunar calendar and of the solar terms, by lunar_python."""

from datetime import date
from functools import cache

from lunar_python import Lunar, LunarYear

LAST_DAY = 0


@cache
def lunar_date(year: int, month: int, day: int) -> date | None:
    """The civil date of a day in a lunar year; day 0 is the month's last. None when there is none.

    Leap months are never meant: festivals lie in the first month of a number.
    """
    if not 1 <= month <= 12:
        return None
    length: int = LunarYear.fromYear(year).getMonth(month).getDayCount()
    if not 0 <= day <= length:
        return None
    solar = Lunar.fromYmd(year, month, length if day == LAST_DAY else day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@cache
def solar_term(year: int, name: str) -> date | None:
    """The day in civil year `year` on which the solar term of this (simplified) name begins."""
    for lunar_year in (year, year - 1):
        found = Lunar.fromYmd(lunar_year, 6, 1).getJieQiTable().get(name)
        if found is not None and found.getYear() == year:
            return date(found.getYear(), found.getMonth(), found.getDay())
    return None
