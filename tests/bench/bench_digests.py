"""The stars and the weekly digests of a whole district over a year, counted anew, written and said in words.

Nothing was counted before: the digest of a week needs eight weeks of every centre, and of these seven are
there already wherever a digest was sent the week before.
"""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from handlers.calendar_import import seed_calendar
from handlers.digest_periods import WEEK, Period, count_missing, last_over
from handlers.digest_rounds import CENTRE, DISTRICT, make
from handlers.directory_import import import_directory
from handlers.directory_load import load_directory
from handlers.star_rounds import reckon
from handlers.world import Policy, World
from messages.directory import CentreStatus
from messages.render import Renderer
from messages.workbook import read_workbook
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.bench.bench_bookings import PATIENCE_S, durable_postgres
from tests.bench.bench_import import ROOT
from tests.bench.figures import Figure, at_most, plain
from tests.bigbook import SAMPLE
from tests.engines import opened, postgres_database
from tests.sample import NOW, PREFIX
from tests.year import YEAR, Size, write_directory, write_year

MANY, EACH = 10_000, 60
"""So many centres, and so many bookings and ratings of each: 60 is a little more than one a week."""
CASES = 10_000
PASSES = 5
FIRST = 1_000
"""After so many digests memory has what it needs."""
PARTS = STARS, COUNTED, EARLY, LATE, OF_ALL = (
    "stars", "counted", f"first {FIRST:,} digests", "other digests", "district"
)  # fmt: skip
STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


@dataclass
class Pass:
    """Seconds of each part and MB of memory: at the beginning, and the most of each part. SQLite works in
    this process: its seconds are those of the processor, since others work on this computer, too."""

    engine: str
    seconds: dict[str, float] = field(default_factory=dict)
    before_mb: float = 0.0
    peaks_mb: dict[str, float] = field(default_factory=dict)

    @property
    def all_s(self) -> float:
        return sum(self.seconds.values())

    @property
    def peak_mb(self) -> float:
        return max(self.peaks_mb.values())

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        RESET.write_text("5")
        clock = time.process_time if self.engine == "sqlite" else time.perf_counter
        began = clock()
        yield
        self.seconds[name] = clock() - began
        self.peaks_mb[name] = _memory_mb("VmHWM")


def _memory_mb(name: str) -> float:
    line = next(each for each in STATUS.read_text().splitlines() if each.startswith(name))
    return int(line.split()[1]) / 1024


async def passed(database: Database, world: World, parts: Sequence[str] = PARTS) -> Pass:
    """The stars of the day, then every digest of the week, made and rendered, one after the other."""
    done, period = Pass(database.engine, before_mb=_memory_mb("VmRSS")), last_over(WEEK, world.now.date())
    places = [
        CENTRE + each.id for each in world.directory.centres.values() if each.status is CentreStatus.OPEN
    ]
    works: dict[str, Callable[[], Awaitable[object]]] = {
        STARS: lambda: reckon(database, world),
        COUNTED: lambda: count_missing(database, period, world),
        EARLY: lambda: _said(database, places[:FIRST], period, world),
        LATE: lambda: _said(database, places[FIRST:], period, world),
        OF_ALL: lambda: _said(database, [DISTRICT], period, world),
    }
    for name in parts:
        with done.part(name):
            await works[name]()
    return done


async def _in_own_process(url: str, *parts: str) -> Pass:
    """The memory of a process that has done nothing before."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.bench_digests", url, *parts, cwd=ROOT, stdout=PIPE
    )
    out, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError("a pass in a process of its own failed")
    return Pass(**json.loads(out))


async def _report(url: str, parts: Sequence[str]) -> None:
    async with opened(url, busy_deadline_s=PATIENCE_S) as database:
        done = await passed(database, await _world(database), parts)
    sys.stdout.write(json.dumps(asdict(done)))


async def _said(database: Database, places: list[str], period: Period, world: World) -> None:
    renderer = Renderer()
    for place in places:
        async with database.read() as tx:
            view = await make(tx, place, period, world)
        renderer.render(view, "zh")


async def district(database: Database) -> World:
    """The sample with a year of 200,000 ratings."""
    await seed_calendar(database, NOW)
    await import_directory(database, read_workbook(SAMPLE), now=NOW)
    await write_year(database, NOW, YEAR)
    return await _world(database)


async def _many(database: Database) -> None:
    await seed_calendar(database, NOW)
    await write_directory(database, MANY, NOW)
    await write_year(database, NOW, Size(MANY * EACH, MANY * EACH, CASES))


async def _world(database: Database) -> World:
    return World(await load_directory(database, sample_prefix=PREFIX), NOW, Policy("12345"))


Engine = Callable[[], AbstractAsyncContextManager[str]]


@asynccontextmanager
async def _sqlite() -> AsyncIterator[str]:
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder) / 'linli.db'}"


@asynccontextmanager
async def _postgres() -> AsyncIterator[str]:
    async with durable_postgres() as server, postgres_database(server) as url:
        yield url


ENGINES: tuple[Engine, ...] = (_sqlite, _postgres)


async def _forget(tx: Transaction) -> None:
    for table in ("star", "counted"):
        await tx.run(statement(f"digests.forget_{table}", f"DELETE FROM {table}"))


async def _few_figures(engine: Engine) -> list[Figure]:
    """The quickest pass of several: others work on this computer, too."""
    async with engine() as url, opened(url, busy_deadline_s=PATIENCE_S) as database:
        world, passes = await district(database), []
        for _ in range(PASSES):
            await database.write(_forget)
            passes.append(await passed(database, world))
        done = min(passes, key=lambda each: each.all_s)
        name = f"stars and digests of 85 centres, {YEAR.ratings:,} ratings, {database.engine}"
    return [at_most(name, done.all_s, "s", 2.0), *_parts(done)]


async def _many_figures(engine: Engine) -> list[Figure]:
    """All of it in one process; then the digests alone in another, where nothing that was freed before hides
    what they keep."""
    async with engine() as url:
        async with opened(url, busy_deadline_s=PATIENCE_S) as database:
            await _many(database)
            name = f"the same of {MANY:,} centres, {EACH} ratings each, {database.engine}"
        done = await _in_own_process(url, *PARTS)
        alone = await _in_own_process(url, EARLY, LATE)
    return [
        at_most(name, done.all_s, "s", 60.0),
        *_parts(done),
        plain("  most memory", done.peak_mb, "MB"),
        plain("  of that before it began", done.before_mb, "MB"),
        plain("  most memory of the digests alone", alone.peak_mb, "MB"),
        at_most("  of that since the first", alone.peaks_mb[LATE] - alone.peaks_mb[EARLY], "MB", 10.0),
    ]


def _parts(done: Pass) -> list[Figure]:
    return [plain(f"  {name}", seconds, "s") for name, seconds in done.seconds.items()]


async def run() -> list[Figure]:
    figures = []
    for engine in ENGINES:
        figures += await _few_figures(engine)
        figures += await _many_figures(engine)
    return figures


if __name__ == "__main__":
    asyncio.run(_report(sys.argv[1], sys.argv[2:]))
