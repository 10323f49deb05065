"""Import of the sample and of 10,000 centres: seconds and peak memory, each in a process of its own."""

import asyncio
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from handlers.directory_import import import_directory
from messages.workbook import read_workbook
from storage.database import connect
from storage.migrate import migrate
from tests.bigbook import SAMPLE, write_big_workbook

CENTRES = 10_000
NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
ROOT = Path(__file__).parent.parent.parent


async def measure(workbook: Path, folder: Path) -> dict[str, float]:
    """Import into a new SQLite file, then the same file again; seconds, and megabytes at the peak."""
    database = await connect(f"sqlite:///{folder / 'bench.db'}")
    try:
        await migrate(database, NOW)
        before = _peak_mb()
        began = perf_counter()
        read = read_workbook(workbook)
        was_read = perf_counter()
        report = await import_directory(database, read, now=NOW)
        ended = perf_counter()
        again = await import_directory(database, read, now=NOW)
        ended_again = perf_counter()
    finally:
        await database.close()
    if report.refused_reason or report.problems or again.version != report.version:
        raise RuntimeError(f"the import went wrong: {report.refused_reason or report.problems[:3]}")
    return {
        "centres": len(read.centres),
        "rows": sum(counts.added for counts in report.counts.values()),
        "read_s": was_read - began,
        "import_s": ended - was_read,
        "total_s": ended - began,
        "again_s": ended_again - ended,
        "before_mb": before,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    """The peak of this process's resident memory so far. Not getrusage's: that one begins with the
    memory of the process that started this one."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(r"VmHWM:\s+(\d+) kB", status)[0]) / 1024


def in_own_process(workbook: Path) -> dict[str, float]:
    """`measure` in a fresh interpreter, so that nothing else is in its memory."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_import", str(workbook)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    result: dict[str, float] = json.loads(told.stdout)
    return result


def main() -> None:
    if len(sys.argv) == 2:
        with TemporaryDirectory() as folder:
            sys.stdout.write(json.dumps(asyncio.run(measure(Path(sys.argv[1]), Path(folder)))))
        return
    with TemporaryDirectory() as folder:
        big = Path(folder) / "big.xlsx"
        write_big_workbook(big, CENTRES)
        for result in (in_own_process(SAMPLE), in_own_process(big)):
            sys.stdout.write("  ".join(f"{name}={value:,.2f}" for name, value in result.items()) + "\n")


if __name__ == "__main__":
    main()
