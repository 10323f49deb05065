"""What is only told of a child after it was agreed to: its name for a list, who fetches it, allergies.

A name of record is wanted only where an activity needs a list of names, and only after the card for that
purpose was agreed to; it is never taken on a channel that leaves the country.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from handlers import sealing
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.booking_parts import MINE
from handlers.cards import short_name
from handlers.periods import period_of
from handlers.safe import LEAVES_THE_COUNTRY
from handlers.sealing import Place, place_of
from handlers.talk import choice_gone
from handlers.world import Outcome, Scene, World
from messages.booking_rules import read_rules
from messages.directory import Activity
from messages.names import name_in
from messages.view_parts import Choice
from messages.views_children import (
    AllergyAsked,
    AllergyNoted,
    AskName,
    AskRelation,
    AskWhichChild,
    ConsentAsked,
    NameSealed,
    NoChildYet,
    NoNameNeeded,
    NotHere,
)
from storage import calendar, children, families
from storage.children import Consent
from storage.families import Participant

ROSTER, PICK_UP, ALLERGY = "roster", "pick_up", "allergy"
# The version of the words on the cards; a change of what they say is a new one.
TEXT_VERSION = 2
# What the conversation waits for, and the drafts of this file.
NAME = "name"
CONSENT = "consent"
RELATIONS = ("mother", "father", "grandmother", "grandfather", "relative", "neighbour")
PRIVACY = Choice("@privacy", "/privacy")
HELP = Choice("@help", "/help")


def needs_list(activity: Activity) -> bool:
    """Whether a child's real name is needed: children are handed over by name, camps insure them by name."""
    note = read_rules(activity).note
    return note.is_fetched or note.is_sold_whole


@dataclass(frozen=True, slots=True)
class Listed:
    """A child stands on the list of an activity, and for what its name is sealed."""

    child: Participant
    activity: Activity
    place: Place
    held_on: date


async def listed(world: World, scene: Scene) -> list[Listed]:
    """Where the family's children stand on lists of names from now on, once for each centre and term."""
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    if family_id is None:
        return []
    own = {who.id: who for who in await families.participants(scene.tx, family_id) if who.kind == "child"}
    terms = await calendar.terms(scene.tx)
    found: dict[tuple[str, str, str], Listed] = {}
    for part in await children.takes_part(scene.tx, family_id, world.now):
        activity = world.directory.activities.get(part.activity_id)
        child = own.get(part.participant_id)
        if child is None or activity is None or not needs_list(activity):
            continue
        place = place_of(part.centre_id, period_of(terms, part.held_on), world.policy.names_days)
        found.setdefault(
            (child.id, place.centre_id, place.period.id), Listed(child, activity, place, part.held_on)
        )
    return list(found.values())


async def children_of(scene: Scene) -> list[Participant]:
    family_id = await families.of_conversation(scene.tx, scene.conversation_id)
    people = await families.participants(scene.tx, family_id) if family_id else []
    return [who for who in people if who.kind == "child"]


def not_here(what: str, world: World, *, typed: bool = False, why: str = "abroad") -> NotHere:
    return NotHere(what, why, typed, world.policy.page, (PRIVACY, HELP))


