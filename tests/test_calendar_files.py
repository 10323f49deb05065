"""Notices and school terms in files: taken as a whole, or refused with everything that is wrong."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.calendar_import import (
    TERMS_FILE,
    CalendarFileError,
    Notice,
    read_calendar_file,
    save_calendar,
    seed_calendar,
    seed_days,
)
from handlers.directory_load import load_calendar
from messages.calendar import DayKind, Holiday, statutory_days
from storage.database import Database
from tests.sample import NOW

# An invented notice.
NOTICE = """
year: 2027
source: Notice 2026/99 of the State Council
off:
  - {holiday: new_year, from: 2027-01-01, to: 2027-01-03}
  - {holiday: spring, from: 2027-02-05, to: 2027-02-12}
  - {holiday: qingming, from: 2027-04-03, to: 2027-04-05}
  - {holiday: labour, from: 2027-05-01, to: 2027-05-05}
  - {holiday: dragon_boat, from: 2027-06-09, to: 2027-06-09}
  - {holiday: mid_autumn, from: 2027-09-15, to: 2027-09-15}
  - {holiday: national, from: 2027-10-01, to: 2027-10-07}
work:
  - {holiday: spring, on: 2027-02-14}
terms:
  - {name: 2027-2028 first term, from: 2027-09-01, to: 2028-01-21, source: sample, invented: true}
