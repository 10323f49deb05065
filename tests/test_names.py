"""Names of record: taken where one was asked for, noticed and masked where none is wanted."""

import pytest

from handlers.case_files import de_identified
from messages.names import is_bare_name, name_in, tells_name, without_names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("林晓鹂", "林晓鹂"),
        (" 林晓鹂。", "林晓鹂"),
        ("林鹂", "林鹂"),
        ("欧阳晓鹂", "欧阳晓鹂"),
        ("孩子叫林晓鹂", "林晓鹂"),
        ("我女儿的真名是林晓鹂，谢谢", "林晓鹂"),
        ("姓名：林晓鹂", "林晓鹂"),
        ("她叫林晓鹂啦", "林晓鹂"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("Anna Lindqvist", "Anna Lindqvist"),
        ("her name is Anna Lindqvist.", "Anna Lindqvist"),
        ("Mary-Jane O'Neil", "Mary-Jane O'Neil"),
        ("name: José", "José"),
        ("姓名是𠮷田", "𠮷田"),
        ("她的名字叫司空月", "司空月"),
    ],
)
def test_a_name_that_was_asked_for_is_found_in_its_answer(text: str, name: str) -> None:
    assert name_in(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "林",
        "林晓鹂今年八岁了",
        "12345",
        "林1晓",
        "马上",
        "?",
        "林晓鹂?",
        "a" * 61,
        "Anna 3",
        "👧",
        "东湖社区食堂几点开",
    ],
)
def test_what_can_be_no_name_is_none(text: str) -> None:
    assert name_in(text) is None


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("孩子叫林晓鹂", "孩子叫***"),
        ("我女儿叫林晓鹂，今年八岁", "我女儿叫***，今年八岁"),
        ("帮林晓鹂报四点钟课堂", "帮***报四点钟课堂"),
        ("给欧阳晓鹂取消", "给***取消"),
        ("大名林晓鹂", "大名***"),
        ("儿子林晓想报书法", "儿子***想报书法"),
        ("真名：林晓鹂", "真名：***"),
        ("接孩子的人是林阿凤", "接孩子的人是***"),
        (
            "my daughter is called Anna Lindqvist and she is eight",
            "my daughter is called *** and she is eight",
        ),
        ("Her full name is Anna", "Her full name is ***"),
    ],
)
def test_a_name_that_is_not_wanted_is_masked(text: str, shown: str) -> None:
    assert tells_name(text)
    assert without_names(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "帮孩子报明天的四点钟课堂",
        "孩子叫什么名字都行吗",
        "孩子放学后去哪",
        "东湖社区的食堂几点开",
        "给我回个电话",
        "帮我妈报手机班",
        "我叫车过去要多久",
        "女儿马上放学",
        "儿子高中了",
        "孙子周末有什么活动",
        "what is your name",
        "my son needs a class",
        "帮大宝报名",
    ],
)
def test_other_sentences_stay_as_they_are(text: str) -> None:
    assert not tells_name(text)


@pytest.mark.parametrize(("text", "is_one"), [
    ("林晓鹂", True), ("林晓鹂。", True), ("欧阳鹂", True), ("马上", False), ("食堂", False), ("你好", False),
    ("林", False), ("林晓鹂在哪", False), ("周六", False),
])  # fmt: skip
def test_a_bare_name_is_told_from_a_word(text: str, is_one: bool) -> None:
    assert is_bare_name(text) is is_one


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("第二次来都没人，我是林金鹂13800138000", "第二次来都没人,我是*****"),
        ("我是林金鹂。", "我是***。"),
        ("联系人：欧阳小雨 13800138000", "联系人:*****"),
        ("I am Lin Jinli, the room was cold", "I am ***, the room was cold"),
        ("我是常客了，一直很满意", "我是常客了,一直很满意"),
        ("我是张老师班上的家长", "我是张老师班上的家长"),
        ("我是高血压病人", "我是高血压病人"),
        ("I'm not happy", "I'm not happy"),
    ],
)
def test_in_words_that_others_read_nobody_signs(said: str, kept: str) -> None:
    assert de_identified(said) == kept
