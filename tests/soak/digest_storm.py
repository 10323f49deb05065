"""A storm over the digests of a Monday: processes that send and deliver them are killed and start again."""

import asyncio
import random
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.clock import system_clock
from bot.dispatch import AT_ONCE
from storage import care, conversations
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.soak.digest_worker import MONDAY, PAGE, PEER
from tests.year import SUBDISTRICTS, write_directory

ROOT = Path(__file__).parent.parent.parent
OF_A_CENTRE, OF_THE_DISTRICT = 4, 4
"""So many read the digest of each centre, and of the district."""
KILLED = -signal.SIGKILL
SINCE = MONDAY - timedelta(days=100)

TALK = statement(
    "digests.talk",
    """
    INSERT INTO conversation (id, channel, address, version, last_number, state, created_at, seen_at)
    VALUES (:id, :channel, :id, 0, 0, '{}', :since_at, :since_at)
    """,
)
INVITATION = statement(
    "digests.invitation",
    """
    INSERT INTO invitation (
        id, code_hash, role, centre_id, subdistrict, made_by, made_at, expires_at, used_at
    ) VALUES (
        :id, :id, :role, CAST(:centre_id AS TEXT), CAST(:subdistrict AS TEXT), 'shell', :since_at, :until_at,
        :since_at
    )
    """,
)
POST = statement(
    "digests.post",
    """
    INSERT INTO staff (
        id, role, centre_id, subdistrict, conversation_id, channel, address, invitation_id, since_at
    ) VALUES (
        :id, :role, CAST(:centre_id AS TEXT), CAST(:subdistrict AS TEXT), :id, :channel, :id, :id, :since_at
    )
    """,
)
# Readers who were not sent one digest, or to whom not one message says so.
WRONG = statement(
    "digests.wrong",
    """
    SELECT
        'reader ' || s.id || ': ' || (SELECT COUNT(*) FROM digest_sent AS d WHERE d.staff_id = s.id)
        || ' noted, ' || (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = s.conversation_id)
        || ' written' AS what
    FROM staff AS s
    WHERE
        1 <> (SELECT COUNT(*) FROM digest_sent AS d WHERE d.staff_id = s.id AND d.skipped IS NULL)
        OR 1 <> (SELECT COUNT(*) FROM outbox AS o WHERE o.conversation_id = s.conversation_id)
    ORDER BY s.id
    """,
)
NOT_SENT = statement(
    "digests.not_sent",
    "SELECT 'message ' || id || ': it is ' || state AS what FROM outbox WHERE state <> 'sent'",
)
TO_PEERS = statement(
    "digests.to_peers",
    "SELECT o.id FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id"
    " WHERE c.channel = :channel",
)
MADE = statement("digests.made", "SELECT COUNT(*) AS number FROM digest")


@dataclass
class DigestStorm:
    """`received` counts how often a peer was given which message; a page reads each by its number."""

    recipients: int
    kills: int
    killed: int = 0
    digests: int = 0
    received: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    @property
    def doubled(self) -> int:
        return sum(self.received.values()) - len(self.received)

    def told(self) -> str:
        return (
            f"{self.killed} processes killed, {self.recipients} recipients of {self.digests} digests, "
            f"{self.doubled} of {len(self.received)} messages given to peers twice"
        )

    def misremember(self) -> None:
        """For a control: as if the first message had never been given to anybody, and one that nobody wrote
        had been."""
        del self.received[next(iter(self.received))]
        self.received["nothing"] = 1

    async def verify(self, database: Database) -> None:
        """Nobody is missed, nobody is written to twice, and what came twice was in flight at a kill."""
        async with database.read() as tx:
            self.problems += [row["what"] for row in await tx.rows(WRONG)]
            self.problems += [row["what"] for row in await tx.rows(NOT_SENT)]
            given = {row["id"] for row in await tx.rows(TO_PEERS, {"channel": PEER})}
            self.digests = await tx.value(MADE)
            for number in range(1, self.recipients, 2):
                lines = await conversations.transcript(tx, f"P{number:05}", 0, 50)
                if len(lines) != 1:
                    self.problems.append(f"page P{number:05}: it shows {len(lines)} messages")
        self.problems += [f"message {each}: no peer was given it" for each in given - self.received.keys()]
        self.problems += [f"message {each}: it is in no outbox" for each in self.received.keys() - given]
        if self.doubled > self.killed * AT_ONCE:
            self.problems.append(f"{self.doubled} messages came twice, more than were in flight")
        self.problems += await care.check(database)


async def _begin(database: Database, recipients: int) -> None:
    """A directory with so many who read; every second reads on a page."""
    centres = (recipients - SUBDISTRICTS - OF_THE_DISTRICT) // OF_A_CENTRE
    await write_directory(database, centres, SINCE)
    posts = list(_posts(recipients, centres))

    async def work(tx: Transaction) -> None:
        talks = [{name: post[name] for name in ("id", "channel", "since_at")} for post in posts]
        invited = [{name: post[name] for name in post if name != "channel"} for post in posts]
        await tx.many(TALK, talks)
        await tx.many(INVITATION, [post | {"until_at": MONDAY} for post in invited])
        await tx.many(POST, posts)

    await database.write(work)


def _posts(recipients: int, centres: int) -> Iterator[dict[str, Any]]:
    for number in range(recipients):
        role, centre, area = "district", None, None
        if number < centres * OF_A_CENTRE:
            role, centre = "centre_manager", f"C{number // OF_A_CENTRE:05}"
        elif number < centres * OF_A_CENTRE + SUBDISTRICTS:
            role, area = "subdistrict", f"第{number % SUBDISTRICTS}街道"
        yield {
            "id": f"P{number:05}", "channel": PAGE if number % 2 else PEER, "role": role,
            "centre_id": centre, "subdistrict": area, "since_at": SINCE,
        }  # fmt: skip


async def rage(url: str, database: Database, *, seed: int, recipients: int, kills: int) -> DigestStorm:
    """Two processes side by side, killed `kills` times in all and started again; then both to the end."""
    storm = DigestStorm(recipients, kills)
    await _begin(database, recipients)
    began = system_clock()
    # So many messages to peers come between two kills that some are left for the end.
    most = recipients // (kills + 2)
    async with asyncio.TaskGroup() as group:
        for name, share in zip("ab", (kills // 2, kills - kills // 2), strict=True):
            chance = random.Random(f"{seed} {name}")
            lives = [chance.randint(0, most) // 2 for _ in range(share)]
            group.create_task(_live_and_die(lives, url, began.isoformat(), storm))
    await storm.verify(database)
    return storm


async def _live_and_die(lives: list[int], url: str, began: str, storm: DigestStorm) -> None:
    """One life after the other, each killed after so many messages; the last one ends by itself."""
    for messages in (*lives, None):
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.digest_worker", url, began,
            cwd=ROOT, stdin=DEVNULL, stdout=PIPE,
        )  # fmt: skip
        if process.stdout is None:
            raise RuntimeError("the worker's output is not piped")
        for _ in range(messages or 0):
            line = await process.stdout.readline()
            storm.received.update([line.decode().strip()] if line.endswith(b"\n") else [])
        if messages is not None and process.returncode is None:
            process.kill()
        rest = (await process.stdout.read()).splitlines(keepends=True)
        storm.received.update(line.decode().strip() for line in rest if line.endswith(b"\n"))
        code = await process.wait()
        storm.killed += code == KILLED
        if code and (messages is None or code != KILLED):
            storm.problems.append(f"a process ended by itself with {code}")
