"""The nearest open service among 1,000 and among 100,000 centres, made from the workbook."""

import gc
import random
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.asks import Ask, Near
from handlers.directory_import import import_directory
from handlers.find import search
from handlers.opening import plan_day
from handlers.snapshot import Contents, Directory
from handlers.world import Policy, World
from messages.calendar import SHANGHAI
from messages.directory import Centre, Service
from messages.hours import parse_hours
from messages.workbook import read_workbook
from tests.bench.figures import Figure, against, at_most, percentile, plain
from tests.calendars import OFFICIAL
from tests.hours_cases import SAMPLE as WRITTEN

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=SHANGHAI)
QUERIES = 2000
SMALL, LARGE = 1_000, 100_000
SERVICES_A_CENTRE = 10

# The wishes of a search, and the hour they are wished at: at night nearly everything is closed.
KINDS: dict[str, tuple[Ask, int]] = {
    "any": (Ask("find_service"), 10),
    "open now": (Ask("find_service", open_only=True), 10),
    "open at night": (Ask("find_service", open_only=True), 3),
    "open and step-free": (Ask("find_service", open_only=True, accessible=True), 10),
}


async def run() -> list[Figure]:
    sample = await _sample()
    small = _times(_multiplied(sample, SMALL))
    gc.collect()
    large = _times(_multiplied(sample, LARGE))
    figures = [at_most("hours of one day judged", min(_day_judged() for _ in range(5)), "us", 20)]
    for kind in KINDS:
        before, after = percentile(small[kind], 99), percentile(large[kind], 99)
        figures += [
            plain(f"nearest ({kind}), 1,000 centres, p99", before, "ms"),
            at_most(f"nearest ({kind}), 100,000 centres, p99", after, "ms", 2),
            against(f"nearest ({kind}), growth of p99", after, "ms", before, most=3),
        ]
    return figures


async def _sample() -> Directory:
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'linli.db'}", vectors="off")
        async with open_linli(settings) as linli:
            await import_directory(linli.database, read_workbook(SAMPLE), now=NOW)
            await linli.refresh_directory()
            return linli.directory


def _day_judged() -> float:
    """Microseconds for one day of one text of hours, over a year of each that the workbook has."""
    hours = [parse_hours(text) for text in WRITTEN]
    days = [date(2026, 1, 1) + timedelta(days=ahead) for ahead in range(365)]
    began = time.perf_counter()
    for each in hours:
        for on in days:
            plan_day(each, on, OFFICIAL)
    return (time.perf_counter() - began) / (len(hours) * len(days)) * 1e6


def _multiplied(sample: Directory, count: int) -> World:
    """Copies of the sample's centres side by side: the town grows with them and stays as dense."""
    chance = random.Random(count)
    opened = [c for c in sample.centres.values() if sample.services_of.get(c.id)]
    centres: list[Centre] = []
    services: list[Service] = []
    side = max(1, round((count / len(opened)) ** 0.5))
    for number in range(count):
        copy, original = divmod(number, len(opened))
        centre = opened[original]
        north, east = copy % side * 0.08, copy // side * 0.12
        moved = replace(
            centre,
            id=f"{centre.id}x{copy}",
            latitude=centre.latitude + north + chance.uniform(-0.002, 0.002),
            longitude=centre.longitude + east + chance.uniform(-0.002, 0.002),
        )
        centres.append(moved)
        offered = (sample.services_of[centre.id] * 2)[:SERVICES_A_CENTRE]
        services += [replace(s, id=f"{moved.id}.{n}", centre_id=moved.id) for n, s in enumerate(offered)]
    contents = Contents(1, tuple(centres), tuple(services))
    directory = Directory(contents, sample.calendar, sample_prefix="0595-0000")
    return World(directory, NOW, Policy("12345"))


def _times(world: World) -> dict[str, list[float]]:
    """Milliseconds of QUERIES searches of each kind, from places all over the town."""
    chance = random.Random(7)
    centres = list(world.directory.centres.values())
    names = list(world.directory.named)
    times: dict[str, list[float]] = {}
    for kind, (ask, hour) in KINDS.items():
        then = replace(world, now=NOW.replace(hour=hour))

        def one(ask: Ask = ask, then: World = then) -> None:
            place = chance.choice(centres)
            near = Near(
                place.latitude + chance.uniform(-0.01, 0.01), place.longitude + chance.uniform(-0.01, 0.01)
            )
            search(ask, (chance.choice(names),), near, then, 3)

        times[kind] = _measured(one)
    return times


def _measured(one: Callable[[], None]) -> list[float]:
    for _ in range(QUERIES // 10):
        one()
    taken = []
    for _ in range(QUERIES):
        began = time.perf_counter()
        one()
        taken.append((time.perf_counter() - began) * 1000)
    return taken
