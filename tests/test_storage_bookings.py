"""What storage counts of bookings, and refuses: a wrong count stops, and nothing of it stays."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from handlers import bookings as booked
from storage import bookings, families, revivals, sessions
from storage.bookings import Booking
from storage.database import Database
from storage.revivals import Before
from storage.transaction import Transaction
from tests.booking_rows import NOW, SHANGHAI, STARTS, Desk, opened_desk
from tests.test_bookings import ask, cancelled

Wrong = Callable[[Transaction, Booking], Awaitable[object]]


async def booked_one(database: Database) -> tuple[Desk, Booking]:
    """One family with the only place of a session."""
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    answer = await ask(desk, desk.wish("a"))
    assert answer.booking
    return desk, answer.booking


async def offer(tx: Transaction, booking: Booking) -> object:
    return await bookings.offer(tx, booking, NOW, NOW)


async def serve(tx: Transaction, booking: Booking) -> object:
    return await bookings.serve(tx, booking, NOW)


async def back(tx: Transaction, booking: Booking) -> None:
    await bookings.back_into_line(tx, booking)


async def let_go_twice(tx: Transaction, booking: Booking) -> object:
    await bookings.let_go(tx, booking, "cancelled", NOW)
    return await bookings.let_go(tx, booking, "cancelled", NOW)


async def let_the_only_one_go(tx: Transaction, booking: Booking) -> object:
    return await bookings.let_one_go(tx, booking, "a1")


async def too_many(tx: Transaction, booking: Booking) -> object:
    return await sessions.serve(tx, booking.session_id, taken=1)


async def hold_nobody(tx: Transaction, booking: Booking) -> None:
    await families.hold(tx, "nobody")


async def revive_what_was_not_let_go(tx: Transaction, booking: Booking) -> object:
    await bookings.let_go(tx, booking, "called_off", NOW)
    return await revivals.revive(tx, booking.session_id, Before(booking.id, "a", "booked", ("b1",)))


async def revive_where_there_is_no_session(tx: Transaction, booking: Booking) -> object:
    await bookings.let_go(tx, booking, "called_off", NOW)
    return await revivals.revive(tx, "nowhere", Before(booking.id, "a", "booked", ("a1",)))


@pytest.mark.parametrize(
    "wrong",
    [
        offer, serve, back, let_go_twice, let_the_only_one_go, too_many, hold_nobody,
        revive_what_was_not_let_go, revive_where_there_is_no_session,
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused_and_changes_nothing(database: Database, wrong: Wrong) -> None:
    desk, booking = await booked_one(database)
    with pytest.raises(LookupError):
        await database.write(lambda tx: wrong(tx, booking))
    assert await desk.state(booking.id) == "booked"
    assert await desk.problems() == []


async def test_what_ended_otherwise_is_not_given_back(database: Database) -> None:
    desk, booking = await booked_one(database)
    await cancelled(desk, booking.id, "a")
    before = Before(booking.id, "a", "booked", ("a1",))
    assert not await database.write(lambda tx: revivals.revive(tx, booking.session_id, before))


async def test_a_session_is_added_once(database: Database) -> None:
    desk = await opened_desk(database)
    await desk.session(places=1)
    await desk.session(places=9)
    assert (await desk.counters()).places == 1


async def test_a_week_of_places_is_counted_for_the_cap(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("t", starts_at=STARTS + timedelta(days=7))
    await ask(desk, desk.wish("a", "s", 2))
    await ask(desk, desk.wish("a", "t"))
    monday, week = datetime(2026, 11, 23, tzinfo=SHANGHAI), timedelta(days=7)
    async with database.read() as tx:
        places = [
            await bookings.places_between(tx, "a", monday + n * week, monday + (n + 1) * week)
            for n in range(3)
        ]
    assert places == [2, 1, 0]


async def test_what_is_off_for_not_being_planned_comes_back_with_the_directory(database: Database) -> None:
    """Only what somebody called off, or changed, stands against what the directory says."""
    desk = await opened_desk(database, "a")
    for name in ("s", "t", "u"):
        await desk.session(name)

    async def call_off(tx: Transaction) -> None:
        await booked.call_off(tx, desk.office, "s", "not_planned")
        await booked.call_off(tx, desk.office, "t", "teacher")

    await database.write(call_off)
    async with database.read() as tx:
        assert [each.id for each in await sessions.changed(tx, "not_planned")] == ["t"]
