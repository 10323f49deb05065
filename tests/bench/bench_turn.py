"""Turns by button, everything durable, beside a bare echo handler in the same run.

The rate is that of a busy hour: many residents at once, whose turns share commits. What one resident alone
sees is mostly the way to the database's thread and back; it stands beside it.
"""

import asyncio
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.clock import system_clock
from bot.ids import new_id
from bot.linli import Linli
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.directory_import import import_directory
from handlers.message import Message
from messages.workbook import read_workbook
from tests.bench.bench_echo import Echo
from tests.bench.figures import Figure, against, beside, plain

ROUNDS = 15
TURNS = 640
RESIDENTS = 32
BUTTON = "/centre FZ002"


async def _presses(linli: Linli, address: str, turns: int) -> None:
    """One resident presses a button again and again, each time waiting for the answer."""
    for _ in range(turns):
        await linli.hear(Message("web", address, str(new_id()), BUTTON, tapped=True))


async def _rate(linli: Linli, turns: int, residents: int = 1) -> float:
    """Turns a second of so many residents at once, each in a conversation that is under way."""
    addresses = [f"resident {number}" for number in range(residents)]
    for address in addresses:
        await _presses(linli, address, 1)
    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for address in addresses:
            group.create_task(_presses(linli, address, turns // residents))
    return turns // residents * residents / (time.perf_counter() - began)


async def run() -> list[Figure]:
    """Rounds of the turn and of the reference take turns, so that a busy moment hits both."""
    set_up_logs("warning")
    normal, crowd, full, echoed = [], [], [], []
    with TemporaryDirectory() as folder:
        here = Path(folder)
        settings = Settings(database_url=f"sqlite:///{here / 'normal.db'}", vectors="off")
        slow = Settings(database_url=f"sqlite:///{here / 'full.db'}", vectors="off", durability="full")
        async with open_linli(settings) as linli, open_linli(slow) as safe, Echo() as echo:
            for bot in (linli, safe):
                await import_directory(bot.database, read_workbook(SAMPLE), now=system_clock())
                await bot.refresh_directory()
            await _rate(linli, TURNS)
            await echo.rate(TURNS)
            for _ in range(ROUNDS):
                normal.append(await _rate(linli, TURNS))
                crowd.append(await _rate(linli, TURNS, RESIDENTS))
                echoed.append(await echo.rate(TURNS))
                full.append(await _rate(safe, TURNS // 8))
    reference = median(echoed)
    return [
        plain("bare echo handler, null transport", reference, "1/s"),
        against(
            f"turns by button, {RESIDENTS} residents at once, SQLite, survive kill -9",
            median(crowd),
            "1/s",
            reference,
            least=0.5,
        ),
        beside("  the same, one resident, each turn after the other", median(normal), "1/s", reference),
        plain("  the same, one resident, SQLite, survives power loss", median(full), "1/s"),
    ]
