"""What an office writes about booking, read as rules; and what nobody can read is said to be so."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.booking_rules import UnreadRuleError, read_cancelling, read_note, read_opens, read_rules
from tests.activities import CAMP, CLASS
from tests.sample import Sample

SHANGHAI = ZoneInfo("Asia/Shanghai")
STARTS = datetime(2027, 1, 25, 8, 30, tzinfo=SHANGHAI)
FIRST = date(2027, 1, 25)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize("text", [None, "", "随时", "随时报名", "即日起", "即日起报名", "长期有效"])
def test_what_is_always_open_has_no_moment_of_opening(text: str | None) -> None:
    assert read_opens(text, FIRST).opens_at(STARTS) is None


@pytest.mark.parametrize(
    ("text", "opens"),
    [
        ("开课前14天", "2027-01-11 00:00"),
        ("提前7天", "2027-01-18 00:00"),
        ("提前十四天", "2027-01-11 00:00"),
        ("开课前一周", "2027-01-18 00:00"),
        ("开课前两周", "2027-01-11 00:00"),
        ("活动开始前 3 天", "2027-01-22 00:00"),
        ("7天前开始报名", "2027-01-18 00:00"),
        ("开课前7天 9:00", "2027-01-18 09:00"),
        ("提前三天上午9点起报名", "2027-01-22 09:00"),
        ("前一天18:00起", "2027-01-24 18:00"),
        ("当天8:00", "2027-01-25 08:00"),
        ("当天", "2027-01-25 00:00"),
        ("开课前2小时", "2027-01-25 06:30"),
        ("开课前一个月", "2026-12-25 00:00"),
        ("提前半个月", "2027-01-10 00:00"),
        ("2026-12-20 09:00", "2026-12-20 09:00"),
        ("2026年12月20日上午9点", "2026-12-20 09:00"),
        ("12月20日9点", "2026-12-20 09:00"),
        ("十二月二十日九点", "2026-12-20 09:00"),
        ("自12月20日起报名", "2026-12-20 00:00"),
        ("报名时间：12月20日晚上8点", "2026-12-20 20:00"),
        ("1月4日9:00", "2027-01-04 09:00"),
    ],
)
def test_booking_opens_when_the_office_says(text: str, opens: str) -> None:
    assert read_opens(text, FIRST).opens_at(STARTS) == at(opens)


@pytest.mark.parametrize(
    "text",
    [
        "看心情",
        "2027-02-30",
        "2月29日9点",  # no year near 2027 has it
        "开课前14天，先到先得",
        "提前半天",
        "提前0小时",
        "提前2小时9:00",
        "提前7天9点半到",
        "前一天2:30",  # the night, or the afternoon?
        "12月20日左右",
        "9点",
        "长" * 500,
    ],
)
def test_an_opening_nobody_can_read_is_kept_and_answers_no_question(text: str) -> None:
    opens = read_opens(text, FIRST)
    assert (opens.text, opens.is_readable) == (text, False)
    with pytest.raises(UnreadRuleError):
        opens.opens_at(STARTS)


@pytest.mark.parametrize(
    ("text", "by"),
    [
        (None, "2027-01-25 08:30"),
        ("随时可取消", "2027-01-25 08:30"),
        ("开课前可取消", "2027-01-25 08:30"),
        ("当天可取消", "2027-01-25 08:30"),
        ("当天8:00前可取消", "2027-01-25 08:00"),
        ("前一天18:00前可取消", "2027-01-24 18:00"),
        ("开课前一天18:00前", "2027-01-24 18:00"),
        ("最迟前一天晚上8点前取消", "2027-01-24 20:00"),
        ("前一天24:00前可取消", "2027-01-25 00:00"),
        ("开课前2小时可取消", "2027-01-25 06:30"),
        ("开课前1小时", "2027-01-25 07:30"),
        ("须提前24小时取消", "2027-01-24 08:30"),
        ("开始前30分钟可取消", "2027-01-25 08:00"),
        ("提前半小时", "2027-01-25 08:00"),
        ("提前3天", "2027-01-23 00:00"),  # the third day before still counts
        ("三天前可取消", "2027-01-23 00:00"),
        ("2027-01-15前可取消", "2027-01-15 00:00"),  # the 15th itself does not
        ("1月15日前", "2027-01-15 00:00"),
        ("1月15日前（含当天）可取消", "2027-01-16 00:00"),
        ("截至2027年1月15日止", "2027-01-16 00:00"),
        ("2027-01-15截止", "2027-01-16 00:00"),
        ("1月15日18:00前可取消", "2027-01-15 18:00"),
        ("12月31日止", "2027-01-01 00:00"),
    ],
)
def test_one_cancels_until_the_office_says(text: str | None, by: str) -> None:
    assert read_cancelling(text, FIRST).cancel_by(STARTS) == at(by)


@pytest.mark.parametrize("text", ["不可取消", "报名后不可取消", "一经报名，不得退课", "不能退"])
def test_what_cannot_be_cancelled_has_no_deadline(text: str) -> None:
    cancelling = read_cancelling(text, FIRST)
    assert (cancelling.is_readable, cancelling.cancel_by(STARTS)) == (True, None)


@pytest.mark.parametrize("text", ["不退费", "联系老师", "开课前2:30", "2027-02-30前", "长" * 500])
def test_a_deadline_nobody_can_read_is_kept_and_answers_no_question(text: str) -> None:
    cancelling = read_cancelling(text, FIRST)
    assert (cancelling.text, cancelling.is_readable) == (text, False)
    with pytest.raises(UnreadRuleError):
        cancelling.cancel_by(STARTS)


def test_nobody_cancels_after_the_session_has_begun() -> None:
    assert read_cancelling("当天12:00前可取消", FIRST).cancel_by(STARTS) == STARTS


def test_days_are_those_of_china_wherever_the_moment_is_counted() -> None:
    early = datetime(2027, 1, 25, 0, 30, tzinfo=SHANGHAI).astimezone(UTC)  # still the 24th in UTC
    assert read_opens("提前1天", FIRST).opens_at(early) == at("2027-01-24 00:00")
    assert read_cancelling("前一天18:00前", FIRST).cancel_by(early) == at("2027-01-24 18:00")


@pytest.mark.parametrize(
    ("text", "starts", "opens"),
    [
        ("提前14天", "2027-01-05 09:00", "2026-12-22 00:00"),
        ("提前1天", "2028-03-01 09:00", "2028-02-29 00:00"),
        ("提前1天", "2027-03-01 09:00", "2027-02-28 00:00"),
        ("提前一个月", "2028-03-31 09:00", "2028-02-29 00:00"),
        ("提前一个月", "2027-03-31 09:00", "2027-02-28 00:00"),
        ("提前两个月", "2027-01-31 09:00", "2026-11-30 00:00"),
    ],
)
def test_days_and_months_count_across_month_ends_leap_days_and_years(
    text: str, starts: str, opens: str
) -> None:
    assert read_opens(text, FIRST).opens_at(at(starts)) == at(opens)


@given(st.integers(1, 60), st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1)))
def test_whoever_cancels_in_time_cancels_before_the_session(days: int, starts: datetime) -> None:
    session = starts.replace(tzinfo=SHANGHAI)
    by = read_cancelling(f"提前{days}天", starts.date()).cancel_by(session)
    opens = read_opens(f"提前{days}天", starts.date()).opens_at(session)
    assert by is not None
    assert opens is not None
    assert opens < by <= session
    assert by - opens == min(timedelta(days=1), session - opens)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_a_rule(text: str) -> None:
    read_note(text)
    rules = read_rules(replace(CLASS, opens_text=text, cancel_text=text, audience=text))
    assert rules.is_bookable <= rules.opens.is_readable


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("按期报名，不单日报名", {"is_sold_whole"}),
        ("须由登记的家长接走", {"is_fetched"}),
        ("节假日照常", {"keeps_holidays"}),
        ("照常", {"keeps_holidays"}),
        ("电话预约", {"is_elsewhere"}),
        ("致电0595-00000001报名", {"is_elsewhere"}),
        ("须家长陪同；整期报名", {"needs_guardian", "is_sold_whole"}),
        ("无须电话预约", set()),
        ("不需要家长陪同", set()),
        ("节假日不照常", set()),
        ("雨天照常", set()),
        ("自带水杯", set()),
        (None, set()),
    ],
)
def test_a_note_says_what_it_says_and_its_denials_say_nothing(text: str | None, said: set[str]) -> None:
    note = read_note(text)
    names = {"is_sold_whole", "is_fetched", "needs_guardian", "keeps_holidays", "is_elsewhere"}
    assert {name for name in names if getattr(note, name)} == said


def test_a_camp_is_booked_by_its_own_rules() -> None:
    rules = read_rules(CAMP)
    assert rules.is_bookable
    assert rules.note.is_sold_whole
    assert rules.opens.opens_at(STARTS) == at("2026-12-20 09:00")
    assert rules.cancelling.cancel_by(STARTS) == at("2027-01-15 00:00")


def test_what_is_booked_by_phone_is_readable_and_not_booked_in_the_chat() -> None:
    rules = read_rules(replace(CLASS, opens_text="电话报名"))
    assert (rules.unread, rules.is_elsewhere, rules.is_bookable) == ((), True, False)


def test_a_guardian_comes_along_whichever_cell_says_so() -> None:
    assert read_rules(replace(CLASS, audience="3-6岁（须家长陪同）")).needs_guardian
    assert read_rules(replace(CLASS, note="须家长陪同")).needs_guardian
    assert not read_rules(CLASS).needs_guardian


@pytest.mark.parametrize("column", ["time_text", "opens_text", "cancel_text", "audience"])
def test_one_cell_nobody_can_read_keeps_the_activity_out_of_the_chat(column: str) -> None:
    changed = {"time_text": CLASS.time_text, "opens_text": None, "cancel_text": None, "audience": None}
    changed[column] = "看心情"
    rules = read_rules(replace(CLASS, **changed))  # type: ignore[arg-type]
    assert (rules.unread, rules.is_bookable) == ((column,), False)


def test_every_rule_of_the_sample_directory_is_read(sample: Sample) -> None:
    activities = sample.directory.activities.values()
    assert len(activities) == 332
    assert {read_rules(activity).unread for activity in activities} == {()}
    assert sum(read_rules(activity).note.is_sold_whole for activity in activities) == 26
    assert sum(read_rules(activity).note.is_fetched for activity in activities) == 56
    assert sum(read_rules(activity).needs_guardian for activity in activities) == 26
