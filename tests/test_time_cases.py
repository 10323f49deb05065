"""Sentences with the times in them, as people of all ages say them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml

from handlers.calendar_import import TERMS_FILE, read_calendar_file, seed_days
from messages.calendar import Calendar
from messages.understand.time import TimeExpr, TimeGrammar

HERE = Path(__file__).parent
NOW = datetime(2026, 9, 16, 10, 20, tzinfo=timezone(timedelta(hours=8)))


@dataclass(frozen=True, slots=True)
class Case:
    """A sentence, what was known when it was said, and its times in the notation of the files."""

    said: str
    expected: str
    now: datetime
    opens: int | None
    past_ok: bool
    names: tuple[str, ...]

    def times(self, grammar: TimeGrammar, calendar: Calendar) -> str:
        spans = [(self.said.find(name), self.said.find(name) + len(name)) for name in self.names]
        spans = [span for span in spans if span[0] >= 0]
        found = grammar.parse(
            self.said, self.now, calendar, opens=self.opens, names=spans, past_ok=self.past_ok
        )
        return " ; ".join(map(written, found)) or "-"


def written(time: TimeExpr) -> str:
    """A time in the notation of the case files."""
    parts: list[str] = []
    if time.is_now:
        parts.append("now")
    elif time.weekdays:
        if time.grain == "range":
            parts.append(f"{time.first}..{time.last}")
        parts.append("weekly " + ",".join(map(str, sorted(time.weekdays))))
    elif time.first:
        parts.append(f"{time.first}" if time.first == time.last else f"{time.first}..{time.last}")
    if time.start is not None or time.end is not None:
        ends = [f"{m // 60:02}:{m % 60:02}" for m in (time.start, time.end) if m is not None]
        parts.append(("-" if time.start is None else "") + "-".join(ends))
    if time.ambiguous_ampm:
        parts.append("?")
    if time.holiday:
        parts.append(time.holiday)
    return " ".join(parts)


def cases(name: str) -> Iterator[Case]:
    """The cases of a file; read with BaseLoader, as 16:30 would be a number in base 60 otherwise."""
    groups: list[dict[str, Any]] = yaml.load((HERE / name).read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    for group in groups:
        said_at = group.get("now")
        now = NOW if said_at is None else datetime.fromisoformat(said_at).replace(tzinfo=NOW.tzinfo)
        for said, expected in group["cases"].items():
            opens = None if "opens" not in group else int(group["opens"])
            yield Case(said, expected, now, opens, "past_ok" in group, tuple(group.get("names", ())))


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
