"""Several things that were asked for in one sentence: each of them, in one short answer."""

from collections.abc import Sequence
from dataclasses import replace

from handlers.asks import Ask, Dialogue, Near
from handlers.cards import centre_name, days_asked, opening_of, opens_again, short_name, spot_of
from handlers.find import ask_where, find_service, from_where, is_shared, search
from handlers.lists import fitting_activities, held_on_asked, list_activities, next_on
from handlers.snapshot import Directory
from handlers.suits import is_free
from handlers.world import Outcome, World
from messages.directory import Activity, Centre, CentreStatus, Service
from messages.view_parts import Choice
from messages.views_several import SeveralShown, Wanted

# More than so many things are too many for one answer.
MOST = 3

Thing = Service | Activity


def show_several(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """A block for each thing: of the centre that was named, or the nearest with it."""
    near = from_where(ask, dialogue, world)
    if near is None:
        return ask_where(ask, dialogue, world)
    home = world.directory.centres[ask.centres[0]] if ask.centres and not ask.around else None
    if home and home.status is not CentreStatus.OPEN:
        home = None
    found = [_found(names, ask, dialogue, home, near, world) for names in ask.together[:MOST]]
    things = list({thing.id: thing for thing in found if thing}.values())
    if len(things) < 2:
        return _only_one(ask, dialogue, world)
    home = home or _shared_by(things, world.directory)
    origin = near if home is None or not ask.centres else None
    if is_shared(dialogue.near):
        origin = dialogue.near
    kept = replace(dialogue.answered, near=dialogue.near or near, last=ask, shown=len(things))
    view = SeveralShown(
        centre=centre_name(home) if home else None,
        spot=spot_of(home, origin, world) if home else None,
        accessibility=home.accessibility if home else None,
        things=tuple(_wanted(thing, ask, home, near, world) for thing in things),
        facets=ask.facets,
        phone=home.phone if home else None,
        is_sample=any(world.directory.is_sample(_centre_of(thing, world).phone) for thing in things),
        choices=tuple(_choice(thing, home, world) for thing in things),
        reported=world.directory.reported(home.id) if home else (),
    )
    return Outcome(view, kept)


def _only_one(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Where no two of them are found, the card of the one that is."""
    single = replace(ask, together=())
    if ask.activities and not ask.services:
        return list_activities(replace(single, intent="list_activities"), dialogue, world)
    return find_service(replace(single, intent="find_service"), dialogue, world)


def _found(
    names: Sequence[str], ask: Ask, dialogue: Dialogue, home: Centre | None, near: Near, world: World
) -> Thing | None:
    """The thing of these names in the centre, else the nearest one elsewhere."""
    directory = world.directory
    if home:
        services = (s for s in directory.services_of.get(home.id, ()) if s.name in names)
        activities = (a for a in directory.activities_of.get(home.id, ()) if a.name in names)
        here: list[Thing] = [*services, *(a for a in activities if a.ends_on >= world.now.date())]
        fitting = [each for each in here if not ask.free or is_free(each.fee)]
        if fitting:
            return fitting[0]
    wide = replace(ask, around=True, skip=0, when=None, open_only=False)
    nearest, _ = search(wide, [n for n in names if n in directory.named] or ["-"], near, world, 1)
    if nearest and isinstance(nearest[0], Service):
        return nearest[0]
    mine = tuple(name for name in names if name in directory.activities_named)
    held = fitting_activities(replace(wide, activities=mine), dialogue, world)[0] if mine else []
    return held[0] if held else None


def _shared_by(things: Sequence[Thing], directory: Directory) -> Centre | None:
    centres = {thing.centre_id for thing in things}
    return directory.centres[centres.pop()] if len(centres) == 1 else None


def _centre_of(thing: Thing, world: World) -> Centre:
    return world.directory.centres[thing.centre_id]


def _wanted(thing: Thing, ask: Ask, home: Centre | None, near: Near, world: World) -> Wanted:
    centre = _centre_of(thing, world)
    is_away = home is None or centre.id != home.id
    service = thing if isinstance(thing, Service) else None
    activity = thing if isinstance(thing, Activity) else None
    hours = service.hours_text if service else ""
    asked = days_asked(hours, centre, ask.when, world, service=service) if service else ()
    return Wanted(
        name=thing.name,
        place=centre_name(centre) if is_away else None,
        spot=spot_of(centre, near if is_away else None, world),
        phone=centre.phone,
        hours_text=activity.time_text if activity else hours,
        opening=opening_of(hours, centre, ask.when, world, service=service) if service else None,
        asked=asked,
        opens_again=opens_again(hours, centre, asked, world, service=service) if service else None,
        fee=thing.fee,
        audience=thing.audience,
        bring=service.bring if service else None,
        how=service.how if service else (activity.opens_text if activity else None),
        next_on=next_on(activity, ask, world) if activity else None,
        not_then=bool(activity and not held_on_asked(activity, ask, world)),
    )


def _choice(thing: Thing, home: Centre | None, world: World) -> Choice:
    centre = _centre_of(thing, world)
    place = "" if home and centre.id == home.id else short_name(centre) + " "
    sort = "service" if isinstance(thing, Service) else "activity"
    return Choice(place + thing.name, f"/{sort} {thing.id}")
