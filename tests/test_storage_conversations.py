"""Conversations: one turn at a time wins, each message has one answer, nothing is said out of order."""

import asyncio
from dataclasses import replace

import pytest

from storage import conversations, outbox
from storage.conversations import Answer, Conversation, Line
from storage.database import ConstraintError, Database, Transaction
from storage.statements import statement
from tests.storage_rows import LATER, NOW


async def started(database: Database, key: str = "c") -> Conversation:
    return await database.write(lambda tx: conversations.create(tx, key, "web", f"of {key}", "{}", NOW))


def answer(number: int, message_id: str | None = None, *, handed_over: bool = False) -> Answer:
    return Answer(
        id=f"answer {number}",
        message_id=message_id or f"m{number}",
        said=f"said {number}",
        intent="find",
        slots="{}",
        view=f"view {number}",
        handed_over=handed_over,
    )


async def turn(database: Database, conversation: Conversation, given: Answer) -> int | None:
    """Commit a turn as a caller must: None when it was taken back."""
    values = await database.chain(conversations.turn_steps(conversation, "state", given, LATER))
    return None if values is None else int(values[0])


async def turns(database: Database, count: int) -> Conversation:
    """A conversation with so many turns."""
    conversation = await started(database)
    for number in range(1, count + 1):
        assert await turn(database, conversation, answer(number)) == number
        conversation = replace(conversation, version=number)
    return conversation


async def push(tx: Transaction, conversation_id: str) -> int:
    number = await conversations.next_number(tx, conversation_id)
    await outbox.add(
        tx, f"push {number}", conversation_id, number,
        unique_key=f"push {number}", view="news", due_at=NOW, expires_at=None, created_at=NOW,
    )  # fmt: skip
    return number


async def test_a_conversation_is_found_by_channel_and_address(database: Database) -> None:
    made = await started(database)
    assert made == Conversation("c", "web", "of c", 0, 0, "{}", NOW)
    async with database.read() as tx:
        assert await conversations.find(tx, "web", "of c") == made
        assert await conversations.find(tx, "telegram", "of c") is None


async def test_whoever_creates_it_second_gets_the_first_one(database: Database) -> None:
    async def create(key: str) -> Conversation:
        return await database.write(lambda tx: conversations.create(tx, key, "web", "same", key, LATER))

    made = await asyncio.gather(*(create(str(n)) for n in range(10)))
    assert len(set(made)) == 1


async def test_a_message_is_looked_up_with_its_conversation_and_answer(database: Database) -> None:
    async with database.read(snapshot=False) as tx:
        assert await conversations.answered(tx, "web", "of c", "m1") is None
    conversation = await turns(database, 2)
    async with database.read(snapshot=False) as tx:
        first = await conversations.answered(tx, "web", "of c", "m1")
        new = await conversations.answered(tx, "web", "of c", "m3")
    assert first is not None
    assert (first.number, first.intent, first.slots, first.view) == (1, "find", "{}", "view 1")
    assert new is not None
    assert (new.number, new.intent, new.slots, new.view) == (None, None, None, None)
    now = Conversation("c", "web", "of c", conversation.version, 2, "state", LATER)
    assert first.conversation == new.conversation == now


@pytest.mark.parametrize("handed_over", [True, False])
async def test_a_turn_leaves_the_message_the_answer_and_the_state(
    database: Database, *, handed_over: bool
) -> None:
    conversation = await started(database)
    assert await turn(database, conversation, answer(1, handed_over=handed_over)) == 1
    async with database.read() as tx:
        assert await conversations.transcript(tx, "c", 0, 50) == [
            Line(1, "m1", "said 1", "find", "view 1", LATER)
        ]
        [spoken] = await outbox.after(tx, "c", 0, 50)
    assert spoken.state == ("sent" if handed_over else "waiting")


