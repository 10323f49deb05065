"""The code at a centre's door, for whoever wants to put it up or send it on."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue, Near
from handlers.cards import centre_name, short_name
from handlers.find import ask_where, from_where, is_shared
from handlers.lists import which_centre
from handlers.world import Outcome, World
from messages.directory import Centre
from messages.geo import distance_m
from messages.view_parts import Choice
from messages.views_doors import DoorCodeShown


def show(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """Of the centre that is named, or else the nearest; nobody who tells no place has one."""
    directory = world.directory
    if not ask.centres and ask.subdistrict:
        there = directory.subdistricts[ask.subdistrict]
        return which_centre(replace(ask, centres=there, subdistrict=None, unclear=True), dialogue, world)
    near = from_where(ask, dialogue, world)
    if near is None:
        return ask_where(ask, dialogue, world)
    centre = directory.centres[ask.centres[0]] if ask.centres else _nearest(near, world)
    choices = (Choice(short_name(centre), f"/centre {centre.id}"),)
    picture = f"{world.policy.page or ''}/door/{centre.id}.svg"
    kept = replace(dialogue.answered, near=dialogue.near if is_shared(dialogue.near) else near)
    return Outcome(DoorCodeShown(centre_name(centre), picture, choices), kept)


def _nearest(near: Near, world: World) -> Centre:
    here = near.latitude, near.longitude
    centres = world.directory.centres.values()
    return min(centres, key=lambda each: (distance_m(here, (each.latitude, each.longitude)), each.id))
