"""The outbox: each message once, in its conversation's order, whoever sends it and however often it fails."""

import asyncio
from datetime import datetime, timedelta

import pytest

from storage import conversations, erasing, outbox
from storage.database import ConstraintError, Database, Transaction, connect
from storage.outbox import EVERY, FOR_EVER, SQL, WITHOUT_END_KEPT, Leased
from storage.statements import Query, statement
from tests.engines import Postgres, postgres_database
from tests.storage_rows import NOW
from tests.test_booking_plans import plan_of, scans

SOON = NOW + timedelta(seconds=30)
LATER = NOW + timedelta(minutes=5)


async def said(
    database: Database,
    conversation_id: str,
    number: int,
    *,
    due_at: datetime = NOW,
    expires_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> bool:
    async def work(tx: Transaction) -> bool:
        await conversations.create(tx, conversation_id, "web", conversation_id, "{}", NOW)
        return await outbox.add(
            tx, f"{conversation_id}{number}", conversation_id, number,
            unique_key=f"{conversation_id} {number}", view="{}", due_at=due_at, expires_at=expires_at,
            created_at=NOW, sent_at=sent_at,
        )  # fmt: skip

    return await database.write(work)


async def leased(
    database: Database,
    now: datetime = NOW,
    *,
    until: datetime | None = None,
    holder: str = "me",
    limit: int = 50,
) -> list[Leased]:
    ends = until or now + (SOON - NOW)
    return await database.write(lambda tx: outbox.lease_due(tx, now, ends, holder, limit))


async def ids(database: Database, now: datetime = NOW, *, holder: str = "me", limit: int = 50) -> list[str]:
    return [row.id for row in await leased(database, now, holder=holder, limit=limit)]


async def states(database: Database, conversation_id: str) -> list[str]:
    async with database.read() as tx:
        return [row.state for row in await outbox.after(tx, conversation_id, 0, 50)]


async def test_a_message_with_a_known_key_is_not_added_again(database: Database) -> None:
    assert await said(database, "a", 1)
    assert not await said(database, "a", 1)
    assert await states(database, "a") == ["waiting"]


async def test_two_messages_cannot_have_one_number(database: Database) -> None:
    await said(database, "a", 1)
    with pytest.raises(ConstraintError):
        await database.write(
            lambda tx: outbox.add(
                tx, "other", "a", 1,
                unique_key="other", view="{}", due_at=NOW, expires_at=None, created_at=NOW,
            )
        )  # fmt: skip


async def test_a_lease_tells_all_that_a_channel_needs(database: Database) -> None:
    await said(database, "a", 1)
    assert await leased(database) == [Leased("a1", "a", 1, "{}", 1, NOW, "web", "a", True)]
    assert await leased(database) == []


async def test_only_the_oldest_unsent_message_of_a_conversation_is_taken(database: Database) -> None:
    for number in (2, 1, 3):
        await said(database, "a", number)
    await said(database, "b", 1)
    assert await ids(database) == ["a1", "b1"]
    assert await ids(database) == []
    assert await database.write(lambda tx: outbox.mark_sent(tx, "a1", "me", NOW))
    assert await ids(database) == ["a2"]


@pytest.mark.parametrize("end", ["dead", "expired", "sent"])
async def test_a_message_that_is_done_with_does_not_hold_up_the_next(database: Database, end: str) -> None:
    await said(database, "a", 1, expires_at=SOON if end == "expired" else None)
    await said(database, "a", 2)
    if end == "expired":
        assert await database.write(lambda tx: outbox.expire(tx, SOON)) == 1
    else:
        await leased(database)
        if end == "dead":
            assert await database.write(lambda tx: outbox.mark_dead(tx, "a1", "me", "gone"))
        else:
            assert await database.write(lambda tx: outbox.mark_sent(tx, "a1", "me", NOW))
    assert await ids(database, SOON) == ["a2"]
    assert await states(database, "a") == [end, "leased"]


async def test_what_is_due_later_waits_and_holds_up_those_behind_it(database: Database) -> None:
    await said(database, "a", 1, due_at=SOON)
    await said(database, "a", 2)
    assert await ids(database) == []
    assert await ids(database, SOON) == ["a1"]


async def test_the_longest_due_come_first_and_no_more_than_asked_for(database: Database) -> None:
    for n, conversation_id in enumerate("cab"):
        await said(database, conversation_id, 1, due_at=NOW - timedelta(seconds=n))
    assert await ids(database, limit=2) == ["b1", "a1"]
    assert await ids(database, limit=2) == ["c1"]


async def test_what_has_no_end_comes_before_what_is_longer_due_with_what_stands_before_it(
    database: Database,
) -> None:
    for n, news in enumerate("abc"):
        await said(database, news, 1, due_at=NOW - timedelta(seconds=n), expires_at=LATER)
    await said(database, "d", 1, expires_at=LATER)
    await said(database, "d", 2)
    taken = await leased(database, limit=2)
    assert [(each.id, each.is_urgent) for each in taken] == [("d1", True), ("c1", False)]
    await database.write(lambda tx: outbox.mark_sent(tx, "d1", "me", NOW))
    assert await ids(database, limit=1) == ["d2"]
    assert await ids(database) == ["b1", "a1"]


@pytest.mark.parametrize("state", ["paused", "leased", "sent", "dead"])
async def test_what_has_no_end_is_not_taken_out_of_turn(database: Database, state: str) -> None:
    """While it waits for its next try, or is under way or done with, news goes out."""
    await said(database, "a", 1, sent_at=NOW if state == "sent" else None)
    await said(database, "b", 1, expires_at=LATER)
    if state != "sent":
        assert await ids(database, limit=1) == ["a1"]
    if state == "paused":
        await database.write(lambda tx: outbox.retry_later(tx, "a1", "me", LATER, "away"))
    if state == "dead":
        await database.write(lambda tx: outbox.mark_dead(tx, "a1", "me", "gone"))
    assert await ids(database) == ["b1"]


async def test_a_lease_that_ran_out_is_taken_by_another_and_the_first_has_no_say(database: Database) -> None:
    await said(database, "a", 1)
    await leased(database, holder="first")
    assert await ids(database, holder="second") == []
    [again] = await leased(database, SOON, until=LATER, holder="second")
    assert again.attempts == 2
    assert not await database.write(lambda tx: outbox.mark_sent(tx, "a1", "first", LATER))
    assert not await database.write(lambda tx: outbox.mark_dead(tx, "a1", "first", "x"))
    assert not await database.write(lambda tx: outbox.retry_later(tx, "a1", "first", LATER, "x"))
    assert await database.write(lambda tx: outbox.mark_sent(tx, "a1", "second", LATER))
    assert not await database.write(lambda tx: outbox.mark_sent(tx, "a1", "second", LATER))


async def test_a_failed_try_is_due_again_later(database: Database) -> None:
    await said(database, "a", 1)
    await leased(database)
    assert await database.write(lambda tx: outbox.retry_later(tx, "a1", "me", LATER, "timeout"))
    assert await ids(database, SOON) == []
    [again] = await leased(database, LATER)
    assert (again.id, again.attempts) == ("a1", 2)


async def test_only_what_nobody_is_sending_expires(database: Database) -> None:
    await said(database, "a", 1, expires_at=SOON)
    await said(database, "b", 1, expires_at=LATER)
    await said(database, "c", 1, due_at=LATER)
    await leased(database, until=LATER, limit=1)
    assert await database.write(lambda tx: outbox.expire(tx, SOON)) == 0
    assert await database.write(lambda tx: outbox.expire(tx, LATER)) == 2
    assert [await states(database, each) for each in "abc"] == [["expired"], ["expired"], ["waiting"]]
    assert await ids(database, LATER) == ["c1"]


async def test_what_has_no_end_is_given_up_after_two_weeks_and_its_words_are_emptied(
    database: Database,
) -> None:
    await said(database, "a", 1)
    over = NOW + WITHOUT_END_KEPT
    assert await database.write(lambda tx: outbox.expire(tx, over - timedelta(seconds=1))) == 0
    assert await database.write(lambda tx: outbox.expire(tx, over)) == 1
    assert await states(database, "a") == ["expired"]
    assert await erasing.empty_old(database, over) == 1
    assert await states(database, "a") == []


async def test_what_fails_too_often_for_no_known_reason_is_dead_until_somebody_tries_again(
    database: Database,
) -> None:
    await said(database, "a", 1)

    async def fails() -> str:
        assert await ids(database) == ["a1"]
        assert await database.write(lambda tx: outbox.note_fault(tx, "a1", "me", NOW, "x", most=2))
        return (await states(database, "a"))[0]

    assert [await fails() for _ in range(2)] == ["waiting", "dead"]
    assert not await database.write(lambda tx: outbox.try_again(tx, "a1", NOW + WITHOUT_END_KEPT))
    assert await database.write(lambda tx: outbox.try_again(tx, "a1", NOW))
    assert await fails() == "waiting"
    assert not await database.write(lambda tx: outbox.note_fault(tx, "a1", "other", NOW, "x", most=2))


async def test_what_has_expired_is_not_taken_even_before_it_is_marked(database: Database) -> None:
    await said(database, "a", 1, expires_at=NOW)
    assert await ids(database) == []


async def test_what_was_handed_over_is_not_sent_again(database: Database) -> None:
    await said(database, "a", 1, sent_at=NOW)
    assert await ids(database) == []
    assert await states(database, "a") == ["sent"]


async def test_a_page_reads_on_in_order(database: Database) -> None:
    for number in (3, 1, 2):
        await said(database, "a", number)
    async with database.read() as tx:
        assert [row.number for row in await outbox.after(tx, "a", 1, 50)] == [2, 3]
        assert [row.number for row in await outbox.after(tx, "a", 0, 2)] == [1, 2]


async def test_the_depth_counts_all_that_is_not_sent(database: Database) -> None:
    async with database.read() as tx:
        assert await outbox.depth(tx) == {"waiting": 0, "leased": 0, "expired": 0, "dead": 0}
    for conversation_id in "abcd":
        await said(database, conversation_id, 1)
    await leased(database, limit=3)
    await database.write(lambda tx: outbox.mark_sent(tx, "a1", "me", NOW))
    await database.write(lambda tx: outbox.mark_dead(tx, "b1", "me", "gone"))
    async with database.read() as tx:
        assert await outbox.depth(tx) == {"waiting": 1, "leased": 1, "expired": 0, "dead": 1}


async def test_workers_side_by_side_never_take_the_same_message(database: Database) -> None:
    """All go for the same seven; whoever comes second takes others or, having waited, none."""
    for n in range(20):
        await said(database, f"{n:02}", 1)
    taken = await asyncio.gather(*(ids(database, holder=str(n), limit=7) for n in range(8)))
    together = [each for some in taken for each in some]
    assert len(together) == len(set(together)) >= 7


async def taken_at_once(url: str, lease: Query) -> list[str]:
    """What a second worker takes that looked before the first one had committed."""
    database = await connect(url)
    params = {"now_at": NOW, "until_at": SOON, "most": 50, "held_at": FOR_EVER, "rings": " "} | EVERY.params
    waiting = statement(
        "waiting", "SELECT COUNT(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    )
    second: list[asyncio.Task[list[dict[str, object]]]] = []

    async def first(tx: Transaction) -> None:
        assert len(await tx.rows(lease, params | {"holder": "first"})) == 1
        second.append(
            asyncio.create_task(
                database.write(lambda other: other.rows(lease, params | {"holder": "second"}))
            )
        )
        async with database.read(snapshot=False) as watching:
            while await watching.value(waiting) == 0:
                pass

    try:
        await said(database, "a", 1)
        await database.write(first)
        return [str(row["id"]) for row in await second[0]]
    finally:
        await database.close()


async def test_a_worker_that_had_to_wait_asks_again_of_each_row(postgres: Postgres) -> None:
    async with postgres_database(postgres) as url:
        assert await taken_at_once(url, SQL["lease_due"]) == []


async def test_control_without_asking_again_both_take_the_message(postgres: Postgres) -> None:
    head, _, rest = SQL["lease_due"].sql.rpartition("    AND ((state = 'waiting'")
    careless = statement("careless", f"{head}RETURNING{rest.partition('RETURNING')[2]}")
    async with postgres_database(postgres) as url:
        assert await taken_at_once(url, careless) == ["a1"]


@pytest.mark.parametrize("name", ["lease_urgent", "expire", "expire_endless"])
async def test_what_has_no_end_or_is_over_is_found_without_reading_all_that_waits(
    database: Database, name: str
) -> None:
    plan = await plan_of(database, SQL[name])
    assert any("outbox_by_end" in step for step in plan), plan
    assert scans(plan) == []


async def test_control_whoever_looks_for_the_longest_due_reads_all_that_waits(
    sqlite_database: Database,
) -> None:
    plan = await plan_of(sqlite_database, SQL["lease_due"])
    assert not any("outbox_by_end" in step for step in plan)
    assert scans(plan) != []


async def test_looking_for_what_is_due_does_not_read_what_was_sent(sqlite_database: Database) -> None:
    """Nearly all rows are sent: the partial indexes must be the way in."""
    params = {"now_at": NOW, "until_at": SOON, "holder": "me", "most": 50, "held_at": SOON, "rings": " x "}
    params |= {"before_at": NOW - WITHOUT_END_KEPT} | EVERY.params
    async with sqlite_database.read() as tx:
        for name in ("lease_due", "lease_urgent", "expire", "expire_endless", "depth"):
            query = statement(name, f"EXPLAIN QUERY PLAN {SQL[name].sql}")
            plan = [
                row["detail"] for row in await tx.rows(query, {key: params[key] for key, _ in query.kinds})
            ]
            scans = [step for step in plan if step.startswith("SCAN") and "INDEX outbox_" not in step]
            assert scans == [], (name, plan)
