"""The simulated year of the benchmarks, at a small size: in order, as large as asked, repeatable."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from storage import care
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.sample import NOW, rows_of
from tests.year import TABLES, Size, write_directory, write_year

SMALL = Size(600, 600, 60)
RATINGS = statement("test.ratings", "SELECT COUNT(*) AS n FROM rating WHERE is_verified")
WRONG = statement("test.wrong", "UPDATE session SET taken = taken - 1 WHERE id = 'C00000s0'")


async def _emptied(tx: Transaction) -> None:
    for table in reversed(TABLES):
        await tx.run(statement(f"test.empty_{table}", f"DELETE FROM {table}"))


@pytest_asyncio.fixture
async def grown(database: Database) -> AsyncIterator[Database]:
    await write_directory(database, 7, NOW)
    await write_year(database, NOW, SMALL)
    yield database


async def test_a_year_has_its_size_and_is_in_order(grown: Database) -> None:
    found = await rows_of(grown, "booking", "place", "rating", "case_file", "meeting")
    assert [len(found[name]) for name in ("booking", "place", "rating", "case_file")] == [600, 600, 600, 60]
    async with grown.read() as tx:
        assert 400 < await tx.value(RATINGS) < 500
    assert await care.check(grown) == []
    await grown.write(lambda tx: tx.run(WRONG))
    assert await care.check(grown) != []


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_seed_decides_what_happens(grown: Database, database_url: str, seed: int) -> None:
    before = await rows_of(grown, *TABLES)
    await grown.write(_emptied)
    await write_year(grown, NOW, Size(600, 600, 60, seed))
    assert (await rows_of(grown, *TABLES) == before) == (seed == 1)
