"""What Telegram needs of what was said: the answer above a button, and the end of what can't arrive."""

from datetime import datetime

from storage import conversations
from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("telegram")


async def said(tx: Transaction, channel: str, address: str, number: int) -> str | None:
    """A view as it is kept; None for what was erased, and for what was never said in this conversation."""
    params = {"channel": channel, "address": address, "number": number}
    view: str | None = await tx.value(SQL["said"], params)
    return view


async def give_up(tx: Transaction, channel: str, address: str, error: str, now: datetime) -> int:
    """Nothing that waits will ever arrive, and news goes elsewhere; how many. What a worker is sending right
    now is left to it."""
    await conversations.note_gone(tx, channel, address, now)
    return len(await tx.rows(SQL["give_up"], {"channel": channel, "address": address, "error": error}))
