"""Answers of people, promised to residents: one open in a conversation, till answered or taken back."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("callbacks")

# Who answers where no centre does.
DISTRICT = "district"
# Stands between the topics of one call-back.
BESIDE = " | "


@dataclass(frozen=True, slots=True)
class Callback:
    """`code` is for people; `owner` a centre's id or DISTRICT; `topic` codes, never a resident's words.
    `phone` is there only when the resident gave one and the call-back is open."""

    id: str
    code: str
    conversation_id: str
    centre_id: str | None
    owner: str
    topic: str
    phone: str | None
    state: str
    asked_at: datetime
    due_at: datetime
    answered_at: datetime | None
    answered_by: str | None


async def open_of(tx: Transaction, conversation_id: str) -> Callback | None:
    """The one that this conversation waits for."""
    return await tx.record(Callback, SQL["open_of"], {"conversation_id": conversation_id})


async def of_code(tx: Transaction, code: str) -> Callback | None:
    return await tx.record(Callback, SQL["of_code"], {"code": code})


async def listed(
    tx: Transaction, *, closed_too: bool = False, centre_id: str | None = None
) -> list[Callback]:
    """Those that are open, the first due first; of one centre when `centre_id` is given."""
    return await tx.records(Callback, SQL["listed"], {"is_all": closed_too, "centre_id": centre_id})


async def owned(tx: Transaction, owner: str) -> list[Callback]:
    """The open ones that a centre, or DISTRICT, has promised itself, the first due first."""
    return await tx.records(Callback, SQL["owned"], {"owner": owner})


async def promise(
    tx: Transaction,
    callback_id: str,
    conversation_id: str,
    *,
    centre_id: str | None,
    owner: str,
    topic: str,
    asked_at: datetime,
    due_at: datetime,
) -> Callback | None:
    """A new one with the next code; None when the conversation has an open one already."""
    counted = await tx.value(SQL["next_code"], {"name": "callback"})
    params = {
        "id": callback_id,
        "code": f"H-{counted:04}",
        "conversation_id": conversation_id,
        "centre_id": centre_id,
        "owner": owner,
        "topic": topic,
        "asked_at": asked_at,
        "due_at": due_at,
    }
    return await tx.record(Callback, SQL["promise"], params)


async def add_topic(tx: Transaction, conversation_id: str, topic: str) -> Callback | None:
    """The open one, in which something else is to be answered, too; None when there is none."""
    params = {"conversation_id": conversation_id, "topic": f"{BESIDE}{topic}"}
    return await tx.record(Callback, SQL["add_topic"], params)


async def note_phone(tx: Transaction, conversation_id: str, phone: str) -> Callback | None:
    """The open one, with the number to call; None, and nothing kept, when there is none."""
    params = {"conversation_id": conversation_id, "phone": phone}
    return await tx.record(Callback, SQL["note_phone"], params)


async def cancel(tx: Transaction, conversation_id: str) -> Callback | None:
    """The one that was taken back, its phone number forgotten; None when none was open."""
    return await tx.record(Callback, SQL["cancel"], {"conversation_id": conversation_id})


async def mark_answered(
    tx: Transaction, code: str, answered_by: str, answered_at: datetime
) -> Callback | None:
    """The one that is answered now, its phone number forgotten; None when it is not open."""
    params = {"code": code, "answered_by": answered_by, "answered_at": answered_at}
    return await tx.record(Callback, SQL["mark_answered"], params)


async def overdue(tx: Transaction, now_at: datetime) -> int:
    """How many are still open past the time that residents were told."""
    count: int = await tx.value(SQL["overdue"], {"now_at": now_at})
    return count
