"""A storm of bookings: processes book, are killed at random moments and start again."""

import asyncio
import json
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE
from dataclasses import dataclass, field
from pathlib import Path

from storage import care, conversations, families, sessions
from storage.database import Database
from storage.families import Participant
from storage.statements import statement
from storage.transaction import Transaction
from tests.soak.booking_worker import FAMILIES, SESSIONS, conversation_of
from tests.soak.race import prepare
from tests.soak.race_plan import BEGINS, ends_at, starts_at

ROOT = Path(__file__).parent.parent.parent
ANSWERS = 60
"""How many answers a process gives before it is killed, on average."""

# The storm's own look at what stands: a booking of which nobody was told, or places that do not add up.
HALF_DONE = statement(
    "storm.half_done",
    """
    SELECT 'booking ' || b.id || ': it is ' || b.state || ', and nothing in the outbox says so' AS what
    FROM booking AS b
    WHERE NOT EXISTS (
        SELECT 1 FROM outbox AS o
        WHERE o.unique_key = b.id || CASE
            WHEN b.state = 'offered' THEN ' offered ' || CAST(b.version - 1 AS TEXT)
            ELSE ' answer ' || CAST(b.version AS TEXT)
        END
    )
    UNION ALL
    SELECT 'session ' || s.id || ': ' || s.taken || ' taken, ' || s.offered || ' offered' AS what
    FROM session AS s
    WHERE s.taken + s.offered > s.capacity
        OR s.taken + s.offered <> (
            SELECT COUNT(*) FROM place AS p WHERE p.session_id = s.id AND p.is_active
        ) - (
            SELECT COALESCE(SUM(b.size), 0) FROM booking AS b
            WHERE b.session_id = s.id AND b.state = 'waiting'
        )
    UNION ALL
    SELECT 'conversation ' || c.id || ': numbers and messages differ' AS what
    FROM conversation AS c
    WHERE c.last_number <> (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = c.id)
    UNION ALL
    SELECT 'outbox ' || o.id || ': there is no such booking' AS what
    FROM outbox AS o
    WHERE NOT EXISTS (SELECT 1 FROM booking AS b WHERE o.id >= b.id || ' ' AND o.id < b.id || '!')
    """,
)
STATES = statement("storm.states", "SELECT id, state, COALESCE(ended, state) AS so FROM booking")
OFFERED = statement("storm.offered", "SELECT COUNT(*) AS n FROM outbox WHERE id LIKE '% offered %'")


@dataclass
class BookingStorm:
    kills: int
    answers: int = 0
    offers: int = 0
    problems: list[str] = field(default_factory=list)
    _said: dict[str, str] = field(default_factory=dict)
    """The last that was said of each booking, by whichever process."""

    def tell(self, line: bytes) -> None:
        said = json.loads(line)
        self.answers += 1
        self._said[said["booking"]] = said["state"]

    def told(self) -> str:
        return (
            f"{self.kills} processes killed, {self.answers} answers about {len(self._said)} bookings, "
            f"{self.offers} offers to others"
        )

    async def verify(self, database: Database) -> None:
        """Every answer has its booking, every booking its message, and all adds up."""
        async with database.read() as tx:
            states = {row["id"]: row["so"] for row in await tx.rows(STATES)}
            self.problems += [row["what"] for row in await tx.rows(HALF_DONE)]
            self.offers = await tx.value(OFFERED)
        for booking, said in self._said.items():
            if booking not in states:
                self.problems.append(f"booking {booking}: answered as {said}, and not there")
        self.problems += await care.check(database)

    def misremember(self) -> None:
        """For a control: as if a booking had been confirmed that is not there."""
        self._said["nowhere"] = "booked"


async def _begin(database: Database) -> None:
    await prepare(database)

    async def work(tx: Transaction) -> None:
        for number in range(FAMILIES):
            name = f"f{number}"
            await families.found(tx, name, BEGINS)
            talk = conversation_of(name)
            await conversations.create(tx, talk, "web", name, "{}", BEGINS)
            await families.join(tx, talk, name)
            for n in (1, 2):
                await families.add_participant(tx, Participant(f"{name}{n}", name, "child", str(n)), BEGINS)
        for number in range(SESSIONS):
            at = "stu"[number % 3]
            await sessions.add(
                tx, f"s{number}", "FZ-A1", "FZ-01", held_on=BEGINS.date(), last_on=BEGINS.date(),
                meetings=[(starts_at(at), ends_at(at))], places=1 + number % 4,
            )  # fmt: skip

    await database.write(work)


async def rage(
    url: str, database: Database, *, seed: int, kills: int, answers: int = ANSWERS
) -> BookingStorm:
    """Two processes book side by side, each killed after about so many answers, `kills` times in all; what
    stands then is looked at each time, while the other goes on."""
    storm = BookingStorm(kills)
    await _begin(database)
    async with asyncio.TaskGroup() as group:
        for name, share in zip("ab", (kills // 2, kills - kills // 2), strict=True):
            group.create_task(_live_and_die(name, share, answers, url, database, storm, seed))
    await storm.verify(database)
    return storm


async def _live_and_die(
    name: str, times: int, answers: int, url: str, database: Database, storm: BookingStorm, seed: int
) -> None:
    chance = random.Random(f"{seed} {name}")
    for life in range(times):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.booking_worker", url, str(seed), f"{name}{life}",
            cwd=ROOT, stdin=DEVNULL, stdout=PIPE,
        )  # fmt: skip
        if process.stdout is None:
            raise RuntimeError("the worker's output is not piped")
        for _ in range(chance.randint(answers // 2, answers * 3 // 2)):
            line = await process.stdout.readline()
            if not line.endswith(b"\n"):
                storm.problems.append(f"worker {name}{life} ended by itself")
                break
            storm.tell(line)
        process.kill()
        for line in (await process.stdout.read()).splitlines(keepends=True):
            if line.endswith(b"\n"):
                storm.tell(line)
        await process.wait()
        async with database.read() as tx:
            storm.problems += [row["what"] for row in await tx.rows(HALF_DONE)]
