"""Makes the small files that understanding needs from libraries and word lists: `make train`.

Run where the development packages are; what it writes is checked in: `messages/zh/syllables.txt` (how
characters sound, from pypinyin), `messages/intents.npz` (which wish a sentence is, from the examples) and
`messages/subjects.npz` (what it is about, from the subjects) and `messages/matters.npz` (what is no wish of
ours, see train_matters.py).
"""

import sys
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import numpy as np
from pypinyin.constants import PINYIN_DICT
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from messages.calendar import Calendar
from messages.understand.intents import INTENTS, SUBJECTS, Numbers, letters, log_softmax, mixed
from messages.understand.lexicon import Lexicon
from messages.understand.normalise import normalise
from messages.understand.sounds import SYLLABLES
from messages.understand.subjects import ELSE, IT, PLACE
from messages.understand.terms import CentreNames, Names, make_lexicon, passages, words_in
from messages.understand.train_matters import train_matters
from messages.understand.train_pairs import train_pairs
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.understand.vectors import Vector, open_engine
from messages.words import LANGUAGES, words
from messages.workbook import read_workbook

FOLDS = 5
MEANING_STRENGTH = 30.0  # C of the regression on vectors, and on letters: as measured for this task
LETTERS_STRENGTH = 20.0
MOST_READINGS = 2
BY_THE_WAY = "by_the_way"
# A sentence as long as this tells a story of its own.
STORY = {"zh": 24, "en": 80}
# The wishes that are about a thing of the directory, and those about a place or all that is there.
OF_THINGS = ("find_service", "kiosks", "book", "list_activities")
OF_PLACES = ("centre_card", "list_services", "coverage", "find_centres")
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
        tuple(CentreNames(c.id, c.name, c.community, c.subdistrict) for c in read.centres),
        tuple(dict.fromkeys((service.name, words_in(service.words)) for service in read.services)),
        tuple(dict.fromkeys(activity.name for activity in read.activities)),
        tuple(dict.fromkeys(word for kiosk in read.kiosks for word in words_in(kiosk.can_do))),
    )


Said = Sequence[tuple[str, str, str]]
"""Sentences, what each stands for, and the language of each."""


def understood(said: Said, lexicon: Lexicon) -> list[Understanding]:
    reader, midnight = Reader(), datetime.fromtimestamp(0, UTC)
    around = {
        language: Surroundings(lexicon, midnight, Calendar(), lambda _: None, language)
        for language in LANGUAGES
    }
    return [reader.read(sentence, around[language]) for sentence, _, language in said]


def wishes() -> Iterator[tuple[str, str, str]]:
    """All example sentences, their intents and their language."""
    for language in LANGUAGES:
        for intent, sentences in words(language, "examples").items():
            yield from ((sentence, intent, language) for sentence in sentences)


def subjects() -> Iterator[tuple[str, str, str]]:
    """All sentences about a subject, alone, about a place and at the end of a story; and all about none."""
    for language in LANGUAGES:
        listed, place = words(language, "subjects"), words(language, "phrases")["any_place"]
        stories = cycle(f"{story} {there}" for story in listed[BY_THE_WAY] for there in ("", place))
        for subject, sentences in listed.items():
            for sentence in sentences if subject != BY_THE_WAY else ():
                yield sentence, subject, language
                if len(sentence) >= STORY[language]:
                    continue
                if subject == IT:
                    yield f"{next(stories).removesuffix(place)} {sentence}", subject, language
                else:
                    yield f"{next(stories)} {sentence}", subject, language
                    yield f"{place} {sentence}", subject, language
    for sentence, intent, language in wishes():
        if intent not in OF_THINGS:
            yield sentence, PLACE if intent in OF_PLACES else ELSE, language


def chinese() -> Iterator[str]:
    """What residents say: the examples. Stories hold words that nobody else will use, and rarely tell more of
    how ours are written."""
    for listed in (words("zh", "examples"), words("zh", "subjects")):
        said = (sentence for sentences in listed.values() for sentence in sentences)
        yield from (sentence for sentence in said if len(sentence) < STORY["zh"])


def known(here: Names) -> Iterator[str]:
    """The words for what there is."""
    yield from here.activities
    yield from here.errands
    for name, called in (*here.services, *words("zh", "phrases")["same_as"].items()):
        yield from (name, *called)


