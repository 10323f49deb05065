"""Reads from tokens which days are meant: days of the week, of the month, of the year, kinds of days."""

import calendar
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from messages.hours_lexer import Kind
from messages.hours_stream import Stream
from messages.hours_times import begins_span
from messages.hours_types import Day, Season


class About(StrEnum):
    """Which sort of days an element names."""

    EVERY_DAY = "every_day"
    WEEKDAYS = "weekdays"
    WORKDAYS = "workdays"
    RESTDAYS = "restdays"
    SCHOOL_DAYS = "school_days"
    HOLIDAYS = "holidays"
    MAKEUPS = "makeups"
    REST = "rest"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Element:
    """Days as they are named: `weekdays` in the `weeks` of a month (none: every week), or a season."""

    about: About
    text: str
    weekdays: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    season: Season | None = None

    @property
    def narrows(self) -> bool:
        """May follow other days to say which of them are meant."""
        return self.about in {About.WORKDAYS, About.SCHOOL_DAYS}


_PLAIN = {
    Kind.EVERY_DAY: About.EVERY_DAY,
    Kind.WORKDAY: About.WORKDAYS,
    Kind.WEEKEND: About.RESTDAYS,
    Kind.HOLIDAY: About.HOLIDAYS,
    Kind.MAKEUP: About.MAKEUPS,
    Kind.SCHOOL_DAY: About.SCHOOL_DAYS,
    Kind.REST: About.REST,
}
_DATES = (Kind.DATE, Kind.MONTH_DAY, Kind.MONTH)
_WEEKS = (Kind.ORDINAL, Kind.FIRST, Kind.LAST)
_BEGINS = {*_PLAIN, *_DATES, *_WEEKS, Kind.MONTH_SPAN, Kind.WEEKDAY, Kind.MONTHLY, Kind.EACH}
_AFTER_EACH = {Kind.WEEKDAY, Kind.WORKDAY, Kind.WEEKEND, Kind.SCHOOL_DAY, Kind.HOLIDAY, Kind.MAKEUP}
LAST_WEEK = -1
LEAP_YEAR = 2024
# Hours written for other years are a slip of the pen.
YEARS = range(2000, 2200)


def begins_days(stream: Stream) -> bool:
    return stream.kind() in _BEGINS


def read_days(stream: Stream) -> list[Element]:
    """The days named here, one element or several. HoursError when they make no sense."""
    began = stream.at
    if stream.take(Kind.EACH) and stream.kind() not in _AFTER_EACH:
        stream.at = began
        raise stream.error()
    if token := stream.take(*_PLAIN):
        return [Element(_PLAIN[token.kind], stream.since(began))]
    if stream.kind() in {*_DATES, Kind.MONTH_SPAN}:
        season = _season(stream)
        return [Element(About.SEASON, stream.since(began), season=season)]
    weeks = _weeks(stream)
    if stream.kind() is not Kind.WEEKDAY:
        stream.at = began
        raise stream.error()
    weekdays = _weekdays(stream)
    return [Element(About.WEEKDAYS, stream.since(began), weekdays, weeks)]


def _weeks(stream: Stream) -> tuple[int, ...]:
    """Which weeks of the month; empty when nothing is said of months."""
    is_monthly = stream.take(Kind.MONTHLY) is not None
    found: list[int] = []
    began = stream.at
    while token := stream.take(*_WEEKS, *((Kind.NUMBER,) if found else ())):
        found.append({Kind.FIRST: 1, Kind.LAST: LAST_WEEK}.get(token.kind) or token.value)
        if stream.kind() is Kind.AND and stream.kind(1) in {*_WEEKS, Kind.NUMBER}:
            stream.take(Kind.AND)
    if is_monthly and not found:
        raise stream.error()
    if any(week not in {1, 2, 3, 4, 5, LAST_WEEK} for week in found):
        raise stream.error(stream.since(began), "is no week of a month")
    return tuple(sorted(set(found), key=lambda week: week % 6))


def _weekdays(stream: Stream) -> tuple[int, ...]:
    """A list such as 'Monday to Wednesday, Friday', of which later ones may be bare numbers."""
    found: set[int] = set()
    while True:
        began = stream.at
        token = stream.take(Kind.WEEKDAY, Kind.NUMBER)
        if token is None or not 1 <= token.value <= 7:
            stream.at = began
            raise stream.error()
        first = last = token.value
        if stream.kind() is Kind.DASH and stream.kind(1) in {Kind.WEEKDAY, Kind.NUMBER}:
            stream.take(Kind.DASH)
            last = _seventh(stream)
        found.update(_wrapped(first, last))
        if stream.kind() is Kind.AND and (stream.kind(1) is Kind.WEEKDAY or _is_bare(stream, 1)):
            stream.take(Kind.AND)
        elif not (stream.kind() is Kind.WEEKDAY or _is_bare(stream, 0)):
            return tuple(sorted(found))


def _seventh(stream: Stream) -> int:
    token = stream.take(Kind.WEEKDAY, Kind.NUMBER)
    if token is None or not 1 <= token.value <= 7:
        stream.at -= 1
        raise stream.error()
    return token.value


def _is_bare(stream: Stream, ahead: int) -> bool:
    """A number that goes on with the list, and does not begin a span such as '8-12 o'clock'."""
    if stream.kind(ahead) is not Kind.NUMBER:
        return False
    here = stream.at
    stream.at += ahead
    is_time = begins_span(stream)
    stream.at = here
    return not is_time


def _wrapped(first: int, last: int) -> list[int]:
    """Weekdays from `first` to `last`, over Sunday where needed."""
    return [(first - 1 + n) % 7 + 1 for n in range((last - first) % 7 + 1)]


def _season(stream: Stream) -> Season:
    began = stream.at
    if token := stream.take(Kind.MONTH_SPAN):
        first = Day(None, token.values[0], 1)
        last = Day(None, token.values[1], _length(token.values[1]))
    else:
        first = _day(stream, is_last=False)
        if stream.kind() is Kind.DASH:
            stream.take(Kind.DASH)
            last = _last_day(stream, first)
        else:
            stream.at = began
            last = _day(stream, is_last=True)
    first_year, last_year = first.year, last.year
    written = stream.since(began)
    if not (_exists(first) and _exists(last)):
        raise stream.error(written, "is no date")
    if (first_year is None) != (last_year is None):
        raise stream.error(written, "has a year on one side only")
    if first_year and last_year and (first_year, first.month, first.day) > (last_year, last.month, last.day):
        raise stream.error(written, "ends before it begins")
    return Season(first, last)


def _day(stream: Stream, *, is_last: bool) -> Day:
    """A date; of a month its first or its last day."""
    token = stream.take(*_DATES)
    if token is None:
        raise stream.error()
    match token.values:
        case (year, month, day):
            return Day(year, month, day)
        case (month, day):
            return Day(None, month, day)
    return Day(None, token.value, _length(token.value) if is_last else 1)


def _last_day(stream: Stream, first: Day) -> Day:
    """The day after the dash: it may leave out the year, or year and month."""
    if token := stream.take(Kind.MONTH_DAY_OF):
        return Day(first.year, first.month, token.value)
    last = _day(stream, is_last=True)
    return Day(last.year or first.year, last.month, last.day)


def _length(month: int) -> int:
    return calendar.monthrange(LEAP_YEAR, month)[1] if 1 <= month <= 12 else 0


def _exists(day: Day) -> bool:
    if day.year is not None and day.year not in YEARS:
        return False
    try:
        date(day.year or LEAP_YEAR, day.month, day.day)
    except ValueError:
        return False
    return True
