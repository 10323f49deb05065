"""Days on which a centre, or one of its services, does not keep its written hours.

The caller bumps the directory's version, see storage/directory.py.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("closures")

# Long enough to answer about last year's festival, short enough to stay small.
KEPT = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Closure:
    """Both days included; `service_id` None is the whole centre, empty hours are closed."""

    id: str
    centre_id: str
    service_id: str | None
    first_on: date
    last_on: date
    hours_text: str
    reason: str
    created_at: datetime


async def current(tx: Transaction, today: date) -> list[Closure]:
    """Those to come, those of today and those of the last 400 days, by their first day."""
    return await tx.records(Closure, SQL["current"], {"since_on": today - KEPT})


async def everything(tx: Transaction) -> list[Closure]:
    """All there are, by their first day."""
    return await tx.records(Closure, SQL["everything"])


async def add(tx: Transaction, closure: Closure) -> None:
    """Raises ConstraintError for an unknown centre or service and for days in the wrong order."""
    await tx.run(SQL["add"], params_of(closure))


async def remove(tx: Transaction, closure_id: str) -> bool:
    """False when there is none of this id."""
    return await tx.one(SQL["remove"], {"id": closure_id}) is not None
