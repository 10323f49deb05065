"""A conversation leaves those it is linked with, or has them leave; what is booked stays with who stays.

So does news that has not arrived: whoever holds a lost phone is not to read it, and those who stay are not
to miss it. News of a case goes to the chat in which it was opened. What is on its way at that very moment may
be heard in both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.booking_parts import MINE
from handlers.linked import channels, others_of, reached_of
from handlers.links import ANOTHER, HELP, HUMAN, refused
from handlers.photo_looks import readdressed
from handlers.saying import say
from handlers.wish_links import OTHERS
from handlers.world import Outcome, Scene, World
from messages.view_codec import ViewError, from_json
from messages.view_parts import Choice
from messages.views import View
from messages.views_cases import CaseTold, VerdictAsked
from messages.views_links import Unlinked, UnlinkProposed
from storage import families, links, outbox
from storage.links import Talk
from storage.outbox import TakenBack

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
    everybody = await links.talks(tx, here)
    leaving = {here} if leaves == HERE else {each.id for each in others}
    for talk in sorted(leaving):
        await links.move(tx, talk, None)
    if leaves == OTHERS:  # whoever has the lost phone may have copied the calendar's address
        await families.end_feeds(tx, family_id)
    for each in others:
        await _tell(each, leaves, world, scene)
    stay = [talk for talk in everybody if talk.id not in leaving]
    parts = {talk.id: stay if talk in stay else [talk] for talk in everybody}
    await _hand_on({family_id: stay, **parts}, world, scene)
    kept = dialogue.settled
    if leaves == HERE:  # nothing of the family's is gone on about
        kept = Dialogue(dialogue.language, near=dialogue.near, traditional=dialogue.traditional)
    view = Unlinked(leaves, False, channels(others), (ANOTHER, HELP) if leaves == HERE else (MINE, ANOTHER))
    return Outcome(view, kept)


async def _hand_on(homes: Mapping[str, Sequence[Talk]], world: World, scene: Scene) -> None:
    """News that did not arrive is said where it belongs: `homes` are the chats by whose it is."""
    everybody = {talk.id for talks in homes.values() for talk in talks}
    for whose, talks in homes.items():
        best = await reached_of(scene.tx, talks[0].id, world.policy.push)
        for stray in sorted(everybody - {talk.id for talk in talks}):
            for news in await outbox.take_back(scene.tx, stray, whose, world.now):
                await _say_there(news, best, whose, world, scene)


async def _say_there(news: TakenBack, talk: str, whose: str, world: World, scene: Scene) -> None:
    """As long as before; under its old key, by which others ask what became of it."""
    try:
        view, _ = from_json(news.view)
    except ViewError:
        return  # no channel could have said it
    await say(
        scene.tx,
        talk,
        _for(talk, view, world, scene),
        key=news.unique_key,
        now=world.now,
        new_id=str(scene.new_id()),
        within=news.expires_at - world.now if news.expires_at else None,
        is_own=talk == scene.conversation_id,
        whose=whose,
    )


def _for(talk: str, view: View, world: World, scene: Scene) -> View:
    """Photos are looked at by who was given their address."""
    if isinstance(view, CaseTold | VerdictAsked):
        return replace(view, photos=readdressed(view.photos, talk, scene.safe.addresses, world))
    return view


async def _tell(talk: Talk, leaves: str, world: World, scene: Scene) -> None:
    """From where `talk` stands it is the other way round."""
    other, way_on = (OTHERS, MINE) if leaves == HERE else (HERE, HELP)
    view = Unlinked(other, True, (scene.channel,), (way_on, HUMAN))
    key = f"unlinked {scene.new_id()}"
    new_id = str(scene.new_id())
    await say(scene.tx, talk.id, view, key=key, now=world.now, new_id=new_id, within=TOLD_WITHIN)
