"""Call-backs in the database: one open in a conversation, numbers nobody shares, phones only while needed."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from storage import callbacks, conversations, directory
from storage.callbacks import DISTRICT, Callback
from storage.database import ConstraintError, Database, Transaction
from storage.statements import statement
from tests.storage_rows import LATER, NOW, centre
from tests.test_storage_conversations import answer, started

SECOND_OPEN = statement(
    "test.second_open",
    "INSERT INTO callback (id, code, conversation_id, owner, topic, state, asked_at, due_at)"
    " VALUES ('2', 'H-2', 'c', 'district', '', 'open', :now_at, :now_at)",
)
ANSWERED_BY_NOBODY = statement(
    "test.answered", "UPDATE callback SET state = 'answered', answered_at = :now_at"
)
CLOSED_WITH_PHONE = statement("test.closed", "UPDATE callback SET state = 'cancelled', phone = '22123456'")


async def promised(
    database: Database, key: str = "c", owner: str = DISTRICT, due_at: datetime = LATER
) -> Callback | None:
    async def work(tx: Transaction) -> Callback | None:
        return await callbacks.promise(
            tx, f"of {key}", key,
            centre_id=None if owner == DISTRICT else owner,
            owner=owner, topic="find_service", asked_at=NOW, due_at=due_at,
        )  # fmt: skip

    return await database.write(work)


async def listed(database: Database, *, closed_too: bool = False, centre_id: str | None = None) -> list[str]:
    async with database.read() as tx:
        rows = await callbacks.listed(tx, closed_too=closed_too, centre_id=centre_id)
    return [row.code for row in rows]


async def test_a_promise_is_kept_as_it_was_made(database: Database) -> None:
    await started(database)
    made = await promised(database)
    assert made == Callback(
        "of c", "H-0001", "c", None, "district", "find_service", None, "open", NOW, LATER, None, None
    )
    async with database.read() as tx:
        assert await callbacks.open_of(tx, "c") == made
        assert await callbacks.of_code(tx, "H-0001") == made
        assert await callbacks.of_code(tx, "H-0002") is None
        assert await callbacks.open_of(tx, "d") is None


async def test_a_conversation_waits_for_one_answer_at_a_time(database: Database) -> None:
    await started(database)
    assert await promised(database)
    assert await promised(database) is None
    await database.write(lambda tx: callbacks.cancel(tx, "c"))
    async with database.read() as tx:
        assert await callbacks.open_of(tx, "c") is None


async def test_the_schema_refuses_a_second_open_one(database: Database) -> None:
    """The control: what the application forgets, the database holds."""
    await started(database)
    await promised(database)
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(SECOND_OPEN, {"now_at": NOW}))


async def test_the_schema_refuses_an_answer_without_a_name(database: Database) -> None:
    await started(database)
    await promised(database)
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(ANSWERED_BY_NOBODY, {"now_at": NOW}))


async def test_the_schema_refuses_a_phone_number_in_a_closed_one(database: Database) -> None:
    await started(database)
    await promised(database)
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(CLOSED_WITH_PHONE))


async def test_many_at_once_get_numbers_that_nobody_shares(database: Database) -> None:
    for number in range(12):
        await started(database, f"c{number}")
    made = await asyncio.gather(*(promised(database, f"c{number}") for number in range(12)))
    assert sorted(each.code for each in made if each) == [f"H-{n:04}" for n in range(1, 13)]


async def test_a_phone_number_is_kept_while_the_call_back_is_open(database: Database) -> None:
    await started(database)
    made = await promised(database)
    assert made
    noted = await database.write(lambda tx: callbacks.note_phone(tx, "c", "13800138000"))
    assert noted == replace(made, phone="13800138000")
    answered = await database.write(lambda tx: callbacks.mark_answered(tx, "H-0001", "wang", LATER))
    assert answered == replace(made, state="answered", answered_by="wang", answered_at=LATER)


async def test_one_that_was_taken_back_forgets_the_phone_number(database: Database) -> None:
    await started(database)
    await promised(database)
    await database.write(lambda tx: callbacks.note_phone(tx, "c", "13800138000"))
    cancelled = await database.write(lambda tx: callbacks.cancel(tx, "c"))
    assert cancelled
    assert (cancelled.state, cancelled.phone) == ("cancelled", None)


async def test_nothing_can_be_done_to_what_is_closed(database: Database) -> None:
    await started(database)
    await promised(database)
    assert await database.write(lambda tx: callbacks.mark_answered(tx, "H-0001", "wang", LATER))
    assert await database.write(lambda tx: callbacks.mark_answered(tx, "H-0001", "li", LATER)) is None
    assert await database.write(lambda tx: callbacks.note_phone(tx, "c", "13800138000")) is None
    assert await database.write(lambda tx: callbacks.cancel(tx, "c")) is None


async def test_open_ones_are_listed_the_first_due_first_by_centre(database: Database) -> None:
    await database.write(lambda tx: directory.put_centres(tx, [centre("FZ-01"), centre("FZ-02")]))
    for key, owner, hours in (("a", DISTRICT, 2), ("b", "FZ-01", 3), ("c", "FZ-02", 1)):
        await started(database, key)
        await promised(database, key, owner, LATER + timedelta(hours=hours))
    await database.write(lambda tx: callbacks.cancel(tx, "a"))
    assert await listed(database) == ["H-0003", "H-0002"]
    assert await listed(database, closed_too=True) == ["H-0003", "H-0001", "H-0002"]
    assert await listed(database, centre_id="FZ-02") == ["H-0003"]


async def test_open_ones_past_their_time_are_counted(database: Database) -> None:
    for key in ("a", "b"):
        await started(database, key)
        await promised(database, key)
    await database.write(lambda tx: callbacks.cancel(tx, "a"))
    async with database.read() as tx:
        assert await callbacks.overdue(tx, LATER) == 0
        assert await callbacks.overdue(tx, LATER.replace(minute=31)) == 1


async def test_what_a_conversation_remembers_is_read_by_its_id(database: Database) -> None:
    await started(database)
    async with database.read() as tx:
        assert await conversations.state_of(tx, "c") == "{}"
        with pytest.raises(LookupError, match="no conversation d"):
            await conversations.state_of(tx, "d")


async def test_what_linli_says_of_its_own_accord_may_change_what_is_remembered(database: Database) -> None:
    conversation = await started(database)

    async def tell(tx: Transaction) -> None:
        await conversations.next_number(tx, "c")
        await conversations.remember(tx, "c", "new")
        assert await conversations.state_of(tx, "c") == "new"

    await database.write(tell)
    late = conversations.turn_steps(conversation, "late", answer(1), LATER)
    assert await database.chain(late) is None  # a turn that began before is understood again
    with pytest.raises(LookupError, match="no conversation d"):
        await database.write(lambda tx: conversations.remember(tx, "d", "new"))
