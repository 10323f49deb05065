"""Whose turn it is in the line, how long an offer stands, and what can be said of chances."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.line import chance, next_served, offer_until
from handlers.night import NIGHT_BEGINS, NIGHT_ENDS
from storage.bookings import Booking
from tests.booking_rows import NOW, SHANGHAI

BOUND = 3


def party(name: str, size: int, passed: int = 0, number: int = 1) -> Booking:
    return Booking(
        name, name, "s", name, size, "waiting", None, number, passed, "family", None, NOW,
        None, None, None, None, 0,
    )  # fmt: skip


def at(clock: str, day: int = 25) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("free", "line", "served", "passed"),
    [
        (1, [("a", 1, 0), ("b", 1, 0)], "a", {}),
        (2, [("a", 1, 0), ("b", 1, 0)], "ab", {}),
        (1, [("big", 2, 0), ("b", 1, 0)], "b", {"big": 1}),
        (1, [("big", 2, 2), ("b", 1, 0)], "b", {"big": 1}),
        (1, [("big", 2, 3), ("b", 1, 0)], "", {}),
        (3, [("big", 4, 2), ("b", 1, 0), ("c", 1, 0)], "b", {"big": 1}),
        (3, [("big", 4, 0), ("b", 1, 0), ("c", 2, 0)], "bc", {"big": 2}),
        (0, [("a", 1, 0)], "", {}),
        (5, [], "", {}),
    ],
)
def test_places_go_in_order_to_whole_families(
    free: int, line: list[tuple[str, int, int]], served: str, passed: dict[str, int]
) -> None:
    found = next_served(free, [party(*each) for each in line], BOUND, 9)
    assert "".join(each.id for each in found.parties) == served
    assert found.passed == passed


def test_nothing_is_kept_for_a_family_that_is_more_than_all_places() -> None:
    line = [party("huge", 5, BOUND), party("b", 1)]
    assert [each.id for each in next_served(1, line, BOUND, 4).parties] == ["b"]
    assert next_served(1, line, BOUND, 5).parties == ()


@given(
    st.integers(0, 6),
    st.lists(st.tuples(st.integers(1, 4), st.integers(0, BOUND)), max_size=8),
)
def test_nobody_is_passed_over_beyond_the_bound_and_nothing_is_given_twice(
    free: int, sizes: list[tuple[int, int]]
) -> None:
    line = [party(str(n), size, passed) for n, (size, passed) in enumerate(sizes)]
    found = next_served(free, line, BOUND, 6)
    assert sum(each.size for each in found.parties) <= free
    for each in line:
        assert each.passed_over + found.passed.get(each.id, 0) <= max(BOUND, each.passed_over)
    if line and line[0].size <= free:
        assert found.parties[0] is line[0]


@pytest.mark.parametrize(
    ("now", "starts", "until"),
    [
        (at("9:00"), at("9:00", 30), at("21:00")),  # twelve hours
        (at("15:00"), at("9:00", 30), at("8:30", 26)),  # would end at night: the next morning
        (at("23:00"), at("9:00", 30), at("11:00", 26)),
        (at("9:00"), at("13:00"), at("10:00")),  # a quarter of what is left
        (at("9:00"), at("9:50"), at("9:30")),  # half an hour at least
        (at("9:00"), at("9:20"), at("9:20")),  # the start at the latest
        (at("20:00"), at("7:00", 26), at("21:00")),  # the morning is too late: the evening before
        (at("22:00"), at("7:00", 26), at("7:00", 26)),  # nobody can be asked in time: it stands till then
        (at("2:00"), at("9:00"), at("8:30")),
    ],
)
def test_an_offer_stands_for_a_fair_time(now: datetime, starts: datetime, until: datetime) -> None:
    assert offer_until(now, starts, timedelta(hours=12)) == until


@given(st.integers(0, 2_000), st.integers(1, 20_000), st.integers(1, 48))
def test_no_offer_ends_at_night_unless_it_begins_then(minute: int, ahead: int, hours: int) -> None:
    now = at("0:00") + timedelta(minutes=minute)
    starts = now + timedelta(minutes=ahead)
    until = offer_until(now, starts, timedelta(hours=hours))
    assert now < until <= starts
    assert until == starts or NIGHT_ENDS <= until.time() <= NIGHT_BEGINS


def test_chances_are_told_only_where_enough_is_known() -> None:
    assert chance([3, 0, 5, 1, 0, 2, 4], 3) is None
    assert chance([3, 0, 5, 1, 0, 2, 4, 3], 3) == 50
    assert chance([0] * 8, 1) == 0
