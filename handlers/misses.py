"""Who did not come: marked on the morning after, told once and kindly, and what it means for booking.

A miss is noted for whoever had a place, did not give it back and was not checked in, of a meeting at which
somebody was. Where nobody kept the list nobody has missed anything. A camp counts once. Whoever cancels,
however late, has missed nothing.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta
from functools import partial
from uuid import UUID

from handlers.booking_parts import MINE, held_of
from handlers.notices import Herald
from handlers.participants import Person
from handlers.pauses import Missed, Pause, counting, pause_of
from handlers.world import World
from messages.view_parts import Choice
from messages.views_booking import MissNoted
from storage import bookings, misses
from storage.database import Database
from storage.transaction import Transaction

# Lists are completed after a session, and nobody is told at night.
NOTED_FROM, NOTED_UNTIL = time(9), time(21)
# What ended longer ago is left alone, whatever is entered into its list later.
LOOKED_BACK = timedelta(days=7)
APPEAL = "@appeal"


async def missed_by(tx: Transaction, participant_id: str, world: World) -> list[Missed]:
    """What counts of a participant's misses, the oldest first."""
    zone = world.now.tzinfo
    rows = await misses.counted(tx, participant_id)
    return [Missed(row.starts_at.astimezone(zone).date(), row.centre_id) for row in rows]


async def pauses_of(tx: Transaction, people: Sequence[Person], world: World) -> dict[str, Pause]:
    """The pauses that run now, by the participants' ids."""
    terms, found = world.policy.misses, {}
    for who in (person.id for person in people if person.id and terms.misses):
        if pause := pause_of(await missed_by(tx, who, world), terms, world.now.date()):
            found[who] = pause
    return found


async def note_misses(database: Database, world: World, new_id: Callable[[], UUID]) -> int:
    """Mark and tell who did not come to what ended before today; nothing where the policy is off."""
    if not world.policy.misses.misses or not NOTED_FROM <= world.now.time() < NOTED_UNTIL:
        return 0
    midnight = datetime.combine(world.now.date(), time.min, world.now.tzinfo)
    async with database.read() as tx:
        ended = await misses.to_mark(tx, midnight - LOOKED_BACK, midnight)
    herald = Herald(world, new_id)
    return sum([await database.write(partial(_noted, herald, each)) for each in ended])


async def _noted(herald: Herald, session_id: str, tx: Transaction) -> int:
    missed = await misses.mark(tx, session_id)
    for booking_id, people in sorted(missed.items()):
        await _told(tx, herald, booking_id, people)
    return sum(map(len, missed.values()))


async def _told(tx: Transaction, herald: Herald, booking_id: str, people: Sequence[str]) -> None:
    world = herald.world
    booking = await bookings.of_id(tx, booking_id)
    held = await held_of(tx, booking, world) if booking else None
    if booking is None or held is None:
        return  # the office took the activity out of the directory: nothing can be said of it
    terms = world.policy.misses
    seen = [await missed_by(tx, who, world) for who in people]
    pauses = [pause_of(each, terms, world.now.date()) for each in seen]
    view = MissNoted(
        held=held,
        who=tuple(each.alias for each in await bookings.who(tx, booking_id) if each.id in people),
        count=max(len(counting(each, terms)[-1]) for each in seen),
        misses=terms.misses,
        days=terms.days,
        pause=terms.pause,
        again_on=max((pause.again_on for pause in pauses if pause), default=None),
        choices=(Choice(APPEAL, f"/appeal {held.activity.centre.id}"), MINE),
    )
    await herald.say(tx, booking.family_id, view, key=f"missed {booking_id}")
