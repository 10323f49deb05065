"""A small reader of OpenStreetMap's opening_hours, made from its specification alone.

It knows what Linli writes: days of the week, weeks of the month, dates, PH and SH, spans, `off`, comments.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_DATE = re.compile(r"(?:(\d{4}) )?([A-Z][a-z]{2}) (\d\d)(?:-(?:(\d{4}) )?([A-Z][a-z]{2}) (\d\d))? ")
_SPANS = re.compile(r"\d\d:\d\d-\d\d:\d\d(?:,\d\d:\d\d-\d\d:\d\d)*")

Spans = tuple[tuple[int, int], ...]


def spans_on(osm: str, on: date, *, is_holiday: bool = False, is_school_holiday: bool = False) -> Spans:
    """Minutes of the day that the text says are open; a later rule replaces an earlier one."""
    if osm == "24/7":
        return ((0, 1440),)
    found: Spans = ()
    for part in re.sub(r' (?:open )?"[^"]*"', "", osm).split("; "):
        selector, times = part.rsplit(" ", 1) if " " in part else ("", part)
        if _selects(selector, on, is_holiday=is_holiday, is_school_holiday=is_school_holiday):
            found = _spans(times)
    return found


def _spans(text: str) -> Spans:
    if text == "off":
        return ()
    assert _SPANS.fullmatch(text), text
    pairs = (span.split("-") for span in text.split(","))
    return tuple((_minute(first), _minute(last)) for first, last in pairs)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def _selects(selector: str, on: date, *, is_holiday: bool, is_school_holiday: bool) -> bool:
    if dated := _DATE.match(selector):
        if not _in_dates(dated, on):
            return False
        selector = selector[dated.end() :] if dated.end() < len(selector) else ""
    for name, holds in (("PH", is_holiday), ("SH", is_school_holiday)):
        if selector == name or selector.startswith(name + " "):
            return holds and _selects(selector[3:], on, is_holiday=False, is_school_holiday=False)
    return not selector or any(_is_day(day, on) for day in selector.split(","))


def _in_dates(dated: re.Match[str], on: date) -> bool:
    year, month, day, last_year, last_month, last_day = dated.groups()
    first = (int(year or 0), MONTHS.index(month), int(day))
    last = (int(last_year or 0), MONTHS.index(last_month), int(last_day)) if last_month else first
    here = (on.year if year else 0, on.month - 1, on.day)
    return first <= here <= last if first <= last else here >= first or here <= last


def _is_day(text: str, on: date) -> bool:
    if ranged := re.fullmatch(r"([A-Z][a-z])-([A-Z][a-z])", text):
        return NAMES.index(ranged[1]) <= on.weekday() <= NAMES.index(ranged[2])
    weekly = re.fullmatch(r"([A-Z][a-z])(?:\[(-?\d)\])?", text)
    assert weekly, text
    if NAMES.index(weekly[1]) != on.weekday():
        return False
    return weekly[2] is None or _is_week(int(weekly[2]), on)


def _is_week(week: int, on: date) -> bool:
    same = [day for day in _month(on) if day.weekday() == on.weekday()]
    return same[week if week < 0 else week - 1 : None if week == -1 else week] == [on]


def _month(on: date) -> Iterable[date]:
    first = on.replace(day=1)
    days = (first + timedelta(days=n) for n in range(31))
    return [day for day in days if day.month == on.month]
