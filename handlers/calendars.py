"""A family's bookings as a calendar has them: what it has, and for some weeks what was cancelled.

A revision counts the seconds between asking for a booking and the last change of it or of its session, and
the changes of the booking itself. It is the family's own, whatever others do to the session's row, and rises
with every change that RFC 5546 (2.1.4) wants told: other times, another state. A phone number or a room that
the office corrects arrives with the next download and needs none.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from handlers.asks import dialogue_from_json
from handlers.booking_parts import cancel_until
from handlers.world import World
from messages.ics import BookedEvent, Meeting
from storage import booked_dates, bookings, conversations, families
from storage.booked_dates import BookedDate
from storage.bookings import Booking
from storage.transaction import Transaction

# What is over or was cancelled stays so long: a subscribed calendar may not be asked for weeks.
KEPT = timedelta(weeks=4)
# Stands in no family's id.
REPLACED = "~"


@dataclass(frozen=True, slots=True)
class FamilyCalendar:
    """What goes into a file, in the language of the conversation."""

    events: tuple[BookedEvent, ...]
    language: str


async def of_feed(tx: Transaction, feed_id: str, world: World) -> FamilyCalendar | None:
    """What a feed shows; None for one that was ended, or of a family that is unknown or was erased."""
    family_id = feed_id.partition(REPLACED)[0]
    return await of_family(tx, family_id, world) if feed_id == await _feed_of(tx, family_id) else None


async def _feed_of(tx: Transaction, family_id: str) -> str | None:
    """What names a family's feed: its id, with a number once the first address was ended."""
    number = await families.feed(tx, family_id)
    if number is None:
        return None
    return f"{family_id}{REPLACED}{number}" if number else family_id


async def of_family(tx: Transaction, family_id: str, world: World) -> FamilyCalendar | None:
    """All that a family has; None for one that talks in no conversation, because it is unknown or was erased.

    The conversation that was used last gives the language.
    """
    talks = await families.conversations(tx, family_id)
    if not talks:
        return None
    dates = await _dates(tx, family_id, world)
    return FamilyCalendar(_events(dates, world), await _language(tx, talks[0].id))


async def of_codes(
    tx: Transaction, channel: str, address: str, codes: Collection[str], world: World
) -> FamilyCalendar | None:
    """The bookings of these codes that the family of a conversation has; None when it has none of them."""
    conversation_id, family_id = await _family(tx, channel, address)
    dates = await _dates(tx, family_id, world) if family_id else []
    events = _events([each for each in dates if each.code in codes], world)
    if conversation_id is None or not events:
        return None
    return FamilyCalendar(events, await _language(tx, conversation_id))


async def feed_with_bookings(tx: Transaction, channel: str, address: str, world: World) -> str | None:
    """The feed of a conversation's family, if there is anything to put into its calendar."""
    _, family_id = await _family(tx, channel, address)
    if family_id is None or not _events(await _dates(tx, family_id, world), world):
        return None
    return await _feed_of(tx, family_id)


async def booking_of_code(
    tx: Transaction, channel: str, address: str, code: str, world: World
) -> Booking | None:
    """What the family of a conversation has a place in, by its code, until that is over."""
    _, family_id = await _family(tx, channel, address)
    own = await bookings.of_family(tx, family_id, world.now) if family_id else []
    return next((each for each in own if each.code == code and each.state == "booked"), None)


async def _family(tx: Transaction, channel: str, address: str) -> tuple[str | None, str | None]:
    """The conversation, and its family."""
    conversation = await conversations.find(tx, channel, address)
    if conversation is None:
        return None, None
    return conversation.id, await families.of_conversation(tx, conversation.id)


async def _language(tx: Transaction, conversation_id: str) -> str:
    return dialogue_from_json(await conversations.state_of(tx, conversation_id)).tag


async def _dates(tx: Transaction, family_id: str, world: World) -> list[BookedDate]:
    return await booked_dates.of_family(tx, family_id, world.now - KEPT)


def _events(dates: Sequence[BookedDate], world: World) -> tuple[BookedEvent, ...]:
    """One for each booking, left out what the office took out of the directory: it has no name any more."""
    together = groupby(dates, key=lambda each: each.booking_id)
    made = [_event(tuple(each), world) for _, each in together]
    return tuple(event for event in made if event)


def _event(dates: tuple[BookedDate, ...], world: World) -> BookedEvent | None:
    first = dates[0]
    activity = world.directory.activities.get(first.activity_id)
    if activity is None:
        return None
    centre = world.directory.centres[activity.centre_id]
    changed = _changed(first)
    return BookedEvent(
        booking_id=first.booking_id,
        revision=int((changed - first.made_at).total_seconds()) + first.version,
        changed_at=changed,
        activity=activity.name,
        centre=centre.name,
        address=centre.address,
        meetings=tuple(_meeting(number, each) for number, each in enumerate(dates, 1)),
        room=activity.room,
        phone=None if world.directory.is_sample(centre.phone) else centre.phone,
        spot=(centre.latitude, centre.longitude),
        cancel_by=cancel_until(activity, first.begins_at, world.now),
        is_cancelled=first.is_cancelled,
        is_provisional=first.is_provisional,
    )


def _meeting(number: int, date: BookedDate) -> Meeting:
    """Known by its place among the others, which it keeps when the session is moved."""
    return Meeting(str(number), date.starts_at, date.ends_at)


def _changed(date: BookedDate) -> datetime:
    """When the booking or its session last changed, as far as a calendar can tell."""
    stamps = (date.made_at, date.booked_at, date.ended_at, date.moved_at, date.settled_at)
    return max(stamp for stamp in stamps if stamp)
