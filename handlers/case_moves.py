"""What can be done with a case: what its owner says and does, what the district decides, what the resident
judges, and what Linli does when its time has come. Each returns the case as it is then, or None when somebody
else was faster; whether it may be done is asked before.
"""

from dataclasses import replace

from handlers import case_clock
from handlers.case_clock import ESCALATED, EXTENDED, URGENT, clock_of
from handlers.case_files import advance
from handlers.case_news import (
    Clerk,
    ask_verdict,
    line_of,
    owner_of,
    resident_choices,
    tell_at_once,
    tell_news,
    tell_resident,
    tell_staff,
)
from handlers.case_states import ANSWERED, VERDICTS, Mover, State, next_tier
from messages.understand.case_orders import is_urgent
from messages.views_cases import CaseClosedQuietly
from storage import case_files as files
from storage.case_files import CaseFile
from storage.transaction import Transaction

WRITTEN, REPLIED = "words", "reply"


async def take_on(
    tx: Transaction, case: CaseFile, becomes: State, clerk: Clerk, *, who: str
) -> CaseFile | None:
    """The owner has seen it, or works on it."""
    moved = await advance(tx, case, replace(case, state=becomes.value), clerk, mover=Mover.OWNER, who=who)
    if moved and becomes is State.ACCEPTED:
        await tell_news(tx, moved, State.ACCEPTED.value, clerk)
    return moved


async def answer(
    tx: Transaction,
    case: CaseFile,
    becomes: State,
    clerk: Clerk,
    *,
    who: str,
    said: str | None,
    other: str | None = None,
) -> CaseFile | None:
    """The owner says that it is put right, why it is as it is, or that it is the same as another: the
    resident is asked."""
    after = replace(case, state=becomes.value, asked_at=clerk.now)
    because = f"same:{other}" if other else None
    moved = await advance(tx, case, after, clerk, mover=Mover.OWNER, who=who, because=because, said=said)
    if moved:
        await ask_verdict(tx, moved, becomes.value, clerk, said=said, other=other)
    return moved


async def extend(
    tx: Transaction, case: CaseFile, days: int, clerk: Clerk, *, who: str, said: str
) -> CaseFile | None:
    """So many working days more; the resident reads why."""
    clock = replace(clock_of(await files.steps(tx, case.id)), more=days)
    until = clerk.due(case, clock)
    moved = await advance(
        tx,
        case,
        replace(case, due_at=until, extended_until_at=until),
        clerk,
        mover=Mover.OWNER,
        who=who,
        because=f"{EXTENDED}:{days}",
        said=said,
    )
    if moved:
        await tell_news(tx, moved, EXTENDED, clerk, said)
    return moved


async def appeal(tx: Transaction, case: CaseFile, clerk: Clerk, *, who: str, said: str) -> CaseFile | None:
    """The owner says that it is wrong; the district decides."""
    after = replace(case, state=State.APPEALED.value, due_at=clerk.due_from_now(case))
    moved = await advance(tx, case, after, clerk, mover=Mover.OWNER, who=who, said=said)
    if moved:
        await tell_news(tx, moved, State.APPEALED.value, clerk, said)
        await tell_staff(tx, moved, State.APPEALED.value, clerk, said=said)
    return moved


async def uphold(
    tx: Transaction, case: CaseFile, clerk: Clerk, *, who: str, said: str | None
) -> CaseFile | None:
    """The rating counts no more and stays as it was given; the resident is told why, and asked."""
    after = replace(case, state=State.EXPLAINED.value, asked_at=clerk.now)
    moved = await advance(tx, case, after, clerk, mover=Mover.DISTRICT, who=who, because="upheld", said=said)
    if moved:
        if case.rating_id:
            await files.exclude_rating(tx, case.rating_id, who, clerk.now)
        await ask_verdict(tx, moved, "upheld", clerk, said=said)
        await tell_staff(tx, moved, "upheld", clerk, said=said, to=(case.tier, case.owner))
    return moved


async def refuse(
    tx: Transaction, case: CaseFile, clerk: Clerk, *, who: str, said: str | None
) -> CaseFile | None:
    """The owner goes on, with the whole time again."""
    after = replace(case, state=State.IN_PROGRESS.value, due_at=clerk.due_from_now(case))
    moved = await advance(
        tx, case, after, clerk, mover=Mover.DISTRICT, who=who, because=case_clock.REFUSED, said=said
    )
    if moved:
        await tell_news(tx, moved, case_clock.REFUSED, clerk, said)
        await tell_staff(tx, moved, case_clock.REFUSED, clerk, said=said)
    return moved


async def reply(tx: Transaction, case: CaseFile, clerk: Clerk, *, who: str, said: str) -> CaseFile | None:
    """Staff write to the resident, without either knowing the other."""
    moved = await advance(tx, case, case, clerk, mover=Mover.OWNER, who=who, because=REPLIED, said=said)
    if moved:
        await tell_news(tx, moved, REPLIED, clerk, said)
    return moved


