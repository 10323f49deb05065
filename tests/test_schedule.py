"""The metronome: what it is set to, and that it stops cleanly."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.clock import SHANGHAI, system_clock
from bot.jobs import JOBS, Job
from bot.linli import Linli
from bot.schedule import timetable
from storage import jobs
from tests.sample import Mishap

BRIEF = timedelta(seconds=0.01)


async def test_no_run_is_lost_for_being_late_and_missed_ones_are_made_up_for_by_one(
    sqlite_linli: Linli,
) -> None:
    async with timetable(sqlite_linli) as scheduler:
        assert scheduler.timezone is SHANGHAI
        planned = {job.id: job for job in scheduler.get_jobs()}
        assert set(planned) == {job.name for job in JOBS}
        for job in JOBS:
            assert planned[job.name].misfire_grace_time is None
            assert planned[job.name].coalesce is True
            assert planned[job.name].max_instances == 1
            assert planned[job.name].trigger.interval == job.every


@pytest.fixture
def ticking(sqlite_linli: Linli) -> Linli:
    """Linli at the real time, which the metronome goes by."""
    return sqlite_linli.over(sqlite_linli.database, system_clock)


async def test_a_job_that_fails_is_run_again_at_the_next_beat(ticking: Linli) -> None:
    done = asyncio.Event()
    runs = []

    async def fails_once(linli: Linli, now: datetime) -> str:
        runs.append(now)
        if len(runs) == 1:
            raise Mishap("13800138000")
        done.set()
        return "done"

    async with timetable(ticking, [Job("test", BRIEF, fails_once, period="%Y")]):
        async with asyncio.timeout(10):
            await done.wait()
    assert len(runs) == 2


async def test_leaving_the_timetable_waits_for_what_is_running(ticking: Linli) -> None:
    begun, ended = asyncio.Event(), []

    async def stubborn(linli: Linli, now: datetime) -> str:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            async with linli.database.read() as tx:  # still open
                ended.append(await jobs.claims(tx))
        return "never"

    async with timetable(ticking, [Job("test", BRIEF, stubborn)]):
        async with asyncio.timeout(10):
            await begun.wait()
    assert ended == [[]]


async def test_each_beat_is_given_the_time(ticking: Linli) -> None:
    seen: list[datetime] = []
    enough = asyncio.Event()

    def looking(count: int) -> Callable[[Linli, datetime], "asyncio.Future[str]"]:
        async def look(linli: Linli, now: datetime) -> str:
            seen.append(now)
            if len(seen) >= count:
                enough.set()
            return "seen"

        return look  # type: ignore[return-value]

    before = system_clock()
    async with timetable(ticking, [Job("test", BRIEF, looking(3))]):
        async with asyncio.timeout(10):
            await enough.wait()
    assert before <= seen[0] <= seen[1] <= seen[2] <= system_clock()
