"""What a centre offers, what is on, and how far the district has come with its centres."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from handlers import planning
from handlers.asks import Ask, Dialogue, Near, When
from handlers.cards import centre_card, centre_name, dates_of, place_of, short_name, spot_of
from handlers.find import PAGE, ask_where, find_centres, from_where, is_shared
from handlers.opening import DAYS_AHEAD
from handlers.snapshot import Directory
from handlers.suits import is_free, suits, suits_age
from handlers.world import Outcome, World, suggestions
from messages.booking_rules import read_rules
from messages.calendar import SHANGHAI
from messages.directory import Activity, Category, Centre, CentreStatus
from messages.geo import distance_m
from messages.view_parts import Choice
from messages.views import (
    ActivitiesListed,
    ActivityCard,
    ActivityLine,
    AskWhichCentre,
    AskWhichService,
    CoverageShown,
    NothingFound,
    ServicesListed,
)

# What a list of a centre's activities says of each.
IN_A_LIST = frozenset(("hours", "phone", "price", "who"))
# So many days are looked through for what is held at a time of day.
SOON = 14


def which_centre(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Two places share a name or sound alike: the resident says which is meant, and the question waits."""
    centres = [world.directory.centres[i] for i in ask.centres]
    choices = [Choice(f"{c.subdistrict} {short_name(c)}", f"/which {c.id}") for c in centres]
    if ask.subdistrict:
        choices.append(Choice(ask.subdistrict, f"/area {ask.subdistrict}"))
    options = tuple(centre_name(centre) for centre in centres)
    names = {short_name(centre) for centre in centres}
    said = names.pop() if len(names) == 1 else None
    kept = replace(dialogue, pending=ask, wants="centre")
    return Outcome(AskWhichCentre(said, options, tuple(choices[:9])), kept)


