"""News that rings waits for the morning; answers, what is over by then and danger do not."""

from datetime import datetime, time, timedelta

import pytest

from bot.clock import fixed_clock
from bot.dispatch import TO_ACT, Dispatcher, NotNow
from bot.linli import Linli
from handlers.night import last_night, morning_after
from messages.calendar import SHANGHAI
from storage import wechat
from storage.database import Database
from storage.transaction import Transaction
from tests.case_talk import opened, staffed
from tests.sample import message
from tests.test_outbox_delivery import Post, put

NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=SHANGHAI)
MORNING = datetime(2026, 11, 26, 8, 0, tzinfo=SHANGHAI)
LATER = MORNING + timedelta(days=3)


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


@pytest.mark.parametrize(
    ("at", "ago"), [(time(21), 0), (time(23, 59), 0), (time(0), 1), (time(8), 1), (time(20, 59), 1)]
)
def test_the_last_night_is_that_which_began_last(at: time, ago: int) -> None:
    begins, ends = last_night(datetime.combine(NIGHT.date(), at, SHANGHAI))
    assert begins == datetime.combine(NIGHT.date() - timedelta(days=ago), time(21), SHANGHAI)
    assert ends == begins + timedelta(hours=11)


async def test_news_that_rings_waits_for_the_morning(database: Database) -> None:
    post = Post()
    await put(database, expires=LATER)
    ringing = worker(database, post, "post")
    assert await ringing.run(NIGHT) == 0
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


async def test_what_waits_goes_with_whatever_cannot_wait_behind_it(database: Database) -> None:
    """Danger, and what would be over by the morning; in their order."""
    for behind in (None, NIGHT + timedelta(hours=2)):
        post = Post()
        ringing = worker(database, post, "post")
        to = f"to {behind}"
        await put(database, to=to, expires=LATER)
        assert await ringing.run(NIGHT) == 0
        await put(database, to=to, expires=behind)
        await put(database, to=to, expires=LATER)
        assert [await ringing.run(NIGHT + timedelta(minutes=n)) for n in (1, 2, 3)] == [1, 1, 0]
        assert post.numbers == [1, 2]
        assert await ringing.run(MORNING) == 1


async def test_what_is_held_is_tried_as_often_as_if_it_were_day(database: Database) -> None:
    """It is due all the time, so that whatever it waits for finds it; a failure counts as by day."""
    post = Post(raises=[NotNow("later")])
    await put(database, expires=LATER)
    ringing = worker(database, post, "post")
    for minute in range(5):
        assert await ringing.run(NIGHT + timedelta(minutes=minute)) == 0
    assert await worker(database, post, "post").run(MORNING) == 0
    assert await ringing.run(MORNING + timedelta(minutes=1)) == 1


async def test_a_late_answer_is_no_news(linli: Linli) -> None:
    """An answer that nobody took in time waits like news, and is told at night for all that."""
    post = Post()
    ringing = Dispatcher(linli.database, {"wechat": post.deliver}, chance=lambda: 0.5, rings=("wechat",))
    reply = await linli.hear(message("你好", channel="wechat", id="1"))
    async with linli.database.read() as tx:
        thread = await wechat.thread(tx, "wechat", "ding")
    assert thread

    async def put_back(tx: Transaction) -> None:
        await wechat.put_back(tx, thread.id, "1", [reply.number], NIGHT)

    await linli.database.write(put_back)
    assert await ringing.run(NIGHT) == 1


async def test_danger_rings_at_night_with_what_waits_before_it(linli: Linli) -> None:
    house = await staffed(linli)
    post = Post()
    ringing = Dispatcher(linli.database, {"web": post.deliver}, chance=lambda: 0.5, rings=("web",))
    await opened(house.at(NIGHT))
    assert await ringing.run(NIGHT) == 0
    await opened(house.at(NIGHT), kind="urgent", who="wang")
    while await ringing.run(NIGHT + timedelta(minutes=1)):
        pass
    assert [parcel.address for parcel in post.given] == ["wang", "wang"]
