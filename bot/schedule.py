"""The metronome: APScheduler calls the timed jobs; that they are done once is their own affair."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import system_clock
from bot.jobs import JOBS, Job, run
from bot.linli import Linli
from bot.logs import log
from messages.calendar import SHANGHAI
from storage.database import DatabaseError
from storage.jobs import FAILED, note_run

# A run with the same outcome is noted no more often.
NOTED_EVERY = timedelta(minutes=1)


@dataclass(slots=True)
class Journal:
    """What this process noted of the last runs: a job of every second is not written down as often."""

    noted: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    async def note(self, job: Job, linli: Linli, outcome: str) -> None:
        now = linli.clock()
        at, was = self.noted.get(job.name, (None, ""))
        linli.metrics.jobs.labels(job.name, FAILED if outcome == FAILED else "done").inc()
        if outcome == was and at and now - at < NOTED_EVERY:
            return
        await linli.database.write(lambda tx: note_run(tx, job.name, now, outcome))
        self.noted[job.name] = now, outcome


async def beat(job: Job, linli: Linli, journal: Journal) -> None:
    """One run, noted; a failure is logged and the next beat tries again."""
    outcome: str | None = FAILED
    try:
        outcome = await run(job, linli, linli.clock())
    except Exception as error:  # the timetable goes on whatever one job does
        log("jobs").error("job failed", job=job.name, exc_info=error)
    linli.metrics.job_ran.labels(job.name).set(linli.clock().timestamp())
    if outcome is None:
        return  # whoever has the period notes it
    try:
        await journal.note(job, linli, outcome)
    except DatabaseError as error:  # it ran all the same
        log("jobs").error("a run was not noted", job=job.name, exc_info=error)


@asynccontextmanager
async def timetable(linli: Linli, jobs: Sequence[Job] = JOBS) -> AsyncIterator[AsyncIOScheduler]:
    """Run `jobs` until the block is left. Missed runs are made up for by one run, however late.

    Leaving the block cuts off what is running and waits until it has ended.
    """
    scheduler = AsyncIOScheduler(timezone=SHANGHAI)
    running: set[asyncio.Task[None]] = set()
    journal = Journal()

    async def tracked(job: Job, linli: Linli) -> None:
        beating = asyncio.create_task(beat(job, linli, journal))
        running.add(beating)
        beating.add_done_callback(running.discard)
        await asyncio.wait({beating})

    for job in jobs:
        linli.metrics.job_pause.labels(job.name).set(job.every.total_seconds())
        scheduler.add_job(
            tracked,
            "interval",
            seconds=job.every.total_seconds(),
            args=(job, linli),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=system_clock(),
        )
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.pause()
        for beating in running:
            beating.cancel()
        await asyncio.gather(*running, return_exceptions=True)  # they use the database until they end
        scheduler.shutdown()
        await asyncio.sleep(0)  # APScheduler stops in the loop's next round
