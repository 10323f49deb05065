"""Tells each family once that an activity of theirs is not held any more, and what there is instead."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from handlers import planning
from handlers.booking_parts import MINE, held_in, shown, shown_at, slot_of
from handlers.bookings import News
from handlers.cards import centre_name
from handlers.notices import Herald, by_family
from handlers.world import World
from messages.directory import Activity, Centre
from messages.geo import distance_m
from messages.view_parts import Choice
from messages.views_booking import Activity as Shown
from messages.views_booking import Held, Slot
from messages.views_staff import ActivityStopped
from storage import bookings, sessions
from storage.bookings import Booking
from storage.transaction import Transaction

# Other classes are offered that begin within this time, so many at most; so many activities are looked at.
INSTEAD_WITHIN = timedelta(days=21)
MOST_INSTEAD = 2
LOOKED_AT = 8


@dataclass(frozen=True, slots=True)
class Stopped:
    """What is not held any more, as it was. `key` is one for each time that something stops; `becomes` are
    the times at which it is held instead, from a day on."""

    activity: Activity
    centre: Centre
    key: str
    becomes: str | None = None
    since: date | None = None


async def tell_stopped(
    tx: Transaction, herald: Herald, stopped: Stopped, affected: Iterable[Booking]
) -> None:
    """The bookings are let go already."""
    touched = by_family(affected)
    if not touched:
        return
    world, centre = herald.world, stopped.centre
    what = shown_at(stopped.activity, centre, world)
    instead = () if stopped.becomes else await _instead(tx, stopped, world)
    again = (Choice("@other_dates", f"/book {what.id}"),) if stopped.becomes else ()
    dates = (Choice(f"@on {slot.starts_at:%Y-%m-%dT%H:%M}", f"/session {slot.id}") for _, slot in instead)
    choices = (*again, *dates, MINE)
    for family_id, mine in touched.items():
        held = await _held(tx, mine, what, world)
        view = ActivityStopped(
            name=what.name,
            centre=centre_name(centre),
            held=held,
            phone=what.phone,
            is_sample=what.is_sample,
            choices=choices,
            instead=instead,
            becomes=stopped.becomes,
            since=stopped.since,
        )
        heard = {each.id: News.CALLED_OFF.value for each in mine}
        await herald.say(tx, family_id, view, key=f"{stopped.key} {family_id}", heard=heard)


async def _held(tx: Transaction, mine: Iterable[Booking], what: Shown, world: World) -> tuple[Held, ...]:
    told = []
    for each in mine:
        booking, session = await bookings.of_id(tx, each.id), await sessions.of_id(tx, each.session_id)
        if booking and session:
            told.append(await held_in(tx, booking, session, what, world.now))
    return tuple(sorted(told, key=lambda held: held.slot.starts_at))


async def _instead(tx: Transaction, stopped: Stopped, world: World) -> tuple[tuple[Shown, Slot], ...]:
    """The nearest of the same name that have places; where there are none, of the same sort for the same."""
    found: list[tuple[Shown, Slot]] = []
    for activity in _alike(stopped, world)[:LOOKED_AT]:
        first = max(world.now.date(), activity.starts_on)
        coming = await planning.upcoming(
            tx, world.directory, activity, world.now, first, first + INSTEAD_WITHIN
        )
        free = next((each for each in coming if each.free > 0 and not (each.waiting or each.has_draw)), None)
        if free:
            found.append((shown(activity, world), slot_of(free, world.now)))
    return tuple(found[:MOST_INSTEAD])


def _alike(stopped: Stopped, world: World) -> list[Activity]:
    gone, centre, today = stopped.activity, stopped.centre, world.now.date()

    def far(activity: Activity) -> float:
        there = world.directory.centres[activity.centre_id]
        return distance_m((centre.latitude, centre.longitude), (there.latitude, there.longitude))

    others = [
        each
        for each in world.directory.activities.values()
        if each.id != gone.id and each.starts_on <= today + INSTEAD_WITHIN and today <= each.ends_on
    ]
    same = [each for each in others if each.name == gone.name]
    like = [each for each in others if (each.category, each.audience) == (gone.category, gone.audience)]
    return sorted(same or like, key=lambda each: (far(each), each.id))
