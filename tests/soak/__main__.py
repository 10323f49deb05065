"""`make soak`: storms, the race, years of cases and Telegram, on both engines, in pieces of minutes."""

import argparse
import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.logs import set_up_logs
from tests.engines import Postgres, make_template, opened, postgres_database, postgres_server
from tests.sample import (
    POSTGRES_SAMPLE,
    Sample,
    linli_over,
    make_postgres_sample,
    make_sample,
    settings_for,
)
from tests.soak import booking_storm, broadcast, digest_storm, race, storm, telegram_storm
from tests.soak.case_year import CaseYear, Hands

KILLS = 100
ANSWERS = 800
"""How many answers a process gives before it is killed, on average."""
BOOKING_KILLS = 50
INTERLEAVINGS = 100_000
PIECES = 10
CASES = 20_000
DIGEST_KILLS, RECIPIENTS = 20, 10_000
UPDATES, RESIDENTS, TELEGRAM_KILLS = 100_000, 5_000, 6
"""Of all pieces; of the whole; of each piece."""
WARM_AND_ON, MOST_MB = 60_000, 16
"""By so much the memory of a process may grow from a quarter of so many updates to their end: what it keeps
at hand has bounds (some thousand conversations, readings and answers, statements of each connection), and it
has reached them by then."""
MESSAGES = 20_000
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Given:
    """What was asked for; `kills` and `interleavings` are None for the full size."""

    seed: int
    kills: int | None
    interleavings: int
    cases: int
    updates: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a piece is played: a fresh database of one engine, and a folder."""

    engine: str
    folder: Path
    sample: Sample
    postgres: Postgres

    @asynccontextmanager
    async def database_url(self, *, with_sample: bool) -> AsyncIterator[str]:
        if self.engine == "sqlite":
            path = self.folder / f"{secrets.token_hex(4)}.db"
            yield self.sample.copy_to(path) if with_sample else f"sqlite:///{path}"
            for left in self.folder.glob(f"{path.name}*"):
                left.unlink()
        elif with_sample:
            async with postgres_database(self.postgres, POSTGRES_SAMPLE) as url:
                yield url
        else:
            async with postgres_database(self.postgres) as url:
                yield url


Played = tuple[str, list[str]]


async def turns(place: Place, given: Given, _: int) -> Played:
    """Answers of processes that are killed, while a directory is imported again and again."""
    async with place.database_url(with_sample=True) as url, opened(url, busy_deadline_s=30) as database:
        raged = await storm.rage(
            url, database, place.folder, seed=given.seed, kills=given.kills or KILLS, answers=ANSWERS
        )
    return (
        f"{raged.kills} processes killed, {raged.answers} answers to {raged.messages} messages, "
        f"{raged.imports} imports"
    ), raged.problems


async def bookings(place: Place, given: Given, _: int) -> Played:
    """Bookings of processes that are killed."""
    async with place.database_url(with_sample=False) as url, opened(url, busy_deadline_s=30) as database:
        raged = await booking_storm.rage(url, database, seed=given.seed, kills=given.kills or BOOKING_KILLS)
    return raged.told(), raged.problems


async def digests(place: Place, given: Given, _: int) -> Played:
    """Digests of processes that are killed."""
    async with place.database_url(with_sample=False) as url, opened(url, busy_deadline_s=60) as database:
        raged = await digest_storm.rage(
            url, database, seed=given.seed, recipients=RECIPIENTS, kills=given.kills or DIGEST_KILLS
        )
    return raged.told(), raged.problems


async def interleavings(place: Place, given: Given, piece: int) -> Played:
    """A share of the schedules, in a database of its own."""
    many = -(-given.interleavings // PIECES)
    async with (
        place.database_url(with_sample=False) as url,
        opened(url, busy_deadline_s=PATIENCE_S) as database,
    ):
        raced = await race.run(url, database, seed=given.seed, first=piece * many, schedules=many)
    return f"piece {piece + 1} of {PIECES}: {raced.told()}", raced.problems


async def cases(place: Place, given: Given, piece: int) -> Played:
    """A share of the cases, in a year of their own."""
    async with place.database_url(with_sample=True) as url, opened(url, busy_deadline_s=30) as database:
        hands, settings = Hands(), settings_for(url, place.folder)
        linli = linli_over(database, place.sample, settings, clock=hands)
        year = CaseYear(linli, hands, given.seed * PIECES + piece, -(-given.cases // PIECES))
        await year.live()
    return f"piece {piece + 1} of {PIECES}: {year.told()}", year.problems


async def telegram(place: Place, given: Given, piece: int) -> Played:
    """A share of the updates: pieces by turns fetched by one process and pushed to two, which are killed."""
    way: telegram_storm.Way = "polling" if piece % 2 else "webhook"
    kills = TELEGRAM_KILLS if given.kills is None else given.kills
    size = telegram_storm.Size(-(-given.updates // PIECES), RESIDENTS, kills)
    async with place.database_url(with_sample=True) as url, opened(url, busy_deadline_s=30) as database:
        raged = await telegram_storm.rage(
            url, database, place.sample, place.folder, seed=given.seed * PIECES + piece, size=size, way=way
        )
    return f"piece {piece + 1} of {PIECES}, {way}: {raged.told()}", raged.problems


async def memory(place: Place, given: Given, _: int) -> Played:
    """What processes weigh that nobody kills."""
    size = telegram_storm.Size(min(WARM_AND_ON, given.updates), RESIDENTS, 0, MOST_MB)
    async with place.database_url(with_sample=True) as url, opened(url, busy_deadline_s=30) as database:
        raged = await telegram_storm.rage(
            url, database, place.sample, place.folder, seed=given.seed, size=size, way="webhook"
        )
    return raged.told(), raged.problems


async def a_broadcast(place: Place, given: Given, _: int) -> Played:
    """As many messages as wait go out, at a hundred times Telegram's limits."""
    async with place.database_url(with_sample=True) as url, opened(url, busy_deadline_s=30) as database:
        sent = await broadcast.broadcast(
            url, database, place.folder, messages=MESSAGES, times=telegram_storm.TIMES
        )
    return sent.told(), [f"{sent.refused} were refused"] if sent.refused else []


