"""The code of a booking that a family shows at the door: an address of ours with our signature.

It tells nothing of anybody. What it is about is looked up by staff of its centre alone (handlers/scans.py).
"""

from datetime import timedelta

from handlers.booking_parts import held_of
from handlers.calendars import booking_of_code
from handlers.safe import Addresses, Safe
from handlers.world import Scene, World
from messages.views_booking import Held
from storage import sessions
from storage.bookings import Booking
from storage.sessions import Session
from storage.transaction import Transaction

# What is scanned at the door: a booking, and the code by which a child is fetched.
ARRIVE, FETCH = "arrive", "fetch"
# So long after its end a code still says what it was for.
GOOD_AFTER = timedelta(days=1)
# Where a booking's code has a page of its own already, for whose cookie it is.
HAS_PAGES = frozenset({"web"})


def path_for(booking: Booking, session: Session, addresses: Addresses) -> str:
    """Where a booking's code leads, without the server's name."""
    return f"/desk/{ARRIVE}/{addresses.make((ARRIVE, booking.id), session.ends_at + GOOD_AFTER)}"


async def place(
    tx: Transaction, talk: tuple[str, str], code: str, world: World, safe: Safe
) -> tuple[Held, str] | None:
    """What the family that talks at a channel's address has a place in, by its check-in code, and the address
    that it is scanned for."""
    booking = await booking_of_code(tx, *talk, code, world)
    session = await sessions.of_id(tx, booking.session_id) if booking else None
    held = await held_of(tx, booking, world) if booking else None
    return (held, path_for(booking, session, safe.addresses)) if booking and session and held else None


def link_for(booking: Booking, session: Session, world: World, scene: Scene) -> str | None:
    """What a card carries on channels that show no page of ours; None where nobody told our address."""
    page = world.policy.page
    if page is None or scene.channel in HAS_PAGES or booking.state != "booked":
        return None
    return page.rstrip("/") + path_for(booking, session, scene.safe.addresses)
