"""Children who are expected and not there, and children whom nobody has fetched yet."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("arrivals")


@dataclass(frozen=True, slots=True)
class Expected:
    """One child in one meeting."""

    booking_id: str
    session_id: str
    family_id: str
    participant_id: str
    alias: str
    starts_at: datetime
    ends_at: datetime
    activity_id: str
    centre_id: str


def key_of(what: str, child: Expected) -> str:
    """A message of this key is in the outbox once it was said, each day of a camp anew."""
    return f"{_begins(what, child.starts_at)}{child.booking_id} {child.participant_id}"


def _begins(what: str, at: datetime) -> str:
    return f"{what} {at:%Y-%m-%d} "


async def not_there(
    tx: Transaction, what: str, first_at: datetime, last_at: datetime, most: int
) -> list[Expected]:
    """Of meetings that began in this span of time: of whom nothing was noted, and `what` was not said."""
    params = {"begins": _begins(what, last_at), "first_at": first_at, "last_at": last_at, "most": most}
    return await tx.records(Expected, SQL["not_there"], params)


async def not_fetched(
    tx: Transaction, what: str, first_at: datetime, last_at: datetime, most: int
) -> list[Expected]:
    """Of meetings that ended in this span of time: who came and was not fetched, and `what` was not said."""
    params = {"begins": _begins(what, last_at), "first_at": first_at, "last_at": last_at, "most": most}
    return await tx.records(Expected, SQL["not_fetched"], params)


async def meeting_now(
    tx: Transaction, booking_id: str, family_id: str, first_at: datetime, last_at: datetime
) -> datetime | None:
    """When the meeting of this booking begins that runs in this span of time."""
    params = {"booking_id": booking_id, "family_id": family_id, "first_at": first_at, "last_at": last_at}
    starts: datetime | None = await tx.value(SQL["meeting_now"], params)
    return starts


async def note_told(
    tx: Transaction, booking_id: str, participant_id: str, starts_at: datetime, arrived_at: datetime | None
) -> bool:
    """What the family told: there (since when), or not coming, which is excused. What staff noted stands;
    False then."""
    params = {
        "booking_id": booking_id,
        "participant_id": participant_id,
        "starts_at": starts_at,
        "arrived_at": arrived_at,
        "is_missed": arrived_at is None,
    }
    return await tx.value(SQL["note_told"], params) is not None
