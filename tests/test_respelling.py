"""What was meant by characters that only sound right; and that what is right stays."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.understand.normalise import normalise
from messages.understand.respelling import Pairs, Respelling
from messages.understand.understand import Reader
from messages.words import words
from tests.sample import Sample, read_by
from tests.understanding.kept_apart import HERE, read_cases

RESPELLING = Respelling.load()
DEVELOPMENT = HERE / "development.jsonl"
STORY = 24
"""Characters from which on train.py counts no pairs of a sentence."""

MEANT = {
    "食唐几点官门": "食堂几点关门",
    "小孩发骚了去那里看": "小孩发烧了去那里看",
    "能不能办居主证": "能不能办居住证",
    "四典半课堂要不要前": "四点半课堂要不要钱",
    "打太及是礼拜几": "打太极是礼拜几",
    "裤子太肠了改短多少前": "裤子太长了改短多少钱",
    "要带神么材聊": "要带什么材料",
    "有没有脱儿所": "有没有托儿所",
    "书访晚上开到几点": "书房晚上开到几点",
    "我要取肖": "我要取消",
    "情问几点开始": "请问几点开始",
}


@pytest.mark.parametrize(("typed", "meant"), MEANT.items())
def test_what_only_sounds_right_is_understood(typed: str, meant: str) -> None:
    assert RESPELLING.better(typed) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "飞机几点到晋江", "黄金今天什么价", "鲤城区算不算", "世界杯谁赢了", "羽绒服要干洗", "嫌贵",
        "有人拿刀", "我妈走丢了", "我爸心口痛", "他昏倒了", "煤气漏了", "想死", "我家的狗走失了",
        "今仔日厝边灶有煮无", "冬令营改到2月1日至2月8日", "周一至周五", "8点至12点", "那家太挤了",
        "阿嬷要剃头", "离我最近的", "王师傅今天在不在", "", "12345", "where is it?",
    ],
)  # fmt: skip
def test_what_is_right_stays(typed: str) -> None:
    assert RESPELLING.better(typed) == typed


def test_of_what_residents_said_rightly_little_is_changed() -> None:
    """Some examples are misspelled on purpose, so it is never none at all."""
    said = [normalise(each) for sentences in words("zh", "examples").values() for each in sentences]
    changed = sum(RESPELLING.better(each) != each for each in said)
    assert changed / len(said) < 0.03


def test_of_what_nobody_counted_hardly_anything_is_changed() -> None:
    cases = [case for case in read_cases(DEVELOPMENT) if case.slice != "homophones"]
    said = [normalise(each) for case in cases for each in case.say]
    assert sum(RESPELLING.better(each) != each for each in said) / len(said) < 0.015


def test_of_stories_which_are_not_counted_little_is_changed() -> None:
    """They hold words that nobody else uses; before words and mere pairs were told apart it was .086."""
    told = [
        normalise(each) for said in words("zh", "examples").values() for each in said if len(each) >= STORY
    ]
    assert sum(RESPELLING.better(each) != each for each in told) / len(told) < 0.05


@given(st.text(alphabet="食唐堂几点典官关门老人社区一二三 ab1,。", max_size=30))
def test_there_are_as_many_characters_as_before(typed: str) -> None:
    assert len(RESPELLING.better(typed)) == len(typed)


@given(st.text(alphabet="食唐几典官门多少前", max_size=12), st.integers(0, 12), st.integers(0, 12))
def test_a_name_stays_as_it_was_typed(typed: str, one: int, other: int) -> None:
    start, end = sorted((one, other))
    assert RESPELLING.better(typed, [(start, end)])[start:end] == typed[start:end]


def test_it_is_the_pairs_that_tell() -> None:
    """The control: with nothing counted, nothing is known to be wrong."""
    pairs = Pairs.load()
    nothing = replace(pairs, rows={}, often={})
    assert Respelling(nothing).better("食唐几点官门") == "食唐几点官门"


def test_a_question_is_heard_through_wrong_characters(sample: Sample) -> None:
    read = read_by(Reader(), sample.directory)
    meant = read("东湖社区食唐几点官门")
    assert "hours" in meant.cues
    assert meant.plain == "社区食堂几点关门"
    assert meant.text == "东湖社区食唐几点官门"  # what is kept and what staff order stays as it was typed


def test_names_and_danger_are_heard_as_they_were_typed(sample: Sample) -> None:
    read = read_by(Reader(), sample.directory)
    assert [hit.text for hit in read("冬湖社区食堂").hits] == ["社区食堂", "冬湖社区"]
    assert read("有人拿刀要砍人").emergency == "police"


@pytest.mark.parametrize(
    "said", ["母亲节食唐开门吗", "两小时后食唐官门吗", "逢一三五理法吗", "2月1日至2月8日食唐官门吗"]
)
def test_a_time_stays_as_it_was_typed(sample: Sample, said: str) -> None:
    read = read_by(Reader(), sample.directory)
    misspelt, right = read(said), read(said.replace("食唐", "食堂").replace("官", "关").replace("法", "发"))
    assert misspelt.times
    assert misspelt.times == right.times
