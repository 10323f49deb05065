"""A resident keeps a conversation with a code, and goes on with it on another device."""

from datetime import datetime
from enum import Enum

from handlers.asks import dialogue_from_json
from messages.view_codec import to_json
from messages.views import ConversationMoved
from storage import conversations, outbox, recovery
from storage.database import Database, Transaction


class Taken(Enum):
    """What became of a code that a resident typed."""

    MOVED = "moved"
    HERE_ALREADY = "here_already"
    UNKNOWN = "unknown"


async def keep(
    database: Database, code_hash: str, channel: str, address: str, *, now: datetime, expires: datetime
) -> bool:
    """Let a code bring the conversation at this address elsewhere until `expires`; an older code is void.

    False when nothing was said there yet.
    """

    async def work(tx: Transaction) -> bool:
        conversation = await conversations.find(tx, channel, address)
        if conversation is None:
            return False
        await recovery.offer(tx, conversation.id, code_hash, now, expires)
        return True

    return await database.write(work)


async def take_over(
    database: Database, new_id: str, code_hash: str, channel: str, address: str, now: datetime
) -> Taken:
    """Bring the code's conversation to this address and say so in it; the code is used up by that.

    A conversation that stood at this address is set aside; the device it came from starts anew. On the
    device that has the conversation already, the code stays good.
    """

    async def work(tx: Transaction) -> Taken:
        if await recovery.kept_at(tx, code_hash, now) == (channel, address):
            return Taken.HERE_ALREADY
        moved = await recovery.take_over(tx, code_hash, channel, address, now)
        if moved is None:
            return Taken.UNKNOWN
        await say_moved(tx, moved, new_id, now, by_staff=False)
        return Taken.MOVED

    return await database.write(work)


async def say_moved(
    tx: Transaction, moved: recovery.Moved, new_id: str, now: datetime, *, by_staff: bool
) -> None:
    """The first thing a resident reads on the other device, in the language that was spoken last."""
    language = dialogue_from_json(moved.state).tag
    await outbox.add(
        tx,
        new_id,
        moved.conversation_id,
        moved.number,
        unique_key=f"moved {moved.conversation_id} {moved.number}",
        view=to_json(ConversationMoved(by_staff, ()), language),
        due_at=now,
        expires_at=None,
        created_at=now,
        sent_at=now,
    )
