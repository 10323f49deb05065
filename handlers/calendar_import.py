"""Takes official holiday notices and school terms into the calendar.

A file is YAML with `year`, `source` (the notice's name or number), `off` (entries of `holiday`, `from`,
`to`), `work` (entries of `holiday`, `on`), and `terms` (entries of `name`, `from`, `to`, `source`,
`invented`); a notice, terms, or both. Nothing is taken when anything in the file is wrong.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import yaml
from chinese_calendar import constants as published

from handlers.directory_import import Hand
from messages.calendar import DayKind, Holiday, SchoolTerm, SpecialDay, statutory_days
from messages.words import words
from storage import audit
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


@dataclass(frozen=True, slots=True)
class CalendarProblem:
    """What is wrong with an entry of a file: its name as it stands there, or the list and its number in it,
    and what was expected, a code with its values; see `notices` in messages/zh/desk.yaml."""

    entry: str | tuple[str, int]
    code: str
    values: Mapping[str, object]

    def said(self, language: str) -> tuple[str, str]:
        """The entry and what was expected of it, in words."""
        told: Mapping[str, Any] = words(language, "desk")["notices"]
        where = self.entry
        if not isinstance(where, str):
            where = str(told["entry"]).format(key=where[0], number=where[1])
        return where, str(told["problems"][self.code]).format_map(self.values)


class CalendarFileError(ValueError):
    """What is wrong with a calendar file, entry by entry. `is_readable`: it is a file of the kind that is
    meant, at least."""

    def __init__(self, name: str, problems: Sequence[CalendarProblem], *, is_readable: bool = True) -> None:
        told = (": ".join(each for each in problem.said("en") if each) for problem in problems)
        super().__init__("\n".join(f"{name}: {line}" for line in told))
        self.problems = tuple(problems)
        self.is_readable = is_readable


class NoticeChanged(Exception):
    """What a notice would change is not what was said yes to any more; nothing was changed."""


_BOOLEAN = "tag:yaml.org,2002:bool"


class _Loader(yaml.SafeLoader):
    """YAML of which only `true` and `false` are truth values: 1.1 would also read `on` and `off` as such. It
    has no aliases, by which a few lines become more than there is room for."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("an alias")
        return super().compose_node(parent, index)


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

    found: list[CalendarProblem] = field(default_factory=list)

    def add(self, entry: str | tuple[str, int], code: str, **values: object) -> None:
        self.found.append(CalendarProblem(entry, code, values))


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


async def save_calendar(
    database: Database, notice: Notice, now: datetime, *, by: Hand | None = None, agreed: str | None = None
) -> None:
    """Put a notice and terms in place of what was known; conversations take it up within a second. `by`
    writes it down. Raises NoticeChanged where that is not what `agreed`, a stamp, was of."""

    async def work(tx: Transaction) -> None:
        await tx.wait_turn("calendar")
        if agreed is not None and await stamp_in(tx, notice) != agreed:
            raise NoticeChanged
        if notice.year is not None:
            await _put_year(tx, notice.year, notice.source, notice.days)
        await _put_terms(tx, notice.terms)
        await directory_store.bump_version(tx, now)
        if by:
            year = (str(notice.year),) if notice.year is not None else ()
            became = f"days:{len(notice.days)} terms:{len(notice.terms)}"
            await audit.note(
                tx, by.entry_id, by.who, "calendar", centre_id=None, subjects=year, became=became, done_at=now
            )

    await database.write(work)


async def stamp_in(tx: Transaction, notice: Notice) -> str:
    """What a notice would change of what is known now, as a short text."""
    year = notice.year
    days = [
        row for row in await calendar_store.days(tx) if year is not None and abs(row.day_on.year - year) <= 1
    ]
    sources = [row for row in await calendar_store.years(tx) if row.year == year]
    named = {term.name for term in notice.terms}
    terms = [row for row in await calendar_store.terms(tx) if row.name in named]
    return sha256(repr((notice, days, sources, terms)).encode()).hexdigest()


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
        content = path.read_bytes()
    except OSError as error:
        raise _unreadable(str(path), "yaml", error=type(error).__name__) from None
    return read_calendar(str(path), content)


def _unreadable(name: str, code: str, **values: object) -> CalendarFileError:
    return CalendarFileError(name, [CalendarProblem("", code, values)], is_readable=False)


