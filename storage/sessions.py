"""Sessions of activities: their times, and the counters that no booking can exceed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Step, Transaction

SQL = load_queries("sessions")

Meeting = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Session:
    """What is booked. `taken` and `offered` are people, `waiting` parties in line; `places` is what the
    centre wants to give, `capacity` what it can give while nobody is thrown out.

    `state` is 'planned' or 'cancelled'; `is_edited`: a manager changed it; `has_draw`: a draw decides;
    `moved_at`: when it last got other times.
    """

    id: str
    activity_id: str
    centre_id: str
    held_on: date
    last_on: date
    starts_at: datetime
    ends_at: datetime
    places: int
    capacity: int
    taken: int
    offered: int
    waiting: int
    state: str
    because: str | None
    is_provisional: bool
    is_edited: bool
    has_draw: bool
    moved_at: datetime | None
    version: int

    @property
    def free(self) -> int:
        return self.capacity - self.taken - self.offered


@dataclass(frozen=True, slots=True)
class Changed:
    """A session that is off, or of which a manager changed something: the days on which it is held now."""

    id: str
    activity_id: str
    held_on: date
    last_on: date
    state: str


async def of_id(tx: Transaction, session_id: str) -> Session | None:
    return await tx.record(Session, SQL["of_id"], {"id": session_id})


async def of_activity(tx: Transaction, activity_id: str, first_on: date, last_on: date) -> list[Session]:
    """Those that are held between two days, both included, the first first."""
    params = {"activity_id": activity_id, "first_on": first_on, "last_on": last_on}
    return await tx.records(Session, SQL["of_activity"], params)


async def changed(tx: Transaction, not_planned: str) -> list[Changed]:
    """All that are not held as the directory and the calendar have it, and those with other places. Those
    that were called off for the reason `not_planned` follow the directory, and come back with it."""
    return await tx.records(Changed, SQL["changed"], {"not_planned": not_planned})


async def of_centre(tx: Transaction, centre_id: str, first_on: date, last_on: date) -> list[Session]:
    params = {"centre_id": centre_id, "first_on": first_on, "last_on": last_on}
    return await tx.records(Session, SQL["of_centre"], params)


async def moved(tx: Transaction, centre_id: str, first_on: date, last_on: date) -> set[str]:
    """Ids of those that are held on these days and were moved, from these or others."""
    params = {"centre_id": centre_id, "first_on": first_on, "last_on": last_on}
    return {row["id"] for row in await tx.rows(SQL["moved"], params)}


async def add(
    tx: Transaction,
    session_id: str,
    activity_id: str,
    centre_id: str,
    *,
    held_on: date,
    last_on: date,
    meetings: Sequence[Meeting],
    places: int,
    is_provisional: bool = False,
    has_draw: bool = False,
) -> bool:
    """Plan a session with its meetings; False, and nothing changed, when it is there already."""
    params = {
        "id": session_id,
        "activity_id": activity_id,
        "centre_id": centre_id,
        "held_on": held_on,
        "last_on": last_on,
        "starts_at": meetings[0][0],
        "ends_at": meetings[-1][1],
        "places": places,
        "is_provisional": is_provisional,
        "has_draw": has_draw,
    }
    if await tx.value(SQL["add"], params) is None:
        return False
    await _meet(tx, session_id, meetings)
    return True


async def _meet(tx: Transaction, session_id: str, meetings: Sequence[Meeting]) -> None:
    rows = ({"session_id": session_id, "starts_at": first, "ends_at": last} for first, last in meetings)
    await tx.many(SQL["add_meeting"], rows)


async def meetings(tx: Transaction, session_id: str) -> list[Meeting]:
    rows = await tx.rows(SQL["meetings"], {"session_id": session_id})
    return [(row["starts_at"], row["ends_at"]) for row in rows]


async def hold(tx: Transaction, session_id: str) -> Session | None:
    """The session, whose row and bookings nobody else changes until the end of the transaction."""
    return await tx.record(Session, SQL["hold"], {"id": session_id})


async def queue(tx: Transaction, session_id: str) -> None:
    """Wait behind all who came before for a place or a number in line of this session.

    Taken after the family and before the session's row; who wants other changes does without.
    """
    await tx.wait_turn(f"session {session_id}")


def taking(session_id: str, size: int, now_at: datetime) -> Step:
    """The fast way in: no row when it is full, has a line or a draw, or has begun."""
    return SQL["take"], {"id": session_id, "size": size, "now_at": now_at}


async def has_room(tx: Transaction, session_id: str, size: int, now_at: datetime) -> bool:
    """Whether it is worth trying to take places: cheap, and true only for as long as one looks."""
    params = {"id": session_id, "size": size, "now_at": now_at}
    return await tx.value(SQL["has_room"], params) is not None


async def take(tx: Transaction, session_id: str, size: int, now_at: datetime) -> bool:
    return await tx.value(*taking(session_id, size, now_at)) is not None


async def take_in(tx: Transaction, session_id: str, size: int, now_at: datetime) -> bool:
    """Places for who just came, before the session is over; False when there are not enough."""
    return await tx.value(SQL["take_in"], {"id": session_id, "size": size, "now_at": now_at}) is not None


async def join_line(tx: Transaction, session_id: str) -> int | None:
    """A number in line; None when the session is called off or unknown."""
    number: int | None = await tx.value(SQL["join_line"], {"id": session_id})
    return number


async def serve(tx: Transaction, session_id: str, *, offered: int = 0, taken: int = 0) -> int:
    """One party leaves the line for an offer or a place: how many places are free then.

    Raises LookupError when there are not enough: the caller counted wrongly, and nothing may stay.
    """
    params = {"id": session_id, "offered": offered, "taken": taken}
    free: int | None = await tx.value(SQL["serve"], params)
    if free is None:
        raise LookupError(f"session {session_id} has no {offered + taken} free places")
    return free


async def grant(tx: Transaction, session_id: str, *, taken: int = 0, offered: int = 0) -> None:
    """People get places, or offers, by a draw. Raises LookupError when the session is called off."""
    params = {"id": session_id, "taken": taken, "offered": offered}
    if await tx.value(SQL["grant"], params) is None:
        raise LookupError(f"session {session_id} is called off, or there is no such session")


async def begin_draw(tx: Transaction, session_id: str) -> None:
    """From now on a draw decides who gets places."""
    await tx.run(SQL["begin_draw"], {"id": session_id})


async def end_draw(tx: Transaction, session_id: str) -> None:
    """It is drawn: what is free goes to the line, and to who comes, as usual."""
    await tx.run(SQL["end_draw"], {"id": session_id})


async def accept(tx: Transaction, session_id: str, size: int) -> None:
    """An offer becomes a place."""
    await tx.run(SQL["accept"], {"id": session_id, "size": size})


async def give_back(
    tx: Transaction, session_id: str, *, taken: int = 0, offered: int = 0, waiting: int = 0
) -> int:
    """People leave their places or offers, parties leave the line: how many places are free then."""
    params = {"id": session_id, "taken": taken, "offered": offered, "waiting": waiting}
    free: int = await tx.value(SQL["give_back"], params)
    return free


async def resize(tx: Transaction, session_id: str, places: int) -> int:
    """What the centre wants to give from now on: how many places are free then. Nobody is thrown out."""
    free: int = await tx.value(SQL["resize"], {"id": session_id, "places": places})
    return free


async def call_off(tx: Transaction, session_id: str, because: str) -> bool:
    """Its bookings have to be let go before. `because` is a code. False when it was called off already."""
    return await tx.value(SQL["call_off"], {"id": session_id, "because": because}) is not None


async def call_on(tx: Transaction, session_id: str) -> bool:
    """A session that was called off is held after all, with nobody in it."""
    return await tx.value(SQL["call_on"], {"id": session_id}) is not None


async def move(
    tx: Transaction,
    session_id: str,
    *,
    held_on: date,
    last_on: date,
    meetings: Sequence[Meeting],
    is_provisional: bool,
    is_edited: bool,
    moved_at: datetime,
) -> None:
    """Other times for the same bookings."""
    params = {
        "id": session_id,
        "held_on": held_on,
        "last_on": last_on,
        "starts_at": meetings[0][0],
        "ends_at": meetings[-1][1],
        "is_provisional": is_provisional,
        "is_edited": is_edited,
        "moved_at": moved_at,
    }
    await tx.run(SQL["move"], params)
    await tx.run(SQL["forget_meetings"], {"session_id": session_id})
    await _meet(tx, session_id, meetings)


async def settle(tx: Transaction, session_id: str, is_provisional: bool, settled_at: datetime) -> None:
    """Whether the notice of the year may still change it."""
    params = {"id": session_id, "is_provisional": is_provisional, "settled_at": settled_at}
    await tx.run(SQL["settle"], params)


async def planned_activities(tx: Transaction, now_at: datetime) -> list[str]:
    """The activities that have sessions which begin after that."""
    return [row["activity_id"] for row in await tx.rows(SQL["planned_activities"], {"now_at": now_at})]


async def begun(tx: Transaction, now_at: datetime) -> list[str]:
    """Sessions that have begun and in which somebody still waits or is offered a place; and draws."""
    return [row["session_id"] for row in await tx.rows(SQL["begun"], {"now_at": now_at})]


async def mark_edited(tx: Transaction, session_id: str) -> None:
    """From now on the directory and the calendar leave it as it is."""
    await tx.run(SQL["mark_edited"], {"id": session_id})


async def remove(tx: Transaction, session_id: str) -> bool:
    """A session that nobody ever booked goes without a trace; False when somebody did, or it has a draw."""
    if (await tx.value(SQL["has_bookings"], {"session_id": session_id})) is not None:
        return False
    await tx.run(SQL["forget_meetings"], {"session_id": session_id})
    return await tx.value(SQL["remove"], {"id": session_id}) is not None
