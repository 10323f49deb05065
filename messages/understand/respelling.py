"""What was meant by characters that only sound right: a noisy channel over pairs of characters.

Speech-to-text and hurried pinyin keyboards write wrong characters of the right sound. Where a character
makes no word with its neighbours, the likeliest one of the same or nearly the same sound is looked for:
by how often residents write it beside them (the examples) and how common the words are at large. It is
Shannon's noisy channel as in Kernighan, Church and Gale, "A spelling correction program based on a noisy
channel model" (1990), with pairs of characters as the language and sounds as the channel. `make train`
counts the pairs: see train_pairs.py.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from math import inf
from operator import itemgetter
from pathlib import Path

import numpy as np

from messages.understand.sounds import as_typed_in, confusions, sound_of
from messages.words import HERE

PAIRS = HERE / "pairs.npz"
# Stands before the first and behind the last character of a stretch of Chinese.
EDGE = "\n"
# What it costs, in nats, that another character of the same sound was written, or of one that is confused
# with it (twice as much if begun and ended otherwise); and more where what is written is a rare word, or a
# character that often stands alone.
SAME, NEAR, RARE, ALONE = 2.0, 3.0, 1.5, 2.0
# So often together in the examples, or in a million words at large, nobody meant anything else.
FAMILIAR, COMMON = 3, 100
# Of so many in a million characters of the examples, one may well stand alone.
OFTEN = 115
# And of so many, nobody looks for another one in its place: that would be asked in every sentence.
EVERYWHERE = 4250
# How much likelier all must become, in nats, for another character to be believed: where it makes a word with
# its neighbour, and where the two only stand beside each other in some examples.
GAIN, GAIN_OF_PAIR = 2.0, 5.0
# How many ways of writing the beginning are followed further.
KEPT = 8
PAIR = 2

CHINESE = re.compile("[\u4e00-\u9fff]+")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of characters: `rows` has for each first one the place of its pairs in the columns, and the
    second ones in their order. The columns: how often each pair stands in the examples (`here`), in
    words at large (`large`), and how likely the second follows the first (`follows`, nats). `often`:
    how often a character stands in the examples; `alone`: its own likelihood, nats; `back`: what is
    added to that behind a character with which it makes no pair.
    """

    rows: Mapping[str, tuple[int, str]]
    here: Sequence[int]
    large: Sequence[int]
    follows: Sequence[float]
    often: Mapping[str, int]
    alone: Mapping[str, float]
    back: Mapping[str, float]

    @classmethod
    def load(cls, file: Path = PAIRS) -> "Pairs":
        """The counts that are checked in. Raises OSError or KeyError when the file is not one of ours."""
        with np.load(file) as stored:
            letters = "".join(map(chr, stored["letters"]))
            columns = {name: stored[name].tolist() for name in ("often", "alone", "back")}
            return cls(
                rows=_rows("".join(map(chr, stored["pairs"]))),
                here=memoryview(stored["here"]),
                large=memoryview(stored["large"]),
                follows=memoryview(stored["follows"].astype(np.float32)),
                **{name: dict(zip(letters, column, strict=True)) for name, column in columns.items()},
            )

    def chance(self, first: str, second: str) -> float:
        """The logarithm of how likely `second` follows `first`."""
        place = self._at(first, second)
        if place is not None:
            return self.follows[place]
        return self.back.get(first, 0.0) + self.alone.get(second, self.alone[EDGE])

    def _at(self, first: str, second: str) -> int | None:
        start, seconds = self.rows.get(first, (0, ""))
        found = seconds.find(second)
        return start + found if found >= 0 else None

    def counts(self, first: str, second: str) -> tuple[int, int]:
        """How often in the examples, and how common at large."""
        place = self._at(first, second)
        return (0, 0) if place is None else (self.here[place], self.large[place])


def _rows(pairs: str) -> dict[str, tuple[int, str]]:
    """Sorted pairs, one behind the other, by their first characters: the place of the first of them, and the
    second characters. A string of these takes a twentieth of what so many keys would."""
    rows: dict[str, tuple[int, str]] = {}
    at = 0
    for first, group in groupby(zip(pairs[::2], pairs[1::2], strict=True), key=itemgetter(0)):
        seconds = "".join(second for _, second in group)
        rows[first] = at, seconds
        at += len(seconds)
    return rows


