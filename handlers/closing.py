"""Days on which a centre, or one of its services, does not keep its written hours."""

from datetime import date, datetime

from messages.hours import parse_hours
from storage import closures
from storage import directory as directory_store
from storage.database import Database, Transaction


class ClosingError(ValueError):
    """A closing that can't be entered; the text says why."""


async def close_for_days(
    database: Database,
    new_id: str,
    centre_id: str,
    first: date,
    last: date,
    *,
    reason: str,
    hours_text: str,
    now: datetime,
) -> int:
    """Enter an exception for a centre from `first` to `last`, both included; empty hours mean closed.

    Returns the directory's new version. Raises ClosingError for an unknown centre or turned-round days,
    and messages.hours.HoursError for hours that cannot be read.
    """
    if last < first:
        raise ClosingError(f"the last day {last} is before the first day {first}")
    if hours_text:
        parse_hours(hours_text)

    async def work(tx: Transaction) -> int:
        if centre_id not in {row.id for row in await directory_store.centres(tx)}:
            raise ClosingError(f"no centre has the id {centre_id}; `linli export` lists them")
        row = closures.Closure(new_id, centre_id, None, first, last, hours_text, reason, now)
        await closures.add(tx, row)
        return await directory_store.bump_version(tx, now)

    return await database.write(work)


async def reopen(database: Database, closure_id: str, *, now: datetime) -> int:
    """Take an exception back. Raises ClosingError when there is none of this id."""

    async def work(tx: Transaction) -> int:
        if not await closures.remove(tx, closure_id):
            raise ClosingError(f"no exception has the id {closure_id}; `linli closing list` lists them")
        return await directory_store.bump_version(tx, now)

    return await database.write(work)
