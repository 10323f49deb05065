"""What a session that is moved or called off does to those who ask, accept and change at that moment."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from itertools import count

import pytest

from handlers import bookings as booked
from handlers.bookings import Answer, News, Refused
from storage import bookings, families, lotteries, sessions
from storage.bookings import Wish
from storage.database import Busy, Database
from storage.lotteries import Plan
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import HOUR, NOW, STARTS, Desk, opened_desk
from tests.engines import opened

Meantime = Callable[[Transaction, Desk], Awaitable[object]]
WAITING = statement("test.waiting", "SELECT COUNT(*) FROM pg_locks WHERE NOT granted")


async def ask(desk: Desk, wish: Wish) -> Answer:
    async def work(tx: Transaction) -> Answer:
        await families.hold(tx, wish.family_id)
        return await booked.ask_for(tx, desk.office, wish)

    return await desk.database.write(work)


async def move(desk: Desk, session: str, hours: float) -> None:
    at = desk.now + hours * HOUR
    await desk.database.write(
        lambda tx: booked.move(tx, desk.office, session, [(at, at + HOUR)], by_manager=True)
    )


async def test_a_session_that_is_put_off_offers_its_free_places_again(database: Database) -> None:
    desk = await opened_desk(database, "a", "b", "c")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "abc"]
    for wish in wishes:
        await ask(desk, wish)
    begun = desk.later(STARTS - desk.now)
    # The offer can't be answered any more, and nothing is offered of what has begun.
    await database.write(lambda tx: booked.give_up(tx, begun.office, wishes[0].id, "a"))
    assert await desk.state(wishes[1].id) == "waiting"
    await move(begun, "s", 24)
    assert await desk.state(wishes[1].id) == "offered"
    assert desk.told.news[-1] == ("b", News.OFFERED)


async def test_an_offer_of_what_has_begun_is_not_taken(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session(places=1)
    wishes = [desk.wish(family) for family in "ab"]
    for wish in wishes:
        await ask(desk, wish)
    await database.write(lambda tx: booked.give_up(tx, desk.office, wishes[0].id, "a"))
    await move(desk, "s", -1)
    late = await database.write(lambda tx: booked.accept(tx, desk.office, wishes[1].id, "b"))
    assert late.refused is Refused.BEGUN
    assert await desk.state(wishes[1].id) == "offered"


async def test_one_session_is_given_up_for_another_and_no_third(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("u", starts_at=STARTS + 2 * HOUR)
    await desk.session("x", starts_at=STARTS + HOUR / 2, long=2 * HOUR)
    first = desk.wish("a", "s")
    await ask(desk, first)
    await ask(desk, desk.wish("a", "u"))
    clash = await database.write(lambda tx: booked.change(tx, desk.office, first.id, desk.wish("a", "x")))
    assert (clash.refused, clash.clash) == (Refused.CLASH, "u")
    assert await desk.state(first.id) == "booked"


async def test_one_child_gives_up_no_place_of_another(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("x", starts_at=STARTS + HOUR / 2)
    first, second = desk.wish("a", "s"), replace(desk.wish("a", "s"), participants=("a2",))
    both = desk.wish("a", "x", 2)
    for wish in (first, second):
        await ask(desk, wish)
    clash = await database.write(lambda tx: booked.change(tx, desk.office, first.id, both))
    assert (clash.refused, clash.clash) == (Refused.CLASH, "s")


async def test_nobody_changes_to_a_session_that_is_not_there(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    first = desk.wish("a", "s")
    await ask(desk, first)
    nowhere = desk.wish("a", "nowhere")
    answer = await database.write(lambda tx: booked.change(tx, desk.office, first.id, nowhere))
    assert answer.refused is Refused.UNKNOWN


async def moved(tx: Transaction, desk: Desk) -> None:
    at = STARTS + HOUR
    await booked.move(tx, desk.office, "s", [(at, at + HOUR)], by_manager=True)


async def called_off(tx: Transaction, desk: Desk) -> None:
    await booked.call_off(tx, desk.office, "s", "typhoon")


async def with_a_draw(tx: Transaction) -> None:
    await lotteries.plan(tx, Plan("s", NOW - HOUR, STARTS - HOUR, "a number of tomorrow", passes=3))


async def until_somebody_waits(database: Database) -> None:
    """For the row that is held here; on SQLite they wait before they have seen anything."""
    while database.engine == "postgresql":
        async with database.read(snapshot=False) as tx:
            if await tx.value(WAITING):
                return
    await asyncio.sleep(0)


@pytest.mark.parametrize("is_drawn", [False, True])
@pytest.mark.parametrize("meantime", [moved, called_off])
async def test_who_asks_while_the_session_is_changed_is_answered_by_how_it_is_then(
    database: Database, meantime: Meantime, is_drawn: bool
) -> None:
    """What was seen before the row was held is compared with it; the work is done anew."""
    desk = await opened_desk(database, "a")
    await desk.session()
    if is_drawn:
        await database.write(with_a_draw)
    wish = desk.wish("a")
    tries = count()

    async def asking(tx: Transaction) -> Answer:
        next(tries)
        await families.hold(tx, wish.family_id)
        return await booked.ask_for(tx, desk.office, wish)

    async def changing(tx: Transaction) -> asyncio.Task[Answer]:
        await sessions.hold(tx, "s")
        asks = asyncio.create_task(database.write(asking))
        await until_somebody_waits(database)
        await meantime(tx, desk)
        return asks

    answer = await (await database.write(changing))
    assert next(tries) == (1 if database.engine == "sqlite" else 2)
    if meantime is called_off:
        assert answer.refused is Refused.CALLED_OFF
    else:
        assert answer.booking
        assert answer.booking.state == ("entered" if is_drawn else "booked")
    assert await desk.problems() == []


async def test_who_changes_the_date_while_the_session_is_called_off_has_nothing_to_give_up(
    database: Database,
) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("u", starts_at=STARTS + 5 * HOUR)
    first = desk.wish("a", "s")
    await ask(desk, first)
    later = desk.wish("a", "u")

    async def changing(tx: Transaction) -> asyncio.Task[Answer]:
        await sessions.hold(tx, "s")
        changes = asyncio.create_task(
            database.write(lambda tx: booked.change(tx, desk.office, first.id, later))
        )
        await until_somebody_waits(database)
        await called_off(tx, desk)
        return changes

    answer = await (await database.write(changing))
    assert answer.refused is Refused.GONE
    assert await desk.state(first.id) == "called_off"
    assert (await desk.counters("u")).taken == 0


async def test_who_asks_while_another_session_is_moved_there_is_told_of_the_clash(
    database: Database, database_url: str
) -> None:
    desk = await opened_desk(database, "a")
    await desk.session("s")
    await desk.session("t", starts_at=STARTS + 5 * HOUR)
    await ask(desk, desk.wish("a", "t"))
    wish = desk.wish("a", "s")

    async def work(tx: Transaction) -> bool:
        return await bookings.book(tx, wish, desk.now)

    await move(desk, "t", (STARTS - desk.now) / HOUR)
    async with opened(database_url, busy_deadline_s=0.05) as impatient:
        with pytest.raises(Busy):  # again and again: whoever calls has to look at the clashes
            await impatient.write(work)
    assert (await ask(desk, wish)).refused is Refused.CLASH


async def test_nobody_is_seated_for_another_family(database: Database) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session()
    wish = replace(desk.wish("a"), participants=("b1",))
    with pytest.raises(LookupError, match="does not have"):
        await ask(desk, wish)
