"""Everything Linli says, until it has arrived: kept with the turn, leased by workers, sent in order."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("outbox")
FOR_EVER = datetime.max.replace(tzinfo=UTC)
# So long an answer waits for its reader, or danger: as long as most news (handlers/notices.py). They have no
# end of their own, as nobody can say when they are over; but nothing is tried, and kept, for ever.
WITHOUT_END_KEPT = timedelta(days=14)
NOT_SENT = ("waiting", "leased", "expired", "dead")


@dataclass(frozen=True, slots=True)
class Leased:
    """A message that one worker may send until its lease runs out; `attempts` counts this one, too. It
    `is_urgent` where somebody waits for it, or where it, or what stands behind it, cannot wait."""

    id: str
    conversation_id: str
    number: int
    view: str
    attempts: int
    due_at: datetime
    channel: str
    address: str
    is_urgent: bool


@dataclass(frozen=True, slots=True)
class Lane:
    """Messages of these channels, or with `is_among` false those of all others."""

    channels: tuple[str, ...]
    is_among: bool = True

    @property
    def params(self) -> dict[str, object]:
        return {"lane": " ".join(("", *self.channels, "")), "is_among": self.is_among}


EVERY = Lane((), is_among=False)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A message that did not arrive, and is nowhere now."""

    number: int
    unique_key: str
    view: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as a page shows it."""

    id: str
    conversation_id: str
    number: int
    view: str
    state: str
    created_at: datetime


async def add(
    tx: Transaction,
    message_id: str,
    conversation_id: str,
    number: int,
    *,
    unique_key: str,
    view: str,
    due_at: datetime,
    expires_at: datetime | None,
    created_at: datetime,
    sent_at: datetime | None = None,
    whose: str | None = None,
) -> bool:
    """Put a message into the outbox; False, and nothing changed, when its `unique_key` is there.

    `expires_at`: it is news until then; None: it is urgent, and given up after WITHOUT_END_KEPT.
    `sent_at`: it is handed over by the turn itself, such as the reply to a request, and no worker
    need send it. `whose` news it is: a family's, or that of the conversation in which a case was opened.
    """
    row = await tx.one(
        SQL["add"],
        {
            "id": message_id,
            "conversation_id": conversation_id,
            "number": number,
            "unique_key": unique_key,
            "view": view,
            "state": "waiting" if sent_at is None else "sent",
            "due_at": due_at,
            "expires_at": expires_at,
            "created_at": created_at,
            "sent_at": sent_at,
            "whose": whose,
        },
    )
    return row is not None


async def is_said(tx: Transaction, unique_key: str) -> bool:
    """Whether a message with this key is there, whatever became of it."""
    return await tx.value(SQL["is_said"], {"unique_key": unique_key}) is not None


async def lease_due(
    tx: Transaction,
    now_at: datetime,
    until_at: datetime,
    holder: str,
    limit: int,
    *,
    held_at: datetime = FOR_EVER,
    held_on: Iterable[str] = (),
    lane: Lane = EVERY,
) -> list[Leased]:
    """Take what is due, also from workers whose lease ran out: what is urgent, then the longest due.

    `until_at` is later than `now_at`. Of each conversation only the oldest unsent message, so that messages
    arrive in their order. On the channels `held_on` news that ends from `held_at` on stays, unless something
    that cannot wait is behind it. Of one `lane` alone.
    """
    params = {"now_at": now_at, "until_at": until_at, "holder": holder, **lane.params}
    taken = _in_order(await tx.records(Leased, SQL["lease_urgent"], params | {"most": limit}))
    if most := limit - len(taken):
        params |= {"most": most, "held_at": held_at, "rings": " ".join(("", *held_on, ""))}
        taken += _in_order(await tx.records(Leased, SQL["lease_due"], params))
    return taken


def _in_order(leased: list[Leased]) -> list[Leased]:
    return sorted(leased, key=lambda each: (each.due_at, each.id))


async def lease_next(
    tx: Transaction, channel: str, address: str, now_at: datetime, until_at: datetime, holder: str
) -> Leased | None:
    """Take the oldest unsent message of one conversation, also one that waits to be tried again; None where
    there is none, or another worker has it."""
    params = {
        "channel": channel,
        "address": address,
        "now_at": now_at,
        "until_at": until_at,
        "holder": holder,
    }
    return await tx.record(Leased, SQL["lease_next"], params)


async def mark_sent(tx: Transaction, message_id: str, holder: str, sent_at: datetime) -> bool:
    """It has arrived; False when the lease is no longer this holder's, as with those below."""
    return (
        await tx.one(SQL["mark_sent"], {"id": message_id, "holder": holder, "sent_at": sent_at}) is not None
    )


