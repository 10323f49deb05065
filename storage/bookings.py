"""Bookings: places that are taken, waited for, offered and given back.

Every change holds the family's row first, then the sessions' rows in ascending order of their ids; an offer
to a family is made under the session's row alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage import families, sessions
from storage.database import Database
from storage.families import Participant
from storage.statements import load_queries
from storage.transaction import Interrupted, Step, Transaction

SQL = load_queries("bookings")

# Who made a booking, when it was not a member of staff.
FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Booking:
    """What a family asked of a session for `size` participants. `state` is 'entered', 'waiting', 'offered',
    'booked' or 'let_go', and then `ended` says why. `code` is for people, unique within the session."""

    id: str
    code: str
    session_id: str
    family_id: str
    size: int
    state: str
    ended: str | None
    in_line: int | None
    passed_over: int
    made_by: str
    phone: str | None
    made_at: datetime
    offered_at: datetime | None
    offer_until_at: datetime | None
    booked_at: datetime | None
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Wish:
    """A booking that is asked for: all of `participants` (ids of the family's) or none."""

    id: str
    code: str
    session_id: str
    family_id: str
    participants: tuple[str, ...]
    made_by: str = FAMILY
    phone: str | None = None


def _written(wish: Wish, state: str, now_at: datetime, in_line: int | None = None) -> Step:
    return SQL["write"], {
        "id": wish.id,
        "code": wish.code,
        "session_id": wish.session_id,
        "family_id": wish.family_id,
        "size": len(wish.participants),
        "state": state,
        "in_line": in_line,
        "made_by": wish.made_by,
        "phone": wish.phone if state == "waiting" else None,
        "made_at": now_at,
        "booked_at": now_at if state == "booked" else None,
    }


def _seated(wish: Wish) -> list[Step]:
    return [
        (
            SQL["seat"],
            {
                "booking_id": wish.id,
                "participant_id": who,
                "session_id": wish.session_id,
                "family_id": wish.family_id,
            },
        )
        for who in wish.participants
    ]


def taking(wish: Wish, now_at: datetime) -> list[Step]:
    """The steps of `take_place`: the session's row, which everybody wants, is held for the last alone."""
    return [
        families.holding(wish.family_id),
        _written(wish, "booked", now_at),
        *_seated(wish),
        sessions.taking(wish.session_id, len(wish.participants), now_at),
    ]


async def take_place(db: Database, wish: Wish, now_at: datetime) -> bool:
    """Take places in a transaction of its own; False, and nothing changed, when it can't be done at once:
    the session is full, has a line or a draw or has begun, its code is taken, or somebody has to be
    elsewhere then.

    Raises ConstraintError when one of them is in the session, or in its line, already.
    """
    async with db.read(snapshot=False) as tx:
        if not await sessions.has_room(tx, wish.session_id, len(wish.participants), now_at):
            return False
    return await db.chain(taking(wish, now_at)) is not None


async def book(tx: Transaction, wish: Wish, now_at: datetime) -> bool:
    """Take places at once, or wait in line: whether they were taken. The family is held by the caller.

    Raises Interrupted when the session was called off since the caller looked, or moved to where one has
    to be elsewhere: `clashes` has to be asked before.
    """
    await _write(tx, wish, "booked", now_at)
    await _seat(tx, wish)
    if await sessions.take(tx, wish.session_id, len(wish.participants), now_at):
        return True
    number = await sessions.join_line(tx, wish.session_id)
    if number is None:
        raise Interrupted(f"session {wish.session_id} was called off meanwhile")
    await tx.run(SQL["into_line"], {"id": wish.id, "in_line": number})
    if wish.phone:
        await note_phone(tx, wish.id, wish.phone)
    return False


async def walk_in(tx: Transaction, wish: Wish, now_at: datetime) -> None:
    """Places for who just came, marked as such. The family is held by the caller.

    Raises Interrupted when the places were taken since the caller looked.
    """
    await _write(tx, wish, "booked", now_at)
    await _seat(tx, wish)
    await tx.run(SQL["mark_walk_in"], {"id": wish.id})
    if not await sessions.take_in(tx, wish.session_id, len(wish.participants), now_at):
        raise Interrupted(f"session {wish.session_id} has no such places any more")


async def enter(tx: Transaction, wish: Wish, now_at: datetime) -> None:
    """Take part in the draw of a session that has one."""
    await _write(tx, wish, "entered", now_at)
    await _seat(tx, wish)


async def _write(tx: Transaction, wish: Wish, state: str, now_at: datetime) -> None:
    """Raises Interrupted when the session has a booking of this code: the next try brings another."""
    if await tx.value(*_written(wish, state, now_at)) is None:
        raise Interrupted(f"session {wish.session_id} has a booking of the same code")


async def _seat(tx: Transaction, wish: Wish) -> None:
    for query, params in _seated(wish):
        if await tx.value(query, params) is not None:
            continue
        if await clashes(tx, params["participant_id"], wish.session_id):
            raise Interrupted(f"another session was moved to the time of {wish.session_id} meanwhile")
        raise LookupError(f"the family {wish.family_id} does not have one of these participants")


async def clashes(tx: Transaction, participant_id: str, session_id: str) -> list[str]:
    """The sessions in which this participant has a place at the time of that one."""
    params = {"participant_id": participant_id, "session_id": session_id}
    return [row["session_id"] for row in await tx.rows(SQL["clashes"], params)]


async def of_id(tx: Transaction, booking_id: str) -> Booking | None:
    return await tx.record(Booking, SQL["of_id"], {"id": booking_id})


async def of_family(tx: Transaction, family_id: str, now_at: datetime) -> list[Booking]:
    """Those of sessions that are not over, the first session first."""
    return await tx.records(Booking, SQL["of_family"], {"family_id": family_id, "now_at": now_at})


async def active_in(tx: Transaction, session_id: str, family_id: str) -> dict[str, str]:
    """The family's participants in a session: the state of the booking by participant id."""
    params = {"session_id": session_id, "family_id": family_id}
    return {row["participant_id"]: row["state"] for row in await tx.rows(SQL["active_in"], params)}


async def of_session(tx: Transaction, session_id: str) -> list[Booking]:
    """Those that have places, are offered some, wait or take part in the draw, in order of asking."""
    return await tx.records(Booking, SQL["of_session"], {"session_id": session_id})


async def line(tx: Transaction, session_id: str, most: int = 100) -> list[Booking]:
    """Who waits, in order."""
    return await tx.records(Booking, SQL["line"], {"session_id": session_id, "most": most})


async def lapsed(tx: Transaction, now_at: datetime, most: int = 100) -> list[Booking]:
    """Offers whose time is over."""
    return await tx.records(Booking, SQL["lapsed"], {"now_at": now_at, "most": most})


def reminder_key(when: str, booking_id: str) -> str:
    """A message of this key is in the outbox once the family was reminded."""
    return f"remind {when} {booking_id}"


async def to_remind(
    tx: Transaction, when: str, first_at: datetime, last_at: datetime, most: int
) -> list[Booking]:
    """Who has places in sessions that begin in this span of time and was not reminded yet."""
    params = {"begins": reminder_key(when, ""), "first_at": first_at, "last_at": last_at, "most": most}
    return await tx.records(Booking, SQL["to_remind"], params)


async def place_in_line(tx: Transaction, booking: Booking) -> int:
    """1 for the party that is next."""
    params = {"session_id": booking.session_id, "in_line": booking.in_line}
    place: int = await tx.value(SQL["place_in_line"], params)
    return place


async def who(tx: Transaction, booking_id: str, *, with_left: bool = False) -> list[Participant]:
    """For whom the booking is; with `with_left` for whom it was, once all of it was let go."""
    params = {"booking_id": booking_id, "is_all": with_left}
    return await tx.records(Participant, SQL["who"], params)


async def places_between(tx: Transaction, family_id: str, first_at: datetime, last_at: datetime) -> int:
    """How many places the family has, or is offered, in sessions that begin in this span of time."""
    params = {"family_id": family_id, "first_at": first_at, "last_at": last_at}
    places: int = await tx.value(SQL["places_between"], params)
    return places


async def offer(tx: Transaction, booking: Booking, now_at: datetime, until_at: datetime) -> int:
    """Offer what the party at hand waits for, which is kept for it: how many places are free then.

    The session is held by the caller, as for all that follows.
    """
    params = {"id": booking.id, "offered_at": now_at, "offer_until_at": until_at}
    if await tx.value(SQL["offer"], params) is None:
        raise LookupError(f"booking {booking.id} does not wait")
    return await sessions.serve(tx, booking.session_id, offered=booking.size)


async def serve(tx: Transaction, booking: Booking, now_at: datetime) -> int:
    """Give a party that waits its places at once: how many are free then."""
    await _book(tx, booking, now_at)
    return await sessions.serve(tx, booking.session_id, taken=booking.size)


async def accept(tx: Transaction, booking: Booking, now_at: datetime) -> None:
    """An offer is taken; the caller looked at its time."""
    await _book(tx, booking, now_at)
    await sessions.accept(tx, booking.session_id, booking.size)


async def _book(tx: Transaction, booking: Booking, now_at: datetime) -> None:
    if await tx.value(SQL["book"], {"id": booking.id, "booked_at": now_at}) is None:
        raise LookupError(f"booking {booking.id} neither waits nor has an offer")


async def pass_over(tx: Transaction, booking_id: str, times: int) -> None:
    """So many parties behind were served because this one does not fit."""
    await tx.run(SQL["pass_over"], {"id": booking_id, "times": times})


async def back_into_line(tx: Transaction, booking: Booking) -> None:
    """An offer is declined, and the party waits again, behind all others."""
    number = await sessions.join_line(tx, booking.session_id)
    if number is None or await tx.value(SQL["back_into_line"], {"id": booking.id, "in_line": number}) is None:
        raise LookupError(f"booking {booking.id} has no offer in a session that is held")
    await sessions.give_back(tx, booking.session_id, offered=booking.size)


async def let_go(tx: Transaction, booking: Booking, ended: str, now_at: datetime) -> int:
    """The end of a booking in any state, `ended` says why: how many places are free then."""
    if await tx.value(SQL["let_go"], {"id": booking.id, "ended": ended, "ended_at": now_at}) is None:
        raise LookupError(f"booking {booking.id} was let go already")
    await tx.run(SQL["free_places"], {"booking_id": booking.id})
    size = booking.size
    match booking.state:
        case "booked":
            return await sessions.give_back(tx, booking.session_id, taken=size)
        case "offered":
            return await sessions.give_back(tx, booking.session_id, offered=size)
        case "waiting":
            return await sessions.give_back(tx, booking.session_id, waiting=1)
        case _:
            return await sessions.give_back(tx, booking.session_id)


async def let_one_go(tx: Transaction, booking: Booking, participant_id: str) -> int:
    """One of several leaves a booking: how many places are free then."""
    params = {"booking_id": booking.id, "participant_id": participant_id}
    smaller = await tx.value(SQL["smaller"], {"id": booking.id})
    if smaller is None or await tx.value(SQL["free_place"], params) is None:
        raise LookupError(f"booking {booking.id} is for no other than this participant, or not for them")
    taken, offered = booking.state == "booked", booking.state == "offered"
    return await sessions.give_back(tx, booking.session_id, taken=int(taken), offered=int(offered))


async def note_phone(tx: Transaction, booking_id: str, phone: str) -> bool:
    """A number to call when there is a place; False when the booking neither waits nor has an offer."""
    return await tx.value(SQL["note_phone"], {"id": booking_id, "phone": phone}) is not None


async def served_in_line(tx: Transaction, activity_id: str, now_at: datetime) -> Sequence[int]:
    """For each session of the activity that is over and had a line: how many parties of it got places."""
    params = {"activity_id": activity_id, "now_at": now_at}
    return [int(row["served"]) for row in await tx.rows(SQL["served_in_line"], params)]
