"""Cuts the times out of a sentence: at each place the longest rule of the grammar that makes sense."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from messages.understand.time_clock import (
    Clock,
    Period,
    read_clock,
    read_hour,
    read_minute_before,
    read_period,
)
from messages.understand.time_days import DAYS, Days, Found, Scene
from messages.understand.time_festivals import FESTIVALS

READERS = DAYS | FESTIVALS
# Longest time to count ahead or back; beyond it a number is no time.
MOST_MINUTES = 60 * 24 * 366


@dataclass(frozen=True, slots=True)
class Now:
    """This very moment."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day and the minute after its midnight, counted from now."""

    days: Days
    minute: int


@dataclass(frozen=True, slots=True)
class Hour:
    """The first hour of a span, said without the word that makes it an hour."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Nothing:
    """Words that only look like a time."""


Value = Days | Period | Clock | Hour | Moment | Now | Nothing


@dataclass(frozen=True, slots=True)
class Token:
    """A time word at [start, end) of the text; `found` reads days again from another day."""

    start: int
    end: int
    meaning: str
    found: Found
    value: Value


def tokens(text: str, scene: Scene, now: datetime) -> Iterator[Token]:
    """The time words of a text from left to right, without those that mean none."""
    at = 0
    while True:
        place = scene.words.anywhere.search(text, at)
        if place is None:
            return
        token = _longest(text, place.start(), scene, now)
        at = token.end
        if not isinstance(token.value, Nothing):
            yield token


def read_days(meaning: str, found: Found, scene: Scene) -> Days | None:
    """The days of a match; None when the words make no date, as in a 31st of June."""
    try:
        return READERS[meaning](found, scene)
    except OverflowError:
        return None


def _longest(text: str, at: int, scene: Scene, now: datetime) -> Token:
    """The longest rule that fits at this place and makes sense; nothing as long as the longest, if none does.

    So the 30th of a "30 February" is not taken for a day.
    """
    fitting = [
        (rule.meaning, found)
        for rule in scene.words.rules
        if (found := rule.pattern.match(text, at)) is not None
    ]
    fitting.sort(key=_length, reverse=True)
    for meaning, found in fitting:
        value = _read(meaning, found, scene, now)
        if value is not None:
            return Token(at, found.end(), meaning, found, value)
    meaning, found = fitting[0]
    return Token(at, found.end(), meaning, found, Nothing())


def _length(fit: tuple[str, Found]) -> int:
    return fit[1].end()


def _read(meaning: str, found: Found, scene: Scene, now: datetime) -> Value | None:
    match meaning:
        case "guard":
            return Nothing()
        case "now":
            return Now()
        case "period":
            return read_period(found, scene.words)
        case "clock":
            return read_clock(found, scene.words)
        case "minute_before":
            return read_minute_before(found, scene.words)
        case "hours_span":
            hour = read_hour(found, scene.words)
            return hour and Hour(hour)
        case "hours_on":
            return _moment(_minutes_of_hours(found, scene), now)
        case "minutes_on":
            words = scene.words
            return _moment(words.whole(found, "num") or words.whole(found, "quarter") or 0, now)
        case _:
            return read_days(meaning, found, scene)


def _minutes_of_hours(found: Found, scene: Scene) -> int:
    words = scene.words
    hours = words.whole(found, "num") or words.whole(found, "num2") or 0
    return hours * 60 + (words.whole(found, "half") or 0)


def _moment(minutes: int, now: datetime) -> Moment | None:
    if not 0 < minutes <= MOST_MINUTES:
        return None
    then = now + timedelta(minutes=minutes)
    return Moment(Days(then.date(), then.date()), then.hour * 60 + then.minute)
