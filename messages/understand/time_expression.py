"""Joins time words that stand together into one time: days, part of the day, clock time or span."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from messages.calendar import Holiday
from messages.understand.time_clock import Clock, Period, alone, in_period, until
from messages.understand.time_days import Days, Scene
from messages.understand.time_tokens import Hour, Moment, Now, Token, read_days

# Grains of single days, of which neighbours may be said as a list.
SINGLE = "day"


@dataclass(frozen=True, slots=True)
class TimeExpr:
    """A time in a sentence, at `span` of it.

    `first`, `last`: civil dates, both included; None when only a clock time was said.
    `start`, `end`: minutes after midnight of a clock time or a span of them, also of a part of the
    day; a single clock time has no end; a span past midnight ends after 1440.
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
    """Minutes after midnight, and whether they may be of the other half of the day."""

    start: int
    end: int | None = None
    ambiguous: bool = False


class Joiner:
    """Walks over the time words of one text."""

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
        token = self._tokens[self._at]
        match token.value:
            case Now():
                self._at += 1
                return _of(Days(self._now.date(), self._now.date(), "now"), None, is_now=True)
            case Moment(days, minute):
                self._at += 1
                return _of(replace(days, grain="clock"), Hours(minute))
            case Days():
                return self._from_days(token.value)
            case _:
                hours = self._hours(None)
                return None if hours is None else self._days_behind(hours)

    def _from_days(self, days: Days) -> TimeExpr:
        self._at += 1
        days = self._more_days(days)
        hours = self._hours(days) if self._follows(self._scene.words.joiner.pattern) else None
        made = _of(days, hours)
        return self._until_other_day(made) if hours and hours.end is None else made

    def _days_behind(self, hours: Hours) -> TimeExpr:
        return _of(None, hours)

    def _more_days(self, days: Days) -> Days:
        """Days joined by a "to", or named one after the other."""
        while (other := self._next_days()) is not None:
            words = self._scene.words
            if self._follows(words.to.pattern):
                later = read_days(other.meaning, other.found, replace(self._scene, today=days.last, past_ok=False))
                if later is None or later.last < days.first or days.weekdays:
                    return days
                self._at += 1
                return Days(days.first, later.last, "range", None, days.holiday or later.holiday)
            if not self._follows(words.also.pattern) or days.weekdays or days.holiday:
                return days
            value = other.value
            if not isinstance(value, Days) or value.grain != SINGLE or value.holiday or value.weekdays:
                return days
            if value.first != days.last + timedelta(days=1):
                return days
            self._at += 1
            days = Days(days.first, value.last, "range")
        return days

    def _next_days(self) -> Token | None:
        token = self._peek()
        return token if token is not None and isinstance(token.value, Days) else None

    def _peek(self, ahead: int = 0) -> Token | None:
        at = self._at + ahead
        return self._tokens[at] if at < len(self._tokens) else None

    def _follows(self, between: str) -> bool:
        """Whether nothing but `between` stands before the next time word."""
        token = self._peek()
        if token is None or self._at == 0:
            return False
        gap = self._text[self._tokens[self._at - 1].end : token.start]
        return self._matches(between, gap)

    @staticmethod
    def _matches(pattern: str, gap: str) -> bool:
        import re

        return re.fullmatch(pattern, gap) is not None
