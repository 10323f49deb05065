"""A storm over one database: processes answer, are killed at random moments and start again."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from handlers.directory_import import import_directory
from messages.workbook import read_workbook
from storage import care
from storage.database import Database
from storage.statements import statement
from tests.bigbook import write_big_workbook
from tests.sample import NOW

ROOT = Path(__file__).parent.parent.parent

# For the worker each greeting claims a job in its turn: a turn that is half there shows in one of these.
HALF_DONE = statement(
    "soak.half_done",
    """
    SELECT 'conversation ' || c.address || ': turns and messages differ' AS what
    FROM conversation AS c
    WHERE c.version <> (SELECT COUNT(*) FROM inbox AS i WHERE i.conversation_id = c.id)
       OR c.version <> (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = c.id)
       OR c.version <> c.last_number
    UNION ALL
    SELECT 'greetings and their claims differ' AS what
    WHERE (SELECT COUNT(*) FROM job_claim) <> (SELECT COUNT(*) FROM inbox WHERE intent = 'greet')
    """,
)
NOTED = statement(
    "soak.noted",
    """
    SELECT c.address, i.message_id, i.number
    FROM inbox AS i INNER JOIN conversation AS c ON c.id = i.conversation_id
    """,
)


@dataclass
class Storm:
    """What was told to residents, and what was found wrong."""

    kills: int
    answers: int = 0
    imports: int = 0
    problems: list[str] = field(default_factory=list)
    _told: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)

    def tell(self, line: bytes) -> None:
        """Note an answer; the same message must never get two different ones."""
        answer = json.loads(line)
        key = answer["address"], answer["id"]
        said = answer["number"], answer["text"]
        if not answer["number"]:
            self.problems.append(f"{key}: the turn failed")
            return
        before = self._told.setdefault(key, said)
        self.answers += 1
        if before != said:
            self.problems.append(f"{key}: answered as {before[0]} and as {said[0]}")

    @property
    def messages(self) -> int:
        """How many different messages were answered; the others came again."""
        return len(self._told)

    async def verify(self, database: Database) -> None:
        """Everything that was answered is there, nothing is there by half, all invariants hold."""
        async with database.read() as tx:
            noted = {(row["address"], row["message_id"]): row["number"] for row in await tx.rows(NOTED)}
            self.problems += [row["what"] for row in await tx.rows(HALF_DONE)]
        for key, (number, _) in self._told.items():
            if noted.get(key) != number:
                self.problems.append(f"{key}: answered as {number}, kept as {noted.get(key)}")
        self.problems += await care.check(database)

    def misremember(self) -> None:
        """For a control: as if the first answer had been another one."""
        self._told[next(iter(self._told))] = (0, "")


async def rage(url: str, database: Database, folder: Path, *, seed: int, kills: int, answers: int) -> Storm:
    """Two processes answer side by side, each killed after about so many `answers`, `kills` times in all.

    Meanwhile a district of changing size is imported beside the sample's.
    """
    chance = random.Random(seed)
    storm = Storm(kills)
    halves = [kills // 2, kills - kills // 2]
    importing = asyncio.create_task(_import_again_and_again(database, folder, storm, chance))
    try:
        async with asyncio.TaskGroup() as group:
            for name, share in zip("ab", halves, strict=True):
                group.create_task(_live_and_die(name, share, answers, url, storm, seed))
    finally:
        importing.cancel()
        [end] = await asyncio.gather(importing, return_exceptions=True)
    if not isinstance(end, asyncio.CancelledError):
        storm.problems.append(f"the imports ended by themselves: {end!r}")
    await storm.verify(database)
    return storm


async def _live_and_die(name: str, times: int, answers: int, url: str, storm: Storm, seed: int) -> None:
    chance = random.Random(f"{seed} {name}")
    for life in range(times):
        arguments = (url, str(seed + life), f"{name}{life}")
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.worker", *arguments, cwd=ROOT, stdin=DEVNULL, stdout=PIPE
        )
        stdout = process.stdout
        if stdout is None:
            raise RuntimeError("the worker's output is not piped")
        for _ in range(chance.randint(answers // 2, answers * 3 // 2)):
            line = await stdout.readline()
            if not line.endswith(b"\n"):
                storm.problems.append(f"worker {name}{life} ended by itself")
                break
            storm.tell(line)
        process.kill()
        for line in (await stdout.read()).splitlines(keepends=True):
            if line.endswith(b"\n"):
                storm.tell(line)
        await process.wait()


async def _import_again_and_again(
    database: Database, folder: Path, storm: Storm, chance: random.Random
) -> None:
    while True:
        path = folder / "other.xlsx"
        centres = chance.randint(3, 40)
        await asyncio.to_thread(write_big_workbook, path, centres, prefix="QZ")
        read = await asyncio.to_thread(read_workbook, path)
        now = NOW + timedelta(minutes=storm.imports)
        report = await import_directory(database, read, now=now)
        if report.refused_reason:
            await import_directory(database, read, now=now, confirm_withdrawals=report.withdrawals)
        storm.imports += 1
