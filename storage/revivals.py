"""A session that was called off is held after all: who had places, or a number in line, has them again."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("revivals")


@dataclass(frozen=True, slots=True)
class Before:
    """A booking as it was: `state` is 'booked', 'waiting' or 'entered'; ids alone, so that it may be kept."""

    booking_id: str
    family_id: str
    state: str
    participants: tuple[str, ...]


async def keep_phone(tx: Transaction, booking_id: str, phone: str, until_at: datetime) -> None:
    """The number of somebody in line, before the booking is let go with its session."""
    await tx.run(SQL["keep_phone"], {"booking_id": booking_id, "phone": phone, "until_at": until_at})


async def drop_phones(tx: Transaction, now_at: datetime) -> int:
    """Forget the numbers of what cannot be taken back any more: how many."""
    return len(await tx.rows(SQL["drop_phones"], {"now_at": now_at}))


async def revive(tx: Transaction, session_id: str, before: Before) -> bool:
    """Give a booking back what went with its session. False, and nothing changed, when it ended otherwise or
    somebody of it was erased since.

    The caller holds the family and the session, which is planned again, and looked at clashes.
    """
    if await tx.value(SQL["revive"], {"id": before.booking_id, "state": before.state}) is None:
        return False
    await tx.run(SQL["phone_again"], {"booking_id": before.booking_id})
    await tx.run(SQL["drop_phone"], {"booking_id": before.booking_id})
    for who in before.participants:
        params = {"booking_id": before.booking_id, "participant_id": who}
        if await tx.value(SQL["seat_again"], params) is None:
            raise LookupError(f"a place of booking {before.booking_id} was not let go")
    counted = {
        "taken": len(before.participants) if before.state == "booked" else 0,
        "waiting": int(before.state == "waiting"),
    }
    if await tx.value(SQL["fill"], {"id": session_id, **counted}) is None:
        raise LookupError(f"session {session_id} is not planned")
    return True


async def mark(tx: Transaction, session_id: str, is_edited: bool) -> None:
    """Whether a manager changed the session, and the directory and the calendar leave it as it is."""
    await tx.run(SQL["mark"], {"id": session_id, "is_edited": is_edited})


async def elsewhere(tx: Transaction, session_id: str, starts_at: datetime, ends_at: datetime) -> list[str]:
    """Participants with a place here who have to be somewhere else in this span of time."""
    params = {"session_id": session_id, "starts_at": starts_at, "ends_at": ends_at}
    return [row["participant_id"] for row in await tx.rows(SQL["elsewhere"], params)]
