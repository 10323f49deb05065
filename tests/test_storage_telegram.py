"""What Telegram looks up and leases of what was said, on both engines."""

from datetime import datetime, timedelta

import pytest

from storage import conversations, outbox, telegram
from storage.database import Database, Transaction
from storage.outbox import Leased
from tests.storage_rows import NOW, put_news

SOON = NOW + timedelta(seconds=30)


async def say(
    database: Database,
    to: str = "7",
    *,
    due: datetime = NOW,
    expires: datetime | None = None,
    view: str = "v",
) -> int:
    """Linli says something of its own accord: its number."""

    async def work(tx: Transaction) -> int:
        thread = await conversations.create(tx, f"talk-{to}", "telegram", to, "{}", NOW)
        return await put_news(tx, thread.id, due=due, expires=expires, view=view)

    return await database.write(work)


async def lease(database: Database, to: str = "7", *, now: datetime = NOW, who: str = "me") -> Leased | None:
    until = now + timedelta(seconds=30)
    return await database.write(lambda tx: outbox.lease_next(tx, "telegram", to, now, until, who))


async def test_the_oldest_of_one_conversation_is_leased_and_by_one_alone(database: Database) -> None:
    for to in ("7", "8", "7"):
        await say(database, to)
    first = await lease(database)
    assert first
    assert (first.number, first.channel, first.address, first.attempts) == (1, "telegram", "7", 1)
    assert await lease(database, who="you") is None  # the second waits for the first
    assert await database.write(lambda tx: outbox.mark_sent(tx, first.id, "me", NOW))
    second = await lease(database, who="you")
    assert second
    assert second.number == 2
    assert await lease(database, "9") is None


async def test_a_lease_that_ran_out_is_taken_over(database: Database) -> None:
    await say(database)
    assert await lease(database)
    assert await lease(database, now=SOON - timedelta(seconds=1), who="you") is None
    assert await lease(database, now=SOON, who="you")


async def test_what_failed_is_tried_at_once_and_what_is_for_later_is_not(database: Database) -> None:
    await say(database)
    failed = await lease(database)
    assert failed
    later = NOW + timedelta(hours=1)
    await database.write(lambda tx: outbox.retry_later(tx, failed.id, "me", later, "x"))
    assert await lease(database)
    await say(database, "8", due=later)
    assert await lease(database, "8") is None


async def test_what_nobody_needs_any_more_is_not_leased(database: Database) -> None:
    await say(database, expires=NOW)
    assert await lease(database) is None


async def test_a_view_is_found_in_its_own_conversation_alone(database: Database) -> None:
    await say(database, view="a")
    await say(database, "8", view="b")
    async with database.read() as tx:
        assert await telegram.said(tx, "telegram", "7", 1) == "a"
        assert await telegram.said(tx, "telegram", "7", 2) is None
        assert await telegram.said(tx, "web", "7", 1) is None


async def test_what_was_erased_is_not_found(database: Database) -> None:
    await say(database, view="")
    async with database.read() as tx:
        assert await telegram.said(tx, "telegram", "7", 1) is None


@pytest.mark.parametrize("under_way", [False, True])
async def test_what_cannot_arrive_is_given_up_but_not_what_is_under_way(
    database: Database, under_way: bool
) -> None:
    for to in ("7", "7", "8"):
        await say(database, to)
    if under_way:
        assert await lease(database)
    given_up = await database.write(lambda tx: telegram.give_up(tx, "telegram", "7", "unreachable", NOW))
    assert given_up == (1 if under_way else 2)
    async with database.read() as tx:
        depth = await outbox.depth(tx)
    assert depth == {"waiting": 1, "leased": int(under_way), "expired": 0, "dead": given_up}
