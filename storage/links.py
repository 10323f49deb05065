"""Codes that link two conversations of one person, and which conversations are linked."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("links")


@dataclass(frozen=True, slots=True)
class Link:
    """A code that was made in `conversation_id`; `taken_by` said it and wants to be linked."""

    id: str
    conversation_id: str
    expires_at: datetime
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation of somebody. `is_left`: another one stands at its address, and nobody reads it.
    `is_gone`: the app says that they take nothing there any more."""

    id: str
    channel: str
    seen_at: datetime
    is_left: bool
    is_gone: bool


async def offer(
    tx: Transaction, link_id: str, conversation_id: str, code_hash: str, now: datetime, expires: datetime
) -> Link | None:
    """Let `code_hash` link this conversation until `expires`, in place of the code before: that one."""
    before = await tx.record(Link, SQL["withdraw"], {"conversation_id": conversation_id})
    params = {
        "id": link_id,
        "conversation_id": conversation_id,
        "code_hash": code_hash,
        "made_at": now,
        "expires_at": expires,
    }
    await tx.run(SQL["offer"], params)
    return before


async def of_code(tx: Transaction, code_hash: str, now: datetime) -> Link | None:
    """None for a code that is none, or no longer."""
    return await tx.record(Link, SQL["of_code"], {"code_hash": code_hash, "now_at": now})


async def of_id(tx: Transaction, link_id: str, now: datetime) -> Link | None:
    """None when its time is over, it was answered, or another code took its place."""
    return await tx.record(Link, SQL["of_id"], {"id": link_id, "now_at": now})


async def take(
    tx: Transaction, link_id: str, conversation_id: str, *, now: datetime, until: datetime
) -> Link | None:
    """The conversation wants to be linked by this code, and the other has until then to answer; None when
    somebody else was faster, or it is over."""
    params = {"id": link_id, "taken_by": conversation_id, "now_at": now, "until_at": until}
    return await tx.record(Link, SQL["take"], params)


async def settle(tx: Transaction, link_id: str, conversation_id: str, now: datetime) -> Link | None:
    """What the conversation that made the code answers, once: the code is used up. None when there is
    nothing to answer."""
    params = {"id": link_id, "conversation_id": conversation_id, "now_at": now}
    return await tx.record(Link, SQL["settle"], params)


async def drop_expired(tx: Transaction, now: datetime) -> list[Link]:
    """Delete codes whose time is over: these were there."""
    return await tx.records(Link, SQL["drop_expired"], {"now_at": now})


async def drop_of(tx: Transaction, conversation_id: str) -> list[Link]:
    """Delete the code that was made in this conversation, and those that were said in it. Returns them."""
    return await tx.records(Link, SQL["drop_of"], {"conversation_id": conversation_id})


async def wrong_codes(tx: Transaction, conversation_id: str, since: datetime) -> int:
    """How many were said in this conversation."""
    params = {"conversation_id": conversation_id, "since_at": since}
    tried: int = await tx.value(SQL["wrong_codes"], params)
    return tried


async def note_wrong_code(
    tx: Transaction, row_id: str, conversation_id: str, now: datetime, *, forget_before: datetime
) -> None:
    await tx.rows(SQL["forget_wrong_codes"], {"before_at": forget_before})
    params = {"id": row_id, "conversation_id": conversation_id, "tried_at": now}
    await tx.run(SQL["note_wrong_code"], params)


async def talks(tx: Transaction, conversation_id: str) -> list[Talk]:
    """This one and those linked with it, the one that was used last first; those that were left come last."""
    return await tx.records(Talk, SQL["talks"], {"conversation_id": conversation_id})


async def hears(tx: Transaction, conversation_id: str, whose: str) -> bool:
    """Whether it belongs to this family, or is linked with this conversation, or is it."""
    params = {"conversation_id": conversation_id, "whose": whose}
    return await tx.value(SQL["hears"], params) is not None


async def hold(tx: Transaction, conversation_id: str) -> None:
    """Nobody else changes the conversation before the end of the transaction."""
    await tx.run(SQL["hold"], {"id": conversation_id})


async def move(tx: Transaction, conversation_id: str, family_id: str | None) -> None:
    """From now on it belongs to this family, or to none."""
    await tx.run(SQL["move"], {"id": conversation_id, "family_id": family_id})
