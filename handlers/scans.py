"""What staff see of a booking's code that they scanned at the door (handlers/door_codes.py).

Whoever may check people in at its centre sees what it is about; everybody else sees nothing of it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from handlers.desk_roster import lines_of, meeting_on, minute_of
from handlers.desk_site import Site, desk_session
from handlers.door_codes import ARRIVE
from messages.views import View
from messages.views_staff import DeskPerson, DeskSession
from storage import attendance, bookings, sessions
from storage.bookings import Booking
from storage.sessions import Session
from storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Scanned:
    """What staff see of a code. `state`: 'here' (somebody is to be checked in now), 'arrived' (nobody is any
    more), 'other_day', 'no_place' (in line or not drawn yet), 'let_go', 'called_off'; without a session
    'elsewhere' (of a centre that is not theirs) and 'unknown'. Aliases of people on the day itself alone.

    `meeting` and `who` name the meeting, and those who are to be checked in, to a form.
    """

    state: str
    session: DeskSession | None = None
    begins: datetime | None = None
    code: str = ""
    size: int = 0
    people: tuple[DeskPerson, ...] = ()
    meeting: int = 0
    who: str = ""


UNKNOWN, ELSEWHERE = Scanned("unknown"), Scanned("elsewhere")


async def scanned(
    tx: Transaction, about: tuple[str, ...] | None, site_at: Callable[[str], Site | View]
) -> tuple[str | None, Scanned]:
    """The centre of a code, and what it is about as far as it may be seen at `site_at` of that centre."""
    match about:
        case (what, str(booking_id)) if what == ARRIVE:
            booking = await bookings.of_id(tx, booking_id)
        case _:
            booking = None
    session = await sessions.of_id(tx, booking.session_id) if booking else None
    if booking is None or session is None:
        return None, UNKNOWN
    site = site_at(session.centre_id)
    if not isinstance(site, Site):
        return None, ELSEWHERE
    return session.centre_id, await _seen(booking, session, site)


async def _seen(booking: Booking, session: Session, site: Site) -> Scanned:
    begins = (await meeting_on(session, site.now.date(), site)).astimezone(site.now.tzinfo)
    shown = Scanned("", desk_session(session, site), begins, booking.code, booking.size)
    if why := _why_not(booking, session, begins, site):
        return replace(shown, state=why)
    listed = await attendance.roster(site.scene.tx, session.id, begins)
    await site.note_look(session.id, booking.id)
    mine = [
        (who, line)
        for who, line in zip(listed, lines_of(listed, begins), strict=True)
        if who.booking_id == booking.id
    ]
    coming = [f"{who.booking_id}:{who.participant_id}" for who, _ in mine if who.arrived_at is None]
    state = "here" if coming else "arrived"
    return replace(
        shown,
        state=state,
        people=tuple(line for _, line in mine),
        who=" ".join(coming),
        meeting=minute_of(begins),
    )


def _why_not(booking: Booking, session: Session, begins: datetime, site: Site) -> str | None:
    if booking.state == "let_go":
        return "called_off" if session.state == "cancelled" else "let_go"
    if session.state == "cancelled":
        return "called_off"
    if booking.state != "booked":
        return "no_place"
    return None if begins.date() == site.now.date() else "other_day"
