"""Import: 85 centres cached and cold, 10,000 centres in bounded memory."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bench_import import CENTRES, in_own_process
from tests.bench.figures import Figure, at_most, plain
from tests.bigbook import SAMPLE, write_big_workbook


async def run() -> list[Figure]:
    with TemporaryDirectory() as folder:
        big = Path(folder) / "big.xlsx"
        write_big_workbook(big, CENTRES)
        small, large = in_own_process(SAMPLE), in_own_process(big)
    return [
        at_most("import of 85 centres into an empty database", small["total_s"], "s", 5),
        plain("import of the same file again", small["again_s"], "s"),
        plain(f"import of {CENTRES:,} centres", large["total_s"], "s"),
        plain(f"  of it the plan and the transaction, {CENTRES:,} centres", large["import_s"], "s"),
        at_most(f"peak memory of the import of {CENTRES:,} centres", large["peak_mb"], "MB", 400),
    ]
