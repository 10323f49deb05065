"""Takes a calling-off back: a session is held after all, and who had something in it has it again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pydantic_core

from handlers import bookings as booked
from handlers.desk_site import UNDO_WITHIN, Site
from storage import bookings, families, revivals, sessions
from storage.bookings import Booking
from storage.revivals import Before


@dataclass(frozen=True, slots=True)
class Was:
    """A session before it was called off: ids and codes alone."""

    session_id: str
    bookings: tuple[Before, ...]


async def as_it_is(site: Site, session_id: str) -> Was:
    """What has to be known to give it back, and the numbers to call of those in line, kept apart for as long.
    An offer comes back as a number in line: its time went on."""
    found = []
    for booking in await bookings.of_session(site.scene.tx, session_id):
        people = tuple(who.id for who in await bookings.who(site.scene.tx, booking.id))
        if booking.phone:
            await revivals.keep_phone(site.scene.tx, booking.id, booking.phone, site.now + UNDO_WITHIN)
        state = "waiting" if booking.state == "offered" else booking.state
        found.append(Before(booking.id, booking.family_id, state, people))
    return Was(session_id, tuple(found))


def to_text(listed: Sequence[Was]) -> str:
    """For the audit."""
    plain = [
        [was.session_id, [[b.booking_id, b.family_id, b.state, list(b.participants)] for b in was.bookings]]
        for was in listed
    ]
    return pydantic_core.to_json(plain).decode()


def from_text(text: str) -> list[Was]:
    return [
        Was(session_id, tuple(Before(one, two, state, tuple(people)) for one, two, state, people in found))
        for session_id, found in pydantic_core.from_json(text)
    ]


@dataclass(frozen=True, slots=True)
class Revived:
    """Bookings that stand again, and how many families have less than before."""

    bookings: tuple[Booking, ...]
    lost: int


async def hold(site: Site, listed: Iterable[Was]) -> None:
    """All families, then all sessions, each in the order of their ids."""
    everything = list(listed)
    for family_id in sorted({before.family_id for was in everything for before in was.bookings}):
        await families.hold(site.scene.tx, family_id)
    for session_id in sorted(was.session_id for was in everything):
        await sessions.hold(site.scene.tx, session_id)


async def give_back(site: Site, listed: Sequence[Was]) -> Revived:
    """Hold the sessions that have not begun after all; `hold` was called before."""
    tx, revived, lost = site.scene.tx, [], set()
    for was in listed:
        session = await sessions.of_id(tx, was.session_id)
        if session is None or session.starts_at <= site.now or not await sessions.call_on(tx, was.session_id):
            lost |= {before.family_id for before in was.bookings}
            continue
        for before in was.bookings:
            booking = await bookings.of_id(tx, before.booking_id)
            is_free = not await _is_elsewhere(site, before, was.session_id)
            if booking and is_free and await revivals.revive(tx, was.session_id, before):
                revived.append(booking)
            else:
                lost.add(before.family_id)
        await booked.resize(tx, site.office, was.session_id, session.places)  # who is next is served at once
    return Revived(tuple(revived), len(lost))


async def _is_elsewhere(site: Site, before: Before, session_id: str) -> bool:
    """Whether somebody has booked something else for that time since."""
    if before.state != "booked":
        return False
    return any([await bookings.clashes(site.scene.tx, who, session_id) for who in before.participants])
