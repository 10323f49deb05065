"""Tells each family once what staff did to several of its bookings."""

from collections.abc import Iterable
from datetime import date, timedelta

from handlers import planning
from handlers.booking_parts import held_of, slot_of
from handlers.cards import centre_name
from handlers.desk_site import Site
from handlers.notices import MINE, Herald, by_family
from messages.view_parts import Choice
from messages.views_booking import Held, Slot
from messages.views_staff import CentreClosedTold, HeldAfterAll
from storage import bookings
from storage.bookings import Booking

# So far behind a closing, and so many at most, other dates are offered.
INSTEAD_WITHIN = timedelta(days=21)
MOST_INSTEAD = 2


async def tell_closed(
    site: Site, closure_id: str, first: date, last: date, because: str, affected: Iterable[Booking]
) -> None:
    """What is not held, and the next dates of the same activities that have places."""
    herald, name = herald_of(site), centre_name(site.centre)
    for family_id, mine in by_family(affected).items():
        touched = await _held(site, mine)
        held = tuple(each for each in touched if each.state == "let_go")
        shorter = tuple(each for each in touched if each.state != "let_go")
        instead = await _instead(site, last, held)
        choices = tuple(
            Choice(f"@on {slot.starts_at:%Y-%m-%dT%H:%M}", f"/session {slot.id}") for _, slot in instead
        )
        phone = site.centre.phone
        sample = site.world.directory.is_sample(phone)
        view = CentreClosedTold(
            name, first, last, because, held, shorter, instead, phone, sample, (*choices, MINE)
        )
        await herald.say(site.scene.tx, family_id, view, key=f"closed {closure_id} {family_id}")


async def tell_held(site: Site, entry_id: str, revived: Iterable[Booking]) -> None:
    """What is held after all; once for what was taken back."""
    herald = herald_of(site)
    for family_id, mine in by_family(revived).items():
        view = HeldAfterAll(await _held(site, mine), (MINE,))
        await herald.say(site.scene.tx, family_id, view, key=f"held {entry_id} {family_id}")


def herald_of(site: Site) -> Herald:
    return Herald(site.world, site.scene.new_id, site.scene.conversation_id)


async def _held(site: Site, listed: Iterable[Booking]) -> tuple[Held, ...]:
    fresh = [await bookings.of_id(site.scene.tx, booking.id) for booking in listed]
    told = [await held_of(site.scene.tx, booking, site.world) for booking in fresh if booking]
    return tuple(sorted((held for held in told if held), key=lambda held: held.slot.starts_at))


async def _instead(site: Site, last: date, held: Iterable[Held]) -> tuple[tuple[str, Slot], ...]:
    directory, begins = site.world.directory, last + timedelta(days=1)
    found = []
    for activity_id in dict.fromkeys(each.activity.id for each in held):
        activity = directory.activities[activity_id]
        coming = await planning.upcoming(
            site.scene.tx, directory, activity, site.now, begins, begins + INSTEAD_WITHIN
        )
        free = next((each for each in coming if each.free > 0 and not each.waiting), None)
        if free:
            found.append((activity.name, slot_of(free, site.now)))
    return tuple(found[:MOST_INSTEAD])
