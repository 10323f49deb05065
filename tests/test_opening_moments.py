"""Open at this moment, until when, and when again: minute by minute what the days say."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.opening import Closure, Moment, at_moment, is_open_at, plan_day
from messages.calendar import SHANGHAI
from messages.hours import parse_hours
from tests.calendars import OFFICIAL
from tests.hours_cases import OTHERS, SAMPLE
from tests.test_opening_days import CLOSES, HALL, SHORTER, WEEK

TYPHOON = Closure(date(2026, 11, 26), date(2026, 11, 27), None, "台风")


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def moment(text: str, at: str, *closures: Closure) -> Moment:
    return at_moment(parse_hours(text), shanghai(at), OFFICIAL, closures=closures)


@pytest.mark.parametrize(
    ("text", "at", "is_open", "closes", "opens"),
    [
        (HALL, "2026-11-25T09:00", True, "2026-11-25T12:00", "2026-11-25T14:30"),
        (HALL, "2026-11-25T08:29:59", False, None, "2026-11-25T08:30"),
        (HALL, "2026-11-25T08:30", True, "2026-11-25T12:00", "2026-11-25T14:30"),
        (HALL, "2026-11-25T12:00", False, None, "2026-11-25T14:30"),
        (HALL, "2026-11-27T18:00", False, None, "2026-11-30T08:30"),
        (HALL, "2026-09-30T18:00", False, None, "2026-10-08T08:30"),
        (HALL, "2026-10-10T09:30", True, "2026-10-10T12:00", "2026-10-10T14:30"),
        (WEEK, "2026-10-01T09:00", None, None, "2026-10-08T08:00"),
        (WEEK, "2026-10-01T19:00", False, None, "2026-10-08T08:00"),
        (WEEK, "2026-10-10T09:00", False, None, "2026-10-12T08:00"),
        (CLOSES, "2026-09-30T09:00", True, "2026-09-30T12:00", "2026-09-30T14:30"),
        (SHORTER, "2026-10-01T17:30", False, None, "2026-10-02T09:00"),
        ("24小时", "2026-11-25T09:00", True, None, None),
        ("暂停开放", "2026-11-25T09:00", False, None, None),
        ("周五、周六 18:00-次日2:00", "2026-11-28T01:00", True, "2026-11-28T02:00", "2026-11-28T18:00"),
        ("周五、周六 18:00-次日2:00", "2026-11-29T01:59", True, "2026-11-29T02:00", "2026-12-04T18:00"),
        ("周五、周六 18:00-次日2:00", "2026-11-27T01:00", False, None, "2026-11-27T18:00"),
        (
            "周五 18:00-24:00；周六 0:00-3:00",
            "2026-11-27T20:00",
            True,
            "2026-11-28T03:00",
            "2026-12-04T18:00",
        ),
        ("周三至周五 全天", "2026-11-25T12:00", True, "2026-11-28T00:00", "2026-12-02T00:00"),
        ("每天 8:00-12:00；2026-11-20至2026-12-20休息", "2026-11-25T09:00", False, None, "2026-12-21T08:00"),
        ("每天 8:00-12:00；2026-11-20至2027-11-20休息", "2026-11-25T09:00", False, None, None),
    ],
)
def test_a_moment_tells_until_when_and_when_again(
    text: str, at: str, is_open: bool | None, closes: str | None, opens: str | None
) -> None:
    found = moment(text, at)
    assert (found.is_open, found.closes_at, found.opens_at) == (
        is_open,
        shanghai(closes) if closes else None,
        shanghai(opens) if opens else None,
    )
    assert not found.is_opening_unconfirmed


def test_only_when_nothing_is_sure_an_unconfirmed_opening_is_told_and_marked() -> None:
    found = moment("2026-10-01至2026-10-07 周一至周五 9:00-12:00", "2026-09-20T09:00")
    assert (found.opens_at, found.is_opening_unconfirmed) == (shanghai("2026-10-01T09:00"), True)


def test_an_exception_is_found_on_the_way() -> None:
    found = moment("24小时", "2026-11-25T09:00", TYPHOON)
    assert (found.closes_at, found.opens_at) == (shanghai("2026-11-26T00:00"), shanghai("2026-11-28T00:00"))
    assert moment("每天 9:00-10:00", "2026-11-25T12:00", TYPHOON).opens_at == shanghai("2026-11-28T09:00")


def test_open_without_end_even_though_days_are_looked_at_one_by_one() -> None:
    past = Closure(date(2026, 1, 1), date(2026, 1, 2), None, "")
    found = moment("24小时", "2026-11-25T09:00", past)
    assert (found.is_open, found.closes_at, found.opens_at) == (True, None, None)


def test_the_zone_of_the_question_does_not_matter_but_it_must_have_one() -> None:
    here = shanghai("2026-11-25T09:00")
    assert at_moment(parse_hours(HALL), here.astimezone(UTC), OFFICIAL) == moment(HALL, "2026-11-25T09:00")
    with pytest.raises(ValueError, match="aware"):
        at_moment(parse_hours(HALL), here.replace(tzinfo=None), OFFICIAL)


TEXTS = st.sampled_from([*SAMPLE, *OTHERS]).map(parse_hours)
INSTANTS = st.datetimes(datetime(2024, 1, 2), datetime(2027, 12, 31)).map(
    lambda at: at.replace(tzinfo=SHANGHAI)
)
CLOSURES = st.lists(
    st.builds(
        lambda first, days, hours: Closure(first, first + timedelta(days=days), hours, "?"),
        st.dates(date(2024, 1, 1), date(2027, 12, 1)),
        st.integers(0, 40),
        st.none() | st.just(parse_hours("20:00-次日3:00")),
    ),
    max_size=2,
)


@pytest.mark.no_cover
@given(TEXTS, INSTANTS, CLOSURES, st.none() | TEXTS)
@settings(max_examples=600, deadline=None)
def test_a_moment_says_minute_by_minute_what_its_days_say(hours, at, closures, centre) -> None:  # type: ignore[no-untyped-def]
    found = at_moment(hours, at, OFFICIAL, closures=closures, centre_hours=centre)
    state = open_by_days(hours, at, closures, centre)
    assert found.is_open is state
    assert is_open_at(hours, at, OFFICIAL, closures=closures, centre_hours=centre) is (state is True)
    minute = at.replace(second=0, microsecond=0)
    if found.closes_at is not None:
        assert found.closes_at > at
        for ahead in range(int((found.closes_at - minute) / timedelta(minutes=1))):
            if ahead % 7 == 0 or minute + timedelta(minutes=ahead + 8) > found.closes_at:
                assert open_by_days(hours, minute + timedelta(minutes=ahead), closures, centre) is True
        assert open_by_days(hours, found.closes_at, closures, centre) is not True
    if found.opens_at is not None:
        assert found.opens_at > minute
        expected = None if found.is_opening_unconfirmed else True
        assert open_by_days(hours, found.opens_at, closures, centre) is expected


def open_by_days(hours, at, closures, centre) -> bool | None:  # type: ignore[no-untyped-def]
    """Open at `at` by the plans of that day and the day before, looked at without any search."""
    states = set()
    for back in (0, 1):
        on = at.date() - timedelta(days=back)
        plan = plan_day(hours, on, OFFICIAL, closures=closures, centre_hours=centre)
        minute = at.hour * 60 + at.minute + back * 1440
        states |= {plan.certainty for span in plan.spans if span.start <= minute < span.end}
    return True if "sure" in states else None if states else False


@pytest.mark.no_cover
@given(TEXTS, INSTANTS)
@settings(max_examples=150, deadline=None)
def test_nothing_opens_for_sure_before_the_next_opening(hours, at) -> None:  # type: ignore[no-untyped-def]
    found = at_moment(hours, at, OFFICIAL)
    if found.is_open is not False or found.opens_at is None or found.is_opening_unconfirmed:
        return
    here = at.replace(second=0, microsecond=0)
    while here < found.opens_at:
        assert open_by_days(hours, here, (), None) is not True
        here += timedelta(minutes=5)
