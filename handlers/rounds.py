"""What time brings to bookings: offers that end, lines that close, reminders, sessions planned anew.

Each change is a transaction of its own; what is found may have been done meanwhile, and is looked at again.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from handlers import bookings as booked
from handlers import draws
from handlers.activity_news import Stopped, tell_stopped
from handlers.booking_parts import MINE, cancel_by, held_of
from handlers.bookings import Office
from handlers.directory_load import as_it_was
from handlers.notices import Gathered, Herald, Once, office_of
from handlers.planning import Planned, activities_to_plan, find, is_held, plan_again
from handlers.world import World
from messages.booking_rules import read_rules
from messages.view_parts import Choice
from messages.views_booking import Reminded
from storage import bookings, lotteries, sessions
from storage.bookings import Booking
from storage.database import Database
from storage.lotteries import Lottery
from storage.transaction import Transaction

NewId = Callable[[], UUID]

# Of each sort in one round; the next round takes more.
MOST = 200
EVENING = time(18)
SOON = timedelta(hours=2)
# What began longer ago is over.
LONGEST = timedelta(weeks=8)


async def let_offers_lapse(database: Database, world: World, new_id: NewId) -> int:
    """Offers whose time is over go to the next in line."""
    office = office_of(world, new_id)
    async with database.read() as tx:
        over = await bookings.lapsed(tx, world.now, MOST)
    return sum([await database.write(partial(_lapsed, office, each.id)) for each in over])


async def _lapsed(office: Office, booking_id: str, tx: Transaction) -> int:
    return int(await booked.lapse(tx, office, booking_id))


async def _closed(office: Office, session_id: str, tx: Transaction) -> int:
    return await booked.close_line(tx, office, session_id)


async def close_lines(database: Database, world: World, new_id: NewId) -> int:
    """What has begun has no line any more."""
    office = office_of(world, new_id)
    async with database.read() as tx:
        begun = await sessions.begun(tx, world.now)
    return sum([await database.write(partial(_closed, office, each)) for each in begun])


async def publish_lists(database: Database, world: World, new_id: NewId) -> int:
    """Where registration for a draw is over, its list can be read from now on."""
    office = office_of(world, new_id)
    async with database.read() as tx:
        over = await lotteries.to_publish(tx, world.now)
    for each in over:
        await database.write(partial(_published, office, each))
    return len(over)


async def _published(office: Office, session_id: str, tx: Transaction) -> Lottery:
    return await draws.publish(tx, office, session_id)


async def remind(database: Database, world: World, new_id: NewId) -> int:
    """On the evening before, and two hours before: once each, and not who booked only after that."""
    tomorrow = world.now.date() + timedelta(days=1)
    begins = datetime.combine(tomorrow, time.min, world.now.tzinfo)
    done = await _remind("soon", world.now, world.now + SOON, database, world, new_id)
    if world.now.time() >= EVENING:
        done += await _remind("day_before", begins, begins + timedelta(days=1), database, world, new_id)
    return done


async def _remind(
    when: str, first: datetime, last: datetime, database: Database, world: World, new_id: NewId
) -> int:
    async with database.read() as tx:
        due = await bookings.to_remind(tx, when, first, last, MOST)
    for booking in due:
        await database.write(partial(_reminded, booking, when, world, new_id))
    return len(due)


async def _reminded(booking: Booking, when: str, world: World, new_id: NewId, tx: Transaction) -> None:
    fresh = await bookings.of_id(tx, booking.id)
    held = await held_of(tx, fresh, world) if fresh and fresh.state == "booked" else None
    found = await find(tx, world.directory, booking.session_id)
    if held is None or found is None:
        return
    rules, by = read_rules(found[0]), cancel_by(*found, world.now, booking)
    view = Reminded(
        held=held,
        with_guardian=rules.needs_guardian,
        fetched=rules.note.is_fetched,
        when=when,
        cancel_by=by if by and by > world.now else None,
        choices=(MINE, Choice("@cancel_booking", f"/cancel {held.code}")),
    )
    key = bookings.reminder_key(when, booking.id)
    within = held.slot.starts_at - world.now
    await Herald(world, new_id).say(tx, booking.family_id, view, key=key, within=within)


async def plan_stored(database: Database, world: World, new_id: NewId) -> Planned:
    """Bring the sessions that there are to what the directory and the calendar say now."""
    async with database.read() as tx:
        stored = await sessions.planned_activities(tx, world.now - LONGEST)
    return await _plan(stored, database, world, new_id)


async def plan_ahead(database: Database, world: World, new_id: NewId) -> Planned:
    """Plan the sessions of all activities for the coming weeks."""
    async with database.read() as tx:
        stored = await sessions.planned_activities(tx, world.now - LONGEST)
    return await _plan(activities_to_plan(world.directory, stored), database, world, new_id)


async def _plan(activities: list[str], database: Database, world: World, new_id: NewId) -> Planned:
    office = office_of(world, new_id)
    last = world.now.date() + timedelta(weeks=world.policy.weeks_ahead)
    result = Planned()
    for each in activities:
        result += await database.write(partial(_planned, office, world, new_id, each, last))
    return result


async def _planned(
    office: Office, world: World, new_id: NewId, activity_id: str, last: date, tx: Transaction
) -> Planned:
    directory = world.directory
    if is_held(directory, activity_id):
        once = Once(Herald(world, new_id))
        result = await plan_again(tx, replace(office, tell=once), directory, activity_id, last)
        await once.tell(tx)
        return result
    gathered = Gathered()
    result = await plan_again(tx, replace(office, tell=gathered), directory, activity_id, last)
    was = await as_it_was(tx, activity_id) if gathered.touched else None
    if was:
        stopped = Stopped(*was, f"withdrawn {activity_id} {directory.version}")
        await tell_stopped(tx, Herald(world, new_id), stopped, gathered.touched.values())
    return result
