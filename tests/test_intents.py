"""The model that tells wishes apart: small, whole, made from what is checked in, and better than chance."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from handlers.intents import INTENTS
from messages.understand.intents import INTENTS as FILE
from messages.understand.intents import IntentModel, letters, log_softmax, mixed
from messages.understand.sounds import SYLLABLES
from messages.understand.train import common_characters, syllables, toneless
from messages.understand.vectors import Vectors
from messages.words import LANGUAGES, words
from tests.sample import Sample, read_by
from tests.understanding.kept_apart import HERE, read_cases
from tests.understanding.nearness import LIMIT, jaccard, trigrams

MODEL = IntentModel.load()
BYTES = 400_000
# Of the sentences that it was trained with: by letters alone it knows nearly all of them again.
KNOWN_AGAIN = 0.95
DEVELOPMENT = HERE / "development.jsonl"
# One of so many examples tells as much of the model as all of them, and takes less than a minute.
OFTEN = 4
# What everybody says is no longer than this: how much, the phone number.
COMMON = 5

SENTENCES = ("东湖社区的食堂几点关门", "转人工", "where is the canteen", "", "😀", "𠮷𠮷", "啊" * 300)


def vector(seed: int = 1) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    drawn = np.random.default_rng(seed).normal(size=MODEL.centre.shape).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def examples() -> list[tuple[str, str]]:
    return [
        (sentence, intent)
        for language in LANGUAGES
        for intent, sentences in words(language, "examples").items()
        for sentence in sentences
    ]


def share_known(model: IntentModel, sample: Sample) -> float:
    """Of every few examples, those whose own intent is the likeliest by letters."""
    read = read_by(sample.reader, sample.directory)
    known = [model.rank(read(said).plain, None)[0][0] == intent for said, intent in examples()[::OFTEN]]
    return sum(known) / len(known)


def test_the_model_is_small_and_holds_no_objects() -> None:
    assert FILE.stat().st_size < BYTES
    with np.load(FILE, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


def learned_too(judged: Iterable[str]) -> list[str]:
    """Which of these sentences are all but the same as one that a model learns from."""
    lists = [words(language, name) for language in LANGUAGES for name in ("examples", "subjects")]
    learned = [trigrams(said) for listed in lists for each in listed.values() for said in each]
    seen = ((said, trigrams(said)) for said in judged)
    return [said for said, grams in seen if any(jaccard(grams, known) > LIMIT for known in learned)]


def test_no_model_learns_from_the_sentences_that_show_what_it_learned() -> None:
    judged = {said for case in read_cases(DEVELOPMENT) for said in case.say if len(said) > COMMON}
    assert learned_too(judged) == []
    assert learned_too([examples()[0][0]])


def test_every_wish_has_examples_in_every_language_and_a_place_in_the_model() -> None:
    for language in LANGUAGES:
        assert set(words(language, "examples")) == set(MODEL.names)
    # What stands beside the table of intents is made of others: a booking is a list of activities.
    assert set(MODEL.names) - set(INTENTS) == {"complain", "out_of_scope", "more", "book"} - set(INTENTS)


@pytest.mark.parametrize("said", SENTENCES)
@pytest.mark.parametrize("has_vector", [True, False])
def test_probabilities_are_ranked_and_sum_to_one(said: str, has_vector: bool) -> None:
    ranked = MODEL.rank(said, vector() if has_vector else None)
    chances = [chance for _, chance in ranked]
    assert {name for name, _ in ranked} == set(MODEL.names)
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1.0)
    assert all(0 <= chance <= 1 for chance in chances)


def test_letters_alone_know_the_examples_again(sample: Sample) -> None:
    assert share_known(MODEL, sample) >= KNOWN_AGAIN


def test_a_shuffled_model_is_noticed(sample: Sample) -> None:
    """The control: the same numbers under other intents know next to nothing."""
    shuffled = replace(MODEL, names=MODEL.names[1:] + MODEL.names[:1])
    assert share_known(shuffled, sample) <= 0.2
    order = np.random.default_rng(1).permutation(len(MODEL.places))
    other = {gram: int(order[place]) for gram, place in MODEL.places.items()}
    assert share_known(replace(MODEL, places=other), sample) <= 0.4


def test_a_vector_counts_beside_the_letters() -> None:
    by_letters = MODEL.rank("转人工", None)
    assert by_letters[0][0] == "human"
    towards = MODEL.centre + MODEL.scale * MODEL.meaning[MODEL.names.index("greet")] * 10
    assert MODEL.rank("转人工", towards.astype(np.float32))[0][0] == "greet"


async def test_a_sentence_nobody_wrote_down_is_known_by_its_meaning(sample: Sample) -> None:
    """With a real vector; letters alone do not reach these."""
    vectors = Vectors.load()
    assert isinstance(vectors, Vectors)
    try:
        known = {
            "我对你们的服务特别不高兴": "complain",
            "可以换一个真正的人来聊吗": "human",
            "这位机器人，你都有啥本事": "help",
        }
        assert all(said not in {sentence for sentence, _ in examples()} for said in known)
        top = {said: MODEL.rank(said, await vectors.query(said))[0][0] for said in known}
    finally:
        vectors.close()
    assert top == known


def test_a_text_without_known_letters_is_as_likely_as_the_model_thinks_beforehand() -> None:
    beforehand = np.exp(log_softmax(MODEL.spelling_bias) / MODEL.warmth_letters)
    expected = beforehand / beforehand.sum()
    ranked = dict(MODEL.rank("𠮷", None))
    assert [ranked[name] for name in MODEL.names] == pytest.approx(expected.tolist())


def test_letters_are_the_runs_of_one_to_three_characters() -> None:
    assert letters("食堂开") == ["食", "堂", "开", "食堂", "堂开", "食堂开"]
    assert letters("") == []


def test_letters_count_half_as_much_as_meaning() -> None:
    assert mixed(np.array([1.0]), np.array([2.0])).tolist() == [2.0]


def test_huge_scores_do_not_overflow() -> None:
    assert np.exp(log_softmax(np.array([1e6, 0.0]))).tolist() == [1.0, 0.0]


def test_the_table_of_syllables_is_made_again_byte_for_byte() -> None:
    assert syllables().encode() == SYLLABLES.read_bytes()


def test_a_changed_table_of_syllables_is_noticed() -> None:
    assert syllables().replace("东", "", 1).encode() != SYLLABLES.read_bytes()


def test_every_common_character_has_a_syllable() -> None:
    characters = list(common_characters())
    listed = set(SYLLABLES.read_text("utf-8"))
    assert len(characters) == len(set(characters)) == 6763
    assert len(set(characters) - listed) < 10


@pytest.mark.parametrize(("marked", "plain"), [("dōng", "dong"), ("lǜ", "lv"), ("lü", "lv"), ("ḿ", "m")])
def test_tones_are_left_out(marked: str, plain: str) -> None:
    assert toneless(marked) == plain
