"""Cuts a text of opening hours into tokens by the words of messages/zh/hours.yaml."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from messages.hours_types import HoursError
from messages.words import words

MAX_LENGTH = 400

_UNSEEN = {"Cf", "Cc"}
_BLANKS = re.compile(r"\s+")
_BLANKS_APART_FROM_NUMBERS = re.compile(r"(?<![0-9]) | (?![0-9])")


class Kind(StrEnum):
    """What a token is. The kinds after NUMBER are lists of words in the word file, by the same name."""

    TIME = "time"  # minutes after midnight
    DATE = "date"  # (year, month, day)
    MONTH_DAY = "month_day"  # (month, day)
    MONTH = "month"  # (month,)
    MONTH_SPAN = "month_span"  # (first month, last month)
    MONTH_DAY_OF = "day"  # (day,)
    WEEKDAY = "weekday"  # ISO number
    ORDINAL = "ordinal"  # which one of the month
    NUMBER = "number"
    DASH = "dash"
    AND = "and"
    STOP = "stop"
    LEFT = "left"
    RIGHT = "right"
    EVERY_DAY = "every_day"
    WORKDAY = "workday"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    SCHOOL_DAY = "school_day"
    MONTHLY = "monthly"
    EACH = "each"
    LAST = "last"
    FIRST = "first"
    REST = "rest"
    EXCEPT = "except"
    EXCEPT_END = "except_end"
    EXCEPTED = "excepted"
    INCLUDING = "including"
    SEASON = "season"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    AS_USUAL = "as_usual"
    ALL_DAY = "all_day"
    LUNCH = "lunch"
    NO_LUNCH = "no_lunch"
    UNANNOUNCED = "unannounced"
    NEXT_DAY = "next_day"
    DAWN = "dawn"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NOISE = "noise"


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    values: tuple[int, ...] = ()

    @property
    def value(self) -> int:
        return self.values[0]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The word file as patterns; the names of groups say what a match means."""

    words: dict[str, Kind]
    plain: re.Pattern[str]
    patterns: tuple[tuple[Kind, re.Pattern[str]], ...]
    digits: dict[str, int]
    ten: str
    half: str
    quarters: dict[str, int]
    weekday_numbers: dict[str, int]
    spelled_out: tuple[tuple[str, str], ...]


@cache
def lexicon() -> Lexicon:
    listed = words("zh", "hours")
    kinds = {str(word): Kind(name) for name, each in listed["words"].items() for word in each}
    longest_first = sorted(kinds, key=len, reverse=True)
    digits: dict[str, int] = listed["numbers"]
    return Lexicon(
        words=kinds,
        plain=re.compile("|".join(map(re.escape, longest_first))),
        patterns=tuple((kind, re.compile(text)) for kind, text in _patterns(listed)),
        digits=digits,
        ten=listed["ten"],
        half=listed["times"]["half"],
        quarters=listed["times"]["quarters"],
        weekday_numbers=listed["weekday_numbers"],
        spelled_out=tuple(listed["spelled_out"].items()),
    )


def _patterns(listed: dict[str, dict[str, str]]) -> Iterator[tuple[Kind, str]]:
    number = number_pattern(most_digits=2)
    digit = "[" + "".join(listed["numbers"]) + "]"
    times, dates = listed["times"], listed["dates"]
    quarters = "|".join(times["quarters"])
    month, day, year = dates["month"], dates["day"], dates["year"]
    dash = dash_pattern()
    seventh = "[" + "".join(listed["weekday_numbers"]) + "]"
    minutes = f"(?:(?P<half>{times['half']})|(?P<quarter>{quarters})|(?P<minute>{number}){times['minute']}?)"
    yield Kind.TIME, f"(?P<hour>[0-9]{{1,2}}){times['colon']}(?P<minute>[0-9]{{2}})(?![0-9])"
    yield Kind.TIME, f"(?P<hour>{number}){times['hour']}{minutes}?"
    yield Kind.DATE, f"(?P<a>[0-9]{{4}})[-/.{year}](?P<b>{number})[-/.{month}](?P<c>{number}){day}?"
    yield Kind.MONTH_DAY, f"(?P<a>{number}){month}(?P<b>{number}){day}"
    yield Kind.MONTH_SPAN, f"(?P<a>{number}){dash}(?P<b>{number}){month}(?:{dates['month_end']})?"
    yield Kind.MONTH, f"(?P<a>{number}){month}(?:{dates['month_end']})?"
    yield Kind.MONTH_DAY_OF, f"(?P<a>{number}){day}"
    yield Kind.WEEKDAY, f"(?:{listed['weekday']})(?P<a>[1-7]|{digit}|{seventh})"
    yield Kind.ORDINAL, f"{listed['ordinal']}(?P<a>{number}){listed['measure']}?"
    yield Kind.NUMBER, f"(?P<a>{number}|{seventh})(?:{listed['measure']})?"


