"""What clock times and parts of the day mean, in minutes after midnight."""

from dataclasses import dataclass

from messages.understand.time_days import Found
from messages.understand.time_words import TimeWords

# The groups in which a rule may hold the minutes of an hour.
MINUTES = ("half", "quarter", "num2", "minute")
HOUR = 60
HOURS = 24
NOON = 12 * HOUR
DAY = 24 * HOUR
# Nobody asks about an hour before this unless something opens earlier.
EARLIEST = 7 * HOUR
# Until when a thing may still be open, so that an hour said alone may be one of the evening.
LATEST = 21 * HOUR
# How long before something opens people still mean the morning ("is it open at eight?").
BEFORE_OPENING = 30


@dataclass(frozen=True, slots=True)
class Period:
    """A part of the day, minutes."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Clock:
    """An hour as it was said. `exact`: of 24 hours for sure. `about`: up to how many hours later."""

    hour: int
    minute: int = 0
    exact: bool = False
    about: int = 0

    @property
    def minutes(self) -> int:
        return self.hour * HOUR + self.minute


@dataclass(frozen=True, slots=True)
class Reading:
    """A clock time in minutes after midnight, and whether the other half of the day is as likely."""

    at: int
    ambiguous: bool = False


def read_period(found: Found, words: TimeWords) -> Period | None:
    said = words.value(found, "period") or words.value(found, "shortperiod")
    if said is None:
        return None
    start, end = said.split("-")
    return Period(int(start) * HOUR, int(end) * HOUR)


def read_clock(found: Found, words: TimeWords) -> Clock | None:
    """The clock time of a match, None for an hour or minute that no clock shows."""
    about = words.whole(found, "about")
    if about is not None:
        return Clock(about, about=1)
    hour = words.whole(found, "hour")
    if hour is not None:
        minute = words.whole(found, "minutes") or 0
        half = words.value(found, "half_day")
        if half is not None:
            return _shown(hour % 12 + int(half), minute, exact=True) if 1 <= hour <= 12 else None
        return _shown(hour, minute, exact=found["hour"].startswith("0") or hour == 0)
    hour = words.whole(found, "num")
    if hour is None:
        return None
    if "more" in found.re.groupindex:
        return Clock(hour, about=1) if hour < HOURS else None
    less = words.whole(found, "less")
    if less is not None:
        return _less(hour, less)
    minute = next((n for n in (words.whole(found, part) for part in MINUTES) if n is not None), 0)
    return _shown(hour, minute, exact=found["num"].startswith("0") or hour == 0)


def read_minute_before(found: Found, words: TimeWords) -> Clock | None:
    hour = words.whole(found, "num2")
    less = words.whole(found, "quarter") or words.whole(found, "num")
    return None if hour is None or less is None else _less(hour, less)


def read_hour(found: Found, words: TimeWords) -> Clock | None:
    """The bare first hour of a span, as in "8-10 o'clock"."""
    hour = words.whole(found, "num")
    return None if hour is None else _shown(hour, 0, exact=False)


def _less(hour: int, minutes: int) -> Clock | None:
    at = (hour or 24) * HOUR - minutes
    return _shown(at // HOUR, at % HOUR, exact=False) if 0 < minutes < HOUR and hour <= 24 else None


def _shown(hour: int, minute: int, *, exact: bool) -> Clock | None:
    if not (0 <= hour <= 24 and 0 <= minute < HOUR) or (hour == 24 and minute):
        return None
    return Clock(hour, minute, exact or hour > 12)


def in_period(clock: Clock, period: Period) -> Reading:
    """A clock time with a part of the day: an hour of a later part is one of the second half."""
    if clock.exact:
        return Reading(clock.minutes)
    at = clock.minutes
    is_noon = period.start < NOON < period.end
    if period.end <= NOON:
        early = period.start == 0
        return Reading(at - NOON if early and clock.hour == 12 else at)
    if is_noon:
        return Reading(at if clock.hour >= 10 else at + NOON)
    is_night = period.end >= 22 * HOUR
    if clock.hour == 12:
        return Reading(DAY + clock.minute if is_night else at)
    if is_night and clock.hour <= 4:
        return Reading(at)
    return Reading(at + NOON)


def alone(clock: Clock, opens: int | None, after: int | None) -> Reading:
    """A clock time without a part of the day: by the hours of the thing asked about.

    `opens`: when it opens, minutes. `after`: the minute of today that is past, when today is meant.
    """
    if clock.exact:
        return Reading(clock.minutes)
    if clock.hour == 12:
        return Reading(clock.minutes)
    morning, evening = clock.minutes, clock.minutes + NOON
    earliest = EARLIEST if opens is None else opens - BEFORE_OPENING
    if morning < earliest:
        return Reading(evening)
    unsure = evening <= LATEST
    if after is not None and morning < after <= evening:
        return Reading(evening, unsure)
    return Reading(morning, unsure)


def until(clock: Clock, start: int) -> int:
    """The end of a span that began at `start`: behind it, in the same half of the day if it can."""
    at = clock.minutes
    while at <= start:
        at += DAY if clock.exact else NOON
    return at
