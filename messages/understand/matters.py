"""Whether something is asked for that the directory does not offer, however near it sounds to what it does.

What people ask for elsewhere stands as passages beside those of the directory, and a regression weighs which
of them a sentence is nearer to, what it names, and which wish it is. What the directory offers is no other
matter.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from messages.understand.lexical import LexicalIndex
from messages.understand.lexicon import FAINT, THINGS, Kind, Lexicon, Term, Topic
from messages.understand.normalise import normalise
from messages.understand.terms import WORD, passage
from messages.understand.understand import Understanding
from messages.understand.vectors import By, Vector
from messages.words import HERE, LANGUAGES, words

FILE = HERE / "matters.npz"
# So many words of a matter make a passage: a longer one is near to nothing.
TOGETHER = 5
# The wishes that are about a thing.
ABOUT_THINGS = ("find_service", "list_services", "list_activities", "book", "kiosks")
OTHER = "out_of_scope"
# Cosines differ in the second decimal place.
STRETCH = 50.0
LEAST = 0.001

Matter = tuple[str, tuple[str, ...]]
Numbers = NDArray[np.float64]


def listed() -> list[Matter]:
    """The passages of all matters and their words, in the order of the lists."""
    found = []
    for language in LANGUAGES:
        for name, said in words(language, "matters").items():
            parts = [tuple(said[at : at + TOGETHER]) for at in range(0, len(said), TOGETHER)]
            found += [(passage(name, part), part) for part in parts]
    return found


def beside(texts: Mapping[Topic, str], others: Sequence[str]) -> dict[Topic | str, str]:
    """What is offered by its topic and other matters by their own words."""
    found: dict[Topic | str, str] = {text: text for text in others}
    found.update(texts.items())
    return found


@dataclass(frozen=True, slots=True)
class Evidence:
    """What tells an other matter from one of ours; the logits are those of the wish alone."""

    lead: float
    is_named: float
    names_other: float
    other: float
    thing: float


@dataclass(frozen=True, slots=True)
class Matters:
    """All other matters there are: the vectors of their passages, and the weights of the evidence, first the
    constant, with and without a vector."""

    vectors: Vector
    by_meaning: Numbers
    by_words: Numbers

    @classmethod
    def load(cls) -> "Matters":
        """What is checked in. Raises OSError or KeyError when the file is not one of ours."""
        with np.load(FILE) as stored:
            kept: dict[str, Any] = {name: stored[name] for name in stored.files}
        return cls(
            kept["vectors"].astype(np.float32),
            kept["by_meaning"].astype(np.float64),
            kept["by_words"].astype(np.float64),
        )


class Scope:
    """What one directory offers, and beside it the matters that it does not. Immutable."""

    def __init__(self, matters: Matters, texts: Mapping[Topic, str]) -> None:
        self._matters = matters
        offered = normalise("\n".join(texts.values()))
        others = [
            (at, text, said)
            for at, (text, said) in enumerate(listed())
            if not any(normalise(word) in offered for word in said)
        ]
        self._vectors = matters.vectors[[at for at, _, _ in others]]
        free = (word for _, said in listed() for word in said if normalise(word) not in offered)
        self._said = Lexicon(Term(word, Kind.NOTHING, (), WORD) for word in free)
        self._words = LexicalIndex(beside(texts, [text for _, text, _ in others]))

    def chance_of_other(self, meant: Understanding, vector: Vector | None) -> float:
        """How likely a sentence that is weighed wants what the directory does not offer."""
        is_by_meaning = meant.things is not None and meant.things.by is By.MEANING and vector is not None
        weights = self._matters.by_meaning if is_by_meaning else self._matters.by_words
        evidence = astuple(self.evidence(meant, vector))
        score = float(weights[0] + weights[1:] @ np.array(evidence))
        return 1 / (1 + math.exp(-score))

    def evidence(self, meant: Understanding, vector: Vector | None) -> Evidence:
        ours = {hit.text for hit in meant.hits if hit.kind in THINGS}
        named = (hit.kind in (*THINGS, Kind.CATEGORY, Kind.KIOSK) and hit.rank > FAINT for hit in meant.hits)
        others = (hit.text for hit in self._said.find(meant.plain))
        return Evidence(
            self._lead(meant, vector),
            float(any(named)),
            float(any(not any(other in name for name in ours) for other in others)),
            _logit(meant.chance(OTHER)),
            _logit(meant.chance(*ABOUT_THINGS)),
        )

    def _lead(self, meant: Understanding, vector: Vector | None) -> float:
        """How much nearer the nearest other matter is than the nearest of ours."""
        if meant.things is None or not meant.things.matches:
            return 0.0
        if vector is not None and meant.things.by is By.MEANING:
            best = float((self._vectors @ vector).max(initial=0.0))
            return STRETCH * (best - meant.things.matches[0][1])
        ranked = self._words.rank_text(meant.plain)
        return _best(ranked, str) - _best(ranked, tuple)


def _best(ranked: Sequence[tuple[Topic | str, float]], sort: type) -> float:
    return next((score for key, score in ranked if isinstance(key, sort)), 0.0)


def _logit(chance: float) -> float:
    kept = min(max(chance, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))
