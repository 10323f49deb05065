"""How a case is shown, and who hears of it: the resident, without knowing who works on it; the staff who have
it, without knowing who wrote."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from handlers import case_clock, photo_looks
from handlers.cards import centre_name
from handlers.case_clock import ESCALATED, REMINDED, WITHDRAWN, Clock, kind_of_step
from handlers.case_states import ANSWERED, CENTRE, DISTRICT, ENDED, SUBDISTRICT, State, next_tier
from handlers.linked import reached_of
from handlers.safe import Addresses
from handlers.saying import say
from handlers.world import World
from messages.view_parts import CentreName, Choice
from messages.views import View
from messages.views_cases import CaseLine, CaseNews, CaseStep, CaseTold, VerdictAsked
from messages.views_photos import PhotoLink
from storage import case_files as files
from storage import photos
from storage.case_files import CaseFile, Step
from storage.transaction import Transaction

OF_THE_DISTRICT = "district"
SENT_WITHIN = timedelta(days=30)
# Steps by the district whatever tier has the case.
DECISIONS = frozenset(("upheld", "refused"))
# What only those who have the case need to know.
NOT_FOR_RESIDENTS = frozenset((REMINDED,))
STEPS_SHOWN = 12
# A photo was added to the case, or staff took one of theirs back.
PICTURED, TAKEN_BACK = "photo", "photo_taken_back"
# News beside which the staff's photos are seen: their answers, and that there is another one.
SHOWS_PHOTOS = frozenset((PICTURED, "upheld", *(state.value for state in ANSWERED)))

MY_CASES = Choice("@my_cases", "/cases")
CASES = Choice("@desk_cases", "/desk_cases")
HUMAN = Choice("@human", "/human")


@dataclass(frozen=True, slots=True)
class Clerk:
    """Who keeps the cases during a turn or a round. `own` is the conversation of the turn, if it is one;
    `addresses` makes those of photos."""

    world: World
    new_id: Callable[[], UUID]
    own: str | None = None
    addresses: Addresses | None = None

    @property
    def now(self) -> datetime:
        return self.world.now

    def due(self, case: CaseFile, clock: Clock) -> datetime:
        """By when a case is to be answered whose owner's time began so."""
        policy, calendar = self.world.policy, self.world.directory.calendar
        return case_clock.due_at(
            case.kind, clock.began_at, policy.cases, calendar, self.now.tzinfo, more=clock.more
        )

    def due_from_now(self, case: CaseFile) -> datetime:
        return self.due(case, Clock(self.now, 0))


def owner_of(tier: int, centre_id: str, world: World) -> tuple[int, str]:
    """Who has it on this tier; what no centre of the directory is about any more is the district's."""
    centre = world.directory.centres.get(centre_id)
    if centre is None or tier == DISTRICT:
        return DISTRICT, OF_THE_DISTRICT
    return (tier, centre_id) if tier == CENTRE else (tier, centre.subdistrict)


def decider_of(case: CaseFile) -> tuple[int, str]:
    """Whose turn it is: that of its owner, of an appeal the district's."""
    return (DISTRICT, OF_THE_DISTRICT) if case.state == State.APPEALED else (case.tier, case.owner)


def line_of(case: CaseFile, world: World) -> CaseLine:
    directory, zone = world.directory, world.now.tzinfo
    centre = directory.centres.get(case.centre_id)
    thing = directory.activities.get(case.activity_id or "") or directory.services.get(case.service_id or "")
    waits = State(case.state) not in ANSWERED | ENDED
    return CaseLine(
        code=case.code,
        kind=case.kind,
        state=case.state,
        centre=centre_name(centre) if centre else CentreName(case.centre_id, case.centre_id, "", "open"),
        name=thing.name if thing else None,
        tier=case.tier,
        opened_at=case.opened_at.astimezone(zone),
        due_at=case.due_at.astimezone(zone),
        is_overdue=waits and case.due_at < world.now,
        is_extended=case.extended_until_at is not None,
        found=case.about if case.rating_id is None else None,
    )


def steps_of(steps: Sequence[Step], world: World, *, for_resident: bool) -> tuple[CaseStep, ...]:
    """The last steps in their order, each by the tier that had the case then."""
    shown, tier, names = [], CENTRE, {CENTRE: "centre", SUBDISTRICT: "subdistrict", DISTRICT: "district"}
    for step in steps:
        what, which = kind_of_step(step)
        who = step.who if step.who in (files.RESIDENT, files.LINLI) else names[tier]
        if what in DECISIONS:
            who = names[DISTRICT]
        if not (for_resident and what in NOT_FOR_RESIDENTS):
            at = step.made_at.astimezone(world.now.tzinfo)
            shown.append(CaseStep(at, who, step.was, step.became, what, which, step.said))
        is_reopened = step.became == State.REOPENED and step.was != step.became
        tier = next_tier(tier) if is_reopened or what == ESCALATED else tier
        tier = DISTRICT if what == WITHDRAWN else tier
    return tuple(shown[-STEPS_SHOWN:])


