"""Cases at the desk: what waits, how it stands, and what staff do with one, each read back first.

What a resident was told is not taken back: these errands have no undoing. Whoever was complained of does not
decide about an appeal, and never learns who it was.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from handlers import case_moves, case_rounds, photo_looks
from handlers.asks import Ask, Dialogue
from handlers.case_clock import URGENT, clock_of, kind_of_step
from handlers.case_news import CASES, Clerk, line_of, steps_of
from handlers.case_parties import is_ours, may_see
from handlers.case_states import ANSWERED, DISTRICT, ENDED, Mover, State, may_move
from handlers.desk_site import HELP, Done, Errand, Plan, Site, Undone, refused
from handlers.permissions import Act, Reach, Role, reach_of
from handlers.talk import choice_gone
from handlers.wish_photos import of_case
from handlers.world import Outcome, Scene, World
from messages.names import without_names
from messages.understand.case_orders import CaseOrder, case_order_of
from messages.view_parts import Choice
from messages.views import View
from messages.views_cases import StaffCaseShown, StaffCasesListed
from messages.views_staff import Deed, DeskRefused
from storage import case_files as files
from storage.audit import Entry
from storage.case_files import CaseFile
from storage.staff import Post

LISTED = 8
ON_BUTTONS = 3
# Those that were closed in silence, for so long.
CALLED_WITHIN = timedelta(days=30)
# What waits for staff; the rest waits for the resident, or is over.
WAITS = tuple(state.value for state in State if state not in ANSWERED | ENDED | {State.APPEALED})

# What an order makes of a case; what is not here leaves the state as it is.
BECOMES: Mapping[str, State] = {
    "accept": State.ACCEPTED,
    "progress": State.IN_PROGRESS,
    "explain": State.EXPLAINED,
    "rectify": State.RECTIFIED,
    "duplicate": State.DUPLICATE,
    "appeal": State.APPEALED,
    "uphold": State.EXPLAINED,
    "refuse": State.IN_PROGRESS,
}
NEEDS_WORDS = frozenset(("explain", "rectify", "extend", "appeal", "uphold", "refuse", "reply"))
# What a photo may show.
SHOWN = frozenset(("explain", "rectify"))
BY_THE_DISTRICT = frozenset(("uphold", "refuse"))


async def where(ask: Ask, world: World, scene: Scene) -> str | None:
    """The centre that the case is about; another's case is as unknown as nobody's."""
    case = await files.of_code(scene.tx, ask.case or "")
    return case.centre_id if case and scene.post and may_see(case, scene.post, world) else None


async def show_list(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """What waits for whoever asks, the first due first; of the district appeals and what came up to it."""
    post, kept = scene.post, dialogue.settled
    if post is None:
        return choice_gone(ask, dialogue, world)
    if reach_of(post.role, Act.CASES) is Reach.NEVER:
        return Outcome(refused("not_allowed", world, act=Act.CASES), kept)
    is_call_back = ask.kind == "call_back"
    if is_call_back and post.role != Role.DISTRICT:
        return Outcome(refused("not_allowed", world, act=Act.CASES), kept)
    found = await (to_call(world, scene) if is_call_back else _waiting(post, scene))
    lines = [line_of(each, world) for each in found]
    listed = lines[:LISTED]
    choices = tuple(Choice(line.code, f"/desk_case {line.code}") for line in listed[:ON_BUTTONS])
    overdue = sum(line.is_overdue for line in lines)
    more = len(lines) - len(listed)
    return Outcome(StaffCasesListed(tuple(listed), overdue, more, is_call_back, choices or (HELP,)), kept)


async def _waiting(post: Post, scene: Scene) -> list[CaseFile]:
    tx = scene.tx
    match post.role:
        case Role.CENTRE_MANAGER:
            return await files.owned(tx, 1, post.centre_id or "", WAITS)
        case Role.SUBDISTRICT:
            return await files.owned(tx, 2, post.subdistrict or "", WAITS)
        case _:
            owned = await files.owned(tx, DISTRICT, "district", WAITS)
            appealed = [each for each in await files.open_ones(tx) if each.state == State.APPEALED]
            return sorted([*owned, *appealed], key=lambda case: (case.due_at, case.id))


async def to_call(world: World, scene: Scene) -> list[CaseFile]:
    """Whom the district calls: a sample of those that were closed in silence, drawn by their ids."""
    since, percent = world.now - CALLED_WITHIN, world.policy.cases.sample
    quiet = await files.in_state(scene.tx, State.CLOSED_PROVISIONALLY.value, since)
    return [case for case in quiet if case_rounds.is_in_sample(case.id, percent)]


async def show_case(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """The card of a case of one's own place."""
    post, kept = scene.post, dialogue.settled
    if post is None:
        return choice_gone(ask, dialogue, world)
    case = await files.of_code(scene.tx, ask.case or "")
    if case is None or not may_see(case, post, world):
        return Outcome(refused("no_case", world, act=Act.CASES), kept)
    steps = await files.steps(scene.tx, case.id)
    level = await files.level_of(scene.tx, case.rating_id) if case.rating_id else None
    has_it = is_ours(case, post) and case.state in (*WAITS, State.APPEALED)
    is_new = has_it and may_move(State(case.state), State.ACCEPTED, Mover.OWNER)
    accept = (Choice("@accept_case", f"/desk_case {case.code} accept"),) if is_new else ()
    view = StaffCaseShown(
        line_of(case, world),
        level,
        has_it,
        steps_of(steps, world, for_resident=False),
        (*accept, CASES, HELP),
        await photo_looks.of_case(
            scene.tx, case, steps, scene.conversation_id, scene.safe.addresses, world, post=post
        ),
        of_case(case.code) if has_it else None,
    )
    return Outcome(view, kept)


