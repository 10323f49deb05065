"""What another process does to a database while tests look on: `python -m tests.storage_process WHAT URL`."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path

from storage.database import Database, Transaction, connect
from storage.migrate import migrate
from storage.statements import statement

COUNT_UP = statement("count_up", "UPDATE counter SET n = n + 1 RETURNING n")


async def count_up(tx: Transaction) -> None:
    await tx.run(COUNT_UP)


async def hold(tx: Transaction) -> None:
    """Stay in the middle of a transaction until somebody writes a line, or ends this process."""
    await count_up(tx)
    sys.stdout.write("holding\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.readline)


async def do(what: str, database: Database) -> None:
    match what:
        case "count":
            for _ in range(100):
                await database.write(count_up)
        case "hold":
            await database.write(hold)
        case "migrate":
            await migrate(database, datetime(2026, 11, 25, tzinfo=UTC), folder=Path(sys.argv[3]))


async def main() -> None:
    database = await connect(sys.argv[2], busy_deadline_s=30)
    try:
        await do(sys.argv[1], database)
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main())
