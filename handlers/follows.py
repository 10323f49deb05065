"""Residents follow centres, and hear what the managers of these announce (handlers/announcing.py).

It is the family that follows, as with bookings: linked conversations follow the same, and news goes to one.
"""

from collections.abc import Sequence
from dataclasses import replace

from handlers.asks import Ask, Dialogue
from handlers.booking import family_here
from handlers.cards import centre_name, short_name
from handlers.find import example_place
from handlers.lists import which_centre
from handlers.wish_follows import FOLLOWED, MOST_CHOICES, UNFOLLOW
from handlers.world import Outcome, Scene, World
from messages.directory import Centre
from messages.view_parts import Choice
from messages.views_follows import Followed, FollowRefused, FollowsListed, Unfollowed
from messages.words import UNFOLLOWS
from storage import families, follows

# As many as can be listed with a choice each.
MOST = MOST_CHOICES
# What a centre may announce in any seven days. WeChat takes five messages within two days of one of the
# resident's, and offers and changes need them; and whoever hears too much follows nobody any more.
MOST_A_WEEK = 3

LIST = Choice("@followed", f"/{FOLLOWED}")
HELP = Choice("@help", "/help")


async def follow(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """From now on; nothing to say yes to, as it is taken back in one tap."""
    kept = dialogue.settled
    if scene.is_public:
        return Outcome(_no("public", world, HELP), kept)
    centre = _named(ask, world)
    if centre is None:
        return _which(ask, kept, world)
    family_id = await family_here(world, scene)
    await families.hold(scene.tx, family_id)
    own = await followed_by(family_id, world, scene)
    is_new = centre not in own
    if is_new and len(own) >= MOST:
        return Outcome(_no("too_many", world, LIST, HELP), kept)
    await follows.follow(scene.tx, centre.id, family_id, world.now)
    view = Followed(
        centre_name(centre),
        short_name(centre),
        is_new,
        scene.channel,
        scene.channel in world.policy.push_any,
        MOST_A_WEEK,
        (Choice("@centre", f"/centre {centre.id}"), unfollowing(centre), LIST),
    )
    return Outcome(view, replace(kept, last=Ask("centre_card", centres=(centre.id,))))


async def unfollow(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """At once; what was announced and has not arrived is not told any more."""
    kept = dialogue.settled
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    own = await followed_by(family_id, world, scene)
    centre = _named(ask, world) or (own[0] if len(own) == 1 and not ask.subdistrict else None)
    if centre is None or (centre not in own and own):
        return _listed(own, kept, world)
    was = family_id is not None and await follows.unfollow(scene.tx, centre.id, family_id)
    again = Choice("@follow", f"/follow {centre.id}")
    return Outcome(Unfollowed(centre_name(centre), short_name(centre), was, (again, LIST)), kept)


async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    return _listed(await followed_by(family_id, world, scene), dialogue.settled, world)


async def followed_by(family_id: str | None, world: World, scene: Scene) -> list[Centre]:
    """The centres that a family follows, without those that left the directory."""
    ids = await follows.of_family(scene.tx, family_id) if family_id else []
    return [world.directory.centres[each] for each in ids if each in world.directory.centres]


def unfollowing(centre: Centre) -> Choice:
    return Choice(f"{UNFOLLOWS}{short_name(centre)}", f"/{UNFOLLOW} {centre.id}")


def _named(ask: Ask, world: World) -> Centre | None:
    return world.directory.centres.get(ask.centres[0]) if ask.centres else None


def _which(ask: Ask, kept: Dialogue, world: World) -> Outcome:
    """Where no centre was named, the place alone answers."""
    if area := world.directory.subdistricts.get(ask.subdistrict or "", ()):
        narrowed = replace(ask, centres=area[:MOST_CHOICES], subdistrict=None, unclear=True)
        return which_centre(narrowed, kept, world)
    return Outcome(_no("which", world, LIST, HELP), replace(kept, pending=ask, wants="centre"))


def _no(why: str, world: World, *choices: Choice) -> FollowRefused:
    return FollowRefused(why, MOST, example_place(world), choices)


def _listed(own: Sequence[Centre], kept: Dialogue, world: World) -> Outcome:
    choices = tuple(unfollowing(each) for each in own[:MOST_CHOICES])
    view = FollowsListed(tuple(map(centre_name, own)), example_place(world), choices or (HELP,))
    return Outcome(view, kept)
