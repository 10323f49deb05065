"""From the outbox to the channels: leased, in order, once, and again after a failure."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from bot.channels.wechat.pushes import waits_for_the_resident
from bot.dispatch import (
    AT_ONCE,
    FAULTS,
    LEASE,
    Deliver,
    Dispatcher,
    Never,
    NotNow,
    Parcel,
    jitter,
)
from bot.linli import Linli
from bot.serve import page_of
from messages.view_codec import to_json
from messages.views import Greeted
from storage import care, conversations
from storage.database import Busy, Database, Transaction
from storage.statements import statement
from tests.sample import NOW, message
from tests.storage_rows import put_news

ROWS = statement(
    "test.outbox_rows",
    "SELECT number, state, attempts, due_at, sent_at, last_error FROM outbox "
    "ORDER BY conversation_id, number",
)


@dataclass
class Post:
    """A channel that keeps what it was given, and raises what it is told to."""

    given: list[Parcel] = field(default_factory=list)
    raises: list[BaseException] = field(default_factory=list)

    async def deliver(self, parcel: Parcel) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.given.append(parcel)

    @property
    def numbers(self) -> list[int]:
        return [parcel.number for parcel in self.given]


def dispatcher(database: Database, deliver: Deliver, *, chance: float = 0.5) -> Dispatcher:
    return Dispatcher(database, {"post": deliver}, chance=lambda: chance)


async def put(
    database: Database,
    *,
    to: str = "ding",
    times: int = 1,
    channel: str = "post",
    expires: datetime | None = None,
) -> None:
    """Linli says something of its own accord."""

    async def work(tx: Transaction) -> None:
        thread = await conversations.create(tx, f"{channel}-{to}", channel, to, "{}", NOW)
        for _ in range(times):
            await put_news(tx, thread.id, due=NOW, expires=expires, view=to_json(Greeted(()), "zh"))

    await database.write(work)


async def rows(database: Database) -> list[dict[str, object]]:
    async with database.read() as tx:
        return await tx.rows(ROWS)


async def states(database: Database) -> list[object]:
    return [row["state"] for row in await rows(database)]


async def test_what_is_due_is_delivered_once(database: Database) -> None:
    post = Post()
    await put(database)
    assert await dispatcher(database, post.deliver).run(NOW) == 1
    assert await dispatcher(database, post.deliver).run(NOW) == 0
    [parcel] = post.given
    assert (parcel.channel, parcel.address, parcel.number) == ("post", "ding", 1)
    [row] = await rows(database)
    assert (row["state"], row["sent_at"], row["attempts"]) == ("sent", NOW, 1)


async def test_what_is_not_due_yet_waits(database: Database) -> None:
    post = Post()
    await put(database)
    assert await dispatcher(database, post.deliver).run(NOW - timedelta(seconds=1)) == 0
    assert await states(database) == ["waiting"]


async def test_messages_of_a_conversation_arrive_in_their_order(database: Database) -> None:
    post = Post()
    await put(database, times=3)
    worker = dispatcher(database, post.deliver)
    for number in (1, 2, 3):
        assert await worker.run(NOW) == 1
        assert post.numbers == list(range(1, number + 1))


async def test_a_message_that_must_wait_holds_up_those_behind_it_and_no_others(database: Database) -> None:
    post = Post(raises=[NotNow("away")])
    await put(database, to="ding", times=2)
    worker = dispatcher(database, post.deliver)
    assert await worker.run(NOW) == 0
    await put(database, to="lin")
    assert await worker.run(NOW) == 1
    assert [parcel.address for parcel in post.given] == ["lin"]
    assert await worker.run(NOW + timedelta(seconds=2)) == 1
    assert await worker.run(NOW + timedelta(seconds=2)) == 1
    assert [(parcel.address, parcel.number) for parcel in post.given] == [
        ("lin", 1),
        ("ding", 1),
        ("ding", 2),
    ]


@pytest.mark.parametrize(("chance", "share"), [(0.0, 0.5), (0.5, 1.0), (1.0, 1.5)])
async def test_pauses_grow_and_are_scattered(database: Database, chance: float, share: float) -> None:
    await put(database)
    now, pauses = NOW, []
    for _ in range(11):
        failing = dispatcher(database, Post(raises=[NotNow("away")]).deliver, chance=chance)
        assert await failing.run(now) == 0
        [row] = await rows(database)
        due = row["due_at"]
        assert isinstance(due, datetime)
        pauses.append((due - now).total_seconds())
        now = due
    expected = [min(2.0**n, 300.0) * share for n in range(1, 12)]
    assert pauses == pytest.approx(expected, abs=0.001)
    [row] = await rows(database)
    assert (row["state"], row["attempts"], row["last_error"]) == ("waiting", 11, "away")


async def test_a_channel_that_says_how_long_it_wants_silence_is_given_it(database: Database) -> None:
    await put(database)
    post = Post(raises=[NotNow("flood", after=timedelta(seconds=35))])
    assert await dispatcher(database, post.deliver).run(NOW) == 0
    assert await dispatcher(database, post.deliver).run(NOW + timedelta(seconds=34)) == 0
    assert await dispatcher(database, post.deliver).run(NOW + timedelta(seconds=35)) == 1


async def test_one_beat_goes_on_as_long_as_something_goes_out(database: Database) -> None:
    post = Post()
    for to in ("ding", "lin"):
        await put(database, to=to, times=60)
    assert await dispatcher(database, post.deliver).drain(lambda: NOW) == 120
    for to in ("ding", "lin"):
        numbers = [parcel.number for parcel in post.given if parcel.address == to]
        assert numbers == list(range(1, 61))
    assert await dispatcher(database, post.deliver).drain(lambda: NOW) == 0


async def test_one_beat_does_not_go_on_with_what_fails(database: Database) -> None:
    post = Post(raises=[NotNow("away")] * 10)
    await put(database, times=2)
    assert await dispatcher(database, post.deliver).drain(lambda: NOW) == 0
    assert len(post.raises) == 9


async def test_danger_does_not_wait_for_the_news_that_is_due(database: Database) -> None:
    post, until = Post(), NOW + timedelta(days=1)
    for to in range(AT_ONCE):
        await put(database, to=f"news {to}", expires=until)
    await put(database, to="staff", expires=until)
    await put(database, to="staff")
    worker = dispatcher(database, post.deliver)
    for number in (1, 2):
        assert await worker.run(NOW) > 0
        assert ("staff", number, True) in [(p.address, p.number, p.is_urgent) for p in post.given]
    assert sum(parcel.is_urgent for parcel in post.given) == 2


async def test_whoever_just_wrote_is_delivered_all_in_order_and_nobody_else(
    database: Database,
) -> None:
    post = Post()
    for to in ("ding", "lin"):
        await put(database, to=to, times=3)
    assert await dispatcher(database, post.deliver).run_for("post", "ding", lambda: NOW) == 3
    assert [(parcel.address, parcel.number) for parcel in post.given] == [("ding", n) for n in (1, 2, 3)]
    assert await dispatcher(database, post.deliver).run_for("post", "nobody", lambda: NOW) == 0


async def test_whoever_just_wrote_is_delivered_no_more_than_so_many(database: Database) -> None:
    post = Post()
    await put(database, times=3)
    assert await dispatcher(database, post.deliver).run_for("post", "ding", lambda: NOW, most=2) == 2
    assert await states(database) == ["sent", "sent", "waiting"]


async def test_what_fails_for_whoever_just_wrote_holds_up_what_is_behind_it(database: Database) -> None:
    post = Post(raises=[NotNow("away")])
    await put(database, times=2)
    assert await dispatcher(database, post.deliver).run_for("post", "ding", lambda: NOW) == 0
    assert await states(database) == ["waiting", "waiting"]
    assert await dispatcher(database, post.deliver).run_for("post", "ding", lambda: NOW) == 2


async def test_a_message_that_can_never_arrive_lets_the_next_one_pass(database: Database) -> None:
    post = Post(raises=[Never("blocked")])
    await put(database, times=2)
    worker = dispatcher(database, post.deliver)
    assert await worker.run(NOW) == 0
    assert await worker.run(NOW) == 1
    assert await states(database) == ["dead", "sent"]
    assert (await rows(database))[0]["last_error"] == "blocked"


async def test_a_message_for_a_channel_that_is_not_there_is_dead(database: Database) -> None:
    await put(database, channel="pigeon")
    assert await dispatcher(database, Post().deliver).run(NOW) == 0
    [row] = await rows(database)
    assert (row["state"], row["last_error"]) == ("dead", "no such channel")


async def test_a_fault_of_a_channel_is_tried_again_and_quotes_nobody(database: Database) -> None:
    post = Post(raises=[RuntimeError("13800138000 said hello")])
    await put(database, to="ding")
    await put(database, to="lin")
    worker = dispatcher(database, post.deliver)
    assert await worker.run(NOW) == 1
    [waiting] = [row for row in await rows(database) if row["state"] == "waiting"]
    assert str(waiting["last_error"]).startswith("RuntimeError < ")
    assert "13800138000" not in str(waiting)
    assert await worker.run(NOW + timedelta(seconds=3)) == 1


async def test_a_fault_that_stays_is_given_up_and_what_passes_is_not(database: Database) -> None:
    """Whoever is merely not there, or slow, is not given up for it."""
    await put(database, to="ding")
    now = NOW
    for error in [NotNow("away"), TimeoutError(), Busy("busy")] * FAULTS:
        assert await dispatcher(database, Post(raises=[error]).deliver).run(now) == 0
        now += timedelta(minutes=10)
    assert await states(database) == ["waiting"]
    for _ in range(FAULTS):
        assert await states(database) == ["waiting"]
        assert await dispatcher(database, Post(raises=[RuntimeError("?")]).deliver).run(now) == 0
        now += timedelta(minutes=10)
    assert await states(database) == ["dead"]


async def test_deliveries_go_side_by_side(database: Database) -> None:
    """Each waits for the other to have begun: one after the other would never end."""
    begun = {"ding": asyncio.Event(), "lin": asyncio.Event()}

    async def meets(parcel: Parcel) -> None:
        begun[parcel.address].set()
        for each in begun.values():
            await each.wait()

    await put(database, to="ding")
    await put(database, to="lin")
    assert await dispatcher(database, meets).run(NOW) == 2


async def test_a_message_past_its_time_is_not_sent(database: Database) -> None:
    post = Post()
    await put(database, expires=NOW + timedelta(hours=1))
    await put(database, to="lin", expires=NOW + timedelta(hours=3))
    assert await dispatcher(database, post.deliver).run(NOW + timedelta(hours=2)) == 1
    assert [parcel.address for parcel in post.given] == ["lin"]
    assert await states(database) == ["expired", "sent"]


async def test_a_worker_that_died_is_replaced_when_its_lease_has_run_out(database: Database) -> None:
    post = Post()
    await put(database)

    async def dies(parcel: Parcel) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await dispatcher(database, dies).run(NOW)
    assert await states(database) == ["leased"]
    other = dispatcher(database, post.deliver)
    assert await other.run(NOW + LEASE - timedelta(seconds=1)) == 0
    assert await other.run(NOW + LEASE) == 1
    assert await states(database) == ["sent"]


async def test_a_worker_that_comes_back_too_late_changes_nothing(database: Database) -> None:
    post = Post()
    await put(database)

    async def slow(parcel: Parcel) -> None:
        assert await dispatcher(database, post.deliver).run(NOW + LEASE) == 1
        raise Never("too late")

    assert await dispatcher(database, slow).run(NOW) == 0
    assert await states(database) == ["sent"]


async def test_many_workers_at_once_deliver_each_message_once(database: Database) -> None:
    post = Post()
    for number in range(30):
        await put(database, to=f"resident{number}")
    workers = [dispatcher(database, post.deliver) for _ in range(4)]
    assert sum(await asyncio.gather(*(worker.run(NOW) for worker in workers))) == 30
    assert sorted(parcel.address for parcel in post.given) == sorted(f"resident{n}" for n in range(30))
    assert await states(database) == ["sent"] * 30
    assert await care.check(database) == []


async def test_a_message_for_a_page_waits_until_one_is_connected(linli: Linli) -> None:
    await put(linli.database, channel="web", to="ding")
    worker = Dispatcher(linli.database, {"web": page_of(linli)}, chance=lambda: 0.5)
    assert await worker.run(NOW) == 0
    assert await states(linli.database) == ["waiting"]
    async with linli.listening("web", "ding") as ear:
        assert await worker.run(NOW + timedelta(minutes=1)) == 1
        assert await ear.heard(0)
    [line] = await linli.lines("web", "ding", after=0)
    assert (line.number, line.said, line.message_id) == (1, None, None)
    assert await states(linli.database) == ["sent"]


async def test_an_answer_that_went_back_in_the_request_is_not_sent_again(linli: Linli) -> None:
    post = Post()
    await linli.hear(message("你好"))
    [row] = await rows(linli.database)
    assert (row["state"], row["sent_at"]) == ("sent", NOW)
    assert await Dispatcher(linli.database, {"web": post.deliver}, chance=jitter).run(NOW) == 0
    assert post.given == []


async def test_an_answer_on_any_other_channel_is_left_to_a_worker(linli: Linli) -> None:
    post = Post()
    assert (await linli.hear(message("你好", channel="post"))).number == 1
    assert await dispatcher(linli.database, post.deliver).run(NOW) == 1
    assert post.numbers == [1]


async def test_jitter_lies_between_nothing_and_one() -> None:
    assert all(0 <= jitter() <= 1 for _ in range(100))


async def test_a_message_for_wechat_waits_until_its_resident_writes(database: Database) -> None:
    await put(database, channel="wechat")
    worker = Dispatcher(database, {"wechat": waits_for_the_resident}, chance=lambda: 0.5)
    assert await worker.run(NOW) == 0
    assert await states(database) == ["waiting"]
