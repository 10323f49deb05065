"""Working days with make-up days, and what is judged again when a notice comes late."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.case_clock import (
    ASKED_AGAIN,
    DAY_ENDS,
    ESCALATED,
    REJUDGED,
    REMINDED,
    URGED,
    WITHDRAWN,
    CaseTerms,
    clock_of,
    due_at,
    next_act,
    working_day_after,
    working_day_before,
)
from messages.calendar import SHANGHAI, Calendar, DayKind, Holiday, SpecialDay
from storage.case_files import CaseFile, Step
from tests.calendars import OFFICIAL

TERMS = CaseTerms()
OPENED = datetime(2026, 10, 9, 10, 0, tzinfo=SHANGHAI)  # a Friday; the Saturday after is a working day


def at(month: int, day: int, hour: int = 18, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


def step(number: int, was: str, became: str, because: str | None, made_at: datetime) -> Step:
    return Step("c", number, "linli", was, became, because, made_at, None)


FIRST = step(1, "", "received", "opened", OPENED)


def case(
    due: datetime, state: str = "received", kind: str = "rating", tier: int = 1, asked: datetime | None = None
) -> CaseFile:
    return CaseFile(
        "c", "G-0001", kind, None, "FZ002", None, None, None, None, tier, "FZ002", state, OPENED, due, None,
        asked, None, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("on", "days", "expected"),
    [
        (date(2026, 10, 9), 1, date(2026, 10, 10)),  # a make-up Saturday
        (date(2026, 10, 9), 2, date(2026, 10, 12)),
        (date(2026, 9, 30), 1, date(2026, 10, 8)),  # the holiday between
        (date(2026, 9, 18), 1, date(2026, 9, 20)),  # a make-up Sunday
        (date(2026, 11, 27), 1, date(2026, 11, 30)),
        (date(2026, 11, 28), 1, date(2026, 11, 30)),  # opened on a Saturday
        (date(2026, 11, 28), 0, date(2026, 11, 28)),
    ],
)
def test_working_days_are_those_of_the_notice(on: date, days: int, expected: date) -> None:
    assert working_day_after(on, days, OFFICIAL) == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("rating", at(10, 15)),
        ("complaint", at(10, 15)),
        ("information", at(10, 12)),
        ("urgent", at(10, 9, 14)),
    ],
)
def test_each_kind_has_its_time(kind: str, expected: datetime) -> None:
    assert due_at(kind, OPENED, TERMS, OFFICIAL, SHANGHAI) == expected


@given(on=st.dates(date(2024, 1, 1), date(2030, 12, 31)), days=st.integers(1, 12))
def test_the_last_day_is_surely_a_working_day_and_so_many_lie_between(on: date, days: int) -> None:
    last = working_day_after(on, days, OFFICIAL)
    between = [on + timedelta(days=n) for n in range(1, (last - on).days + 1)]
    assert sum(OFFICIAL.is_workday(day) is True for day in between) == days
    assert OFFICIAL.is_workday(last) is True
    assert working_day_before(last + timedelta(days=1), OFFICIAL) == last


def test_a_year_without_a_notice_counts_only_what_is_certain() -> None:
    """What the notice may take away or add is not relied on; when it comes, the deadline is judged again."""
    opened = datetime(2027, 2, 4, 10, 0, tzinfo=SHANGHAI)  # before the Spring Festival of 2027
    unknown = due_at("rating", opened, TERMS, OFFICIAL, SHANGHAI)
    days = [SpecialDay(date(2027, 2, 13), DayKind.WORK, Holiday.SPRING, "n")]
    days += [SpecialDay(date(2027, 2, n), DayKind.OFF, Holiday.SPRING, "n") for n in range(5, 12)]
    known = Calendar(days, (2027,))
    judged = due_at("rating", opened, TERMS, known, SHANGHAI)
    assert judged == at(2, 17, year=2027)
    steps = (step(1, "", "received", "opened", opened),)
    stored = case(unknown)
    assert next_act(stored, steps, TERMS, OFFICIAL, opened) is None
    assert (next_act(stored, steps, TERMS, known, opened) == REJUDGED) is (judged != unknown)
    assert judged != unknown


def test_no_notice_makes_anybody_late_after_the_fact() -> None:
    told = at(10, 16)  # before the Saturday was known for a working day
    assert next_act(case(told), (FIRST,), TERMS, OFFICIAL, at(10, 15, 12)) == REJUDGED
    assert next_act(case(told), (FIRST,), TERMS, OFFICIAL, at(10, 15, 18, 1)) != REJUDGED
    assert next_act(case(told), (FIRST,), TERMS, OFFICIAL, at(10, 16, 18, 1)) == URGED


def test_what_was_overdue_may_be_in_time_by_a_late_notice() -> None:
    assert next_act(case(at(10, 13)), (FIRST,), TERMS, OFFICIAL, at(10, 14, 10)) == REJUDGED


@pytest.mark.parametrize(
    ("now", "done", "expected"),
    [
        (at(10, 13, 12), (), None),
        (at(10, 14, 8, 59), (), None),
        (at(10, 14, 9), (), REMINDED),
        (at(10, 14, 12), ("reminded",), None),
        (at(10, 15, 18), ("reminded",), None),
        (at(10, 15, 18, 1), ("reminded",), URGED),
        (at(10, 15, 23), (), None),  # at night
        (at(10, 16, 12), ("urged",), None),
        (at(10, 19, 18), ("urged",), None),
        (at(10, 19, 18, 1), ("urged",), ESCALATED),
        (at(10, 19, 18, 1), (), ESCALATED),
    ],
)
def test_a_case_is_reminded_of_then_urged_then_goes_up(
    now: datetime, done: tuple[str, ...], expected: str | None
) -> None:
    due = at(10, 15)
    steps = (FIRST, *(step(2 + n, "received", "received", what, OPENED) for n, what in enumerate(done)))
    assert next_act(case(due), steps, TERMS, OFFICIAL, now) == expected


def test_who_has_just_got_a_case_is_not_reminded_of_it() -> None:
    short = CaseTerms(rating=1)
    assert next_act(case(at(10, 10)), (FIRST,), short, OFFICIAL, OPENED + timedelta(hours=1)) is None


def test_residents_are_not_asked_at_night_even_of_danger() -> None:
    asked = at(10, 10, 2)
    waits = case(at(10, 9, 14), "explained", kind="urgent", asked=asked)
    steps = (FIRST, step(2, "received", "explained", None, asked))
    assert next_act(waits, steps, TERMS, OFFICIAL, asked + timedelta(days=3)) is None
    assert next_act(waits, steps, TERMS, OFFICIAL, asked + timedelta(days=3, hours=7)) == ASKED_AGAIN


@pytest.mark.parametrize("state", ["received", "appealed"])
def test_nothing_goes_higher_than_the_district_which_is_urged_until_it_acts(state: str) -> None:
    """Wednesday evening is two working days after the Monday on which it was urged."""
    waits = case(at(10, 15), state, tier=3)
    steps = (FIRST, step(2, "received", "appealed", None, OPENED)) if state == "appealed" else (FIRST,)
    assert next_act(waits, steps, TERMS, OFFICIAL, at(11, 20, 12)) == URGED
    urged = (*steps, step(3, state, state, "urged", at(11, 16, 9)))
    assert next_act(waits, urged, TERMS, OFFICIAL, at(11, 18, 18)) is None
    assert next_act(waits, urged, TERMS, OFFICIAL, at(11, 18, 18, 1)) == URGED
    assert next_act(waits, urged, TERMS, OFFICIAL, at(11, 18, 23)) is None


def test_danger_that_nobody_cares_for_is_urged_again_by_day_alone() -> None:
    waits = case(at(10, 9, 14), kind="urgent", tier=3)
    urged = (FIRST, step(2, "received", "received", "urged", at(10, 9, 17)))
    assert next_act(waits, urged, TERMS, OFFICIAL, at(10, 9, 21)) is None
    assert next_act(waits, urged, TERMS, OFFICIAL, at(10, 10, 9)) == URGED


@pytest.mark.parametrize(
    ("state", "tier", "expected"),
    [("received", 1, WITHDRAWN), ("half_fixed", 2, WITHDRAWN), ("received", 3, None), ("appealed", 1, None)],
)
def test_of_a_centre_that_is_gone_nobody_but_the_district_has_a_case(
    state: str, tier: int, expected: str | None
) -> None:
    held, steps = case(at(10, 15), state, tier=tier), (FIRST, step(2, "received", state, None, OPENED))
    assert next_act(held, steps, TERMS, OFFICIAL, at(10, 10, 12), is_listed=False) == expected
    assert next_act(held, steps, TERMS, OFFICIAL, at(10, 10, 23), is_listed=False) is None
    assert next_act(held, steps, TERMS, OFFICIAL, at(10, 10, 12)) is None


def test_an_appeal_is_urged_and_does_not_go_up() -> None:
    appealed = (FIRST, step(2, "received", "appealed", None, OPENED))
    assert next_act(case(at(10, 15), "appealed"), appealed, TERMS, OFFICIAL, at(11, 20, 12)) == URGED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(10, 9, 12, 59), None),
        (at(10, 9, 13), REMINDED),
        (at(10, 9, 14, 1), URGED),
        (at(10, 9, 18, 1), ESCALATED),
        (at(10, 10, 3), ESCALATED),  # danger is said at night as well
    ],
)
def test_danger_has_hours(now: datetime, expected: str | None) -> None:
    assert next_act(case(at(10, 9, 14), kind="urgent"), (FIRST,), TERMS, OFFICIAL, now) == expected


@pytest.mark.parametrize(
    ("days", "again", "expected"),
    [(2, False, None), (3, False, ASKED_AGAIN), (4, True, None), (7, True, "close"), (7, False, "close")],
)
def test_a_verdict_is_waited_for_with_one_reminder(days: int, again: bool, expected: str | None) -> None:
    asked = at(10, 12, 10)
    steps = [FIRST, step(2, "received", "explained", None, asked)]
    if again:
        steps.append(step(3, "explained", "explained", "asked_again", asked + timedelta(days=3)))
    waits = case(at(10, 15), "explained", asked=asked)
    assert next_act(waits, steps, TERMS, OFFICIAL, asked + timedelta(days=days)) == expected


def test_what_is_over_is_left_alone_and_so_is_what_nobody_was_asked_about() -> None:
    for state in ("closed", "closed_provisionally", "explained"):
        assert next_act(case(at(10, 15), state), (FIRST,), TERMS, OFFICIAL, at(12, 1, 12)) is None


def test_time_begins_anew_where_the_case_comes_to_somebody_else_or_back() -> None:
    later, more = OPENED + timedelta(days=3), step(2, "received", "received", "extended:3", OPENED)
    assert clock_of([FIRST, more]).more == 3
    for was, became, because in (
        ("explained", "reopened", None), ("explained", "half_fixed", None), ("received", "appealed", None),
        ("appealed", "in_progress", "refused"), ("received", "received", "escalated"),
    ):  # fmt: skip
        clock = clock_of([FIRST, more, step(3, was, became, because, later)])
        assert (clock.began_at, clock.number, clock.more) == (later, 3, 0)
    assert clock_of([FIRST, step(2, "received", "accepted", None, later)]).began_at == OPENED
    assert due_at("rating", OPENED, TERMS, OFFICIAL, SHANGHAI, more=3) == at(10, 20)
    assert at(10, 20).time() == DAY_ENDS


def test_a_case_without_a_step_is_a_mistake() -> None:
    with pytest.raises(LookupError):
        clock_of([])
