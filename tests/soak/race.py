"""A race: several processes play schedules on one database, and each schedule is judged when it is over."""

import asyncio
import json
import sys
import time
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from storage import care, directory
from storage.database import Database
from storage.transaction import Transaction
from tests.soak.race_judge import Heard, judged
from tests.soak.race_plan import BEGINS, schedule
from tests.soak.race_rows import begin, found
from tests.storage_rows import activity, centre

ROOT = Path(__file__).parent.parent.parent
LANES = 2
"""So many batches are under way at once: one is judged while the other is played."""
PROBLEMS = 20
LINE_BYTES = 64 * 1024 * 1024


@dataclass
class Race:
    """`overlapped`: schedules in which operations of different processes were under way at one moment."""

    seed: int
    schedules: int = 0
    operations: int = 0
    overlapped: int = 0
    seconds: float = 0.0
    problems: list[str] = field(default_factory=list)

    def told(self) -> str:
        return (
            f"{self.schedules} interleavings of {self.operations} operations in {self.seconds:.0f} s "
            f"({self.schedules / self.seconds:.0f} and {self.operations / self.seconds:.0f} a second), "
            f"in {100 * self.overlapped / max(self.schedules, 1):.0f} % two processes at one moment, "
            f"seed {self.seed}: {len(self.problems)} problems"
        )


class Racer:
    """A process that plays its share of the actors."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        if self._process.stdout is None:
            raise RuntimeError("the racer's output is not piped")
        while line := await self._process.stdout.readline():
            report: dict[str, Any] = json.loads(line)
            self._answers.pop(report["first"]).set_result(report)
        for waiting in self._answers.values():
            waiting.set_exception(RuntimeError("a racer ended by itself"))

    async def play(self, seed: int, first: int, many: int) -> dict[str, Any]:
        if self._process.stdin is None:
            raise RuntimeError("the racer's input is not piped")
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[first] = answer
        self._process.stdin.write(json.dumps({"seed": seed, "first": first, "many": many}).encode() + b"\n")
        return await answer

    async def end(self) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._reading
        await self._process.wait()


@asynccontextmanager
async def racing(url: str, name: int, of: int, code: Path) -> AsyncIterator[Racer]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.soak.racer", url, str(name), str(of),
        cwd=code, stdin=PIPE, stdout=PIPE, limit=LINE_BYTES,
    )  # fmt: skip
    racer = Racer(process)
    try:
        yield racer
    finally:
        await racer.end()


async def prepare(database: Database) -> None:
    """The centre and the activity of all sessions."""

    async def work(tx: Transaction) -> None:
        await directory.bump_version(tx, BEGINS)
        await directory.put_centres(tx, [centre("FZ-01")])
        await directory.put_activities(tx, [activity("FZ-A1")])

    await database.write(work)


async def run(
    url: str,
    database: Database,
    *,
    seed: int,
    first: int = 0,
    schedules: int,
    processes: int = 2,
    batch: int = 25,
    code: Path = ROOT,
    until: str | None = None,
) -> Race:
    """Plays the schedules from number `first`; `code` is where the processes find Linli, and `until` a
    problem after which there is no need to go on."""
    race = Race(seed)
    began = time.monotonic()
    await prepare(database)
    todo = iter(range(first, first + schedules, batch))
    async with AsyncExitStack() as stack:
        racers = [
            await stack.enter_async_context(racing(url, name, processes, code)) for name in range(processes)
        ]

        async def lane() -> None:
            for start in todo:
                if until and any(until in problem for problem in race.problems):
                    return
                many = min(batch, first + schedules - start)
                await _batch(race, database, racers, start, many)

        async with asyncio.TaskGroup() as group:
            for _ in range(LANES):
                group.create_task(lane())
    race.problems += await care.check(database)
    race.seconds = time.monotonic() - began
    return race


async def _batch(race: Race, database: Database, racers: Sequence[Racer], first: int, many: int) -> None:
    drawn = [schedule(race.seed, number) for number in range(first, first + many)]
    await begin(database, drawn)
    reports = await asyncio.gather(*(racer.play(race.seed, first, many) for racer in racers))
    heard = Heard()
    for report in reports:
        heard.add(report)
        race.operations += report["operations"]
        race.problems += report["problems"]
    race.problems += judged(drawn, *await found(database, first, many), heard)
    race.overlapped += _overlapped([report["spans"] for report in reports])
    race.schedules += many


def _overlapped(spans: Sequence[Sequence[tuple[int, float, float]]]) -> int:
    """In how many schedules an operation of one process began before one of another had ended."""
    of: dict[int, list[tuple[float, float, int]]] = {}
    for process, mine in enumerate(spans):
        for number, began, ended in mine:
            of.setdefault(number, []).append((began, ended, process))
    return sum(
        any(a[2] != b[2] and a[0] < b[1] and b[0] < a[1] for i, a in enumerate(each) for b in each[i + 1 :])
        for each in of.values()
    )
