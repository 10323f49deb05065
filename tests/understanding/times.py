"""Compares the own time grammar with JioNLP on the same sentences: days and clock times, exactly right.

Right is what a resident means: days ahead, holidays as the days off, a bare hour by business hours. JioNLP
aims at less, so only what it could tell is counted, and Chinese sentences alone. It brings 150 MB of word
lists and models with it and stands in no lock: `pip install --group oracle` makes it available.
Without it the own figures stand alone.
"""

import importlib
import logging
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib.util import find_spec
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from handlers.calendar_import import TERMS_FILE, read_calendar_file, seed_days
from messages.calendar import Calendar
from messages.understand.time import TimeGrammar
from messages.words import words
from tests.time_cases import Case, cases

# The sentences that were written before the grammar was run on them come first.
FILES = ("time_heldout.yaml", "time_cases.yaml")
ORACLE = "jionlp"
DAY = 24 * 60

_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?")
_CLOCKS = re.compile(r"(?<![-\d:])(\d\d):(\d\d)(?:-(\d\d):(\d\d))?")
# Days of every week, this moment, and limits are written differently by everyone.
_OTHERWISE = re.compile(r"weekly|now|(?:^| )-\d")


@dataclass(frozen=True, slots=True)
class Reading:
    """First and last days, and clock times in minutes after midnight, a single one without an end."""

    days: tuple[tuple[date, date], ...] = ()
    clocks: tuple[tuple[int, int | None], ...] = ()


Reads = Callable[[str, datetime], Reading]


@dataclass(frozen=True, slots=True)
class Score:
    """Right of how many: sentences with days, with clock times, and with no time at all."""

    days: tuple[int, int]
    clocks: tuple[int, int]
    nothing: tuple[int, int]
    ms_median: float


def expected(case: Case) -> Reading | None:
    """What a case says must be read; None when it cannot be compared across libraries."""
    is_told_more = case.opens is not None or case.past_ok or case.names
    if is_told_more or case.said.isascii() or _OTHERWISE.search(case.expected):
        return None
    days = [(date.fromisoformat(a), date.fromisoformat(b or a)) for a, b in _DAYS.findall(case.expected)]
    clocks = [
        (int(hour) * 60 + int(minute), int(to_hour) * 60 + int(to_minute) if to_hour else None)
        for hour, minute, to_hour, to_minute in _CLOCKS.findall(_DAYS.sub("", case.expected))
    ]
    return Reading(tuple(days), tuple(clocks))


def own_reader() -> Reads:
    grammar = TimeGrammar.load()
    years, special = seed_days()
    calendar = Calendar(special, years, read_calendar_file(TERMS_FILE).terms)

    def read(said: str, now: datetime) -> Reading:
        found = grammar.parse(said, now, calendar)
        return Reading(
            tuple((one.first, one.last) for one in found if one.first and one.last),
            tuple((one.start, one.end) for one in found if one.start is not None),
        )

    return read


def oracle_reader() -> Reads | None:
    """JioNLP, which looks for the times of a sentence itself; None when it is not installed."""
    if find_spec(ORACLE) is None:
        return None
    extract = importlib.import_module(ORACLE).ner.extract_time
    logging.disable()  # it writes the stack of every sentence it cannot read

    def read(said: str, now: datetime) -> Reading:
        try:
            found = extract(said, time_base=now.replace(tzinfo=None).timestamp(), with_parsing=True)
        except Exception:
            return Reading()
        return of_oracle(found)

    return read


def of_oracle(found: Sequence[dict[str, Any]]) -> Reading:
    """JioNLP's answer in the form that is compared. Of what comes round, or never ends, nothing is left."""
    days: list[tuple[date, date]] = []
    clocks: list[tuple[int, int | None]] = []
    for one in found:
        ends = one["detail"]["time"]
        if not isinstance(ends, list) or ends[0] == "-inf" or ends[1] == "inf":
            continue
        first, last = (datetime.fromisoformat(end) for end in ends)
        days.append((first.date(), last.date()))
        start, end = first.hour * 60 + first.minute, last.hour * 60 + last.minute
        if (start, end) == (0, DAY - 1):
            continue
        is_one = last - first < timedelta(hours=1) or one["type"] == "time_point"
        clocks.append((start, None if is_one else end))
    return Reading(tuple(days), tuple(clocks))


def score(read: Reads, of: Sequence[Case]) -> Score:
    """Sentences with parts of the day are not counted for their clock times: where a part ends is custom."""
    days, clocks, nothing, took = [], [], [], []
    parts = _parts_of_day()
    for case in of:
        wanted = expected(case)
        if wanted is None:
            continue
        began = time.perf_counter()
        found = read(case.said, case.now)
        took.append((time.perf_counter() - began) * 1000)
        if wanted.days:
            days.append(found.days == wanted.days or _without(found, case.now.date()) == wanted.days)
        if wanted.clocks and not parts & set(wanted.clocks):
            clocks.append(found.clocks == wanted.clocks)
        if wanted == Reading():
            nothing.append(found == wanted)
    return Score(_of(days), _of(clocks), _of(nothing), median(took))


def compare(console: Console) -> None:
    own, oracle = own_reader(), oracle_reader()
    table = Table(
        title="times, right of sentences",
        caption="the own grammar was repaired on these sentences; its first score is in time_heldout.yaml",
    )
    for heading in ("sentences", "reader", "days", "clock times", "no time at all", "ms, median"):
        table.add_column(heading)
    for name in FILES:
        listed = list(cases(name))
        for reader, read in (("own grammar", own), ("JioNLP", oracle)):
            if read is None:
                table.add_row(name, reader, "not installed", "", "", "")
                continue
            found = score(read, listed)
            shown = (f"{right} of {n}" for right, n in (found.days, found.clocks, found.nothing))
            table.add_row(name, reader, *shown, f"{found.ms_median:.2f}")
    console.print(table)


def _without(found: Reading, today: date) -> tuple[tuple[date, date], ...]:
    """The days found without today, which JioNLP adds to each clock time that stands alone."""
    return tuple(span for span in found.days if span != (today, today))


def _parts_of_day() -> set[tuple[int, int | None]]:
    tables = (words(language, "time")["tables"]["period"] for language in ("zh", "en"))
    hours = (str(span).split("-") for table in tables for span in table)
    return {(int(start) * 60, int(end) * 60) for start, end in hours}


def _of(outcomes: Sequence[bool]) -> tuple[int, int]:
    return sum(outcomes), len(outcomes)
