"""Linli speaks of its own accord: a view into a conversation, as part of what made it worth saying."""

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.asks import dialogue_from_json, dialogue_to_json
from messages.view_codec import to_json
from messages.views import View
from storage import conversations, links, outbox
from storage.transaction import Interrupted, Transaction


async def say(
    tx: Transaction,
    conversation_id: str,
    view: View,
    *,
    key: str,
    now: datetime,
    new_id: str,
    within: timedelta | None,
    is_own: bool = False,
    whose: str | None = None,
) -> bool:
    """Put a view into the outbox, once for each `key`; its choices are what a number means there next. False,
    and nothing is changed, when it was said before.

    `within`: it is news as long as that; None: it cannot wait, not even at night, and is
    given up after two weeks all the same.
    `is_own`: the conversation is that of the turn under way, whose own answer brings the next choices.
    `whose` news it is: the id of a family, or of the conversation in which a case was opened; when chats
    part, what has not arrived follows them. Raises LookupError for an unknown conversation, and Interrupted
    when it has left them since the caller looked.
    """
    if await outbox.is_said(tx, key):
        return False
    number = await conversations.next_number(tx, conversation_id)  # first: from now on the row is ours
    if whose and not await links.hears(tx, conversation_id, whose):
        raise Interrupted("the conversation was unlinked meanwhile")
    dialogue = dialogue_from_json(await conversations.state_of(tx, conversation_id))
    is_new = await outbox.add(
        tx,
        new_id,
        conversation_id,
        number,
        unique_key=key,
        view=to_json(view, dialogue.tag),
        due_at=now,
        expires_at=now + within if within else None,
        created_at=now,
        whose=whose,
    )
    if is_new and not is_own:
        kept = replace(dialogue, choices=view.choices, draft=None)
        await conversations.remember(tx, conversation_id, dialogue_to_json(kept))
    return is_new
