"""Digests are kept as they were made, one for each place and period."""

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from storage import digests
from storage.database import ConstraintError, Database
from storage.digests import Digest
from tests.storage_rows import LATER, NOW

MONDAY = date(2026, 11, 16)
FIRST = Digest("d1", "centre FZ002", "week", MONDAY, '{"v":1,"said":"邻里"}', NOW)


async def add(database: Database, digest: Digest) -> str:
    return (await database.write(lambda tx: digests.add(tx, digest))).id


async def of_id(database: Database, id: str) -> Digest | None:
    async with database.read() as tx:
        return await digests.of_id(tx, id)


async def test_a_digest_is_found_by_its_id_and_by_its_period_as_it_was_kept(database: Database) -> None:
    assert await add(database, FIRST) == "d1"
    assert await of_id(database, "d1") == FIRST
    assert await of_id(database, "d2") is None
    async with database.read() as tx:
        assert await digests.of_period(tx, "centre FZ002", "week", MONDAY) == FIRST


async def test_the_first_of_a_period_stands(database: Database) -> None:
    await add(database, FIRST)
    again = replace(FIRST, id="d2", view="{}", made_at=LATER)
    assert await add(database, again) == "d1"
    assert await of_id(database, "d1") == FIRST
    assert await of_id(database, "d2") is None


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, id="d2", place="centre FZ003"),
        replace(FIRST, id="d2", place="district"),
        replace(FIRST, id="d2", cadence="month"),
        replace(FIRST, id="d2", first_on=date(2026, 11, 23)),
    ],
)
async def test_another_place_cadence_or_period_has_its_own(database: Database, other: Digest) -> None:
    await add(database, FIRST)
    assert await add(database, other) == "d2"
    async with database.read() as tx:
        assert await digests.of_period(tx, other.place, other.cadence, other.first_on) == other
        assert await digests.of_period(tx, FIRST.place, FIRST.cadence, FIRST.first_on) == FIRST
        assert await digests.of_period(tx, "subdistrict 东湖街道", "week", MONDAY) is None


async def test_of_those_made_at_once_all_learn_which_one_stands(database: Database) -> None:
    made = [replace(FIRST, id=f"d{number}") for number in range(6)]
    stands = set(await asyncio.gather(*(add(database, digest) for digest in made)))
    assert len(stands) == 1
    assert await of_id(database, stands.pop()) is not None


async def test_there_are_three_cadences(database: Database) -> None:
    with pytest.raises(ConstraintError):
        await add(database, replace(FIRST, cadence="year"))
