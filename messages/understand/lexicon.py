"""The names in the directory and the words residents use for them, found in a sentence."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from messages.understand.normalise import normalise
from messages.understand.sounds import Heard, SoundIndex, as_typed_in
from messages.words import words

# One character alone means too much to be a name.
SHORTEST = 2


class Kind(StrEnum):
    CENTRE = "centre"
    SUBDISTRICT = "subdistrict"
    SERVICE = "service"
    ACTIVITY = "activity"
    CATEGORY = "category"
    KIOSK = "kiosk"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Term:
    """A text that stands for one or more things. `rank`: 2 a full name, 1 a word, 0 a bare stem."""

    text: str
    kind: Kind
    ids: tuple[str, ...]
    rank: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A term found at [start, end) of the normalised text. `heard`: it only sounds like the term; with the
    rank FAINT it proves nothing by itself."""

    kind: Kind
    ids: tuple[str, ...]
    text: str
    start: int
    end: int
    rank: int
    heard: bool = False


Span = tuple[int, int]
Topic = tuple[Kind, str]
"""A service or an activity by its name, or the self-service machines."""

FAINT = -1

PLACES = frozenset({Kind.CENTRE, Kind.SUBDISTRICT})
THINGS = frozenset({Kind.SERVICE, Kind.ACTIVITY})


class Lexicon:
    """An immutable set of terms; the longest term at each place wins, all its meanings are kept."""

    def __init__(self, terms: Iterable[Term]) -> None:
        merged: dict[str, dict[Kind, tuple[int, dict[str, None]]]] = {}
        for term in terms:
            text = normalise(term.text)
            if len(text) < SHORTEST:
                continue
            meanings = merged.setdefault(text, {})
            rank, ids = meanings.get(term.kind, (term.rank, {}))
            if term.rank > rank:
                rank, ids = term.rank, {}
            if term.rank == rank:
                ids.update(dict.fromkeys(term.ids))
                meanings[term.kind] = rank, ids
        self._terms = {
            text: {kind: (rank, tuple(ids)) for kind, (rank, ids) in meanings.items()}
            for text, meanings in merged.items()
        }
        lengths: dict[str, set[int]] = {}
        for text in merged:
            lengths.setdefault(text[:SHORTEST], set()).add(len(text))
        self._lengths = {start: sorted(found, reverse=True) for start, found in lengths.items()}
        self._sounds = SoundIndex(
            text for text, meanings in self._terms.items() if not (PLACES | THINGS).isdisjoint(meanings)
        )

    def __len__(self) -> int:
        return len(self._terms)

    def find(self, text: str, pauses: Collection[int] = ()) -> tuple[Hit, ...]:
        """Hits in a normalised text from left to right, not overlapping. A name may be written with a blank
        in it, but over a pause no street is made of the end of a place and the beginning of another word."""
        return tuple(self._walk(text, pauses))

    def hear(self, text: str, hits: Iterable[Hit], times: Iterable[Span]) -> tuple[Hit, ...]:
        """Names that a text without `hits` and `times` only sounds like.

        A bare stem of a place counts only where a place may stand; a thing only when none was written.
        """
        written = list(hits)
        kinds = {hit.kind for hit in written}
        wanted = [sort for sort in (PLACES, THINGS) if kinds.isdisjoint(sort)]
        taken = [*((hit.start, hit.end) for hit in written), *times, *as_typed_in(text)]
        found = []
        for group in self._sounds.find(text, taken):
            start, end = group[0].start, group[0].end
            merged: dict[Kind, tuple[int, dict[str, None]]] = {}
            for heard in group:
                for kind, (rank, ids) in self._terms[heard.term].items():
                    if any(kind in sort for sort in wanted) and _may_be(kind, heard, text):
                        best, known = merged.get(kind, (FAINT, {}))
                        merged[kind] = (
                            max(best, FAINT if heard.is_faint else rank),
                            known | dict.fromkeys(ids),
                        )
            found += [
                Hit(kind, tuple(ids), text[start:end], start, end, rank, heard=True)
                for kind, (rank, ids) in merged.items()
            ]
        return tuple(found)

    def _walk(self, text: str, pauses: Collection[int]) -> Iterator[Hit]:
        at = 0
        while at < len(text) - 1:
            length = self._longest(text, at, pauses)
            if not length:
                at += 1
                continue
            found = text[at : at + length]
            for kind, (rank, ids) in self._terms[found].items():
                yield Hit(kind, ids, found, at, at + length, rank)
            at += length

    def _longest(self, text: str, at: int, pauses: Collection[int]) -> int:
        for length in self._lengths.get(text[at : at + SHORTEST], ()):
            found = text[at : at + length]
            if not (len(found) == length and found in self._terms and _whole_word(text, at, at + length)):
                continue
            if not (Kind.NOTHING in self._terms[found] and any(at < pause < at + length for pause in pauses)):
                return length
        return 0


def _may_be(kind: Kind, heard: Heard, text: str) -> bool:
    """Whether something that was heard may be a name of this kind."""
    if kind in THINGS or len(heard.term) > SHORTEST:
        return True
    return not heard.is_faint and _beside_a_place(text, heard.start, heard.end)


def _beside_a_place(text: str, start: int, end: int) -> bool:
    """Whether words stand there that stand beside places, or nothing else does."""
    beside = words("zh", "phrases")["beside_a_place"]
    return (
        text.startswith(tuple(beside["after"]), end)
        or text[:start].endswith(tuple(beside["before"]))
        or (start == 0 and end == len(text))
    )


def _whole_word(text: str, start: int, end: int) -> bool:
    """Latin terms must not begin or end inside a Latin word ('cut' is not in 'execute')."""
    before, after = text[start - 1 : start], text[end : end + 1]
    inside = (before.isascii() and before.isalnum() and text[start].isascii() and text[start].isalnum()) or (
        after.isascii() and after.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum()
    )
    return not inside