async def retry_later(tx: Transaction, message_id: str, holder: str, due_at: datetime, error: str) -> bool:
    """It could not be sent now; `error` says why without quoting anybody."""
    params = {"id": message_id, "holder": holder, "due_at": due_at, "error": error}
    return await tx.one(SQL["retry_later"], params) is not None


async def note_fault(
    tx: Transaction, message_id: str, holder: str, due_at: datetime, error: str, *, most: int
) -> bool:
    """It failed in a way that nobody foresaw: tried again later, but given up the `most`-th time."""
    params = {"id": message_id, "holder": holder, "due_at": due_at, "error": error, "most": most}
    return await tx.one(SQL["note_fault"], params) is not None


async def mark_dead(tx: Transaction, message_id: str, holder: str, error: str) -> bool:
    """It can never be sent, and does not hold up those behind it."""
    return await tx.one(SQL["mark_dead"], {"id": message_id, "holder": holder, "error": error}) is not None


async def expire(tx: Transaction, now_at: datetime) -> int:
    """Give up what nobody needs any more; how many."""
    ended = await tx.rows(SQL["expire"], {"now_at": now_at})
    endless = {"now_at": now_at, "before_at": now_at - WITHOUT_END_KEPT}
    return len(ended) + len(await tx.rows(SQL["expire_endless"], endless))


async def give_back(tx: Transaction, holder: str) -> int:
    """What a worker still holds waits for another one; how many."""
    return len(await tx.rows(SQL["give_back"], {"holder": holder}))


async def take_back(tx: Transaction, conversation_id: str, whose: str, now: datetime) -> list[TakenBack]:
    """Whose news have not arrived in this conversation, and never will: to be said elsewhere, in their order.

    A worker that is sending one right now has lost it, and marks nothing.
    """
    params = {"conversation_id": conversation_id, "whose": whose, "now_at": now}
    found = await tx.records(TakenBack, SQL["take_back"], params)
    return sorted(found, key=lambda each: each.number)


async def after(tx: Transaction, conversation_id: str, number: int, limit: int) -> list[Spoken]:
    """The first `limit` messages after `number`, in their order, for a page that reads on."""
    params = {"conversation_id": conversation_id, "number": number, "most": limit}
    return await tx.records(Spoken, SQL["after"], params)


@dataclass(frozen=True, slots=True)
class NotArrived:
    """A message that its channel does not take: how often it was tried, and the code of the last error."""

    id: str
    channel: str
    attempts: int
    last_error: str | None
    created_at: datetime
    expires_at: datetime | None


async def dead(tx: Transaction, most: int) -> list[NotArrived]:
    return await tx.records(NotArrived, SQL["dead"], {"most": most})


async def try_again(tx: Transaction, message_id: str, now: datetime) -> bool:
    """Let a dead message wait to be sent; False when there is none of this id, or its time is over."""
    params = {"id": message_id, "now_at": now, "before_at": now - WITHOUT_END_KEPT}
    return await tx.one(SQL["try_again"], params) is not None


async def depth(tx: Transaction) -> dict[str, int]:
    """How many messages there are in each state other than sent, none left out."""
    counted = {row["state"]: row["messages"] for row in await tx.rows(SQL["depth"])}
    return {state: counted.get(state, 0) for state in NOT_SENT}