def which_service(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Services that the resident may have meant; choosing one asks for the nearest."""
    first = (world.directory.named[name][0] for name in ask.services)
    choices = tuple(Choice(service.name, f"/kind {service.id}") for service in first)
    return Outcome(AskWhichService(None, choices), dialogue)


def show_centre(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The centre's card; naming a centre also tells where the resident looks around."""
    if not ask.centres:
        return find_centres(ask, dialogue, world)
    centre = world.directory.centres[ask.centres[0]]
    shared = dialogue.near if dialogue.near and dialogue.near.name is None else None
    near = shared or place_of(centre)
    kept = replace(dialogue.answered, near=near, last=ask, shown=1)
    return Outcome(centre_card(centre, ask, shared, world), kept)


def list_services(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """All services of one centre by function."""
    if not ask.centres:
        return find_centres(ask, dialogue, world)
    centre = world.directory.centres[ask.centres[0]]
    services = [s for s in world.directory.services_of.get(centre.id, ()) if s.name not in ask.without]
    if not services:
        return show_centre(replace(ask, intent="centre_card"), dialogue, world)
    groups = tuple(
        (category.value, tuple(s.name for s in services if s.category is category))
        for category in Category
        if any(s.category is category for s in services)
    )
    choices = tuple(Choice(s.name, f"/service {s.id}") for s in services[:2])
    more = Choice("@activities", f"/activities {centre.id}")
    sample = world.directory.is_sample(centre.phone)
    reported = world.directory.reported(centre.id)
    view = ServicesListed(centre_name(centre), groups, centre.phone, sample, (*choices, more), reported)
    near = dialogue.near or place_of(centre)
    return Outcome(view, replace(dialogue.answered, near=near, last=ask, shown=0))


def list_activities(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Activities of a centre, or of a kind near the resident, on the days asked about; three at a time."""
    named = _only_centre(ask, world)
    if named and named.status is not CentreStatus.OPEN and not ask.activities:
        return show_centre(replace(ask, intent="centre_card"), dialogue, world)
    near = from_where(ask, dialogue, world)
    fitting = _fitting(ask, world)
    lacking = named if ask.activities and not _has_any(named, ask, world) else None
    if lacking:  # the nearest elsewhere, which the answer says
        ask = replace(ask, around=True)
        fitting = _fitting(ask, world)
    if near is None and not ask.subdistrict and len(fitting) != 1:
        return ask_where(ask, dialogue, world)
    if not fitting and ask.activities and ask.when and ask.not_on:
        # Who is not free on its days and asks for another one is told what is on then.
        others = replace(ask, activities=(), said=None)
        ask, fitting = (others, found) if (found := _fitting(others, world)) else (ask, fitting)
    at_other_times = not fitting and not ask.activities and ask.when is not None
    if at_other_times:
        ask, fitting = _at_other_times(ask, world)
    then = bool(fitting)
    only_then = not then and not ask.when and bool(ask.not_on and ask.activities)
    if not then and ask.activities and (ask.when or ask.not_on):
        # Not on that day: when it is held after all says more than that there is nothing.
        ask = replace(ask, when=None, not_on=())
        fitting = _fitting(ask, world)
    if near:
        fitting.sort(key=lambda a: (_metres(a, near, world), a.id))
    remembered = dialogue.near if is_shared(dialogue.near) else near
    kept = replace(dialogue.answered, near=remembered, last=ask, shown=PAGE)
    centre = _only_centre(ask, world)
    if not fitting[ask.skip :]:
        what = ask.said or "@activity"
        there = centre_name(centre) if centre else None
        ways_on = _elsewhere(centre, dialogue)
        return Outcome(NothingFound(what, there, world.policy.help_line, ways_on), kept)
    is_either = len({activity.name for activity in fitting}) > 1 and len(ask.activities) > 1
    asks_of_one = (ask.activities and ask.facets) or (centre and set(ask.facets) - IN_A_LIST)
    if len(fitting) == 1 or not then or lacking or (asks_of_one and not is_either):
        first, more_of_it = fitting[ask.skip], fitting[ask.skip + 1 :]
        is_then = then and not at_other_times
        card = _card(first, more_of_it, ask, kept, world, then=is_then, only_then=only_then)
        return _said_where(card, lacking)
    shown = fitting[ask.skip : ask.skip + PAGE]
    lines = tuple(line_of(activity, world) for activity in shown)
    choices = tuple(Choice(_label(a, centre, world), f"/activity {a.id}") for a in shown)
    phone = centre.phone if centre else None
    sample = any(world.directory.is_sample(world.directory.centres[a.centre_id].phone) for a in shown)
    days = tuple(dates_of(ask.when, world.now.date())) if ask.when else ()
    more = len(fitting) - ask.skip - len(shown)
    name = centre_name(centre) if centre else None
    view = ActivitiesListed(ask.said, name, lines, more, days, phone, sample, choices, at_other_times)
    return Outcome(view, kept)


def _at_other_times(ask: Ask, world: World) -> tuple[Ask, list[Activity]]:
    """What is on at another time of that day, else on any other day, where nothing is when it was asked."""
    on_that_day = replace(ask.when, start=None, end=None) if ask.when and ask.when.has_clock else None
    wider = [replace(ask, when=when) for when in (on_that_day, None)]
    found = ((each, _fitting(each, world)) for each in wider)
    return next((each for each in found if each[1]), (ask, []))


def _has_any(centre: Centre | None, ask: Ask, world: World) -> bool:
    """Whether a centre has one of the activities that are meant; nobody asks it of no centre."""
    here = world.directory.activities_of.get(centre.id, ()) if centre else ()
    return centre is None or any(each.name in ask.activities for each in here)


def _said_where(outcome: Outcome, lacking: Centre | None) -> Outcome:
    """The card, with a word on the centre that was named and does not have it."""
    if lacking is None or not isinstance(outcome.view, ActivityCard):
        return outcome
    return replace(outcome, view=replace(outcome.view, lacking=centre_name(lacking)))


def fitting_activities(ask: Ask, dialogue: Dialogue, world: World) -> tuple[list[Activity], bool]:
    """Activities that are meant, the nearest first, and whether a place was named or is known."""
    near = from_where(ask, dialogue, world)
    fitting = _fitting(ask, world)
    if near:
        fitting.sort(key=lambda a: (_metres(a, near, world), a.id))
    return fitting, bool(near or ask.subdistrict)


def show_activity(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    activity = world.directory.activities[ask.activities[0]]
    return _card(activity, (), ask, replace(dialogue.answered, last=ask), world)


def _card(
    activity: Activity,
    others: Sequence[Activity],
    ask: Ask,
    dialogue: Dialogue,
    world: World,
    *,
    then: bool = True,
    only_then: bool = False,
) -> Outcome:
    """One activity in full, and the others that fit as choices."""
    centre = world.directory.centres[activity.centre_id]
    near = dialogue.near if dialogue.near and dialogue.near.name is None else None
    more = tuple(Choice(_label(other, None, world), f"/activity {other.id}") for other in others)
    first = (Choice("@book", f"/book {activity.id}"),) if read_rules(activity).is_bookable else ()
    ways_on = (Choice("@centre", f"/centre {centre.id}"), Choice("@activities", f"/activities {centre.id}"))
    view = ActivityCard(
        replace(line_of(activity, world), next_on=next_on(activity, ask, world)),
        spot_of(centre, near, world),
        centre.phone,
        world.directory.is_sample(centre.phone),
        activity.updated_on,
        (*first, *more, *ways_on)[:PAGE],
        not_then=not then and not only_then,
        only_then=only_then,
    )
    return Outcome(view, replace(dialogue, shown=1))


def next_on(activity: Activity, ask: Ask, world: World) -> date | None:
    """The next day it is held, on the days that were asked about or from today on."""
    today = world.now.date()
    days = dates_of(ask.when, today) if ask.when else ()
    if not days:
        first = max(today, activity.starts_on)
        days = [first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return min(held_among(activity, days, world.directory, ask.when), default=None)


def held_on_asked(activity: Activity, ask: Ask, world: World) -> bool:
    """Whether it is held on one of the days that were asked about, if any were, and at that time of day."""
    days = _days_of(ask, world)
    return not days or bool(held_among(activity, days, world.directory, ask.when))


def _days_of(ask: Ask, world: World) -> Sequence[date]:
    """The days that were asked about; of a mere time of day, those on which most is held once at least."""
    today = world.now.date()
    if ask.when is None:
        return ()
    if ask.when.has_clock and not (ask.when.first or ask.when.weekdays or ask.when.is_now):
        return [today + timedelta(days=ahead) for ahead in range(SOON)]
    return dates_of(ask.when, today)


def line_of(activity: Activity, world: World) -> ActivityLine:
    return ActivityLine(
        activity.id,
        activity.name,
        centre_name(world.directory.centres[activity.centre_id]),
        activity.time_text,
        activity.starts_on,
        activity.ends_on,
        activity.places,
        activity.audience,
        activity.fee,
        activity.room,
        activity.teacher,
        activity.opens_text,
        activity.cancel_text,
        activity.note,
        coming=activity.coming,
    )


def held_among(
    activity: Activity, days: Sequence[date], directory: Directory, when: When | None = None
) -> set[date]:
    """On which of these days it is held, at the time of day of `when` if one was said: not what was called
    off, and what was moved where it is now."""
    first, last = min(days), max(days)
    changed = directory.changed(activity.id)
    found: set[date] = set()
    for plan in planning.held(directory, activity, first, last):
        if plan.id not in changed:
            meetings = (
                (begins.astimezone(SHANGHAI), ends.astimezone(SHANGHAI)) for begins, ends in plan.meetings
            )
            found.update(begins.date() for begins, ends in meetings if _is_at(begins, ends, when))
    for each in changed.values():
        if each.state == "planned":
            found.update(day for day in days if each.held_on <= day <= each.last_on)
    return found.intersection(days)


def _is_at(begins: datetime, ends: datetime, when: When | None) -> bool:
    """Whether a meeting begins in the time of day that was asked about, or lies mostly in it; at a moment
    that was named it is on, or begins later."""
    if when is None or not when.has_clock:
        return True
    first, length = begins.hour * 60 + begins.minute, (ends - begins) // timedelta(minutes=1)
    if when.end is None:
        return first + length > (when.start or 0)
    start = when.start or 0
    shared = min(first + length, when.end) - max(first, start)
    return start <= first < when.end or 2 * shared >= length


def _candidates(ask: Ask, world: World) -> Iterable[Activity]:
    directory = world.directory
    if ask.centres and not ask.around:
        here: Sequence[Activity] = directory.activities_of.get(ask.centres[0], ())
        return [a for a in here if not ask.activities or a.name in ask.activities]
    if ask.activities:
        return [a for name in ask.activities for a in directory.activities_named.get(name, ())]
    return directory.activities.values()


def _fitting(ask: Ask, world: World) -> list[Activity]:
    """What is meant and fits, on the days that were asked about if any were."""
    days = _days_of(ask, world)
    return [
        activity
        for activity in _candidates(ask, world)
        if _fits(activity, ask, world) and (not days or held_among(activity, days, world.directory, ask.when))
    ]


def _fits(activity: Activity, ask: Ask, world: World) -> bool:
    if activity.ends_on < world.now.date() or not {activity.name, activity.centre_id}.isdisjoint(ask.without):
        return False
    if ask.subdistrict and world.directory.centres[activity.centre_id].subdistrict != ask.subdistrict:
        return False
    if ask.category and activity.category.value != ask.category:
        return False
    if ask.free and not is_free(activity.fee):
        return False
    if ask.not_on and _is_only_on(activity, ask.not_on, world):
        return False
    if ask.activities:
        return True
    if ask.age is not None and not suits_age(activity.audience, ask.age):
        return False
    return not ask.audience or suits(activity.audience, ask.audience)


def _is_only_on(activity: Activity, weekdays: Sequence[int], world: World) -> bool:
    """Whether it is held on no other days of the week than these."""
    first = max(world.now.date(), activity.starts_on)
    days = [first + timedelta(days=ahead) for ahead in range(DAYS_AHEAD)]
    return all(day.isoweekday() in weekdays for day in held_among(activity, days, world.directory))


def _metres(activity: Activity, near: Near, world: World) -> float:
    centre = world.directory.centres[activity.centre_id]
    return distance_m((near.latitude, near.longitude), (centre.latitude, centre.longitude))


def _only_centre(ask: Ask, world: World) -> Centre | None:
    return world.directory.centres[ask.centres[0]] if ask.centres and not ask.around else None


def _label(activity: Activity, centre: Centre | None, world: World) -> str:
    place = "" if centre else short_name(world.directory.centres[activity.centre_id]) + " "
    return place + activity.name


def _elsewhere(centre: Centre | None, dialogue: Dialogue) -> tuple[Choice, ...]:
    if centre is None:
        return suggestions(dialogue.language)
    return (Choice("@services", f"/services {centre.id}"), Choice("@elsewhere", "/more"))


def coverage(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Centres open of all, in the district or a subdistrict, and those still being made ready."""
    directory = world.directory
    ids = directory.subdistricts.get(ask.subdistrict or "", tuple(directory.centres))
    centres = [directory.centres[i] for i in ids]
    waiting = [c for c in centres if c.status is not CentreStatus.OPEN]
    view = CoverageShown(
        area=ask.subdistrict,
        total=len(centres),
        open=len(centres) - len(waiting),
        building=sum(c.status is CentreStatus.BUILDING for c in centres),
        preparing=sum(c.status is CentreStatus.PREPARING for c in centres),
        waiting_for=tuple(centre_name(c) for c in waiting),
        is_sample=any(directory.is_sample(c.phone) for c in centres),
        choices=(Choice("@centres", "/centres"), Choice("@human", "/human")),
    )
    return Outcome(view, replace(dialogue.answered, last=ask, shown=0))
