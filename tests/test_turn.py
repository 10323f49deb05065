"""One turn: once for each message, in order, committed as a whole or not at all."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import pytest

from bot.linli import Linli
from handlers.asks import Ask, Dialogue
from handlers.intents import INTENTS, Intent
from handlers.world import Outcome, World
from storage import care, jobs
from storage.database import Busy, Database, Step, Transaction
from storage.statements import statement
from tests.engines import opened
from tests.sample import Sample, acting, linli_over, message, rows_of, second_process, settings_for

T = TypeVar("T")
TALK = ("conversation", "inbox", "outbox")
SAID = statement("test.said", "SELECT message_id, number FROM inbox ORDER BY number")
SET_STATE = statement("test.set_state", "UPDATE conversation SET state = :state")
SET_VIEW = statement("test.set_view", "UPDATE outbox SET view = :view")


async def test_a_message_that_comes_twice_gets_the_same_answer_and_changes_nothing(linli: Linli) -> None:
    first = await linli.hear(message("你好", id="1"))
    before = await rows_of(linli.database, *TALK)
    again = await linli.hear(message("你好", id="1"))
    assert (again.number, again.rendered, again.intent) == (1, first.rendered, "greet")
    assert await rows_of(linli.database, *TALK) == before


async def test_a_message_that_comes_again_after_others_is_not_understood_anew(linli: Linli) -> None:
    first = await linli.hear(message("最近的老年食堂", id="1"))
    await linli.hear(message("东湖社区", id="2"))
    before = await rows_of(linli.database, *TALK)
    again = await linli.hear(message("最近的老年食堂", id="1"))
    assert (again.number, again.rendered, again.slots) == (1, first.rendered, first.slots)
    assert await rows_of(linli.database, *TALK) == before


async def test_a_repeated_answer_keeps_the_language_in_which_it_was_given(linli: Linli) -> None:
    first = await linli.hear(message("你好", id="1"))
    await linli.hear(message("/language en", id="2"))
    again = await linli.hear(message("你好", id="1"))
    assert again.rendered == first.rendered
    assert (await linli.hear(message("/help", id="3"))).rendered.language == "en"


async def test_the_same_message_twice_at_once_is_answered_once(linli: Linli) -> None:
    replies = await asyncio.gather(*(linli.hear(message("你好", id="1")) for _ in range(5)))
    assert {(reply.number, reply.rendered.text) for reply in replies} == {(1, replies[0].rendered.text)}
    assert len((await rows_of(linli.database, "inbox"))["inbox"]) == 1


async def test_the_first_message_twice_at_once_from_two_processes_is_answered_once(
    linli: Linli, sample: Sample
) -> None:
    async with second_process(linli, sample) as other:
        for address in ("ding", "lin", "chen"):
            twice = [each.hear(message("你好", id="1", address=address)) for each in (linli, other) * 3]
            assert {reply.number for reply in await asyncio.gather(*twice)} == {1}


async def test_messages_of_one_conversation_are_answered_in_the_order_they_came(linli: Linli) -> None:
    said = [f"东湖社区有什么服务{n}" for n in range(20)]
    replies = await asyncio.gather(*(linli.hear(message(text, id=text)) for text in said))
    assert [reply.number for reply in replies] == list(range(1, 21))
    async with linli.database.read() as tx:
        kept = [(row["message_id"], row["number"]) for row in await tx.rows(SAID)]
    assert kept == [(text, number) for number, text in enumerate(said, 1)]


async def test_many_conversations_at_once_do_not_mix(linli: Linli) -> None:
    residents = [f"resident{n}" for n in range(10)]
    talks = [(who, text) for text in ("你好", "最近的老年食堂", "东湖社区") for who in residents]
    replies = await asyncio.gather(*(linli.hear(message(text, address=who)) for who, text in talks))
    assert [reply.number for reply in replies] == [1] * 10 + [2] * 10 + [3] * 10
    assert {reply.view for reply in replies[20:]} == {replies[20].view}


async def test_two_processes_answering_one_conversation_lose_nothing(linli: Linli, sample: Sample) -> None:
    async with second_process(linli, sample) as other:
        both = [each.hear(message(f"你好{n}")) for n in range(8) for each in (linli, other)]
        replies = await asyncio.gather(*both)
        assert sorted(reply.number for reply in replies) == list(range(1, 17))
        [line] = (await linli.lines("web", "ding", after=15))[-1:]
        assert line.number == 16
    async with linli.database.read() as tx:
        assert [row["number"] for row in await tx.rows(SAID)] == list(range(1, 17))


async def test_what_one_process_was_told_the_other_knows(linli: Linli, sample: Sample) -> None:
    async with second_process(linli, sample) as other:
        assert (await linli.hear(message("最近的老年食堂"))).view == "AskWhere"
        found = await other.hear(message("东湖社区"))
        assert found.intent == "find_service"
        assert (await linli.hear(message("/again"))).rendered.text == found.rendered.text


async def test_a_handler_that_fails_changes_nothing_and_the_reply_has_a_phone_number(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with opened(sample_url) as database:
        settings = settings_for(sample_url, tmp_path, help_line="0595-12345")
        linli = linli_over(database, sample, settings, intents=acting(fails=True))
        before = await rows_of(database, "job_claim", *TALK)
        reply = await linli.hear(message("你好", id="1"))
        assert (reply.number, reply.view, reply.rendered.language) == (0, "WentWrong", "zh")
        assert "0595-12345" in reply.rendered.text
        assert await rows_of(database, "job_claim", *TALK) == before
        english = await linli.hear(message("Hello", id="2"))
        assert (english.view, english.rendered.language) == ("WentWrong", "en")
        assert (await linli.hear(message("帮助", id="3"))).number == 1


async def test_after_a_failure_the_same_message_can_be_sent_again(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with opened(sample_url) as database:
        settings = settings_for(sample_url, tmp_path)
        failing = linli_over(database, sample, settings, intents=acting(fails=True))
        assert (await failing.hear(message("你好", id="1"))).number == 0
        mended = linli_over(database, sample, settings, intents=acting())
        assert (await mended.hear(message("你好", id="1"))).number == 1
        assert (await mended.hear(message("你好", id="1"))).number == 1
        assert len((await rows_of(database, "job_claim"))["job_claim"]) == 1


async def test_what_a_handler_changes_happens_once_however_often_the_message_comes(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    async with opened(sample_url) as database:
        linli = linli_over(database, sample, settings_for(sample_url, tmp_path), intents=acting())
        async with second_process(linli, sample) as plain:
            other = linli_over(plain.database, sample, linli.settings, intents=acting())
            for _ in range(3):
                again = [each.hear(message("你好", id="1")) for each in (linli, other)]
                assert {reply.number for reply in await asyncio.gather(*again)} == {1}
        assert len((await rows_of(database, "job_claim"))["job_claim"]) == 1


async def test_an_intent_without_a_function_is_a_failure_that_is_answered(
    sqlite_linli: Linli, sample: Sample
) -> None:
    broken = linli_over(
        sqlite_linli.database, sample, sqlite_linli.settings, intents={**INTENTS, "greet": Intent()}
    )
    assert (await broken.hear(message("你好"))).view == "WentWrong"


@pytest.mark.parametrize("state", ["", "null", "[]", '{"language": 5}', '{"last": {"intent": []}}', "{"])
async def test_a_remembered_state_that_cannot_be_read_starts_afresh(sqlite_linli: Linli, state: str) -> None:
    await sqlite_linli.hear(message("最近的老年食堂"))
    await sqlite_linli.database.write(lambda tx: tx.run(SET_STATE, {"state": state}))
    later = linli_again(sqlite_linli)
    reply = await later.hear(message("/again"))
    assert (reply.number, reply.view) == (2, "NothingToRepeat")


def linli_again(linli: Linli) -> Linli:
    """The same Linli after a restart: what it had at hand is forgotten."""
    return linli.over(linli.database, linli.clock)


@pytest.mark.parametrize(
    "view",
    [
        "[]",
        '{"v":99,"language":"zh","view":"Greeted","data":{}}',
        '{"v":1,"language":"zh","view":"Greeted","data":{}}',
        '{"v":1,"language":"zh","view":"Nowhere","data":{}}',
        '{"v":1,"view":"Greeted"}',
    ],
)
async def test_a_stored_answer_that_cannot_be_read_is_said_to_be_gone(sqlite_linli: Linli, view: str) -> None:
    await sqlite_linli.hear(message("你好", id="1"))
    await sqlite_linli.database.write(lambda tx: tx.run(SET_VIEW, {"view": view}))
    again = await linli_again(sqlite_linli).hear(message("你好", id="1"))
    assert (again.number, again.view) == (1, "ChoiceGone")
    [line] = await sqlite_linli.lines("web", "ding", after=0)
    assert (line.number, line.said, line.rendered) == (1, "你好", again.rendered)


async def test_an_emptied_answer_is_not_shown_and_its_message_is_not_taken_twice(sqlite_linli: Linli) -> None:
    await sqlite_linli.hear(message("你好", id="1"))
    await sqlite_linli.database.write(lambda tx: tx.run(SET_VIEW, {"view": ""}))
    assert await sqlite_linli.lines("web", "ding", after=0) == []
    again = await linli_again(sqlite_linli).hear(message("你好", id="1"))
    assert (again.number, again.view) == (1, "ChoiceGone")


async def test_a_busy_database_is_answered_kindly_and_the_message_may_come_again(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path
) -> None:
    url = sqlite_linli.settings.database_url
    impatient = settings_for(url, tmp_path, busy_deadline_s=0.01)
    async with opened(url, busy_deadline_s=0.01) as database:
        linli = linli_over(database, sample, impatient)

        async def while_another_writes(tx: Transaction) -> None:
            await jobs.claim(tx, "test", "1", "other", linli.clock())
            assert (await linli.hear(message("你好", id="1"))).view == "Busy"

        await sqlite_linli.database.write(while_another_writes)
        assert (await linli.hear(message("你好", id="1"))).number == 1


async def test_a_conversation_that_keeps_moving_is_answered_as_busy(
    sqlite_linli: Linli, sample: Sample
) -> None:
    """Every attempt finds that another process was faster: in the end the resident is told so."""
    mover = linli_again(sqlite_linli)

    class Moving(Database):
        """Another turn of the conversation is committed just before each of this one's."""

        async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
            await mover.hear(message("你好"))
            return await sqlite_linli.database.write(work)

        async def chain(self, steps: Sequence[Step]) -> list[Any] | None:
            await mover.hear(message("你好"))
            return await sqlite_linli.database.chain(steps)

    assert sqlite_linli.database.sqlite
    moving = Moving(sqlite_linli.database.sqlite, busy_deadline_s=1)
    reply = await linli_over(moving, sample, sqlite_linli.settings).hear(message("你好", id="1"))
    assert (reply.number, reply.view) == (0, "Busy")
    assert "12345" in reply.rendered.text


async def test_the_database_is_in_order_after_a_talk(linli: Linli) -> None:
    for text in ("你好", "最近的老年食堂", "东湖社区", "/more", "1", "", "/centre nowhere"):
        await linli.hear(message(text))
    assert await care.check(linli.database) == []


async def test_busy_is_told_from_a_failure(sqlite_linli: Linli, sample: Sample) -> None:
    def refuses(ask: Ask, dialogue: Dialogue, world: World) -> Outcome:
        raise Busy("told by a handler")

    intents = {**INTENTS, "greet": replace(INTENTS["greet"], answer=refuses)}
    linli = linli_over(sqlite_linli.database, sample, sqlite_linli.settings, intents=intents)
    assert (await linli.hear(message("你好"))).view == "Busy"
    assert 'linli_turns_total{intent="none",outcome="busy"} 1.0' in linli.metrics.text().decode()
