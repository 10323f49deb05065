"""What only staff say: an invitation code, and orders to the desk."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import clean, normalise
from messages.words import LANGUAGES, words

HIDDEN = "****-****"
# What only shows something may be asked for in any way.
SHOWS = frozenset(("help", "names", "certify", "roster", "hand_over"))
# Their words stand in names of services as well, or sound like some, which are taken out for all others.
WITH_NAMES = frozenset(("certify", "walk_in"))
TEN = "\u5341"
A_WEEK = 7
# How a number is said: what it becomes, or by how much it grows or shrinks.
STEPS = {"places": 0, "more": 1, "fewer": -1}

Spans = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Order:
    """What a sentence orders: a code of the word lists, where its word begins and ends, and why.

    `number` is what a number becomes, or with a `step` of 1 or -1 by how much it grows or shrinks;
    `is_everyone`: all people of a list are meant. `shift`: by so many days, negative for earlier, and where
    that is said.
    """

    act: str
    start: int
    end: int
    because: str | None = None
    number: int | None = None
    step: int = 0
    is_everyone: bool = False
    shift: int = 0
    shift_at: tuple[int, int] = (0, 0)


class OrderWords:
    """The ways of one language to order something, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "staff")
        self._acts = [(act, _any_of(texts)) for act, texts in listed["acts"].items()]
        self._because = [(why, _any_of(texts)) for why, texts in listed["because"].items()]
        self._asks, self._everyone = _any_of(listed["asks"]), _any_of(listed["everyone"])
        self._numbers = [(step, re.compile(listed[name])) for name, step in STEPS.items()]
        self._shifts = [(1, _any_of(listed["later"])), (-1, _any_of(listed["earlier"]))]
        self._weeks = _any_of(listed["weeks"])
        self._digits: Mapping[str, int] = listed["digits"]
        self.every, self.always = _any_of(listed["every"]), _any_of(listed["always"])
        self.since = re.compile(listed["since"])
        self.becomes = re.compile(listed["becomes"])
        self._people = re.compile(listed["people"])
        self.between, self.seats = re.compile(listed["between"]), re.compile(listed["seats"])

    def read(self, text: str, names: Spans) -> Order | None:
        """The order in a normalised sentence whose names stand at these places; None for a question that does
        not ask for a list."""
        rest = _without(text, names)
        is_question = bool(self._asks.search(rest))
        for act, pattern in self._acts:
            if found := pattern.search(text if act in WITH_NAMES else rest):
                if is_question and act not in SHOWS:
                    return None
                because = next((why for why, each in self._because if each.search(rest)), None)
                everyone = bool(self._everyone.search(rest))
                number, step = self._number(rest)
                shift, at = self._shift(rest)
                return Order(act, found.start(), found.end(), because, number, step, everyone, shift, at)
        return None

    def people_in(self, text: str) -> int:
        """How many people a text speaks of, all together; 0 when it does not say."""
        said = self._people.findall(text)
        return sum(int(each) if each.isdecimal() else self._spelled(each) or 0 for each in said)

    def _shift(self, text: str) -> tuple[int, tuple[int, int]]:
        """By how many days something is put off."""
        for step, pattern in self._shifts:
            if found := pattern.search(text):
                said, unit = (each for each in found.groups() if each)
                days = (self._value(said) or 0) * (A_WEEK if self._weeks.search(unit) else 1)
                return step * days, (
                    min(found.start(n) for n, each in enumerate(found.groups(), 1) if each),
                    found.end(),
                )
        return 0, (0, 0)

    def _value(self, said: str) -> int | None:
        return int(said) if said.isdecimal() else self._spelled(said)

    def _number(self, text: str) -> tuple[int | None, int]:
        for step, pattern in self._numbers:
            if found := pattern.search(text):
                return self._value(found[1]), step
        return None, 0

    def _spelled(self, said: str) -> int | None:
        """A number below a hundred, with its ten in the middle."""
        tens, ten, ones = said.partition(TEN)
        if not ten:
            return self._digits.get(said)
        return (self._digits.get(tens, 0) if tens else 1) * 10 + self._digits.get(ones, 0)


@cache
def order_words(language: str) -> OrderWords:
    return OrderWords(language)


def order_of(text: str, names: Spans) -> tuple[Order, OrderWords] | None:
    """The order in a sentence, with the words of the language it is given in."""
    for language in LANGUAGES:
        spoken = order_words(language)
        if order := spoken.read(text, names):
            return order, spoken
    return None


def _any_of(texts: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts))


def _without(text: str, spans: Spans) -> str:
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\ufffc" * (end - start)
    return "".join(letters)


@cache
def _leads() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{words(language, 'staff')['code']})" for language in LANGUAGES))


def code_in(said: str) -> str | None:
    """What was typed as an invitation code; empty when none stands behind the words for it, None without
    these words."""
    text = normalise(said)
    lead = _leads().match(text)
    return text[lead.end() :] if lead else None


def without_code(said: str) -> str:
    """The words for the code as they were said, and nothing of the code."""
    text = unicodedata.normalize("NFKC", clean(said))
    lead = _leads().match(normalise(said))
    return f"{text[: lead.end()].strip()} {HIDDEN}" if lead else text
