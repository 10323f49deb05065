"""Places that were booked and not come to: marked after the session, counted, excused.

Check-in is not here: what says that somebody came is a row of attendance that others write.
"""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("misses")

# Who noted a miss that follows from the list of those who came.
BY_THE_LIST = "list"


@dataclass(frozen=True, slots=True)
class Miss:
    """A booking that a participant did not come to; of a camp the first meeting that was missed."""

    booking_id: str
    session_id: str
    centre_id: str
    starts_at: datetime


async def counted(tx: Transaction, participant_id: str) -> list[Miss]:
    """All that nobody excused, the oldest first."""
    return await tx.records(Miss, SQL["counted"], {"participant_id": participant_id})


async def to_mark(tx: Transaction, after_at: datetime, before_at: datetime) -> list[str]:
    """The sessions that ended after the one moment and by the other, whose list somebody kept, and in which
    somebody is neither there nor marked."""
    params = {"after_at": after_at, "before_at": before_at}
    return [row["session_id"] for row in await tx.rows(SQL["to_mark"], params)]


async def mark(tx: Transaction, session_id: str) -> dict[str, list[str]]:
    """Mark who had a place and did not come to a meeting that others came to: the participants, by booking.

    Once only: who is marked or came is left as it is.
    """
    missed: dict[str, list[str]] = {}
    for row in await tx.rows(SQL["mark"], {"session_id": session_id, "noted_by": BY_THE_LIST}):
        people = missed.setdefault(row["booking_id"], [])
        if row["participant_id"] not in people:
            people.append(row["participant_id"])
    return missed


async def excuse(tx: Transaction, code: str, session_id: str, *, by: str) -> list[str]:
    """What was missed of a booking counts no more: whose misses those were; `by` is the member of staff.

    Nobody when the session has no such booking, or nothing of it was missed that counts.
    """
    params = {"code": code, "session_id": session_id, "noted_by": by}
    rows = await tx.rows(SQL["excuse"], params)
    return sorted({row["participant_id"] for row in rows})