"""


def read(tmp_path: Path, text: str) -> Notice:
    path = tmp_path / "2027.yaml"
    path.write_text(text, encoding="utf-8")
    return read_calendar_file(path)


def test_a_notice_is_read_with_all_its_days(tmp_path: Path) -> None:
    notice = read(tmp_path, NOTICE)
    kinds = {day.on: (day.kind, day.holiday) for day in notice.days}
    assert notice.year == 2027
    assert len(kinds) == 28 + 1
    assert kinds[date(2027, 2, 12)] == (DayKind.OFF, Holiday.SPRING)
    assert kinds[date(2027, 2, 14)] == (DayKind.WORK, Holiday.SPRING)
    assert {day.source for day in notice.days} == {"Notice 2026/99 of the State Council"}
    assert [term.is_invented for term in notice.terms] == [True]


TERM = "terms:\n  - {name: NAME, from: 2027-12-01, to: 2028-02-01, source: s}"

# What is replaced in the notice by what, and what is told then.
WRONG = [
    ("year: 2027", "year: next", "year 'next': expected a year such as 2027"),
    ("year: 2027", "", "year: days off need the year of their notice"),
    ("source: Notice 2026/99 of the State Council", "", "source: expected the name or number"),
    ("holiday: qingming", "holiday: easter", "off entry 3: holiday must be one of new_year, spring"),
    ("to: 2027-05-05", "to: 2027-04-05", "off entry 4: from 2027-05-01 to 2027-04-05 is not a span"),
    ("to: 2027-05-05", "to: May", "off entry 4: from and to must be dates such as 2027-10-01"),
    ("to: 2027-05-05", "until: 2027-05-05", "off entry 4: until is not known; known are holiday"),
    ("on: 2027-02-14", "on: 14", "work entry 1: on must be a date such as 2027-02-14, not 14"),
    ("on: 2027-02-14", "on: 2027-02-15", "2027-02-15: a make-up working day must be a Saturday"),
    ("on: 2027-02-14", "on: 2027-02-07", "2027-02-07: named twice"),
    ("on: 2027-02-14", "on: 2029-02-10", "2029-02-10: is not in or beside 2027"),
    ("from: 2027-02-05", "from: 2027-02-06", "off: 2027-02-05 is missing; by law it is off for spring"),
    ("work:", "working:", "working: not a known key"),
    ("work:\n  - {holiday: spring, on: 2027-02-14}", "work: no", "work: expected a list"),
    ("  - {holiday: spring, on: 2027-02-14}", "  - 2027-02-14", "work entry 1: expected a mapping"),
    ("invented: true", "invented: perhaps", "terms entry 1: invented must be true or false"),
    ("source: sample, ", "", "terms entry 1: expected a name and a source"),
    ("to: 2028-01-21", "to: 2028-09-21", "terms entry 1: from 2027-09-01 to 2028-09-21 is not a span"),
    ("terms:", TERM.replace("NAME", "x"), "x and 2027-2028 first term overlap"),
    ("terms:", TERM.replace("NAME", "2027-2028 first term"), "2027-2028 first term is named twice"),
]


@pytest.mark.parametrize(("old", "new", "told"), WRONG)
def test_what_is_wrong_is_told_with_file_and_entry(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in NOTICE
    with pytest.raises(CalendarFileError) as refused:
        read(tmp_path, NOTICE.replace(old, new, 1))
    assert told in str(refused.value)
    assert all(str(tmp_path / "2027.yaml") in line for line in str(refused.value).splitlines())


@pytest.mark.parametrize(
    "text",
    ["", "[]", "a: [", "year: 2027\nsource: x", "source: x", "\x00", "a: 2027-02-30", "[" * 2000],
)
def test_a_file_without_a_notice_or_terms_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(CalendarFileError, match="2027"):
        read(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CalendarFileError, match="missing"):
        read_calendar_file(tmp_path / "missing.yaml")


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    wrong = NOTICE.replace("holiday: qingming", "holiday: easter").replace("on: 2027-02-14", "on: 2027-02-15")
    with pytest.raises(CalendarFileError) as refused:
        read(tmp_path, wrong)
    # The unknown holiday, the make-up day on a Monday, and Qingming now missing by law.
    assert len(str(refused.value).splitlines()) == 3


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9999, 9999) | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["year", "source", "off", "work", "terms", "holiday", "from", "to", "on", "name", "invented"]), inner,
        max_size=5),
    max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["year", "source", "off", "work", "terms"]), VALUES, max_size=5))
@settings(max_examples=300, deadline=None)
def test_any_yaml_is_taken_or_refused_and_nothing_else_happens(
    tmp_path_factory: pytest.TempPathFactory, content: object
) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "any.yaml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    told = str(path)
    try:
        read_calendar_file(path)
    except CalendarFileError as error:
        told = str(error)
    assert str(path) in told


def test_the_seed_is_three_official_years_and_names_its_source() -> None:
    years, days = seed_days()
    assert years == (2024, 2025, 2026)
    assert {day.on.year for day in days} == set(years)
    assert {day.source.split()[0] for day in days} == {"chinesecalendar"}
    off = {day.on for day in days if day.kind is DayKind.OFF}
    assert all(on in off for year in years for on in statutory_days(year))


def test_the_terms_of_the_sample_are_marked_invented_and_fit_its_activities() -> None:
    terms = read_calendar_file(TERMS_FILE).terms
    assert all(term.is_invented for term in terms)
    spans = {(term.starts_on, term.ends_on) for term in terms}
    assert (date(2026, 9, 1), date(2027, 1, 22)) in spans
    assert (date(2027, 2, 22), date(2027, 6, 30)) in spans


async def test_a_calendar_is_seeded_once(database: Database) -> None:
    assert await seed_calendar(database, NOW)
    assert not await seed_calendar(database, NOW)
    async with database.read() as tx:
        calendar = await load_calendar(tx)
    assert [calendar.is_official(year) for year in (2024, 2025, 2026, 2027)] == [True, True, True, False]
    assert calendar.is_workday(date(2026, 10, 10)) is True
    assert len(calendar.terms) == 7


async def test_an_imported_notice_makes_its_year_known_and_can_be_corrected(
    database: Database, tmp_path: Path
) -> None:
    await seed_calendar(database, NOW)
    notice = read(tmp_path, NOTICE)
    await save_calendar(database, notice, NOW)
    async with database.read() as tx:
        calendar = await load_calendar(tx)
    assert calendar.is_official(2027)
    assert calendar.is_workday(date(2027, 2, 14)) is True
    assert calendar.is_workday(date(2026, 10, 10)) is True
    corrected = tuple(day for day in notice.days if day.on != date(2027, 2, 14))
    await save_calendar(database, replace(notice, days=corrected), NOW)
    async with database.read() as tx:
        calendar = await load_calendar(tx)
    assert calendar.is_workday(date(2027, 2, 14)) is False
    assert len([term for term in calendar.terms if term.starts_on.year == 2027]) == 2
