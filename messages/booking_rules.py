"""Reads how an activity is booked from what the office wrote: from when, until when cancelled, and notes.

- 'N days before' counts civil days in Asia/Shanghai back from the day the session begins on and means 00:00
  of that day, unless a clock is written; hours and minutes count back from the session's first minute. A
  month before the 31st is the last day of a month that has none.
- A deadline that names a day without a clock: 'three days before' includes that day, 'before 15 January' ends
  as that day begins, 'until 15 January' and 'including the day' end with it. One may cancel before the
  deadline, never after the session has begun.
- A date without a year is the one nearest to the activity's first day.
- An empty cell restricts nothing: booking is always open, cancelling possible until the start.
- What cannot be read is kept as text, and the activity cannot be booked in the chat.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from messages.booking_audience import ANYBODY, Audience, read_audience
from messages.booking_words import booking_words, framed, pattern, plain
from messages.calendar import SHANGHAI
from messages.directory import Activity
from messages.hours import HoursError, parse_hours
from messages.hours_lexer import Kind, normalised, number, tokens
from messages.hours_stream import Stream
from messages.hours_times import read_clock

__all__ = [
    "ANYBODY",
    "Ahead",
    "Audience",
    "BookingRules",
    "Cancelling",
    "Note",
    "Opens",
    "UnreadRuleError",
    "read_audience",
    "read_cancelling",
    "read_note",
    "read_opens",
    "read_rules",
]

MONTHS_A_YEAR = 12
HALF_A_YEAR = timedelta(days=183)
_DAY = timedelta(days=1)


class UnreadRuleError(ValueError):
    """A moment was asked of a rule that nobody could read: ask `is_readable` first."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """So long before a session begins; `clock` is minutes after midnight, None where no clock is written."""

    months: int = 0
    days: int = 0
    minutes: int = 0
    clock: int | None = None

    def day(self, session_start: datetime) -> date:
        """The civil day in Shanghai that lies so many months and days before the session's first."""
        begins_on = session_start.astimezone(SHANGHAI).date()
        months = begins_on.year * MONTHS_A_YEAR + begins_on.month - 1 - self.months
        year, month = months // MONTHS_A_YEAR, months % MONTHS_A_YEAR + 1
        day = min(begins_on.day, monthrange(year, month)[1])
        return date(year, month, day) - timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Opens:
    """From when on a session can be booked: always, so long ahead, or from one moment (aware)."""

    text: str | None
    ahead: Ahead | None = None
    at: datetime | None = None
    is_elsewhere: bool = False
    is_readable: bool = True

    def opens_at(self, session_start: datetime) -> datetime | None:
        """The moment (aware) from which the session that begins then is booked; None: always."""
        if not self.is_readable:
            raise UnreadRuleError("opens_at")
        if self.ahead is None:
            return self.at
        if self.ahead.minutes:
            return session_start - timedelta(minutes=self.ahead.minutes)
        return _at(self.ahead.day(session_start), self.ahead.clock or 0)


@dataclass(frozen=True, slots=True)
class Cancelling:
    """Until when a family gives a place back on its own: so long ahead, by a moment (aware), never, or,
    when nothing of these is said, until the start."""

    text: str | None
    ahead: Ahead | None = None
    at: datetime | None = None
    is_never: bool = False
    is_readable: bool = True

    def cancel_by(self, session_start: datetime) -> datetime | None:
        """One may cancel before this moment (aware), to be shown as such; None: not at all."""
        if not self.is_readable:
            raise UnreadRuleError("cancel_by")
        if self.is_never:
            return None
        by = session_start if self.at is None else self.at
        if self.ahead is not None and self.ahead.minutes:
            by = session_start - timedelta(minutes=self.ahead.minutes)
        elif self.ahead is not None:
            day = self.ahead.day(session_start)
            by = _at(day + _DAY, 0) if self.ahead.clock is None else _at(day, self.ahead.clock)
        return min(by, session_start)


@dataclass(frozen=True, slots=True)
class Note:
    """What a note says about booking; everything else in it is shown and changes nothing."""

    text: str | None
    is_sold_whole: bool = False
    is_fetched: bool = False
    needs_guardian: bool = False
    keeps_holidays: bool = False
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class BookingRules:
    """All that an activity's row says about booking. `unread` names the columns nobody could read."""

    opens: Opens
    cancelling: Cancelling
    audience: Audience
    note: Note
    unread: tuple[str, ...]

    @property
    def is_elsewhere(self) -> bool:
        """Booked by phone or at the desk, says the office."""
        return self.opens.is_elsewhere or self.note.is_elsewhere

    @property
    def is_bookable(self) -> bool:
        """In the chat; otherwise the card gives the phone."""
        return not self.unread and not self.is_elsewhere

    @property
    def needs_guardian(self) -> bool:
        return self.audience.needs_guardian or self.note.needs_guardian


