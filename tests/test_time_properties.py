"""What holds for every day, every hour and every text that the time grammar may be given."""

import calendar
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.calendar_import import seed_days
from messages.calendar import Calendar, Holiday
from messages.understand.time import TimeExpr, TimeGrammar
from messages.words import words

pytestmark = pytest.mark.no_cover
CHINA = timezone(timedelta(hours=8))
NOW = datetime(2026, 9, 16, 10, 20, tzinfo=CHINA)
TODAY = NOW.date()
YEARS, SPECIAL = seed_days()
CALENDAR = Calendar(SPECIAL, YEARS)
GRAMMAR = TimeGrammar.load()

DIGITS = "零一二三四五六七八九"
WEEKDAYS = "一二三四五六日"
ENGLISH_MONTHS = list(calendar.month_name)


def parse(text: str, now: datetime = NOW) -> list[TimeExpr]:
    return GRAMMAR.parse(text, now, CALENDAR)


def spoken(number: int) -> str:
    """A number below 100 as it is said."""
    tens, ones = divmod(number, 10)
    start = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens] + "十"
    return start + (DIGITS[ones] if ones or not tens else "")


def days(first: date, count: int) -> Iterable[date]:
    return (first + timedelta(days=ahead) for ahead in range(count))


# Forms of a date that mean one day whenever they are said.
ABSOLUTE: dict[str, Callable[[date], str]] = {
    "iso": lambda on: f"{on.isoformat()}开门吗",
    "dots": lambda on: f"{on.year}.{on.month}.{on.day}",
    "slashes": lambda on: f"{on.year}/{on.month}/{on.day}",
    "written": lambda on: f"{on.year}年{on.month}月{on.day}日上午",
    "said": lambda on: (
        f"{''.join(DIGITS[int(n)] for n in str(on.year))}年{spoken(on.month)}月{spoken(on.day)}号"
    ),
    "english": lambda on: f"on {ENGLISH_MONTHS[on.month]} {on.day}, {on.year}",
    "english short": lambda on: f"{on.day} {ENGLISH_MONTHS[on.month][:3]} {on.year}",
}
# Forms without a year: from 90 days ago until a year after that.
YEARLESS: dict[str, Callable[[date], str]] = {
    "digits": lambda on: f"{on.month}月{on.day}号有课吗",
    "said": lambda on: f"我{spoken(on.month)}月{spoken(on.day)}日过去",
    "traditional": lambda on: f"{on.month}月{on.day}號",
    "slash": lambda on: f"{on.month}/{on.day}开门吗",
    "hyphen": lambda on: f"{on.month:02}-{on.day:02}",
    "english": lambda on: f"{ENGLISH_MONTHS[on.month]} {on.day}",
}


@pytest.mark.parametrize("form", ABSOLUTE)
def test_every_day_of_four_years_is_read_back(form: str) -> None:
    for on in days(date(2024, 1, 1), 4 * 365):
        found = parse(ABSOLUTE[form](on))
        assert [(time.first, time.last) for time in found] == [(on, on)], ABSOLUTE[form](on)


@pytest.mark.parametrize("form", YEARLESS)
def test_every_day_around_a_year_is_read_back_without_its_year(form: str) -> None:
    for on in days(TODAY - timedelta(days=90), 365):
        found = parse(YEARLESS[form](on))
        assert [(time.first, time.last) for time in found] == [(on, on)], YEARLESS[form](on)


def test_every_weekday_is_read_from_every_day_of_a_year() -> None:
    for on in days(TODAY, 365):
        now = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA)
        monday = on - timedelta(days=on.weekday())
        for ahead, word in enumerate(WEEKDAYS):
            here, following = monday + timedelta(days=ahead), monday + timedelta(days=7 + ahead)
            coming = here if here >= on else following
            for said, meant in (
                (f"周{word}", coming),
                (f"礼拜{word}", coming),
                (f"这周{word}", here),
                (f"下周{word}", following),
                (f"下个星期{word}", following),
            ):
                assert [time.first for time in parse(said, now)] == [meant], (said, on)


def test_a_day_of_the_month_is_the_next_one_from_every_day_of_a_year() -> None:
    for on in days(TODAY, 365):
        now = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA)
        for meant in days(on, 28):
            assert [time.first for time in parse(f"{meant.day}号", now)] == [meant], (meant, on)


def test_every_minute_of_the_day_is_read_back() -> None:
    for minutes in range(24 * 60):
        hour, minute = divmod(minutes, 60)
        assert [time.start for time in parse(f"{hour:02}:{minute:02}")] == [minutes]
        period = "凌晨" if hour < 6 else "上午" if hour < 12 else "中午" if hour < 13 else "下午"
        period = "晚上" if hour >= 18 else period
        shown = hour - 12 if hour > 12 else hour
        said = f"{period}{spoken(shown)}点" + (f"{spoken(minute)}分" if minute else "")
        assert [time.start for time in parse(said)] == [minutes], said
        english = f"{(hour - 1) % 12 + 1}:{minute:02} {'am' if hour < 12 else 'pm'}"
        assert [time.start for time in parse(english)] == [minutes], english


