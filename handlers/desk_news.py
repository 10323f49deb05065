"""Tells each family once what staff did to several of its bookings."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from handlers import planning
from handlers.booking_parts import MINE, held_of, slot_of
from handlers.bookings import News
from handlers.cards import centre_name
from handlers.desk_site import Site
from handlers.notices import Herald, by_family
from messages.booking_rules import read_note
from messages.view_parts import Choice
from messages.views_arrivals import ChildFetched
from messages.views_booking import Held, Slot
from messages.views_staff import CentreClosedTold, HeldAfterAll
from storage import bookings, call_list, families
from storage.bookings import Booking
from storage.sessions import Session

# So far behind a closing, and so many at most, other dates are offered.
INSTEAD_WITHIN = timedelta(days=21)
MOST_INSTEAD = 2
HUMAN = Choice("@human", "/human")


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
        heard = await _to_hear(site, mine)
        key = f"closed {closure_id} {family_id}"
        await herald.say(site.scene.tx, family_id, view, key=key, heard=heard)


async def tell_held(site: Site, entry_id: str, revived: Iterable[Booking]) -> None:
    """What is held after all; once for what was taken back."""
    herald = herald_of(site)
    for family_id, mine in by_family(revived).items():
        view = HeldAfterAll(await _held(site, mine), (MINE,))
        fresh = [await bookings.of_id(site.scene.tx, each.id) for each in mine]
        # Who is offered a place again has heard that, and it is more pressing.
        heard = {each.id: call_list.HELD for each in fresh if each and each.state != "offered"}
        key = f"held {entry_id} {family_id}"
        await herald.say(site.scene.tx, family_id, view, key=key, heard=heard)


async def is_told(site: Site, booking_id: str) -> bool:
    """Whether the family of a booking reads what is said to it; who has no conversation has to be called."""
    booking = await bookings.of_id(site.scene.tx, booking_id)
    return bool(booking and await families.conversations(site.scene.tx, booking.family_id))


def hands_over(session: Session, site: Site) -> bool:
    """Whether children of this session are handed to somebody, and do not go home alone."""
    activity = site.world.directory.activities.get(session.activity_id)
    return activity is not None and read_note(activity.note).is_fetched


async def tell_fetched(
    site: Site, booking_id: str, participant_id: str, alias: str, *, by: str | None
) -> None:
    """To the guardian: who was fetched, when, `by` what or by whom; None: that it was a mistake."""
    booking = await bookings.of_id(site.scene.tx, booking_id)
    held = await held_of(site.scene.tx, booking, site.world) if booking else None
    if booking is None or held is None:
        return  # the office took the activity out of the directory: nothing can be said of it
    view = ChildFetched(replace(held, people=(alias,)), site.now, by, (HUMAN, MINE))
    what = "fetched" if by else "not fetched"
    key = f"{what} {booking_id} {participant_id} {site.now:%Y-%m-%dT%H:%M:%S.%f}"
    await herald_of(site).say(site.scene.tx, booking.family_id, view, key=key)


def herald_of(site: Site) -> Herald:
    return Herald(site.world, site.scene.new_id, site.scene.conversation_id)


async def _held(site: Site, listed: Iterable[Booking]) -> tuple[Held, ...]:
    fresh = [await bookings.of_id(site.scene.tx, booking.id) for booking in listed]
    told = [await held_of(site.scene.tx, booking, site.world) for booking in fresh if booking]
    return tuple(sorted((held for held in told if held), key=lambda held: held.slot.starts_at))


async def _to_hear(site: Site, mine: Iterable[Booking]) -> dict[str, str]:
    fresh = [await bookings.of_id(site.scene.tx, each.id) for each in mine]
    news = {True: News.CALLED_OFF, False: News.MOVED}
    return {each.id: news[each.state == "let_go"].value for each in fresh if each}


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
