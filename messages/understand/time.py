"""Finds the days and clock times in a sentence and says which civil dates and minutes they are."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from messages.calendar import SHANGHAI, Calendar
from messages.understand.time_days import Scene
from messages.understand.time_expression import Joiner, TimeExpr
from messages.understand.time_tokens import tokens
from messages.understand.time_words import TimeWords
from messages.words import LANGUAGES

__all__ = ["TimeExpr", "TimeGrammar"]

MASK = "\ufffc"
# Full-width forms and capitals, letter by letter.
NARROW = {wide: chr(wide - 0xFEE0).lower() for wide in range(0xFF01, 0xFF5F)}
NARROW |= {ord(letter): letter.lower() for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} | {0x3000: " ", 9: " "}

_BLANKS = re.compile(" +")
_LATIN = re.compile("[A-Za-z]")

Span = tuple[int, int]
Names = Iterable[Span] | Callable[[str], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class TimeGrammar:
    """The grammars of all languages; another one is asked only when the one before found nothing."""

    languages: Sequence[TimeWords]

    @classmethod
    def load(cls) -> "TimeGrammar":
        return cls(tuple(TimeWords(language) for language in LANGUAGES))

    def parse(
        self,
        text: str,
        now: datetime,
        calendar: Calendar,
        *,
        opens: int | None = None,
        names: Names = (),
        past_ok: bool = False,
    ) -> list[TimeExpr]:
        """Times in text order, not overlapping. Dates lie ahead of `now` unless `past_ok`.

        `opens`: minutes after midnight when the thing asked about opens; decides between the halves
        of the day. `names`: spans of `text` that are names and hold no times, or what finds them.
        """
        local = now.astimezone(SHANGHAI)
        masked = _masked(text, names(text) if callable(names) else names)
        for words in self._in_order(masked):
            scene = Scene(words, local.date(), calendar, past_ok)
            plain, places = _plain(masked, words)
            joiner = Joiner(tokens(plain, scene, local), plain, scene, opens, local)
            found = [_placed(expression, text, places) for expression in joiner.expressions()]
            if found:
                return found
        return []

    def _in_order(self, text: str) -> Sequence[TimeWords]:
        """The first language leads, except in a text of Latin letters alone; without them it is alone."""
        if not _LATIN.search(text):
            return self.languages[:1]
        return self.languages[::-1] if text.replace(MASK, "").isascii() else self.languages


def _masked(text: str, names: Iterable[Span]) -> str:
    letters = list(text)
    for start, end in names:
        letters[start:end] = MASK * len(letters[start:end])
    return "".join(letters)


def _plain(text: str, words: TimeWords) -> tuple[str, list[int] | None]:
    """The text as the rules know it, and the place of each of its letters when blanks were dropped.

    Letters are changed one by one, so that places stay; only blanks next to a wide letter go.
    """
    same = text.translate(NARROW).translate(words.simplify)
    blanks = (blank.span() for blank in _BLANKS.finditer(same))
    dropped = {
        at
        for start, end in blanks
        if not (same[max(start - 1, 0) : start].isascii() and same[end : end + 1].isascii())
        for at in range(start, end)
    }
    if not dropped:
        return same, None
    kept = [at for at in range(len(same)) if at not in dropped]
    return "".join(same[at] for at in kept), kept


def _placed(expression: TimeExpr, text: str, places: list[int] | None) -> TimeExpr:
    start, end = expression.span
    if places is not None:
        start, end = places[start], places[end - 1] + 1
    return replace(expression, text=text[start:end], span=(start, end))
