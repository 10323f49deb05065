"""Keys sort by the time they were made and do not repeat."""

from datetime import UTC, datetime

import pytest

from bot.clock import fixed_clock, system_clock
from bot.ids import new_id
from messages.calendar import SHANGHAI


def test_keys_are_version_7_of_the_rfc() -> None:
    for _ in range(1_000):
        key = new_id()
        assert key.version == 7
        assert key.variant == "specified in RFC 4122"


def test_keys_carry_the_milliseconds_at_which_they_were_made() -> None:
    before = int(system_clock().timestamp() * 1000)
    made = new_id().int >> 80
    assert before <= made <= int(system_clock().timestamp() * 1000)


def test_keys_do_not_repeat() -> None:
    assert len({new_id() for _ in range(10_000)}) == 10_000


def test_keys_of_later_milliseconds_sort_after_those_of_earlier_ones() -> None:
    first = new_id()
    later = next(key for key in iter(new_id, None) if key.int >> 80 > first.int >> 80)
    assert str(first) < str(later)
    assert first < later


def test_keys_of_one_millisecond_sort_as_they_were_made_too() -> None:
    made = [new_id() for _ in range(10_000)]
    assert made == sorted(made)
    assert len({key.int >> 80 for key in made}) < len(made)


def test_the_clock_gives_aware_times_of_shanghai() -> None:
    assert system_clock().tzinfo is SHANGHAI


def test_a_fixed_clock_stands_still() -> None:
    now = datetime(2026, 2, 14, 9, 0, tzinfo=UTC)
    clock = fixed_clock(now)
    assert clock() == clock() == now


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        fixed_clock(datetime(2026, 2, 14, 9, 0))