async def make_move(ask: Ask, site: Site) -> Plan | View:
    """The order with what was written; what is missing is said."""
    tx, act = site.scene.tx, ask.kind or ""
    case = await files.of_code(tx, ask.case or "")
    if case is None or case.centre_id != site.centre.id:
        return site.no("no_case", Act.CASES)
    order = case_order_of(site.scene.text)
    typed = order if order and order.code == case.code else CaseOrder(act)  # else it was pressed
    said = without_names(typed.said) if typed.said else None
    if act not in BECOMES and act not in NEEDS_WORDS:
        return site.no("no_case_order", Act.CASES)
    return Plan((case.id, act, typed.other or ""), (case.version, typed.days or 0), said or "")


async def _lacking(case: CaseFile, plan: Plan, site: Site) -> str | None:
    """What has to be written or named with the act, and is not: a code of DeskRefused."""
    _, act, other = plan.ids
    if act in NEEDS_WORDS and not plan.text:
        return "no_evidence" if act == "rectify" else "no_case_words"
    if act == "duplicate":
        same = await files.of_code(site.scene.tx, other)
        return None if same and _can_stand_for(same, case) else "no_other_case"
    return None


def _can_stand_for(same: CaseFile, case: CaseFile) -> bool:
    """Whether one case is handled with another: of the same centre, and not itself with a third."""
    return same.id != case.id and same.centre_id == case.centre_id and same.state != State.DUPLICATE


async def look_move(plan: Plan, site: Site) -> Deed | View:
    """What it would come to now, or why it may not be done."""
    found = await _case_of(plan, site)
    if not isinstance(found, CaseFile):
        return found
    _, act, other = plan.ids
    why = await _lacking(found, plan, site) or await _why_not(found, act, plan.numbers[1], site)
    if why:
        return site.no(why, Act.CASES)
    due = None
    if act == "extend":
        steps = await files.steps(site.scene.tx, found.id)
        due = _clerk(site).due(found, replace(clock_of(steps), more=plan.numbers[1])).date()
    return replace(
        site.deed(Act.CASES),
        name=found.code,
        because=act,
        becomes=plan.text or None,
        was=other or None,
        first=due,
        photo=of_case(found.code) if act in SHOWN else None,
    )


