"""The dates of what a family has booked, and of what was cancelled lately, for its calendar."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("booked_dates")


@dataclass(frozen=True, slots=True)
class BookedDate:
    """One meeting of a booking. `begins_at` is when the session begins, of which it may be a later one;
    `version` is the booking's, and the last four instants before `begins_at` are those of what happened to
    the booking and to its session."""

    booking_id: str
    code: str
    activity_id: str
    is_cancelled: bool
    is_provisional: bool
    version: int
    made_at: datetime
    booked_at: datetime
    ended_at: datetime | None
    moved_at: datetime | None
    settled_at: datetime | None
    begins_at: datetime
    starts_at: datetime
    ends_at: datetime


async def of_family(tx: Transaction, family_id: str, since_at: datetime) -> list[BookedDate]:
    """Meetings of a booking stand together, in order. Left out is what was over, or was cancelled or called
    off, before `since_at`."""
    return await tx.records(BookedDate, SQL["of_family"], {"family_id": family_id, "since_at": since_at})
