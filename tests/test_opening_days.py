"""What is open on which day and why: holidays, make-up days, exceptions, terms, years without a notice."""

from collections.abc import Iterator
from datetime import date, timedelta

import chinese_calendar
import pytest

from handlers.opening import Because, Closure, DayPlan, plan_day
from messages.calendar import Calendar, DayKind, Holiday
from messages.hours import Hours, Span, parse_hours
from tests.calendars import OFFICIAL, SPECIAL, TERMS, YEARS

HALL = "周一至周五 8:30-12:00，14:30-17:30（调休工作日照常）"
WEEK = "周一至周五 8:00-17:30"
CLOSES = "周一至周五 8:30-12:00，14:30-17:30；周六 9:00-11:30；法定节假日休息"
SHORTER = "周一至周日 7:30-21:30（法定节假日 9:00-17:00）"
WORKING = "工作日 8:00—12:00、14:30—18:00，周末 9:00—12:00"
SCHOOL = "上学日 周一至周五 16:00-18:00"

HALL_SPANS = (Span(510, 720), Span(870, 1050))
MAKEUP_SATURDAY, NATIONAL_THURSDAY, NATIONAL_SATURDAY = (
    date(2026, 10, 10),
    date(2026, 10, 1),
    date(2026, 10, 3),
)
WEDNESDAY, SATURDAY, MONDAY = date(2026, 11, 25), date(2026, 11, 28), date(2026, 11, 30)


def judged(
    text: str, on: date, *closures: Closure, centre: str | None = None, calendar: Calendar = OFFICIAL
) -> DayPlan:
    centre_hours = parse_hours(centre) if centre else None
    return plan_day(parse_hours(text), on, calendar, closures=closures, centre_hours=centre_hours)


def summary(plan: DayPlan) -> tuple[bool, str, str]:
    return bool(plan.spans), plan.certainty, plan.because.code


