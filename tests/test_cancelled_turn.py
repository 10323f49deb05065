"""A turn that is cancelled, at whatever moment, is done as a whole or not at all."""

import asyncio
import types
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from bot.linli import Linli
from storage import care, scratch
from storage.database import Database, Step, Transaction
from storage.statements import statement
from tests.engines import opened
from tests.sample import Sample, acting, linli_over, message, settings_for

T = TypeVar("T")

HALF_DONE = statement(
    "test.half_done",
    """
    SELECT c.address AS what FROM conversation AS c
    WHERE c.version <> (SELECT COUNT(*) FROM inbox AS i WHERE i.conversation_id = c.id)
       OR c.version <> (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = c.id)
       OR c.version = 0
    UNION ALL
    SELECT 'greetings' AS what
    WHERE (SELECT COUNT(*) FROM job_claim) <> (SELECT COUNT(*) FROM inbox)
    """,
)


@types.coroutine
def cancelled_at(work: Coroutine[Any, Any, T], suspension: int) -> Generator[Any, Any, T]:
    """Run `work` and cancel its task when it waits for the `suspension`-th time, from 0."""
    task, count = asyncio.current_task(), 0
    go_on: Callable[[Any], Any] = work.send
    given: Any = None
    while True:
        try:
            waited_for = go_on(given)
        except StopIteration as done:
            result: T = done.value
            return result
        if count == suspension and task:
            task.cancel()
        count += 1
        try:
            yield waited_for
            go_on, given = work.send, None
        except BaseException as error:  # handed on to the work, cancellation above all
            go_on, given = work.throw, error


async def cancelled_everywhere(linli: Linli, *, and_go_on: bool, said: str = "你好", first: str = "") -> int:
    """Cancel turns at their first wait, their second and so on; how many waits a turn has.

    `first`: what is said, and answered, in each conversation before.
    """

    async def turn(number: int) -> None:
        address = f"{and_go_on}{number}"
        if first:
            await linli.hear(message(first, address=address))
        await cancelled_at(linli.hear(message(said, address=address)), number)

    number = 0
    while True:
        [result] = await asyncio.gather(turn(number), return_exceptions=True)
        if result is None:
            return number
        assert isinstance(result, asyncio.CancelledError), result
        if and_go_on:
            reply = await linli.hear(message(said, address=f"{and_go_on}{number}"))
            assert reply.number in ((2, 3) if first else (1, 2)), reply
        number += 1


async def half_done(database: Database, *, greetings: bool = True) -> list[str]:
    """Addresses of half turns, and 'greetings' when, with `greetings`, not each message claimed its job."""
    async with database.read() as tx:
        found = [row["what"] for row in await tx.rows(HALF_DONE)]
    return found if greetings else [what for what in found if what != "greetings"]


async def test_a_turn_cancelled_at_any_moment_leaves_nothing_half_done(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    settings = settings_for(sample_url, tmp_path)
    for and_go_on in (False, True):
        async with opened(sample_url) as database:
            linli = linli_over(database, sample, settings, intents=acting())
            assert await cancelled_everywhere(linli, and_go_on=and_go_on) >= 2
    async with opened(sample_url) as database:  # what was under way has ended with its connections
        assert await half_done(database) == []
        assert await care.check(database) == []


async def test_a_turn_that_shares_its_commit_is_whole_or_not_there_when_cancelled(
    sample_url: str, sample: Sample, tmp_path: Path
) -> None:
    """In a conversation that is under way, a question that only reads."""
    settings = settings_for(sample_url, tmp_path)
    for and_go_on in (False, True):
        async with opened(sample_url) as database:
            linli = linli_over(database, sample, settings, intents=acting())
            waits = await cancelled_everywhere(linli, and_go_on=and_go_on, first="你好", said="谢谢")
            assert waits >= 1
    async with opened(sample_url) as database:
        assert await half_done(database, greetings=False) == []
        assert await care.check(database) == []


class Careless(Database):
    """Writes without a transaction and without a task of its own: what must not be."""

    async def write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        async with self.read(snapshot=False) as tx:
            return await work(tx)

    async def chain(self, steps: Sequence[Step]) -> list[Any] | None:
        async with self.read(snapshot=False) as tx:
            return await tx.chain(steps)


async def test_writes_without_a_transaction_would_be_noticed(sqlite_linli: Linli, sample: Sample) -> None:
    template = await scratch.template_of(sqlite_linli.database)
    try:
        assert template.sqlite
        careless = Careless(template.sqlite, busy_deadline_s=5)
        linli = linli_over(careless, sample, sqlite_linli.settings, intents=acting())
        await cancelled_everywhere(linli, and_go_on=False)
        assert await half_done(template) != []
        await cancelled_everywhere(linli, and_go_on=True, first="你好", said="谢谢")
        assert any(what.startswith("True") for what in await half_done(template))
    finally:
        await template.close()
