"""Cases (work orders): opened by what went wrong, moved step by step, each step written down for good.

`open_case` is for whatever opens one; `advance` is the only way in which one changes.
"""

from dataclasses import dataclass, replace

from handlers import case_clock, case_news, ledger
from handlers.case_clock import URGENT
from handlers.case_news import Clerk
from handlers.case_states import CENTRE, ENDED, Mover, State, may_move
from handlers.ledger import Content
from messages.masking import without_addresses
from messages.names import without_names, without_signature
from messages.phones import without_phone
from messages.understand.case_orders import is_urgent
from storage import case_files as files
from storage.case_files import CaseFile, Step
from storage.transaction import Transaction

LONGEST = 300


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens a case: `kind` is 'rating', 'complaint' or 'information'; `words` are the resident's, with
    whatever they hold; `about` codes of reasons."""

    kind: str
    centre_id: str
    conversation_id: str | None
    activity_id: str | None = None
    service_id: str | None = None
    rating_id: str | None = None
    about: str | None = None
    words: str | None = None


async def open_case(tx: Transaction, opening: Opening, clerk: Clerk) -> CaseFile:
    """A new case with a number, an owner (the centre) and a time, as part of what opens it; the centre's
    managers are told at once, of danger where there are none those above them.

    The words are kept without names, phone numbers and addresses; those that speak of danger make it urgent,
    whatever opened it. Raises ConstraintError for an unknown centre, activity, service, rating or
    conversation.
    """
    said = de_identified(opening.words or "")
    case = CaseFile(
        id=str(clerk.new_id()),
        code=await files.next_code(tx),
        kind=URGENT if is_urgent(said) else opening.kind,
        about=opening.about,
        centre_id=opening.centre_id,
        activity_id=opening.activity_id,
        service_id=opening.service_id,
        rating_id=opening.rating_id,
        conversation_id=opening.conversation_id,
        tier=CENTRE,
        owner=opening.centre_id,
        state=State.RECEIVED.value,
        opened_at=clerk.now,
        due_at=clerk.now,
        extended_until_at=None,
        asked_at=None,
        closed_at=None,
        version=0,
    )
    case = replace(case, due_at=clerk.due_from_now(case))
    await files.add(tx, case)
    await _write_down(tx, case, "", files.RESIDENT, case_clock.OPENED, said, clerk)
    await case_news.tell_at_once(tx, case, case_clock.OPENED, clerk, said=said or None)
    return case


async def advance(
    tx: Transaction,
    before: CaseFile,
    after: CaseFile,
    clerk: Clerk,
    *,
    mover: Mover,
    who: str,
    because: str | None = None,
    said: str | None = None,
) -> CaseFile | None:
    """Make `after` of a case and write the step down; None, and nothing changed, when somebody else was
    faster.

    Raises ValueError for a move that the table of case_states does not let this mover make.
    """
    was, becomes = State(before.state), State(after.state)
    if was is not becomes and not may_move(was, becomes, mover):
        raise ValueError(f"nobody but others may make {becomes} of a case that is {was}")
    if was is not becomes:
        after = replace(after, closed_at=clerk.now if becomes in ENDED else None)
    saved = await files.save(tx, after)
    if saved is not None:
        await _write_down(tx, saved, was.value, who, because, said, clerk)
    return saved


async def _write_down(
    tx: Transaction, case: CaseFile, was: str, who: str, because: str | None, said: str | None, clerk: Clerk
) -> None:
    """The step for good, with what was written, and both in the ledger. Steps come about nowhere else."""
    number = await files.add_step(
        tx, case.id, who=who, was=was, became=case.state, because=because, made_at=clerk.now
    )
    if said:
        await files.add_words(tx, case.id, number, said)
    step = Step(case.id, number, who, was, case.state, because, clerk.now, said)
    await ledger.append(tx, "step", case.id, content_of(step), clerk.now)


def content_of(step: Step) -> Content:
    """What the ledger commits to of a step."""
    return str(step.number), step.who, step.was, step.became, step.because or "", step.said or ""


def de_identified(words: str) -> str:
    """What was written, without what could tell who wrote it."""
    hidden = without_signature(without_phone(words, shown=0))
    return without_addresses(without_names(hidden))[:LONGEST].strip()
