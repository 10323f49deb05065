"""The targets of `make fuzz` without atheris: their seeds, what lies near them, a bug that must be found."""

import json

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from bot.channels.telegram.updates import update_in
from bot.logs import set_up_logs
from tests.fuzz import CONTROL, NAMES, target_of
from tests.fuzz.harness import Target
from tests.odd_requests import near
from tests.telegram_odd import recorded
from tests.test_wechat_gate import ENVELOPE
from tests.wechat_odd import RECORDED


@pytest.fixture(autouse=True)
def quiet(logs: None) -> None:
    """What cannot be read is told in a line each."""
    set_up_logs("critical")


def fails(target: Target, data: bytes) -> bool:
    try:
        target.take(data)
    except Exception:  # what nobody may raise
        return True
    return False


@pytest.mark.parametrize("name", NAMES)
def test_what_really_comes_and_what_somebody_may_try_is_read_or_refused(name: str) -> None:
    target = target_of(name)
    for seed in target.seeds:
        target.take(seed)


@pytest.mark.parametrize("name", NAMES)
def test_what_lies_near_is_read_or_refused(name: str) -> None:
    target = target_of(name)

    @settings(max_examples=200, deadline=None)
    @given(near(target.seeds) | st.binary(max_size=200))
    def play(data: bytes) -> None:
        target.take(data)

    play()


def test_a_planted_bug_is_found_near_what_is_read() -> None:
    control = target_of(CONTROL)
    assert not any(fails(control, seed) for seed in control.seeds)
    assert find(near(control.seeds), lambda data: fails(control, data))


def test_nothing_is_found_in_a_target_that_refuses_as_it_may() -> None:
    control = target_of(CONTROL)
    refusing = Target(control.feed, control.seeds, (ValueError,))
    with pytest.raises(NoSuchExample):
        find(near(refusing.seeds), lambda data: fails(refusing, data), settings=settings(max_examples=300))


def test_what_really_comes_is_not_refused() -> None:
    target = target_of("wechat_xml")
    refused = [push for push in RECORDED if not target.take(push)]
    assert refused == [ENVELOPE]  # which says no sender
    assert all(update_in(json.dumps(raw).encode()) for raw in recorded())
