"""What can happen to bookings, each in one transaction, and who is told of it in the same one.

Locks in this order: the family, sessions by ascending id, then what is said. A freed place is offered in
the transaction that freed it, so between transactions nobody waits for a place that is free and fits.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from handlers.line import USUAL_TERMS, LineTerms, offer_until, serve_line
from handlers.lottery import new_receipt
from storage import bookings, families, lotteries, sessions
from storage.bookings import Booking, Wish
from storage.sessions import Meeting, Session
from storage.transaction import Interrupted, Transaction


class News(StrEnum):
    """What a family is told of its booking without having asked."""

    OFFERED = "offered"
    LAPSED = "lapsed"
    CALLED_OFF = "called_off"
    MOVED = "moved"
    NOT_SERVED = "not_served"
    LIST_PUBLISHED = "list_published"
    DRAWN = "drawn"


Tell = Callable[[Transaction, Booking, News], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Office:
    """What a change needs beside its transaction: the time, a voice, the rules of the line, until when an
    offer stands for somebody whom no message reaches (None: as for all others), and receipts for draws."""

    now: datetime
    tell: Tell
    terms: LineTerms = USUAL_TERMS
    by_phone: Callable[[Session], datetime | None] | None = None
    receipt: Callable[[], str] = new_receipt

    def until(self, booking: Booking, session: Session) -> datetime:
        usual = offer_until(self.now, session.starts_at, self.terms.window)
        called = self.by_phone(session) if booking.phone and self.by_phone else None
        return max(usual, min(called, session.starts_at)) if called else usual


NOTHING_LEFT: Mapping[str, str] = MappingProxyType({})


class Refused(StrEnum):
    """Why nothing was changed."""

    UNKNOWN = "unknown"
    CALLED_OFF = "called_off"
    BEGUN = "begun"
    ALREADY = "already"
    CLASH = "clash"
    TOO_MANY = "too_many"
    FULL = "full"
    GONE = "gone"
    DRAW_CLOSED = "draw_closed"
    LIST_PUBLISHED = "list_published"


@dataclass(frozen=True, slots=True)
class Answer:
    """How a booking stands after a change; `refused` when nothing was changed. `place` is that in line,
    1 for the next; `clash` the id of the session that is in the way."""

    booking: Booking | None = None
    refused: Refused | None = None
    place: int | None = None
    clash: str | None = None


async def ask_for(tx: Transaction, office: Office, wish: Wish) -> Answer:
    """Places for all of the wish's participants, or a number in line for all of them; where a draw decides,
    a receipt for it.

    The caller holds the family, and looked at ages, deadlines and caps.
    """
    session = await sessions.of_id(tx, wish.session_id)
    if session is None:
        return Answer(refused=Refused.UNKNOWN)
    if refused := await _in_the_way(tx, office, session, wish):
        return refused
    if len(wish.participants) > max(session.places, session.capacity):
        return Answer(refused=Refused.TOO_MANY)
    if session.has_draw:
        lottery = await lotteries.of_session(tx, session.id)
        if lottery is None or not lottery.takes_entries(office.now):
            return Answer(refused=Refused.DRAW_CLOSED)
        await bookings.enter(tx, wish, office.now)
        _unchanged(session, await sessions.hold(tx, session.id))
        if not await lotteries.enter(tx, wish.id, session.id, office.receipt(), office.now):
            raise Interrupted(f"the list of session {session.id} was published, or its receipt was taken")
    else:
        await sessions.queue(tx, session.id)
        is_in = await bookings.book(tx, wish, office.now)
        held = _unchanged(session, await sessions.of_id(tx, session.id))
        if not is_in:
            await _serve(tx, office, held, newcomer=wish.id)
    return await standing(tx, wish.id)


def _unchanged(seen: Session, held: Session | None) -> Session:
    """The session's row is held for the end of its transaction only. Raises Interrupted, so that all is
    done again, when the session was called off, moved, or given or done with a draw between looking at it
    and holding it."""
    if held is None or (held.state, held.moved_at, held.has_draw) != (
        seen.state,
        seen.moved_at,
        seen.has_draw,
    ):
        raise Interrupted(f"session {seen.id} was called off, moved or drawn meanwhile")
    return held


async def _in_the_way(
    tx: Transaction, office: Office, session: Session, wish: Wish, *, leaves: Mapping[str, str] = NOTHING_LEFT
) -> Answer | None:
    """`leaves`: who of them gives up which session for this one, so that a clash with it prevents nothing."""
    if session.state == "cancelled":
        return Answer(refused=Refused.CALLED_OFF)
    if session.starts_at <= office.now:
        return Answer(refused=Refused.BEGUN)
    known = await bookings.active_in(tx, session.id, wish.family_id)
    if not known.keys().isdisjoint(wish.participants):
        return Answer(refused=Refused.ALREADY)
    for who in wish.participants:
        for elsewhere in await bookings.clashes(tx, who, session.id):
            if elsewhere != leaves.get(who):
                return Answer(refused=Refused.CLASH, clash=elsewhere)
    return None


async def standing(tx: Transaction, booking_id: str) -> Answer:
    """The booking as it is now, with its place in line."""
    booking = await bookings.of_id(tx, booking_id)
    waits = booking is not None and booking.state == "waiting"
    return Answer(booking, place=await bookings.place_in_line(tx, booking) if booking and waits else None)


async def accept(tx: Transaction, office: Office, booking_id: str, family_id: str) -> Answer:
    """Take what was offered, while it stands."""
    await families.hold(tx, family_id)
    booking, session = await _held(tx, booking_id, family_id)
    if booking is None or session is None:
        return Answer(refused=Refused.UNKNOWN)
    if booking.state != "offered" or booking.offer_until_at is None or booking.offer_until_at <= office.now:
        return Answer(booking, refused=Refused.GONE)
    if session.starts_at <= office.now:  # it was moved to an earlier time than the offer's end
        return Answer(booking, refused=Refused.BEGUN)
    for who in await bookings.who(tx, booking.id):
        if elsewhere := await bookings.clashes(tx, who.id, session.id):
            return Answer(booking, refused=Refused.CLASH, clash=elsewhere[0])
    await bookings.accept(tx, booking, office.now)
    return await standing(tx, booking.id)


async def decline(tx: Transaction, office: Office, booking_id: str, family_id: str, *, keep: bool) -> Answer:
    """Let an offer go; with `keep` wait on, behind all others. Whom nobody waits behind leaves the line,
    for what is free is open to all: an offer does not come back to who let it go."""
    await families.hold(tx, family_id)
    booking, session = await _held(tx, booking_id, family_id)
    if booking is None or session is None or booking.state != "offered":
        return Answer(booking, refused=Refused.GONE)
    if keep and session.waiting:
        await bookings.back_into_line(tx, booking)
    else:
        await bookings.let_go(tx, booking, "declined", office.now)
    await serve_after(tx, office, booking.session_id, but_not=booking.id)
    return await standing(tx, booking.id)


async def give_up(
    tx: Transaction,
    office: Office,
    booking_id: str,
    family_id: str,
    *,
    late: bool = False,
    only: str | None = None,
) -> Answer:
    """Cancel, leave the line or the draw, or take one of several (`only`, a participant) out. `late`: after
    the deadline; it is counted apart and is no miss. Whose receipt is on a published list stays until it is
    drawn."""
    await families.hold(tx, family_id)
    booking, session = await _held(tx, booking_id, family_id)
    if booking is None or session is None:
        return Answer(refused=Refused.UNKNOWN)
    if booking.state == "let_go":
        return Answer(booking, refused=Refused.GONE)
    lottery = await lotteries.of_session(tx, session.id) if booking.state == "entered" else None
    if lottery and lottery.published_at:
        return Answer(booking, refused=Refused.LIST_PUBLISHED)
    people = [who.id for who in await bookings.who(tx, booking.id)]
    if only is not None and only not in people:
        return Answer(booking, refused=Refused.UNKNOWN)
    if only is not None and len(people) > 1:
        await bookings.let_one_go(tx, booking, only)
    else:
        why = {"booked": "late" if late else "cancelled", "offered": "declined"}
        await bookings.let_go(tx, booking, why.get(booking.state, "left_line"), office.now)
    await serve_after(tx, office, booking.session_id)
    return await standing(tx, booking.id)


async def change(tx: Transaction, office: Office, booking_id: str, wish: Wish) -> Answer:
    """Give up a place for one in another session, which must be there to take: else nothing changes."""
    await families.hold(tx, wish.family_id)
    booking = await bookings.of_id(tx, booking_id)
    if booking is None or booking.family_id != wish.family_id or booking.state != "booked":
        return Answer(booking, refused=Refused.GONE)
    if booking.session_id == wish.session_id:
        return Answer(booking, refused=Refused.ALREADY)
    held = {each: await sessions.hold(tx, each) for each in sorted({booking.session_id, wish.session_id})}
    booking = await bookings.of_id(tx, booking_id)  # the session may have been called off until then
    if booking is None or booking.state != "booked":
        return Answer(booking, refused=Refused.GONE)
    session = held[wish.session_id]
    if session is None:
        return Answer(booking, refused=Refused.UNKNOWN)
    leaves = {who.id: booking.session_id for who in await bookings.who(tx, booking.id)}
    if refused := await _in_the_way(tx, office, session, wish, leaves=leaves):
        return refused
    if session.waiting or session.has_draw or session.free < len(wish.participants):
        return Answer(booking, refused=Refused.FULL)
    await bookings.let_go(tx, booking, "cancelled", office.now)
    if not await bookings.book(tx, wish, office.now):
        raise LookupError(f"session {wish.session_id} had places and gave none")
    await serve_after(tx, office, booking.session_id)
    return await standing(tx, wish.id)


async def lapse(tx: Transaction, office: Office, booking_id: str) -> bool:
    """The time of an offer is over: it goes to the next at once. False when it was answered meanwhile."""
    booking = await bookings.of_id(tx, booking_id)
    if booking is None or await sessions.hold(tx, booking.session_id) is None:
        return False
    booking = await bookings.of_id(tx, booking_id)
    if booking is None or booking.offer_until_at is None or booking.offer_until_at > office.now:
        return False
    await bookings.let_go(tx, booking, "lapsed", office.now)
    await office.tell(tx, booking, News.LAPSED)
    await serve_after(tx, office, booking.session_id)
    return True


async def call_off(tx: Transaction, office: Office, session_id: str, because: str) -> list[Booking] | None:
    """Nobody comes: everybody who is in it, is offered it or waits is told. None when it is off already."""
    session = await sessions.hold(tx, session_id)
    if session is None or session.state != "planned":
        return None
    affected = await bookings.of_session(tx, session_id)
    for booking in affected:
        await bookings.let_go(tx, booking, "called_off", office.now)
    await sessions.call_off(tx, session_id, because)
    for booking in affected:
        await office.tell(tx, booking, News.CALLED_OFF)
    return affected


async def resize(tx: Transaction, office: Office, session_id: str, places: int) -> Session | None:
    """What the centre wants to give; more places are offered at once, fewer throw nobody out."""
    if await sessions.hold(tx, session_id) is None:
        return None
    await sessions.resize(tx, session_id, places)
    await serve_after(tx, office, session_id)
    return await sessions.of_id(tx, session_id)


async def move(
    tx: Transaction,
    office: Office,
    session_id: str,
    meetings: Sequence[Meeting],
    *,
    by_manager: bool,
    is_provisional: bool = False,
) -> list[Booking] | None:
    """Other times: everybody keeps what they have and is told. None for a session that is off.

    One that had begun and is put off has places to offer again.
    """
    session = await sessions.hold(tx, session_id)
    if session is None or session.state != "planned":
        return None
    zone = office.now.tzinfo
    await sessions.move(
        tx,
        session_id,
        held_on=meetings[0][0].astimezone(zone).date(),
        last_on=meetings[-1][0].astimezone(zone).date(),
        meetings=meetings,
        is_provisional=is_provisional,
        is_edited=by_manager or session.is_edited,
        moved_at=office.now,
    )
    affected = await bookings.of_session(tx, session_id)
    for booking in affected:
        await office.tell(tx, booking, News.MOVED)
    await serve_after(tx, office, session_id)
    return affected


async def close_line(tx: Transaction, office: Office, session_id: str) -> int:
    """The session has begun: who still waits is told that it was not enough. How many those were."""
    session = await sessions.hold(tx, session_id)
    if session is None or session.starts_at > office.now:
        return 0
    left = [each for each in await bookings.of_session(tx, session_id) if each.state != "booked"]
    for booking in left:
        await bookings.let_go(tx, booking, "not_served", office.now)
        await office.tell(tx, booking, News.NOT_SERVED)
    return len(left)


async def erase(tx: Transaction, office: Office, family_id: str, only: str | None = None) -> int:
    """Give back everything of a family, or of one participant, that is not over. How many bookings."""
    await families.hold(tx, family_id)
    mine = await bookings.of_family(tx, family_id, office.now)
    given = 0
    for booking in sorted(mine, key=lambda each: each.session_id):
        await sessions.hold(tx, booking.session_id)
        people = [who.id for who in await bookings.who(tx, booking.id)]
        fresh = await bookings.of_id(tx, booking.id)
        if fresh is None or fresh.state == "let_go" or (only is not None and only not in people):
            continue
        if only is not None and len(people) > 1:
            await bookings.let_one_go(tx, fresh, only)
        else:
            await bookings.let_go(tx, fresh, "erased", office.now)
        given += 1
        await serve_after(tx, office, booking.session_id)
    return given


async def _held(tx: Transaction, booking_id: str, family_id: str) -> tuple[Booking | None, Session | None]:
    """The family's booking and its session, whose row is held from now on; Nones for somebody else's."""
    booking = await bookings.of_id(tx, booking_id)
    if booking is None or booking.family_id != family_id:
        return None, None
    session = await sessions.hold(tx, booking.session_id)
    return await bookings.of_id(tx, booking_id), session


async def serve_after(
    tx: Transaction, office: Office, session_id: str, *, but_not: str | None = None
) -> None:
    """Offer what a change to this session, which is held, has freed."""
    session = await sessions.of_id(tx, session_id)
    if session is not None and session.waiting:
        await _serve(tx, office, session, but_not=but_not)


async def _serve(
    tx: Transaction,
    office: Office,
    session: Session,
    *,
    newcomer: str | None = None,
    but_not: str | None = None,
) -> None:
    served = await serve_line(
        tx,
        session,
        office.now,
        office.terms.bound,
        office.until,
        newcomer=newcomer,
        but_not=but_not,
    )
    for booking in served:
        if booking.id != newcomer:
            await office.tell(tx, booking, News.OFFERED)
