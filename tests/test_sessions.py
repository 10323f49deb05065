"""Which sessions an activity has: festivals, make-up days, terms, closures, and a notice that comes late."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.opening import Closure
from handlers.sessions import PlannedSession, sessions_of, unknown_days
from messages.calendar import Calendar, DayKind, Holiday, SchoolTerm, SpecialDay, statutory_days
from messages.directory import Activity
from messages.hours import parse_hours
from tests.activities import CAMP, CLASS, held
from tests.calendars import OFFICIAL, SPECIAL, TERMS, YEARS
from tests.sample import Sample

SHANGHAI = ZoneInfo("Asia/Shanghai")
YEAR = date(2026, 1, 1), date(2026, 12, 31)


def day(text: str, kind: DayKind, holiday: Holiday) -> SpecialDay:
    return SpecialDay(date.fromisoformat(text), kind, holiday, "notice of a test")


# What a notice for 2027 could say; invented.
NOTICE = (
    *(day(f"2027-01-0{n}", DayKind.OFF, Holiday.NEW_YEAR) for n in (1, 2, 3, 4)),
    day("2027-01-09", DayKind.WORK, Holiday.NEW_YEAR),
    day("2027-01-30", DayKind.WORK, Holiday.SPRING),
    *(day(f"2027-02-{n:02}", DayKind.OFF, Holiday.SPRING) for n in range(4, 12)),
)
NOTIFIED = Calendar((*SPECIAL, *NOTICE), (*YEARS, 2027), TERMS)
NO_TERMS = Calendar(SPECIAL, YEARS)


def on_days(
    activity: Activity, calendar: Calendar = OFFICIAL, *closures: Closure
) -> tuple[PlannedSession, ...]:
    return sessions_of(activity, calendar, activity.starts_on, activity.ends_on, closures=closures)


def dates(sessions: Iterable[PlannedSession]) -> list[str]:
    return [f"{session.held_on:%m-%d}" for session in sessions]


def test_a_session_is_a_date_of_a_class_with_its_moments_in_utc() -> None:
    (session,) = sessions_of(CLASS, OFFICIAL, date(2026, 11, 25), date(2026, 11, 25))
    starts, ends = datetime(2026, 11, 25, 8, tzinfo=UTC), datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert session == PlannedSession(
        id="FZ002-A1@2026-11-25",
        activity_id="FZ002-A1",
        centre_id="FZ002",
        held_on=date(2026, 11, 25),
        last_on=date(2026, 11, 25),
        starts_at=starts,
        ends_at=ends,
        meetings=((starts, ends),),
        places=30,
        is_provisional=False,
    )
    assert session.starts_at.tzinfo is UTC


def test_make_up_days_create_sessions_of_a_school_day_class_and_festivals_remove_them() -> None:
    autumn = sessions_of(CLASS, OFFICIAL, date(2026, 9, 14), date(2026, 10, 11))
    assert dates(autumn) == [
        *("09-14", "09-15", "09-16", "09-17", "09-18"),
        "09-20",  # a Sunday, for National Day
        *("09-21", "09-22", "09-23", "09-24"),  # then Mid-Autumn
        *("09-28", "09-29", "09-30"),  # then National Day, 1 to 7 October
        *("10-08", "10-09"),
        "10-10",  # a Saturday
    ]


def test_the_make_up_saturday_before_spring_festival_is_a_school_day_within_a_term() -> None:
    winter = replace(CLASS, starts_on=date(2026, 2, 9), ends_on=date(2026, 3, 1))
    term = SchoolTerm(date(2025, 9, 1), date(2026, 2, 14), "a long term", "test", is_invented=True)
    calendar = Calendar(SPECIAL, YEARS, (term, *(t for t in TERMS if t.starts_on > term.ends_on)))
    assert dates(on_days(winter, calendar))[-2:] == ["02-13", "02-14"]
    assert on_days(winter) == ()  # the sample's term ended in January


def test_a_class_on_single_school_days_stays_away_from_make_up_days() -> None:
    some = held("上学日 周一、周三 16:00-18:00", date(2026, 10, 5), date(2026, 10, 14))
    assert dates(on_days(some)) == ["10-12", "10-14"]


def test_workdays_follow_make_up_days_without_a_term() -> None:
    office = held("工作日 9:00-10:00", date(2026, 10, 1), date(2026, 10, 12))
    assert dates(on_days(office, NO_TERMS)) == ["10-08", "10-09", "10-10", "10-12"]


def test_the_last_session_of_a_term_is_on_its_last_day() -> None:
    beyond = replace(CLASS, starts_on=date(2026, 6, 25), ends_on=date(2026, 9, 2))
    assert dates(on_days(beyond)) == ["06-25", "06-26", "06-29", "06-30", "09-01", "09-02"]


def test_without_terms_a_school_day_is_not_known_yet() -> None:
    first, last = date(2026, 10, 7), date(2026, 10, 11)
    assert sessions_of(CLASS, NO_TERMS, first, last) == ()
    assert unknown_days(CLASS, NO_TERMS, first, last) == tuple(date(2026, 10, n) for n in (8, 9, 10))
    assert unknown_days(CLASS, OFFICIAL, first, last) == ()
    assert sessions_of(replace(CLASS, note=CAMP.note), NO_TERMS, first, last) == ()


def test_a_day_of_the_week_ignores_make_up_days_and_keeps_away_from_holidays() -> None:
    saturdays = held("每周六 9:00-10:30", date(2026, 9, 19), date(2026, 10, 17))
    assert dates(on_days(saturdays)) == ["09-19", "10-10", "10-17"]  # not in either holiday
    sundays = held("每周日 9:00-10:30", date(2026, 9, 19), date(2026, 10, 11))
    assert dates(on_days(sundays)) == ["09-20", "10-11"]  # also on the one that is made up


@pytest.mark.parametrize(
    ("times", "note"),
    [("每周六 9:00-10:30（节假日照常）", None), ("每周六 9:00-10:30", "节假日照常")],
)
def test_a_day_of_the_week_is_held_on_holidays_where_the_row_says_as_usual(
    times: str, note: str | None
) -> None:
    saturdays = held(times, date(2026, 9, 19), date(2026, 10, 10), note=note)
    assert dates(on_days(saturdays)) == ["09-19", "09-26", "10-03", "10-10"]


def test_what_the_times_say_of_holidays_is_not_overruled_by_the_note() -> None:
    closed = held("每周六 9:00-10:30，节假日休息", date(2026, 10, 1), date(2026, 10, 10), note="节假日照常")
    assert dates(on_days(closed)) == ["10-10"]


def test_first_saturdays_of_the_months_through_the_years_end() -> None:
    monthly = held("每月第一个周六 8:30-11:00", date(2026, 9, 1), date(2027, 6, 30))
    sessions = on_days(monthly)
    assert dates(sessions) == ["09-05", "11-07", "12-05", "01-02", "03-06", "04-03", "06-05"]
    # 6 February is off by law, 1 May and 3 October too; three days are left to the notice.
    assert dates(s for s in sessions if s.is_provisional) == ["01-02", "04-03", "06-05"]


def test_every_day_and_plain_dates_mean_every_day() -> None:
    national = held("2026-10-01至2026-10-03 9:00-11:00", date(2026, 10, 1), date(2026, 10, 3))
    assert dates(on_days(national)) == ["10-01", "10-02", "10-03"]
    eve = held("每天 7:00-8:00", date(2026, 12, 31), date(2027, 1, 2))
    assert [(s.held_on.year, s.is_provisional) for s in on_days(eve)] == [
        (2026, False),
        (2027, False),
        (2027, False),
    ]


def test_in_a_year_without_a_notice_sessions_are_weekdays_minus_days_off_by_law() -> None:
    sessions = sessions_of(CLASS, OFFICIAL, date(2026, 12, 30), date(2027, 1, 12))
    assert dates(sessions) == [
        *("12-30", "12-31"),
        *("01-04", "01-05", "01-06", "01-07", "01-08", "01-11", "01-12"),
    ]
    assert [s.is_provisional for s in sessions] == [s.held_on.year == 2027 for s in sessions]


def test_when_the_notice_arrives_late_sessions_keep_their_ids_and_become_sure() -> None:
    before = {s.id: s for s in sessions_of(CLASS, OFFICIAL, date(2026, 12, 30), date(2027, 1, 12))}
    after = {s.id: s for s in sessions_of(CLASS, NOTIFIED, date(2026, 12, 30), date(2027, 1, 12))}
    assert before.keys() - after.keys() == {"FZ002-A1@2027-01-04"}
    assert after.keys() - before.keys() == {"FZ002-A1@2027-01-09"}
    assert not any(session.is_provisional for session in after.values())
    both = before.keys() & after.keys()
    assert all(replace(before[key], is_provisional=False) == after[key] for key in both)


@pytest.mark.parametrize(
    ("times", "provisional"),
    [
        ("每周六 9:00-10:30", ["01-02"]),  # beside New Year's Friday
        ("每周一 9:00-10:30", ["01-04"]),
        ("每周三 9:00-10:30", []),
        ("每周六 9:00-10:30（节假日照常）", []),
        ("每天 9:00-10:30", []),
        ("每天 9:00-10:30，节假日休息", ["01-02", "01-03", "01-04"]),
        ("工作日 9:00-10:30", ["01-04", "01-05", "01-06", "01-07", "01-08"]),
        ("周末 9:00-10:30", ["01-02", "01-03", "01-09", "01-10"]),
    ],
)
def test_what_the_missing_notice_could_still_change_is_provisional(
    times: str, provisional: list[str]
) -> None:
    sessions = on_days(held(times, date(2027, 1, 1), date(2027, 1, 10)))
    assert dates(s for s in sessions if s.is_provisional) == provisional


def test_what_a_notice_has_settled_is_not_provisional() -> None:
    weekly = held("每周六 9:00-10:30", date(2027, 1, 1), date(2027, 1, 10))
    assert [(s.held_on.day, s.is_provisional) for s in on_days(weekly, NOTIFIED)] == [(9, False)]


def test_a_camp_is_one_session_of_several_meetings() -> None:
    (camp,) = on_days(CAMP)
    assert (camp.id, camp.held_on, camp.last_on) == (
        "FZ002-A9@2027-01-25",
        date(2027, 1, 25),
        date(2027, 2, 3),
    )
    days = [starts.astimezone(SHANGHAI).day for starts, _ in camp.meetings]
    assert days == [25, 26, 27, 28, 29, 1, 2, 3]
    assert (camp.starts_at, camp.ends_at) == (camp.meetings[0][0], camp.meetings[-1][1])
    assert camp.is_provisional


def test_a_late_notice_changes_the_meetings_of_a_camp_and_not_its_id() -> None:
    (before,), (after,) = on_days(CAMP), on_days(CAMP, NOTIFIED)
    assert (before.id, after.is_provisional) == (after.id, False)
    made_up = {starts.astimezone(SHANGHAI).date() for starts, _ in set(after.meetings) - set(before.meetings)}
    assert made_up == {date(2027, 1, 30)}


def test_a_camp_is_there_whole_when_any_of_it_is_asked_for() -> None:
    (camp,) = on_days(CAMP)
    assert sessions_of(CAMP, OFFICIAL, date(2027, 2, 3), date(2027, 3, 1)) == (camp,)
    assert sessions_of(CAMP, OFFICIAL, date(2026, 12, 1), date(2027, 1, 25)) == (camp,)
    assert sessions_of(CAMP, OFFICIAL, date(2027, 2, 4), date(2027, 3, 1)) == ()
    assert sessions_of(CAMP, OFFICIAL, date(2026, 12, 1), date(2027, 1, 24)) == ()


def test_dates_without_a_note_of_being_sold_whole_are_booked_day_by_day() -> None:
    assert len(on_days(replace(CAMP, note=None))) == 8


def test_a_camp_longer_than_a_year_is_a_slip_and_has_no_session() -> None:
    assert on_days(replace(CAMP, time_text="工作日 8:30-17:30", ends_on=date(9999, 12, 31))) == ()


def test_two_sessions_of_one_day_are_told_apart_by_the_clock() -> None:
    twice = held("每周六 9:00-10:30、14:00-15:30", date(2026, 11, 28), date(2026, 11, 28))
    assert [s.id for s in on_days(twice)] == ["FZ002-A1@2026-11-28T0900", "FZ002-A1@2026-11-28T1400"]
    (camp,) = on_days(replace(twice, note="整期报名"))
    assert (camp.id, len(camp.meetings)) == ("FZ002-A1@2026-11-28", 2)


def closed(first: str, last: str, hours: str | None = None) -> Closure:
    on = date.fromisoformat(first), date.fromisoformat(last)
    return Closure(*on, parse_hours(hours) if hours else None, "台风")


def test_no_session_is_held_while_the_centre_is_closed() -> None:
    activity = replace(CLASS, starts_on=date(2026, 11, 23), ends_on=date(2026, 11, 27))
    assert dates(on_days(activity, OFFICIAL, closed("2026-11-24", "2026-11-26"))) == ["11-23", "11-27"]


def test_a_centre_open_for_some_hours_holds_what_lies_within_them_under_the_same_id() -> None:
    twice = held("每周六 9:00-10:30、14:00-15:30", date(2026, 11, 28), date(2026, 11, 28))
    morning = closed("2026-11-28", "2026-11-28", "8:00-12:00")
    assert [s.id for s in on_days(twice, OFFICIAL, morning)] == ["FZ002-A1@2026-11-28T0900"]
    assert on_days(twice, OFFICIAL, morning, closed("2026-11-28", "2026-11-28")) == ()


def test_a_camp_keeps_its_id_when_a_closure_takes_its_first_day() -> None:
    (camp,) = on_days(CAMP, OFFICIAL, closed("2027-01-25", "2027-01-25"))
    assert (camp.id, camp.held_on) == ("FZ002-A9@2027-01-25", date(2027, 1, 26))
    assert on_days(CAMP, OFFICIAL, closed("2027-01-01", "2027-03-01")) == ()


def test_sessions_past_midnight_end_on_the_next_day() -> None:
    night = held("每周六 22:00-次日1:00", date(2026, 12, 26), date(2026, 12, 26))
    (session,) = on_days(night)
    assert session.ends_at.astimezone(SHANGHAI) == datetime(2026, 12, 27, 1, tzinfo=SHANGHAI)


def test_a_leap_day_has_its_session() -> None:
    leap = held("每周二 9:00-10:00", date(2028, 2, 22), date(2028, 3, 7))
    assert dates(on_days(leap)) == ["02-22", "02-29", "03-07"]


def test_times_that_nobody_can_read_give_no_session() -> None:
    vague = replace(CLASS, time_text="看心情")
    assert on_days(vague) == ()
    assert unknown_days(vague, OFFICIAL, *YEAR) == ()


def test_every_activity_of_the_sample_has_sessions_within_its_dates_and_none_on_a_day_off(
    sample: Sample,
) -> None:
    activities = list(sample.directory.activities.values())
    assert len(activities) == 332
    ids = []
    for activity in activities:
        sessions = sessions_of(activity, OFFICIAL, date(2026, 1, 1), date(2027, 12, 31))
        assert sessions, activity.id
        for session in sessions:
            ids.append(session.id)
            assert activity.starts_on <= session.held_on <= session.last_on <= activity.ends_on
            assert session.places == activity.places
            for starts, ends in session.meetings:
                assert starts < ends
                assert OFFICIAL.holiday_on(starts.astimezone(SHANGHAI).date()) is None
            follows = activity.time_text.startswith("上学日")
            assert session.is_provisional or session.held_on.year == 2026 or not follows
        assert list(sessions) == sorted(sessions, key=lambda session: session.starts_at)
    assert len(ids) == len(set(ids))


TIMES = st.sampled_from(
    [
        CLASS.time_text,
        "工作日 9:00-10:00",
        "每周六 9:00-10:30",
        "每月最后一个周五 9:00-10:00",
        "周末 9:00-10:00",
    ]
)


@given(TIMES, st.integers(0, 500), st.integers(0, 60), st.integers(0, 60))
def test_windows_side_by_side_hold_what_the_whole_holds(times: str, begin: int, one: int, other: int) -> None:
    activity = held(times, date(2026, 3, 1), date(2027, 6, 30))
    first = date(2026, 3, 1) + timedelta(days=begin)
    middle, last = first + timedelta(days=one), first + timedelta(days=one + 1 + other)
    whole = sessions_of(activity, OFFICIAL, first, last)
    rest = sessions_of(activity, OFFICIAL, middle + timedelta(days=1), last)
    assert whole == sessions_of(activity, OFFICIAL, first, middle) + rest


@given(TIMES, st.integers(2027, 2040))
def test_no_year_without_a_notice_has_a_session_on_a_day_off_by_law(times: str, year: int) -> None:
    activity = held(times, date(year, 1, 1), date(year, 12, 31))
    assert not {s.held_on for s in on_days(activity)} & statutory_days(year).keys()
