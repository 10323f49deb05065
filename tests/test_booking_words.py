"""What sentences say of booking: the act, for whom, over how many dates, how old."""

from datetime import date

import pytest

from messages.understand.booking import NO_BOOKING, BookingTalk, BookingWords
from messages.understand.normalise import normalise

WORDS = {language: BookingWords(language) for language in ("zh", "en")}


def read(said: str, language: str = "zh") -> BookingTalk:
    text = normalise(said)
    return WORDS[language].read(text, text)


@pytest.mark.parametrize(
    ("said", "act"),
    [
        ("帮孩子报明天的四点钟课堂", "book"),
        ("帮我妈报手机班", "book"),
        ("我想报太极", "book"),
        ("能不能帮我儿子报书法班", "book"),
        ("我要参加合唱团", "book"),
        ("还有名额吗", "book"),
        ("给外孙女报名", "book"),
        ("这周都报", "book"),
        ("报到学期末", "book"),
        ("我报了什么", "mine"),
        ("我的预约", "mine"),
        ("排到第几了", "mine"),
        ("报上了没", "mine"),
        ("取消明天的课", "cancel"),
        ("明天去不了", "cancel"),
        ("孩子周六不去了", "cancel"),
        ("请个假", "cancel"),
        ("退课", "cancel"),
        ("不排了", "leave_line"),
        ("改到周六", "change"),
        ("换个时间", "change"),
        ("让给别人", "decline"),
        ("取消回电", None),
        ("报纸在哪看", None),
        ("几点开门", None),
        ("报警", None),
        ("我要投诉", None),
    ],
)
def test_the_act_is_understood(said: str, act: str | None) -> None:
    assert read(said).act == act


@pytest.mark.parametrize(
    "said",
    [
        "怎么报名",
        "要预约吗",
        "什么时候能报名",
        "报名要带什么",
        "不用预约的有吗",
        "去哪里报",
        "最晚哪天能退",
        "能取消吗",
    ],
)
def test_who_only_asks_how_it_is_done_books_nothing(said: str) -> None:
    assert read(said).only_asks


@pytest.mark.parametrize("said", ["帮我报名", "我想报周六的", "可以帮我报吗", "取消预约", "能帮我退掉吗"])
def test_who_asks_politely_wants_it_done(said: str) -> None:
    assert not read(said).only_asks


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("帮孩子报名", ("child",)),
        ("帮我妈报", ("mother",)),
        ("我想报太极", ("self",)),
        ("帮儿子和女儿报", ("son", "daughter")),
        ("帮女儿和儿子报", ("daughter", "son")),
        ("给外孙女报名", ("granddaughter",)),
        ("给孙子报", ("grandson",)),
        ("大宝二宝都报", ("first", "second")),
        ("两个孩子都报", ("all", "child")),
        ("我和老伴一起报", ("we", "old_friend")),
        ("宝妈能不能去", ()),
        ("报名", ()),
    ],
)
def test_whom_it_is_for_is_understood(said: str, who: tuple[str, ...]) -> None:
    assert read(said).who == who


@pytest.mark.parametrize(
    ("said", "spread"),
    [
        ("每周三都报", "term"),
        ("报到学期末", "term"),
        ("这周都报", "week"),
        ("每天都报", "week"),
        ("报周三的", None),
    ],
)
def test_over_how_many_dates_is_understood(said: str, spread: str | None) -> None:
    assert read(said).spread == spread


@pytest.mark.parametrize(
    ("said", "grade", "born", "age"),
    [
        ("三年级", 3, None, None),
        ("上小学5年级", 5, None, None),
        ("初二", 8, None, None),
        ("大班", 0, None, None),
        ("2018年5月", None, date(2018, 5, 1), None),
        ("2018-05-12", None, date(2018, 5, 1), None),
        ("20180512", None, date(2018, 5, 1), None),
        ("2018年13月", None, None, None),
        ("七岁", None, None, 7),
        ("7岁半", None, None, 7),
        ("十一岁了", None, None, 11),
        ("二十岁", None, None, 20),
        ("两岁", None, None, 2),
        ("0岁", None, None, None),
        ("明天", None, None, None),
    ],
)
def test_an_age_is_understood(said: str, grade: int | None, born: date | None, age: int | None) -> None:
    talk = read(said)
    assert (talk.grade, talk.born, talk.age) == (grade, born, age)


@pytest.mark.parametrize(
    ("said", "talk"),
    [
        ("sign my son up for calligraphy", BookingTalk("book", who=("son",), asks_for_it=True)),
        ("book it for my mother", BookingTalk("book", who=("mother",))),
        ("my bookings", BookingTalk("mine", is_own=True)),
        ("I can't come tomorrow", BookingTalk("cancel", is_own=True)),
        ("he is in grade 3", BookingTalk(grade=3)),
        ("born 2018-05", BookingTalk(born=date(2018, 5, 1))),
        ("seven, 7 years old", BookingTalk(age=7)),
        ("he is 8", BookingTalk(age=8)),
        ("she's 9 now", BookingTalk(age=9)),
        ("aged 7", BookingTalk(age=7)),
        ("he is 8 minutes away", NO_BOOKING),
        ("she is 1 of the teachers", NO_BOOKING),
        ("how can I book", BookingTalk("book", only_asks=True)),
        ("yes please", BookingTalk(yes=True)),
        ("no thanks", BookingTalk(no=True)),
        ("where is the canteen", NO_BOOKING),
    ],
)
def test_english_is_understood_as_well(said: str, talk: BookingTalk) -> None:
    assert read(said, "en") == talk


@pytest.mark.parametrize("said", ["好的", "是的", "确认报名", "可以", "行", "好，帮我报", "ok"])
def test_a_yes_is_a_yes(said: str) -> None:
    assert read(said).yes


@pytest.mark.parametrize("said", ["不用了", "算了", "先不报", "取消", "再想想"])
def test_a_no_is_a_no(said: str) -> None:
    assert read(said).no
    assert not read(said).yes


@pytest.mark.parametrize(
    ("said", "is_asked"),
    [
        ("营地哪天开始抢名额", True),
        ("几号早上能报名", True),
        ("报名时间是什么时候", True),
        ("抢名额从几点开始", True),
        ("报名开始了没", True),
        ("周六几点上课", False),
        ("想报周六的", False),
    ],
)
def test_when_booking_begins_is_asked(said: str, is_asked: bool) -> None:
    assert read(said).when_booked is is_asked


@pytest.mark.parametrize(
    ("said", "is_told"),
    [("帮我儿子报一个", True), ("麻烦给我妈约周三", True), ("报明天的", True), ("一期多少钱", False)],
)
def test_to_be_told_to_book_is_more_than_to_be_asked(said: str, is_told: bool) -> None:
    assert read(said).asks_for_it is is_told
