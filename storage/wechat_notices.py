"""What WeChat was told beside a conversation, of which messages, and what it reported of it; what somebody
agreed to."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("wechat_notices")
SUBSCRIPTION, TEMPLATE = "subscription", "template"
# So long a subscription notice of which nobody knows is left alone: WeChat reports those that it sent, and
# would send a second one. Of a template message it would not, for as long (`client_msg_id`).
UNKNOWN_FOR = timedelta(minutes=10)
# Longer than any news waits.
KEPT = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Untold:
    """A message that waits for its resident, without a notice that WeChat took."""

    id: str
    number: int
    view: str


@dataclass(frozen=True, slots=True)
class Notice:
    """That of one message on one route."""

    conversation_id: str
    number: int
    route: str
    template_id: str

    @property
    def key(self) -> dict[str, object]:
        return {"conversation_id": self.conversation_id, "number": self.number, "route": self.route}


async def untold(tx: Transaction, conversation_id: str, now: datetime, held_at: datetime) -> list[Untold]:
    """The oldest first. What ends from `held_at` on waits for the morning, as in outbox.lease_due."""
    params = {
        "conversation_id": conversation_id,
        "now_at": now,
        "held_at": held_at,
        "unknown_since_at": now - UNKNOWN_FOR,
    }
    return await tx.records(Untold, SQL["untold"], params)


async def begin(tx: Transaction, notice: Notice, now: datetime, *, needs_credit: bool) -> bool:
    """Note that it is about to be sent; False, and nothing noted, where it was sent before, or needs a yes
    that nobody gave."""
    if needs_credit and not await credits_left(tx, notice.conversation_id, notice.template_id):
        return False
    await tx.run(SQL["forget_old"], {"conversation_id": notice.conversation_id, "before_at": now - KEPT})
    params = {**notice.key, "template_id": notice.template_id, "sent_at": now}
    return await tx.one(SQL["begin"], params) is not None


async def sent(tx: Transaction, notice: Notice, reported_as: str | None, *, uses_credit: bool) -> None:
    """WeChat took it. A credit is counted now and not before: one that is there no more is refused later,
    one that was counted for nothing would be lost."""
    await tx.run(SQL["end"], {**notice.key, "state": "sent", "reported_as": reported_as})
    if uses_credit:
        await tx.run(SQL["use_credit"], _of_credit(notice))


async def failed(tx: Transaction, notice: Notice, *, ends_credit: bool = False) -> None:
    """WeChat does not take it, and it is not tried again on this route."""
    await tx.run(SQL["end"], {**notice.key, "state": "failed", "reported_as": None})
    if ends_credit:
        await tx.run(SQL["no_credit"], _of_credit(notice))


async def take_back(tx: Transaction, notice: Notice) -> None:
    """WeChat did not take it, and may later."""
    await tx.run(SQL["take_back"], notice.key)


async def report(
    tx: Transaction,
    conversation_id: str,
    route: str,
    reported_as: str,
    *,
    template_id: str | None,
    arrived: bool,
) -> bool:
    """What became of one that was sent; False where none is known that this could be about."""
    params = {
        "conversation_id": conversation_id,
        "route": route,
        "template_id": template_id,
        "reported_as": reported_as,
        "state": "arrived" if arrived else "failed",
    }
    return await tx.one(SQL["report"], params) is not None


async def agree(tx: Transaction, conversation_id: str, template_id: str, event_id: str) -> None:
    """One more of this template may be sent; the same event is counted once."""
    params = {"conversation_id": conversation_id, "template_id": template_id, "event_id": event_id}
    await tx.run(SQL["agree"], params)


async def refuse(tx: Transaction, conversation_id: str, template_id: str) -> None:
    """None of this template any more."""
    await tx.run(SQL["no_credit"], {"conversation_id": conversation_id, "template_id": template_id})


async def refuse_all(tx: Transaction, conversation_id: str) -> None:
    """None at all any more."""
    await tx.run(SQL["no_credits"], {"conversation_id": conversation_id})


async def credits_left(tx: Transaction, conversation_id: str, template_id: str) -> int:
    params = {"conversation_id": conversation_id, "template_id": template_id}
    return await tx.value(SQL["credits"], params) or 0


def _of_credit(notice: Notice) -> dict[str, object]:
    return {"conversation_id": notice.conversation_id, "template_id": notice.template_id}
