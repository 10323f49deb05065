"""Pages that were shown, what waits for somebody to write, and what WeChat still takes, on both engines."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from storage import care, conversations, outbox, wechat
from storage.database import Database, Transaction
from storage.outbox import WITHOUT_END_KEPT
from storage.wechat import SHOWN_KEPT, Shown, Thread, Window
from tests.storage_rows import LATER, NOW, put_news

SOON = NOW + timedelta(minutes=1)


@pytest.fixture
async def talk(database: Database) -> str:
    """A conversation in which nothing was said."""
    made = await database.write(lambda tx: conversations.create(tx, "talk-ding", "wechat", "ding", "{}", NOW))
    return made.id


async def say(
    database: Database, talk: str, *, due: datetime = NOW, expires: datetime | None = None, view: str = "v"
) -> int:
    """Linli says something of its own accord: its number."""

    async def work(tx: Transaction) -> int:
        return await put_news(tx, talk, due=due, expires=expires, view=view)

    return await database.write(work)


async def answer(database: Database, talk: str, message_id: str) -> int:
    number = await say(database, talk)
    await database.write(
        lambda tx: conversations.note_message(tx, talk, message_id, number, "hi", "greet", "{}", NOW)
    )
    return number


async def thread(database: Database) -> Thread:
    async with database.read() as tx:
        found = await wechat.thread(tx, "wechat", "ding")
    assert found
    return found


async def show(
    database: Database, message_id: str, numbers: Sequence[int], page: int, at: datetime = NOW
) -> None:
    what, where = Shown(tuple(numbers), page), await thread(database)
    await database.write(lambda tx: wechat.note_shown(tx, where, message_id, what, at))


async def newest(database: Database) -> Shown | None:
    where = await thread(database)
    async with database.read() as tx:
        return await wechat.newest_shown(tx, where)


async def pending(database: Database, talk: str, now: datetime = NOW) -> list[int]:
    async with database.read() as tx:
        return await wechat.pending(tx, talk, now, 5)


async def hand_over(database: Database, talk: str, *numbers: int) -> list[int]:
    return await database.write(lambda tx: wechat.hand_over(tx, talk, numbers, NOW))


async def put_back(database: Database, talk: str, message_id: str, *numbers: int) -> None:
    await database.write(lambda tx: wechat.put_back(tx, talk, message_id, numbers, SOON))


async def test_a_thread_knows_its_last_number_and_its_last_answer(database: Database, talk: str) -> None:
    assert await thread(database) == Thread(talk, 0, 0)
    await answer(database, talk, "m1")
    await say(database, talk)
    assert await thread(database) == Thread(talk, 2, 1)
    async with database.read() as tx:
        assert await wechat.thread(tx, "web", "ding") is None


async def test_what_stands_before_the_eyes_is_the_answer_or_what_was_shown_since(
    database: Database, talk: str
) -> None:
    assert await newest(database) is None
    await answer(database, talk, "m1")
    assert await newest(database) == Shown((1,), 1)
    await show(database, "m2", [1], 2)
    assert await newest(database) == Shown((1,), 2)
    await say(database, talk)
    await show(database, "m3", [2], 1)
    assert await newest(database) == Shown((2,), 1)
    await show(database, "m4", [2], 2)
    assert await newest(database) == Shown((2,), 2)
    await answer(database, talk, "m5")
    assert await newest(database) == Shown((3,), 1)


async def test_what_a_message_was_shown_is_noted_once(database: Database, talk: str) -> None:
    await answer(database, talk, "m1")
    await show(database, "m2", [1, 7], 2)
    await show(database, "m2", [1], 3)
    async with database.read() as tx:
        assert await wechat.shown(tx, talk, "m2") == Shown((1, 7), 2)
        assert await wechat.shown(tx, talk, "m1") is None


async def test_what_was_shown_long_ago_is_forgotten(database: Database, talk: str) -> None:
    await show(database, "m1", [1], 1, NOW)
    await show(database, "m2", [1], 2, NOW + SHOWN_KEPT)
    async with database.read() as tx:
        assert await wechat.shown(tx, talk, "m1")
    await show(database, "m3", [1], 2, NOW + SHOWN_KEPT + timedelta(seconds=1))
    async with database.read() as tx:
        assert await wechat.shown(tx, talk, "m1") is None
        assert await wechat.shown(tx, talk, "m2")


async def test_what_is_due_waits_and_what_is_for_later_does_not(database: Database, talk: str) -> None:
    await say(database, talk, due=LATER)
    await say(database, talk)
    await say(database, talk, expires=SOON)
    await say(database, talk, view="")
    assert await pending(database, talk) == [2, 3]
    assert await pending(database, talk, SOON) == [2]
    assert await pending(database, talk, LATER) == [1, 2]


async def test_what_found_nobody_waits_however_late_it_is_tried_again(database: Database, talk: str) -> None:
    await say(database, talk)

    async def tried(tx: Transaction) -> None:
        await outbox.lease_due(tx, NOW, SOON, "worker", 5)
        await outbox.retry_later(tx, f"{talk}-1", "worker", LATER, "nobody")

    await database.write(tried)
    assert await pending(database, talk) == [1]


async def test_what_a_worker_is_sending_is_left_to_it(database: Database, talk: str) -> None:
    await say(database, talk)
    await database.write(lambda tx: outbox.lease_due(tx, NOW, SOON, "worker", 5))
    assert await pending(database, talk) == []
    assert await hand_over(database, talk, 1) == []


async def test_what_is_handed_over_is_sent_once(database: Database, talk: str) -> None:
    await say(database, talk)
    await say(database, talk)
    assert await hand_over(database, talk, 1, 2, 3) == [1, 2]
    assert await hand_over(database, talk, 1, 2) == []
    assert await pending(database, talk) == []
    assert await care.check(database) == []


async def test_what_nobody_took_waits_again_and_was_not_shown(database: Database, talk: str) -> None:
    await say(database, talk)
    await hand_over(database, talk, 1)
    await show(database, "m1", [1], 1)
    await put_back(database, talk, "m1", 1, 2)
    assert await pending(database, talk) == []
    assert await pending(database, talk, SOON) == [1]
    async with database.read() as tx:
        assert await wechat.shown(tx, talk, "m1") is None
    assert await care.check(database) == []


async def test_what_was_put_back_keeps_its_end_and_does_not_wait_for_ever(
    database: Database, talk: str
) -> None:
    await say(database, talk)
    await say(database, talk, expires=LATER)
    await hand_over(database, talk, 1, 2)
    await put_back(database, talk, "m1", 1, 2)
    assert await pending(database, talk, SOON) == [1, 2]
    assert await pending(database, talk, LATER) == [1]
    assert await database.write(lambda tx: outbox.expire(tx, NOW + WITHOUT_END_KEPT)) == 2
    assert await pending(database, talk, NOW + WITHOUT_END_KEPT) == []


async def test_a_late_answer_goes_before_the_news_of_others(database: Database, talk: str) -> None:
    async def work(tx: Transaction) -> None:
        await conversations.create(tx, "other", "wechat", "other", "{}", NOW)
        await put_news(tx, "other", due=NOW, expires=LATER)

    await database.write(work)
    await say(database, talk)
    await hand_over(database, talk, 1)
    await put_back(database, talk, "m1", 1)
    [first] = await database.write(lambda tx: outbox.lease_due(tx, SOON, LATER, "worker", 1))
    assert (first.conversation_id, first.is_urgent) == (talk, True)


async def test_what_was_erased_is_not_put_back(database: Database, talk: str) -> None:
    await say(database, talk, view="")
    await hand_over(database, talk, 1)
    await put_back(database, talk, "m1", 1)
    async with database.read() as tx:
        assert (await outbox.depth(tx))["waiting"] == 0


async def test_views_are_read_together(database: Database, talk: str) -> None:
    for view in ("one", "", "three"):
        await say(database, talk, view=view)
    async with database.read() as tx:
        assert await wechat.views(tx, talk, [3, 1, 2, 99]) == {1: "one", 3: "three"}
        assert await wechat.views(tx, talk, []) == {}


async def test_a_view_is_read_until_it_is_erased(database: Database, talk: str) -> None:
    await say(database, talk, view="hello")
    await say(database, talk, view="")
    async with database.read() as tx:
        assert [await wechat.said(tx, talk, number) for number in (1, 2, 3)] == ["hello", None, None]


async def opened(
    database: Database, talk: str, kind: str, message_id: str, allowed: int, until: datetime
) -> None:
    await database.write(
        lambda tx: wechat.open_window(tx, talk, kind, message_id, allowed=allowed, closes_at=until)
    )


async def taken_from(database: Database, now: datetime = NOW, number: int = 9) -> Window | None:
    where = await thread(database)
    return await database.write(lambda tx: wechat.take_push(tx, where, number, now))


async def take(database: Database, now: datetime = NOW, number: int = 9) -> str | None:
    window = await taken_from(database, now, number)
    return window.kind if window else None


async def test_a_message_allows_so_many_and_not_one_more(database: Database, talk: str) -> None:
    assert not await take(database)
    await opened(database, talk, "message", "m1", 5, LATER)
    taken = await asyncio.gather(*(take(database) for _ in range(8)))
    assert taken.count("message") == 5


async def test_a_push_that_comes_again_opens_nothing_again(database: Database, talk: str) -> None:
    await opened(database, talk, "message", "m1", 1, LATER)
    assert await take(database)
    await opened(database, talk, "message", "m1", 1, LATER)
    assert not await take(database)
    await opened(database, talk, "message", "m2", 1, LATER)
    assert await take(database)


async def test_the_push_of_an_earlier_message_opens_nothing_again(database: Database, talk: str) -> None:
    for message_id in ("m1", "m2"):
        await answer(database, talk, message_id)
        await opened(database, talk, "message", message_id, 1, LATER)
    assert await take(database)
    await opened(database, talk, "message", "m1", 1, LATER)
    assert not await take(database)
    await answer(database, talk, "m3")
    await opened(database, talk, "message", "m3", 1, LATER)
    assert await take(database)


async def test_the_window_that_wechat_says_is_closed_is_closed_alone(database: Database, talk: str) -> None:
    await opened(database, talk, "message", "m1", 5, LATER)
    refused = await taken_from(database)
    assert refused
    await opened(database, talk, "touch", "e1", 1, SOON)
    await database.write(lambda tx: wechat.close_window(tx, talk, refused))
    assert [await take(database) for _ in range(2)] == ["touch", None]
    await opened(database, talk, "message", "m2", 1, LATER)
    await database.write(lambda tx: wechat.close_window(tx, talk, refused))
    assert await take(database) == "message"


async def test_a_window_closes_in_time_and_the_one_that_closes_first_is_used_first(
    database: Database, talk: str
) -> None:
    await opened(database, talk, "message", "m1", 1, LATER)
    await opened(database, talk, "touch", "e1", 1, SOON)
    assert await take(database)
    assert await take(database, SOON)
    assert not await take(database, SOON)
    await opened(database, talk, "touch", "e2", 3, SOON)
    assert not await take(database, SOON)


async def test_what_was_not_pushed_after_all_does_not_count_and_was_not_shown(
    database: Database, talk: str
) -> None:
    await opened(database, talk, "message", "m1", 1, LATER)
    await opened(database, talk, "touch", "e1", 1, SOON)
    await say(database, talk)
    window = await taken_from(database, number=1)
    assert window == Window("touch", "e1")
    assert await newest(database) == Shown((1,), 1)
    await database.write(lambda tx: wechat.give_back_push(tx, talk, 1, window))
    assert await newest(database) is None
    assert [await take(database) for _ in range(3)] == ["touch", "message", None]


async def test_what_was_not_pushed_goes_back_into_its_own_window_alone(database: Database, talk: str) -> None:
    await opened(database, talk, "message", "m1", 5, LATER)
    window = await taken_from(database)
    assert window
    await opened(database, talk, "message", "m2", 5, LATER)
    await database.write(lambda tx: wechat.give_back_push(tx, talk, 9, window))
    assert [await take(database) for _ in range(6)] == ["message"] * 5 + [None]


async def test_who_left_is_sent_nothing(database: Database, talk: str) -> None:
    await opened(database, talk, "message", "m1", 5, LATER)
    await opened(database, talk, "touch", "e1", 3, LATER)
    await database.write(lambda tx: wechat.close_windows(tx, talk))
    assert not await take(database)
