"""Ranks short texts by the letters they share with a question: what is left when there are no vectors."""

import math
import re
from collections import Counter
from collections.abc import Hashable, Mapping
from typing import Generic, TypeVar

from messages.understand.normalise import normalise

K = TypeVar("K", bound=Hashable)

SATURATION = 1.2  # k1 of BM25: how soon a repeated letter stops counting
LENGTH = 0.5  # b of BM25: less than the usual .75, because many words for a service are no fault of it

_PIECES = re.compile("[a-z]+|[0-9]+|[\u3400-\u9fff]+")


def tokens(text: str) -> list[str]:
    """Every Chinese character and pair of neighbours; whole words and numbers of other scripts."""
    found: list[str] = []
    for piece in _PIECES.findall(normalise(text)):
        if piece[0].isascii():
            found.append(piece)
        else:
            found += [*piece, *(piece[at : at + 2] for at in range(len(piece) - 1))]
    return found


class LexicalIndex(Generic[K]):
    """An immutable BM25 index (Robertson and Zaragoza 2009) over some thousands of short texts."""

    def __init__(self, texts: Mapping[K, str]) -> None:
        counted = {key: Counter(tokens(text)) for key, text in texts.items()}
        average = sum(sum(counts.values()) for counts in counted.values()) / max(1, len(counted))
        self._postings: dict[str, list[tuple[K, float]]] = {}
        for key, counts in counted.items():
            norm = SATURATION * (1 - LENGTH + LENGTH * sum(counts.values()) / (average or 1))
            for token, count in counts.items():
                weight = count * (SATURATION + 1) / (count + norm)
                self._postings.setdefault(token, []).append((key, weight))
        self._size = len(counted)
        self._given = {key: place for place, key in enumerate(counted)}
        self._unit = self._rarity(1)

    def rank_text(self, text: str) -> list[tuple[K, float]]:
        """Texts that share something with `text`, best first; equal ones in the order they were given.

        The unit is one letter that no other text has, so that scores mean the same in a larger directory.
        """
        scores: dict[K, float] = {}
        for token in dict.fromkeys(tokens(text)):
            listed = self._postings.get(token, [])
            rarity = self._rarity(len(listed)) / self._unit
            for key, weight in listed:
                scores[key] = scores.get(key, 0.0) + rarity * weight
        return sorted(scores.items(), key=lambda match: (-match[1], self._given[match[0]]))

    def _rarity(self, holders: int) -> float:
        return math.log(1 + (self._size - holders + 0.5) / (holders + 0.5))