def read_calendar(name: str, content: bytes) -> Notice:
    """The notice in a file of this name. Raises CalendarFileError with every problem, a line each."""
    try:
        loaded = yaml.load(content.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise _unreadable(name, "yaml", error=type(error).__name__) from None
    if not isinstance(loaded, dict):
        raise _unreadable(name, "mapping")
    problems = _Problems()
    unknown = set(map(str, loaded)) - {"year", "source", "off", "work", "terms"}
    if unknown:
        problems.add(", ".join(sorted(unknown)), "key")
    year = _year(loaded, problems)
    source = str(loaded.get("source") or "")
    days = [*_days(loaded, "off", source, problems), *_days(loaded, "work", source, problems)]
    if year is not None and not any(day.kind is DayKind.OFF for day in days):
        problems.add("off", "no_days")
    _check_days(days, year, problems)
    terms = tuple(_terms(loaded, problems))
    _check_terms(terms, problems)
    if year is None and not terms:
        problems.add("year", "nothing")
    if problems.found:
        raise CalendarFileError(name, problems.found)
    return Notice(year, source, tuple(days), terms)


def _year(loaded: Mapping[str, Any], problems: _Problems) -> int | None:
    year = loaded.get("year")
    if year is None:
        if loaded.get("off") or loaded.get("work"):
            problems.add("year", "no_year")
        return None
    if not isinstance(year, int) or isinstance(year, bool) or not 2000 <= year <= 2100:
        problems.add(f"year {year!r}", "year")
        return None
    if not loaded.get("source"):
        problems.add("source", "source")
    return year


def _entries(
    loaded: Mapping[str, Any], key: str, problems: _Problems
) -> Iterator[tuple[tuple[str, int], dict[str, Any]]]:
    listed = loaded.get(key) or []
    if not isinstance(listed, list):
        problems.add(key, "list")
        return
    for number, entry in enumerate(listed, 1):
        name = key, number
        if not isinstance(entry, dict):
            problems.add(name, "entry", keys=", ".join(KEYS[key]))
        elif unknown := sorted(set(map(str, entry)) - set(KEYS[key])):
            problems.add(name, "entry_key", unknown=", ".join(unknown), keys=", ".join(KEYS[key]))
        else:
            yield name, entry


def _days(loaded: Mapping[str, Any], key: str, source: str, problems: _Problems) -> Iterator[SpecialDay]:
    kind = DayKind.OFF if key == "off" else DayKind.WORK
    for name, entry in _entries(loaded, key, problems):
        try:
            holiday = Holiday(str(entry.get("holiday")))
        except ValueError:
            problems.add(name, "holiday", holidays=", ".join(Holiday))
            continue
        span = _span(entry, name, problems) if key == "off" else _one(entry, name, problems)
        if span:
            yield from (SpecialDay(on, kind, holiday, source) for on in _each(*span))


def _one(entry: Mapping[str, Any], name: tuple[str, int], problems: _Problems) -> tuple[date, date] | None:
    on = entry.get("on")
    if type(on) is not date:
        problems.add(name, "on", found=repr(on))
        return None
    return on, on


def _span(entry: Mapping[str, Any], name: tuple[str, int], problems: _Problems) -> tuple[date, date] | None:
    first, last = entry.get("from"), entry.get("to")
    if type(first) is not date or type(last) is not date:
        problems.add(name, "span_dates")
        return None
    if not first <= last < first + timedelta(days=LONGEST_DAYS):
        problems.add(name, "span", first=first, last=last)
        return None
    return first, last


def _each(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _check_days(days: list[SpecialDay], year: int | None, problems: _Problems) -> None:
    seen: set[date] = set()
    for day in days:
        if day.on in seen:
            problems.add(str(day.on), "twice")
        seen.add(day.on)
        if year is not None and abs(day.on.year - year) > 1:
            problems.add(str(day.on), "beside", year=year)
        if day.kind is DayKind.WORK and day.on.isoweekday() <= 5:
            problems.add(str(day.on), "weekend")
    off = {day.on for day in days if day.kind is DayKind.OFF}
    if year is not None and off:
        for on, holiday in statutory_days(year).items():
            if on not in off:
                problems.add("off", "law", on=on, holiday=holiday.value)


def _terms(loaded: Mapping[str, Any], problems: _Problems) -> Iterator[SchoolTerm]:
    for name, entry in _entries(loaded, "terms", problems):
        span = _span(entry, name, problems)
        invented = entry.get("invented", False)
        if not entry.get("name") or not entry.get("source"):
            problems.add(name, "named")
        elif not isinstance(invented, bool):
            problems.add(name, "invented", found=repr(invented))
        elif span:
            yield SchoolTerm(*span, str(entry["name"]), str(entry["source"]), invented)


def _check_terms(terms: tuple[SchoolTerm, ...], problems: _Problems) -> None:
    for one, other in combinations(terms, 2):
        if one.name == other.name:
            problems.add("terms", "term_twice", name=one.name)
        elif one.starts_on <= other.ends_on and other.starts_on <= one.ends_on:
            problems.add("terms", "overlap", one=one.name, other=other.name)
