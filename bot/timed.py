"""What `linli jobs` and `linli job` do: list the timed jobs, run one, show digests of another moment."""

from argparse import Namespace
from datetime import datetime

from bot.ask import read_time
from bot.clock import Clock, fixed_clock, system_clock
from bot.commands import OUT, say, table_of, tell
from bot.ids import new_id
from bot.jobs import JOBS
from bot.linli import Linli
from bot.settings import Settings
from bot.wiring import open_linli
from handlers import digest_rounds
from handlers.digest_periods import WEEK, Period, count_within, last_over
from handlers.world import World
from messages.calendar import SHANGHAI
from storage import digests, jobs
from storage.transaction import Transaction

DIGESTS = "digests"


async def list_jobs(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Each job with its pause, its last run and what came of it."""
    async with open_linli(settings, clock) as linli, linli.database.read() as tx:
        ran = {each.job: each for each in await jobs.last_runs(tx)}
    table = table_of("job", "every", "last run", "result")
    for job in JOBS:
        last = ran.get(job.name)
        at = f"{last.ran_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if last else "never"
        table.add_row(job.name, str(job.every), at, last.outcome if last else "")
    OUT.print(table)
    return 0


async def run_job(settings: Settings, given: Namespace) -> int:
    """Run a job, whoever ran it last; 2 for a moment or a centre that cannot be."""
    at = read_time(given.at) if given.at else None
    if given.dry_run and given.name != DIGESTS:
        tell("only digests can be looked at without a change: linli job digests --dry-run")
        return 2
    async with open_linli(settings, fixed_clock(at) if at else system_clock) as linli:
        if given.dry_run:
            return await _show_digests(linli, given.centre)
        job = next(each for each in JOBS if each.name == given.name)
        say(await job.work(linli, linli.clock()))
    return 0


async def _show_digests(linli: Linli, centre_id: str | None) -> int:
    """The weekly digests as whoever reads them was or would be sent them by that moment."""
    now = linli.clock()
    world = linli.world(now)
    if centre_id and centre_id not in world.directory.centres:
        tell(f"there is no centre {centre_id}: linli export lists them")
        return 2
    texts: list[str] = []

    async def look(tx: Transaction) -> None:
        for place, period in await _places(tx, centre_id, now, world):
            await count_within(tx, period, world)
            kept = await digest_rounds.keep(tx, place, period, world, str(new_id()))
            view = await digest_rounds.shown(tx, kept, lambda _: ("", ""))
            texts.append(linli.renderer.render(view, "zh").text)
        raise _LookedOnly

    try:
        await linli.database.write(look)
    except _LookedOnly:
        for text in texts:
            say(text + "\n")
    return 0


class _LookedOnly(Exception):
    """Takes back whatever was counted and kept for a look."""


async def _places(
    tx: Transaction, centre_id: str | None, now: datetime, world: World
) -> list[tuple[str, Period]]:
    """Of which places a digest is read, and the period that is over for each by now."""
    if centre_id:
        return [(digest_rounds.CENTRE + centre_id, last_over(WEEK, now.date()))]
    readers = await digests.readers(tx, digest_rounds.USUAL)
    due = digest_rounds.due_now(readers, world)
    found = (
        (
            digest_rounds.place_of(each.reader.role, each.reader.centre_id, each.reader.subdistrict),
            each.period,
        )
        for each in due
        if not each.skipped
    )
    return list(dict.fromkeys(found))
