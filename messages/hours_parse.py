"""Reads written opening hours: words to tokens by the word list, tokens to rules."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from messages.hours import (
    MINUTES_A_DAY,
    DayClass,
    DaySet,
    Effect,
    Hours,
    HoursError,
    Rule,
    Span,
)
from messages.words import words

NOON = 12 * 60
MAX_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of meaning: days, a span, an effect, a break between clauses, an exception's brackets."""

    kind: str
    value: Any = None


class _Patterns:
    """The word list compiled: patterns in the order in which they are tried."""

    def __init__(self) -> None:
        listed = words("zh", "hours")
        self.listed = listed
        self.digits: dict[str, int] = listed["digits"]
        self.weekdays: dict[str, int] = {k: v for k, v in listed["weekdays"].items() if v}
        self.dashes = re.compile(listed["dashes"])
        day = "[" + "".join(self.weekdays) + "]"
        separator = listed["list_separator"]
        week = listed["week_prefix"]
        days = rf"(?:{week})?{day}"
        number = "|".join(sorted(self.digits, key=len, reverse=True))
        periods = [word for found in listed["periods"].values() for word in found]
        period = "|".join(sorted(periods, key=len, reverse=True))
        mark, hour = listed["hour_mark"], listed["hour_word"]
        quarter = "|".join(listed["quarter"])
        clock = (
            rf"(?:(?P<p>{period}))?(?P<n>(?:{listed['next_day']}))?"
            rf"(?:(?P<h>[0-2]?\d){mark}(?P<m>[0-5]\d)(?!\d){listed['minute_mark']}"
            rf"|(?P<w>(?:{number}|[0-2]?\d))(?:{hour})(?:(?P<half>{listed['half']})|(?P<q>{quarter}))?)"
        )
        self.clock = re.compile(clock)
        self.week = re.compile(rf"{week}(?P<days>{day}(?:(?:-|{separator})?(?:{days}))*)")
        self.one_day = re.compile(day)
        nth = listed["nth"]
        self.month = re.compile(
            rf"{listed['month_prefix']}(?P<nth>(?:{nth}|{listed['last']})(?:{separator}?(?:{nth}))*)"
            rf"(?P<days>{days}(?:{separator}(?:{days}))*)"
        )
        self.nth = re.compile(nth)
        self.last = re.compile(listed["last"])
        full, short = listed["date_full"], listed["date_short"]
        self.dates = re.compile(rf"{full}-{full}|{short}-{short}|{full}|{short}")
        self.except_day = re.compile(listed["except_before"])
        self.except_end = re.compile(listed["except_after"])
        self.words: list[tuple[re.Pattern[str], Token | None]] = [
            *self._words(listed["suspended"], Token("suspended")),
            *self._words(listed["always"], Token("span", Span(0, MINUTES_A_DAY))),
            *self._words(listed["lunch"], Token("lunch")),
            *(p for cls, code in _CLASSES for p in self._words(listed["days"][code], Token("days", cls))),
            *self._words(listed["days"]["every"], Token("days", DaySet())),
            *self._words(listed["usual"], Token("usual")),
            *self._words(listed["closed"], Token("closed")),
            (re.compile(r"[;\n]"), Token("break")),
            (re.compile(listed["blank"]), None),
            *self._words(listed["filler"], None),
        ]

    @staticmethod
    def _words(texts: list[str], token: Token | None) -> list[tuple[re.Pattern[str], Token | None]]:
        ordered = sorted(texts, key=len, reverse=True)
        return [(re.compile("|".join(re.escape(text) for text in ordered)), token)]


_CLASSES: tuple[tuple[DaySet, str], ...] = (
    (DaySet(DayClass.MAKEUP), "makeup"),
    (DaySet(DayClass.WORK), "workday"),
    (DaySet(DayClass.HOLIDAY), "holiday"),
    (DaySet(DayClass.REST, frozenset({6, 7})), "restday"),
    (DaySet(DayClass.SCHOOL), "school"),
)


@cache
def _patterns() -> _Patterns:
    return _Patterns()


def parse(text: str) -> Hours:
    """See messages.hours.parse_hours."""
    known = _patterns()
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or len(plain) > MAX_LENGTH:
        raise HoursError(text, plain[:20])
    plain = known.dashes.sub("-", _without_blanks_at_dashes(plain))
    tokens = list(_tokens(plain, known, text))
    if any(token.kind == "suspended" for token in tokens):
        return Hours(text, (), is_suspended=True)
    rules = tuple(_Reading(text).rules(tokens))
    if not any(rule.spans for rule in rules):
        raise HoursError(text, plain[:20])
    return Hours(text, rules)


