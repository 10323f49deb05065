"""Makes the small files that understanding needs from libraries and word lists: `make train`.

Run where the development packages are; what it writes is checked in: `messages/zh/syllables.txt` (how
characters sound, from pypinyin), `messages/intents.npz` (which wish a sentence is, from the examples) and
`messages/matters.npz` (what is no wish of ours, see train_matters.py).
"""

import sys
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from pypinyin.constants import PINYIN_DICT
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from messages.calendar import Calendar
from messages.understand.intents import FILE, Numbers, letters, log_softmax, mixed
from messages.understand.lexicon import Lexicon
from messages.understand.sounds import SYLLABLES
from messages.understand.terms import CentreNames, Names, make_lexicon, passages, words_in
from messages.understand.train_matters import train_matters
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.understand.vectors import Vector, open_engine
from messages.words import LANGUAGES, words
from messages.workbook import read_workbook

FOLDS = 5
MEANING_STRENGTH = 30.0  # C of the regression on vectors, and on letters: as measured for this task
LETTERS_STRENGTH = 20.0
LEAST_SEEN = 2
MOST_READINGS = 2
WARMTHS = np.geomspace(0.3, 3.0, 60)


def common_characters() -> Iterator[str]:
    """The 6,763 characters of GB 2312, which every name in use is written with."""
    for row in range(0xB0, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                yield bytes((row, cell)).decode("gb2312")
            except UnicodeDecodeError:
                continue


def syllables() -> str:
    """The text of syllables.txt."""
    usual: dict[str, list[str]] = {}
    others: dict[str, list[str]] = {}
    for character in common_characters():
        readings = [toneless(each) for each in PINYIN_DICT.get(ord(character), "").split(",") if each]
        for position, reading in enumerate(list(dict.fromkeys(readings))[:MOST_READINGS]):
            (others if position else usual).setdefault(reading, []).append(character)
    lines = (
        f"{syllable} {''.join(usual.get(syllable, []))} {''.join(others.get(syllable, []))}".rstrip()
        for syllable in sorted(usual.keys() | others.keys())
    )
    return "\n".join(lines) + "\n"


def toneless(reading: str) -> str:
    """Pinyin without its tone marks; u with dots is v, as on keyboards."""
    dotted = reading.replace("ü", "v")
    for marked in "ǖǘǚǜ":
        dotted = dotted.replace(marked, "v")
    return "".join(c for c in unicodedata.normalize("NFD", dotted) if not unicodedata.combining(c))


def names_in(workbook: Path) -> Names:
    """The names of a directory."""
    read = read_workbook(workbook)
    return Names(
        [CentreNames(c.id, c.name, c.community, c.subdistrict) for c in read.centres],
        list(dict.fromkeys((service.name, words_in(service.words)) for service in read.services)),
        list(dict.fromkeys(activity.name for activity in read.activities)),
        list(dict.fromkeys(word for kiosk in read.kiosks for word in words_in(kiosk.can_do))),
    )


def examples() -> list[tuple[str, str, str]]:
    """All example sentences, with their language and their intent."""
    return [
        (sentence, language, intent)
        for language in LANGUAGES
        for intent, sentences in words(language, "examples").items()
        for sentence in sentences
    ]


def understood(said: Sequence[tuple[str, str, str]], lexicon: Lexicon) -> list[Understanding]:
    reader, midnight = Reader(), datetime.fromtimestamp(0, UTC)
    around = {
        language: Surroundings(lexicon, midnight, Calendar(), lambda _: None, language)
        for language in LANGUAGES
    }
    return [reader.read(sentence, around[language]) for sentence, language, _ in said]


class Fitted:
    """Both regressions, fitted to sentences."""

    def __init__(self, texts: Sequence[str], vectors: Numbers, wishes: Sequence[str]) -> None:
        self.centre = vectors.mean(axis=0)
        centred = vectors - self.centre
        self.scale = float(np.linalg.norm(centred, axis=1).mean())
        self.meaning = LogisticRegression(C=MEANING_STRENGTH, max_iter=2000).fit(centred / self.scale, wishes)
        self.grams = TfidfVectorizer(analyzer=letters, sublinear_tf=True, min_df=LEAST_SEEN)
        weighed = self.grams.fit_transform(texts)
        self.spelling = LogisticRegression(C=LETTERS_STRENGTH, max_iter=2000).fit(weighed, wishes)

    def scores(self, texts: Sequence[str], vectors: Numbers) -> tuple[Numbers, Numbers]:
        """Log-probabilities of both together, not normalised, and by letters alone."""
        by_letters = log_softmax(self.spelling.decision_function(self.grams.transform(texts)))
        centred = (vectors - self.centre) / self.scale
        return mixed(log_softmax(self.meaning.decision_function(centred)), by_letters), by_letters


def calibrated(scores: Numbers, right: Sequence[int]) -> float:
    """The temperature under which the true intents are likeliest."""
    rows = np.arange(len(right))
    losses = [-log_softmax(scores / warmth)[rows, right].mean() for warmth in WARMTHS]
    return float(WARMTHS[int(np.argmin(losses))])


def train(workbook: Path) -> None:
    listed, names_here = examples(), names_in(workbook)
    wishes = [wish for _, _, wish in listed]
    # What a directory offers is not needed to tell wishes apart.
    texts = [each.plain for each in understood(listed, make_lexicon(Names(names_here.centres, [], [])))]
    engine = open_engine(2)
    vectors = np.stack([_embedded(engine.query([text])) for text in texts])
    whole = Fitted(texts, vectors, wishes)
    names = [str(name) for name in whole.meaning.classes_]
    right = [names.index(wish) for wish in wishes]
    both = np.zeros((len(texts), len(names)))
    spelled = np.zeros_like(both)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=1)
    for learn, check in folds.split(texts, wishes):
        fitted = Fitted([texts[i] for i in learn], vectors[learn], [wishes[i] for i in learn])
        both[check], spelled[check] = fitted.scores([texts[i] for i in check], vectors[check])
    warmth, warmth_letters = calibrated(both, right), calibrated(spelled, right)
    np.savez_compressed(
        FILE,
        names=_codes(names),
        centre=whole.centre.astype(np.float32),
        scale=np.float32(whole.scale),
        meaning=whole.meaning.coef_.astype(np.float16),
        meaning_bias=whole.meaning.intercept_.astype(np.float32),
        letters=_codes(whole.grams.get_feature_names_out().tolist()),
        rarity=whole.grams.idf_.astype(np.float32),
        spelling=whole.spelling.coef_.astype(np.float16),
        spelling_bias=whole.spelling.intercept_.astype(np.float32),
        warmth=np.float32(warmth),
        warmth_letters=np.float32(warmth_letters),
    )
    for name, scores in (("meaning and letters", both), ("letters alone", spelled)):
        ranked = np.argsort(-scores, axis=1)
        hit = ranked == np.array(right)[:, None]
        first, three = hit[:, 0].mean(), hit[:, :3].any(axis=1).mean()
        sys.stdout.write(
            f"{name}: {first:.3f} first, {three:.3f} among three, in {FOLDS} folds of {len(texts)}\n"
        )
    meant = understood(listed, make_lexicon(names_here))
    train_matters(
        passages(names_here),
        _weighed(meant, names, both / warmth),
        vectors,
        wishes,
        engine,
        by_words=_weighed(meant, names, spelled / warmth_letters),
    )


def _weighed(meant: Sequence[Understanding], names: Sequence[str], scores: Numbers) -> list[Understanding]:
    chances = np.exp(log_softmax(scores)).tolist()
    return [
        replace(each, intents=tuple(zip(names, row, strict=True)))
        for each, row in zip(meant, chances, strict=True)
    ]


def _embedded(answer: Vector) -> Numbers:
    vector: Numbers = answer[0].astype(np.float64)
    return vector


def _codes(texts: Sequence[str]) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Texts as numbers: a file of ours must load without pickled objects."""
    return np.array([ord(character) for character in "\n".join(texts)], np.int32)


if __name__ == "__main__":
    SYLLABLES.write_text(syllables(), "utf-8")
    train(Path(sys.argv[1]))
