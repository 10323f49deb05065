"""Facts are found in every way of writing them, and nowhere else."""

import pytest

from tests.understanding.facts import canonical, holds


def found(text: str, fact: str) -> bool:
    return holds(canonical(text), fact)


@pytest.mark.parametrize("fact", ["08:30", "8:30", "8：30", "8点半", "上午8点30分", "八点三十分"])
@pytest.mark.parametrize(
    "text",
    [
        "8:30开门",
        "08：30 开门",
        "上午8点半开门",
        "八点半开门",
        "8时30分",
        "周一8:30–12:00，14:30–17:30",
        "opens at 8:30 am",
        "at 8:30a.m. on Monday",
        "开放时间：8:30至12:00",
    ],
)
def test_a_clock_time_is_the_same_however_it_is_written(text: str, fact: str) -> None:
    assert found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("下午5点半关门", "17:30"),
        ("晚上9点关门", "21:00"),
        ("晚9:00", "21:00"),
        ("中午12点半", "12:30"),
        ("中午一点", "13:00"),
        ("凌晨十二点", "0:00"),
        ("晚上12点", "24:00"),
        ("下午2点到5点半", "17:30"),
        ("下午2:00-5:30", "17:30"),
        ("上午8点到下午5点", "17:00"),
        ("闭馆 5pm", "17:00"),
        ("open until 12 am", "0:00"),
        ("下午三点一刻", "15:15"),
        ("四点三刻", "4:45"),
        ("二十一点整", "21:00"),
        ("8:30～12:00 14:00～20:00", "14:00-20:00"),
        ("8:30—12:00", "8:30至12:00"),
        ("周二至周日 9:00-18:30", "9:00–18:30"),
    ],
)
def test_parts_of_the_day_and_spans_are_understood(text: str, fact: str) -> None:
    assert found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("117:30", "17:30"),
        ("17:305", "17:30"),
        ("18:30", "8:30"),
        ("17:30", "7:30"),
        ("上午5点半", "17:30"),
        ("5点半", "17:30"),
        ("上午8点到11点半", "23:30"),
        ("第5点", "5:00"),
        ("4点钟课堂在二楼", "4:00"),
        ("四点半课堂", "4:30"),
        ("25点", "1:00"),
        ("8小时", "8:00"),
        ("电话8:30", "9:30"),
    ],
)
def test_another_clock_time_is_not_taken_for_it(text: str, fact: str) -> None:
    assert not found(text, fact)


DATES = [
    "10-03", "10月3日", "2026-10-03", "October 3", "3 October", "十月三号", "10月3号", "Oct. 3rd",
    "2026年10月3日", "3rd of October 2026", "10 月 3 日",
]  # fmt: skip


@pytest.mark.parametrize("fact", DATES)
@pytest.mark.parametrize("text", [*DATES, "10月3日（周六）：不开。", "Saturday 3 October", "10月1日至3日"])
def test_a_date_is_the_same_however_it_is_written(text: str, fact: str) -> None:
    assert found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("10月13日", "10月3日"),
        ("10月30日", "10月3日"),
        ("11月3日", "1月3日"),
        ("2025-10-03", "2026年10月3日"),
        ("电话0595-10-03", "10月3日"),
        ("适合10-12岁", "10月12日"),
        ("13月3日", "3月3日"),
        ("October 31", "October 3"),
        ("23 October", "3 October"),
        ("10:03", "10-03"),
    ],
)
def test_another_date_is_not_taken_for_it(text: str, fact: str) -> None:
    assert not found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("0595-000000021", "0595-00000002"),
        ("10595-00000002", "0595-00000002"),
        ("15元/次", "5元"),
        ("1.5元", "5元"),
        ("0595-00012345", "12345"),
        ("拨打1190", "119"),
        ("12.5元", "12"),
        ("120元", "12元"),
    ],
)
def test_a_number_is_not_found_within_a_longer_one(text: str, fact: str) -> None:
    assert not found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("电话：0595-00000002（示例号码）", "0595-00000002"),
        ("0595 0000 0002", "0595-00000002"),
        ("059500000002", "0595-00000002"),
        ("电话０５９５－０００００００２。", "0595-00000002"),
        ("费用：12元/次，70岁以上5元", "5元"),
        ("每份5块钱", "5元"),
        ("￥5.00", "5元"),
        ("5 yuan", "5元"),
        ("请打119。", "119"),
        ("7-14岁", "14岁"),
        ("please call 12345.", "12345"),
        ("Fee: 5. 8 people", "5"),
        ("138 0013 8000", "13800138000"),
    ],
)
def test_a_number_is_found_with_what_stands_around_it(text: str, fact: str) -> None:
    assert found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("现在开着，17:30关门。", "开着"),
        ("10月3日（周六）：9:00–11:30开放", "开放"),
        ("照常营业", "营业"),
        ("现在关着", "关"),
        ("已经关门了", "关门"),
        ("Open now, closes at 17:30.", "open"),
        ("Closed now", "CLOSED"),
        ("please bring documents", "document"),
        ("身份证、近期体检报告", "身份证"),
        ("东湖 社区", "东湖社区"),
        ("周一至周五 8:30-12:00", "星期一到星期五"),
        ("礼拜天休息", "周日休息"),
    ],
)
def test_a_word_is_found(text: str, fact: str) -> None:
    assert found(text, fact)


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("现在没开着", "开着"),
        ("这个中心还没有开放", "开放"),
        ("未开放", "开放"),
        ("暂停开放", "开放"),
        ("现在不开。开放时间：9:00-17:00", "开放"),
        ("现在不开。2023年1月18日开放", "开放"),
        ("现在不开，14:30开门。", "开门"),
        ("开不开请先打电话问", "开"),
        ("现在开着，17:30关门。", "关"),
        ("现在开着，17:30关门。", "关门"),
        ("It is not open yet.", "open"),
        ("Closed now, opens at 14:30. Opening hours: 9:00-17:00", "open"),
        ("Open hours: 9:00-17:00", "open"),
        ("It isn't open", "open"),
        ("the canteen", "ten"),
    ],
)
def test_a_word_that_is_said_otherwise_is_not_found(text: str, fact: str) -> None:
    assert not found(text, fact)


def test_letters_that_stand_for_times_cannot_be_smuggled_in() -> None:
    assert not found(chr(0xE000 + 8 * 60 + 30), "8:30")
