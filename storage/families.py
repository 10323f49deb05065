"""Families, who takes part of them, and the conversations they talk in."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.links import Talk
from storage.statements import load_queries
from storage.transaction import Step, Transaction

SQL = load_queries("families")


@dataclass(frozen=True, slots=True)
class Participant:
    """`kind` is 'self', 'child' or 'adult'. `born_on` is the first day of the birth month; `grade` that of
    the school year beginning in September of `grade_year`. Each may be unknown."""

    id: str
    family_id: str
    kind: str
    alias: str
    born_on: date | None = None
    grade: int | None = None
    grade_year: int | None = None


async def of_conversation(tx: Transaction, conversation_id: str) -> str | None:
    """The family's id; None while this conversation has none."""
    family_id: str | None = await tx.value(SQL["of_conversation"], {"conversation_id": conversation_id})
    return family_id


async def found(tx: Transaction, family_id: str, created_at: datetime) -> None:
    await tx.run(SQL["found"], {"id": family_id, "created_at": created_at})


async def join(tx: Transaction, conversation_id: str, family_id: str) -> bool:
    """Whether the conversation belongs to this family now; False when it has a family already."""
    params = {"conversation_id": conversation_id, "family_id": family_id}
    return await tx.value(SQL["join_conversation"], params) is not None


def holding(family_id: str) -> Step:
    """Takes the family's row until the end of the transaction, before anything of its places changes."""
    return SQL["hold"], {"id": family_id}


async def hold(tx: Transaction, family_id: str) -> None:
    """Raises LookupError for an unknown family."""
    if await tx.value(*holding(family_id)) is None:
        raise LookupError(f"there is no family {family_id}")


async def feed(tx: Transaction, family_id: str) -> int | None:
    """The number of the calendar's addresses that hold; None for an unknown family."""
    number: int | None = await tx.value(SQL["feed"], {"id": family_id})
    return number


async def end_feeds(tx: Transaction, family_id: str) -> None:
    """All addresses of the calendar that were given before end."""
    await tx.run(SQL["end_feeds"], {"id": family_id})


async def add_participant(tx: Transaction, who: Participant, created_at: datetime) -> Participant | None:
    """None when the family has one of this alias already, or two would be the resident themself."""
    params = {
        "id": who.id,
        "family_id": who.family_id,
        "kind": who.kind,
        "alias": who.alias,
        "born_on": who.born_on,
        "grade": who.grade,
        "grade_year": who.grade_year,
        "created_at": created_at,
    }
    return await tx.record(Participant, SQL["add_participant"], params)


async def participants(tx: Transaction, family_id: str) -> list[Participant]:
    """In the order in which they were entered."""
    return await tx.records(Participant, SQL["participants"], {"family_id": family_id})


async def describe(
    tx: Transaction,
    participant_id: str,
    family_id: str,
    *,
    born_on: date | None = None,
    grade: int | None = None,
    grade_year: int | None = None,
) -> Participant | None:
    """What is known of somebody's age from now on; None when the family has no such participant."""
    params = {
        "id": participant_id,
        "family_id": family_id,
        "born_on": born_on,
        "grade": grade,
        "grade_year": grade_year,
    }
    return await tx.record(Participant, SQL["describe"], params)


async def remove_participant(
    tx: Transaction, participant_id: str, family_id: str, removed_at: datetime
) -> bool:
    """Forget all that was known of them; their places have to be given back before."""
    params = {"id": participant_id, "family_id": family_id, "removed_at": removed_at}
    return await tx.value(SQL["remove_participant"], params) is not None


async def conversations(tx: Transaction, family_id: str) -> list[Talk]:
    """The one that was used last comes first; those that were left come last."""
    return await tx.records(Talk, SQL["conversations"], {"family_id": family_id})