def read_rules(activity: Activity) -> BookingRules:
    opens = read_opens(activity.opens_text, activity.starts_on)
    cancelling = read_cancelling(activity.cancel_text, activity.starts_on)
    audience = read_audience(activity.audience)
    columns = {
        "time_text": _has_times(activity.time_text),
        "opens_text": opens.is_readable,
        "cancel_text": cancelling.is_readable,
        "audience": audience.is_readable,
    }
    unread = tuple(column for column, is_readable in columns.items() if not is_readable)
    return BookingRules(opens, cancelling, audience, read_note(activity.note), unread)


def _has_times(text: str) -> bool:
    try:
        parse_hours(text)
    except HoursError:
        return False
    return True


@lru_cache(maxsize=1024)
def read_opens(text: str | None, first_on: date) -> Opens:
    """When booking opens, of an activity whose first day is `first_on`."""
    written = plain(text)
    if written == "" or (written and framed("opens", "always").fullmatch(written)):
        return Opens(text)
    if written and pattern("note", "elsewhere").search(written):
        return Opens(text, is_elsewhere=True)
    if written and (ahead := _ahead("opens", written)):
        return Opens(text, ahead=ahead)
    if written and (found := framed("opens", "moment").fullmatch(written)):
        on, clock = _moment(found["moment"], first_on)
        if on is not None:
            return Opens(text, at=_at(on, clock or 0))
    return Opens(text, is_readable=False)


@lru_cache(maxsize=1024)
def read_cancelling(text: str | None, first_on: date) -> Cancelling:
    """Until when one may cancel, of an activity whose first day is `first_on`."""
    written = plain(text)
    if written == "" or (written and framed("cancel", "until_start").fullmatch(written)):
        return Cancelling(text)
    if written and framed("cancel", "never").fullmatch(written):
        return Cancelling(text, is_never=True)
    if written and (ahead := _ahead("cancel", written)):
        return Cancelling(text, ahead=ahead)
    if written and (found := framed("cancel", "moment").fullmatch(written)):
        on, clock = _moment(found["moment"], first_on)
        if on is not None and clock is None and pattern("cancel", "day_counts").search(found["edge"]):
            on += _DAY
        if on is not None:
            return Cancelling(text, at=_at(on, clock or 0))
    return Cancelling(text, is_readable=False)


@lru_cache(maxsize=1024)
def read_note(text: str | None) -> Note:
    """What is said of booking anywhere in a note; what it says is not needed does not count."""
    written = pattern("note", "denied").sub("", normalised(text or ""))

    def says(name: str, section: str = "note") -> bool:
        return pattern(section, name).search(written) is not None

    return Note(
        text,
        is_sold_whole=says("sold_whole"),
        is_fetched=says("fetched"),
        needs_guardian=says("guardian", "audience"),
        keeps_holidays=says("holidays_as_usual"),
        is_elsewhere=says("elsewhere"),
    )


def _ahead(section: str, written: str) -> Ahead | None:
    """So long before, in the first of the section's ways to say it that fits and makes sense."""
    for name in ("ahead_first", "ahead_last", "same_day"):
        found = framed(section, name).fullmatch(written)
        ahead = _measured(found) if found else None
        if ahead is not None:
            return ahead
    return None


def _measured(found: re.Match[str]) -> Ahead | None:
    clock = _clock(found["clock"]) if found["clock"] else None
    if found["clock"] and clock is None:
        return None
    said = found.groupdict()
    if said.get("count") is None:
        return Ahead(clock=clock)
    units = booking_words("units")
    unit, is_half = said["unit"], said["count"] == units["half"]
    if unit in units["minutes"]:
        minutes = units["minutes"][unit]
        whole = minutes // 2 if is_half else number(said["count"]) * minutes
        return Ahead(minutes=whole) if whole and clock is None else None
    if is_half:
        is_month = unit in units["months"]
        return Ahead(days=units["half_month_days"], clock=clock) if is_month else None
    count = number(said["count"])
    if unit in units["months"]:
        return Ahead(months=count, clock=clock)
    return Ahead(days=count * units["days"][unit], clock=clock)


def _clock(text: str) -> int | None:
    try:
        return read_clock(Stream(text, tokens(text)))
    except HoursError:
        return None


def _moment(text: str, first_on: date) -> tuple[date | None, int | None]:
    """The day and the clock of a date with or without a clock; no day when it is not that."""
    try:
        stream = Stream(text, tokens(text))
    except HoursError:
        return None, None
    token = stream.take(Kind.DATE, Kind.MONTH_DAY)
    has_clock = stream.peek() is not None
    clock = read_clock(stream) if has_clock else None
    if token is None or (has_clock and clock is None):
        return None, None
    if token.kind is Kind.DATE:
        return _date(*token.values), clock
    month, day = token.values
    years = (first_on.year - 1, first_on.year, first_on.year + 1)
    days = [on for on in (_date(year, month, day) for year in years) if on]
    near = [on for on in days if abs(on - first_on) <= HALF_A_YEAR]
    return min(near, key=lambda on: abs(on - first_on), default=None), clock


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at(on: date, minute: int) -> datetime:
    return datetime.combine(on, time.min, SHANGHAI) + timedelta(minutes=minute)
