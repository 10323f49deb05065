"""Asks what a visit was like: once after it, once more the next evening, and then never again.

Nobody is asked at night; what could not be asked within a day is not asked at all.
"""

from collections.abc import Callable
from datetime import time, timedelta
from functools import partial
from uuid import UUID

from handlers.night import morning_after
from handlers.notices import Herald
from handlers.rating import asked_view, attended_visit
from handlers.world import World
from storage import ratings
from storage.database import Database
from storage.ratings import Attended, ToAsk
from storage.transaction import Transaction

NewId = Callable[[], UUID]

AFTER_END, WITHIN = timedelta(minutes=30), timedelta(days=1)
# The reminder comes in the evening, to whoever was asked so long ago and has not answered.
EVENING, REMIND_AFTER, REMIND_WITHIN = time(18), timedelta(hours=20), timedelta(days=3)
MOST = 200
# An old question goes unanswered rather than answered by mistake.
GOOD_FOR = timedelta(days=7)


async def ask_for_ratings(database: Database, world: World, new_id: NewId) -> int:
    """How many families were asked, or reminded."""
    if morning_after(world.now):
        return 0
    async with database.read() as tx:
        due = await ratings.to_ask(tx, world.now - WITHIN, world.now - AFTER_END, MOST)
    asked = sum([await database.write(partial(_ask, each, world, new_id)) for each in due])
    if world.now.time() < EVENING:
        return asked
    async with database.read() as tx:
        late = await ratings.to_remind(tx, world.now - REMIND_WITHIN, world.now - REMIND_AFTER, MOST)
    return asked + sum([await database.write(partial(_remind, each, world, new_id)) for each in late])


async def _ask(each: ToAsk, world: World, new_id: NewId, tx: Transaction) -> int:
    if not await ratings.note_asked(tx, each.booking_id, each.starts_at, world.now):
        return 0
    return await _say(each, world, new_id, tx, is_reminder=False)


async def _remind(each: ToAsk, world: World, new_id: NewId, tx: Transaction) -> int:
    if not await ratings.note_reminded(tx, each.booking_id, each.starts_at, world.now):
        return 0
    return await _say(each, world, new_id, tx, is_reminder=True)


async def _say(each: ToAsk, world: World, new_id: NewId, tx: Transaction, *, is_reminder: bool) -> int:
    if each.centre_id not in world.directory.centres:
        return 0
    met = Attended(each.booking_id, each.activity_id, each.centre_id, each.starts_at, each.ends_at)
    visit = attended_visit(met, world.now)
    view = asked_view(visit, world, is_reminder=is_reminder)
    key = f"{'rate again?' if is_reminder else 'rate?'} {visit.said}"
    await Herald(world, new_id).say(tx, each.family_id, view, key=key, within=GOOD_FOR)
    return 1
