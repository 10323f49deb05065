"""Reads the directory and the calendar from the database into one immutable picture."""

from dataclasses import MISSING, fields, replace
from typing import Any, TypeVar

from handlers.directory_changes import announced, days_to_come, overlaid
from handlers.opening import Closure
from handlers.planning import NOT_PLANNED
from handlers.snapshot import Contents, Directory
from messages.calendar import SHANGHAI, Calendar, DayKind, Holiday, SchoolTerm, SpecialDay
from messages.directory import Activity, Category, Centre, CentreKind, CentreStatus, Kiosk, Service
from messages.hours import HoursError, parse_hours
from messages.understand.terms import words_in
from messages.view_parts import Reported
from storage import calendar as calendar_store
from storage import changes, reports, sessions
from storage import closures as closure_store
from storage import directory as directory_store
from storage.database import Database, Transaction

Record = TypeVar("Record", Centre, Service, Activity, Kiosk)

# How a column's text becomes the field of the same name; all other fields are taken as they are.
FROM_COLUMN: dict[str, Any] = {
    "kind": CentreKind,
    "status": CentreStatus,
    "category": Category,
    "words": words_in,
}


async def load_directory(database: Database, *, sample_prefix: str) -> Directory:
    """Everything residents may ask about, as one read transaction saw it."""
    async with database.read() as tx:
        version = await directory_store.version(tx)
        held = await changes.unsettled(tx)
        coming = announced(held)
        centres = overlaid(await directory_store.centres(tx), "centre", held)
        services = overlaid(await directory_store.services(tx), "service", held)
        activities = overlaid(await directory_store.activities(tx), "activity", held)
        contents = Contents(
            version,
            tuple(replace(_record(Centre, row), coming=coming.get(row.id)) for row in centres),
            tuple(_record(Service, row) for row in services),
            tuple(replace(_record(Activity, row), coming=coming.get(row.id)) for row in activities),
            tuple(_record(Kiosk, row) for row in await directory_store.kiosks(tx)),
            tuple(_closure(row) for row in await closure_store.everything(tx)),
            tuple(await sessions.changed(tx, NOT_PLANNED)),
            tuple(
                (since, _record(Activity, row))
                for since in days_to_come(held)
                for now, row in zip(activities, overlaid(activities, "activity", held, on=since), strict=True)
                if row != now
            ),
            await load_reports(tx),
        )
        calendar = await load_calendar(tx)
    return Directory(contents, calendar, sample_prefix=sample_prefix)


async def load_reports(tx: Transaction) -> tuple[tuple[str, Reported], ...]:
    """What residents report of centres, with the day since when; a few rows, looked for twice a second."""
    return tuple(
        (report.centre_id, Reported(report.about, report.since_at.astimezone(SHANGHAI).date()))
        for report in await reports.open_ones(tx)
    )


async def as_it_was(tx: Transaction, activity_id: str) -> tuple[Activity, Centre] | None:
    """An activity and its centre by their rows, also when they were withdrawn."""
    activities = await directory_store.activities(tx, with_withdrawn=True)
    activity = next((row for row in activities if row.id == activity_id), None)
    centres = await directory_store.centres(tx, with_withdrawn=True) if activity else []
    centre = next((row for row in centres if activity and row.id == activity.centre_id), None)
    return (_record(Activity, activity), _record(Centre, centre)) if activity and centre else None


async def centre_as_it_was(tx: Transaction, centre_id: str) -> Centre | None:
    """A centre by its row, also when it was withdrawn."""
    centres = await directory_store.centres(tx, with_withdrawn=True)
    return next((_record(Centre, row) for row in centres if row.id == centre_id), None)


async def load_calendar(tx: Transaction) -> Calendar:
    """The civil calendar with the years whose notice is known, and the school terms."""
    years = await calendar_store.years(tx)
    days = [
        SpecialDay(row.day_on, DayKind(row.kind), Holiday(row.holiday), row.source)
        for row in await calendar_store.days(tx)
    ]
    terms = [
        SchoolTerm(row.starts_on, row.ends_on, row.name, row.source, row.is_invented)
        for row in await calendar_store.terms(tx)
    ]
    return Calendar(days, [row.year for row in years], terms)


def _record(kind: type[Record], row: Any) -> Record:
    values = {field.name: getattr(row, field.name) for field in fields(kind) if field.default is MISSING}
    return kind(
        **{name: FROM_COLUMN[name](value) if name in FROM_COLUMN else value for name, value in values.items()}
    )


def _closure(row: closure_store.Closure) -> tuple[str, str | None, Closure]:
    """A closure whose hours cannot be read counts as closed: nobody is sent to a locked door."""
    try:
        hours = parse_hours(row.hours_text) if row.hours_text else None
    except HoursError:
        hours = None
    return row.centre_id, row.service_id, Closure(row.first_on, row.last_on, hours, row.reason)
