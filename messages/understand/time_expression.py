"""Joins time words that stand together into one time: days, part of the day, clock time or span."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from messages.calendar import Holiday
from messages.understand.time_clock import (
    DAY,
    HOUR,
    LATEST,
    NOON,
    Clock,
    Period,
    Reading,
    alone,
    in_period,
    until,
)
from messages.understand.time_days import Days, Scene
from messages.understand.time_tokens import Hour, Moment, Now, Token, Value, read_days

SINGLE = "day"
CLOCK = "clock"
# What the rules call days of a month said by their numbers alone.
BY_NUMBER = ("day_of_month", "days_of_month")


@dataclass(frozen=True, slots=True)
class TimeExpr:
    """A time in a sentence, at `span` of it.

    `first`, `last`: civil dates, both included; None when only a clock time was said.
    `start`, `end`: minutes after midnight of a clock time or a span of them, also of a part of the
    day; a single clock time has no end, "before five" no start; a span past midnight ends after 1440.
    `weekdays`: for days of every week, ISO 1 to 7; `first` and `last` then bound the next seven days.
    `grain`: what was said: now, clock, day, range, week, month or year.
    `ambiguous_ampm`: the other half of the day would do as well. `holiday`: the one that was named.
    """

    text: str
    span: tuple[int, int]
    first: date | None = None
    last: date | None = None
    start: int | None = None
    end: int | None = None
    weekdays: frozenset[int] | None = None
    grain: str = SINGLE
    ambiguous_ampm: bool = False
    holiday: Holiday | None = None
    is_now: bool = False


@dataclass(frozen=True, slots=True)
class Hours:
    """Minutes after midnight, and whether they may be of the other half of the day. One end may be open."""

    start: int | None = None
    end: int | None = None
    ambiguous: bool = False


class Joiner:
    """Walks once over the time words of one text."""

    def __init__(
        self, found: Iterable[Token], text: str, scene: Scene, opens: int | None, now: datetime
    ) -> None:
        self._tokens = list(found)
        self._text = text
        self._scene = scene
        self._opens = opens
        self._now = now
        self._at = 0

    def expressions(self) -> Iterator[TimeExpr]:
        while self._at < len(self._tokens):
            begin = self._tokens[self._at]
            made = self._expression()
            if made is None:
                self._at += 1
                continue
            stop = self._tokens[self._at - 1].end
            yield replace(made, text=self._text[begin.start : stop], span=(begin.start, stop))

    def _expression(self) -> TimeExpr | None:
        """The expression at the current word, which it passes; None, and nothing passed, for none."""
        match self._tokens[self._at].value:
            case Now():
                self._at += 1
                today = self._now.date()
                return replace(_of(Days(today, today, "now"), None), is_now=True)
            case Moment(days, minute):
                self._at += 1
                return _of(replace(days, grain=CLOCK), Hours(minute))
            case Days() as days:
                return self._from_days(days)
            case _:
                return self._from_hours()

    def _from_days(self, days: Days) -> TimeExpr:
        self._at += 1
        days = self._more_days(self._within(days))
        hours = self._hours(days) if self._follows(self._scene.words.joiner) else None
        if hours is None or hours.end is not None or self._next_days() is None:
            return _of(days, hours)
        return self._until_other_day(days, hours)

    def _from_hours(self) -> TimeExpr | None:
        """Hours, with the day named behind them where a language does so."""
        hours = self._hours(None)
        if hours is None:
            return None
        behind, words = self._next_days(), self._scene.words
        if words.day_behind is None or behind is None or not self._follows(words.day_behind):
            return _of(None, hours)
        self._at += 1
        return _of(self._more_days(behind), hours)

    def _until_other_day(self, days: Days, hours: Hours) -> TimeExpr:
        """From a clock time on one day to one on a later day, when that is what follows."""
        here, other = self._at, self._next_days()
        if other is None or not self._follows(self._scene.words.to) or other.first < days.last:
            return _of(days, hours)
        self._at += 1
        end = self._hours(other) if self._follows(self._scene.words.joiner) else None
        if end is None:
            self._at = here
            return _of(days, hours)
        whole = Days(days.first, other.last, "range", None, days.holiday or other.holiday)
        return _of(whole, Hours(hours.start, end.start if end.end is None else end.end, hours.ambiguous))

    def _more_days(self, days: Days) -> Days:
        """Days joined by a "to", or named one after the other."""
        while not days.weekdays and (other := self._next_days()) is not None:
            words = self._scene.words
            if self._follows(words.to):
                later = self._again(days.last)
                if later is None or later.weekdays or not days.first <= later.last:
                    return days
                self._at += 1
                days = Days(days.first, later.last, "range", None, days.holiday or later.holiday)
            elif self._follows(words.also) and _is_next(days, other):
                self._at += 1
                days = Days(days.first, other.last, "range")
            else:
                return days
        return days

    def _within(self, days: Days) -> Days:
        """A day of the month named right behind a holiday is one of the holiday's days."""
        if days.holiday is None or self._next_days() is None or not self._follows(self._scene.words.joiner):
            return days
        if self._tokens[self._at].meaning not in BY_NUMBER:
            return days
        named = self._again(days.first)
        if named is None or not days.first <= named.first <= named.last <= days.last:
            return days
        self._at += 1
        return replace(named, holiday=days.holiday)

    def _again(self, on: date) -> Days | None:
        """The next word's days as they are said from another day: the 7th after the 1st of October."""
        token = self._tokens[self._at]
        return read_days(token.meaning, token.found, replace(self._scene, today=on, past_ok=False))

    def _next_days(self) -> Days | None:
        value = self._value()
        return value if isinstance(value, Days) else None

    def _value(self) -> Value | None:
        return self._tokens[self._at].value if self._at < len(self._tokens) else None

    def _follows(self, between: re.Pattern[str]) -> bool:
        """Whether there is a next time word and nothing but `between` stands before it."""
        if not 0 < self._at < len(self._tokens):
            return False
        behind, before = self._tokens[self._at].start, self._tokens[self._at - 1].end
        return between.fullmatch(self._text, before, behind) is not None

    def _hours(self, days: Days | None) -> Hours | None:
        """The hours at the current word: a part of the day, a clock time, or a span of either."""
        begin = self._at
        period = self._period()
        clock = self._clock(follows=period is not None)
        if clock is None and period is None:
            self._at = begin
            return None
        if clock is None:
            return self._period_span(period) if period else None
        reading = in_period(clock, period) if period else alone(clock, self._opens, self._past(days))
        if self._follows(self._scene.words.to):
            end = self._end(reading.at)
            if end is not None:
                return self._span(clock, reading, end, is_free=period is None)
        if clock.about:
            return Hours(reading.at, reading.at + clock.about * HOUR, reading.ambiguous)
        if self._is_end(begin):
            return Hours(None, reading.at, reading.ambiguous)
        return Hours(reading.at, None, reading.ambiguous)

    def _is_end(self, begin: int) -> bool:
        """Whether the clock time that began with word `begin` and was just passed is said as a limit."""
        words, start, end = self._scene.words, self._tokens[begin].start, self._tokens[self._at - 1].end
        behind = words.before and words.before.match(self._text, end)
        ahead = words.until and words.until.search(self._text[:start])
        return bool(behind or ahead)

    def _span(self, clock: Clock, start: Reading, end: tuple[int, bool], *, is_free: bool) -> Hours:
        """A span of hours; one whose end names the half of the day lends it to the start that can."""
        until_at, has_period = end
        if is_free and has_period and not clock.exact and start.at > clock.minutes and until_at <= start.at:
            return Hours(clock.minutes, until_at)
        until_at = until_at if until_at > start.at else until_at + DAY
        unsure = start.ambiguous and not has_period and until_at + NOON <= LATEST + HOUR
        return Hours(start.at, until_at, unsure)

    def _end(self, start: int) -> tuple[int, bool] | None:
        """The end of a span and whether its half of the day was said; None when no clock time follows."""
        begin = self._at
        own = self._period()
        clock = self._clock(follows=own is not None)
        if clock is None:
            self._at = begin
            return None
        if own is not None:
            return in_period(clock, own).at, True
        return until(clock, start), False

    def _period(self) -> Period | None:
        value = self._value()
        if not isinstance(value, Period):
            return None
        self._at += 1
        return value

    def _clock(self, *, follows: bool) -> Clock | None:
        """The clock time at the current word; behind a part of the day it must stand right there."""
        if follows and not self._follows(self._scene.words.joiner):
            return None
        value = self._value()
        if isinstance(value, Hour):
            self._at += 1
            if self._follows(self._scene.words.to):
                return value.clock
            self._at -= 1
            return None
        if not isinstance(value, Clock):
            return None
        self._at += 1
        return value

    def _period_span(self, period: Period) -> Hours:
        begin = self._at
        if self._follows(self._scene.words.to):
            other = self._period()
            if other is not None and other.end > period.start and not isinstance(self._value(), Clock):
                return Hours(period.start, other.end)
            self._at = begin
        return Hours(period.start, period.end)

    def _past(self, days: Days | None) -> int | None:
        """How much of today is past, in minutes, when today is the day."""
        today = self._now.date()
        if self._scene.past_ok or days is None or not days.first == days.last == today or days.weekdays:
            return None
        return self._now.hour * HOUR + self._now.minute


def _is_next(days: Days, other: Days) -> bool:
    plain = other.grain == SINGLE and not (other.holiday or other.weekdays or days.holiday)
    return plain and other.first == days.last + timedelta(days=1)


def _of(days: Days | None, hours: Hours | None) -> TimeExpr:
    """The expression of these days and hours; its place in the text is filled in later."""
    start, end, unsure = (None, None, False) if hours is None else (hours.start, hours.end, hours.ambiguous)
    if days is None:
        return TimeExpr("", (0, 0), start=start, end=end, grain=CLOCK, ambiguous_ampm=unsure)
    return TimeExpr(
        "", (0, 0), days.first, days.last, start, end, days.weekdays, days.grain, unsure, days.holiday
    )
