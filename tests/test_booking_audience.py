"""For whom an activity is, in the ways offices write it."""

import pytest

from messages.booking_audience import Grades, read_audience

ANY = (None, None, None, False)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        (None, ANY),
        ("不限", ANY),
        ("年龄不限", ANY),
        ("社区居民", ANY),
        ("亲子家庭", (None, None, None, True)),
        ("7-14岁", (7, 14, None, False)),
        ("7～14周岁儿童", (7, 14, None, False)),
        ("七至十四岁", (7, 14, None, False)),
        ("3-6岁（须家长陪同）", (3, 6, None, True)),
        ("家长陪同，3至6岁", (3, 6, None, True)),
        ("3-6岁，无须家长陪同", (3, 6, None, False)),
        ("55岁以上", (55, None, None, False)),
        ("60周岁以上老年人", (60, None, None, False)),
        ("满18岁", (18, None, None, False)),
        ("年满60周岁的老年人", (60, None, None, False)),
        ("12岁及以上", (12, None, None, False)),
        ("14岁以下", (None, 14, None, False)),
        ("3岁以上6岁以下", (3, 6, None, False)),
        ("未满18岁", (None, 17, None, False)),
        ("超过60岁", (61, None, None, False)),
        ("老年人", (60, None, None, False)),
        ("成年人", (18, None, None, False)),
        ("未成年人", (None, 17, None, False)),
        ("小学1-6年级", (None, None, Grades(1, 6), False)),
        ("小学三至六年级", (None, None, Grades(3, 6), False)),
        ("三年级", (None, None, Grades(3, 3), False)),
        ("七至九年级", (None, None, Grades(7, 9), False)),
        ("初一", (None, None, Grades(7, 7), False)),
        ("初一至初三", (None, None, Grades(7, 9), False)),
        ("小学生", (None, None, Grades(1, 6), False)),
        ("中小学生", (None, None, Grades(1, 12), False)),
        ("幼儿园", (None, None, Grades(-2, 0), False)),
        ("幼儿园大班至小学二年级", (None, None, Grades(0, 2), False)),
        ("小学1-6年级，6-12岁", (6, 12, Grades(1, 6), False)),
    ],
)
def test_an_audience_is_read_as_ages_grades_and_company(
    text: str | None, limits: tuple[int | None, int | None, Grades | None, bool]
) -> None:
    read = read_audience(text)
    assert read.is_readable
    assert (read.least_age, read.most_age, read.grades, read.needs_guardian) == limits


@pytest.mark.parametrize(
    "text",
    [
        "宝妈",
        "儿童",  # up to which age?
        "7-12岁或小学1-6年级",
        "14-7岁",
        "六至一年级",
        "十三年级",
        "3-6岁、8-10岁",
        "6个月-3岁",
        "长" * 500,
    ],
)
def test_an_audience_nobody_can_read_is_kept_and_limits_nobody(text: str) -> None:
    read = read_audience(text)
    assert (read.text, read.is_readable) == (text, False)
    assert (read.least_age, read.most_age, read.grades) == (None, None, None)
