"""Draws for sessions: until when one enters, the receipts, the published list, and what was drawn.

Every change holds the session's row first; a draw holds the families' rows before that.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage import sessions
from storage.bookings import Booking
from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("lotteries")


@dataclass(frozen=True, slots=True)
class Plan:
    """The draw of a session before anybody entered: one can enter from `opens_at` on and before `closes_at`;
    `value_name` says which public value will decide, `passes` how often a family may be passed over."""

    session_id: str
    opens_at: datetime
    closes_at: datetime
    value_name: str
    passes: int


@dataclass(frozen=True, slots=True)
class Lottery:
    """A draw: as it was planned, the list once it is published, the value once it was drawn."""

    session_id: str
    opens_at: datetime
    closes_at: datetime
    value_name: str
    passes: int
    list_text: str | None
    list_hash: str | None
    published_at: datetime | None
    public_value: str | None
    drawn_at: datetime | None
    drawn_by: str | None

    def takes_entries(self, now: datetime) -> bool:
        return self.published_at is None and self.opens_at <= now < self.closes_at


@dataclass(frozen=True, slots=True)
class Entry:
    """A booking that takes part, by its receipt; its place in the order of the draw once it was drawn."""

    booking_id: str
    receipt: str
    drawn_number: int | None


async def plan(tx: Transaction, planned: Plan) -> bool:
    """Let a draw decide over a session in which nobody is; False once the list was published."""
    if await tx.value(SQL["plan"], params_of(planned)) is None:
        return False
    await sessions.begin_draw(tx, planned.session_id)
    return True


async def of_session(tx: Transaction, session_id: str) -> Lottery | None:
    """The session's draw, also when it is over."""
    return await tx.record(Lottery, SQL["of_session"], {"session_id": session_id})


async def enter(tx: Transaction, booking_id: str, session_id: str, receipt: str, now_at: datetime) -> bool:
    """Note the receipt of a booking that takes part. False when one can't enter now, or another family has
    this receipt."""
    params = {"booking_id": booking_id, "session_id": session_id, "receipt": receipt, "now_at": now_at}
    return await tx.value(SQL["enter"], params) is not None


async def entry_of(tx: Transaction, booking_id: str) -> Entry | None:
    return await tx.record(Entry, SQL["entry_of"], {"booking_id": booking_id})


async def entries(tx: Transaction, session_id: str) -> list[Entry]:
    """Who takes part and was not drawn yet, by receipt; who withdrew or was erased is not there."""
    return await tx.records(Entry, SQL["entries"], {"session_id": session_id})


async def to_publish(tx: Transaction, now_at: datetime) -> list[str]:
    """The sessions whose registration is over and whose list is not published."""
    return [row["session_id"] for row in await tx.rows(SQL["to_publish"], {"now_at": now_at})]


async def publish(
    tx: Transaction, session_id: str, list_text: str, list_hash: str, published_at: datetime
) -> None:
    """From now on nobody enters or withdraws. Raises LookupError when it was published already."""
    params = {
        "session_id": session_id,
        "list_text": list_text,
        "list_hash": list_hash,
        "published_at": published_at,
    }
    if await tx.value(SQL["publish"], params) is None:
        raise LookupError(f"the list of session {session_id} was published already, or it has no draw")


async def mark_drawn(
    tx: Transaction, session_id: str, public_value: str, order: Iterable[str], *, at: datetime, by: str
) -> None:
    """The session's draw is over: `order` are the receipts as they were drawn, and the line goes on as usual.

    Raises LookupError when it was drawn already.
    """
    params = {"session_id": session_id, "public_value": public_value, "drawn_at": at, "drawn_by": by}
    if await tx.value(SQL["mark_drawn"], params) is None:
        raise LookupError(f"session {session_id} was drawn already, or its list is not published")
    numbers = (
        {"session_id": session_id, "receipt": receipt, "drawn_number": number}
        for number, receipt in enumerate(order, 1)
    )
    await tx.many(SQL["number"], numbers)
    await sessions.end_draw(tx, session_id)


async def give(tx: Transaction, booking: Booking, now_at: datetime) -> None:
    """The draw gives a booking its places."""
    _is_there(booking, await tx.value(SQL["give"], {"id": booking.id, "booked_at": now_at}))
    await sessions.grant(tx, booking.session_id, taken=booking.size)


async def offer(tx: Transaction, booking: Booking, now_at: datetime, until_at: datetime) -> None:
    """The draw keeps a booking its places until then; they have to be accepted."""
    params = {"id": booking.id, "offered_at": now_at, "offer_until_at": until_at}
    _is_there(booking, await tx.value(SQL["offer"], params))
    await sessions.grant(tx, booking.session_id, offered=booking.size)


async def into_line(tx: Transaction, booking: Booking, passed_over: int) -> None:
    """The draw puts a booking behind all who are in line already."""
    number = await sessions.join_line(tx, booking.session_id)
    params = {"id": booking.id, "in_line": number, "passed_over": passed_over}
    _is_there(booking, await tx.value(SQL["into_line"], params))


def _is_there(booking: Booking, changed: str | None) -> None:
    if changed is None:
        raise LookupError(f"booking {booking.id} does not take part in a draw")
