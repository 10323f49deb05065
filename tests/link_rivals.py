"""Rivals for one code, straight at the rows: prints who has it. Runs in copies without a guard as well."""

import asyncio
import sys
from datetime import timedelta

from storage import conversations, links
from storage.database import Transaction, connect
from storage.migrate import migrate
from tests.storage_rows import NOW

MAKER, RIVALS = "maker", ("first", "second")
LATER = NOW + timedelta(minutes=15)


async def rivals(url: str = "sqlite:///:memory:") -> list[str]:
    """Of two that take a code, those that got it; and whoever but its maker could say yes to it."""
    database = await connect(url)
    await migrate(database, NOW)
    found: list[str] = []

    async def work(tx: Transaction) -> None:
        for who in (MAKER, *RIVALS):
            await conversations.create(tx, who, "web", who, "{}", NOW)
        await links.offer(tx, "link", MAKER, "hash", NOW, LATER)
        takes = [who for who in RIVALS if await links.take(tx, "link", who, now=NOW, until=LATER)]
        settles = [who for who in (*RIVALS, MAKER, MAKER) if await links.settle(tx, "link", who, NOW)]
        found.extend([f"{who} takes" for who in takes] + [f"{who} settles" for who in settles])

    try:
        await database.write(work)
    finally:
        await database.close()
    return found


if __name__ == "__main__":
    sys.stdout.write(", ".join(asyncio.run(rivals())))
