"""Makes `messages/matters.npz`: other matters as vectors, and how much each sign of one counts.

The weights are fitted to the example sentences three times over: in the directory of the workbook, in one
that has lost what a sentence is about, and in one that has gained it. So they follow the directory and not
the examples.
"""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields, replace

import numpy as np
from sklearn.linear_model import LogisticRegression

from messages.understand.intents import Numbers
from messages.understand.lexical import LexicalIndex
from messages.understand.lexicon import Topic
from messages.understand.matters import (
    ABOUT_THINGS,
    FILE,
    OTHER,
    STRETCH,
    Evidence,
    Matters,
    Scope,
    beside,
    listed,
)
from messages.understand.normalise import normalise
from messages.understand.understand import Understanding
from messages.understand.vectors import PASSAGE_CHARACTERS, By, Engine, Fit, Ranking, Vector

# How much a sentence counts in another directory than that of the workbook.
ELSEWHERE = 0.2
# What is lost or gained with a thing: those that are as near to the sentence as it is.
LIKE_IT = 3
STRENGTH = 1.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """How near sentences are to what is offered and to other matters, the nearest first, a row for each."""

    ours: Numbers
    others: Numbers
    by: By

    def leads(self, ours: Numbers, others: Numbers) -> Numbers:
        lead: Numbers = (others - ours) * (STRETCH if self.by is By.MEANING else 1.0)
        return lead


def train_matters(
    texts: dict[Topic, str],
    meant: Sequence[Understanding],
    vectors: Numbers,
    wishes: Sequence[str],
    engine: Engine,
    *,
    by_words: Sequence[Understanding],
) -> None:
    """`meant` and `by_words` are the same sentences with the wishes that others than themselves taught, by
    their `vectors` and by letters alone."""
    others = np.stack([_embedded(engine, text) for text, _ in listed()])
    matters = Matters(others, *np.zeros((2, len(fields(Evidence)) + 1)))
    scope = Scope(matters, texts)
    ours = np.stack([_embedded(engine, text) for text in texts.values()])
    near = Weighed(_falling(vectors @ ours.T), _falling(vectors @ matters.vectors.T), By.MEANING)
    shared = _by_letters(texts, [each.plain for each in meant])
    np.savez_compressed(
        FILE,
        vectors=matters.vectors.astype(np.float16),
        by_meaning=_fitted(scope, meant, wishes, near),
        by_words=_fitted(scope, by_words, wishes, shared),
    )


def _embedded(engine: Engine, text: str) -> Vector:
    """As the directory's texts are."""
    vector: Vector = engine.passage([normalise(text)[:PASSAGE_CHARACTERS]])[0]
    return vector


def _falling(scores: Numbers) -> Numbers:
    fallen: Numbers = -np.sort(-scores, axis=1)
    return fallen


def _by_letters(texts: dict[Topic, str], said: Sequence[str]) -> Weighed:
    index: LexicalIndex[Topic | str] = LexicalIndex(beside(texts, [text for text, _ in listed()]))
    ours, others = np.zeros((len(said), LIKE_IT + 1)), np.zeros((len(said), LIKE_IT + 1))
    for row, text in enumerate(said):
        ranked = index.rank_text(text)
        for scores, sort in ((ours, tuple), (others, str)):
            best = [score for key, score in ranked if isinstance(key, sort)][: LIKE_IT + 1]
            scores[row, : len(best)] = best
    return Weighed(ours, others, By.WORDS)


def _fitted(scope: Scope, meant: Sequence[Understanding], wishes: Sequence[str], near: Weighed) -> Numbers:
    """The constant and the weights of the evidence."""
    bare = [replace(each, things=Ranking((), Fit.NONE, near.by)) for each in meant]
    signs = np.array([astuple(scope.evidence(each, None)) for each in bare])
    is_other = np.array([wish == OTHER for wish in wishes])
    is_ours = np.array([wish in ABOUT_THINGS for wish in wishes])
    here, lost, gained = signs.copy(), signs.copy(), signs.copy()
    here[:, 0] = near.leads(near.ours[:, 0], near.others[:, 0])
    lost[:, 0] = near.leads(near.ours[:, LIKE_IT], near.others[:, 0])
    lost[:, 1] = 0.0
    gained[:, 0] = near.leads(near.others[:, 0], near.others[:, LIKE_IT])
    gained[:, 1:3] = 0.0
    evidence = np.concatenate([here, lost[is_ours], gained[is_other]])
    truth = np.concatenate([is_other, np.ones(is_ours.sum(), bool), np.zeros(is_other.sum(), bool)])
    counts = np.where(np.arange(len(truth)) < len(wishes), 1.0, ELSEWHERE)
    model = LogisticRegression(C=STRENGTH, max_iter=1000).fit(evidence, truth, sample_weight=counts)
    weights: Numbers = np.concatenate([model.intercept_, model.coef_[0]])
    return weights
