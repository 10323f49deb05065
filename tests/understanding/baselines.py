"""Simpler ways to find the intent, played through the same answering code and judged by the same judge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from messages.understand.intents import Ranked
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.understand.vectors import Unavailable, Vector, Vectors, open_engine
from messages.words import LANGUAGES, words

# Sentences by intent.
Examples = Mapping[str, Sequence[str]]
Guess = Callable[[str], str]
Embed = Callable[[list[str]], Vector]

# What the rules alone know of the intent; an empty ranking would be filled by Linli's own model.
NO_IDEA: Ranked = (("", 0.0),)


@dataclass(frozen=True, slots=True)
class Baseline:
    """`missing` says why it cannot be played; `vectors` whether services are found by meaning; `is_linli`:
    it ranks intents as Linli does, with what it has."""

    name: str
    guess: Callable[[], Guess] | None = None
    vectors: str = "on"
    missing: str | None = None
    is_linli: bool = False

    def reader(self) -> Reader:
        return Reader() if self.is_linli else IntentFrom(self.guess() if self.guess else None)


class IntentFrom(Reader):
    """Reads as Linli does, but the intent is that of a guess alone, or of the rules when there is none."""

    def __init__(self, guess: Guess | None) -> None:
        super().__init__()
        self._guess = guess

    def read(self, said: str, around: Surroundings) -> Understanding:
        meant = super().read(said, around)
        if meant.command:
            return meant
        return replace(meant, intents=((self._guess(meant.text), 1.0),) if self._guess else NO_IDEA)


def baselines() -> list[Baseline]:
    examples = examples_here()
    return [
        Baseline("Linli without vectors (LINLI_VECTORS=off)", vectors="off", is_linli=True),
        Baseline("keyword rules, no vectors", vectors="off"),
        Baseline("characters: TF-IDF, logistic regression", lambda: by_characters(examples)),
        Baseline(
            "vectors: nearest sentence",
            lambda: by_vectors(examples, open_engine(2).query),
            missing=no_model(),
        ),
    ]


def examples_here() -> dict[str, list[str]]:
    """The sentences of all languages by intent."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for intent, sentences in words(language, "examples").items():
            found.setdefault(intent, []).extend(sentences)
    return found


def by_characters(examples: Examples) -> Guess:
    """One to three characters in a row, weighted by how rare they are, and logistic regression."""
    sentences, intents = _pairs(examples)
    model = make_pipeline(
        TfidfVectorizer(analyzer="char", ngram_range=(1, 3), sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=1_000, class_weight="balanced"),
    )
    model.fit(sentences, intents)
    return lambda text: str(model.predict([text])[0])


def by_vectors(examples: Examples, embed: Embed) -> Guess:
    """The intent of the sentence that is nearest in meaning. `embed` gives unit vectors."""
    sentences, intents = _pairs(examples)
    known = np.concatenate([embed([sentence]) for sentence in sentences])
    return lambda text: intents[int(np.argmax(known @ embed([text])[0]))]


def _pairs(examples: Examples) -> tuple[list[str], list[str]]:
    pairs = [(sentence, intent) for intent, sentences in examples.items() for sentence in sentences]
    return [sentence for sentence, _ in pairs], [intent for _, intent in pairs]


def no_model() -> str | None:
    """Why there are no sentence vectors on this computer, None when there are."""
    loaded = Vectors.load()
    if isinstance(loaded, Unavailable):
        return loaded.reason
    loaded.close()
    return None
