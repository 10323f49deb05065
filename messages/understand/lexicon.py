"""The names in the directory and the words residents use for them, found in a sentence."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from messages.understand.normalise import normalise

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
    """A term found at [start, end) of the normalised text."""

    kind: Kind
    ids: tuple[str, ...]
    text: str
    start: int
    end: int
    rank: int


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

    def __len__(self) -> int:
        return len(self._terms)

    def find(self, text: str) -> tuple[Hit, ...]:
        """Hits in a normalised text from left to right, not overlapping."""
        return tuple(self._walk(text))

    def _walk(self, text: str) -> Iterator[Hit]:
        at = 0
        while at < len(text) - 1:
            length = self._longest(text, at)
            if not length:
                at += 1
                continue
            found = text[at : at + length]
            for kind, (rank, ids) in self._terms[found].items():
                yield Hit(kind, ids, found, at, at + length, rank)
            at += length

    def _longest(self, text: str, at: int) -> int:
        for length in self._lengths.get(text[at : at + SHORTEST], ()):
            if text[at : at + length] in self._terms and _whole_word(text, at, at + length):
                return length
        return 0


def _whole_word(text: str, start: int, end: int) -> bool:
    """Latin terms must not begin or end inside a Latin word ('cut' is not in 'execute')."""
    before, after = text[start - 1 : start], text[end : end + 1]
    inside = (before.isascii() and before.isalnum() and text[start].isascii() and text[start].isalnum()) or (
        after.isascii() and after.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum()
    )
    return not inside