Part = Callable[[Place, Given, int], Awaitable[Played]]
PARTS: dict[str, tuple[Part, int]] = {
    "turns": (turns, 1),
    "bookings": (bookings, 1),
    "digests": (digests, 1),
    "race": (interleavings, PIECES),
    "cases": (cases, PIECES),
    "telegram": (telegram, PIECES),
    "memory": (memory, 1),
    "broadcast": (a_broadcast, 1),
}


def played(part: str, place: Place, given: Given, piece: int) -> bool:
    """Play one piece and say how it went; whether all is well."""

    async def playing() -> Played:
        return await PARTS[part][0](place, given, piece)

    began = time.monotonic()
    told, problems = asyncio.run(playing())
    seconds = time.monotonic() - began
    sys.stdout.write(f"{part}, {place.engine}, {seconds:.0f} s: {told}: {len(problems)} problems\n")
    for problem in problems[:20]:
        sys.stdout.write(f"  {problem}\n")
    sys.stdout.flush()
    return not problems


def main() -> int:
    parser = argparse.ArgumentParser(prog="tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--kills", type=int, help="processes killed in each storm")
    parser.add_argument(
        "--interleavings", type=int, default=INTERLEAVINGS, help="of the race, on each engine"
    )
    parser.add_argument("--cases", type=int, default=CASES, help="in years of cases, on each engine")
    parser.add_argument("--updates", type=int, default=UPDATES, help="of Telegram, on each engine")
    parser.add_argument("--only", choices=list(PARTS), help="one part")
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), help="one engine")
    parser.add_argument("--piece", type=int, choices=range(1, PIECES + 1), help="one piece of many")
    asked = parser.parse_args()
    given = Given(asked.seed, asked.kills, asked.interleavings, asked.cases, asked.updates)
    sys.stdout.write(f"seed {given.seed}\n")
    set_up_logs("error")
    with TemporaryDirectory() as name, postgres_server() as postgres:
        folder = Path(name)
        sample = make_sample(folder / "sample.db")
        asyncio.run(make_template(postgres))
        asyncio.run(make_postgres_sample(postgres, sample))
        fine = [
            played(part, Place(engine, folder, sample, postgres), given, piece)
            for part in ([asked.only] if asked.only else PARTS)
            for engine in ([asked.engine] if asked.engine else ("sqlite", "postgresql"))
            for piece in ([asked.piece - 1] if asked.piece and PARTS[part][1] > 1 else range(PARTS[part][1]))
        ]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    sys.exit(main())
