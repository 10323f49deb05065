"""The calendar of all centres: the years whose notice is known, the terms, and a file before its yes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.calendar_import import CalendarFileError, Notice, read_calendar, stamp_in
from handlers.desk_site import Area
from handlers.directory_load import load_calendar
from handlers.pages.office import Agreed
from messages.calendar import Calendar, Holiday, SchoolTerm
from storage import audit, uploads
from storage import calendar as calendar_store
from storage.audit import Entry
from storage.uploads import Upload

# What a file is for, as storage/uploads.py keeps it and as it stands in the audit.
CALENDAR = "calendar"
PAST = 5
LISTED = 100
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class HolidaySeen:
    """A holiday with its first and last day, None where the notice has none, and the days worked for it."""

    holiday: Holiday
    span: tuple[date, date] | None
    work: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class YearSeen:
    """A year; `source` is that of its notice, None where that is not known."""

    year: int
    source: str | None
    holidays: tuple[HolidaySeen, ...]


@dataclass(frozen=True, slots=True)
class HolidayChange:
    """What a holiday is and what it becomes."""

    was: HolidaySeen
    becomes: HolidaySeen

    @property
    def is_other(self) -> bool:
        return self.was != self.becomes


@dataclass(frozen=True, slots=True)
class TermChange:
    """A term as it is, None for a new one, and as it becomes."""

    was: SchoolTerm | None
    becomes: SchoolTerm


@dataclass(frozen=True, slots=True)
class NoticePreview:
    """What is read before a yes. With `problems`, each with its place, nothing of it is taken."""

    name: str
    expires_at: datetime
    problems: tuple[tuple[str, str], ...] = ()
    more_problems: int = 0
    year: int | None = None
    was_source: str | None = None
    source: str = ""
    holidays: tuple[HolidayChange, ...] = ()
    terms: tuple[TermChange, ...] = ()
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class CalendarShown:
    """The page; `agreed` is what a yes would mean, None where there is nothing to say yes to."""

    preview: NoticePreview | None
    years: tuple[YearSeen, ...]
    terms: tuple[SchoolTerm, ...]
    past: tuple[Entry, ...]
    said: str
    agreed: Agreed | None


async def show_calendar(area: Area, asked: Mapping[str, str]) -> CalendarShown:
    """A notice is short: it is read at once."""
    tx, now = area.scene.tx, area.world.now
    calendar = await load_calendar(tx)
    sources = {row.year: row.source for row in await calendar_store.years(tx)}
    # This year and the next are asked about; without a notice they are provisional.
    years = sorted({*sources, now.year, now.year + 1}, reverse=True)
    shown = CalendarShown(
        None,
        tuple(_seen(calendar, year, sources.get(year)) for year in years),
        calendar.terms,
        tuple(await audit.latest(tx, CALENDAR, PAST)),
        asked.get("said", ""),
        None,
    )
    upload = await uploads.of_staff(tx, area.post.id, CALENDAR, now)
    if upload is None:
        return shown
    try:
        notice = read_calendar(upload.name, upload.content)
    except CalendarFileError as error:
        return replace(shown, preview=_wrong(upload, error, asked.get("language", "zh")))
    preview = _preview(upload, notice, calendar, sources)
    agreed = None if preview.is_empty else Agreed(upload.sha256, await stamp_in(tx, notice))
    return replace(shown, preview=preview, agreed=agreed)


def _seen(calendar: Calendar, year: int, source: str | None) -> YearSeen:
    return YearSeen(year, source, tuple(_holiday(calendar, each, year) for each in Holiday))


def _holiday(calendar: Calendar, holiday: Holiday, year: int) -> HolidaySeen:
    work = tuple(on for on in calendar.makeups(year) if calendar.makeup_for(on) is holiday)
    return HolidaySeen(holiday, calendar.holiday_range(holiday, year), work)


def _wrong(upload: Upload, error: CalendarFileError, language: str) -> NoticePreview:
    told = tuple(_short(*each.said(language)) for each in error.problems[:LISTED])
    return NoticePreview(upload.name, upload.expires_at, told, max(0, len(error.problems) - LISTED))


def _short(where: str, expected: str) -> tuple[str, str]:
    return where[:LONGEST_SHOWN], expected[:LONGEST_SHOWN]


def _preview(upload: Upload, notice: Notice, known: Calendar, sources: Mapping[int, str]) -> NoticePreview:
    terms = {term.name: term for term in known.terms}
    changed = [TermChange(terms.get(term.name), term) for term in notice.terms]
    others = tuple(each for each in changed if each.was != each.becomes)
    bare = NoticePreview(upload.name, upload.expires_at, terms=others, is_empty=not others)
    year = notice.year
    if year is None:
        return bare
    becomes = Calendar(notice.days, [year])
    holidays = tuple(
        HolidayChange(_holiday(known, each, year), _holiday(becomes, each, year)) for each in Holiday
    )
    was = sources.get(year)
    is_same = was == notice.source and not any(each.is_other for each in holidays)
    return replace(
        bare,
        year=year,
        was_source=was,
        source=notice.source,
        holidays=holidays,
        is_empty=is_same and bare.is_empty,
    )
