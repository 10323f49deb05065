"""Who came to how many days of a camp."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("attended")


@dataclass(frozen=True, slots=True)
class Attended:
    """One participant of a camp, and on how many of the days `held` they came; its last begins `last_at`."""

    booking_id: str
    code: str
    family_id: str
    participant_id: str
    alias: str
    session_id: str
    activity_id: str
    centre_id: str
    held_on: date
    last_on: date
    held: int
    attended: int
    last_at: datetime


async def of_session(tx: Transaction, session_id: str) -> list[Attended]:
    """Everybody with a place in a camp, in the order of asking; nobody in a session of one day."""
    return await tx.records(Attended, SQL["of_session"], {"session_id": session_id})


async def of_family(tx: Transaction, family_id: str) -> list[Attended]:
    """All camps in which the family has a place, the last first."""
    return await tx.records(Attended, SQL["of_family"], {"family_id": family_id})


async def without_list(tx: Transaction, centre_id: str, first_at: datetime, until_at: datetime) -> int:
    """How many booked meetings of a centre there were in that time at which nobody was checked in."""
    params = {"centre_id": centre_id, "first_at": first_at, "until_at": until_at}
    number: int = await tx.value(SQL["without_list"], params)
    return number
