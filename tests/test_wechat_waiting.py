"""One piece of work for pushes of the same message: who waits for whom, and what nobody waited for."""

import asyncio
from collections.abc import AsyncIterator
from io import StringIO

import pytest

from bot.channels.wechat.waiting import Waiting
from tests.test_logs import lines, stream
from tests.web_visitor import until

__all__ = ["stream"]
LONG_S = 20.0


async def nothing(_: str) -> None:
    """Nobody came too late."""


@pytest.fixture
async def waiting() -> AsyncIterator[Waiting[str]]:
    made: Waiting[str] = Waiting(LONG_S)
    yield made
    await made.finish()


async def test_who_asks_twice_for_what_runs_waits_for_what_began_earlier_alone(
    waiting: Waiting[str],
) -> None:
    go = asyncio.Event()

    async def asked() -> str:
        await go.wait()
        return "asked"

    def fetches(what: str) -> "asyncio.Task[str | None]":
        async def work() -> str:
            await waiting.earlier("ding", what)
            return what

        return asyncio.create_task(waiting.of("ding", what, work, nothing))

    tasks = [asyncio.create_task(waiting.of("ding", "0", asked, nothing)), fetches("1"), fetches("2")]
    await until(lambda: waiting.has("ding", "2"))
    assert not any(task.done() for task in tasks)
    go.set()
    async with asyncio.timeout(LONG_S / 2):
        assert await asyncio.gather(*tasks) == ["asked", "1", "2"]


async def test_who_comes_while_a_late_answer_is_put_away_begins_anew_behind_it(
    waiting: Waiting[str],
) -> None:
    worked, go, done = asyncio.Event(), asyncio.Event(), list[str]()

    async def work() -> str:
        await worked.wait()
        done.append("worked")
        return "answer"

    async def late(_: str) -> None:
        await go.wait()
        done.append("put away")

    waiting.patience_s = 0
    assert await waiting.of("ding", "1", work, late) is None
    worked.set()
    await until(lambda: not waiting.has("ding", "1"))
    waiting.patience_s = LONG_S
    again = asyncio.create_task(waiting.of("ding", "1", work, late))
    await until(lambda: waiting.has("ding", "1"))
    go.set()
    assert await again == "answer"
    assert done == ["worked", "put away", "worked"]


@pytest.mark.parametrize(("patience_s", "logged"), [(0, 1), (LONG_S, 0)])
async def test_a_failure_is_logged_where_nobody_waits_for_it(
    waiting: Waiting[str], stream: StringIO, patience_s: float, logged: int
) -> None:
    go = asyncio.Event()

    async def work() -> str:
        await go.wait()
        raise LookupError("13800138000")

    waiting.patience_s = patience_s
    asks = asyncio.create_task(waiting.of("ding", "1", work, nothing))
    await until(lambda: asks.done() or waiting.has("ding", "1"))
    if not patience_s:
        assert await asks is None
    go.set()
    await waiting.finish()
    told = [line for line in lines(stream) if line["event"] == "a failure that nobody waited for"]
    assert len(told) == logged
    if patience_s:
        with pytest.raises(LookupError):
            await asks
