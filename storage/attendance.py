"""Who came to which meeting of a session, who was fetched, and who did not come."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("attendance")


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody with a place, and whether they are there. `alias` is a code or a pet name, `kind` that of a
    participant; `is_walk_in`: they came without having booked; `handed_to`: how a child was handed over."""

    booking_id: str
    code: str
    participant_id: str
    alias: str
    kind: str
    is_walk_in: bool
    arrived_at: datetime | None
    left_at: datetime | None
    handed_to: str | None
    is_missed: bool


async def roster(tx: Transaction, session_id: str, starts_at: datetime) -> list[Attendee]:
    """Everybody with a place in the session, and how they stand in the meeting that begins then."""
    return await tx.records(Attendee, SQL["roster"], {"session_id": session_id, "starts_at": starts_at})


async def of_booking(
    tx: Transaction, booking_id: str, first_at: datetime, until_at: datetime
) -> list[Attendee]:
    """Of whom something is known in the meetings that begin from the first moment on, before the second."""
    params = {"booking_id": booking_id, "first_at": first_at, "until_at": until_at}
    return await tx.records(Attendee, SQL["of_booking"], params)


async def note(
    tx: Transaction,
    booking_id: str,
    participant_id: str,
    starts_at: datetime,
    *,
    arrived_at: datetime | None,
    left_at: datetime | None,
    is_missed: bool,
    noted_by: str,
) -> None:
    """How somebody stands from now on. Raises ConstraintError for whoever arrived and is missed."""
    params = {
        "booking_id": booking_id,
        "participant_id": participant_id,
        "starts_at": starts_at,
        "arrived_at": arrived_at,
        "left_at": left_at,
        "is_missed": is_missed,
        "noted_by": noted_by,
    }
    await tx.run(SQL["note"], params)


async def forget(tx: Transaction, booking_id: str, participant_id: str, starts_at: datetime) -> None:
    """Nothing is known any more of whether they came."""
    params = {"booking_id": booking_id, "participant_id": participant_id, "starts_at": starts_at}
    await tx.run(SQL["forget"], params)
