"""The civil calendar against the official one, day by day, and what it says of years without a notice."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

import chinese_calendar
import pytest
from chinese_calendar import constants as published

from handlers.calendar_import import PUBLISHED
from messages.calendar import OFF_REACH, WORK_REACH, Calendar, DayKind, Holiday, SchoolTerm, statutory_days
from tests.calendars import OFFICIAL, SPECIAL, TERMS, YEARS


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


OFFICIAL_DAYS = list(days(date(2024, 1, 1), date(2026, 12, 31)))


def mistakes(calendar: Calendar) -> list[date]:
    """The days of 2024 to 2026 that the calendar takes for something else than the official one does."""
    return [on for on in OFFICIAL_DAYS if not is_right(calendar, on)]


def is_right(calendar: Calendar, on: date) -> bool:
    is_off, name = chinese_calendar.get_holiday_detail(on)
    holiday = PUBLISHED[name] if name else None
    return (
        calendar.is_workday(on) is chinese_calendar.is_workday(on)
        and calendar.is_workday(on) is not chinese_calendar.is_holiday(on)
        and calendar.holiday_on(on) == (holiday if is_off else None)
        and calendar.makeup_for(on) == (None if is_off else holiday)
        and calendar.is_makeup(on) is (holiday is not None and not is_off)
    )


def test_every_day_from_2024_to_2026_is_what_the_official_calendar_says() -> None:
    assert len(OFFICIAL_DAYS) == 366 + 365 + 365
    assert mistakes(OFFICIAL) == []


@pytest.mark.parametrize(
    ("wrong", "noticed"),
    [
        (Calendar((d for d in SPECIAL if d.kind is DayKind.OFF), YEARS), date(2026, 10, 10)),
        (Calendar((d for d in SPECIAL if d.kind is DayKind.WORK), YEARS), date(2026, 2, 16)),
        (Calendar(SPECIAL[:-1], YEARS), SPECIAL[-1].on),
        (Calendar(SPECIAL, (2024, 2025)), date(2026, 3, 1)),
        (Calendar(), date(2026, 2, 14)),
    ],
    ids=["no make-up days", "no days off", "one day missing", "a year not official", "nothing"],
)
def test_a_wrong_calendar_is_noticed(wrong: Calendar, noticed: date) -> None:
    assert noticed in mistakes(wrong)


@pytest.mark.parametrize(
    ("on", "works", "holiday"),
    [
        (date(2026, 2, 14), True, None),
        (date(2026, 2, 16), False, Holiday.SPRING),
        (date(2026, 10, 10), True, None),
        (date(2026, 6, 19), False, Holiday.DRAGON_BOAT),
        (date(2026, 9, 25), False, Holiday.MID_AUTUMN),
        (date(2026, 10, 3), False, Holiday.NATIONAL),
        (date(2025, 10, 6), False, Holiday.MID_AUTUMN),
        (date(2027, 2, 5), False, Holiday.SPRING),
        (date(2027, 2, 6), False, Holiday.SPRING),
        (date(2027, 9, 15), False, Holiday.MID_AUTUMN),
        (date(2027, 2, 9), None, None),
        (date(2027, 2, 20), None, None),
        (date(2027, 3, 17), True, None),
        (date(2027, 7, 17), False, None),
    ],
)
def test_days_that_calendars_get_wrong(on: date, works: bool | None, holiday: Holiday | None) -> None:
    assert OFFICIAL.is_workday(on) is works
    assert OFFICIAL.holiday_on(on) is holiday


def test_statutory_days_are_those_of_the_law_of_the_year() -> None:
    assert statutory_days(2027) == {
        date(2027, 1, 1): Holiday.NEW_YEAR,
        **dict.fromkeys(days(date(2027, 2, 5), date(2027, 2, 8)), Holiday.SPRING),
        date(2027, 4, 5): Holiday.QINGMING,
        date(2027, 5, 1): Holiday.LABOUR,
        date(2027, 5, 2): Holiday.LABOUR,
        date(2027, 6, 9): Holiday.DRAGON_BOAT,
        date(2027, 9, 15): Holiday.MID_AUTUMN,
        **dict.fromkeys(days(date(2027, 10, 1), date(2027, 10, 3)), Holiday.NATIONAL),
    }
    assert list(statutory_days(2027)) == sorted(statutory_days(2027))
    assert len(statutory_days(2025)) == 13
    assert len(statutory_days(2024)) == 11
    assert date(2024, 2, 9) not in statutory_days(2024)
    assert date(2024, 5, 2) not in statutory_days(2024)
    assert OFFICIAL.statutory_days(2026) == statutory_days(2026)
    assert statutory_days(1900) == {}


def reach_broken(off: Callable[[Holiday], tuple[int, int]], work: int) -> list[date]:
    """Days that notices of 2014 to 2026 moved further from their holiday than supposed."""
    broken = []
    for listed, is_off in ((published.holidays, True), (published.workdays, False)):
        for on, name in listed.items():
            holiday = PUBLISHED.get(name)  # 2015 had one more, for the end of the war 70 years before
            if on.year < 2014 or holiday is None or (is_off and on.isoweekday() > 5):
                continue
            around = (statutory_days(year) for year in (on.year - 1, on.year, on.year + 1))
            own = [(on - day).days for known in around for day, which in known.items() if which is holiday]
            before, after = off(holiday) if is_off else (work, work)
            if not any(-before <= n <= after for n in own):
                broken.append(on)
    return broken


def test_no_notice_since_2014_moved_a_day_further_than_supposed() -> None:
    assert reach_broken(OFF_REACH.__getitem__, WORK_REACH) == []


def test_a_reach_that_is_too_short_is_noticed() -> None:
    assert date(2026, 9, 20) in reach_broken(OFF_REACH.__getitem__, 10)
    assert date(2020, 10, 8) in reach_broken(lambda _: (1, 4), WORK_REACH)


def unforeseen(calendar: Calendar) -> list[date]:
    """Days since 2014 that a notice made free beyond the law, and that were not said to be possible."""
    return [
        on
        for on in days(date(2014, 1, 1), date(2026, 12, 31))
        if on in published.holidays
        and on not in statutory_days(on.year)
        and PUBLISHED.get(published.holidays[on]) is not None
        and not calendar.may_become_free(on)
    ]


def test_every_day_that_a_notice_since_2014_made_free_could_have_been_foreseen() -> None:
    assert unforeseen(Calendar()) == []


def test_a_day_that_nobody_foresees_is_noticed() -> None:
    assert date(2026, 10, 7) in unforeseen(OFFICIAL)  # in a year whose notice is known, nothing may change


def test_a_day_off_by_law_or_in_the_middle_of_a_month_cannot_become_free() -> None:
    assert not OFFICIAL.may_become_free(date(2027, 1, 1))
    assert not OFFICIAL.may_become_free(date(2027, 1, 13))
    assert not OFFICIAL.may_become_free(date(2027, 1, 9))  # a weekend that may be made up, at most
    assert OFFICIAL.may_become_free(date(2027, 1, 3))


def test_in_a_year_without_a_notice_no_weekend_is_ever_called_a_working_day() -> None:
    for on in days(date(2027, 1, 1), date(2027, 12, 31)):
        assert not OFFICIAL.is_makeup(on)
        assert OFFICIAL.is_workday(on) is not True or on.isoweekday() <= 5
        assert (OFFICIAL.is_workday(on) is None) == (OFFICIAL.is_workday(on) not in {True, False})
    assert not OFFICIAL.is_official(2027)


def test_a_holiday_lasts_as_long_as_its_notice_says_and_by_law_without_one() -> None:
    assert OFFICIAL.holiday_range(Holiday.NATIONAL, 2026) == (date(2026, 10, 1), date(2026, 10, 7))
    assert OFFICIAL.holiday_range(Holiday.NATIONAL, 2025) == (date(2025, 10, 1), date(2025, 10, 8))
    assert OFFICIAL.holiday_range(Holiday.SPRING, 2026) == (date(2026, 2, 15), date(2026, 2, 23))
    assert OFFICIAL.holiday_range(Holiday.SPRING, 2027) == (date(2027, 2, 5), date(2027, 2, 8))
    assert Calendar(official_years=(2026,)).holiday_range(Holiday.SPRING, 2026) is None


def test_new_year_may_begin_in_the_december_before() -> None:
    eve, day = (
        d.__class__(on, DayKind.OFF, Holiday.NEW_YEAR, "notice")
        for d, on in zip(SPECIAL, (date(2028, 12, 31), date(2029, 1, 1)), strict=False)
    )
    assert Calendar([day, eve], (2029,)).holiday_range(Holiday.NEW_YEAR, 2029) == (eve.on, day.on)


@pytest.mark.parametrize(
    ("on", "school"),
    [
        (date(2026, 9, 1), True),
        (date(2026, 9, 5), False),
        (date(2026, 9, 20), True),  # a make-up Sunday
        (date(2026, 10, 1), False),
        (date(2026, 8, 3), False),  # between two terms
        (date(2027, 1, 22), True),
        (date(2027, 2, 24), True),
        (date(2027, 2, 9), False),  # holidays, whatever the notice will say
        (date(2027, 4, 6), None),  # in a term, but the notice may turn it
        (date(2027, 9, 7), None),  # no term is known
        (date(2027, 9, 26), None),
        (date(2027, 8, 7), False),  # a Saturday far from any holiday
        (date(2023, 9, 4), None),
    ],
)
def test_school_is_on_working_days_of_a_known_term(on: date, school: bool | None) -> None:
    assert OFFICIAL.is_school_day(on) is school


def test_a_term_that_seems_to_be_missing_is_not_taken_for_holidays() -> None:
    first, *_, last = TERMS
    assert Calendar(SPECIAL, YEARS, [last, first]).in_term(date(2025, 3, 3)) is None
    assert Calendar(SPECIAL, YEARS, TERMS).in_term(date(2025, 3, 3)) is True


def test_terms_that_overlap_by_mistake_still_end_with_the_later_one() -> None:
    terms = [
        SchoolTerm(date(2026, 1, 1), date(2026, 3, 1), "long", "test", True),
        SchoolTerm(date(2026, 1, 5), date(2026, 1, 9), "short", "test", True),
        SchoolTerm(date(2026, 6, 1), date(2026, 6, 30), "late", "test", True),
    ]
    assert Calendar(terms=terms).in_term(date(2026, 4, 1)) is False


def test_school_holidays_lie_between_terms_that_follow_each_other() -> None:
    assert list(Calendar(terms=TERMS).vacations())[-2:] == [
        (date(2026, 7, 1), date(2026, 8, 31)),
        (date(2027, 1, 23), date(2027, 2, 21)),
    ]
    apart = [
        SchoolTerm(date(2026, 1, 1), date(2026, 3, 1), "long", "test", True),
        SchoolTerm(date(2026, 1, 5), date(2026, 1, 9), "short, within", "test", True),
        SchoolTerm(date(2026, 3, 2), date(2026, 6, 30), "the day after", "test", True),
        SchoolTerm(date(2027, 2, 22), date(2027, 6, 30), "after one that is missing", "test", True),
    ]
    assert list(Calendar(terms=apart).vacations()) == []
