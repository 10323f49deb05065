"""The metronome: APScheduler calls the timed jobs; that they are done once is their own affair."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.clock import SHANGHAI
from bot.jobs import JOBS, Job, run
from bot.linli import Linli
from bot.logs import log


async def beat(job: Job, linli: Linli) -> None:
    """One run; a failure is logged and the next beat tries again."""
    try:
        await run(job, linli, linli.clock())
    except Exception as error:  # the timetable goes on whatever one job does
        log("jobs").error("job failed", job=job.name, exc_info=error)


@asynccontextmanager
async def timetable(linli: Linli, jobs: Sequence[Job] = JOBS) -> AsyncIterator[AsyncIOScheduler]:
    """Run `jobs` until the block is left. Missed runs are made up for by one run, however late."""
    scheduler = AsyncIOScheduler(timezone=SHANGHAI)
    for job in jobs:
        scheduler.add_job(
            beat,
            "interval",
            seconds=job.every.total_seconds(),
            args=(job, linli),
            id=job.name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=linli.clock(),
        )
    scheduler.start()
    try:
        yield scheduler
    finally:
        scheduler.shutdown(wait=False)
