"""Timed jobs: late, repeated and parallel runs are harmless, and a failed one is tried again."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bot import jobs as table
from bot.jobs import JOBS, Job, back_up, count_outbox, count_periods, run, run_due
from bot.linli import Linli
from handlers import closing
from handlers.digest_periods import MONTH, WEEK
from storage import care, counted, jobs
from storage.database import Busy, Database
from storage.migrate import FOLDER, migrations_in
from tests.engines import opened
from tests.sample import NOW, Mishap, Sample, message, second_process
from tests.test_wechat_mishaps import Flaky

HOUR = timedelta(hours=1)
SCHEMA = migrations_in(FOLDER)[-1].version


@dataclass
class Work:
    """A job that counts its runs and fails as often as it is told to."""

    fails: int = 0
    ran: list[datetime] = field(default_factory=list)

    async def __call__(self, linli: Linli, now: datetime) -> str:
        self.ran.append(now)
        if self.fails:
            self.fails -= 1
            raise Mishap("13800138000")
        return "done"

    @property
    def daily(self) -> Job:
        return Job("test", HOUR, self, period="%Y-%m-%d")


async def claims(database: Database) -> list[jobs.Claim]:
    async with database.read() as tx:
        return await jobs.claims(tx)


async def claim(database: Database, holder: str, now: datetime = NOW) -> bool:
    return await database.write(lambda tx: jobs.claim(tx, "test", "today", holder, now))


async def finish(database: Database, holder: str, outcome: str, now: datetime = NOW) -> bool:
    return await database.write(lambda tx: jobs.finish(tx, "test", "today", holder, outcome, now))


async def test_only_the_first_to_claim_a_period_has_it(database: Database) -> None:
    taken = await asyncio.gather(*(claim(database, str(n)) for n in range(8)))
    assert taken.count(True) == 1
    [kept] = await claims(database)
    assert kept.holder == str(taken.index(True))


async def test_a_run_that_failed_may_be_taken_over_by_one(database: Database) -> None:
    assert await claim(database, "a")
    assert await finish(database, "a", jobs.FAILED)
    taken = await asyncio.gather(*(claim(database, str(n)) for n in range(8)))
    assert taken.count(True) == 1
    [kept] = await claims(database)
    assert (kept.finished_at, kept.outcome) == (None, None)
    assert await care.check(database) == []


async def test_a_run_that_succeeded_is_never_taken_over(database: Database) -> None:
    assert await claim(database, "a")
    assert await finish(database, "a", "done")
    assert not await claim(database, "b", NOW + 100 * HOUR)


async def test_a_run_that_never_finished_is_taken_over_after_an_hour(database: Database) -> None:
    assert await claim(database, "a")
    assert not await claim(database, "b", NOW + HOUR)
    assert await claim(database, "b", NOW + HOUR + timedelta(seconds=1))


async def test_one_who_was_taken_for_dead_does_not_speak_for_the_successor(database: Database) -> None:
    assert await claim(database, "a")
    assert await claim(database, "b", NOW + 2 * HOUR)
    assert not await finish(database, "a", "done", NOW + 2 * HOUR)
    assert await finish(database, "b", "done", NOW + 2 * HOUR)
    [kept] = await claims(database)
    assert (kept.holder, kept.outcome) == ("b", "done")


async def test_a_job_runs_once_a_period_however_often_and_wherever_it_is_called(
    linli: Linli, sample: Sample
) -> None:
    work = Work()
    async with second_process(linli, sample) as other:
        both = [
            run(work.daily, each, NOW + n * timedelta(minutes=10))
            for n in range(4)
            for each in (linli, other)
        ]
        outcomes = await asyncio.gather(*both)
    assert sorted(outcomes, key=str) == [None] * 7 + ["done"]
    assert len(work.ran) == 1
    assert await run(work.daily, linli, NOW + 24 * HOUR) == "done"
    assert len(work.ran) == 2


async def test_a_job_that_failed_is_tried_again_in_the_same_period(linli: Linli) -> None:
    work = Work(fails=2)
    for minutes in (0, 10):
        with pytest.raises(Mishap):
            await run(work.daily, linli, NOW + timedelta(minutes=minutes))
        [kept] = await claims(linli.database)
        assert kept.outcome == jobs.FAILED
    assert await run(work.daily, linli, NOW + timedelta(minutes=20)) == "done"
    assert await run(work.daily, linli, NOW + timedelta(minutes=30)) is None
    assert len(work.ran) == 3


async def test_a_job_that_is_cut_short_gives_its_claim_back(linli: Linli) -> None:
    begun = asyncio.Event()

    async def endless(linli: Linli, now: datetime) -> str:
        begun.set()
        await asyncio.Event().wait()
        return "never"

    running = asyncio.create_task(run(Job("test", HOUR, endless, period="%Y-%m-%d"), linli, NOW))
    await begun.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await run(Work().daily, linli, NOW) == "done"


async def test_a_job_without_a_period_runs_each_time_and_claims_nothing(linli: Linli) -> None:
    work = Work()
    for _ in range(2):
        assert await run(Job("test", HOUR, work), linli, NOW) == "done"
    assert await claims(linli.database) == []


async def test_a_clock_that_is_set_runs_the_jobs_of_residents_alone(linli: Linli) -> None:
    await run_due(linli, NOW)
    names = [job.name for job in JOBS if job.for_residents]
    assert names == [
        "changes",
        "expire",
        "sessions",
        "line",
        "phones",
        "links",
        "draws",
        "misses",
        "remind",
        "announce",
        "arrivals",
        "calls",
        "ratings",
        "cases",
        "digests",
    ]
    assert await claims(linli.database) == []
    assert not linli.settings.backup_dir.exists()


async def test_every_job_of_the_table_can_run(linli: Linli) -> None:
    for job in JOBS:
        assert await run(job, linli, NOW)
    assert len({job.name for job in JOBS}) == len(JOBS)


async def test_old_claims_are_forgotten(linli: Linli) -> None:
    """The yearly audit reads those of a year up to three months later."""
    await run(Work().daily, linli, NOW - timedelta(days=501))
    await run(Work().daily, linli, NOW - timedelta(days=499))
    assert await table.forget_claims(linli, NOW) == "forgotten"
    assert [kept.period for kept in await claims(linli.database)] == ["2025-07-14"]


async def test_the_outbox_is_counted_for_operators(linli: Linli) -> None:
    await linli.hear(message("你好"))
    await linli.hear(message("你好", channel="post"))
    await count_outbox(linli, NOW)
    figures = linli.metrics.text().decode()
    assert 'linli_outbox_rows{state="waiting"} 1.0' in figures
    assert 'linli_outbox_rows{state="dead"} 0.0' in figures


async def test_a_copy_can_be_opened_and_the_oldest_beyond_those_kept_go(
    sqlite_linli: Linli, tmp_path: Path
) -> None:
    await sqlite_linli.hear(message("你好"))
    folder = sqlite_linli.settings.backup_dir
    kept = sqlite_linli.settings.backups_kept
    for day in range(kept + 2):
        assert (
            await back_up(sqlite_linli, NOW + timedelta(days=day))
            == f"copied to linli-{NOW + timedelta(days=day):%Y%m%d-%H%M%S}.db: whole, schema {SCHEMA}"
        )
    copies = sorted(path.name for path in folder.iterdir())
    assert len(copies) == kept
    assert copies[0].startswith("linli-20261127")
    async with opened(f"sqlite:///{folder / copies[-1]}") as copy:
        assert await care.check(copy) == []


async def test_a_copy_that_was_cut_short_counts_as_none(sqlite_linli: Linli) -> None:
    folder = sqlite_linli.settings.backup_dir
    folder.mkdir()
    (folder / f"linli-{NOW:%Y%m%d-%H%M%S}.unfinished").write_bytes(b"half")
    await back_up(sqlite_linli, NOW)
    assert [path.name for path in folder.iterdir()] == [f"linli-{NOW:%Y%m%d-%H%M%S}.db"]


async def test_a_copy_that_failed_is_made_by_the_next_beat(sqlite_linli: Linli) -> None:
    [job] = [job for job in JOBS if job.name == "backup"]
    folder = sqlite_linli.settings.backup_dir
    folder.write_text("a file stands where the folder should be")
    with pytest.raises(FileExistsError):
        await run(job, sqlite_linli, NOW)
    folder.unlink()
    assert str(await run(job, sqlite_linli, NOW + job.every)).startswith("copied to ")
    assert await run(job, sqlite_linli, NOW + 2 * job.every) is None


async def test_postgresql_is_left_to_its_own_tool(linli: Linli) -> None:
    outcome = await back_up(linli, NOW)
    assert outcome.startswith("copied" if linli.database.engine == "sqlite" else "left to pg_dump")


async def test_a_directory_that_another_process_saved_is_taken_up(linli: Linli, sample: Sample) -> None:
    assert await table.refresh_directory(linli, NOW) == "unchanged"
    centre = next(iter(linli.directory.centres))
    async with second_process(linli, sample) as other:
        await closing.close_for_days(
            other.database,
            str(uuid4()),
            centre,
            NOW.date(),
            NOW.date(),
            reason="台风",
            hours_text="",
            now=NOW,
        )
    assert await table.refresh_directory(linli, NOW) == "refreshed"
    assert linli.directory.closures(centre)
    assert await table.refresh_vectors(linli, NOW) == "embedded"
    assert await table.refresh_vectors(linli, NOW) == "unchanged"


async def test_sessions_that_could_not_be_planned_are_planned_by_the_next_beat(linli: Linli) -> None:
    planning = next(job for job in JOBS if job.name == "sessions")
    database = linli.database = Flaky(linli.database)
    database.is_busy = True
    with pytest.raises(Busy):
        await run(planning, linli, NOW)
    database.is_busy = False
    assert await run(planning, linli, NOW) != "unchanged"
    assert await run(planning, linli, NOW) == "unchanged"


async def test_what_digests_are_made_of_is_counted_before_anybody_asks(linli: Linli) -> None:
    now = linli.clock()
    assert await count_periods(linli, now) == "counted 16"  # four months, and the weeks of both charts
    assert await count_periods(linli, now) == "counted 0"
    async with linli.database.read() as tx:
        assert len(await counted.periods(tx, WEEK, date(2026, 1, 1))) == 12
        assert max(await counted.periods(tx, MONTH, date(2026, 1, 1))) == date(2026, 10, 1)
