"""Which wish a sentence is, by a model trained on the examples of all languages (`make train`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from messages.understand.vectors import Vector
from messages.words import HERE

INTENTS = HERE / "intents.npz"
SUBJECTS = HERE / "subjects.npz"
# How much the letters count beside the meaning: measured best on fresh sentences at one half.
LETTERS = 0.5
LONGEST = 3

Numbers = NDArray[np.float64]
Ranked = tuple[tuple[str, float], ...]


def letters(text: str) -> list[str]:
    """Every run of one to three characters of a normalised text."""
    return [
        text[at : at + length] for length in range(1, LONGEST + 1) for at in range(len(text) - length + 1)
    ]


def mixed(by_meaning: Numbers, by_letters: Numbers) -> Numbers:
    """Log-probabilities of both models as one, not yet normalised."""
    return by_meaning + LETTERS * by_letters


def log_softmax(scores: Numbers) -> Numbers:
    shifted: Numbers = scores - scores.max(axis=-1, keepdims=True)
    total: Numbers = np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted - total


@dataclass(frozen=True, slots=True)
class IntentModel:
    """Two logistic regressions: on the centred sentence vector, and on the letters' tf-idf (sublinear, L2).

    `warmth` and `warmth_letters` are the temperatures that make probabilities of the scores, with and
    without a vector.
    """

    names: tuple[str, ...]
    centre: Numbers
    scale: float
    meaning: Numbers
    meaning_bias: Numbers
    places: Mapping[str, int]
    rarity: Numbers
    spelling: Numbers  # a row for each run of letters, since a sentence has few of them
    spelling_bias: Numbers
    warmth: float
    warmth_letters: float

    @classmethod
    def load(cls, file: Path = INTENTS) -> "IntentModel":
        """A model that is checked in. Raises OSError or KeyError when the file is not one of ours."""
        with np.load(file) as stored:
            kept: dict[str, Any] = {name: stored[name] for name in stored.files}
        grams = "".join(map(chr, kept["letters"])).split("\n")
        return cls(
            names=tuple("".join(map(chr, kept["names"])).split("\n")),
            centre=kept["centre"].astype(np.float64),
            scale=float(kept["scale"]),
            meaning=kept["meaning"].astype(np.float64),
            meaning_bias=kept["meaning_bias"].astype(np.float64),
            places={gram: place for place, gram in enumerate(grams)},
            rarity=kept["rarity"].astype(np.float64),
            spelling=np.ascontiguousarray(kept["spelling"].T, np.float64),
            spelling_bias=kept["spelling_bias"].astype(np.float64),
            warmth=float(kept["warmth"]),
            warmth_letters=float(kept["warmth_letters"]),
        )

    def rank(self, text: str, vector: Vector | None) -> Ranked:
        """Intents with their probabilities, the likeliest first. `text` is normalised."""
        scores = self._by_letters(text)
        if vector is None:
            scores = scores / self.warmth_letters
        else:
            centred = (vector.astype(np.float64) - self.centre) / self.scale
            by_meaning = log_softmax(self.meaning @ centred + self.meaning_bias)
            scores = mixed(by_meaning, scores) / self.warmth
        likely = np.exp(log_softmax(scores))
        order = np.argsort(-likely, kind="stable")
        return tuple((self.names[at], float(likely[at])) for at in order.tolist())

    def _by_letters(self, text: str) -> Numbers:
        counts: dict[int, int] = {}
        for gram in letters(text):
            place = self.places.get(gram)
            if place is not None:
                counts[place] = counts.get(place, 0) + 1
        if not counts:
            return log_softmax(self.spelling_bias)
        at = np.fromiter(counts, np.int64, len(counts))
        weights = (1 + np.log(np.fromiter(counts.values(), np.float64, len(counts)))) * self.rarity[at]
        weights /= np.linalg.norm(weights)
        return log_softmax(weights @ self.spelling[at] + self.spelling_bias)
