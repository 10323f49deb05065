"""What no centre offers is told from what one does, and follows the directory."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from handlers.wish import OTHER_MATTER
from messages.understand.intents import IntentModel
from messages.understand.lexicon import Kind, Topic
from messages.understand.matters import FILE, Matters, Scope, listed
from messages.understand.understand import Understanding
from messages.understand.vectors import Ranker, Unavailable, Vector, Vectors, text_hash
from messages.words import LANGUAGES, words
from tests.sample import Sample, read_by

BYTES = 250_000
MATTERS, INTENTS = Matters.load(), IntentModel.load()
OFF = Unavailable("no vectors here")
POOL: Topic = (Kind.SERVICE, "游泳池")
# What is offered, what is not: no model learned from them.
SAID: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "other_matters.yaml").read_text("utf-8")
)
# By letters alone much less is known.
LEAST_BY_MEANING, LEAST_BY_WORDS = 0.85, 0.7


def weighed(said: str, sample: Sample, *, texts: Mapping[Topic, str] | None = None) -> Understanding:
    """By letters alone."""
    meant = read_by(sample.reader, sample.directory)(said)
    ranker = Ranker(texts or sample.directory.texts, OFF)
    return replace(meant, intents=INTENTS.rank(meant.plain, None), things=ranker.rank(meant.plain, None))


def share(chances: list[float], *, other: bool) -> float:
    return float(np.mean([(chance >= OTHER_MATTER) is other for chance in chances]))


def test_every_matter_has_a_vector_and_no_two_are_the_same() -> None:
    passages = [text for text, _ in listed()]
    assert len(passages) == len(set(passages)) == len(MATTERS.vectors)
    assert np.linalg.norm(MATTERS.vectors, axis=1) == pytest.approx(1.0, abs=0.01)
    assert FILE.stat().st_size < BYTES
    for language in LANGUAGES:
        said = [word for found in words(language, "matters").values() for word in found]
        assert len(said) == len(set(said))


async def test_the_vectors_are_those_of_the_lists() -> None:
    vectors = Vectors.load()
    assert isinstance(vectors, Vectors)
    try:
        at = range(0, len(MATTERS.vectors), 40)
        made = await vectors.passages([listed()[each][0] for each in at])
    finally:
        vectors.close()
    for each, vector in zip(at, made, strict=True):
        assert MATTERS.vectors[each] @ vector > 0.99


@pytest.mark.parametrize(("sort", "other"), [("offered", False), ("other", True)])
def test_letters_alone_tell_most_of_them_apart(sort: str, other: bool, sample: Sample) -> None:
    scope = Scope(MATTERS, sample.directory.texts)
    chances = [scope.chance_of_other(weighed(said, sample), None) for said in SAID[sort]]
    assert share(chances, other=other) >= LEAST_BY_WORDS


async def test_meaning_tells_nearly_all_of_them_apart(sample: Sample) -> None:
    texts = sample.directory.texts
    vectors = Vectors.load()
    assert isinstance(vectors, Vectors)
    try:
        made = await vectors.passages(list(texts.values()))
        by_hash = {text_hash(text): vector for text, vector in zip(texts.values(), made, strict=True)}
        ranker, scope = Ranker(texts, by_hash), Scope(MATTERS, texts)
        read = read_by(sample.reader, sample.directory)

        async def chance(said: str) -> float:
            meant = read(said)
            vector = await vectors.query(meant.plain, timeout_s=60)
            intents = INTENTS.rank(meant.plain, vector)
            things = ranker.rank(meant.plain, vector)
            return scope.chance_of_other(replace(meant, intents=intents, things=things), vector)

        for sort, other in (("offered", False), ("other", True)):
            assert share([await chance(said) for said in SAID[sort]], other=other) >= LEAST_BY_MEANING
    finally:
        vectors.close()


def test_what_a_directory_offers_is_no_other_matter(sample: Sample) -> None:
    said = "哪里有游泳池"
    texts = sample.directory.texts
    gained = {**texts, POOL: "游泳池: 游泳 泳池"}
    before, after = weighed(said, sample), weighed(said, sample, texts=gained)
    swim = Scope(MATTERS, gained).chance_of_other(after, None)
    assert Scope(MATTERS, texts).chance_of_other(before, None) > 0.5 > swim
    # Another matter stays one.
    parcel = weighed("我的快递到哪了", sample, texts=gained)
    assert Scope(MATTERS, gained).chance_of_other(parcel, None) > 0.5


def test_where_nothing_is_offered_yet_nothing_leads(sample: Sample) -> None:
    scope = Scope(MATTERS, {})
    meant = replace(weighed("哪里有游泳池", sample), things=None)
    assert scope.evidence(meant, None).lead == 0.0


def test_a_word_inside_what_is_offered_names_no_other_matter(sample: Sample) -> None:
    scope = Scope(MATTERS, sample.directory.texts)
    assert scope.evidence(weighed("哪里有游泳池", sample), None).names_other == 1.0
    assert scope.evidence(weighed("老年食堂", sample), None).names_other == 0.0


def test_weights_that_say_nothing_would_be_noticed(sample: Sample) -> None:
    """The control: without weights everything is as likely as not."""
    weightless = replace(MATTERS, by_words=np.zeros(6), by_meaning=np.zeros(6))
    scope = Scope(weightless, sample.directory.texts)
    chances = [scope.chance_of_other(weighed(said, sample), None) for said in SAID["offered"]]
    assert share(chances, other=False) == 0.0


def test_a_vector_counts_only_where_things_were_ranked_by_meaning(sample: Sample) -> None:
    scope = Scope(MATTERS, sample.directory.texts)
    meant = weighed("哪里有游泳池", sample)
    vector: Vector = MATTERS.vectors[0]
    assert scope.chance_of_other(meant, vector) == scope.chance_of_other(meant, None)
