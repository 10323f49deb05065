"""What a sentence says of booking: the act, for whom, over how many dates, and how old a child is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from messages.words import words

# What is asked of what one has rather than to book anew.
ABOUT_ONES_OWN = ("mine", "change", "leave_line", "cancel", "decline", "accept")
YOUNGEST, OLDEST = 0, 120
MONTHS = range(1, 13)


@dataclass(frozen=True, slots=True)
class BookingTalk:
    """`act` is a code of the word list, None when booking is not spoken of; `who` are codes of the family's
    words; `spread` is 'week' or 'term'. `born` is the first day of a birth month, `age` in years.

    `only_asks`: how booking is done is asked, and nobody wants a place yet; `when_booked`: when it begins.
    `asks_for_it`: somebody is told to book. `is_own`: the act is about what
    one has booked, whatever was spoken of before; `takes_back`: in words that say so beyond doubt.
    """

    act: str | None = None
    who: tuple[str, ...] = ()
    spread: str | None = None
    grade: int | None = None
    born: date | None = None
    age: int | None = None
    only_asks: bool = False
    when_booked: bool = False
    asks_for_it: bool = False
    is_own: bool = False
    takes_back: bool = False
    yes: bool = False
    no: bool = False


NO_BOOKING = BookingTalk()


class BookingWords:
    """The ways of one language to speak of booking, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "asking")
        self._acts = _compiled(listed["acts"])
        self._spread = _compiled(listed["spread"])
        self._who = _compiled(listed["who"])
        self._only_asks, self._own = _any_of(listed["only_asks"]), _any_of(listed["own"])
        self._when_booked, self._asks_for_it = _any_of(listed["when_booked"]), _any_of(listed["asks_for_it"])
        self._takes_back = _any_of(listed["takes_back"])
        self._plain = _any_of(listed["plain"])
        self._yes, self._no = _any_of(listed["yes"]), _any_of(listed["no"])
        self._grade, self._born, self._age = (re.compile(listed[name]) for name in ("grade", "born", "age"))
        self._grades: Mapping[str, int] = listed["grades"]
        self._kindergarten: Mapping[str, int] = listed["kindergarten"]

    def read(self, text: str, rest: str) -> BookingTalk:
        """`text` is a normalised sentence, `rest` the same with names and what is refused blanked out."""
        return BookingTalk(
            act=_first(self._acts, rest),
            who=self._whom(rest),
            spread=_first(self._spread, rest),
            grade=self._grade_in(rest),
            born=self._born_in(text),
            age=self._age_in(rest),
            only_asks=bool(self._only_asks.search(rest)),
            when_booked=bool(self._when_booked.search(rest)),
            asks_for_it=bool(self._asks_for_it.search(rest)),
            is_own=bool(self._own.search(rest)),
            takes_back=bool(self._takes_back.search(rest)),
            yes=bool(self._yes.search(text)),
            no=bool(self._no.search(text)),
        )

    def spans_in(self, text: str) -> list[tuple[int, int]]:
        """Where the family or a wish to book is spoken of: nothing else is heard out of these words."""
        patterns = [self._plain, *(pattern for _, pattern in self._who)]
        return [found.span() for pattern in patterns for found in pattern.finditer(text)]

    def _whom(self, text: str) -> tuple[str, ...]:
        """Each once, in the order in which they are said."""
        found = {who: match.start() for who, pattern in self._who if (match := pattern.search(text))}
        return tuple(sorted(found, key=lambda who: found[who]))

    def _grade_in(self, text: str) -> int | None:
        found = self._grade.search(text)
        if not found:
            return None
        said = next(group for group in found.groups() if group)
        if said in self._kindergarten:
            return self._kindergarten[said]
        grade = self._grades.get(said) or int(said)
        return grade + 6 if found.lastindex == len(found.groups()) and grade <= 3 and self._grades else grade

    def _born_in(self, text: str) -> date | None:
        for found in self._born.finditer(text):
            year, month = (int(group) for group in found.groups() if group)
            if month in MONTHS:
                return date(year, month, 1)
        return None

    def _age_in(self, text: str) -> int | None:
        found = self._age.search(text)
        if not found:
            return None
        said = next(group for group in found.groups() if group)
        age = int(said) if said.isdecimal() else spelled_number(said, self._grades)
        return age if YOUNGEST < age < OLDEST else None


def spelled_number(said: str, digits: Mapping[str, int]) -> int:
    """A number below a hundred in Chinese, with its ten in the middle; two has a second sign."""
    tens, ten, ones = said.replace("\u4e24", "\u4e8c").partition("\u5341")
    if not ten:
        return digits.get(tens, 0)
    return (digits.get(tens, 0) if tens else 1) * 10 + digits.get(ones, 0)


def _compiled(listed: Mapping[str, Any]) -> list[tuple[str, re.Pattern[str]]]:
    return [(code, _any_of(texts)) for code, texts in listed.items()]


def _first(patterns: list[tuple[str, re.Pattern[str]]], text: str) -> str | None:
    return next((code for code, pattern in patterns if pattern.search(text)), None)


def _any_of(texts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts))
