"""What staff do from the chat: every act is read back first, and can be taken back for a while."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime
from hashlib import sha256

from handlers import (
    call_list,
    desk_announce,
    desk_book,
    desk_cases,
    desk_certificates,
    desk_closing,
    desk_digest,
    desk_directory,
    desk_edit,
    desk_handover,
    desk_move,
    desk_names,
    desk_office,
    desk_people,
    desk_ratings,
    desk_reach,
    desk_roster,
    desk_sessions,
    desk_walk_ins,
    desk_words,
)
from handlers.asks import Ask, Dialogue, Draft
from handlers.booking import token_of
from handlers.case_news import CASES
from handlers.desk_site import (
    ROSTER,
    UNDO_WITHIN,
    Area,
    Errand,
    Plan,
    Site,
    Spot,
    Undone,
    Where,
    refused,
)
from handlers.directory_load import centre_as_it_was
from handlers.permissions import Act, Reach, may, part_of, reach_of
from handlers.staff import welcome
from handlers.talk import choice_gone
from handlers.world import DirectoryMoved, Outcome, Scene, World
from messages.directory import Centre
from messages.view_parts import Choice
from messages.views import View
from messages.views_staff import AskWhichOfOurs, Deed, DeskDone, DeskProposed, DeskUndone
from storage import audit
from storage import directory as directory_store
from storage.audit import Entry
from storage.staff import Post

# So many bits of what was read back stand in a draft, to tell whether it is still the same.
STAMP_BITS = 48

# Of a centre that is in the directory no more.
FINISHED_LATER = frozenset({Act.CASES})

ERRANDS: Mapping[str, Errand[Site]] = {
    "desk_call_off": desk_sessions.CALL_OFF,
    "desk_resize": desk_sessions.RESIZE,
    "desk_move": desk_move.MOVE,
    "desk_close": desk_closing.CLOSE,
    "desk_check_in": desk_roster.CHECK_IN,
    "desk_hand_over": desk_handover.HAND_OVER,
    "desk_book": desk_book.BOOK,
    "desk_walk_in": desk_walk_ins.WALK_IN,
    "desk_hours": desk_directory.HOURS_ERRAND,
    "desk_phone": desk_directory.PHONE_ERRAND,
    "desk_stop": desk_directory.STOP_ERRAND,
    "desk_publish": desk_directory.PUBLISH_ERRAND,
    "desk_edit": desk_edit.EDIT,
    "desk_case_move": desk_cases.MOVE,
    "desk_digest_when": desk_digest.WISH,
    "desk_word": desk_words.WORD,
    "desk_announce": desk_announce.ANNOUNCE,
}
# What no sentence orders: forms of the desk alone.
BY_FORM: Mapping[str, Errand[Site]] = {
    "called": desk_reach.CALLED,
    "answer": desk_reach.ANSWER,
    "invite": desk_people.INVITE,
    "end_post": desk_people.END_POST,
    "deputy": desk_people.DEPUTY,
}
BY_ACT: Mapping[str, Errand[Site]] = {
    errand.act.value: errand for errand in (*ERRANDS.values(), *BY_FORM.values())
}
# Forms of pages of several centres.
OVER_AREA: Mapping[str, Errand[Area]] = {
    "appoint": desk_office.APPOINT,
    "dismiss": desk_office.DISMISS,
    "promised": desk_reach.PROMISED,
}
BY_AREA_ACT: Mapping[str, Errand[Area]] = {errand.act.value: errand for errand in OVER_AREA.values()}


async def show_desk(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What somebody may do here."""
    if scene.post is None:
        return choice_gone(ask, dialogue, world)
    return Outcome(welcome(scene.post, world), dialogue.settled)


