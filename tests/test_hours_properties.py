"""What holds for any text of hours: it is refused kindly, or says again what was rendered."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from messages.hours import (
    Day,
    Days,
    Hours,
    HoursError,
    Rule,
    Said,
    Season,
    Span,
    Special,
    parse_hours,
    to_osm,
)
from tests.hours_cases import OTHERS, REFUSED, SAMPLE

WEEKDAYS = "一二三四五六日"
WORDS = sorted({c for text in (*SAMPLE, *OTHERS, *REFUSED) for c in text} | set("0123456789:-"))
PIECES = [
    *(
        "周一",
        "至",
        "周五",
        "每天",
        "工作日",
        "周末",
        "9:00",
        "-",
        "12:00",
        "，",
        "；",
        "（",
        "）",
        "休息",
        "照常",
    ),
    *(
        "节假日",
        "调休工作日",
        "每月",
        "第一个",
        "7月1日",
        "2027-01-25",
        "上午",
        "下午",
        "2点半",
        "午休",
        "除",
        "外",
    ),
    *(
        "除外",
        "含",
        "其余时间",
        "夏季",
        "24小时",
        "暂停开放",
        "上学日",
        "次日",
        "、",
        "三",
        "另行通知",
        " ",
        "日",
    ),
]


def understood(text: str) -> Hours | HoursError:
    try:
        return parse_hours(text)
    except HoursError as error:
        return error


@given(st.text(max_size=60) | st.text(WORDS, max_size=40) | st.lists(st.sampled_from(PIECES)).map("".join))
@example("9999-12-31 9:00-10:00；9999-12-30 9:00-10:00")
@example("٣:٠٠-٤:٠٠")
@example("²点-³点")
@example("周一" + "（" * 300)
@settings(max_examples=1500, deadline=None)
def test_any_text_is_understood_or_refused_and_nothing_else_happens(text: str) -> None:
    hours = understood(text)
    assert hours.text == text
    if isinstance(hours, HoursError):
        assert hours.what or not text.strip()
        assert str(hours)
        return
    assert to_osm(hours)
    assert hash(hours) == hash(parse_hours(text))
    for rule in hours.rules:
        assert all(0 <= span.start < span.end <= 2880 for span in rule.spans)


def spans_of_a_day() -> st.SearchStrategy[tuple[Span, ...]]:
    """One to three spans that neither touch nor overlap, on the quarter of an hour."""
    marks = st.lists(st.integers(20, 96), min_size=2, max_size=6, unique=True).map(sorted)
    return marks.map(
        lambda found: tuple(Span(a * 15, b * 15) for a, b in zip(found[::2], found[1::2], strict=False))
    )


@st.composite
def rules_of_a_week(draw: st.DrawFn) -> tuple[Rule, ...]:
    """Rules for different days of the week."""
    order = draw(st.permutations(range(1, 8)))
    cuts = sorted(draw(st.sets(st.integers(1, 6), max_size=3)) | {0, draw(st.integers(1, 6))})
    groups = [tuple(sorted(order[a:b])) for a, b in pairwise(cuts)]
    return tuple(Rule(Days.WEEKDAYS, draw(spans_of_a_day()), group) for group in groups)


def clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02}"


def said(spans: tuple[Span, ...]) -> str:
    return "，".join(f"{clock(span.start)}-{clock(span.end)}" for span in spans)


SPECIALS = st.one_of(
    st.sampled_from([Special(), Special(Said.CLOSED), Special(Said.AS_USUAL)]),
    spans_of_a_day().map(lambda spans: Special(Said.OWN_HOURS, spans)),
)


def special_said(name: str, special: Special) -> str:
    match special.said:
        case Said.NOTHING:
            return ""
        case Said.CLOSED:
            return f"；{name}休息"
        case Said.AS_USUAL:
            return f"；{name}照常"
        case Said.OWN_HOURS:
            return f"；{name} {said(special.spans)}"


@given(rules_of_a_week(), SPECIALS, SPECIALS)
@settings(max_examples=300, deadline=None)
def test_rules_of_a_week_that_are_written_down_are_read_back(
    rules: tuple[Rule, ...], holidays: Special, makeups: Special
) -> None:
    text = "；".join(
        "、".join(f"周{WEEKDAYS[day - 1]}" for day in rule.weekdays) + " " + said(rule.spans)
        for rule in rules
    )
    text += special_said("法定节假日", holidays) + special_said("调休工作日", makeups)
    read = parse_hours(text)
    merged: dict[tuple[int, ...], Rule] = {rule.weekdays: rule for rule in rules}
    assert {rule.weekdays: rule for rule in read.rules} == merged
    assert (read.holidays, read.makeups) == (holidays, makeups)


@given(
    st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    st.integers(0, 90),
    st.sets(st.integers(1, 5), min_size=1, max_size=3),
    st.integers(1, 7),
    spans_of_a_day(),
)
@settings(max_examples=200, deadline=None)
def test_dates_and_weeks_of_a_month_are_read_back(
    first: date, length: int, weeks: set[int], weekday: int, spans: tuple[Span, ...]
) -> None:
    last = first + timedelta(days=length)
    listed = "、".join(f"第{WEEKDAYS[week - 1]}个" for week in sorted(weeks))
    text = f"{first}至{last} 每月{listed}周{WEEKDAYS[weekday - 1]} {said(spans)}"
    season = Season(Day(first.year, first.month, first.day), Day(last.year, last.month, last.day))
    expected = Rule(Days.WEEKDAYS, spans, (weekday,), tuple(sorted(weeks)), season)
    assert parse_hours(text).rules == (expected,)
