"""A conversation leaves those it is linked with, or has them leave; what is booked stays with who stays."""

from dataclasses import replace
from datetime import timedelta

from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.booking_parts import MINE
from handlers.linked import channels, others_of
from handlers.links import ANOTHER, HELP, HUMAN, refused
from handlers.saying import say
from handlers.wish_links import OTHERS
from handlers.world import Outcome, Scene, World
from messages.view_parts import Choice
from messages.views_links import Unlinked, UnlinkProposed
from storage import families, links
from storage.links import Talk

UNLINK = "unlink"
HERE = "here"
TOLD_WITHIN = timedelta(days=14)


async def propose(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Who would no longer see what. Whoever has lost a phone takes the other one out."""
    kept = dialogue.settled
    others = await others_of(scene.tx, scene.conversation_id)
    if not others:
        return refused("not_linked", kept, world)
    leaves, token = ask.kind or HERE, token_of(scene)
    yes = Choice(f"@unlink_{leaves}", f"/yes {token}")
    instead = (Choice("@unlink_others", f"/unlink {OTHERS}"),) if leaves == HERE else ()
    choices = (yes, *instead, Choice("@unlink_not", f"/no {token}"))
    view = UnlinkProposed(leaves, scene.channel, channels(others), choices)
    return Outcome(view, replace(kept, draft=Draft(UNLINK, token, ids=(leaves,))))


async def confirm(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """It leaves the family; who stays, and who has to leave, is told."""
    tx, here, [leaves] = scene.tx, scene.conversation_id, draft.ids
    family_id = await families.of_conversation(tx, here)
    if family_id is None:
        return refused("not_linked", dialogue.settled, world)
    await families.hold(tx, family_id)
    others = await others_of(tx, here)
    if not others:
        return refused("not_linked", dialogue.settled, world)
    for talk in sorted([here, *(each.id for each in others)]):
        await links.hold(tx, talk)
    for talk in [here] if leaves == HERE else [each.id for each in others]:
        await links.move(tx, talk, None)
    if leaves == OTHERS:  # whoever has the lost phone may have copied the calendar's address
        await families.end_feeds(tx, family_id)
    for each in others:
        await _tell(each, leaves, world, scene)
    kept = dialogue.settled
    if leaves == HERE:  # nothing of the family's is gone on about
        kept = Dialogue(dialogue.language, near=dialogue.near, traditional=dialogue.traditional)
    view = Unlinked(leaves, False, channels(others), (ANOTHER, HELP) if leaves == HERE else (MINE, ANOTHER))
    return Outcome(view, kept)


async def _tell(talk: Talk, leaves: str, world: World, scene: Scene) -> None:
    """From where `talk` stands it is the other way round."""
    other, way_on = (OTHERS, MINE) if leaves == HERE else (HERE, HELP)
    view = Unlinked(other, True, (scene.channel,), (way_on, HUMAN))
    key = f"unlinked {scene.new_id()}"
    new_id = str(scene.new_id())
    await say(scene.tx, talk.id, view, key=key, now=world.now, new_id=new_id, within=TOLD_WITHIN)