async def order(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Read an order back, or ask what is missing, or say why not. Nothing is changed."""
    errand, post = ERRANDS[ask.intent], scene.post
    if post is None:
        return choice_gone(ask, dialogue, world)
    kept = dialogue.settled
    centre_id = _centre_in(ask, post)
    if errand.where and reach_of(post.role, errand.act) is not Reach.NEVER:
        centre_id = await errand.where(ask, world, scene)
        if centre_id is None:
            return Outcome(refused("no_case", world, act=errand.act), kept)
    site = await site_at(centre_id, errand.act, world, scene)
    if not isinstance(site, Site):
        waits = replace(kept, pending=ask, wants="centre")
        return Outcome(site, waits if getattr(site, "why", "") == "which_centre" else kept)
    plan = await errand.make(ask, site)
    if not isinstance(plan, Plan):
        return Outcome(plan, _waiting(ask, plan, kept, site))
    deed = await errand.look(plan, site)
    if not isinstance(deed, Deed):
        return Outcome(deed, kept)
    return _proposed(ask.intent, plan, deed, kept, site)


def _centre_in(ask: Ask, post: Post) -> str | None:
    return ask.centres[0] if ask.centres else post.centre_id


AtSite = Callable[[Ask, Dialogue, Site], Awaitable[Outcome]]


def _at_site(act: Act, work: AtSite) -> Callable[[Ask, Dialogue, World, Scene], Awaitable[Outcome]]:
    """What is only shown, at the centre that is named or one's own, to whoever may do `act` there."""

    async def show(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
        if scene.post is None:
            return choice_gone(ask, dialogue, world)
        site = site_of(_centre_in(ask, scene.post), act, world, scene)
        kept = dialogue.settled
        return await work(ask, kept, site) if isinstance(site, Site) else Outcome(site, kept)

    return show


async def _names(ask: Ask, kept: Dialogue, site: Site) -> Outcome:
    """Where the list with real names is read; of which session is asked where there are several."""
    view = await desk_names.where_names_are(ask, site)
    return Outcome(view, _waiting(ask, view, kept, site))


async def _certify(ask: Ask, kept: Dialogue, site: Site) -> Outcome:
    """Who came to a camp, and their certificates; of which camp is asked where there are several."""
    view = await desk_certificates.certify(ask, kept, site)
    return Outcome(view, _waiting(ask, view, kept, site))


roster = _at_site(Act.ROSTER, desk_roster.show_roster)
names = _at_site(Act.NAMES, _names)
certify = _at_site(Act.CERTIFY, _certify)
ratings_seen = _at_site(Act.DIGEST, desk_ratings.show)
calls = _at_site(Act.CALLS, call_list.show)
called = _at_site(Act.CALLS, call_list.called)


def _waiting(ask: Ask, view: View, kept: Dialogue, site: Site) -> Dialogue:
    """Which session is meant is answered by a button."""
    waits = replace(kept, pending=replace(ask, centres=(site.centre.id,)), wants="session")
    return waits if isinstance(view, AskWhichOfOurs) else kept


async def site_at(centre_id: str | None, act: Act, world: World, scene: Scene) -> Site | View:
    """The place of an act; the district finishes what is open of a centre that left the directory."""
    is_gone = act in FINISHED_LATER and centre_id is not None and centre_id not in world.directory.centres
    is_theirs = scene.post is not None and reach_of(scene.post.role, act) is Reach.EVERYWHERE
    gone = await centre_as_it_was(scene.tx, centre_id) if is_gone and is_theirs and centre_id else None
    return site_of(centre_id, act, world, scene, gone=gone)


def site_of(
    centre_id: str | None, act: Act, world: World, scene: Scene, *, gone: Centre | None = None
) -> Site | View:
    """The place of an act, where whoever speaks may do it; else why not. `gone` is the centre when it is in
    the directory no more."""
    post = scene.post
    if post is None or reach_of(post.role, act) is Reach.NEVER:
        return refused("not_allowed", world, act=act)
    if centre_id is None:
        return refused("which_centre", world, act=act)
    centre = world.directory.centres.get(centre_id) or gone
    if centre is None or not may(post, act, centre.id, centre.subdistrict):
        return refused("not_yours", world, act=act)
    return Site(centre, post, world, scene)


def area_of(act: Act, world: World, scene: Scene) -> Area | None:
    """The centres over which whoever looks or acts may; None where the act does not reach beyond one."""
    post = scene.post
    part = part_of(post, act) if post else None
    return Area(*part, post, world, scene) if post and part else None


def _proposed(
    intent: str, plan: Plan, deed: Deed, kept: Dialogue, site: Site, *, is_changed: bool = False
) -> Outcome:
    token = token_of(site.scene)
    draft = Draft(
        intent,
        token,
        ids=(site.centre.id, *plan.ids),
        numbers=(*plan.numbers, stamp_of(deed)),
        text=plan.text,
    )
    choices = (Choice("@desk_yes", f"/yes {token}"), Choice("@desk_no", f"/no {token}"))
    return Outcome(DeskProposed(deed, is_changed, choices), replace(kept, draft=draft))


async def confirm(draft: Draft, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Do what was read back; when it would touch others by now, or something else was said between, it is
    read back again."""
    errand, kept = ERRANDS[draft.action], dialogue.settled
    site = await site_at(draft.ids[0], errand.act, world, scene)
    if not isinstance(site, Site):
        return Outcome(site, kept)
    await one_by_one(site)
    plan = Plan(draft.ids[1:], draft.numbers[:-1], draft.text)
    deed = await errand.look(plan, site)
    if not isinstance(deed, Deed):
        return Outcome(deed, kept)
    was_last = any(choice.say == f"/yes {draft.token}" for choice in dialogue.choices)
    is_changed = stamp_of(deed) != draft.numbers[-1]
    if is_changed or not was_last:
        return _proposed(draft.action, plan, deed, kept, site, is_changed=is_changed)
    performed = await perform(errand, plan, deed, site, str(scene.new_id()))
    choices = (Choice("@undo", f"/desk_undo {performed.entry_id}"), ROSTER)
    if errand.is_final:
        choices = (CASES, ROSTER)
    return Outcome(DeskDone(performed.deed, performed.until, choices), kept)


async def one_by_one(site: Spot) -> None:
    """Whoever acts at a centre, or over several, waits for those who do already: what they change is seen
    before it is changed again. Raises DirectoryMoved when they changed what stands in the directory."""
    await site.scene.tx.wait_turn(site.turn)
    if await directory_store.version(site.scene.tx) != site.world.directory.version:
        raise DirectoryMoved


def stamp_of(deed: Deed) -> int:
    """What an act was said to change and whom to touch, as a number. What only grows older is left out, such
    as who came by now."""
    facts = [(each.id, each.starts_at, each.ends_at, each.places) for each in deed.sessions]
    said = (
        astuple(deed.affected),
        facts,
        deed.more,
        deed.was,
        deed.becomes,
        deed.moved,
        deed.days,
        deed.because,
    )
    return int.from_bytes(sha256(repr(said).encode()).digest()[: STAMP_BITS // 8])


@dataclass(frozen=True, slots=True)
class Performed:
    """What was done: its entry in the audit, until when it can be taken back (None: not at all)."""

    entry_id: str
    until: datetime | None
    deed: Deed


async def perform(errand: Errand[Where], plan: Plan, deed: Deed, site: Where, entry_id: str) -> Performed:
    """Do what `deed` says, and write it down as `entry_id`."""
    now = site.now
    done, until = await errand.do(plan, site), now + UNDO_WITHIN
    await audit.note(
        site.scene.tx,
        entry_id,
        site.post.id,
        errand.act.value,
        centre_id=site.centre_id,
        subjects=done.subjects,
        was=done.was,
        became=done.became,
        done_at=now,
        undo_until=until,
    )
    return Performed(entry_id, None if errand.is_final else until, done.deed or deed)


async def undo(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """Take back what was named, or the last that was done here."""
    post, kept = scene.post, dialogue.settled
    if post is None:
        return choice_gone(ask, dialogue, world)
    entry = await _entry(ask, post, scene)
    undone = await taken_back(entry, world, scene) if entry else None
    if undone is None:
        return Outcome(refused("nothing_to_undo", world), kept)
    if not isinstance(undone, Undone):
        return Outcome(undone, kept)
    return Outcome(DeskUndone(undone.deed, undone.lost, (ROSTER,)), kept)


async def taken_back(entry: Entry, world: World, scene: Scene) -> Undone | View | None:
    """Undo one act of one's own where it may still be done; None for what is no act, or not theirs."""
    if over := BY_AREA_ACT.get(entry.what):
        area = area_of(over.act, world, scene)
        return await take_back(over, entry, area) if area else None
    errand = BY_ACT.get(entry.what)
    site = await site_at(entry.centre_id, errand.act, world, scene) if errand else None
    return await take_back(errand, entry, site) if errand and isinstance(site, Site) else None


async def take_back(errand: Errand[Where], entry: Entry, site: Where) -> Undone | View:
    """Undo one act of one's own and write it down; or why it stays."""
    tx = site.scene.tx
    await one_by_one(site)
    if not await audit.take_back(tx, entry.id, site.now):
        return site.no("too_late", errand.act)
    undone = await errand.undo(entry, site)
    if not isinstance(undone, Undone):
        await audit.not_taken_back(tx, entry.id)
        return undone
    await audit.note(
        tx,
        str(site.scene.new_id()),
        site.post.id,
        f"undo_{entry.what}",
        centre_id=entry.centre_id,
        subjects=(entry.id, *entry.subjects.split()),
        done_at=site.now,
    )
    return undone


async def _entry(ask: Ask, post: Post, scene: Scene) -> Entry | None:
    """What is to be taken back: one's own acts alone."""
    if ask.said is None:
        return await audit.last_of(scene.tx, post.id, post.centre_id)
    entry = await audit.of_id(scene.tx, ask.said)
    return entry if entry and entry.who == post.id else None


ACTIONS: Mapping[str, Callable[[Draft, Dialogue, World, Scene], Awaitable[Outcome]]] = dict.fromkeys(
    ERRANDS, confirm
)
