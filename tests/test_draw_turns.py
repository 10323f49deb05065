"""What is out of turn in a draw is refused, and what happens at the same moment is answered rightly."""

import asyncio
from collections.abc import Awaitable, Callable
from itertools import chain, count

import pytest

from handlers import bookings as booked
from handlers import draws
from handlers.bookings import Answer, Refused
from handlers.draws import DrawError
from handlers.lottery import RECEIPT_LETTERS, LotteryError, new_receipt
from storage import bookings, families, lotteries, sessions
from storage.database import Busy, ConstraintError, Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import HOUR, NOW, STARTS, Desk, opened_desk
from tests.draw_rows import (
    CLOSES,
    DAY,
    draw,
    entered,
    erase,
    give_up,
    plan,
    planned,
    publish,
)
from tests.engines import opened
from tests.test_booking_moves import ask, until_somebody_waits

BACK = statement("test.back", "UPDATE lottery SET published_at = opens_at")


async def test_a_session_that_somebody_is_in_or_waits_for_gets_no_draw(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session()
    wish = desk.wish("a")
    await ask(desk, wish)
    with pytest.raises(DrawError, match="somebody is in session s already"):
        await plan(desk)
    await give_up(desk, wish.id, "a")
    await plan(desk)
    assert (await desk.counters()).has_draw


async def test_a_draw_may_be_planned_again_until_somebody_entered(database: Database) -> None:
    desk = await opened_desk(database, "a")
    await desk.session()
    await plan(desk)
    await plan(desk, closes_at=CLOSES + HOUR)
    async with database.read() as tx:
        lottery = await lotteries.of_session(tx, "s")
    assert lottery
    assert lottery.closes_at == CLOSES + HOUR
    await ask(desk, desk.wish("a"))
    with pytest.raises(DrawError, match="somebody is in"):
        await plan(desk)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"session_id": "nowhere"}, "there is no session nowhere"),
        ({"closes_at": NOW - HOUR}, "not in the past"),
        ({"opens_at": CLOSES}, "must end after it begins"),
        ({"closes_at": STARTS}, "before session s begins"),
        ({"value_name": "two\nlines"}, "one line of text"),
    ],
)
async def test_a_draw_that_could_not_be_held_is_not_planned(
    database: Database, changed: dict[str, object], why: str
) -> None:
    desk = await opened_desk(database)
    await desk.session()
    with pytest.raises((DrawError, LotteryError), match=why):
        await plan(desk, **changed)
    assert not (await desk.counters()).has_draw


async def test_what_is_out_of_turn_is_refused_and_says_why(database: Database) -> None:
    desk, _ = await entered(database, 1)
    later = desk.later(DAY)
    with pytest.raises(DrawError, match="not published yet"):
        await draw(later)
    with pytest.raises(LookupError, match="not published"):
        await database.write(lambda tx: lotteries.mark_drawn(tx, "s", "v", [], at=later.now, by="lin"))
    await publish(later)
    await erase(later, "a")
    with pytest.raises(DrawError, match="published already"):
        await plan(later, closes_at=CLOSES + HOUR)
    with pytest.raises(LotteryError, match="public value"):
        await draw(later, " ")
    with pytest.raises(DrawError, match="has begun"):
        await draw(desk.later(STARTS - NOW))
    await database.write(lambda tx: booked.call_off(tx, later.office, "s", "typhoon"))
    with pytest.raises(DrawError, match="called off"):
        await draw(later)
    with pytest.raises(LookupError, match="called off"):
        await database.write(lambda tx: sessions.grant(tx, "s", taken=1))
    await desk.session("t")
    with pytest.raises(DrawError, match="no draw is planned"):
        await database.write(lambda tx: draws.publish(tx, later.office, "t"))


async def test_a_session_with_a_draw_is_not_forgotten_when_the_calendar_loses_it(database: Database) -> None:
    desk, _ = await entered(database)
    assert not await database.write(lambda tx: sessions.remove(tx, "s"))
    await desk.session("t")
    assert await database.write(lambda tx: sessions.remove(tx, "t"))


async def test_who_was_never_drawn_is_told_when_it_begins(database: Database) -> None:
    desk, ids = await entered(database, 1)
    late = desk.later(STARTS - NOW)
    assert await database.write(lambda tx: booked.close_line(tx, late.office, "s")) == 1
    assert await desk.state(ids[0]) == "not_served"


async def test_who_does_not_take_part_is_given_nothing_by_a_draw(database: Database) -> None:
    desk, _ = await entered(database, 1)
    await desk.session("t")
    wish = desk.wish("a", "t")
    await ask(desk, wish)
    async with database.read() as tx:
        booking = await bookings.of_id(tx, wish.id)
    assert booking
    with pytest.raises(LookupError, match="does not take part"):
        await database.write(lambda tx: lotteries.give(tx, booking, desk.now))


Meantime = Callable[[Transaction, Desk], Awaitable[object]]


async def planned_now(tx: Transaction, desk: Desk) -> None:
    await draws.plan(tx, desk.office, planned())


async def published_now(tx: Transaction, desk: Desk) -> None:
    await lotteries.publish(tx, "s", "text", "hash", CLOSES)


@pytest.mark.parametrize("meantime", [planned_now, published_now])
async def test_who_asks_while_a_draw_is_planned_or_its_list_published_is_answered_by_how_it_is_then(
    database: Database, meantime: Meantime
) -> None:
    desk = await opened_desk(database, "a")
    await desk.session()
    if meantime is published_now:
        await plan(desk)
    wish, tries = desk.wish("a"), count()

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
    if meantime is published_now:
        assert answer.refused is Refused.DRAW_CLOSED
    else:
        assert answer.booking
        assert answer.booking.state == "entered"
    assert await desk.problems() == []


async def test_a_receipt_that_another_family_has_is_not_given_twice(
    database: Database, database_url: str
) -> None:
    desk = await opened_desk(database, "a", "b")
    await desk.session()
    await plan(desk)
    desk.receipt = chain(["0000-0000", "0000-0000", "1111-1111"]).__next__
    await ask(desk, desk.wish("a"))
    await ask(desk, desk.wish("b"))
    async with database.read() as tx:
        assert [each.receipt for each in await lotteries.entries(tx, "s")] == ["0000-0000", "1111-1111"]
    desk.receipt = lambda: "0000-0000"
    await desk.found("c")
    async with opened(database_url, busy_deadline_s=0.05) as impatient:
        desk.database = impatient
        with pytest.raises(Busy):
            await ask(desk, desk.wish("c"))


async def test_a_list_can_not_be_published_before_registration_is_over(database: Database) -> None:
    """The control: the schema refuses what the handler would never do."""
    desk, _ = await entered(database, 1)
    await publish(desk.later(DAY))
    with pytest.raises(ConstraintError):
        await database.write(lambda tx: tx.run(BACK))


def test_receipts_are_made_of_letters_that_are_chosen_one_by_one() -> None:
    letters = iter("K7QM2TXD")
    assert new_receipt(lambda among: next(letters)) == "K7QM-2TXD"
    assert len({new_receipt() for _ in range(1000)}) == 1000
    assert not set("ILOU") & set(RECEIPT_LETTERS)
