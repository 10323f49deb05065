"""Service deserts at the desk: the list, and the address of its picture.

The district sees all, a subdistrict its own centres. Whoever has the address sees the picture as it is on the
day on which it is opened, until the address ends: it is for the one to whom it was given, as a certificate's
is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.asks import Ask, Dialogue
from handlers.cards import centre_name, short_name
from handlers.deserts import LEAST, WALK_M, Around, Desert, deserts, first_week
from handlers.desk_site import HELP, refused
from handlers.nearby import walk
from handlers.permissions import Act, Reach, reach_of
from handlers.safe import Safe
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World
from messages.desert_map import DesertMap, Dot
from messages.directory import CentreStatus
from messages.view_parts import Choice
from messages.views_deserts import DesertLine, DesertPlace, DesertsShown
from storage import wishes
from storage.transaction import Transaction

LISTED, PLACES_LISTED = 5, 3
GOOD_FOR = timedelta(days=7)
ALL, DISTRICT = "all", "district"
CHOICES = (Choice("@desk_topics", "/desk_topics"), HELP)


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What is missed most where, of one's own place."""
    if scene.post is None:
        return choice_gone(ask, dialogue, world)
    reach = reach_of(scene.post.role, Act.DESERTS)
    if reach is Reach.NEVER:
        return Outcome(refused("not_allowed", world, act=Act.DESERTS), dialogue.settled)
    subdistrict = None if reach is Reach.EVERYWHERE else scene.post.subdistrict
    found = await found_in(scene.tx, subdistrict, world)
    view = DesertsShown(
        of=subdistrict or DISTRICT,
        since=first_week(world.now.date()),
        least=LEAST,
        walk=WALK_M,
        lines=lines_of(found[:LISTED], world),
        more=len(found[LISTED:]),
        picture=address_of(subdistrict, dialogue.tag, world, scene.safe) if found else None,
        choices=CHOICES if reach is Reach.EVERYWHERE else (HELP,),
    )
    return Outcome(view, dialogue.settled)


async def found_in(tx: Transaction, subdistrict: str | None, world: World) -> list[Desert]:
    """All of a subdistrict, or of the district where none is named."""
    today, detour = world.now.date(), world.policy.detour
    wished = await wishes.since(tx, first_week(today))
    return deserts(wished, world.directory, today, detour=detour, subdistrict=subdistrict)


def lines_of(found: Sequence[Desert], world: World) -> tuple[DesertLine, ...]:
    """In words for a list or a drawing, each with the places that weigh most."""
    return tuple(_line(each, world) for each in found)


def _line(desert: Desert, world: World) -> DesertLine:
    told = desert.told[:PLACES_LISTED]
    rest = desert.wishes - sum(each.wishes for each in told)
    return DesertLine(
        name_of(desert, world), desert.wishes, tuple(_place(each, world) for each in told), rest
    )


def name_of(desert: Desert, world: World) -> str:
    return f"@{desert.thing}" if desert.thing in world.directory.categories else desert.thing


def _place(around: Around, world: World) -> DesertPlace:
    """With a distance that never sounds shorter than it is."""
    metres = None if around.metres is None else walk(around.metres, detour=1).metres
    named = replace(centre_name(around.centre), name=short_name(around.centre))
    return DesertPlace(named, around.wishes, metres)


def address_of(subdistrict: str | None, language: str, world: World, safe: Safe) -> str:
    """Where the picture is for a week; a subdistrict is named by a centre of it, since an address has no room
    for other characters than those of ids."""
    place = world.directory.subdistricts[subdistrict][0] if subdistrict else ALL
    token = safe.addresses.make(("deserts", place, language), world.now + GOOD_FOR)
    return f"{world.policy.page or ''}/deserts/{token}.svg"


async def of_address(tx: Transaction, about: tuple[str, ...], world: World) -> tuple[DesertMap, str] | None:
    """What an address is to show today, and its language; None for one that is about something else."""
    match about:
        case ("deserts", place, language) if place == ALL or place in world.directory.centres:
            subdistrict = None if place == ALL else world.directory.centres[place].subdistrict
        case _:
            return None
    found = await found_in(tx, subdistrict, world)
    dots = tuple(
        Dot(each.id, each.subdistrict, each.latitude, each.longitude, each.status is CentreStatus.OPEN)
        for each in world.directory.centres.values()
        if subdistrict in (None, each.subdistrict)
    )
    today = world.now.date()
    drawn = DesertMap(
        subdistrict, first_week(today), today, dots, lines_of(found[:LISTED], world), LEAST, WALK_M
    )
    return drawn, language
