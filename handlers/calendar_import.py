"""Takes official holiday notices and school terms into the calendar.

A file is YAML with `year`, `source` (the notice's name or number), `off` (entries of `holiday`, `from`,
`to`), `work` (entries of `holiday`, `on`), and `terms` (entries of `name`, `from`, `to`, `source`,
`invented`); a notice, terms, or both. Nothing is taken when anything in the file is wrong.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from chinese_calendar import constants as published

from messages.calendar import DayKind, Holiday, SchoolTerm, SpecialDay, statutory_days
from storage import calendar as calendar_store
from storage import directory as directory_store
from storage.database import Database, Transaction

SEEDED_YEARS = (2024, 2025, 2026)
TERMS_FILE = Path(__file__).parent / "data" / "terms.yaml"
LONGEST_DAYS = 200
KEYS: Mapping[str, tuple[str, ...]] = {
    "off": ("holiday", "from", "to"),
    "work": ("holiday", "on"),
    "terms": ("name", "from", "to", "source", "invented"),
}

# What the package calls a holiday, and our code for it.
PUBLISHED: Mapping[str, Holiday] = {
    published.Holiday.new_years_day.value: Holiday.NEW_YEAR,
    published.Holiday.spring_festival.value: Holiday.SPRING,
    published.Holiday.tomb_sweeping_day.value: Holiday.QINGMING,
    published.Holiday.labour_day.value: Holiday.LABOUR,
    published.Holiday.dragon_boat_festival.value: Holiday.DRAGON_BOAT,
    published.Holiday.mid_autumn_festival.value: Holiday.MID_AUTUMN,
    published.Holiday.national_day.value: Holiday.NATIONAL,
}


class CalendarFileError(ValueError):
    """What is wrong with a calendar file, entry by entry."""


_BOOLEAN = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """YAML of which only `true` and `false` are truth values: 1.1 would also read `on` and `off` as such."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|false)$"), ["t", "f"])


@dataclass(frozen=True, slots=True)
class Notice:
    """The special days of one year and its source, or None, and school terms."""

    year: int | None = None
    source: str = ""
    days: tuple[SpecialDay, ...] = ()
    terms: tuple[SchoolTerm, ...] = ()


@dataclass(slots=True)
class _Problems:
    """Collects what is wrong, so that all of it is told at once."""

    path: Path
    found: list[str] = field(default_factory=list)

    def add(self, entry: str, expected: str) -> None:
        self.found.append(f"{self.path}: {entry}: {expected}")


def seed_days() -> tuple[tuple[int, ...], list[SpecialDay]]:
    """The years that ship with Linli and the days their notices name, from the package chinesecalendar."""
    source = f"chinesecalendar {version('chinesecalendar')}"
    days = [
        SpecialDay(on, kind, PUBLISHED[name], source)
        for kind, listed in ((DayKind.OFF, published.holidays), (DayKind.WORK, published.workdays))
        for on, name in listed.items()
        if on.year in SEEDED_YEARS
    ]
    return SEEDED_YEARS, sorted(days, key=lambda day: day.on)


async def seed_calendar(database: Database, now: datetime) -> bool:
    """Fill a calendar that holds no year yet; True when it did."""
    async with database.read() as tx:
        if await calendar_store.years(tx):
            return False
    years, days = seed_days()
    source = days[0].source
    terms = read_calendar_file(TERMS_FILE).terms

    async def work(tx: Transaction) -> bool:
        if await calendar_store.years(tx):
            return False
        for year in years:
            await _put_year(tx, year, source, [day for day in days if day.on.year == year])
        await _put_terms(tx, terms)
        await directory_store.bump_version(tx, now)
        return True

    return await database.write(work)


async def save_calendar(database: Database, notice: Notice, now: datetime) -> None:
    """Put a notice and terms in place of what was known; conversations take it up within a second."""

    async def work(tx: Transaction) -> None:
        if notice.year is not None:
            await _put_year(tx, notice.year, notice.source, notice.days)
        await _put_terms(tx, notice.terms)
        await directory_store.bump_version(tx, now)

    await database.write(work)


async def _put_year(tx: Transaction, year: int, source: str, days: Any) -> None:
    rows = [calendar_store.DayRow(d.on, d.kind.value, d.holiday.value, d.source) for d in days]
    await calendar_store.replace_year(tx, year, source, rows)


async def _put_terms(tx: Transaction, terms: tuple[SchoolTerm, ...]) -> None:
    rows = [
        calendar_store.TermRow(
            str(uuid5(NAMESPACE_URL, f"linli:term:{t.name}")),
            t.name,
            t.starts_on,
            t.ends_on,
            t.source,
            t.is_invented,
        )
        for t in terms
    ]
    await calendar_store.put_terms(tx, rows)


