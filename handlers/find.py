"""Finds what is near: services, centres and kiosks, open and accessible when that was wished."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from handlers.asks import Ask, Dialogue, Near
from handlers.cards import (
    centre_card,
    centre_name,
    moment_of,
    opening_of,
    place_of,
    service_card,
    short_name,
    spot_of,
)
from handlers.cheaper import base_price
from handlers.nearby import Keep
from handlers.snapshot import CENTRES, KIOSKS, can_roll_in
from handlers.suits import is_for_some, is_free
from handlers.then import open_then
from handlers.world import Outcome, World, suggestions
from messages.directory import Centre, CentreStatus, Kiosk, Service
from messages.view_parts import Choice, KioskLine
from messages.views import AskWhere, Found, KiosksFound, NothingFound, PlacesFound, View

PAGE = 3

# Wishes that are given up one after another when nothing near fulfils them, the dearest last.
RELAXATIONS: tuple[tuple[str, ...], ...] = ((), ("open",), ("accessible",), ("open", "accessible"))


def find_service(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """One card when one place was meant, else the three nearest; asks where when it must."""
    of_kind = world.directory.categories.get(ask.category or "", ())
    names = ask.services or _for_everybody([name for name in of_kind if name not in ask.without], world)
    if not any(name in world.directory.named for name in names):
        return _nothing(ask, dialogue, world)
    names = _with_twins(names, ask, world)
    if ask.centres and not ask.around:
        return _in_centre(ask, dialogue, world, names)
    only = _only_place(names, world)
    if only and not (ask.centres or ask.subdistrict):
        return _in_centre(replace(ask, centres=(only,)), dialogue, world, names)
    return _around(ask, dialogue, world, names)


def _for_everybody(names: Sequence[str], world: World) -> tuple[str, ...]:
    """Of all of a kind those that are not for soldiers or companies alone, who would say so; else all."""
    offered = {name: world.directory.named.get(name, ()) for name in names}
    kept = (name for name, each in offered.items() if not all(is_for_some(s.audience) for s in each))
    return tuple(kept) or tuple(names)


def _with_twins(names: Sequence[str], ask: Ask, world: World) -> tuple[str, ...]:
    """The names, and those of what residents call by the same words: one reading room is like another."""
    twins = (twin for name in names for twin in world.directory.twins.get(name, ()))
    return tuple(dict.fromkeys((*names, *(twin for twin in twins if twin not in ask.without))))


def _only_place(names: Sequence[str], world: World) -> str | None:
    """The one open centre that has it: then nobody need say where they are."""
    directory = world.directory
    having = {service.centre_id for name in names for service in directory.named.get(name, ())}
    opened = [i for i in having if directory.centres[i].status is CentreStatus.OPEN]
    return opened[0] if len(opened) == 1 else None


def _in_centre(ask: Ask, dialogue: Dialogue, world: World, names: Sequence[str]) -> Outcome:
    """The service in the centre that was named; when it is not there, the nearest elsewhere."""
    centre = world.directory.centres[ask.centres[0]]
    offered = world.directory.services_of.get(centre.id, ())
    here = [s for s in offered if s.name in names and (not ask.free or is_free(s.fee))]
    if ask.services:
        here.sort(key=lambda service: names.index(service.name))  # what was named before its twin
    near = place_of(centre)
    remembered = dialogue.near if is_shared(dialogue.near) else near
    kept = replace(dialogue.answered, near=remembered, last=ask, shown=1)
    if here and ask.accessible and not can_roll_in(centre):
        return _listed(replace(ask, around=True), kept, world, names, near)
    if not here:
        why = "centre" if centre.status is CentreStatus.OPEN else "centre_not_open"
        return _listed(ask, kept, world, names, near, relaxed=(why,))
    if len(here) > 1 and not ask.services:
        return Outcome(_page(ask, here, kept.near, world, ()), replace(kept, shown=PAGE))
    others = tuple(Choice(s.name, f"/service {s.id}") for s in (*here[1:], *_perhaps(ask, centre, world)))
    more = (Choice("@centre", f"/centre {centre.id}"), Choice("@elsewhere", "/more"))
    distance_from = kept.near if is_shared(kept.near) else None
    card = service_card(
        here[0], ask, distance_from, world, relaxed=_nearest_to(ask), choices=(*others, *more)
    )
    return Outcome(card, kept)


def _nearest_to(ask: Ask) -> tuple[str, ...]:
    """What was named is not in the directory: this is only the nearest to it, and the answer says so."""
    return ("guessed",) if ask.perhaps and ask.said else ()


def _perhaps(ask: Ask, centre: Centre, world: World) -> list[Service]:
    """What else may be meant, of what this centre has, where the thing was only guessed."""
    return [s for s in world.directory.services_of.get(centre.id, ()) if s.name in ask.perhaps]


def _around(ask: Ask, dialogue: Dialogue, world: World, names: Sequence[str]) -> Outcome:
    near = from_where(ask, dialogue, world)
    if near is None:
        return ask_where(ask, dialogue, world)
    if ask.centres:
        dialogue = replace(dialogue, near=near)
    return _listed(ask, dialogue, world, names, near)


def _listed(
    ask: Ask,
    dialogue: Dialogue,
    world: World,
    names: Sequence[str],
    near: Near,
    *,
    relaxed: tuple[str, ...] = (),
) -> Outcome:
    """The nearest by the wishes, giving up wishes only when nothing fulfils them."""
    wanted = PAGE + ask.skip
    found, given_up = search(ask, names, near, world, wanted)
    services = [thing for thing in found[ask.skip :] if isinstance(thing, Service)]
    kept = replace(dialogue.answered, last=ask)
    if not services and ask.below is not None:
        return _listed(replace(ask, below=None, skip=0), dialogue, world, names, near, relaxed=("cheaper",))
    if not services:
        return _nothing(ask, kept, world)
    origin = near if (not ask.subdistrict or is_shared(near)) else None
    if not relaxed and _is_shut_there(ask, names, near, world):
        relaxed = ("shut_there",)
    relaxed = _nearest_to(ask) + relaxed + given_up
    if set(ask.facets) - {"where"} or ask.when or ask.nearest or ask.perhaps or len(services) == 1:
        others = tuple(Choice(_label(s, world), f"/service {s.id}") for s in services[1:PAGE])
        card = service_card(
            services[0], ask, origin, world, relaxed=relaxed, choices=(*others[:1], _its_centre(services[0]))
        )
        return Outcome(card, replace(kept, shown=1))
    return Outcome(_page(ask, services, origin, world, relaxed), replace(kept, shown=PAGE))


def _is_shut_there(ask: Ask, names: Sequence[str], near: Near, world: World) -> bool:
    """Whether the centre that was named has it and is shut at the time that was asked about."""
    named = (*ask.centres, *_refused_centres(ask, world))[:1]
    offered = [s for centre in named for s in world.directory.services_of.get(centre, ()) if s.name in names]
    if not offered or not _is_timed(ask):
        return False
    anywhere = replace(ask, without=(), subdistrict=None, accessible=False, below=None, free=False, skip=0)
    found, given_up = search(anywhere, names, near, world, 1)
    return not given_up and bool(found) and found[0] not in offered


def _its_centre(service: Service) -> Choice:
    return Choice("@centre", f"/centre {service.centre_id}")


def search(
    ask: Ask, names: Sequence[str], near: Near, world: World, count: int
) -> tuple[list[Centre | Service | Kiosk], tuple[str, ...]]:
    """Things near by the wishes, and which wishes had to be given up."""
    wishes = {wish for wish, wished in (("open", _is_timed(ask)), ("accessible", ask.accessible)) if wished}
    for given_up in RELAXATIONS:
        if not wishes.issuperset(given_up):
            continue
        left = wishes.difference(given_up)
        found = world.directory.nearest.nearest(
            names,
            near.latitude,
            near.longitude,
            count=count,
            open_groups=_open_groups(ask, world) if "open" in left else None,
            keep=_keeper(ask, world, accessible="accessible" in left),
        )
        if len(found) > ask.skip:
            return [world.directory.thing(hit.item) for hit in found], given_up
    return [], ()


def _is_timed(ask: Ask) -> bool:
    """Whether it must be open at some time."""
    return ask.open_only or bool(ask.when and not ask.when.is_now)


def _open_groups(ask: Ask, world: World) -> Callable[[int], bool]:
    """What is open at the moment or on the days that were asked about; without either, what is open now."""
    if ask.when is None or ask.open_only:
        return world.directory.open_groups(moment_of(ask.when, world.now))
    return open_then(ask.when, world)


def _refused_centres(ask: Ask, world: World) -> list[str]:
    return [name for name in ask.without if name in world.directory.centres]


def _keeper(ask: Ask, world: World, *, accessible: bool) -> Keep | None:
    """Which items fulfil the wishes that do not depend on the time."""
    directory = world.directory
    refused = _refused_centres(ask, world)
    if not (ask.subdistrict or refused or ask.free or ask.below is not None):
        return directory.step_free if accessible else None

    def keep(item: int) -> bool:
        thing = directory.thing(item)
        centre = directory.centre_of(thing)
        if ask.free and isinstance(thing, Service) and not is_free(thing.fee):
            return False
        if ask.below is not None and not _costs_less(thing, ask.below):
            return False
        inside = ask.subdistrict in (None, centre.subdistrict) and centre.id not in refused
        return inside and (not accessible or bool(directory.step_free[item]))

    return keep


def _costs_less(thing: object, than: float) -> bool:
    price = base_price(thing.fee) if isinstance(thing, Service) else None
    return price is not None and price < than


def _page(
    ask: Ask, services: Sequence[Service], near: Near | None, world: World, relaxed: tuple[str, ...]
) -> View:
    found = tuple(
        Found(
            service.name,
            centre_name(centre),
            spot_of(centre, near, world),
            opening_of(service.hours_text, centre, ask.when, world, service=service),
            centre.accessibility,
            world.directory.reported(centre.id),
            service.fee if "price" in ask.facets or ask.free or ask.below is not None else None,
        )
        for service in services[:PAGE]
        for centre in (world.directory.centres[service.centre_id],)
    )
    choices = tuple(Choice(_label(s, world), f"/service {s.id}") for s in services[:PAGE])
    what = ask.said or (ask.services[0] if ask.services else "@" + (ask.category or ""))
    sample = any(world.directory.is_sample(world.directory.centres[s.centre_id].phone) for s in services)
    return PlacesFound(what, near.name if near else None, ask.subdistrict, found, relaxed, sample, choices)


def _label(service: Service, world: World) -> str:
    return f"{short_name(world.directory.centres[service.centre_id])} {service.name}"


def _nothing(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    what = ask.said or "@" + (ask.category or "service")
    view = NothingFound(what, None, world.policy.help_line, suggestions(dialogue.language))
    return Outcome(view, dialogue.answered)


def find_centres(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The nearest open centres; in a subdistrict, those there."""
    near = from_where(ask, dialogue, world)
    if near is None:
        return ask_where(ask, dialogue, world)
    found, relaxed = search(ask, (CENTRES,), near, world, PAGE + ask.skip)
    is_coming = any(world.directory.centres[i].status is not CentreStatus.OPEN for i in ask.centres)
    relaxed = ("centre_not_open",) if is_coming else relaxed
    centres = [thing for thing in found[ask.skip :] if isinstance(thing, Centre)]
    if not centres:
        return _nothing(replace(ask, said="@centre"), dialogue, world)
    kept = replace(dialogue.answered, last=ask)
    of_one = set(ask.facets) - {"hours"} if is_coming else ask.facets  # the list says that it is not open yet
    if of_one and not ask.subdistrict:
        return Outcome(centre_card(centres[0], ask, near, world), replace(kept, shown=1))
    origin = near if (not ask.subdistrict or is_shared(near)) else None
    lines = tuple(
        Found(
            centre.name,
            centre_name(centre),
            spot_of(centre, origin, world),
            opening_of(centre.hours_text, centre, ask.when, world),
            centre.accessibility,
            world.directory.reported(centre.id),
        )
        for centre in centres
    )
    choices = tuple(Choice(short_name(centre), f"/centre {centre.id}") for centre in centres)
    sample = any(world.directory.is_sample(centre.phone) for centre in centres)
    view = PlacesFound(
        "@centre", origin.name if origin else None, ask.subdistrict, lines, relaxed, sample, choices
    )
    return Outcome(view, replace(kept, shown=PAGE))