async def register_name(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The card for the first name that a list still lacks."""
    kept = dialogue.settled
    if scene.channel in LEAVES_THE_COUNTRY:
        # What is typed next may be the name all the same: it must not be kept.
        return Outcome(not_here(NAME, world), replace(kept, wants=NAME))
    lacking = [each for each in await listed(world, scene) if not await _is_there(each, ROSTER, scene)]
    wanted = [each for each in lacking if not ask.who or each.child.id in ask.who]
    if not wanted:
        return Outcome(NoNameNeeded(ROSTER, (MINE, PRIVACY)), kept)
    return await _card(wanted[0], ROSTER, None, kept, world, scene)


async def _is_there(each: Listed, purpose: str, scene: Scene) -> bool:
    names = await children.names_of(scene.tx, each.child.id, each.place.centre_id, each.place.period.id)
    return any(name.purpose == purpose for name in names)


async def authorise(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Somebody else may fetch the child: how they are related, then the card, then the name."""
    kept = dialogue.settled
    if scene.channel in LEAVES_THE_COUNTRY:
        return Outcome(not_here(PICK_UP, world), replace(kept, wants=NAME))
    wanted = [each for each in await listed(world, scene) if not ask.who or each.child.id in ask.who]
    if not wanted:
        return Outcome(NoNameNeeded(PICK_UP, (MINE, PRIVACY)), kept)
    if len({each.child.id for each in wanted}) > 1:
        return Outcome(AskWhichChild(PICK_UP, _who(wanted, "fetcher")), kept)
    each = wanted[0]
    if ask.kind not in RELATIONS:
        choices = tuple(Choice(f"@by_{code}", f"/fetcher {each.child.id} {code}") for code in RELATIONS)
        return Outcome(AskRelation(each.child.alias, _centre(each.place, world), choices), kept)
    return await _card(each, PICK_UP, ask.kind, kept, world, scene)


def _who(wanted: Iterable[Listed], command: str) -> tuple[Choice, ...]:
    people = {each.child.id: each.child.alias for each in wanted}
    return tuple(Choice(f"@who_{alias}", f"/{command} {key}") for key, alias in people.items())


def _centre(place: Place, world: World) -> str:
    centre = world.directory.centres.get(place.centre_id)
    return short_name(centre) if centre else place.centre_id


async def _card(
    each: Listed, purpose: str, relation: str | None, kept: Dialogue, world: World, scene: Scene
) -> Outcome:
    """What is agreed to, unless it was already: then the name is asked for at once."""
    token = token_of(scene)
    draft = Draft(
        CONSENT, token, ids=(purpose, each.place.centre_id), who=(each.child.id,),
        numbers=(TEXT_VERSION,), text=f"{each.held_on:%Y-%m-%d} {relation or ''}".strip(),
    )  # fmt: skip
    place = each.place
    if await children.has_consent(scene.tx, each.child.id, purpose, place.centre_id, place.period.id):
        return _ask_name(each.child, purpose, relation, draft, kept)
    view = ConsentAsked(
        purpose=purpose,
        who=each.child.alias,
        activity=each.activity.name,
        centre=_centre(place, world),
        term=place.period.name or place.period.id,
        until=place.expires_on,
        responsible=world.policy.responsible,
        help_line=world.policy.help_line,
        choices=(Choice("@agree", f"/yes {token}"), Choice("@refuse", f"/no {token}")),
    )
    return Outcome(view, replace(kept, draft=draft))


def _ask_name(
    child: Participant,
    purpose: str,
    relation: str | None,
    draft: Draft,
    kept: Dialogue,
    *,
    again: bool = False,
) -> Outcome:
    view = AskName(purpose, child.alias, relation, again, (Choice("@not_now", f"/no {draft.token}"),))
    return Outcome(view, replace(kept, wants=NAME, draft=replace(draft, action=NAME)))


async def agree(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The consent is written down; the name is typed next."""
    found = await _meant(draft, world, scene)
    if found is None or draft.numbers != (TEXT_VERSION,) or scene.channel in LEAVES_THE_COUNTRY:
        return choice_gone(Ask("gone"), dialogue.settled, world)
    purpose, relation = draft.ids[0], _relation(draft)
    consent = Consent(
        id=str(scene.new_id()),
        participant_id=found.child.id,
        purpose=purpose,
        centre_id=found.place.centre_id,
        term=found.place.period.id,
        text_version=TEXT_VERSION,
        language=dialogue.tag,
        channel=scene.channel,
        given_at=world.now,
        withdrawn_at=None,
    )
    await children.give_consent(scene.tx, consent)
    return _ask_name(found.child, purpose, relation, draft, dialogue.settled)


def _relation(draft: Draft) -> str | None:
    return draft.text.partition(" ")[2] or None


async def _meant(draft: Draft, world: World, scene: Scene) -> Listed | None:
    """For whom and what a card was; None when they stand on no such list any more."""
    wanted = (draft.who[0], draft.ids[1], draft.text.partition(" ")[0])
    return next(
        (
            each
            for each in await listed(world, scene)
            if (each.child.id, each.place.centre_id, f"{each.held_on:%Y-%m-%d}") == wanted
        ),
        None,
    )


async def take_name(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Seal what was typed when a name was asked for; nothing of it is said again or kept elsewhere."""
    draft, kept = dialogue.draft, dialogue.settled
    if scene.channel in LEAVES_THE_COUNTRY:
        return Outcome(not_here(NAME, world, typed=True), kept)
    found = await _meant(draft, world, scene) if draft and draft.action == NAME else None
    if draft is None or found is None:
        return Outcome(not_here(NAME, world, typed=True, why="not_wanted"), kept)
    purpose, relation, place = draft.ids[0], _relation(draft), found.place
    if not await children.has_consent(scene.tx, found.child.id, purpose, place.centre_id, place.period.id):
        return Outcome(not_here(NAME, world, typed=True, why="not_wanted"), kept)
    name = name_in(scene.text)
    if name is None:
        return _ask_name(found.child, purpose, relation, draft, kept, again=True)
    sealed = await sealing.seal(
        scene.tx, scene.safe.keys, place,
        name_id=str(scene.new_id()), participant_id=found.child.id, text=name, now=world.now,
        relation=relation,
    )  # fmt: skip
    more = [each for each in await listed(world, scene) if not await _is_there(each, ROSTER, scene)]
    others = (Choice("@next_name", f"/name {more[0].child.id}"),) if more else ()
    fetcher = (Choice("@fetcher", f"/fetcher {found.child.id}"),) if purpose == ROSTER else ()
    view = NameSealed(
        purpose, found.child.alias, relation, _centre(place, world), sealed.expires_on,
        (*others, *fetcher, PRIVACY)[:3],
    )  # fmt: skip
    return Outcome(view, kept)


def name_unwanted(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
    """A name of record that nobody asked for: not said again, not kept."""
    return Outcome(not_here(NAME, world, typed=True, why="not_wanted"), dialogue)


async def allergy(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Yes or no, for the teacher to ask in person; the answer is the consent."""
    kept = dialogue.settled
    if scene.channel in LEAVES_THE_COUNTRY:
        return Outcome(not_here(ALLERGY, world), kept)
    own = await children_of(scene)
    meant = [child for child in own if not ask.who or child.id in ask.who]
    if not own:
        return Outcome(NoChildYet((MINE, HELP)), kept)
    if len(meant) != 1:
        choices = tuple(Choice(f"@who_{child.alias}", f"/allergy {child.id}") for child in own)
        return Outcome(AskWhichChild(ALLERGY, choices), kept)
    [child] = meant
    if ask.kind not in ("yes", "no"):
        choices = (
            Choice("@has_allergy", f"/allergy {child.id} yes"),
            Choice("@no_allergy", f"/allergy {child.id} no"),
            Choice("@not_told", "/privacy"),
        )
        responsible, help_line = world.policy.responsible, world.policy.help_line
        return Outcome(AllergyAsked(child.alias, responsible, help_line, choices), kept)
    await children.give_consent(
        scene.tx,
        Consent(
            id=str(scene.new_id()), participant_id=child.id, purpose=ALLERGY, centre_id=None, term=None,
            text_version=TEXT_VERSION, language=dialogue.tag, channel=scene.channel, given_at=world.now,
            withdrawn_at=None,
        ),
    )  # fmt: skip
    await children.note_allergy(scene.tx, child.id, world.now, has=ask.kind == "yes")
    return Outcome(AllergyNoted(child.alias, ask.kind == "yes", (MINE, PRIVACY)), kept)
