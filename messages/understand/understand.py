"""The pipeline from a sentence to what was meant: normalise, names, times, cues."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from messages.calendar import Calendar
from messages.understand.abuse import Swearing
from messages.understand.lexicon import Hit, Lexicon
from messages.understand.normalise import clean, language_of, normalise
from messages.understand.time import TimeExpr, TimeGrammar
from messages.words import LANGUAGES, words

COMMAND = re.compile(r"^/([a-z_]+)(?: (\S+(?: \S+)*))?$")


@dataclass(frozen=True, slots=True)
class Command:
    """What a button says: a name and its arguments."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Understanding:
    """What a sentence holds; nothing is decided yet. `text` is normalised, `language` 'zh', 'en' or None."""

    text: str
    language: str | None
    cues: frozenset[str]
    hits: tuple[Hit, ...] = ()
    times: tuple[TimeExpr, ...] = ()
    emergency: str | None = None
    out_of_scope: bool = False
    audience: frozenset[str] = frozenset()
    pick: int | None = None
    command: Command | None = None
    wanted: str | None = None


class Phrases:
    """The phrases of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "phrases")
        self.cues = [(cue, _any_of(texts)) for cue, texts in listed["cues"].items()]
        self.emergency = [(kind, _any_of(texts)) for kind, texts in listed["emergency"].items()]
        self.out_of_scope = _any_of(listed["out_of_scope"])
        self.audience = [(who, _any_of(texts)) for who, texts in listed["audience"].items()]
        self.pick = re.compile(listed["pick"])
        self.wanted = re.compile(listed["wanted"])
        self.digits = {word: number for number, word in enumerate(listed.get("numbers", ()))}

    def wanted_in(self, text: str) -> str | None:
        found = self.wanted.search(text)
        return next((group for group in found.groups() if group), None) if found else None


class Reader:
    """Reads sentences. Built once; the lexicon comes with each call because the directory changes."""

    def __init__(self) -> None:
        self._phrases = {language: Phrases(language) for language in LANGUAGES}
        self._grammar = TimeGrammar.load()
        self._swearing = Swearing()

    def read(
        self,
        said: str,
        *,
        lexicon: Lexicon,
        now: datetime,
        calendar: Calendar,
        opens: Callable[[tuple[Hit, ...]], int | None],
        language: str,
    ) -> Understanding:
        """Understand `said` at `now`. `language` is the conversation's, for texts without letters."""
        command = COMMAND.match(clean(said))
        text = normalise(said)
        if command:
            arguments = tuple((command[2] or "").split())
            return Understanding(text, None, frozenset(), command=Command(command[1], arguments))
        hits = lexicon.find(text)
        spans = [(hit.start, hit.end) for hit in hits]
        rest = _without(text, spans)
        own = language_of(rest) or language_of(text)
        phrases = self._phrases[own or language]
        times = self._grammar.parse(text, now, calendar, opens=opens(hits), names=spans)
        return Understanding(
            text,
            own,
            frozenset(cue for cue, pattern in phrases.cues if pattern.search(rest))
            | ({"abuse"} if self._swearing.is_in(rest) else set()),
            hits,
            tuple(times),
            next((kind for kind, pattern in phrases.emergency if pattern.search(text)), None),
            bool(phrases.out_of_scope.search(rest)),
            frozenset(who for who, pattern in phrases.audience if pattern.search(text)),
            self._picked(text),
            wanted=phrases.wanted_in(rest),
        )

    def _picked(self, text: str) -> int | None:
        for phrases in self._phrases.values():
            found = phrases.pick.match(text)
            if found:
                return int(phrases.digits.get(found[1], found[1]))
        return None


def _any_of(texts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts) or r"(?!)")


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with names blanked out, so that a cue inside a name is not taken for a question."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\ufffc" * (end - start)
    return "".join(letters)
