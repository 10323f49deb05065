"""A year of weekly stars for a district, and the stars of 10,000 centres."""

import time
from dataclasses import replace

import numpy as np

from handlers.stars import Record, all_stars
from handlers.stars_simulated import WEEKS, district, honest_year
from tests.bench.figures import Figure, at_most

MANY = 10_000


async def run() -> list[Figure]:
    chance = np.random.default_rng(1)
    records = [honest_year(each, chance) for each in district(chance)]
    many = [replace(records[number % len(records)], centre_id=f"C{number:05}") for number in range(MANY)]
    return [
        at_most("stars of 85 centres, 52 weeks", _seconds(records, WEEKS), "s", 0.5),
        at_most(f"stars of {MANY:,} centres", _seconds(many, 1), "s", 1.0),
    ]


def _seconds(records: list[Record], weeks: int) -> float:
    """Processor time: others who work on this computer do not count."""
    earned = dict[str, int | None]()
    began = time.process_time()
    for _ in range(weeks):
        earned = {each.centre_id: each.earned for each in all_stars(records, earned)}
    return time.process_time() - began