def resident_choices(case: CaseFile) -> tuple[Choice, ...]:
    """What a resident can do with a case now."""
    match State(case.state):
        case State.CLOSED:
            return (MY_CASES, HUMAN)
        case state if state in ANSWERED or state is State.CLOSED_PROVISIONALLY:
            return verdict_choices(case)
        case _:
            return (write_to(case), Choice("@solved_already", f"/verdict {case.code} solved"), call_me(case))


def verdict_choices(case: CaseFile) -> tuple[Choice, ...]:
    listed = (("@solved", "solved"), ("@solved_partly", "partly"), ("@not_solved", "not"))
    return tuple(Choice(label, f"/verdict {case.code} {verdict}") for label, verdict in listed)


def write_to(case: CaseFile) -> Choice:
    return Choice("@write_case", f"/case_write {case.code}")


def call_me(case: CaseFile) -> Choice:
    """A phone number that the resident wants to be called on stands with a call-back, and nowhere else."""
    return Choice("@callback", f"/case_callback {case.centre_id} {case.code}")


def open_it(case: CaseFile) -> Choice:
    return Choice("@my_case", f"/case {case.code}")


async def tell_resident(tx: Transaction, case: CaseFile, view: View, clerk: Clerk, *, key: str) -> None:
    """Once for each `key`, in the conversation that news reach; nobody is there to be told when the resident
    has erased what was kept."""
    if case.conversation_id is None:
        return
    talk = await reached_of(tx, case.conversation_id, clerk.world.policy.push)
    await say(
        tx,
        talk,
        view,
        key=f"case {case.id} {key}",
        now=clerk.now,
        new_id=str(clerk.new_id()),
        within=SENT_WITHIN,
        is_own=talk == clerk.own,
        whose=case.conversation_id,
    )


async def tell_news(
    tx: Transaction, case: CaseFile, what: str, clerk: Clerk, said: str | None = None
) -> None:
    """The resident hears what has come of it."""
    choices = (write_to(case), open_it(case), HUMAN)
    view = CaseTold(line_of(case, clerk.world), what, said, choices, await evidence(tx, case, clerk, what))
    await tell_resident(tx, case, view, clerk, key=f"told {case.version}")


async def evidence(tx: Transaction, case: CaseFile, clerk: Clerk, what: str) -> tuple[PhotoLink, ...]:
    """What the staff show beside their answer; beside other news nothing is shown."""
    if case.conversation_id is None or clerk.addresses is None or what not in SHOWS_PHOTOS:
        return ()
    shown = [photo for photo in await photos.of_case(tx, case.id) if photo.added_by != photos.RESIDENT]
    talk = await reached_of(tx, case.conversation_id, clerk.world.policy.push)
    return photo_looks.links(shown, talk, clerk.addresses, clerk.world, for_staff=False)


async def ask_verdict(
    tx: Transaction,
    case: CaseFile,
    how: str,
    clerk: Clerk,
    *,
    said: str | None = None,
    other: str | None = None,
    is_again: bool = False,
) -> None:
    """The resident is asked whether it is solved; only they close it."""
    asked = case.asked_at or clerk.now
    until = asked + timedelta(days=clerk.world.policy.cases.silence)
    view = VerdictAsked(
        line_of(case, clerk.world),
        how,
        said,
        other,
        until.astimezone(clerk.now.tzinfo),
        is_again,
        verdict_choices(case),
        await evidence(tx, case, clerk, how),
    )
    await tell_resident(tx, case, view, clerk, key=f"asked {how} {case.version}")


async def tell_at_once(tx: Transaction, case: CaseFile, what: str, clerk: Clerk, *, said: str | None) -> None:
    """Whose turn it is hears; danger does not wait for a centre that has nobody here."""
    told = await tell_staff(tx, case, what, clerk, said=said)
    for tier in (SUBDISTRICT, DISTRICT):
        if told or case.kind != case_clock.URGENT:
            return
        told = await tell_staff(
            tx, case, what, clerk, said=said, to=owner_of(tier, case.centre_id, clerk.world)
        )


async def tell_staff(
    tx: Transaction,
    case: CaseFile,
    what: str,
    clerk: Clerk,
    *,
    said: str | None = None,
    to: tuple[int, str] | None = None,
) -> int:
    """Those whose turn it is, or who had it `to` now, hear of a case; how many conversations that were."""
    tier, owner = to or decider_of(case)
    accept = Choice("@accept_case", f"/desk_case {case.code} accept")
    is_new = case.state in (State.RECEIVED, State.REOPENED) and to is None
    choices = (Choice("@desk_case", f"/desk_case {case.code}"), *((accept,) if is_new else ()), CASES)
    told = await files.staff_of(tx, tier, owner)
    for talk in told:
        await say(
            tx,
            talk,
            CaseNews(line_of(case, clerk.world), what, said, choices),
            key=f"case {case.id} {what} {case.version} {talk}",
            now=clerk.now,
            new_id=str(clerk.new_id()),
            within=None if case.kind == case_clock.URGENT else SENT_WITHIN,
            is_own=talk == clerk.own,
        )
    return len(told)