@pytest.mark.parametrize(
    ("text", "on", "is_open", "certainty", "code"),
    [
        # An ordinary week.
        (HALL, WEDNESDAY, True, "sure", "weekly"),
        (HALL, SATURDAY, False, "sure", "weekly"),
        (WORKING, WEDNESDAY, True, "sure", "workday"),
        (WORKING, SATURDAY, True, "sure", "weekend"),
        ("工作日 8:00-17:00", SATURDAY, False, "sure", "weekend"),
        ("周末 8:00-17:00", WEDNESDAY, False, "sure", "workday"),
        ("每天 8:00-20:00", WEDNESDAY, True, "sure", "every_day"),
        ("24小时", WEDNESDAY, True, "sure", "always"),
        ("周二至周日 9:00-21:00，周一闭馆", MONDAY, False, "sure", "weekly"),
        # Make-up days.
        (HALL, MAKEUP_SATURDAY, True, "sure", "makeup_open"),
        (WEEK, MAKEUP_SATURDAY, False, "unconfirmed", "makeup_closed"),
        (WORKING, MAKEUP_SATURDAY, True, "sure", "makeup_open"),
        ("周末 9:00-12:00", MAKEUP_SATURDAY, False, "unconfirmed", "makeup_closed"),
        ("周一至周六 9:00-17:30", MAKEUP_SATURDAY, True, "sure", "weekly"),
        ("周二、周四 14:00-17:00", MAKEUP_SATURDAY, False, "sure", "weekly"),
        ("每天 8:00-20:00", MAKEUP_SATURDAY, True, "sure", "every_day"),
        ("周一至周五 9:00-17:00，调休工作日休息", MAKEUP_SATURDAY, False, "sure", "makeup_closed"),
        ("周一至周五 9:00-17:00，调休工作日 9:00-12:00", MAKEUP_SATURDAY, True, "sure", "makeup_open"),
        ("工作日 8:00-17:00；周六 9:00-11:00", MAKEUP_SATURDAY, True, "sure", "makeup_open"),
        (SCHOOL, MAKEUP_SATURDAY, False, "unconfirmed", "makeup_closed"),
        ("上学日 16:00-18:00", MAKEUP_SATURDAY, True, "sure", "makeup_open"),
        # Days off.
        (HALL, NATIONAL_THURSDAY, False, "sure", "holiday_closed"),
        (HALL, NATIONAL_SATURDAY, False, "sure", "holiday_closed"),
        (WEEK, NATIONAL_THURSDAY, True, "unconfirmed", "holiday_unstated"),
        (WEEK, NATIONAL_SATURDAY, False, "sure", "weekly"),
        (WORKING, NATIONAL_THURSDAY, False, "sure", "holiday_closed"),
        (WORKING, NATIONAL_SATURDAY, True, "unconfirmed", "holiday_unstated"),
        (CLOSES, NATIONAL_SATURDAY, False, "sure", "holiday_closed"),
        (SHORTER, NATIONAL_SATURDAY, True, "sure", "holiday_hours"),
        ("周一至周五 9:00-17:00，节假日照常", NATIONAL_THURSDAY, True, "sure", "weekly"),
        ("工作日 9:00-17:00，节假日照常", NATIONAL_THURSDAY, True, "sure", "workday"),
        ("周一至周五 9:00-17:00，节假日另行通知", NATIONAL_THURSDAY, True, "unconfirmed", "holiday_unstated"),
        ("每天 8:00-20:00", NATIONAL_THURSDAY, True, "sure", "every_day"),
        ("24小时", NATIONAL_THURSDAY, True, "sure", "always"),
        (SCHOOL, NATIONAL_THURSDAY, False, "sure", "holiday_closed"),
        ("周二至周日 9:00-21:00，周一闭馆", date(2026, 10, 5), False, "sure", "weekly"),
        # School.
        (SCHOOL, WEDNESDAY, True, "sure", "school_day"),
        (SCHOOL, SATURDAY, False, "sure", "not_school_day"),
        (SCHOOL, date(2026, 8, 5), False, "sure", "not_school_day"),
        (SCHOOL, date(2027, 11, 24), True, "unconfirmed", "term_unknown"),
        (SCHOOL, date(2027, 11, 27), False, "sure", "not_school_day"),
        # Weeks of a month and dates.
        ("每月第一、第三个周三 14:30-17:00", date(2026, 11, 4), True, "sure", "weekly"),
        ("每月第一、第三个周三 14:30-17:00", date(2026, 11, 11), False, "sure", "weekly"),
        ("每月最后一个周三 14:30-17:00", WEDNESDAY, True, "sure", "weekly"),
        ("每月最后一个周三 14:30-17:00", date(2026, 11, 18), False, "sure", "weekly"),
        ("5月-9月 8:00-18:00，其余时间 9:00-17:00", WEDNESDAY, True, "sure", "every_day"),
        ("2027-01-25至2027-02-03 工作日 8:30-17:30", date(2027, 1, 24), False, "sure", "weekly"),
        ("2027-01-25至2027-02-03 工作日 8:30-17:30", date(2027, 1, 27), True, "sure", "workday"),
        ("2027-01-25至2027-02-03 工作日 8:30-17:30", NATIONAL_THURSDAY, False, "sure", "weekly"),
        # Not at all.
        ("暂停开放", WEDNESDAY, False, "sure", "suspended"),
        ("每天 9:00-17:00（暂停开放）", NATIONAL_THURSDAY, False, "sure", "suspended"),
    ],
)
def test_a_day_is_judged_and_explained(text: str, on: date, is_open: bool, certainty: str, code: str) -> None:
    assert summary(judged(text, on)) == (is_open, certainty, code)


def test_the_hall_works_on_the_make_up_saturday_before_spring_festival_and_rests_on_its_eve() -> None:
    saturday, eve = judged(HALL, date(2026, 2, 14)), judged(HALL, date(2026, 2, 16))
    assert saturday.spans == HALL_SPANS
    assert saturday.because == Because("makeup_open", Holiday.SPRING)
    assert (eve.spans, eve.because) == ((), Because("holiday_closed", Holiday.SPRING))


def test_holiday_hours_replace_those_of_the_week() -> None:
    assert judged(SHORTER, NATIONAL_THURSDAY).spans == (Span(540, 1020),)
    assert judged(SHORTER, WEDNESDAY).spans == (Span(450, 1290),)


def test_on_a_make_up_saturday_working_hours_beat_those_of_saturdays() -> None:
    assert judged("工作日 8:00-17:00；周六 9:00-11:00", MAKEUP_SATURDAY).spans == (Span(480, 1020),)
    assert judged("工作日 8:00-17:00；周六 9:00-11:00", SATURDAY).spans == (Span(540, 660),)


