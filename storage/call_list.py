"""What families have to hear of their bookings, and whom no message of it has reached."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("call_list")
HELD = "held"


@dataclass(frozen=True, slots=True)
class Unheard:
    """News (offered, called_off, moved, held) that did not reach a family, of a booking of `size` people.
    `why`: 'nowhere' (they have no conversation), 'refused' (their app takes nothing) or 'unread'. `phone` is
    kept of bookings in line alone."""

    booking_id: str
    number: int
    news: str
    made_at: datetime
    told_at: datetime | None
    code: str
    size: int
    phone: str | None
    offer_until_at: datetime | None
    activity_id: str
    starts_at: datetime
    why: str


async def note(tx: Transaction, booking_id: str, news: str, message_key: str | None, now: datetime) -> None:
    """That the family of a booking has to hear something; no key where no message is sent."""
    params = {"booking_id": booking_id, "news": news, "message_key": message_key, "made_at": now}
    await tx.run(SQL["note"], params)


async def of_centre(tx: Transaction, centre_id: str, now: datetime, today: date) -> list[Unheard]:
    """Of sessions that are still to come, the first first."""
    params = {"centre_id": centre_id, "since_on": today, "now_at": now}
    return await tx.records(Unheard, SQL["of_centre"], params)


async def mark_told(tx: Transaction, listed: Iterable[Unheard], now: datetime) -> None:
    """The desk knows of them."""
    rows = [{"booking_id": each.booking_id, "number": each.number, "told_at": now} for each in listed]
    await tx.many(SQL["mark_told"], rows)


async def take_back_call(tx: Transaction, booking_id: str, number: int, by: str) -> bool:
    """They were not called after all, says who had said so; False when nobody of this name had."""
    params = {"booking_id": booking_id, "number": number, "called_by": by}
    return await tx.one(SQL["take_back_call"], params) is not None


async def mark_called(
    tx: Transaction, centre_id: str, booking_id: str, number: int, now: datetime, by: str
) -> bool:
    """False when somebody else has called them, or there is no such news of this centre."""
    params = {
        "centre_id": centre_id,
        "booking_id": booking_id,
        "number": number,
        "called_at": now,
        "called_by": by,
    }
    return await tx.value(SQL["mark_called"], params) is not None


async def centres(tx: Transaction, now: datetime, noted_since: datetime) -> list[str]:
    """Where there is news of something that is still to come, which was not delivered."""
    params = {"now_at": now, "noted_since_at": noted_since}
    return [row["centre_id"] for row in await tx.rows(SQL["centres"], params)]


async def forget(tx: Transaction, made_before: datetime, now: datetime) -> None:
    """News of sessions that are over, as far as they were made before."""
    await tx.run(SQL["forget"], {"made_before_at": made_before, "now_at": now})
