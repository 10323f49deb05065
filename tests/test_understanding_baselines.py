"""Simpler ways to find an intent, so that what Linli does more can be seen to help."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bot.linli import Linli
from handlers.intents import INTENTS
from messages.understand.understand import Reader, Surroundings, Understanding
from messages.understand.vectors import Vector
from tests.sample import Sample, message, read_by
from tests.test_understanding_judge import CASE
from tests.understanding.baselines import (
    Baseline,
    IntentFrom,
    baselines,
    by_characters,
    by_vectors,
    examples_here,
    no_model,
)
from tests.understanding.play import over_the_sample, play

# A stand-in for the sentences by intent.
EXAMPLES = {
    "greet": ["你好", "您好呀", "早上好", "嗨", "大家好"],
    "thanks": ["谢谢", "多谢你", "谢谢您了", "太感谢了", "感谢"],
    "human": ["我要找人工", "转人工客服", "有没有工作人员", "接人工", "找个真人说话"],
    "find_service": ["食堂几点关门", "哪里可以理发", "附近有食堂吗", "理发多少钱", "食堂在哪里"],
}


def counted(texts: list[str]) -> Vector:
    """A stand-in for a model: which of some letters a text holds, as a unit vector."""
    letters = "你好谢感人工食堂理发"
    rows = np.array([[letter in text for letter in letters] for text in texts], dtype=np.float32)
    unit: Vector = (rows + 1e-3) / np.linalg.norm(rows + 1e-3, axis=1, keepdims=True)
    return unit


SAID = [
    ("您好", "greet"),
    ("谢谢啊", "thanks"),
    ("帮我转人工", "human"),
    ("东湖社区食堂几点开门", "find_service"),
]


@pytest.mark.parametrize(("said", "intent"), SAID)
def test_the_intent_of_a_sentence_is_that_of_sentences_like_it(said: str, intent: str) -> None:
    assert by_characters(EXAMPLES)(said) == intent
    assert by_vectors(EXAMPLES, counted)(said) == intent


def test_guesses_are_the_same_each_time() -> None:
    first, second = by_characters(EXAMPLES), by_characters(EXAMPLES)
    said = "不知道说什么好"
    assert len({first(said), first(said), second(said)}) == 1


def test_the_guess_of_a_baseline_stands_in_the_place_of_all_other_intents(sample: Sample) -> None:
    own = read_by(Reader(), sample.directory)("你好")
    changed = read_by(IntentFrom(lambda text: "human"), sample.directory)("你好")
    assert changed == replace(own, intents=(("human", 1.0),)) != own


async def test_a_baseline_is_played_through_the_same_turn(sqlite_linli: Linli) -> None:
    asked = []

    def guess(text: str) -> str:
        asked.append(text)
        return "greet"

    sqlite_linli.reader = IntentFrom(guess)
    other = sqlite_linli.over(sqlite_linli.database, sqlite_linli.clock)
    reply = await other.hear(message("有什么好玩的呀"))
    await other.hear(message("/help"))
    assert asked == ["有什么好玩的呀"]
    assert reply.intent == "greet"


async def test_rules_alone_do_not_borrow_the_model_of_linli(sqlite_linli: Linli) -> None:
    said = "麻烦你了"
    assert (await sqlite_linli.hear(message(said))).intent == "thanks"
    sqlite_linli.reader = Baseline("rules").reader()
    rules = sqlite_linli.over(sqlite_linli.database, sqlite_linli.clock)
    assert (await rules.hear(message(said, address="another"))).intent == "unknown"


def test_linli_without_vectors_reads_as_linli_does() -> None:
    [own] = [baseline for baseline in baselines() if baseline.is_linli]
    assert own.vectors == "off"
    assert type(own.reader()) is Reader


async def test_a_reader_of_ones_own_is_used(tmp_path: Path) -> None:
    class Deaf(Reader):
        def read(self, said: str, around: Surroundings) -> Understanding:
            return Understanding("", "zh", frozenset({"greet"}), intents=(("greet", 1.0),))

    async with over_the_sample(tmp_path, vectors="off", reader=Deaf()) as linli:
        [[reply]] = await play([CASE], linli)
    assert reply.view == "Greeted"


def test_each_baseline_is_there_or_says_what_is_missing() -> None:
    found = baselines()
    assert len(found) == 4
    assert [baseline.missing for baseline in found[:2]] == [None, None]
    assert found[2].missing is None
    assert found[3].missing == no_model()
    assert isinstance(Baseline("rules").reader(), IntentFrom)


def test_the_sentences_by_intent_name_intents_that_there_are() -> None:
    without_an_answer_of_their_own = {"complain", "more"}
    assert set(examples_here()) - set(INTENTS) == without_an_answer_of_their_own
