"""Erases what was known of a family, of one participant, or in a conversation, and has it stay erased.

The journal outside the database is written before anything is erased. After a backup was brought back, what
it names is erased again: see `to_erase_again`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from handlers import bookings
from handlers.bookings import Office
from handlers.safe import Erased, Journal
from storage import erasing, families, follows
from storage.database import Database, Transaction


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a resident keeps as proof; `places` is how many bookings were given back."""

    number: str
    places: int


async def erase_family(
    tx: Transaction, office: Office, journal: Journal, family_id: str, here: str, receipt: str
) -> Receipt:
    """Everything of the family in all its conversations; `here` is the one in which it is asked for."""
    talks = [talk.id for talk in await families.conversations(tx, family_id)]
    erased = [_entry("family", family_id, receipt, office.now)]
    erased += [_entry("conversation", talk, receipt, office.now) for talk in sorted({*talks, here})]
    return await _erase(tx, office, journal, erased, here)


async def erase_participant(
    tx: Transaction, office: Office, journal: Journal, participant_id: str, here: str, receipt: str
) -> Receipt:
    """One of the family, and what was said in all its conversations: it may name them."""
    family_id = await erasing.family_of(tx, participant_id)
    talks = [talk.id for talk in await families.conversations(tx, family_id)] if family_id else []
    erased = [_entry("participant", participant_id, receipt, office.now)]
    erased += [_entry("conversation", talk, receipt, office.now) for talk in sorted({*talks, here})]
    return await _erase(tx, office, journal, erased, here)


async def erase_conversation(
    tx: Transaction, office: Office, journal: Journal, here: str, receipt: str
) -> Receipt:
    """All that was said in a conversation that belongs to no family."""
    return await _erase(tx, office, journal, [_entry("conversation", here, receipt, office.now)], here)


def _entry(kind: str, subject_id: str, receipt: str, now: datetime) -> Erased:
    return Erased(kind, subject_id, receipt, now)


async def _erase(
    tx: Transaction, office: Office, journal: Journal, erased: Sequence[Erased], here: str
) -> Receipt:
    journal.note(erased)
    places = 0
    of_one = erased[0].kind == "participant"
    for each in erased:
        places += await _apply(tx, office, each, here=here, keeps_post=of_one)
    return Receipt(erased[0].receipt, places)


async def _apply(
    tx: Transaction, office: Office, erased: Erased, *, here: str | None = None, keeps_post: bool = False
) -> int:
    """Erase what an entry names and write down that it was done; how many bookings were given back. Who
    erases the whole conversation is not staff there any more."""
    given = 0
    match erased.kind:
        case "family":
            given = await _family(tx, office, erased.id, here)
        case "participant":
            given = await _participant(tx, office, erased.id)
        case _:
            await erasing.empty_conversation(tx, erased.id, is_here=erased.id == here)
            if not keeps_post:
                await erasing.give_post_up(tx, erased.id, office.now)
    await erasing.note(tx, erased.receipt, erased.kind, erased.id, asked_at=erased.at, done_at=office.now)
    return given


async def _family(tx: Transaction, office: Office, family_id: str, here: str | None) -> int:
    if not await erasing.has_family(tx, family_id):
        return 0  # a backup from before it was founded
    given = await bookings.erase(tx, office, family_id)
    for who in await families.participants(tx, family_id):
        await erasing.forget_participant(tx, who.id, family_id, office.now)
    await erasing.forget_phones(tx, family_id)
    await follows.forget(tx, family_id)
    for talk in await families.conversations(tx, family_id):
        await erasing.leave_family(tx, talk.id)
        await erasing.empty_conversation(tx, talk.id, is_here=talk.id == here)
    return given


async def _participant(tx: Transaction, office: Office, participant_id: str) -> int:
    family_id = await erasing.family_of(tx, participant_id)
    if family_id is None:
        return 0
    given = await bookings.erase(tx, office, family_id, participant_id)
    await erasing.forget_participant(tx, participant_id, family_id, office.now)
    return given


async def to_erase_again(database: Database, journal: Journal) -> list[Erased]:
    """What the journal names and this database has not erased: it is an older one, brought back. Nothing
    on every other start."""
    async with database.read() as tx:
        return [
            each
            for each in journal.entries()
            if not await erasing.is_done(tx, each.receipt, each.kind, each.id)
        ]


async def erase_again(database: Database, office: Office, missing: Iterable[Erased]) -> None:
    entries = list(missing)
    of_one = {each.receipt for each in entries if each.kind == "participant"}
    for each in entries:

        async def work(tx: Transaction, each: Erased = each) -> None:
            await _apply(tx, office, each, keeps_post=each.receipt in of_one)

        await database.write(work)
