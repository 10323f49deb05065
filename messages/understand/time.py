"""Finds the days and clock times in a sentence and says which civil dates and minutes they are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from messages.calendar import Calendar
from messages.understand.time_expression import TimeExpr, joined
from messages.understand.time_days import Scene
from messages.understand.time_tokens import tokens
from messages.understand.time_words import TimeWords

__all__ = ["TimeExpr", "TimeGrammar"]

ZONE = ZoneInfo("Asia/Shanghai")
"""Civil dates are those of China."""
MASK = "\ufffc"

Span = tuple[int, int]
Names = Iterable[Span] | Callable[[str], Iterable[Span]]


@dataclass(frozen=True, slots=True)
class TimeGrammar:
    """The grammars of all languages; the second one is asked only when the first finds nothing."""

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
        local = now.astimezone(ZONE)
        masked = _masked(text, names(text) if callable(names) else names)
        for words in self.languages:
            scene = Scene(words, local.date(), calendar, past_ok)
            plain, places = _plain(masked, words)
            found = joined(tokens(plain, scene, local), plain, scene, opens, local)
            if found:
                return [_placed(expr, text, places) for expr in found]
        return []
