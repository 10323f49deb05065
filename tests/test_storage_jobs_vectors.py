"""Claims of timed jobs, and sentence vectors that are computed once."""

import asyncio
from datetime import timedelta

from storage import jobs, vectors
from storage.database import Database
from storage.jobs import FAILED, LONGEST_RUN, Claim
from storage.vectors import AT_ONCE
from tests.storage_rows import LATER, NOW


async def claimed(database: Database, holder: str, *, after: timedelta = timedelta(0)) -> bool:
    return await database.write(lambda tx: jobs.claim(tx, "backup", "2026-11-25", holder, NOW + after))


async def finished(database: Database, holder: str, outcome: str) -> bool:
    return await database.write(lambda tx: jobs.finish(tx, "backup", "2026-11-25", holder, outcome, LATER))


async def test_of_many_exactly_one_may_run_a_job_for_a_period(database: Database) -> None:
    won = await asyncio.gather(*(claimed(database, str(n)) for n in range(20)))
    assert won.count(True) == 1
    assert await database.write(lambda tx: jobs.claim(tx, "backup", "2026-11-26", "x", NOW))
    assert await database.write(lambda tx: jobs.claim(tx, "import", "2026-11-25", "x", NOW))


async def test_a_run_that_went_well_is_the_last_of_its_period(database: Database) -> None:
    await claimed(database, "first")
    assert await finished(database, "first", "copied")
    assert not await finished(database, "first", "copied again")
    assert not await claimed(database, "second", after=LONGEST_RUN * 2)
    async with database.read() as tx:
        assert await jobs.claims(tx) == [Claim("backup", "2026-11-25", "first", NOW, LATER, "copied")]


async def test_a_run_that_failed_may_be_tried_again(database: Database) -> None:
    await claimed(database, "first")
    await finished(database, "first", FAILED)
    assert await claimed(database, "second")
    async with database.read() as tx:
        assert await jobs.claims(tx) == [Claim("backup", "2026-11-25", "second", NOW, None, None)]


async def test_a_run_that_died_is_taken_over_after_an_hour(database: Database) -> None:
    await claimed(database, "first")
    assert not await claimed(database, "second", after=LONGEST_RUN)
    assert await claimed(database, "second", after=LONGEST_RUN + timedelta(microseconds=1))
    assert not await finished(database, "first", "copied")
    assert await finished(database, "second", "copied")


async def test_old_claims_are_forgotten(database: Database) -> None:
    await claimed(database, "first")
    await database.write(lambda tx: jobs.claim(tx, "backup", "2026-11-26", "x", LATER))
    assert await database.write(lambda tx: jobs.forget_before(tx, LATER)) == 1
    async with database.read() as tx:
        assert [claim.period for claim in await jobs.claims(tx)] == ["2026-11-26"]


async def test_vectors_are_kept_by_text_and_model(database: Database) -> None:
    many = {f"h{n}": bytes([n % 256]) * 3 for n in range(AT_ONCE * 2 + 1)}
    await database.write(lambda tx: vectors.save(tx, "m", many))
    await database.write(lambda tx: vectors.save(tx, "other", {"h0": b"other"}))
    await database.write(lambda tx: vectors.save(tx, "m", {"h1": b"new"}))
    async with database.read() as tx:
        assert await vectors.load(tx, "m", many) == many | {"h1": b"new"}
        assert await vectors.load(tx, "m", ["h0", "nobody"]) == {"h0": bytes(3)}
        assert await vectors.load(tx, "other", ["h0", "h1"]) == {"h0": b"other"}
        assert await vectors.load(tx, "m", []) == {}