async def write(tx: Transaction, case: CaseFile, clerk: Clerk, *, said: str) -> CaseFile | None:
    """The resident writes to whoever has it; words that speak of danger make it urgent from then on."""
    after = await _urgent(tx, case, clerk) if is_urgent(said) and case.kind != URGENT else case
    moved = await advance(
        tx, case, after, clerk, mover=Mover.RESIDENT, who=files.RESIDENT, because=WRITTEN, said=said
    )
    if moved:
        await tell_at_once(tx, moved, WRITTEN, clerk, said=said)
    return moved


async def _urgent(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile:
    """The hours count from when its time began; whose time would be over by that has them from now on."""
    urgent = replace(case, kind=URGENT)
    due = clerk.due(urgent, clock_of(await files.steps(tx, case.id)))
    return replace(urgent, due_at=due if due > clerk.now else clerk.due_from_now(urgent))


async def judge(tx: Transaction, case: CaseFile, verdict: str, clerk: Clerk) -> CaseFile | None:
    """The resident says whether it is solved. What is not goes one tier up; what is partly stays with its
    owner; both have the whole time again."""
    becomes = VERDICTS[verdict]
    tier, owner = case.tier, case.owner
    if becomes is State.REOPENED:
        tier, owner = owner_of(next_tier(case.tier), case.centre_id, clerk.world)
    due = case.due_at if becomes is State.CLOSED else clerk.due_from_now(case)
    after = replace(case, state=becomes.value, tier=tier, owner=owner, due_at=due, asked_at=None)
    moved = await advance(tx, case, after, clerk, mover=Mover.RESIDENT, who=files.RESIDENT)
    if moved:
        said = await _first_words(tx, moved) if becomes is State.REOPENED else None
        await tell_staff(tx, moved, becomes.value, clerk, said=said)
        if becomes is State.REOPENED and tier != case.tier:
            await tell_staff(tx, moved, becomes.value, clerk, to=(case.tier, case.owner))
    return moved


async def _first_words(tx: Transaction, case: CaseFile) -> str | None:
    """What it is about, for who has not had it before."""
    return (await files.steps(tx, case.id))[0].said


async def escalate(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile | None:
    """Nobody answered in time, nor when they were urged: it goes one tier up, with the whole time again."""
    tier, owner = owner_of(next_tier(case.tier), case.centre_id, clerk.world)
    after = replace(case, tier=tier, owner=owner, due_at=clerk.due_from_now(case))
    moved = await advance(tx, case, after, clerk, mover=Mover.LINLI, who=files.LINLI, because=ESCALATED)
    if moved:
        await tell_news(tx, moved, ESCALATED, clerk)
        await tell_staff(tx, moved, ESCALATED, clerk, said=await _first_words(tx, moved))
        await tell_staff(tx, moved, ESCALATED, clerk, to=(case.tier, case.owner))
    return moved


async def hand_over(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile | None:
    """The centre has left the directory, and nobody can act for it: the district has the case, with the
    whole time again."""
    tier, owner = owner_of(case.tier, case.centre_id, clerk.world)
    after = replace(case, tier=tier, owner=owner, due_at=clerk.due_from_now(case))
    because = case_clock.WITHDRAWN
    moved = await advance(tx, case, after, clerk, mover=Mover.LINLI, who=files.LINLI, because=because)
    if moved:
        await tell_news(tx, moved, because, clerk)
        await tell_staff(tx, moved, because, clerk, said=await _first_words(tx, moved))
    return moved


async def rejudge(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile | None:
    """The calendar has changed, and the deadline with it; the resident hears of one that was promised."""
    due = clerk.due(case, clock_of(await files.steps(tx, case.id)))
    extended = due if case.extended_until_at else None
    after = replace(case, due_at=due, extended_until_at=extended)
    moved = await advance(
        tx, case, after, clerk, mover=Mover.LINLI, who=files.LINLI, because=case_clock.REJUDGED
    )
    if moved:
        await tell_news(tx, moved, case_clock.REJUDGED, clerk)
    return moved


async def urge(tx: Transaction, case: CaseFile, what: str, clerk: Clerk) -> CaseFile | None:
    """Whose turn it is hears that the time is nearly over, or that it is."""
    moved = await advance(tx, case, case, clerk, mover=Mover.LINLI, who=files.LINLI, because=what)
    if moved:
        await tell_staff(tx, moved, what, clerk)
    return moved


async def ask_again(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile | None:
    moved = await advance(
        tx, case, case, clerk, mover=Mover.LINLI, who=files.LINLI, because=case_clock.ASKED_AGAIN
    )
    if moved:
        await ask_verdict(tx, moved, moved.state, clerk, is_again=True)
    return moved


async def close_quietly(tx: Transaction, case: CaseFile, clerk: Clerk) -> CaseFile | None:
    """The resident has said nothing: closed for now, counted apart, and still theirs to judge."""
    if State(case.state) not in ANSWERED:
        return None
    after = replace(case, state=State.CLOSED_PROVISIONALLY.value)
    moved = await advance(tx, case, after, clerk, mover=Mover.LINLI, who=files.LINLI, because="silence")
    if moved:
        view = CaseClosedQuietly(line_of(moved, clerk.world), resident_choices(moved))
        await tell_resident(tx, moved, view, clerk, key=f"quietly {moved.version}")
    return moved
