"""Threads between residents and Linli: where each stands, what was said and what was answered."""

from dataclasses import dataclass
from datetime import datetime

from storage.staff import Post
from storage.statements import load_queries
from storage.transaction import Step, Transaction

SQL = load_queries("conversations")


@dataclass(frozen=True, slots=True)
class Conversation:
    """One thread on one channel. `version` changes with every turn, `last_number` with all Linli says."""

    id: str
    channel: str
    address: str
    version: int
    last_number: int
    state: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Answered:
    """A conversation and, when this message was answered before, that answer; otherwise four Nones.
    `post`: it is staff's."""

    conversation: Conversation
    number: int | None
    intent: str | None
    slots: str | None
    view: str | None
    post: Post | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that Linli said, with the message it answers; three Nones when there was none."""

    number: int
    message_id: str | None
    said: str | None
    intent: str | None
    view: str
    created_at: datetime


async def find(tx: Transaction, channel: str, address: str) -> Conversation | None:
    return await tx.record(Conversation, SQL["find"], {"channel": channel, "address": address})


async def answered(tx: Transaction, channel: str, address: str, message_id: str) -> Answered | None:
    """All that a turn must know, in one statement; None when there is no such conversation."""
    row = await tx.one(SQL["answered"], {"channel": channel, "address": address, "message_id": message_id})
    if row is None:
        return None
    conversation = Conversation(
        row["id"],
        row["channel"],
        row["address"],
        row["version"],
        row["last_number"],
        row["state"],
        row["seen_at"],
    )
    staff_id = row["staff_id"]
    post = Post(staff_id, row["role"], row["centre_id"], row["subdistrict"]) if staff_id else None
    return Answered(conversation, row["number"], row["intent"], row["slots"], row["view"], post)


async def create(
    tx: Transaction, conversation_id: str, channel: str, address: str, state: str, now_at: datetime
) -> Conversation:
    """A new conversation, or the one that is there already, as it is."""
    made = await tx.record(
        Conversation,
        SQL["create"],
        {"id": conversation_id, "channel": channel, "address": address, "state": state, "now_at": now_at},
    )
    if made is None:
        raise LookupError("an inserted conversation did not come back")
    return made


async def note_gone(tx: Transaction, channel: str, address: str, now: datetime) -> None:
    """The app says that nothing arrives there any more, until they write again: news goes elsewhere."""
    await tx.run(SQL["note_gone"], {"channel": channel, "address": address, "gone_at": now})


async def advance(
    tx: Transaction, conversation_id: str, version: int, state: str, seen_at: datetime
) -> int | None:
    """Take the next turn if the conversation is still at `version`: the answer's number, else None."""
    number: int | None = await tx.value(
        SQL["advance"], {"id": conversation_id, "version": version, "state": state, "seen_at": seen_at}
    )
    return number


async def state_of(tx: Transaction, conversation_id: str) -> str:
    """What the conversation remembers. Raises LookupError for an unknown conversation."""
    state: str | None = await tx.value(SQL["state_of"], {"id": conversation_id})
    if state is None:
        raise LookupError(f"there is no conversation {conversation_id}")
    return state


async def next_number(tx: Transaction, conversation_id: str) -> int:
    """A number for a message of Linli's own accord. Raises LookupError for an unknown conversation."""
    number: int | None = await tx.value(SQL["next_number"], {"id": conversation_id})
    if number is None:
        raise LookupError(f"there is no conversation {conversation_id}")
    return number


async def remember(tx: Transaction, conversation_id: str, state: str) -> None:
    """What the conversation knows after a message of Linli's own accord, for which a number was taken.

    A turn under way notices and is understood again. Raises LookupError for an unknown conversation.
    """
    if await tx.value(SQL["remember"], {"id": conversation_id, "state": state}) is None:
        raise LookupError(f"there is no conversation {conversation_id}")


async def note_message(
    tx: Transaction,
    conversation_id: str,
    message_id: str,
    number: int,
    said: str,
    intent: str,
    slots: str,
    received_at: datetime,
) -> None:
    """Keep what was said; `number` is the answer's. Raises ConstraintError when it is kept already."""
    await tx.run(
        SQL["note_message"],
        {
            "conversation_id": conversation_id,
            "message_id": message_id,
            "number": number,
            "said": said,
            "intent": intent,
            "slots": slots,
            "received_at": received_at,
        },
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a turn puts down: the message with what was understood, and the view that answers it.

    `handed_over`: the answer goes back in the request itself, and no worker need send it.
    """

    id: str
    message_id: str
    said: str
    intent: str
    slots: str
    view: str
    handed_over: bool


def turn_steps(conversation: Conversation, state: str, answer: Answer, now_at: datetime) -> list[Step]:
    """Advance the conversation, note the message, say the answer: the first gives the answer's number.

    A step without a row: another turn was faster, or the message was answered before. Then nothing of
    it may stay.
    """
    noted = {
        "conversation_id": conversation.id,
        "message_id": answer.message_id,
        "said": answer.said,
        "intent": answer.intent,
        "slots": answer.slots,
        "received_at": now_at,
    }
    said = {
        "id": answer.id,
        "conversation_id": conversation.id,
        "unique_key": f"answer {conversation.id} {answer.message_id}",
        "view": answer.view,
        "state": "sent" if answer.handed_over else "waiting",
        "now_at": now_at,
        "sent_at": now_at if answer.handed_over else None,
    }
    advanced = {"id": conversation.id, "version": conversation.version, "state": state, "seen_at": now_at}
    return [(SQL["advance"], advanced), (SQL["note_turn"], noted), (SQL["say_answer"], said)]


async def transcript(
    tx: Transaction, conversation_id: str, after_number: int, limit: int, *, nearest: bool = False
) -> list[Line]:
    """The newest `limit` lines after `after_number`, or with `nearest` the first ones; oldest first."""
    return await tx.records(
        Line,
        SQL["following" if nearest else "transcript"],
        {"conversation_id": conversation_id, "after_number": after_number, "most": limit},
    )