def test_what_closes_on_one_weekday_beats_what_is_open_on_all() -> None:
    assert judged("每天 9:00-17:00；周三休息", WEDNESDAY).spans == ()
    assert judged("周三休息；工作日 9:00-17:00", WEDNESDAY).spans == ()
    assert judged("7月1日至8月31日 8:00-12:00，周三休息", date(2026, 7, 1)).spans == ()


def test_a_season_beats_the_rest_of_the_year() -> None:
    text = "每天 9:00-17:00；7月1日至8月31日 8:00-12:00"
    assert judged(text, date(2026, 7, 1)).spans == (Span(480, 720),)
    assert judged(text, WEDNESDAY).spans == (Span(540, 1020),)


class TestServicesInACentre:
    """What the centre's own hours say of holidays holds for what is in it and says nothing."""

    @pytest.mark.parametrize("text", ["每天 8:00-20:00", WEEK, "周三、周四 19:30-21:30"])
    def test_a_centre_that_closes_for_a_holiday_closes_its_services(self, text: str) -> None:
        plan = judged(text, NATIONAL_THURSDAY, centre=CLOSES)
        assert (plan.spans, plan.certainty) == ((), "sure")
        assert plan.because == Because("centre_holiday", Holiday.NATIONAL)

    @pytest.mark.parametrize("text", ["每天 8:00-20:00，节假日照常", "24小时", SHORTER])
    def test_a_service_that_speaks_for_itself_stays_open(self, text: str) -> None:
        assert judged(text, NATIONAL_THURSDAY, centre=CLOSES).spans

    def test_on_other_days_the_centre_does_not_matter(self) -> None:
        assert judged("每天 8:00-20:00", SATURDAY, centre=CLOSES).because.code == "every_day"

    def test_a_centre_for_working_days_closes_its_services_on_their_days_off_only(self) -> None:
        assert judged("每天 8:00-20:00", NATIONAL_THURSDAY, centre=WORKING).because.code == "centre_holiday"
        assert judged("每天 8:00-20:00", NATIONAL_SATURDAY, centre=WORKING).because.code == "every_day"


class TestExceptions:
    """Exceptions of a centre win over everything that is written."""

    typhoon = Closure(date(2026, 11, 25), date(2026, 11, 26), None, "台风")
    shorter = Closure(date(2026, 11, 20), date(2026, 11, 30), parse_hours("每天 9:00-12:00"), "停电")

    @pytest.mark.parametrize("text", [HALL, "24小时", "暂停开放", "每天 8:00-20:00"])
    def test_a_closed_day_is_closed_and_says_why(self, text: str) -> None:
        plan = judged(text, WEDNESDAY, self.typhoon)
        assert (plan.spans, plan.certainty, plan.because) == ((), "sure", Because("exception", text="台风"))

    def test_before_and_after_the_written_hours_hold(self) -> None:
        assert judged(HALL, date(2026, 11, 24), self.typhoon).spans == HALL_SPANS
        assert judged(HALL, date(2026, 11, 27), self.typhoon).spans == HALL_SPANS

    def test_other_hours_replace_the_written_ones(self) -> None:
        assert judged(HALL, date(2026, 11, 24), self.shorter).spans == (Span(540, 720),)

    @pytest.mark.parametrize("reverse", [False, True])
    def test_closed_beats_other_hours(self, reverse: bool) -> None:
        both = (self.shorter, self.typhoon)
        assert judged(HALL, WEDNESDAY, *(both[::-1] if reverse else both)).spans == ()