def read_calendar_file(path: Path) -> Notice:
    """The notice in a file. Raises CalendarFileError with every problem, a line each."""
    try:
        loaded = yaml.load(path.read_text("utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise CalendarFileError(f"{path}: cannot be read as YAML ({type(error).__name__})") from None
    if not isinstance(loaded, dict):
        raise CalendarFileError(f"{path}: expected a mapping with year, source, off, work or terms")
    problems = _Problems(path)
    unknown = set(map(str, loaded)) - {"year", "source", "off", "work", "terms"}
    if unknown:
        problems.add(", ".join(sorted(unknown)), "not a known key; known are year, source, off, work, terms")
    year = _year(loaded, problems)
    source = str(loaded.get("source") or "")
    days = [*_days(loaded, "off", source, problems), *_days(loaded, "work", source, problems)]
    if year is not None and not any(day.kind is DayKind.OFF for day in days):
        problems.add("off", "a year's notice must name its days off")
    _check_days(days, year, problems)
    terms = tuple(_terms(loaded, problems))
    _check_terms(terms, problems)
    if year is None and not terms:
        problems.add("year", "expected a year with its notice, or terms")
    if problems.found:
        raise CalendarFileError("\n".join(problems.found))
    return Notice(year, source, tuple(days), terms)


def _year(loaded: Mapping[str, Any], problems: _Problems) -> int | None:
    year = loaded.get("year")
    if year is None:
        if loaded.get("off") or loaded.get("work"):
            problems.add("year", "days off need the year of their notice, such as 2027")
        return None
    if not isinstance(year, int) or isinstance(year, bool) or not 2000 <= year <= 2100:
        problems.add(f"year {year!r}", "expected a year such as 2027")
        return None
    if not loaded.get("source"):
        problems.add("source", "expected the name or number of the official notice")
    return year


def _entries(
    loaded: Mapping[str, Any], key: str, problems: _Problems
) -> Iterator[tuple[str, dict[str, Any]]]:
    listed = loaded.get(key) or []
    if not isinstance(listed, list):
        problems.add(key, "expected a list")
        return
    for number, entry in enumerate(listed, 1):
        name = f"{key} entry {number}"
        if not isinstance(entry, dict):
            problems.add(name, f"expected a mapping with {', '.join(KEYS[key])}")
        elif unknown := sorted(set(map(str, entry)) - set(KEYS[key])):
            problems.add(name, f"{', '.join(unknown)} is not known; known are {', '.join(KEYS[key])}")
        else:
            yield name, entry


def _days(loaded: Mapping[str, Any], key: str, source: str, problems: _Problems) -> Iterator[SpecialDay]:
    kind = DayKind.OFF if key == "off" else DayKind.WORK
    for name, entry in _entries(loaded, key, problems):
        try:
            holiday = Holiday(str(entry.get("holiday")))
        except ValueError:
            problems.add(name, f"holiday must be one of {', '.join(Holiday)}")
            continue
        span = _span(entry, name, problems) if key == "off" else _one(entry, name, problems)
        if span:
            yield from (SpecialDay(on, kind, holiday, source) for on in _each(*span))


def _one(entry: Mapping[str, Any], name: str, problems: _Problems) -> tuple[date, date] | None:
    on = entry.get("on")
    if type(on) is not date:
        problems.add(name, f"on must be a date such as 2027-02-14, not {on!r}")
        return None
    return on, on


def _span(entry: Mapping[str, Any], name: str, problems: _Problems) -> tuple[date, date] | None:
    first, last = entry.get("from"), entry.get("to")
    if type(first) is not date or type(last) is not date:
        problems.add(name, "from and to must be dates such as 2027-10-01")
        return None
    if not first <= last < first + timedelta(days=LONGEST_DAYS):
        problems.add(name, f"from {first} to {last} is not a span of days")
        return None
    return first, last


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _check_days(days: list[SpecialDay], year: int | None, problems: _Problems) -> None:
    seen: set[date] = set()
    for day in days:
        if day.on in seen:
            problems.add(str(day.on), "named twice")
        seen.add(day.on)
        if year is not None and abs(day.on.year - year) > 1:
            problems.add(str(day.on), f"is not in or beside {year}")
        if day.kind is DayKind.WORK and day.on.isoweekday() <= 5:
            problems.add(str(day.on), "a make-up working day must be a Saturday or Sunday")
    off = {day.on for day in days if day.kind is DayKind.OFF}
    if year is not None and off:
        for on, holiday in statutory_days(year).items():
            if on not in off:
                problems.add("off", f"{on} is missing; by law it is off for {holiday}")


def _terms(loaded: Mapping[str, Any], problems: _Problems) -> Iterator[SchoolTerm]:
    for name, entry in _entries(loaded, "terms", problems):
        span = _span(entry, name, problems)
        invented = entry.get("invented", False)
        if not entry.get("name") or not entry.get("source"):
            problems.add(name, "expected a name and a source")
        elif not isinstance(invented, bool):
            problems.add(name, f"invented must be true or false, not {invented!r}")
        elif span:
            yield SchoolTerm(*span, str(entry["name"]), str(entry["source"]), invented)


def _check_terms(terms: tuple[SchoolTerm, ...], problems: _Problems) -> None:
    for one, other in combinations(terms, 2):
        if one.name == other.name:
            problems.add("terms", f"{one.name} is named twice")
        elif one.starts_on <= other.ends_on and other.starts_on <= one.ends_on:
            problems.add("terms", f"{one.name} and {other.name} overlap")
