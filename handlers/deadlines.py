"""By when somebody answers: counted in hours in which the one who answers is surely there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import count

from handlers.opening import MINUTES_A_DAY, Closure, DayPlan, plan_day
from handlers.world import World
from messages.calendar import Calendar
from messages.directory import Centre, CentreStatus
from messages.hours import Hours, parse_hours
from messages.words import words

# A centre that is not there so often answers too late; then the district's office does.
LATEST_DAYS = 28


def due_at_centre(centre: Centre, world: World) -> datetime | None:
    """When the centre will have been open long enough; None when that is not sure within four weeks."""
    return after_open_minutes(centre, world, world.policy.callback_hours * 60)


def after_open_minutes(centre: Centre, world: World, minutes: int) -> datetime | None:
    """When the centre will have been open for so long; None when that is not sure within four weeks."""
    hours = world.directory.hours.get(centre.hours_text)
    if hours is None or centre.status is not CentreStatus.OPEN:
        return None
    closures = world.directory.closures(centre.id)
    plans = _plans(hours, world.now.date(), range(-1, LATEST_DAYS), world.directory.calendar, closures)
    return _after(minutes, world.now, plans)


def due_at_district(world: World) -> datetime:
    """When the district's office will have been open long enough, by its hours in the word lists."""
    hours = parse_hours(words("zh", "people")["district_hours"])
    plans = _plans(hours, world.now.date(), count(-1), world.directory.calendar, ())
    due = _after(world.policy.callback_hours * 60, world.now, plans)
    if due is None:
        raise LookupError("the days of the calendar came to an end")
    return due


def _plans(
    hours: Hours, today: date, ahead: Iterable[int], calendar: Calendar, closures: Sequence[Closure]
) -> Iterator[DayPlan]:
    """From yesterday, whose hours may reach into today."""
    return (plan_day(hours, today + timedelta(days=n), calendar, closures=closures) for n in ahead)


def _after(minutes: int, now: datetime, plans: Iterable[DayPlan]) -> datetime | None:
    """The moment at which so many surely open minutes have passed since `now`, to the full minute."""
    midnight = datetime.combine(now.date(), time.min, now.tzinfo)
    begun = now.hour * 60 + now.minute + (now.second > 0 or now.microsecond > 0)
    for plan in plans:
        offset = (plan.on - now.date()).days * MINUTES_A_DAY
        for span in plan.spans if plan.certainty == "sure" else ():
            start = max(offset + span.start, begun)
            lasts = max(0, offset + span.end - start)
            if minutes <= lasts:
                return midnight + timedelta(minutes=start + minutes)
            minutes -= lasts
            begun = max(begun, offset + span.end)
    return None