def find_kiosks(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """The nearest self-service machines and what they can do."""
    near = from_where(ask, dialogue, world)
    if near is None:
        return _of_all_kiosks(ask, dialogue, world) or ask_where(replace(ask, said="@kiosk"), dialogue, world)
    found, _ = search(replace(ask, open_only=False), (KIOSKS,), near, world, PAGE + ask.skip)
    kiosks = [thing for thing in found[ask.skip :] if isinstance(thing, Kiosk)]
    if not kiosks:
        return _nothing(replace(ask, said="@kiosk"), dialogue, world)
    lines = tuple(_kiosk_line(kiosk, near, ask, world) for kiosk in kiosks)
    choices = tuple(
        Choice(short_name(world.directory.centres[k.centre_id]), f"/centre {k.centre_id}") for k in kiosks
    )
    sample = any(world.directory.is_sample(world.directory.centres[k.centre_id].phone) for k in kiosks)
    kept = replace(dialogue.answered, last=ask, shown=PAGE)
    return Outcome(KiosksFound(near.name, lines, sample, choices), kept)


def _of_all_kiosks(ask: Ask, dialogue: Dialogue, world: World) -> Outcome | None:
    """What holds of the machines everywhere, where more is asked than where one is; the place may follow."""
    directory = world.directory
    alike = {(kiosk.hours_text, kiosk.can_do) for kiosk in directory.kiosks.values()}
    if len(alike) != 1 or not set(ask.facets) - {"where"}:
        return None
    hours_text, can_do = alike.pop()
    sample = any(directory.is_sample(directory.centres[k.centre_id].phone) for k in directory.kiosks.values())
    kept = replace(dialogue, pending=replace(ask, said="@kiosk"), wants="place")
    return Outcome(KiosksFound(None, (), sample, (), hours_text, can_do), kept)


def _kiosk_line(kiosk: Kiosk, near: Near, ask: Ask, world: World) -> KioskLine:
    centre = world.directory.centres[kiosk.centre_id]
    spot = spot_of(centre, near, world, address=kiosk.location)
    opening = opening_of(kiosk.hours_text, centre, ask.when, world)
    return KioskLine(kiosk.name, kiosk.location, kiosk.hours_text, kiosk.can_do, spot, opening)


def example_place(world: World) -> str | None:
    """A community that a resident might name."""
    opened = (c for c in world.directory.centres.values() if c.status is CentreStatus.OPEN)
    return next((short_name(centre) for centre in opened), None)


def ask_where(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Nothing can be near before we know where the resident is."""
    kept = replace(dialogue, pending=ask, wants="place")
    return Outcome(AskWhere(ask.said, example_place(world), ()), kept)


def from_where(ask: Ask, dialogue: Dialogue, world: World) -> Near | None:
    """The place to search from: the one named now, else the one remembered; a subdistrict's middle."""
    if ask.centres:
        return place_of(world.directory.centres[ask.centres[0]])
    refused = _refused_centres(ask, world)
    if refused and (ask.around or dialogue.near is None):
        return place_of(world.directory.centres[refused[0]])  # near it, and not it
    if ask.subdistrict and not is_shared(dialogue.near):
        return _middle([world.directory.centres[i] for i in world.directory.subdistricts[ask.subdistrict]])
    return dialogue.near


def _middle(centres: Sequence[Centre]) -> Near:
    latitude = sum(centre.latitude for centre in centres) / len(centres)
    longitude = sum(centre.longitude for centre in centres) / len(centres)
    return Near(latitude, longitude, centres[0].subdistrict)


def is_shared(near: Near | None) -> bool:
    """Whether the resident shared where they are, which a named place must not overwrite."""
    return near is not None and near.name is None
