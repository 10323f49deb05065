"""Taking out what was known of somebody, and what is too old to be kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import pydantic_core

from storage import case_files, children, families, ledger, photos, ratings, suspicion
from storage.database import Database
from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("erasing")

# Rows that one transaction empties: a resident's turn waits no longer than for these. So many are looked for
# at once, because looking reads the whole table.
BATCH, FOUND = 500, 20_000
# What empties a conversation, in this order: what hangs on its cases goes before they are nobody's.
EMPTIES = (
    "empty_inbox",
    "empty_outbox",
    "close_callbacks",
    "forget_case_words",
    "forget_case_news",
    "leave_cases",
    "forget_code",
    "forget_links",
    "forget_device",
    "forget_reasons",
    "forget_wrong_codes",
)


@dataclass(frozen=True, slots=True)
class Kept:
    """How many of each are kept of a conversation; `phones` are numbers to call back, `cases` what somebody
    has to put right."""

    messages: int
    callbacks: int
    phones: int
    codes: int
    cases: int
    ratings: int
    photos: int


async def note(
    tx: Transaction, receipt: str, kind: str, subject_id: str, *, asked_at: datetime, done_at: datetime
) -> bool:
    """False when this very erasure was done before."""
    params = {
        "receipt": receipt,
        "kind": kind,
        "subject_id": subject_id,
        "asked_at": asked_at,
        "done_at": done_at,
    }
    return await tx.value(SQL["note"], params) is not None


async def is_done(tx: Transaction, receipt: str, kind: str, subject_id: str) -> bool:
    params = {"receipt": receipt, "kind": kind, "subject_id": subject_id}
    return await tx.value(SQL["done"], params) is not None


async def not_scrubbed(tx: Transaction) -> list[str]:
    """Receipts of what was erased and may still stand in the files of the database."""
    return [row["receipt"] for row in await tx.rows(SQL["not_scrubbed"])]


async def mark_scrubbed(tx: Transaction, receipts: Iterable[str], scrubbed_at: datetime) -> None:
    """What was erased then stands in no file any more."""
    await tx.many(SQL["scrubbed"], [{"receipt": each, "scrubbed_at": scrubbed_at} for each in receipts])


async def family_of(tx: Transaction, participant_id: str) -> str | None:
    family_id: str | None = await tx.value(SQL["family_of"], {"participant_id": participant_id})
    return family_id


async def has_family(tx: Transaction, family_id: str) -> bool:
    return await tx.value(SQL["has_family"], {"id": family_id}) is not None


async def kept_of(tx: Transaction, conversation_id: str) -> Kept:
    """Raises LookupError for an unknown conversation."""
    kept = await tx.record(Kept, SQL["kept_of"], {"conversation_id": conversation_id})
    if kept is None:
        raise LookupError(f"there is no conversation {conversation_id}")
    return kept


async def empty_conversation(tx: Transaction, conversation_id: str, *, is_here: bool) -> None:
    """What was said and answered in it goes, and all that hangs on it; ids and times stay, so that a
    message that comes twice is not taken for a new one. `is_here`: the turn that asks for it goes on in
    this conversation and says itself what is remembered."""
    which = {"conversation_id": conversation_id}
    await photos.erase(tx, conversation_id)
    await _forget_shown(tx, conversation_id)
    cases = [case.id for case in await case_files.of_conversation(tx, conversation_id)]
    await suspicion.forget_traces_of(tx, conversation_id)
    for subject_id in (*await ratings.forget(tx, conversation_id), *cases):
        await ledger.forget_salts(tx, subject_id)
    for each in EMPTIES:
        await tx.run(SQL[each], which)
    if not is_here:
        await tx.run(SQL["forget_state"], {"id": conversation_id})


async def _forget_shown(tx: Transaction, conversation_id: str) -> None:
    """Their words in what staff were shown, as long as both are still there."""
    said = [row["said"] for row in await tx.rows(SQL["words_of"], {"conversation_id": conversation_id})]
    await tx.many(SQL["forget_shown"], [{"said": pydantic_core.to_json(each).decode()} for each in said])


async def give_post_up(tx: Transaction, conversation_id: str, now_at: datetime) -> None:
    """Whoever spoke there as staff does so no more, and only the id says that it was somebody."""
    await tx.run(SQL["give_post_up"], {"conversation_id": conversation_id, "now_at": now_at})


async def leave_family(tx: Transaction, conversation_id: str) -> None:
    await tx.run(SQL["leave_family"], {"id": conversation_id})


async def forget_phones(tx: Transaction, family_id: str) -> None:
    """Of bookings, and of those whose session was called off a moment ago."""
    await tx.run(SQL["forget_phones"], {"family_id": family_id})
    await tx.run(SQL["forget_kept_phones"], {"family_id": family_id})


async def forget_participant(tx: Transaction, participant_id: str, family_id: str, now_at: datetime) -> None:
    """The row stays, anonymous, for what has been counted; places have to be given back before."""
    who = {"participant_id": participant_id}
    await children.forget_all(tx, participant_id, now_at)
    await tx.run(SQL["forget_pickups"], who)
    await tx.run(SQL["forget_hands"], who)
    await families.remove_participant(tx, participant_id, family_id, now_at)


async def empty_old(db: Database, before_at: datetime) -> int:
    """What was said, answered and remembered before then, batch by batch: how many rows were emptied.

    What waits to be sent stays until it is sent or has expired.
    """
    emptied = 0
    for find, empty in (
        ("old_messages", "empty_message"),
        ("old_answers", "empty_answer"),
        ("old_states", "forget_old_state"),
    ):
        emptied += await _emptied(db, find, empty, before_at)
    return emptied


async def _emptied(db: Database, find: str, empty: str, before_at: datetime) -> int:
    emptied = 0
    wanted = [name for name, _ in SQL[empty].kinds]
    while True:
        async with db.read() as tx:
            rows = await tx.rows(SQL[find], {"before_at": before_at, "most": FOUND})
        if not rows:
            return emptied
        chosen = [{name: (row | {"before_at": before_at})[name] for name in wanted} for row in rows]
        for first in range(0, len(chosen), BATCH):
            batch = chosen[first : first + BATCH]

            async def work(tx: Transaction, batch: list[dict[str, object]] = batch) -> None:
                await tx.many(SQL[empty], batch)

            await db.write(work)
        emptied += len(rows)
