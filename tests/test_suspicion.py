"""Which ratings look made up: honest days, however busy, are let be, and cheating ones are found."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.suspicion import (
    DAY,
    HOUR,
    RULES,
    Given,
    en_bloc,
    from_one_device,
    in_a_burst,
    most_in,
    usual_of,
)
from messages.calendar import SHANGHAI

OPENS = datetime(2026, 11, 28, 8, 30, tzinfo=SHANGHAI)
SEEDS = range(200)
SECOND = timedelta(seconds=1)


def bought(seed: int, ratings: int, hours: float) -> list[Given]:
    """So many ratings within so many hours, at any time of them."""
    chance = Random(seed)
    return rated(OPENS + timedelta(hours=chance.uniform(0, hours)) for _ in range(ratings))


def honest(seed: int, ratings: int) -> list[Given]:
    """So many in the opening hours, twice as likely in the hour before noon as in any other."""
    chance = Random(seed)
    ends = [(2.5, 3.5) if chance.random() < 1 / 8 else (0.0, 8.0) for _ in range(ratings)]
    return rated(OPENS + timedelta(hours=chance.uniform(*each)) for each in ends)


def rated(moments: Iterable[datetime]) -> list[Given]:
    return [Given(str(number), str(number), at) for number, at in enumerate(sorted(moments))]


@pytest.mark.parametrize("usual", [10.0, 15.0, 25.0])
def test_a_market_day_of_a_busy_centre_is_honest(usual: float) -> None:
    """60 ratings, of which a centre usually has 10 or more a day."""
    assert [seed for seed in SEEDS if in_a_burst(honest(seed, 60), usual)] == []


def test_an_ordinary_day_is_honest_wherever_it_is() -> None:
    for usual, ratings in ((0.0, 5), (0.1, 12), (1.0, 15), (4.0, 25), (20.0, 45), (60.0, 110)):
        assert [seed for seed in SEEDS if in_a_burst(honest(seed, ratings), usual)] == [], usual


@pytest.mark.parametrize(
    ("usual", "ratings", "hours"), [(0.5, 25, 0.9), (0.5, 45, 8), (10, 90, 8), (10, 40, 1)]
)
def test_a_bought_day_is_a_burst(usual: float, ratings: int, hours: float) -> None:
    caught = [in_a_burst(bought(seed, ratings, hours), usual) for seed in SEEDS]
    assert all(len(found) > ratings / 2 for found in caught)


def test_what_came_before_a_burst_and_after_it_is_let_be() -> None:
    before = Given("before", "a", OPENS - DAY - 2 * HOUR)
    after = Given("after", "b", OPENS + 2 * DAY)
    at_once = [Given(str(each), str(each), OPENS + each * SECOND) for each in range(31)]
    assert in_a_burst([before, *at_once, after], 1.0) == {each.id for each in at_once}


def test_what_is_allowed_for_grows_with_what_is_usual() -> None:
    assert most_in(DAY, 0) == RULES.least_day
    assert most_in(HOUR, 0) == RULES.least_hour
    assert most_in(DAY, 25) == 100 + 5 * 10
    assert most_in(HOUR, 25) == 25 + 5 * 5
    assert usual_of(28, 56) == 0.5
    assert usual_of(14, 0) == usual_of(14, 7) == 2


def calls(people: int, *, each_s: float, times: int = 1) -> list[Given]:
    """`people` rate one after the other from one device, each so many times."""
    return [
        Given(f"{who}.{time}", str(who), OPENS + (who * times + time) * each_s * SECOND)
        for who in range(people)
        for time in range(times)
    ]


def test_a_household_behind_one_address_is_let_be() -> None:
    assert not from_one_device(calls(RULES.device_most, each_s=60))
    assert not from_one_device(calls(1, each_s=60, times=20))


def test_neighbours_with_the_same_phone_behind_one_address_are_let_be() -> None:
    """A block behind a carrier's NAT: one of its phones of a make rates every quarter of an hour."""
    assert not from_one_device(calls(40, each_s=15 * 60))


def test_many_conversations_of_one_device_are_flagged_all_of_them() -> None:
    many = calls(RULES.device_most + 1, each_s=30)
    assert from_one_device(many) == {each.id for each in many}
    slow = calls(30, each_s=5 * 60)
    assert from_one_device(slow) == {each.id for each in slow}


def test_a_class_that_rates_on_its_way_home_is_honest() -> None:
    """Linli asks half an hour after the end; the check-in was before the class."""
    chance = Random(1)
    waits = [(str(each), timedelta(minutes=120 + chance.expovariate(1 / 20))) for each in range(30)]
    assert not en_bloc(waits)


def test_a_class_whose_list_is_kept_afterwards_is_honest() -> None:
    """Checked in together, when all is over; asked within five minutes, and answered when they see it."""
    for seed in SEEDS:
        chance = Random(seed)
        asked = chance.uniform(60, 300)
        waits = [(str(each), (asked + chance.expovariate(1 / 600)) * SECOND) for each in range(30)]
        assert not en_bloc(waits)


def test_ratings_in_one_go_at_the_check_in_are_flagged_and_no_others() -> None:
    quick = [(str(each), each * 9 * SECOND) for each in range(7)]
    assert en_bloc([*quick, ("later", timedelta(hours=2))]) == {each for each, _ in quick}
    assert not en_bloc(quick[: RULES.at_once_least - 1])
    assert not en_bloc((str(each), -SECOND) for each in range(9))


MOMENTS = st.lists(st.tuples(st.integers(0, 3 * 86_400), st.integers(0, 9)), max_size=80).map(sorted)


@given(MOMENTS, st.floats(0, 50))
def test_the_spans_are_those_that_looking_at_each_finds(
    moments: Sequence[tuple[int, int]], usual: float
) -> None:
    listed = [Given(str(number), str(who), OPENS + at * SECOND) for number, (at, who) in enumerate(moments)]
    burst, device = set[str](), set[str]()
    for first in listed:
        for length in (HOUR, DAY):
            span = [each for each in listed if first.at <= each.at <= first.at + length]
            if len(span) > most_in(length, usual):
                burst |= {each.id for each in span}
        span = [each for each in listed if first.at <= each.at <= first.at + RULES.device_within]
        if len({each.who for each in span}) > RULES.device_most:
            device |= {each.id for each in span}
    assert in_a_burst(listed, usual) == burst
    assert from_one_device(listed) == device