class TestYearsWithoutANotice:
    """Days off by law are sure, what a notice may still turn is not, and nothing is guessed."""

    @pytest.mark.parametrize(
        ("text", "on", "is_open", "certainty", "code", "known"),
        [
            (HALL, date(2027, 2, 5), False, "sure", "holiday_closed", False),
            (HALL, date(2027, 2, 6), False, "sure", "holiday_closed", False),
            (HALL, date(2027, 2, 9), True, "unconfirmed", "year_unknown", False),
            (HALL, date(2027, 2, 20), False, "unconfirmed", "year_unknown", False),
            (HALL, date(2027, 3, 17), True, "sure", "weekly", True),
            (HALL, date(2027, 7, 17), False, "sure", "weekly", True),
            (WEEK, date(2027, 2, 5), True, "unconfirmed", "holiday_unstated", False),
            (CLOSES, date(2027, 10, 4), True, "unconfirmed", "year_unknown", False),
            (SHORTER, date(2027, 2, 7), True, "sure", "holiday_hours", False),
            ("周二、周四 14:00-17:00", date(2027, 2, 20), False, "sure", "weekly", True),
            ("每天 8:00-20:00", date(2027, 2, 9), True, "sure", "every_day", True),
            ("24小时", date(2027, 2, 6), True, "sure", "always", True),
            ("暂停开放", date(2027, 2, 6), False, "sure", "suspended", True),
            (SCHOOL, date(2027, 4, 6), True, "unconfirmed", "year_unknown", False),
            (SCHOOL, date(2027, 9, 16), True, "unconfirmed", "term_unknown", False),
        ],
    )
    def test_only_what_no_notice_can_turn_is_sure(
        self, text: str, on: date, is_open: bool, certainty: str, code: str, known: bool
    ) -> None:
        plan = judged(text, on)
        assert (*summary(plan), plan.year_known) == (is_open, certainty, code, known)

    def test_a_service_depends_on_the_notice_through_its_centre(self) -> None:
        plan = judged("每天 8:00-20:00", date(2027, 10, 4), centre=CLOSES)
        assert (plan.certainty, plan.because.code, plan.year_known) == ("unconfirmed", "year_unknown", False)

    def test_with_the_notice_everything_is_known(self) -> None:
        known = Calendar(SPECIAL, (*YEARS, 2027), TERMS)
        assert judged(HALL, date(2027, 2, 9), calendar=known).year_known


def days() -> Iterator[date]:
    return (date(2024, 1, 1) + timedelta(days=n) for n in range(366 + 365 + 365))


def open_days(text: str, calendar: Calendar) -> set[date]:
    hours: Hours = parse_hours(text)
    plans = (plan_day(hours, on, calendar) for on in days())
    return {plan.on for plan in plans if plan.spans and plan.certainty == "sure"}


OFFICIAL_WORKDAYS = {on for on in days() if chinese_calendar.is_workday(on)}
HOLIDAY_BLOCKS = {on for on in days() if chinese_calendar.get_holiday_detail(on) [0] and
                  chinese_calendar.get_holiday_detail(on)[1]}  # fmt: skip


def expected() -> dict[str, set[date]]:
    """On which days of 2024 to 2026 each text opens, by the official calendar alone."""
    every = set(days())
    return {
        HALL: OFFICIAL_WORKDAYS,
        "工作日 8:30-17:30": OFFICIAL_WORKDAYS,
        "周一至周五 9:00-17:00，调休工作日照常": OFFICIAL_WORKDAYS,
        "周末 9:00-17:00": {on for on in every - OFFICIAL_WORKDAYS - HOLIDAY_BLOCKS if on.isoweekday() > 5},
        "每天 9:00-17:00": every,
        "每天 9:00-17:00，法定节假日休息": every - HOLIDAY_BLOCKS,
        "周一至周五 9:00-17:00，法定节假日休息": OFFICIAL_WORKDAYS
        - {on for on in every if on.isoweekday() > 5},
        "周一至周五 9:00-17:00，法定节假日 9:00-12:00": {
            on for on in every if on in HOLIDAY_BLOCKS or on.isoweekday() <= 5
        },
        "24小时": every,
    }


@pytest.mark.parametrize("text", expected())
def test_on_every_day_from_2024_to_2026_hours_follow_the_official_calendar(text: str) -> None:
    assert open_days(text, OFFICIAL) == expected()[text]


@pytest.mark.parametrize(
    ("text", "left_out"), [(HALL, DayKind.WORK), (HALL, DayKind.OFF), ("周末 9:00-17:00", DayKind.WORK)]
)
def test_hours_by_a_wrong_calendar_are_noticed(text: str, left_out: DayKind) -> None:
    wrong = Calendar((day for day in SPECIAL if day.kind is not left_out), YEARS)
    assert open_days(text, wrong) != expected()[text]
