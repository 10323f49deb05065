"""How long a message may wait for its turn, and a call take: within the lease, and cut off in no call."""

import asyncio
from datetime import timedelta

import pytest

from bot.dispatch import LEASE, PATIENCE_S, SPARE_S, WAIT_S, Dispatcher, Parcel
from storage.database import Database
from tests.sample import NOW
from tests.test_outbox_delivery import Post, dispatcher, put, states


async def test_a_channel_that_hangs_is_given_up_in_time_and_tried_again(database: Database) -> None:
    post = Post()

    async def hangs(parcel: Parcel) -> None:
        if parcel.address == "ding":
            await asyncio.Event().wait()
        await post.deliver(parcel)

    await put(database, to="ding")
    await put(database, to="lin")
    worker = Dispatcher(database, {"post": hangs}, chance=lambda: 0.5, wait_s=0)
    assert await worker.run(NOW) in (0, 1)
    assert "leased" not in await states(database)
    assert await dispatcher(database, post.deliver).run(NOW + timedelta(minutes=1)) >= 1
    assert await states(database) == ["sent", "sent"]


@pytest.mark.parametrize(
    ("wait_s", "patience_s", "arrives"), [(0, PATIENCE_S, True), (WAIT_S, 0, False), (0, 0, False)]
)
async def test_the_patience_for_a_call_counts_from_when_it_begins(
    database: Database, wait_s: float, patience_s: float, *, arrives: bool
) -> None:
    """Its turn comes at once, and the answer after a while."""
    post = Post()

    async def answers_late(parcel: Parcel) -> None:
        parcel.begins()
        await several_turns_of_the_loop()
        await post.deliver(parcel)

    await put(database)
    channels = {"post": answers_late}
    worker = Dispatcher(database, channels, chance=lambda: 0.5, wait_s=wait_s, patience_s=patience_s)
    assert await worker.run(NOW) == arrives
    assert post.numbers == ([1] if arrives else [])
    assert await states(database) == ["sent" if arrives else "waiting"]


async def test_who_waits_too_long_for_a_turn_gives_it_back(database: Database) -> None:
    async def stands_in_line(parcel: Parcel) -> None:
        await several_turns_of_the_loop()
        parcel.begins()

    await put(database)
    channels = {"post": stands_in_line}
    assert await Dispatcher(database, channels, chance=lambda: 0.5, wait_s=0).run(NOW) == 0
    assert await states(database) == ["waiting"]
    later = NOW + timedelta(minutes=1)
    assert await Dispatcher(database, channels, chance=lambda: 0.5, patience_s=0).run(later) == 1


def test_wait_and_call_together_are_well_within_the_lease() -> None:
    assert LEASE.total_seconds() > WAIT_S + PATIENCE_S + SPARE_S


async def several_turns_of_the_loop() -> None:
    for _ in range(10):
        await asyncio.sleep(0)
