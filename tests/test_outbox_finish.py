"""What stops or hangs: what is under way ends, the rest is given back, and no other lane waits."""

import asyncio
from datetime import timedelta

import pytest

from bot.dispatch import LEASE, SPARE_S, Dispatcher, Parcel
from bot.linli import Linli
from bot.serve import working
from storage.database import Busy, Database, T, Work
from tests.sample import NOW
from tests.test_outbox_delivery import Post, dispatcher, put, states


class Hanging:
    """A channel whose calls begin and end when they are told to."""

    def __init__(self) -> None:
        self.begun, self.go, self.arrived = asyncio.Event(), asyncio.Event(), 0

    async def deliver(self, parcel: Parcel) -> None:
        self.begun.set()
        await self.go.wait()
        self.arrived += 1


async def test_what_is_under_way_ends_before_the_jobs_stop_and_is_not_sent_again(linli: Linli) -> None:
    hanging = Hanging()
    await put(linli.database)
    async with asyncio.timeout(30):
        async with working(linli, {"post": hanging.deliver}):
            await hanging.begun.wait()
            asyncio.get_running_loop().call_later(0.1, hanging.go.set)
    assert hanging.arrived == 1
    assert await states(linli.database) == ["sent"]


async def test_what_does_not_end_in_time_is_given_back_at_once(database: Database) -> None:
    hanging, post = Hanging(), Post()
    await put(database)
    worker = dispatcher(database, hanging.deliver)
    running = asyncio.create_task(worker.run(NOW))
    await hanging.begun.wait()
    assert await states(database) == ["leased"]
    await worker.finish(within_s=0)
    assert await states(database) == ["waiting"]
    assert running.done()
    assert await worker.run(NOW) == 0
    assert await worker.run_for("post", "ding", lambda: NOW) == 0
    assert await dispatcher(database, post.deliver).run(NOW) == 1


async def test_what_others_hold_is_left_to_them(database: Database) -> None:
    hanging = Hanging()
    await put(database)
    other = dispatcher(database, hanging.deliver)
    running = asyncio.create_task(other.run(NOW))
    await hanging.begun.wait()
    await dispatcher(database, Post().deliver).finish()
    assert await states(database) == ["leased"]
    hanging.go.set()
    assert await running == 1


class Forgetful(Database):
    """Busy for whatever is written once `is_busy`."""

    def __init__(self, whole: Database) -> None:
        self.__dict__.update(whole.__dict__)
        self.is_busy = False

    async def write(self, work: Work[T]) -> T:
        if self.is_busy:
            self.is_busy = False
            raise Busy("for a moment")
        return await super().write(work)


async def test_an_error_of_one_is_raised_when_all_have_ended(database: Database) -> None:
    forgetful, ended = Forgetful(database), []

    async def deliver(parcel: Parcel) -> None:
        if parcel.address == "ding":
            forgetful.is_busy = True
            return
        for _ in range(20):
            await asyncio.sleep(0)
        ended.append(parcel.address)

    await put(database, to="ding")
    await put(database, to="lin")
    with pytest.raises(Busy):
        await Dispatcher(forgetful, {"post": deliver}, chance=lambda: 0.5).run(NOW)
    assert ended == ["lin"]
    assert sorted(map(str, await states(database))) == ["leased", "sent"]


async def test_a_channel_that_hangs_does_not_hold_up_another(database: Database) -> None:
    hanging, post, page = Hanging(), Post(), Post()
    channels = {"slow": hanging.deliver, "post": post.deliver, "web": page.deliver}
    worker = Dispatcher(database, channels, chance=lambda: 0.5, rings=("slow", "post"))
    for channel in ("slow", "post", "web", "pigeon"):
        await put(database, channel=channel)
    lanes = worker.lanes
    assert set(lanes) == {"", "slow", "post"}
    stuck = asyncio.create_task(worker.drain(lambda: NOW, lanes["slow"]))
    await hanging.begun.wait()
    assert await worker.drain(lambda: NOW, lanes["post"]) == 1
    assert await worker.drain(lambda: NOW, lanes[""]) == 1
    assert (len(post.given), len(page.given)) == (1, 1)
    assert await states(database) == ["dead", "sent", "leased", "sent"]
    hanging.go.set()
    assert await stuck == 1


@pytest.mark.parametrize(("lease", "sent"), [(timedelta(seconds=SPARE_S + 0.2), 0), (LEASE, 1)])
async def test_a_lease_counts_from_before_it_was_written(
    database: Database, lease: timedelta, sent: int
) -> None:
    """Where the write had to wait so long that another worker may take it, nothing is sent."""
    post = Post()

    class Waits(Forgetful):
        async def write(self, work: Work[T]) -> T:
            written = await super().write(work)
            late = asyncio.Event()
            asyncio.get_running_loop().call_later(0.3, late.set)
            await late.wait()
            return written

    await put(database)
    worker = Dispatcher(Waits(database), {"post": post.deliver}, chance=lambda: 0.5, lease=lease)
    assert await worker.run(NOW) == sent
    assert len(post.given) == sent
