"""News that rings waits for the morning; answers, what is over by then and danger do not."""

from datetime import datetime, time, timedelta

import pytest

from bot.clock import SHANGHAI, fixed_clock
from bot.dispatch import QUIET_FROM, QUIET_UNTIL, TO_ACT, Dispatcher, morning_after
from bot.linli import Linli
from handlers.line import NIGHT_BEGINS, NIGHT_ENDS
from storage.database import Database
from storage.statements import statement
from tests.case_talk import opened, staffed
from tests.test_outbox_delivery import Post, put

NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=SHANGHAI)
LATER = MORNING + timedelta(days=3)
DUE = statement("test.due", "SELECT due_at, last_error, expires_at FROM outbox ORDER BY number")


def worker(database: Database, post: Post, *rings: str) -> Dispatcher:
    return Dispatcher(database, {"post": post.deliver}, chance=lambda: 0.5, rings=rings)


@pytest.mark.parametrize(
    ("at", "day"),
    [(time(21), 1), (time(23, 59), 1), (time(0), 0), (time(7, 59), 0), (time(8), None), (time(20, 59), None)],
)
def test_the_night_ends_at_eight(at: time, day: int | None) -> None:
    now = datetime.combine(NIGHT.date(), at, SHANGHAI)
    expected = None if day is None else MORNING - timedelta(days=1 - day)
    assert morning_after(now) == expected


def test_it_is_the_night_in_which_nobody_has_to_answer() -> None:
    assert (QUIET_FROM, QUIET_UNTIL) == (NIGHT_BEGINS, NIGHT_ENDS)


async def test_news_that_rings_waits_for_the_morning(database: Database) -> None:
    post = Post()
    await put(database, expires=LATER)
    ringing = worker(database, post, "post")
    assert await ringing.run(NIGHT) == 0
    async with database.read() as tx:
        [row] = await tx.rows(DUE)
    assert (row["due_at"], row["last_error"]) == (MORNING, "quiet hours")
    assert await ringing.run(MORNING - timedelta(seconds=1)) == 0
    assert await ringing.run(MORNING) == 1
    assert len(post.given) == 1


@pytest.mark.parametrize(
    ("rings", "expires"),
    [
        ((), LATER),  # a page rings nowhere
        (("post",), None),  # an answer, or danger
        (("post",), MORNING + TO_ACT - timedelta(seconds=1)),  # too late in the morning
    ],
)
async def test_what_does_not_ring_or_cannot_wait_is_delivered(
    database: Database, rings: tuple[str, ...], expires: datetime | None
) -> None:
    post = Post()
    await put(database, expires=expires)
    assert await worker(database, post, *rings).run(NIGHT) == 1


async def test_who_writes_at_night_is_told_what_waited(database: Database) -> None:
    post = Post()
    await put(database, expires=LATER)
    ringing = worker(database, post, "post")
    await ringing.run(NIGHT)
    assert await ringing.run_for("post", "ding", fixed_clock(NIGHT + timedelta(minutes=1))) == 1


async def test_what_waits_before_danger_goes_with_it(linli: Linli) -> None:
    house = await staffed(linli)
    post = Post()
    ringing = Dispatcher(linli.database, {"web": post.deliver}, chance=lambda: 0.5, rings=("web",))
    await opened(house.at(NIGHT))
    assert await ringing.run(NIGHT) == 0
    await opened(house.at(NIGHT), kind="urgent", who="wang")
    while await ringing.run(NIGHT + timedelta(minutes=1)):
        pass
    assert [parcel.address for parcel in post.given].count("wang") >= 2


STAFF_NEWS = statement(
    "test.staff_news", "SELECT expires_at FROM outbox WHERE unique_key LIKE 'case % opened %'"
)


@pytest.mark.parametrize(("kind", "may_wait"), [("complaint", True), ("urgent", False)])
async def test_danger_rings_at_night(linli: Linli, kind: str, may_wait: bool) -> None:
    """What staff are told of it has no end."""
    house = await staffed(linli)
    await opened(house.at(NIGHT), kind=kind)
    async with linli.database.read() as tx:
        [row, *_] = await tx.rows(STAFF_NEWS)
    assert (row["expires_at"] is not None) is may_wait
