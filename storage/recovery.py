"""Conversations that change hands: by a code that was kept, or by staff, who are written down."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("recovery")


@dataclass(frozen=True, slots=True)
class Moved:
    """A conversation at its new address. `number` was taken for what is said about the move."""

    conversation_id: str
    number: int
    state: str


@dataclass(frozen=True, slots=True)
class Relink:
    """One move by staff."""

    id: str
    conversation_id: str
    from_address: str
    to_address: str
    done_by: str
    because: str | None
    done_at: datetime


async def offer(
    tx: Transaction, conversation_id: str, code_hash: str, now: datetime, expires: datetime
) -> None:
    """Let `code_hash` bring this conversation elsewhere until `expires`, in place of the code before.

    Raises ConstraintError when another conversation has this very code.
    """
    params = {
        "conversation_id": conversation_id,
        "code_hash": code_hash,
        "offered_at": now,
        "expires_at": expires,
    }
    await tx.run(SQL["offer"], params)


async def kept_at(tx: Transaction, code_hash: str, now: datetime) -> tuple[str, str] | None:
    """Channel and address of the conversation that this code would bring; None for a code that is none."""
    row = await tx.one(SQL["kept_at"], {"code_hash": code_hash, "now_at": now})
    return (row["channel"], row["address"]) if row else None


async def take_over(
    tx: Transaction, code_hash: str, channel: str, address: str, now: datetime
) -> Moved | None:
    """Bring the code's conversation to this address and use the code up; None for a code that is none."""
    conversation_id = await tx.value(SQL["use"], {"code_hash": code_hash, "now_at": now})
    return None if conversation_id is None else await move(tx, conversation_id, channel, address)


async def move(tx: Transaction, conversation_id: str, channel: str, address: str) -> Moved:
    """Bring a conversation to another address. One that was there is set aside, where nobody reads it.

    Raises LookupError for an unknown conversation.
    """
    target = {"id": conversation_id, "channel": channel, "address": address}
    await tx.run(SQL["set_aside"], target)
    moved = await tx.record(Moved, SQL["move"], target)
    if moved is None:
        raise LookupError(f"there is no conversation {conversation_id}")
    return moved


async def forget_expired(tx: Transaction, now: datetime) -> int:
    """Delete codes whose time has passed; how many there were."""
    return len(await tx.rows(SQL["forget_expired"], {"now_at": now}))


async def note_device(tx: Transaction, channel: str, address: str, now: datetime) -> None:
    """Remember a device that showed its code."""
    await tx.run(SQL["note_device"], {"channel": channel, "address": address, "shown_at": now})


async def forget_devices(tx: Transaction, before: datetime) -> int:
    """Delete devices that showed their code before then; how many there were."""
    return len(await tx.rows(SQL["forget_devices"], {"before_at": before}))


async def addresses_between(tx: Transaction, channel: str, first: str, after: str) -> list[str]:
    """Known addresses from `first` up to, not including, `after`; two at most."""
    rows = await tx.rows(SQL["addresses_between"], {"channel": channel, "first": first, "after": after})
    return [row["address"] for row in rows]


async def note_relink(tx: Transaction, relink: Relink) -> None:
    await tx.run(SQL["note_relink"], params_of(relink))


async def relinks(tx: Transaction) -> list[Relink]:
    """All moves by staff, in their order."""
    return await tx.records(Relink, SQL["relinks"])