@dataclass(frozen=True, slots=True)
class Much:
    """How far sentences of a rare meaning count more (1: until all meanings weigh the same), how exactly the
    regressions are solved, and in how many sentences letters must stand to be learned from."""

    levelled: float
    tolerance: float
    seen: int


# A wish is as likely as there are examples of it; but there are many sentences about nothing of ours, and
# each short sentence about a subject stands there three times.
OF_WISHES, OF_SUBJECTS = Much(0.0, 1e-4, 4), Much(0.5, 1e-3, 7)


class Fitted:
    """Both regressions, fitted to sentences."""

    def __init__(self, texts: Sequence[str], vectors: Numbers, wishes: Sequence[str], much: Much) -> None:
        self.centre = vectors.mean(axis=0)
        centred = vectors - self.centre
        self.scale = float(np.linalg.norm(centred, axis=1).mean())
        counts = Counter(wishes)
        even = (len(wishes) / len(counts)) ** much.levelled
        weights = {name: even * count**-much.levelled for name, count in counts.items()}

        def fitted(strength: float, rows: object) -> LogisticRegression:
            model = LogisticRegression(C=strength, max_iter=2000, tol=much.tolerance, class_weight=weights)
            return model.fit(rows, wishes)

        self.meaning = fitted(MEANING_STRENGTH, centred / self.scale)
        self.grams = TfidfVectorizer(analyzer=letters, sublinear_tf=True, min_df=much.seen)
        weighed = self.grams.fit_transform(texts)
        self.spelling = fitted(LETTERS_STRENGTH, weighed)

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


@dataclass(frozen=True, slots=True)
class Learned:
    """What sentences stand for by what the others taught: for each a log-probability of every name, from the
    vectors and the letters, and from the letters alone."""

    names: Sequence[str]
    vectors: Numbers
    by_meaning: Numbers
    by_words: Numbers


def kin(said: Said) -> list[int]:
    """The same number for a sentence and what was made of it with a story or a place before it: what was
    learned from one must not be asked of the other."""
    found: list[int] = []
    base = ""
    for sentence, _, _ in said:
        is_made_of_it = bool(base) and sentence.endswith(f" {base}")
        base = base if is_made_of_it else sentence
        found.append(found[-1] if is_made_of_it else len(found))
    return found


def train(lexicon: Lexicon, said: Said, much: Much, target: Path) -> Learned:
    """Learn from sentences what each stands for, and keep it in `target`."""
    texts = [each.plain for each in understood(said, lexicon)]
    meanings = [meant for _, meant, _ in said]
    engine = open_engine(1)  # a second thread waits for the first as soon as the machine has other work
    vectors = np.stack([_embedded(engine.query([text])) for text in texts])
    whole = Fitted(texts, vectors, meanings, much)
    names = [str(name) for name in whole.meaning.classes_]
    right = [names.index(meant) for meant in meanings]
    both = np.zeros((len(texts), len(names)))
    spelled = np.zeros_like(both)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=1)
    for learn, check in folds.split(texts, meanings, kin(said)):
        fitted = Fitted([texts[i] for i in learn], vectors[learn], [meanings[i] for i in learn], much)
        both[check], spelled[check] = fitted.scores([texts[i] for i in check], vectors[check])
    warmth, warmth_letters = calibrated(both, right), calibrated(spelled, right)
    np.savez_compressed(
        target,
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
            f"{target.name}, {name}: {first:.3f} first, {three:.3f} among three, "
            f"in {FOLDS} folds of {len(texts)}\n"
        )
    return Learned(names, vectors, both / warmth, spelled / warmth_letters)


def train_others(here: Names, said: Said, learned: Learned) -> None:
    """Learn from the same sentences which of them this directory has nothing for."""
    meant = understood(said, make_lexicon(here))
    train_matters(
        passages(here),
        _weighed(meant, learned.names, learned.by_meaning),
        learned.vectors,
        [wish for _, wish, _ in said],
        open_engine(1),
        by_words=_weighed(meant, learned.names, learned.by_words),
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
    names_here, wished = names_in(Path(sys.argv[1])), list(wishes())
    train_pairs([normalise(said) for said in chinese()], [normalise(word) for word in known(names_here)])
    # What a directory offers is not needed to tell wishes apart.
    places = make_lexicon(Names(names_here.centres, (), ()))
    wishes_learned = train(places, wished, OF_WISHES, INTENTS)
    train(places, list(subjects()), OF_SUBJECTS, SUBJECTS)
    train_others(names_here, wished, wishes_learned)
