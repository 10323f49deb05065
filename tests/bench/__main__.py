"""`make bench`: measures what Linli promises, prints a table and writes bench.json."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench import (
    bench_booking_turns,
    bench_bookings,
    bench_desk,
    bench_digest_files,
    bench_digests,
    bench_directory,
    bench_growth,
    bench_nearest,
    bench_stars,
    bench_start,
    bench_telegram,
    bench_turn,
    bench_words,
)
from tests.bench.figures import Figure, show

BENCHMARKS: dict[str, Callable[[], Awaitable[list[Figure]]]] = {
    "turn": bench_turn.run,
    "bookings": bench_bookings.run,
    "booking turns": bench_booking_turns.run,
    "growth": bench_growth.run,
    "words": bench_words.run,
    "nearest": bench_nearest.run,
    "directory": bench_directory.run,
    "stars": bench_stars.run,
    "desk": bench_desk.run,
    "digest files": bench_digest_files.run,
    "digests": bench_digests.run,
    "start": bench_start.run,
    "telegram": bench_telegram.run,
}
TARGET = Path(__file__).parent.parent.parent / "bench.json"


async def measured(names: list[str]) -> list[Figure]:
    figures = []
    for name in names:
        sys.stderr.write(f"measuring {name} ...\n")
        figures += await BENCHMARKS[name]()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--only", choices=list(BENCHMARKS), help="measure one part")
    only = parser.parse_args().only
    figures = asyncio.run(measured([only] if only else list(BENCHMARKS)))
    return 0 if show(figures, TARGET) else 1


if __name__ == "__main__":
    sys.exit(main())
