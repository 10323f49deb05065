"""One turn: committed as a whole or not at all, once for each message, in order."""

import asyncio

from bot.linli import Linli
from tests.sample import Sample, message, rows_of, second_process

TALK = ("conversation", "inbox", "outbox")


async def test_a_message_that_comes_twice_gets_the_same_answer_and_changes_nothing(linli: Linli) -> None:
    first = await linli.hear(message("你好", id="1"))
    before = await rows_of(linli.database, *TALK)
    again = await linli.hear(message("你好", id="1"))
    assert (again.number, again.rendered.text) == (1, first.rendered.text)
    assert await rows_of(linli.database, *TALK) == before


async def test_the_first_message_twice_at_once_from_two_processes_is_answered_once(
    linli: Linli, sample: Sample
) -> None:
    async with second_process(linli, sample) as other:
        replies = await asyncio.gather(*(each.hear(message("你好", id="1")) for each in (linli, other) * 4))
    assert {reply.number for reply in replies} == {1}, [r.view for r in replies]
