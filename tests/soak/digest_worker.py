"""One process that sends digests and delivers them: `python -m tests.soak.digest_worker URL BEGAN`, until it
is killed or nothing is left to do.

It prints the id of every message that it hands to the peer. Its time runs ten times as fast, from `BEGAN` on
(ISO), so that leases of processes that were killed run out soon.
"""

import asyncio
import sys
from datetime import datetime

from bot.clock import Clock, system_clock
from bot.dispatch import Dispatcher, Parcel, jitter
from bot.ids import new_id
from bot.logs import set_up_logs
from handlers.digest_rounds import send_due
from handlers.directory_load import load_directory
from handlers.snapshot import Directory
from handlers.world import Policy, World
from messages.calendar import SHANGHAI
from storage import outbox
from storage.database import Database, connect
from tests.sample import PREFIX

# A minute after the usual time of the digests.
MONDAY = datetime(2026, 11, 23, 8, 31, tzinfo=SHANGHAI)
FASTER = 10
PEER, PAGE = "peer", "web"
LEFT = ("waiting", "leased")


def clock_since(began: datetime) -> Clock:
    return lambda: MONDAY + (system_clock() - began) * FASTER


async def hand_over(parcel: Parcel) -> None:
    """To somebody outside, who keeps it from now on."""
    sys.stdout.write(parcel.id + "\n")
    sys.stdout.flush()


async def show(parcel: Parcel) -> None:
    """A page reads the outbox by itself."""


async def send(database: Database, directory: Directory, clock: Clock) -> None:
    """Rounds until one finds nothing due."""
    found = True
    while found:
        world = World(directory, clock(), Policy("12345"))
        found = any(await send_due(database, world, new_id, lambda digest: (digest, digest)))


async def deliver(database: Database, clock: Clock, sending: asyncio.Task[None]) -> None:
    """Rounds until all was sent, and nothing waits or is in somebody's hands."""
    dispatcher = Dispatcher(database, {PEER: hand_over, PAGE: show}, chance=jitter)
    while True:
        is_all = sending.done()
        await dispatcher.run(clock())
        async with database.read() as tx:
            depth = await outbox.depth(tx)
        if is_all and not any(depth.get(state) for state in LEFT):
            return


async def main(url: str, began: datetime) -> None:
    set_up_logs("error")
    clock, database = clock_since(began), await connect(url, busy_deadline_s=60)
    try:
        directory = await load_directory(database, sample_prefix=PREFIX)
        async with asyncio.TaskGroup() as group:
            sending = group.create_task(send(database, directory, clock))
            group.create_task(deliver(database, clock, sending))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], datetime.fromisoformat(sys.argv[2])))
