"""Processes that book and are killed, at a small fixed size; `make soak` kills fifty on each engine."""

from storage.statements import statement
from tests.engines import opened
from tests.soak.booking_storm import rage

SEED = 20261125
FORGET_A_MESSAGE = statement(
    "test.forget_a_message",
    """
    DELETE FROM outbox WHERE id = (
        SELECT b.id || ' answer ' || CAST(b.version AS TEXT) FROM booking AS b WHERE b.state = 'booked'
        ORDER BY b.id LIMIT 1
    )
    """,
)


async def test_bookings_survive_processes_that_are_killed(database_url: str) -> None:
    async with opened(database_url, busy_deadline_s=30) as database:
        storm = await rage(database_url, database, seed=SEED, kills=4, answers=40)
        assert storm.problems == []
        assert storm.answers >= 80
        assert storm.offers > 0

        storm.misremember()
        await storm.verify(database)
        assert len(storm.problems) == 1, "a confirmed booking that is not there is noticed"
        await database.write(lambda tx: tx.run(FORGET_A_MESSAGE))
        await storm.verify(database)
        assert any("nothing in the outbox says so" in problem for problem in storm.problems)