def _without_blanks_at_dashes(text: str) -> str:
    known = _patterns()
    return re.sub(rf"\s*({known.dashes.pattern})\s*", r"\1", text)


def _tokens(text: str, known: _Patterns, written: str) -> Iterator[Token]:
    at = 0
    readers: tuple[Callable[[str, int, _Patterns], tuple[Token | None, int] | None], ...] = (
        _read_except,
        _read_dates,
        _read_month,
        _read_week,
        _read_span,
        _read_word,
    )
    while at < len(text):
        for reader in readers:
            found = reader(text, at, known)
            if found:
                token, at = found
                if token:
                    yield token
                break
        else:
            raise HoursError(written, text[at : at + 20])


def _read_except(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    found = known.except_day.match(text, at)
    if found:
        return Token("except"), found.end()
    found = known.except_end.match(text, at)
    return (Token("except_end"), found.end()) if found else None


def _read_dates(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    """A date or a range of dates, with years or recurring."""
    found = known.dates.match(text, at)
    if not found:
        return None
    numbers = [int(number) for number in found.groups() if number]
    try:
        match len(numbers):
            case 6:
                first: Any = date(*numbers[:3])
                last: Any = date(*numbers[3:])
            case 4:
                first, last = tuple(numbers[:2]), tuple(numbers[2:])
                date(2024, *numbers[:2]), date(2024, *numbers[2:])
            case 3:
                first = last = date(*numbers)
            case _:
                first = last = tuple(numbers)
                date(2024, *numbers)
    except ValueError:
        return None
    return Token("dates", (first, last)), found.end()


def _read_month(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    found = known.month.match(text, at)
    if not found:
        return None
    nth = {known.digits.get(n) or int(n) for n in known.nth.findall(found["nth"])}
    if known.last.search(found["nth"]):
        nth.add(-1)
    days = frozenset(known.weekdays[d] for d in known.one_day.findall(found["days"]))
    return Token("days", DaySet(weekdays=days, nth=frozenset(nth))), found.end()


def _read_week(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    """Weekdays: a list, a range, or ranges in a list."""
    found = known.week.match(text, at)
    if not found:
        return None
    days: set[int] = set()
    first, is_range = 0, False
    for piece in re.findall("-|" + known.one_day.pattern, found["days"]):
        if piece == "-":
            is_range = True
            continue
        day = known.weekdays[piece]
        days |= {(first - 1 + n) % 7 + 1 for n in range((day - first) % 7 + 1)} if is_range else {day}
        first, is_range = day, False
    return Token("days", DaySet(weekdays=frozenset(days))), found.end()


def _read_span(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    """Two clock times with a dash; the second takes the first's part of the day when it has none."""
    begins = known.clock.match(text, at)
    if not begins or text[begins.end() : begins.end() + 1] != "-":
        return None
    ends = known.clock.match(text, begins.end() + 1)
    if not ends:
        return None
    start = _minutes(begins, known, None)
    end = _minutes(ends, known, begins["p"])
    if start is None or end is None:
        return None
    if ends["n"] or end <= start:
        end += NOON if _may_be_afternoon(ends, start, end) else MINUTES_A_DAY
    if not start < end <= start + MINUTES_A_DAY:
        return None
    return Token("span", Span(start, end)), ends.end()


def _may_be_afternoon(ends: re.Match[str], start: int, end: int) -> bool:
    """'8 o'clock to 5 o'clock' in words means the afternoon; in digits it is past midnight."""
    return not ends["n"] and ends["w"] is not None and not ends["p"] and start < end + NOON <= MINUTES_A_DAY


def _minutes(found: re.Match[str], known: _Patterns, inherited: str | None) -> int | None:
    hour = int(found["h"]) if found["h"] else _number(found["w"], known)
    minute = int(found["m"] or 0) + (30 if found["half"] else 0)
    if found["q"]:
        minute += known.listed["quarter"][found["q"]]
    if hour > 24 or (hour == 24 and minute):
        return None
    period = found["p"] or (inherited if found["w"] else None)
    late = {*known.listed["periods"]["afternoon"], *known.listed["periods"]["evening"]}
    if hour < 12 and (period in late or (period in known.listed["periods"]["noon"] and hour < 10)):
        hour += 12
    return hour * 60 + minute


def _number(text: str, known: _Patterns) -> int:
    return known.digits[text] if text in known.digits else int(text)


def _read_word(text: str, at: int, known: _Patterns) -> tuple[Token | None, int] | None:
    best: tuple[Token | None, int] | None = None
    for pattern, token in known.words:
        found = pattern.match(text, at)
        if found and (best is None or found.end() > best[1]):
            best = token, found.end()
    return best


class _Reading:
    """Puts the tokens of one text together to rules."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._rules: list[Rule] = []
        self._days: list[DaySet] = []
        self._spans: list[Span] = []
        self._dates: tuple[Any, Any] | None = None
        self._lunch = False
        self._except = False

    def rules(self, tokens: list[Token]) -> list[Rule]:
        for token in tokens:
            self._take(token)
        self._flush()
        if self._days:
            raise HoursError(self._text, self._text[-20:])
        return self._rules

    def _take(self, token: Token) -> None:
        match token.kind:
            case "days" if self._except:
                self._rules.append(Rule(token.value, Effect.CLOSED))
            case "days":
                self._flush()
                self._days.append(token.value)
            case "dates":
                self._flush()
                self._dates = token.value
            case "span" if self._lunch:
                self._cut_out(token.value)
                self._lunch = False
            case "span":
                self._spans.append(token.value)
            case "lunch":
                self._flush()
                self._lunch = True
            case "closed" | "usual":
                self._effect(Effect.CLOSED if token.kind == "closed" else Effect.USUAL)
            case "except":
                self._flush()
                self._except = True
            case "except_end":
                self._except = False
            case _:
                self._flush()

    def _flush(self) -> None:
        """End the clause: its spans hold on the days that were named before them."""
        if not self._spans:
            return
        spans = tuple(sorted(self._spans, key=lambda span: span.start))
        if any(later.start < earlier.end for earlier, later in pairwise(spans)):
            raise HoursError(self._text, self._text[-20:])
        if not self._continued(spans):
            self._rules += [
                Rule(days, Effect.OPEN, spans) for days in self._named() or [self._dated(DaySet())]
            ]
        self._spans, self._days, self._dates = [], [], None

    def _continued(self, spans: tuple[Span, ...]) -> bool:
        """'Working days 8-12; 14-18': later times without days belong to the days before them."""
        before = self._rules[-1] if self._rules else None
        if self._days or self._dates or before is None or before.effect is not Effect.OPEN:
            return False
        if spans[0].start < before.spans[-1].end:
            return False
        alike = [rule for rule in self._rules if rule.spans == before.spans and rule.effect is Effect.OPEN]
        self._rules = [replace(r, spans=r.spans + spans) if r in alike else r for r in self._rules]
        return True

    def _effect(self, effect: Effect) -> None:
        self._flush()
        if self._lunch:  # 'closed for lunch' without times says nothing that could be shown
            raise HoursError(self._text, self._text[-20:])
        if not self._days and self._dates is None:
            return
        self._rules += [Rule(days, effect) for days in self._named() or [self._dated(DaySet())]]
        self._days, self._dates = [], None

    def _named(self) -> list[DaySet]:
        """The days of the clause: a class narrowed by weekdays beside it, or each on its own."""
        classes = [d for d in self._days if d.day_class in (DayClass.SCHOOL, DayClass.WORK)]
        weekly = [d for d in self._days if d.day_class is DayClass.ANY and not d.nth]
        if len(classes) == 1 and len(weekly) == 1 and len(self._days) == 2:
            return [self._dated(replace(classes[0], weekdays=weekly[0].weekdays))]
        return [self._dated(days) for days in self._days]

    def _dated(self, days: DaySet) -> DaySet:
        return replace(days, first=self._dates[0], last=self._dates[1]) if self._dates else days

    def _cut_out(self, lunch: Span) -> None:
        """A lunch break divides every span that holds it."""
        if not self._rules:
            raise HoursError(self._text, self._text[-20:])
        self._rules = [replace(rule, spans=tuple(_cut(rule.spans, lunch))) for rule in self._rules]


def _cut(spans: tuple[Span, ...], lunch: Span) -> Iterator[Span]:
    for span in spans:
        if span.start < lunch.start and lunch.end < span.end:
            yield Span(span.start, lunch.start)
            yield Span(lunch.end, span.end)
        else:
            yield span
