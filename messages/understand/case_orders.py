"""What is said of cases: their numbers, orders of staff with what they write, words that speak of danger."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import clean, normalise
from messages.words import LANGUAGES, words

CODE = re.compile(r"[gG\uff27\uff47]\s*[-\u2013\u2014\uff0d]\s*0*(\d{1,8})(?!\d)|[gG](\d{4,8})(?!\d)")
UNCLEAR = "unclear"
# What an order may have beside its act.
WORDS, DAYS, OTHER = "words", "days", "other"


@dataclass(frozen=True, slots=True)
class CaseOrder:
    """What staff order of a case: an act of the word lists, 'list', 'call_back', or 'unclear' where a number
    is followed by what nobody understands. `said` is as it was written."""

    act: str
    code: str | None = None
    other: str | None = None
    days: int | None = None
    said: str | None = None


class _Words:
    """The ways of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "staff")
        self.digits: Mapping[str, int] = listed["digits"]
        self.lists = [
            (act, re.compile(text, re.IGNORECASE)) for act, text in listed["cases"]["lists"].items()
        ]
        self.acts = [(act, re.compile(text, re.IGNORECASE)) for act, text in listed["cases"]["acts"].items()]
        self.urgent = re.compile("|".join(f"(?:{text})" for text in listed["cases"]["urgent"]))

    def order(self, rest: str, code: str) -> CaseOrder | None:
        """The act in what stands beside a number."""
        for act, pattern in self.acts:
            if found := pattern.fullmatch(rest):
                given = found.groupdict()
                other, days, said = given.get(OTHER), given.get(DAYS), (given.get(WORDS) or "").strip()
                return CaseOrder(act, code, code_in(other or ""), self._number(days), said or None)
        return None

    def _number(self, said: str | None) -> int | None:
        if said is None:
            return None
        return int(said) if said.isdecimal() else self.digits.get(said)


@cache
def _spoken() -> tuple[_Words, ...]:
    return tuple(_Words(language) for language in LANGUAGES)


def code_in(text: str) -> str | None:
    """The first number of a case, as it is written on cards."""
    found = CODE.search(text)
    return f"G-{int(found[1] or found[2]):04}" if found else None


def is_code(text: str) -> bool:
    """Whether the text is the number of a case and nothing more."""
    return CODE.fullmatch(clean(text)) is not None


def case_order_of(said: str) -> CaseOrder | None:
    """The order in what staff wrote; None for what speaks of no case."""
    text = clean(said)
    for spoken in _spoken():
        for act, pattern in spoken.lists:
            if pattern.fullmatch(text):
                return CaseOrder(act)
    found = CODE.search(text)
    if found is None:
        return None
    code, leads = code_in(found[0]) or "", found.start() == 0
    if not leads and found.end() < len(text):
        return None  # a number in the midst of a sentence is not an order
    rest = text[found.end() :] if leads else text[: found.start()]
    rest = rest.lstrip(" ,:\uff0c\uff1a").rstrip()
    for spoken in _spoken():
        if order := spoken.order(rest, code) or spoken.order(rest.rstrip(".!\u3002\uff01"), code):
            return order
    return CaseOrder(UNCLEAR, code) if leads else None


def is_urgent(text: str) -> bool:
    """Whether what was written speaks of danger or of somebody hurt."""
    plain = normalise(text)
    return any(spoken.urgent.search(plain) for spoken in _spoken())
