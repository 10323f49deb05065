"""A broadcast over Telegram, through a peer that keeps its limits: of what it allows, how much is used.

At a hundred times the limits nobody waits for them any more: what a computer sends in a second is measured.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_bookings import PATIENCE_S
from tests.bench.figures import Figure, at_least, at_most, beside
from tests.engines import opened
from tests.soak.broadcast import LIMIT, Sent, broadcast

FEW, MANY = 1_200, 20_000
TIMES = 100


async def run() -> list[Figure]:
    few, many = await _sent(FEW, 1), await _sent(MANY, TIMES)
    return [
        at_least(f"Telegram: {FEW:,} messages at {LIMIT} a second, of these used", few.use, "%", 95),
        at_most("  refused", few.refused, "", 0),
        at_most(f"Telegram: {MANY:,} messages at {TIMES} times that, refused", many.refused, "", 0),
        beside("  beside what would be allowed", many.per_second, "/s", LIMIT * TIMES),
    ]


async def _sent(messages: int, times: int) -> Sent:
    with TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'linli.db'}"
        async with opened(url, busy_deadline_s=PATIENCE_S) as database:
            return await broadcast(url, database, Path(name), messages=messages, times=times)
