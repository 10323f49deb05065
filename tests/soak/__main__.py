"""`make soak`: the storms in full size, on both engines, each well under ten minutes."""

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.logs import set_up_logs
from tests.engines import make_template, opened, postgres_database, postgres_server
from tests.sample import POSTGRES_SAMPLE, Sample, make_postgres_sample, make_sample
from tests.soak.storm import Storm, rage

KILLS = 100
ANSWERS = 800
"""How many answers a process gives before it is killed, on average."""


@asynccontextmanager
async def on_sqlite(sample: Sample, folder: Path) -> AsyncIterator[str]:
    yield sample.copy_to(folder / "storm.db")


async def storm_on(url: str, folder: Path, seed: int, kills: int) -> Storm:
    async with opened(url, busy_deadline_s=30) as database:
        return await rage(url, database, folder, seed=seed, kills=kills, answers=ANSWERS)


def told(engine: str, storm: Storm, seconds: float) -> bool:
    sys.stdout.write(
        f"{engine}: {storm.kills} processes killed, {storm.answers} answers to {storm.messages} messages, "
        f"{storm.imports} imports in {seconds:.0f} s: {len(storm.problems)} problems\n"
    )
    for problem in storm.problems[:20]:
        sys.stdout.write(f"  {problem}\n")
    return not storm.problems


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--kills", type=int, default=KILLS)
    given = parser.parse_args()
    sys.stdout.write(f"seed {given.seed}\n")
    set_up_logs("error")
    with TemporaryDirectory() as name, postgres_server() as postgres:
        folder = Path(name)
        sample = make_sample(folder / "sample.db")
        asyncio.run(make_template(postgres))
        asyncio.run(make_postgres_sample(postgres, sample))
        fine = True
        for engine, door in (
            ("sqlite", lambda: on_sqlite(sample, folder)),
            ("postgresql", lambda: postgres_database(postgres, POSTGRES_SAMPLE)),
        ):

            async def raged(door=door) -> Storm:  # type: ignore[no-untyped-def]
                async with door() as url:
                    return await storm_on(url, folder, given.seed, given.kills)

            began = time.monotonic()
            fine = told(engine, asyncio.run(raged()), time.monotonic() - began) and fine
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
