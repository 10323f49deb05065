"""Import: 85 centres, 10,000 centres in bounded memory, and how long a turn waits meanwhile."""

import asyncio
import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.clock import system_clock
from bot.ids import new_id
from bot.settings import Settings
from bot.wiring import open_linli
from handlers.directory_import import import_directory
from handlers.message import Message
from messages.workbook import read_workbook
from tests.bench.bench_import import CENTRES, ROOT, in_own_process
from tests.bench.figures import Figure, at_most, plain
from tests.bigbook import SAMPLE, write_big_workbook

MEANWHILE = 1_000


async def run() -> list[Figure]:
    with TemporaryDirectory() as folder:
        big = Path(folder) / "big.xlsx"
        write_big_workbook(big, CENTRES)
        small, large = in_own_process(SAMPLE), in_own_process(big)
        waited = await _longest_turn(Path(folder))
    return [
        at_most("import of 85 centres into an empty database", small["total_s"], "s", 5),
        plain("import of the same file again", small["again_s"], "s"),
        plain(f"import of {CENTRES:,} centres", large["total_s"], "s"),
        plain(f"  of it the plan and the transaction, {CENTRES:,} centres", large["import_s"], "s"),
        at_most(f"peak memory of the import of {CENTRES:,} centres", large["peak_mb"], "MB", 400),
        at_most(f"longest turn while {MEANWHILE:,} centres are imported", waited, "s", 1),
    ]


async def _longest_turn(folder: Path) -> float:
    """Seconds of the slowest turn while another process imports a second district."""
    book = folder / "other.xlsx"
    write_big_workbook(book, MEANWHILE, prefix="QZ")
    url = f"sqlite:///{folder / 'linli.db'}"
    async with open_linli(Settings(database_url=url, vectors="off")) as linli:
        await import_directory(linli.database, read_workbook(SAMPLE), now=system_clock())
        await linli.refresh_directory()
        importing = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "import", str(book),
            cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        ended = asyncio.create_task(importing.wait())
        longest = 0.0
        while not ended.done():
            began = time.perf_counter()
            await linli.hear(Message("web", "waiting", str(new_id()), "/centre FZ002"))
            longest = max(longest, time.perf_counter() - began)
        if ended.result():
            raise RuntimeError("the import beside the turns failed")
    return longest
