"""How Chinese characters sound, and names found by their sound when nobody wrote them right."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from messages.words import HERE, words

SYLLABLES = HERE / "zh" / "syllables.txt"
"""A line for each syllable, without tone: the characters that are mostly read so, then those that may be."""

# Of names this short too many sound alike for one to be believed of which a syllable is another.
SHORT = 2

Readings = frozenset[str]


@dataclass(frozen=True, slots=True)
class Sound:
    """A character's usual reading, all of them, and all as people confuse them."""

    usual: str
    same: Readings
    near: Readings


@cache
def _readings() -> Mapping[str, tuple[str, ...]]:
    """The readings of each character, the usual one first."""
    usual: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for line in SYLLABLES.read_text("utf-8").splitlines():
        syllable, mostly, sometimes = [*line.split(" "), "", ""][:3]
        for character in mostly:
            usual.setdefault(character, []).append(syllable)
        for character in sometimes:
            others.setdefault(character, []).append(syllable)
    return {character: (*found, *others.get(character, ())) for character, found in usual.items()}


def spelled(text: str) -> tuple[str, ...]:
    """The syllables of `text` without tones, as on signs; none when a character has no reading."""
    readings = _readings()
    found = tuple(readings.get(character, ("",))[0] for character in text)
    return found if all(found) else ()


def readings_of(character: str) -> tuple[str, ...]:
    """How a character may be read, without tones."""
    return _readings().get(character, ())


def sound_of(character: str) -> Sound | None:
    return sound_of_known(character) if character in _readings() else None


@cache
def sound_of_known(character: str) -> Sound:
    """Of one that has a reading. Nothing is kept of the others: people may type a hundred thousand."""
    readings = _readings()[character]
    return Sound(readings[0], frozenset(readings), frozenset(map(folded, readings)))


@cache
def folded(syllable: str) -> str:
    """The syllable that stands for all that are confused with it."""
    confused = words("zh", "sounds")
    for initial, same in confused["initials"].items():
        if syllable.startswith(initial):
            syllable = same + syllable.removeprefix(initial)
            break
    for final, same in confused["finals"].items():
        if syllable.endswith(final):
            return syllable.removesuffix(final) + str(same)
    return syllable


def as_typed_in(text: str) -> list[tuple[int, int]]:
    """Where what stands in a normalised text is said so, though it sounds like something else."""
    return [found.span() for found in _as_typed().finditer(text)]


@cache
def _as_typed() -> re.Pattern[str]:
    return re.compile(words("zh", "sounds")["as_typed"])


def confusions(one: str, other: str) -> int:
    """How much of two syllables that may be confused differs: the beginning, the end (with or without a g),
    or both."""
    differ_at_end = one.endswith("g") is not other.endswith("g")
    return differ_at_end + (one.removesuffix("g") != other.removesuffix("g"))


@dataclass(frozen=True, slots=True)
class Heard:
    """A term at [start, end) of a text that sounds like it; `likeness` counts what is equal.

    `is_faint`: a short one of which not every syllable is the same; too many others sound like it, too.
    """

    term: str
    start: int
    end: int
    likeness: int
    is_faint: bool = False


class SoundIndex:
    """Terms by their sound. Immutable; some thousand terms are searched in well under a millisecond."""

    def __init__(self, terms: Iterable[str]) -> None:
        self._by_first: dict[str, list[tuple[str, tuple[Sound, ...]]]] = {}
        for term in terms:
            sounds = tuple(sound for sound in map(sound_of, term) if sound)
            if len(sounds) != len(term):
                continue
            for syllable in sounds[0].near:
                self._by_first.setdefault(syllable, []).append((term, sounds))

    def find(self, text: str, taken: Sequence[tuple[int, int]]) -> Iterator[list[Heard]]:
        """From left to right: the longest terms that sound like the text there, the likest of them.

        Nothing is found in the spans that are `taken`. Several terms in a list sound equally like it.
        """
        sounds = [sound_of(character) for character in text]
        for start, end in taken:
            sounds[start:end] = [None] * (end - start)
        at = 0
        while at < len(text):
            found = self._at(text, sounds, at)
            if found:
                yield found
            at = found[0].end if found else at + 1

    def _at(self, text: str, sounds: Sequence[Sound | None], at: int) -> list[Heard]:
        first = sounds[at]
        if first is None:
            return []
        best: list[Heard] = []
        follows = sounds[at + 1] if at + 1 < len(sounds) else None
        for syllable in sorted(first.near):  # the same order in every process
            for term, wanted in self._by_first.get(syllable, ()):
                if len(wanted) > 1 and (follows is None or follows.near.isdisjoint(wanted[1].near)):
                    continue  # most end here: a call for each would take half of the time
                heard = _compared(text, sounds, at, term, wanted)
                if heard is None or any(each.term == term for each in best):
                    continue
                rank = (heard.end, heard.likeness)
                before = (best[0].end, best[0].likeness) if best else (0, 0)
                if rank > before:
                    best = [heard]
                elif rank == before:
                    best.append(heard)
        return best


def _compared(
    text: str, sounds: Sequence[Sound | None], at: int, term: str, wanted: Sequence[Sound]
) -> Heard | None:
    """`term` at this place, when every syllable is at least near."""
    likeness, is_faint = 0, False
    here = sounds[at : at + len(term)]
    if len(here) < len(term):
        return None
    for position, (said, want) in enumerate(zip(here, wanted, strict=True)):
        if said is None or not said.near & want.near:
            return None
        if text[at + position] == term[position]:
            likeness += 4
        elif said.usual == want.usual:
            likeness += 3
        else:
            is_faint = len(term) <= SHORT
            likeness += 2 if said.same & want.same else 1
    return Heard(term, at, at + len(term), likeness, is_faint)
