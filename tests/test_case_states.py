"""The table of a case's states, walked as a whole: every case ends with the resident's word or in silence."""

from collections.abc import Iterator
from itertools import product

import pytest

from handlers.case_states import ANSWERED, ENDED, TABLE, VERDICTS, Mover, State, may_move, next_tier

WORK = {State.RECEIVED, State.ACCEPTED, State.IN_PROGRESS, State.REOPENED, State.HALF_FIXED}
# Written out a second time, so that a slip in the table is noticed.
ALLOWED = {
    ("received", "owner"): "accepted in_progress explained rectified duplicate appealed",
    ("accepted", "owner"): "in_progress explained rectified duplicate appealed",
    ("in_progress", "owner"): "explained rectified duplicate appealed",
    ("half_fixed", "owner"): "in_progress explained rectified",
    ("reopened", "owner"): "accepted in_progress explained rectified",
    ("appealed", "district"): "explained in_progress",
    **dict.fromkeys(
        ((state, "linli") for state in ("explained", "rectified", "duplicate")), "closed_provisionally"
    ),
    **dict.fromkeys(
        (
            (state, "resident")
            for state in ("received", "accepted", "in_progress", "half_fixed", "reopened", "appealed")
        ),
        "closed",
    ),
    **dict.fromkeys(
        ((state, "resident") for state in ("explained", "rectified", "duplicate", "closed_provisionally")),
        "closed half_fixed reopened",
    ),
}  # fmt: skip


def moves() -> Iterator[tuple[State, State, Mover]]:
    for was, targets in TABLE.items():
        for becomes, mover in targets.items():
            yield was, becomes, mover


@pytest.mark.parametrize(("was", "becomes", "mover"), list(product(State, State, Mover)))
def test_a_move_is_made_by_whom_the_table_says_and_nobody_else(
    was: State, becomes: State, mover: Mover
) -> None:
    assert may_move(was, becomes, mover) is (becomes in ALLOWED.get((was, mover), "").split())


def test_every_state_stands_in_the_table() -> None:
    assert set(TABLE) == set(State)
    assert ANSWERED | ENDED | WORK | {State.APPEALED} == set(State)


def test_nobody_but_the_resident_closes() -> None:
    assert {mover for _, becomes, mover in moves() if becomes is State.CLOSED} == {Mover.RESIDENT}


def test_silence_closes_what_was_answered_and_nothing_else() -> None:
    quiet = {(was, mover) for was, becomes, mover in moves() if becomes is State.CLOSED_PROVISIONALLY}
    assert quiet == {(state, Mover.LINLI) for state in ANSWERED}
    assert {becomes for _, becomes, mover in moves() if mover is Mover.LINLI} == {State.CLOSED_PROVISIONALLY}


@pytest.mark.parametrize("state", State)
def test_from_everywhere_a_case_comes_to_a_verdict_or_to_silence(state: State) -> None:
    """Without the resident saying a word as well: by those whose turn it is, and then by Linli."""
    reached, todo = {state}, [state]
    while todo:
        here = todo.pop()
        without = [to for to, mover in TABLE[here].items() if mover is not Mover.RESIDENT]
        todo += [to for to in without if to not in reached]
        reached |= set(without)
    assert reached & ENDED
    if state is not State.CLOSED:
        assert TABLE[state].get(State.CLOSED) is Mover.RESIDENT


def test_every_walk_without_a_repetition_ends_with_the_resident_or_in_silence() -> None:
    ends: set[tuple[State, Mover | None]] = set()

    def walk(here: State, seen: frozenset[State], by: Mover | None) -> None:
        onward = [(to, mover) for to, mover in TABLE[here].items() if to not in seen]
        if here in ENDED:
            ends.add((here, by))
        for to, mover in onward:
            walk(to, seen | {to}, mover)
        assert onward or here in ENDED or TABLE[here]

    walk(State.RECEIVED, frozenset((State.RECEIVED,)), None)
    assert ends == {(State.CLOSED, Mover.RESIDENT), (State.CLOSED_PROVISIONALLY, Mover.LINLI)}


def test_whoever_was_complained_of_never_decides_about_an_appeal() -> None:
    assert {mover for was, _, mover in moves() if was is State.APPEALED} == {Mover.DISTRICT, Mover.RESIDENT}


def test_a_verdict_is_one_of_three_and_only_of_what_was_answered() -> None:
    assert set(VERDICTS) == {"solved", "partly", "not"}
    for verdict in (State.HALF_FIXED, State.REOPENED):
        assert {was for was, to, _ in moves() if to is verdict} == ANSWERED | {State.CLOSED_PROVISIONALLY}


def test_what_is_reopened_goes_up_and_no_higher_than_the_district() -> None:
    assert [next_tier(tier) for tier in (1, 2, 3)] == [2, 3, 3]
