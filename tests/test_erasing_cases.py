"""What erasing leaves of a case: its steps and whoever has it, and nothing that the resident wrote."""

from bot.erased import PassingLog
from storage import case_files as files
from storage import conversations, erasing, outbox
from storage.database import Database, Transaction
from tests.child_rows import NOW
from tests.test_erasing import SHOWN, erase, live_with


async def test_a_case_goes_on_without_its_resident(database: Database) -> None:
    """Its steps stay, and whoever has it; the words go, also from what staff were shown of it."""
    desk = await live_with(database)
    async with database.read() as tx:
        assert (await erasing.kept_of(tx, "talk")).cases == 1
    await erase(database, desk, PassingLog())
    async with database.read() as tx:
        case = await files.of_id(tx, "g")
        assert case is not None
        assert (case.conversation_id, case.state, case.owner) == (None, "received", "FZ-01")
        assert [(step.number, step.said) for step in await files.steps(tx, "g")] == [(1, None)]
        assert [row["view"] for row in await tx.rows(SHOWN)] == [""]


async def test_staff_keep_what_they_were_shown_of_others(database: Database) -> None:
    """The control: a card of another's case stays."""
    desk = await live_with(database)

    async def another(tx: Transaction) -> None:
        number = await conversations.next_number(tx, "boss")
        await outbox.add(
            tx, "other", "boss", number, unique_key="other", view='{"code":"G-9999"}',
            due_at=NOW, expires_at=None, created_at=NOW,
        )  # fmt: skip

    await database.write(another)
    await erase(database, desk, PassingLog())
    async with database.read() as tx:
        shown = await tx.rows(SHOWN)
    assert {row["view"] for row in shown} == {"", '{"code":"G-9999"}'}
