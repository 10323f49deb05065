"""Sentences with the times in them, as people of all ages say them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.calendar_import import TERMS_FILE, read_calendar_file, seed_days
from messages.calendar import Calendar
from messages.understand.time import TimeGrammar
from tests.time_cases import NOW, Case, cases

CASES = [*cases("time_cases.yaml"), *cases("time_heldout.yaml")]


@pytest.fixture(scope="module")
def grammar() -> TimeGrammar:
    return TimeGrammar.load()


@pytest.fixture(scope="module")
def calendar() -> Calendar:
    years, days = seed_days()
    return Calendar(days, years, read_calendar_file(TERMS_FILE).terms)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.said)
def test_a_sentence_means_these_times(case: Case, grammar: TimeGrammar, calendar: Calendar) -> None:
    assert case.times(grammar, calendar) == case.expected


def test_the_checker_notices_a_wrong_date(grammar: TimeGrammar, calendar: Calendar) -> None:
    case = next(case for case in CASES if case.said == "明天四点")
    assert replace(case, now=case.now + timedelta(days=1)).times(grammar, calendar) != case.expected


def test_the_checker_notices_a_wrong_hour_and_a_missing_name(
    grammar: TimeGrammar, calendar: Calendar
) -> None:
    afternoon = next(case for case in CASES if case.said == "九点" and case.opens)
    assert replace(afternoon, opens=None).times(grammar, calendar) != afternoon.expected
    named = next(case for case in CASES if case.said == "周末剧场在哪里")
    assert replace(named, names=()).times(grammar, calendar) != named.expected


def test_no_sentence_stands_in_the_files_twice_under_the_same_conditions() -> None:
    known = [(case.said, case.now, case.opens, case.past_ok, case.names) for case in CASES]
    assert len(known) == len(set(known))


def test_the_grain_tells_the_kinds_of_time_apart(grammar: TimeGrammar, calendar: Calendar) -> None:
    for said, grain in GRAINS.items():
        assert [time.grain for time in grammar.parse(said, NOW, calendar)] == [grain]


GRAINS = {
    "现在": "now",
    "三点": "clock",
    "两小时后": "clock",
    "明天": "day",
    "周末": "range",
    "国庆": "range",
    "每周二": "week",
    "下周": "week",
    "下个月": "month",
    "明年": "year",
}