async def _case_of(plan: Plan, site: Site) -> CaseFile | DeskRefused:
    """The case of a plan while it is as it was when the order was read back."""
    is_whole = len(plan.ids) == len(("id", "act", "other")) and len(plan.numbers) == len(("version", "days"))
    case = await files.hold(site.scene.tx, plan.ids[0]) if is_whole else None
    if case is None or case.centre_id != site.centre.id:
        return site.no("no_case", Act.CASES)
    return case if case.version == plan.numbers[0] else site.no("case_changed", Act.CASES)


async def _why_not(case: CaseFile, act: str, days: int, site: Site) -> str | None:
    """A code of DeskRefused."""
    state, post = State(case.state), site.post
    if act in BY_THE_DISTRICT and post.role != Role.DISTRICT:
        return "not_decided_here"
    if act in BY_THE_DISTRICT and state is not State.APPEALED:
        return "not_appealed"
    if not is_ours(case, post) and act != "reply":
        return "not_owner"
    if act == "reply":
        return "not_owner" if not is_ours(case, post) and post.role != Role.DISTRICT else None
    if act == "extend":
        return await _why_not_longer(case, days, site)
    if act == "appeal":
        was = [step.became for step in await files.steps(site.scene.tx, case.id)]
        if case.tier == DISTRICT or State.APPEALED in was:
            return "no_appeal"
    mover = Mover.DISTRICT if act in BY_THE_DISTRICT else Mover.OWNER
    return None if may_move(state, BECOMES[act], mover) else "case_stands"


async def _why_not_longer(case: CaseFile, days: int, site: Site) -> str | None:
    """Once, before it is due, and not for long."""
    if State(case.state) not in map(State, WAITS):
        return "case_stands"
    if case.kind == URGENT:
        return "urgent_case"
    if site.now >= case.due_at:
        return "case_expired"
    steps = await files.steps(site.scene.tx, case.id)
    if any(kind_of_step(step)[0] == "extended" for step in steps):
        return "extended_before"
    return None if 1 <= days <= site.world.policy.cases.extension else "too_many_days"


def _clerk(site: Site) -> Clerk:
    return Clerk(site.world, site.scene.new_id, site.scene.conversation_id, site.scene.safe.addresses)


async def do_move(plan: Plan, site: Site) -> Done:
    case = await files.hold(site.scene.tx, plan.ids[0])
    moved = await _moved(plan, case, site) if case else None
    if case is None or moved is None:
        raise LookupError("a case that was just looked at, and is held, is gone")
    return Done((case.code, case.id), was=case.state, became=f"{plan.ids[1]} {moved.state}")


async def _moved(plan: Plan, case: CaseFile, site: Site) -> CaseFile | None:
    tx, clerk, who = site.scene.tx, _clerk(site), site.post.id
    _, act, other = plan.ids
    said = plan.text
    match act:
        case "accept" | "progress":
            return await case_moves.take_on(tx, case, BECOMES[act], clerk, who=who)
        case "explain" | "rectify" | "duplicate":
            return await case_moves.answer(
                tx, case, BECOMES[act], clerk, who=who, said=said or None, other=other or None
            )
        case "extend":
            return await case_moves.extend(tx, case, plan.numbers[1], clerk, who=who, said=said)
        case "appeal":
            return await case_moves.appeal(tx, case, clerk, who=who, said=said)
        case "uphold":
            return await case_moves.uphold(tx, case, clerk, who=who, said=said)
        case "refuse":
            return await case_moves.refuse(tx, case, clerk, who=who, said=said)
        case _:
            return await case_moves.reply(tx, case, clerk, who=who, said=said)


async def undo_move(entry: Entry, site: Site) -> Undone | View:
    """The resident has read it."""
    return site.no("told", Act.CASES)


MOVE = Errand(Act.CASES, make_move, look_move, do_move, undo_move, where=where, is_final=True)
