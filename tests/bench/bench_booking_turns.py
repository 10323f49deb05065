"""Whole turns that book: the yes under a card, with all that a turn does, for a session everybody wants.

The rush runs with the settings of the service: whoever is told that Linli is busy counts as not answered.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.linli import Linli
from bot.logs import set_up_logs
from handlers.directory_load import load_directory
from storage.statements import statement
from tests.bench.bench_bookings import PARENTS, PLACES, durable_postgres
from tests.bench.figures import Figure, percentile, plain
from tests.engines import opened, postgres_database
from tests.sample import (
    POSTGRES_SAMPLE,
    PREFIX,
    Sample,
    linli_over,
    make_postgres_sample,
    make_sample,
    message,
    settings_for,
)

TAIJI = "帮我报浔美社区明天的太极晨练"
ROOM = statement("bench.room", "UPDATE activity SET places = :places")
STATES = statement("bench.states", "SELECT state, COUNT(*) AS many FROM booking GROUP BY state")
CLIENTS = 32
TURNS = 640
EVERYBODY = 10**6


@dataclass(frozen=True, slots=True)
class Pressed:
    """What so many residents were answered, in seconds of waiting, and what the database holds afterwards."""

    seconds: float
    waits: Sequence[float]
    views: Counter[str]
    states: dict[str, int]


@asynccontextmanager
async def with_places(url: str, sample: Sample, folder: Path, places: int) -> AsyncIterator[Linli]:
    settings = settings_for(url, folder)
    async with opened(url, busy_deadline_s=settings.busy_deadline_s) as database:
        await database.write(lambda tx: tx.run(ROOM, {"places": places}))
        directory = await load_directory(database, sample_prefix=PREFIX)
        yield linli_over(database, replace(sample, directory=directory), settings)


async def pressed(linli: Linli, residents: int, at_once: int) -> Pressed:
    """Each has the card before them; then the yes is pressed by so many at once."""
    names = [f"resident {number}" for number in range(residents)]
    buttons = [(name, await _card(linli, name)) for name in names]
    waits, views, todo = list[float](), Counter[str](), iter(buttons)

    async def client() -> None:
        for name, yes in todo:
            began = time.perf_counter()
            reply = await linli.hear(replace(message(yes, address=name), tapped=True))
            waits.append(time.perf_counter() - began)
            views[reply.view] += 1

    began = time.perf_counter()
    await asyncio.gather(*(client() for _ in range(at_once)))
    seconds = time.perf_counter() - began
    async with linli.database.read() as tx:
        states = {row["state"]: row["many"] for row in await tx.rows(STATES)}
    return Pressed(seconds, waits, views, states)


async def _card(linli: Linli, name: str) -> str:
    reply = await linli.hear(message(TAIJI, address=name))
    if reply.view != "BookingProposed":
        raise LookupError(f"no card to say yes to, but {reply.view}")
    return reply.rendered.choices[0].say


async def measured(engine: str, url: str, sample: Sample, folder: Path) -> Figure:
    async with with_places(url, sample, folder, EVERYBODY) as linli:
        done = await pressed(linli, TURNS, CLIENTS)
    if done.states != {"booked": TURNS}:
        raise LookupError(f"{TURNS} were asked for, and {done.states} are there")
    return plain(
        f"whole turn that books, {engine}, {CLIENTS} at once for one session", TURNS / done.seconds, "1/s"
    )


async def rush(engine: str, url: str, sample: Sample, folder: Path) -> list[Figure]:
    async with with_places(url, sample, folder, PLACES) as linli:
        done = await pressed(linli, PARENTS, PARENTS)
    answered, booked = done.views["Booked"], done.states.get("booked", 0)
    waiting = done.states.get("waiting", 0)
    return [
        Figure(
            f"rush of whole turns, {engine}: {PARENTS:,} at once for {PLACES} places: are in",
            booked, "", required=f"= {PLACES}", ok=booked == PLACES,
        ),
        Figure("  in line", waiting, "", required=f"= {PARENTS - PLACES}", ok=waiting == PARENTS - PLACES),
        Figure("  told so", answered, "", required=f"= {PARENTS}", ok=answered == PARENTS),
        plain("  answered", PARENTS / done.seconds, "1/s"),
        plain("  answered, p99", 1000 * percentile(list(done.waits), 99), "ms"),
    ]  # fmt: skip


async def run() -> list[Figure]:
    set_up_logs("error")
    figures = []
    with TemporaryDirectory() as name:
        folder = Path(name)
        sample = await asyncio.to_thread(make_sample, folder / "sample.db")
        figures.append(await measured("sqlite", sample.copy_to(folder / "turns.db"), sample, folder))
        figures += await rush("sqlite", sample.copy_to(folder / "rush.db"), sample, folder)
        async with durable_postgres() as postgres:
            await make_postgres_sample(postgres, sample)
            async with postgres_database(postgres, POSTGRES_SAMPLE) as url:
                figures.append(await measured("postgresql", url, sample, folder))
            async with postgres_database(postgres, POSTGRES_SAMPLE) as url:
                figures += await rush("postgresql", url, sample, folder)
    return figures