def number_pattern(*, most_digits: int) -> str:
    """What `number` reads: so many ASCII digits, or Chinese numerals below 100."""
    listed = words("zh", "hours")
    digit = "[" + "".join(listed["numbers"]) + "]"
    return f"(?:[0-9]{{1,{most_digits}}}|{digit}?{listed['ten']}{digit}?|{digit})"


def dash_pattern() -> str:
    return "(?:" + "|".join(map(re.escape, words("zh", "hours")["words"]["dash"])) + ")"


def normalised(text: str) -> str:
    """NFKC, lower case, without blanks but between two numbers; a new line is a stop."""
    folded = unicodedata.normalize("NFKC", text).casefold().strip()
    joined = ";".join(line for line in re.split(r"[\r\n]+", folded) if line.strip())
    spaced = _BLANKS.sub(
        " ", "".join(c for c in joined if c.isspace() or unicodedata.category(c) not in _UNSEEN)
    )
    plain = _BLANKS_APART_FROM_NUMBERS.sub("", spaced)
    for word, meaning in lexicon().spelled_out:
        plain = plain.replace(word, meaning)
    return plain


def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a text, without noise. HoursError names the first part that is no word of hours."""
    if len(text) > MAX_LENGTH:
        raise HoursError(text[:MAX_LENGTH], text[-20:], f"is beyond the {MAX_LENGTH} characters of hours")
    plain = normalised(text)
    found = []
    at = 0
    while at < len(plain):
        if plain[at] == " ":
            at += 1
            continue
        token = _longest(plain, at)
        if token is None:
            raise HoursError(text, _unknown(plain, at))
        at += len(token.text)
        if token.kind is not Kind.NOISE:
            found.append(token)
    return tuple(found)


def _unknown(plain: str, at: int) -> str:
    """The characters from `at` up to the next one that begins a known token."""
    end = at + 1
    while end < len(plain) and plain[end] != " " and _longest(plain, end) is None:
        end += 1
    return plain[at:end]


def _longest(plain: str, at: int) -> Token | None:
    known = lexicon()
    best: Token | None = None
    for kind, pattern in known.patterns:
        match = pattern.match(plain, at)
        if match and (best is None or len(match[0]) > len(best.text)):
            best = Token(kind, match[0], _values(kind, match))
    match = known.plain.match(plain, at)
    if match and (best is None or len(match[0]) >= len(best.text)):
        best = Token(known.words[match[0]], match[0])
    return best


def _values(kind: Kind, match: re.Match[str]) -> tuple[int, ...]:
    if kind is not Kind.TIME:
        return tuple(number(text) for text in match.groupdict().values() if text is not None)
    parts = match.groupdict()
    known = lexicon()
    minute = number(parts["minute"]) if parts["minute"] else 0
    if parts.get("half"):
        minute = 30
    if parts.get("quarter"):
        minute = known.quarters[parts["quarter"]]
    # Out of the day when minutes are no minutes, so that the reader refuses it.
    return (number(parts["hour"]) * 60 + minute if minute < 60 else -1,)


def number(text: str) -> int:
    """A number in ASCII digits or Chinese numerals below 100, or the word for the seventh weekday."""
    known = lexicon()
    if text.isascii():
        return int(text)
    if text in known.weekday_numbers:
        return known.weekday_numbers[text]
    if known.ten not in text:
        return known.digits[text]
    tens, _, ones = text.partition(known.ten)
    return (known.digits[tens] if tens else 1) * 10 + (known.digits[ones] if ones else 0)
