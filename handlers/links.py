"""One person in several channels: a code that is made in one conversation and said in the other links both.

Where it is said, what would be joined is told first, and a yes is needed; then the conversation that made
the code is asked whether that was the same person. Only a yes there links: who overhears a code has nothing.
Linked are conversations of one family, so that bookings and children follow; all else: handlers/linked.py.

Two families that both know people are not joined. Nobody can tell whether the son of one is that of the
other: he might then have two places in one session, or the consents and the real name of somebody else.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.booking_parts import MINE
from handlers.case_news import MY_CASES
from handlers.codes import secret_code
from handlers.linked import channels, ids_of, others_of
from handlers.safe import LEAVES_THE_COUNTRY
from handlers.saying import say
from handlers.wish_links import NO, YES
from handlers.world import Outcome, Scene, World
from messages.understand.link_codes import link_code_in
from messages.view_parts import Choice
from messages.views import View
from messages.views_links import LinkAsked, LinkCodeShown, Linked, LinkProposed, LinkRefused, LinkWaits
from storage import families, follows, links
from storage.database import Database, Transaction
from storage.links import Link, Talk
from storage.transaction import Interrupted

LINK, LINK_AGREE = "link", "link_agree"
# How long a code is good, and how long the other side has to answer.
GOOD_FOR = timedelta(minutes=15)
# Of a code's hundred thousand million, so many may be tried in one conversation. All together have no bound:
# with it anybody could keep the others from linking, and a code that is guessed still needs a yes.
GUESSED_WITHIN, MOST_WRONG = timedelta(hours=1), 10
# What came of it is worth reading for so long.
TOLD_WITHIN = timedelta(days=14)

HELP = Choice("@help", "/help")
HUMAN = Choice("@human", "/human")
ANOTHER = Choice("@link", "/link")
UNLINK = Choice("@unlink", "/unlink")


@dataclass(frozen=True, slots=True)
class Sides:
    """Who would be joined: the conversation of the turn, and the other with all that are linked with it."""

    here: str
    others: tuple[Talk, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return channels(self.others)

    @property
    def abroad(self) -> bool:
        return bool(LEAVES_THE_COUNTRY & {self.here, *self.names})


async def _sides(scene: Scene, other: str) -> Sides:
    return Sides(scene.channel, tuple(await links.talks(scene.tx, other)))


async def offer(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A code to be said in the other conversation; one that was shown before is void, and who waits for an
    answer to it is told so."""
    kept = dialogue.settled
    if scene.is_public:
        return refused("public", kept, world)
    code, until = secret_code(), world.now + GOOD_FOR
    code_hash = _hash_of(code, scene)
    if code_hash is None:
        raise LookupError("a new code is none")
    before = await links.offer(
        scene.tx, str(scene.new_id()), scene.conversation_id, code_hash, world.now, until
    )
    if before and before.taken_by:
        await _tell_of(before.taken_by, _no("gone", world), before, world, scene)
    linked = channels(await others_of(scene.tx, scene.conversation_id))
    choices = (UNLINK, MINE, HELP) if linked else (MINE, HELP)
    return Outcome(LinkCodeShown(code, until, linked, choices), kept)


def _hash_of(typed: str, scene: Scene) -> str | None:
    """Keyed, and another than that of a staff code of the same letters."""
    keyed = scene.code_hash(typed)
    return sha256(f"link {keyed}".encode()).hexdigest() if keyed else None


