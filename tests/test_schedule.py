"""The metronome: what it is set to, and that it stops cleanly."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.clock import fixed_clock, system_clock
from bot.jobs import JOBS, Job, expire_messages
from bot.linli import Linli
from bot.schedule import Journal, beat, timetable
from messages.calendar import SHANGHAI
from storage import jobs
from tests.sample import NOW, Mishap

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


async def test_the_last_run_of_a_job_is_noted_and_its_failure_as_well(ticking: Linli) -> None:
    runs = []

    async def fails_second(linli: Linli, now: datetime) -> str:
        runs.append(now)
        if len(runs) == 2:
            raise Mishap("13800138000")
        return f"run {len(runs)}"

    journal = Journal()
    job = Job("test", BRIEF, fails_second)
    for outcome in ("run 1", jobs.FAILED, "run 3"):
        await beat(job, ticking, journal)
        async with ticking.database.read() as tx:
            assert [(each.job, each.outcome) for each in await jobs.last_runs(tx)] == [("test", outcome)]
    assert b'linli_jobs_total{job="test",result="failed"} 1.0' in ticking.metrics.text()
    assert b'linli_jobs_total{job="test",result="done"} 2.0' in ticking.metrics.text()


async def test_who_finds_a_period_taken_has_looked_all_the_same(sqlite_linli: Linli) -> None:
    """Else whoever watches would think that the job hangs in all processes but one."""

    async def daily(linli: Linli, now: datetime) -> str:
        return "done"

    job, seen = Job("test", BRIEF, daily, period="%Y-%m-%d"), []
    for minutes in (0, 10, 20):
        there = sqlite_linli.over(sqlite_linli.database, fixed_clock(NOW + timedelta(minutes=minutes)))
        await beat(job, there, Journal())
        seen.append(there.metrics.registry.get_sample_value("linli_job_last_run_seconds", {"job": "test"}))
    assert seen == [(NOW + timedelta(minutes=minutes)).timestamp() for minutes in (0, 10, 20)]
    assert b'linli_jobs_total{job="test",result="done"} 1.0' in sqlite_linli.metrics.text()


async def test_how_often_a_job_looks_in_is_told_to_whoever_watches(sqlite_linli: Linli) -> None:
    async with timetable(sqlite_linli, [Job("test", timedelta(hours=6), expire_messages)]):
        pause = sqlite_linli.metrics.registry.get_sample_value("linli_job_pause_seconds", {"job": "test"})
    assert pause == 6 * 3600


async def test_the_same_outcome_is_written_down_once_a_minute(sqlite_linli: Linli) -> None:
    async def steady(linli: Linli, now: datetime) -> str:
        return "unchanged"

    journal, job, noted = Journal(), Job("test", BRIEF, steady), []
    for seconds in (0, 1, 59, 61, 62):
        there = sqlite_linli.over(sqlite_linli.database, fixed_clock(NOW + timedelta(seconds=seconds)))
        await beat(job, there, journal)
        async with sqlite_linli.database.read() as tx:
            [last] = await jobs.last_runs(tx)
        noted.append((last.ran_at - NOW).seconds)
    assert noted == [0, 0, 0, 61, 61]
