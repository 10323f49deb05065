"""Finds cases that are all but the same as a sentence the language code was made with."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml

from messages.understand.normalise import normalise
from messages.words import HERE, LANGUAGES
from tests.understanding.judge import Case

LIMIT = 0.7
DIALOGUES = Path(__file__).parent.parent / "dialogues"
# Word lists with sentences; of a list of expressions only those that are plain words.
LISTS = ("phrases*.yaml", "examples*.yaml", "subjects*.yaml")

_EXPRESSION = re.compile(r"[\\^$.*+?|()\[\]{}]")
_ANCHORS = re.compile(r"^\^|\$$|\\b")


def trigrams(text: str) -> frozenset[str]:
    """Each three characters in a row, the blank before and behind the text among them."""
    padded = f" {normalise(text)} "
    return frozenset(padded[at : at + 3] for at in range(len(padded) - 2))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


class Seen:
    """The sentences that were seen while the language code was written."""

    def __init__(self, sentences: Iterable[str]) -> None:
        self._seen = {grams for grams in map(trigrams, sentences) if grams}

    @classmethod
    def here(cls) -> "Seen":
        return cls([*_trained(), *_tested()])

    def knows(self, sentence: str) -> bool:
        grams = trigrams(sentence)
        return any(jaccard(grams, seen) > LIMIT for seen in self._seen)

    def without(self, cases: Sequence[Case]) -> list[Case]:
        """The cases of which at least one sentence is new."""
        return [case for case in cases if not all(map(self.knows, case.say))]


def _trained() -> Iterator[str]:
    for language in LANGUAGES:
        for pattern in LISTS:
            for path in sorted((HERE / language).glob(pattern)):
                yield from _plain(yaml.safe_load(path.read_text("utf-8")))


def _tested() -> Iterator[str]:
    for path in sorted(DIALOGUES.glob("*.yaml")):
        for dialogue in yaml.safe_load(path.read_text("utf-8")):
            yield from (str(turn["say"]) for turn in dialogue["turns"])


def _plain(loaded: Any) -> Iterator[str]:
    """Every text in a word list that is no expression."""
    match loaded:
        case dict():
            for value in loaded.values():
                yield from _plain(value)
        case list():
            for value in loaded:
                yield from _plain(value)
        case str():
            text = _ANCHORS.sub("", loaded)
            if not _EXPRESSION.search(text):
                yield text
