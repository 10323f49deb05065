"""Questions that nobody could answer: counted, listed, and forgotten when they were asked but once."""

from datetime import date, timedelta

from storage import questions
from storage.database import Database
from storage.questions import Question
from tests.storage_rows import TODAY


async def asked(database: Database, text: str, *, on: date = TODAY, kind: str = "not_understood") -> None:
    assert await database.chain([questions.note_step(text, f"{text}?", "zh", kind, on)])


async def most_asked(database: Database, since: date) -> list[Question]:
    async with database.read() as tx:
        return await questions.most_asked(tx, since, 10)


async def test_the_same_question_is_counted_with_its_first_and_last_day(database: Database) -> None:
    tomorrow = TODAY + timedelta(days=1)
    await asked(database, "a")
    await asked(database, "b")
    await asked(database, "b", on=tomorrow, kind="nothing_found")
    assert await most_asked(database, TODAY) == [
        Question("b", "b?", "zh", "nothing_found", 2, TODAY, tomorrow),
        Question("a", "a?", "zh", "not_understood", 1, TODAY, TODAY),
    ]
    assert [row.text_key for row in await most_asked(database, tomorrow)] == ["b"]


async def test_a_clock_that_is_set_back_makes_no_question_older(database: Database) -> None:
    await asked(database, "a")
    await asked(database, "a", on=TODAY - timedelta(days=400))
    [row] = await most_asked(database, TODAY)
    assert (row.times, row.last_on) == (2, TODAY)


async def test_what_was_asked_once_and_not_again_is_forgotten(database: Database) -> None:
    await asked(database, "once")
    for _ in range(2):
        await asked(database, "twice")
    await asked(database, "new", on=TODAY + timedelta(days=1))
    assert await database.write(lambda tx: questions.forget_rare(tx, TODAY + timedelta(days=1))) == 1
    assert {row.text_key for row in await most_asked(database, TODAY)} == {"twice", "new"}
