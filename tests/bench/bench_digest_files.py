"""What a manager waits for: the chart and the workbook of a digest."""

import time
from statistics import median

from bot.digests import MAKERS, Maker
from tests.bench.figures import Figure, at_most
from tests.digests import DIGEST

ROUNDS = 15
NAMES = {"png": "the chart of a digest", "xlsx": "the workbook of a digest"}


async def run() -> list[Figure]:
    return [at_most(NAMES[kind], _milliseconds(maker), "ms", 300) for kind, maker in MAKERS.items()]


def _milliseconds(maker: Maker) -> float:
    """Of processor time, once what is needed is loaded: others who work on this computer do not count."""
    maker(DIGEST, "zh")
    taken = []
    for _ in range(ROUNDS):
        began = time.process_time()
        maker(DIGEST, "zh")
        taken.append(time.process_time() - began)
    return median(taken) * 1000
