"""The pages of the desk over a simulated year: what the server takes for each, the slowest twentieth.

A page is asked for in this process, without a network: what is measured is the sign-in, the queries, and the
words. Every page is asked for in turn, so that none lives on what the one before it left in memory.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.linli import Linli
from handlers.digest_periods import MONTH, WEEK, count_missing, last_over
from handlers.star_rounds import reckon
from tests.bench.bench_bookings import PATIENCE_S
from tests.bench.bench_digests import ENGINES, district
from tests.bench.figures import Figure, at_most, percentile
from tests.clerk import desk_site
from tests.desk_tour import addresses, staffed
from tests.engines import opened
from tests.sample import Sample, linli_over, make_sample, settings_for
from tests.year import YEAR

ROUNDS, WARM = 20, 2
MOST_MS = 50.0
A_MINUTE_S = 60.0


@asynccontextmanager
async def _year(url: str, folder: Path, sample: Sample) -> AsyncIterator[Linli]:
    """The sample with its year, the stars and the periods counted as the jobs do."""
    async with opened(url, busy_deadline_s=PATIENCE_S) as database:
        world = await district(database)
        await reckon(database, world)
        for cadence in (WEEK, MONTH):
            await count_missing(database, last_over(cadence, world.now.date()), world)
        yield linli_over(database, sample, settings_for(url, folder))


async def _took(linli: Linli) -> dict[str, list[float]]:
    """Milliseconds of each page, round by round."""
    listed = await addresses(linli)
    took: dict[str, list[float]] = {address: [] for _, address in listed}
    site = desk_site(linli)
    async with staffed(linli, site) as clerks:
        for number in range(WARM + ROUNDS):
            site.clock.now += A_MINUTE_S  # nobody looks so often
            for who, address in listed:
                began = time.perf_counter()
                answer = await clerks[who].visitor.http.get(address)
                ms = (time.perf_counter() - began) * 1000
                if answer.status_code != 200:
                    raise RuntimeError(f"{address} was answered {answer.status_code}")
                if number >= WARM:
                    took[address].append(ms)
    return took


async def run() -> list[Figure]:
    figures = []
    with TemporaryDirectory() as folder:
        sample = await asyncio.to_thread(make_sample, Path(folder) / "sample.db")
        for engine in ENGINES:
            async with engine() as url, _year(url, Path(folder), sample) as linli:
                took = await _took(linli)
                every = list(chain.from_iterable(took.values()))
                name = f"a page of the desk, {YEAR.bookings:,} bookings, 95 %, {linli.database.engine}"
                figures.append(at_most(name, percentile(every, 95), "ms", MOST_MS))
                for address, times in took.items():
                    page = address.partition("?")[0].removeprefix("/desk/")
                    figures.append(at_most(f"  {page}", percentile(times, 95), "ms", MOST_MS))
    return figures