def test_every_holiday_lies_ahead_and_is_the_days_off_of_the_calendar() -> None:
    names = words("zh", "time")["tables"]["holiday"]
    for on in days(date(2024, 1, 1), 3 * 365):
        now = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA)
        for code, said in names.items():
            [time] = parse(said[-1], now)
            assert time.holiday is Holiday(code)
            assert time.first is not None
            assert time.last is not None
            assert time.last >= on
            assert (time.first, time.last) == CALENDAR.holiday_range(Holiday(code), time.last.year)


RECURRING = {
    "每周二四": frozenset({2, 4}),
    "周一到周五": frozenset(range(1, 6)),
    "每天": frozenset(range(1, 8)),
}


def test_days_of_every_week_lie_in_the_next_seven_days() -> None:
    for on in days(TODAY, 14):
        now = datetime(on.year, on.month, on.day, 9, tzinfo=CHINA)
        for said, weekdays in RECURRING.items():
            [time] = parse(said, now)
            assert time.weekdays == weekdays
            assert time.first is not None
            assert time.last is not None
            assert on <= time.first <= time.last < on + timedelta(days=7)
            assert {time.first.isoweekday(), time.last.isoweekday()} <= weekdays


def check_sound(text: str, found: list[TimeExpr]) -> None:
    """What is true of any answer: in order, in the text, and no end before its beginning."""
    end = 0
    for time in found:
        assert end <= time.span[0] < time.span[1] <= len(text)
        assert time.text == text[time.span[0] : time.span[1]]
        assert (time.first is None) == (time.last is None)
        if time.first is not None and time.last is not None:
            assert time.first <= time.last
        if time.start is not None and time.end is not None and time.first == time.last:
            assert time.start < time.end
        assert time.first is not None or time.start is not None or time.end is not None
        assert time.weekdays is None or (time.weekdays and time.weekdays <= set(range(1, 8)))
        end = time.span[1]


def pieces() -> list[str]:
    """Every word of the grammar, and what stands between such words."""
    tables = (words(language, "time")["tables"] for language in ("zh", "en"))
    found = {
        str(word)
        for table in tables
        for inner in table.values()
        for listed in inner.values()
        for word in (listed if isinstance(listed, list) else [listed])
    }
    marks = [*"点半分号日月年周每到至-~:/.差过后前天个第初十廿0129", "星期", "小时", "31", "99"]
    return sorted(found | {*marks, " ", "  ", "，", "\ufffc", "\x00", "a", "on ", "the ", "st"})


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=200))
@example("\x00\ud800\u202e一\u0000点")
def test_no_text_is_too_strange(text: str) -> None:
    check_sound(text, parse(text))


@settings(max_examples=1500, deadline=None)
@given(
    st.lists(st.sampled_from(pieces()), max_size=14).map("".join),
    st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31)),
    st.booleans(),
    st.one_of(st.none(), st.integers(0, 1440)),
)
def test_no_heap_of_time_words_is_too_strange(
    text: str, now: datetime, past_ok: bool, opens: int | None
) -> None:
    found = GRAMMAR.parse(text, now.replace(tzinfo=CHINA), CALENDAR, opens=opens, past_ok=past_ok)
    check_sound(text, found)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(pieces()), min_size=1, max_size=10).map("".join), st.data())
def test_nothing_is_found_within_a_name(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    for time in GRAMMAR.parse(text, NOW, CALENDAR, names=[(start, end)]):
        assert time.span[1] <= start or end <= time.span[0]
    assert GRAMMAR.parse(text, NOW, CALENDAR, names=lambda said: [(0, len(said))]) == []


REPEATED = ["一", "1", "十点", "周一", "周", "1-", "每", "三点到", " ", "国庆", "初", "a", "12:"]


@pytest.mark.parametrize("piece", REPEATED)
def test_ten_thousand_characters_are_read(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    check_sound(text, parse(text))


def test_the_same_instant_in_another_zone_means_the_same_day() -> None:
    evening_before = datetime(2026, 9, 16, 20, 30, tzinfo=timezone.utc)  # noqa: UP017
    assert parse("今天", evening_before)[0].first == date(2026, 9, 17)


def test_the_soundness_check_notices_an_overlap_and_a_foreign_text() -> None:
    [tomorrow] = parse("明天")
    with pytest.raises(AssertionError):
        check_sound("明天", [tomorrow, tomorrow])
    with pytest.raises(AssertionError):
        check_sound("后天", [tomorrow])