class Respelling:
    """Finds what was meant. Immutable, some tenths of a millisecond for a sentence."""

    def __init__(self, pairs: Pairs, *, familiar: int = FAMILIAR) -> None:
        self._pairs, self._familiar = pairs, familiar
        million = sum(pairs.often.values()) / 1e6
        self._often, self._everywhere = OFTEN * million, EVERYWHERE * million
        self._by_sound: dict[str, list[str]] = {}
        for letter, count in pairs.often.items():
            sound = sound_of(letter) if count >= FAMILIAR else None
            for syllable in sound.near if sound else ():
                self._by_sound.setdefault(syllable, []).append(letter)

    @classmethod
    @cache
    def load(cls) -> "Respelling":
        """With the pairs that are checked in; the same one for all."""
        return cls(Pairs.load())

    def is_word(self, pair: str) -> bool:
        """Whether two characters are a common word."""
        return len(pair) == PAIR and self._pairs.counts(*pair)[1] >= COMMON

    def better(self, text: str, fixed: Sequence[Span] = ()) -> str:
        """`text`, normalised, as it was meant: as many characters, and the same ones where it is `fixed`."""
        letters = list(text)
        kept = {at for span in (*fixed, *as_typed_in(text)) for at in range(*span)}
        for run in CHINESE.finditer(text):
            for start, end in self._doubtful(text, run.start(), run.end(), kept):
                letters[start:end] = self._meant(text, start, end, run.span())
        return "".join(letters)

    def _doubtful(self, text: str, begin: int, end: int, kept: set[int]) -> Iterator[Span]:
        """Stretches of characters that make no word with a neighbour."""
        start = begin
        for at in range(begin, end + 1):
            if at < end and at not in kept and not self._is_word(text, at, begin, end):
                continue
            if start < at:
                yield start, at
            start = at + 1

    def _is_word(self, text: str, at: int, begin: int, end: int) -> bool:
        if self._pairs.often.get(text[at], 0) >= self._everywhere:
            return True
        counts = self._counts(text, at, begin, end)
        return any(here >= self._familiar or large >= COMMON for here, large in counts)

    def _counts(self, text: Sequence[str], at: int, begin: int, end: int) -> list[tuple[int, int]]:
        """Of a character with the one before and with the one behind."""
        before = [self._pairs.counts(text[at - 1], text[at])] if at > begin else []
        return before + ([self._pairs.counts(text[at], text[at + 1])] if at + 1 < end else [])

    def _meant(self, text: str, start: int, end: int, run: Span) -> str:
        """The likeliest characters of this stretch, if they make words and all is much likelier with them."""
        before = text[start - 1] if start > run[0] else EDGE
        behind = text[end] if end < run[1] else EDGE
        written = text[start:end]
        ways: dict[str, tuple[float, float, str]] = {before: (0.0, 0.0, "")}
        for place, letter in enumerate(written, start):
            ways = self._followed(ways, self._options(text, place, run, letter))
        likeliest, _, found = max(self._followed(ways, {behind: 0.0}).values())
        found = found[:-1]
        whole = [*text[run[0] : start], *found, *text[end : run[1]]]
        news = [start + at - run[0] for at, (a, b) in enumerate(zip(found, written, strict=True)) if a != b]
        needed = sum(self._gain(whole, at) for at in news)
        gained = likeliest - self._likelihood(before + written + behind)
        return found if news and gained >= needed else written

    def _gain(self, letters: Sequence[str], at: int) -> float:
        """How much likelier the whole must be with this character: the less it makes a word, the more."""
        counts = self._counts(letters, at, 0, len(letters))
        if any(large >= COMMON for _, large in counts):
            return GAIN
        return GAIN_OF_PAIR if any(here > 1 for here, _ in counts) else inf

    def _followed(
        self, ways: Mapping[str, tuple[float, float, str]], options: Mapping[str, float]
    ) -> dict[str, tuple[float, float, str]]:
        """The best ways of writing on to each option, the likeliest of them."""
        chance = self._pairs.chance
        found = {
            letter: max(
                (sure + chance(last, letter) - cost, -cost, so + letter)
                for last, (sure, _, so) in ways.items()
            )
            for letter, cost in options.items()
        }
        best = sorted(found.items(), key=lambda each: each[1], reverse=True)
        return dict(best[:KEPT])

    def _options(self, text: str, at: int, run: Span, letter: str) -> dict[str, float]:
        """Characters that sound like one, and what each costs."""
        sound = sound_of(letter)
        if sound is None:
            return {letter: 0.0}
        is_rare = any(here >= 2 or large for here, large in self._counts(text, at, *run))
        extra = RARE * is_rare + ALONE * (self._pairs.often.get(letter, 0) >= self._often)
        found: dict[str, float] = {letter: 0.0}
        for syllable in sorted(sound.near):
            for other in self._by_sound.get(syllable, ()):
                like = sound_of(other)
                if other not in found and like:
                    found[other] = max(SAME, NEAR * confusions(like.usual, sound.usual)) + extra
        return found

    def _likelihood(self, text: str) -> float:
        return sum(self._pairs.chance(first, second) for first, second in pairwise(text))