async def test_a_turn_on_an_old_version_is_taken_back(database: Database) -> None:
    conversation = await turns(database, 1)
    assert await turn(database, replace(conversation, version=0), answer(2)) is None
    async with database.read() as tx:
        assert len(await conversations.transcript(tx, "c", 0, 50)) == 1
        found = await conversations.find(tx, "web", "of c")
    assert found is not None
    assert (found.version, found.last_number) == (1, 1)


async def test_a_message_that_comes_again_is_taken_back(database: Database) -> None:
    conversation = await turns(database, 1)
    assert await turn(database, conversation, answer(2, "m1")) is None
    async with database.read() as tx:
        assert len(await conversations.transcript(tx, "c", 0, 50)) == 1
        assert await outbox.after(tx, "c", 0, 50) == await outbox.after(tx, "c", 0, 1)


async def test_of_twenty_turns_on_one_version_exactly_one_wins(database: Database) -> None:
    conversation = await started(database)
    numbers = await asyncio.gather(*(turn(database, conversation, answer(n)) for n in range(20)))
    assert sorted(n for n in numbers if n is not None) == [1]

    async def step(tx: Transaction) -> int | None:
        return await conversations.advance(tx, "c", 1, "{}", LATER)

    steps = await asyncio.gather(*(database.write(step) for _ in range(20)))
    assert [n for n in steps if n is not None] == [2]


async def test_control_without_the_version_all_twenty_win(database: Database) -> None:
    careless = statement(
        "careless",
        "UPDATE conversation SET version = version + 1, last_number = last_number + 1, state = :state,"
        " seen_at = :seen_at WHERE id = :id AND :version >= 0 RETURNING last_number",
    )
    await started(database)

    async def step(tx: Transaction) -> int | None:
        number: int | None = await tx.value(
            careless, {"id": "c", "version": 1, "state": "{}", "seen_at": LATER}
        )
        return number

    steps = await asyncio.gather(*(database.write(step) for _ in range(20)))
    assert sorted(n for n in steps if n is not None) == list(range(1, 21))


async def test_news_and_turns_share_one_sequence_of_numbers(database: Database) -> None:
    conversation = await turns(database, 1)
    assert await database.write(lambda tx: push(tx, "c")) == 2
    assert await turn(database, conversation, answer(3)) == 3
    async with database.read() as tx:
        lines = await conversations.transcript(tx, "c", 0, 50)
    assert [(line.number, line.said) for line in lines] == [(1, "said 1"), (2, None), (3, "said 3")]


async def test_news_for_nobody_is_an_error(database: Database) -> None:
    with pytest.raises(LookupError, match="no conversation nobody"):
        await database.write(lambda tx: conversations.next_number(tx, "nobody"))


async def test_a_message_is_noted_once(database: Database) -> None:
    await started(database)

    async def note(tx: Transaction) -> None:
        await conversations.note_message(tx, "c", "m1", 1, "said", "find", "{}", NOW)

    await database.write(note)
    with pytest.raises(ConstraintError):
        await database.write(note)


@pytest.mark.parametrize(
    ("after", "limit", "numbers"), [(0, 50, [1, 2, 3, 4, 5]), (0, 2, [4, 5]), (3, 50, [4, 5]), (5, 50, [])]
)
async def test_a_transcript_is_the_newest_lines_oldest_first(
    database: Database, after: int, limit: int, numbers: list[int]
) -> None:
    await turns(database, 5)
    async with database.read() as tx:
        lines = await conversations.transcript(tx, "c", after, limit)
        assert [line.number for line in lines] == numbers
        assert await conversations.transcript(tx, "nobody", 0, 50) == []


async def test_what_follows_a_line_is_read_without_a_gap(database: Database) -> None:
    await turns(database, 5)
    async with database.read() as tx:
        lines = await conversations.transcript(tx, "c", 1, 2, nearest=True)
        assert [line.number for line in lines] == [2, 3]
        everything = await conversations.transcript(tx, "c", 0, 50, nearest=True)
        assert everything == await conversations.transcript(tx, "c", 0, 50)
