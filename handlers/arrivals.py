"""Watches over children who are handed over: who is not there a quarter of an hour after the start, and who
is not fetched half an hour after the end. The guardian is asked first, the centre's staff are told then.

Only activities whose note says that a child is fetched by its guardians are watched: of a class that a child
comes to alone nobody expects a list. Civil days are those of the world's zone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from handlers.asks import Ask, Dialogue
from handlers.booking_parts import MINE, held_of
from handlers.desk_site import ROSTER
from handlers.notices import Herald
from handlers.saying import say
from handlers.world import Outcome, Scene, World
from messages.booking_rules import read_note
from messages.view_parts import Choice
from messages.views import View
from messages.views_arrivals import ArrivalAsked, ArrivalNoted, ChildMissed, NotFetched
from messages.views_booking import Held
from storage import arrivals, bookings, families, staff
from storage.arrivals import Expected
from storage.bookings import Booking
from storage.database import Database
from storage.transaction import Transaction

AFTER_START, AFTER_END = timedelta(minutes=15), timedelta(minutes=30)
# How long the guardian has to answer before staff are told, and how long after that it is of any use.
TO_ANSWER, OF_USE = timedelta(minutes=10), timedelta(hours=2)
MOST = 200
HUMAN = Choice("@human", "/human")


@dataclass(frozen=True, slots=True)
class Watch:
    """One thing that is looked for: said to `who` under a key that begins with `what`."""

    what: str
    who: str
    after: timedelta
    is_end: bool


WATCHES = (
    Watch("arrived?", "guardian", AFTER_START, is_end=False),
    Watch("missing", "staff", AFTER_START + TO_ANSWER, is_end=False),
    Watch("fetch?", "guardian", AFTER_END, is_end=True),
    Watch("unfetched", "staff", AFTER_END + TO_ANSWER, is_end=True),
)


async def watch(database: Database, world: World, new_id: Callable[[], UUID]) -> int:
    """One round: how many messages were said."""
    said = 0
    for each in WATCHES:
        last = world.now - each.after
        look = arrivals.not_fetched if each.is_end else arrivals.not_there
        async with database.read() as tx:
            found = await look(tx, each.what, last - OF_USE, last, MOST)
        for child in found:
            if _is_watched(child, world):
                said += await database.write(partial(_say, each, child, world, new_id))
    return said


def _is_watched(child: Expected, world: World) -> bool:
    activity = world.directory.activities.get(child.activity_id)
    is_today = child.starts_at.astimezone(world.now.tzinfo).date() == world.now.date()
    return activity is not None and is_today and read_note(activity.note).is_fetched


async def _say(
    each: Watch, child: Expected, world: World, new_id: Callable[[], UUID], tx: Transaction
) -> int:
    booking = await bookings.of_id(tx, child.booking_id)
    held = await held_of(tx, booking, world) if booking else None
    if held is None:
        return 0
    held = replace(held, people=(child.alias,))
    key, view = arrivals.key_of(each.what, child), _view(each, held)
    if each.who == "guardian":
        await Herald(world, new_id).say(tx, child.family_id, view, key=key, within=OF_USE)
        return 1
    told = await staff.talks_at(tx, child.centre_id)
    for number, talk in enumerate(told):
        await say(
            tx,
            talk,
            view,
            key=key if number == 0 else f"{key} {talk}",
            now=world.now,
            new_id=str(new_id()),
            within=OF_USE,
        )
    return len(told)


def _view(each: Watch, held: Held) -> View:
    for_staff = each.who == "staff"
    if each.is_end:
        return NotFetched(held, for_staff, (ROSTER,) if for_staff else (HUMAN, MINE))
    if for_staff:
        return ChildMissed(held, (ROSTER,))
    there = Choice("@is_there", f"/there {held.code}")
    return ArrivalAsked(held, (there, Choice("@not_coming", f"/not_coming {held.code}"), HUMAN))


async def is_there(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The guardian says that the child is there."""
    return await _told(ask, dialogue, world, scene, arrived_at=world.now)


async def not_coming(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The guardian says that the child does not come: it is excused, and nobody is looked for."""
    return await _told(ask, dialogue, world, scene, arrived_at=None)


async def _told(
    ask: Ask, dialogue: Dialogue, world: World, scene: Scene, *, arrived_at: datetime | None
) -> Outcome:
    kept = dialogue.settled
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    own = await bookings.of_family(scene.tx, family_id, world.now) if family_id else []
    booking = next((each for each in own if each.code == ask.booking), None)
    held = await held_of(scene.tx, booking, world) if booking else None
    is_noted = bool(booking and held and await _noted(scene.tx, booking, world, arrived_at))
    return Outcome(ArrivalNoted(held, is_noted, arrived_at is not None, (MINE, HUMAN)), kept)


async def _noted(tx: Transaction, booking: Booking, world: World, arrived_at: datetime | None) -> bool:
    soon = world.now + AFTER_START
    starts = await arrivals.meeting_now(tx, booking.id, booking.family_id, world.now, soon)
    if starts is None:
        return False
    people = [who for who in await bookings.who(tx, booking.id) if who.kind == "child"]
    noted = [await arrivals.note_told(tx, booking.id, who.id, starts, arrived_at) for who in people]
    return any(noted)