async def take_code(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What would be joined by the code that was said, to say yes or no to."""
    kept, since = dialogue.settled, world.now - GUESSED_WITHIN
    if scene.is_public:
        return refused("public", kept, world)
    if await links.wrong_codes(scene.tx, scene.conversation_id, since) >= MOST_WRONG:
        return refused("too_many", kept, world)
    code_hash = _hash_of(link_code_in(scene.text) or "", scene)
    link = await links.of_code(scene.tx, code_hash, world.now) if code_hash else None
    if link is None or link.taken_by not in (None, scene.conversation_id):
        row_id = str(scene.new_id())
        await links.note_wrong_code(scene.tx, row_id, scene.conversation_id, world.now, forget_before=since)
        return refused("wrong", kept, world)
    if link.conversation_id == scene.conversation_id:
        return refused("own", kept, world)
    sides = await _sides(scene, link.conversation_id)
    if link.taken_by:
        return Outcome(_waits(link, sides, world), kept)
    if why := await _hindered(link, scene):
        return refused(why, kept, world)
    token = token_of(scene)
    choices = (Choice("@link_it", f"/yes {token}"), Choice("@link_not", f"/no {token}"))
    view = LinkProposed(sides.here, sides.names, sides.abroad, choices)
    return Outcome(view, replace(kept, draft=Draft(LINK, token, ids=(link.id,))))


def _waits(link: Link, sides: Sides, world: World) -> LinkWaits:
    return LinkWaits(sides.names, link.expires_at.astimezone(world.now.tzinfo), (MINE, HELP))


async def _hindered(link: Link, scene: Scene) -> str | None:
    """Why these cannot be linked, as a code of LinkRefused."""
    tx, here, there = scene.tx, scene.conversation_id, link.conversation_id
    others = await links.talks(tx, there)
    if here in {talk.id for talk in others}:
        return "linked"
    if any(talk.is_left for talk in others if talk.id == there):
        return "gone"  # nobody could answer
    both = [await families.of_conversation(tx, each) for each in (here, there)]
    return "two_families" if len(await _with_people(tx, both)) > 1 else None


async def _with_people(tx: Transaction, several: Sequence[str | None]) -> list[str]:
    known = [each for each in dict.fromkeys(several) if each]
    return [each for each in known if await families.participants(tx, each)]


async def want(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Who said the code says yes: now the other side is asked."""
    kept = dialogue.settled
    if scene.is_public:
        return refused("public", kept, world)
    link = await links.of_id(scene.tx, draft.ids[0], world.now)
    if link is None:
        return refused("gone", kept, world)
    if why := await _hindered(link, scene):
        return refused(why, kept, world)
    until = world.now + GOOD_FOR
    taken = await links.take(scene.tx, link.id, scene.conversation_id, now=world.now, until=until)
    if taken is None:
        return refused("gone", kept, world)
    sides = await _sides(scene, taken.conversation_id)
    own = tuple(await links.talks(scene.tx, scene.conversation_id))
    there = next(talk.channel for talk in sides.others if talk.id == taken.conversation_id)
    asked = _asked(taken, Sides(there, own), world)
    await _tell(scene.tx, taken.conversation_id, asked, f"asked {taken.id}", world, scene.new_id, GOOD_FOR)
    return Outcome(_waits(taken, sides, world), kept)


def _asked(link: Link, sides: Sides, world: World) -> LinkAsked:
    """No comes first: a number that was meant for what was shown before links nothing."""
    choices = (
        Choice("@link_not_mine", f"/{NO} {link.id}"),
        Choice("@link_mine", f"/{YES} {link.id}"),
    )
    until = link.expires_at.astimezone(world.now.tzinfo)
    return LinkAsked(sides.here, sides.names, sides.abroad, until, choices)


async def ask_again(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What is joined once more; from now on a yes in words is a yes to this."""
    kept = dialogue.settled
    link = await links.of_id(scene.tx, ask.kind or "", world.now)
    if link is None or link.taken_by is None or link.conversation_id != scene.conversation_id:
        return refused("gone", kept, world)
    draft = Draft(LINK_AGREE, token_of(scene), ids=(link.id,))
    view = _asked(link, await _sides(scene, link.taken_by), world)
    return Outcome(view, replace(kept, draft=draft))


async def agree(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    return await link_them(Ask(YES, kind=draft.ids[0]), dialogue, world, scene)


async def link_them(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """It was the same person: both sides are told in all their conversations."""
    kept = dialogue.settled
    if scene.is_public:
        return refused("public", kept, world)
    link = await links.settle(scene.tx, ask.kind or "", scene.conversation_id, world.now)
    if link is None or link.taken_by is None:
        return refused("gone", kept, world)
    if why := await _joined(scene, link.taken_by, world):
        await _tell_of(link.taken_by, _no(why, world), link, world, scene)
        return refused(why, kept, world)
    everybody = await links.talks(scene.tx, scene.conversation_id)
    for talk in everybody:
        if talk.id != scene.conversation_id:
            view = _linked(talk.id, everybody)
            await _tell_of(talk.id, view, link, world, scene)
    return Outcome(_linked(scene.conversation_id, everybody), kept)


def _linked(here: str, everybody: Sequence[Talk]) -> Linked:
    own = next(talk.channel for talk in everybody if talk.id == here)
    others = channels([talk for talk in everybody if talk.id != here])
    return Linked(own, others, (MINE, MY_CASES, UNLINK))


async def _joined(scene: Scene, other: str, world: World) -> str | None:
    """Make one family of both sides; why not, as a code of LinkRefused.

    First the families' rows, then the conversations': nobody books, enters anybody or links in either
    meanwhile. All are told of it, and so a turn that is under way in one of them is understood again.
    """
    tx, here = scene.tx, scene.conversation_id
    for family_id in sorted({each for each in await _families(tx, here, other) if each}):
        await families.hold(tx, family_id)
    known = await _families(tx, here, other)
    for talk in sorted(await ids_of(tx, here) | await ids_of(tx, other)):
        await links.hold(tx, talk)
    if await _families(tx, here, other) != known:
        raise Interrupted("one of the conversations got another family meanwhile")
    if known[0] and known[0] == known[1]:
        return "linked"
    peopled = await _with_people(tx, known)
    if len(peopled) > 1:
        return "two_families"
    joined = next((each for each in (*peopled, *known) if each), None) or await _founded(scene, world)
    for talk in sorted(await ids_of(tx, here) | await ids_of(tx, other)):
        await links.move(tx, talk, joined)
    for family_id in sorted({each for each in known if each} - {joined}):
        await follows.hand_over(tx, family_id, joined)
    return None


async def _founded(scene: Scene, world: World) -> str:
    """A family that knows nobody yet."""
    family_id = str(scene.new_id())
    await families.found(scene.tx, family_id, world.now)
    return family_id


async def _families(tx: Transaction, *talks: str) -> list[str | None]:
    return [await families.of_conversation(tx, talk) for talk in talks]


async def refuse(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """It was somebody else: nothing is linked, and the code is worth nothing any more."""
    kept = dialogue.settled
    link = await links.settle(scene.tx, ask.kind or "", scene.conversation_id, world.now)
    if link is None or link.taken_by is None:
        return refused("gone", kept, world)
    await _tell_of(link.taken_by, _no("declined", world), link, world, scene)
    return refused("kept", kept, world)


async def give_up(talks: Collection[str], world: World, scene: Scene) -> None:
    """All that waits to be linked with these conversations, which are erased; the other side is told."""
    for talk in sorted(talks):
        for link in await links.drop_of(scene.tx, talk):
            for other in {link.conversation_id, link.taken_by} - {None, *talks}:
                await _tell_of(str(other), _no("gone", world), link, world, scene)


def _no(why: str, world: World) -> LinkRefused:
    way_on = (UNLINK, MINE) if why == "linked" else (ANOTHER, HUMAN)
    return LinkRefused(why, world.policy.help_line, way_on)


def refused(why: str, kept: Dialogue, world: World) -> Outcome:
    return Outcome(_no(why, world), kept)


async def _tell_of(talk: str, view: View, link: Link, world: World, scene: Scene) -> None:
    await _tell(scene.tx, talk, view, f"{link.id} {talk}", world, scene.new_id)


async def _tell(
    tx: Transaction,
    talk: str,
    view: View,
    key: str,
    world: World,
    new_id: Callable[[], UUID],
    within: timedelta | None = None,
) -> None:
    """Without `within` also at night: somebody is there who waits for it."""
    await say(tx, talk, view, key=f"link {key}", now=world.now, new_id=str(new_id()), within=within)


async def close_expired(database: Database, world: World, new_id: Callable[[], UUID]) -> int:
    """Both sides of what nobody answered in time are told that nothing was changed: how many there were."""

    async def work(tx: Transaction) -> int:
        unanswered = [link for link in await links.drop_expired(tx, world.now) if link.taken_by]
        for link in unanswered:
            for talk in sorted({link.conversation_id, link.taken_by or link.conversation_id}):
                await _tell(tx, talk, _no("over", world), f"{link.id} {talk}", world, new_id, TOLD_WITHIN)
        return len(unanswered)

    return await database.write(work)
