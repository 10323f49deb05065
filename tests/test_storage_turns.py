"""First come, first served: connections and turns are given in the order in which they were asked for."""

import asyncio
from functools import partial

from storage.database import Database, Transaction
from storage.engine_postgresql import CONNECTIONS
from storage.statements import statement

ONE = statement("test.one", "SELECT 1 AS one")
WAITING = statement("test.waiting", "SELECT COUNT(*) FROM pg_locks WHERE NOT granted")


async def test_nobody_is_overtaken_by_who_comes_later(database: Database) -> None:
    """One connection goes round; whoever was served comes again at once."""
    order: list[int] = []
    held, gone = asyncio.Semaphore(0), asyncio.Event()
    others = CONNECTIONS - 1 if database.engine == "postgresql" else 0

    async def hold(tx: Transaction) -> None:
        held.release()
        await gone.wait()

    async def come(number: int) -> None:
        async def work(tx: Transaction) -> None:
            await tx.run(ONE)
            order.append(number)

        await database.write(work)
        await database.write(work)

    holding = [asyncio.create_task(database.write(hold)) for _ in range(others)]
    for _ in holding:
        await held.acquire()
    await asyncio.gather(*(come(number) for number in range(20)))
    gone.set()
    await asyncio.gather(*holding)
    assert order == [*range(20), *range(20)]


async def test_turns_are_taken_in_the_order_in_which_they_were_asked_for(database: Database) -> None:
    order: list[str] = []
    asking: list[asyncio.Task[None]] = []

    async def turn(who: str, tx: Transaction) -> None:
        await tx.wait_turn("session s")
        order.append(who)

    async def first(tx: Transaction) -> None:
        await turn("a", tx)
        for number, who in enumerate("bcd", start=1):
            asking.append(asyncio.create_task(database.write(partial(turn, who))))
            while database.engine == "postgresql":
                async with database.read(snapshot=False) as look:
                    if await look.value(WAITING) == number:
                        break
            await asyncio.sleep(0)

    await database.write(first)
    await asyncio.gather(*asking)
    assert order == list("abcd")
