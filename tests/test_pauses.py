"""The rule of pauses over dates, and the question whether somebody who is paused may book."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.may_book import Case, may_book
from handlers.participants import Person
from handlers.pauses import Missed, MissTerms, Pause, counting, pause_of
from handlers.planning import as_session
from handlers.sessions import PlannedSession
from messages.booking_rules import read_rules
from messages.directory import Activity, Category
from tests.booking_rows import NOW, SHANGHAI, STARTS

TERMS = MissTerms(misses=3, days=60, pause=14)
FIRST = date(2026, 11, 1)


def missed(*days: int) -> list[Missed]:
    """Misses so many days after the first of November."""
    return [Missed(FIRST + timedelta(days=day), "FZ-01") for day in days]


def pause(days: list[Missed], on: int, terms: MissTerms = TERMS) -> date | None:
    found = pause_of(days, terms, FIRST + timedelta(days=on))
    return found.again_on if found else None


def test_three_misses_within_sixty_days_bring_a_pause_of_fourteen() -> None:
    days = missed(0, 20, 59)
    assert pause(missed(0, 20), 20) is None
    assert pause(days, 60) == FIRST + timedelta(days=74)
    assert pause(days, 73) == FIRST + timedelta(days=74)
    assert pause(days, 74) is None


def test_three_misses_over_a_longer_time_bring_none() -> None:
    assert pause(missed(0, 20, 60), 60) is None
    assert pause(missed(0, 20, 60, 70), 71) == FIRST + timedelta(days=85)


def test_misses_that_brought_a_pause_are_done_with() -> None:
    assert pause(missed(0, 1, 2, 20), 21) is None
    assert pause(missed(0, 1, 2, 20, 21), 21) is None
    assert pause(missed(0, 1, 2, 20, 21, 22), 23) == FIRST + timedelta(days=37)


def test_the_order_in_which_misses_are_told_makes_no_difference() -> None:
    assert pause(missed(59, 0, 20), 60) == pause(missed(0, 20, 59), 60)


def test_zero_switches_the_policy_off() -> None:
    """The control: with one miss allowed the same days bring a pause."""
    assert pause(missed(0, 1, 2, 3), 4, MissTerms(misses=0)) is None
    assert pause(missed(0), 1, MissTerms(misses=1)) == FIRST + timedelta(days=15)


@given(st.lists(st.integers(0, 400), max_size=12), st.integers(0, 420))
def test_a_pause_names_as_many_misses_as_it_takes_and_they_lie_within_the_time(
    days: list[int], on: int
) -> None:
    found = pause_of(missed(*days), TERMS, FIRST + timedelta(days=on))
    if found:
        assert len(found.missed) == TERMS.misses
        assert found.missed[-1].on - found.missed[0].on < timedelta(days=TERMS.days)
        assert found.again_on == found.missed[-1].on + timedelta(days=TERMS.pause + 1)
    together = counting(missed(*days), TERMS)
    assert len(together) == len(days)
    assert all(1 <= len(each) <= TERMS.misses for each in together)


ACTIVITY = Activity(
    id="FZ-A1", centre_id="FZ-01", name="a", category=Category.CULTURE, time_text="每周六 9:00-10:00",
    starts_on=FIRST, ends_on=date(2026, 12, 31), places=2, audience="不限", fee=None, room=None, teacher=None,
    opens_text="随时", cancel_text="开课前1小时可取消", note=None, updated_on=FIRST,
)  # fmt: skip
SESSION = as_session(
    PlannedSession(
        "s", "FZ-A1", "FZ-01", STARTS.date(), STARTS.date(), STARTS, STARTS + timedelta(hours=1), (), 2, False
    )
)
PAUSE = Pause(tuple(missed(0, 20, 23)), date(2026, 12, 9))


@pytest.mark.parametrize(("who", "reason"), [("one", "paused"), ("two", None)])
def test_the_one_who_is_paused_is_named_and_the_others_may_book(who: str, reason: str | None) -> None:
    people = [Person("mother", "adult", who), Person("father", "adult")]
    no = may_book(Case(read_rules(ACTIVITY), SESSION, people, NOW, pauses={"one": PAUSE}))
    assert (no.reason if no else None) == reason
    if no:
        assert no.who == people[0]
        assert no.at == datetime(2026, 12, 9, tzinfo=SHANGHAI)
        assert no.pause == PAUSE
