"""A desk with a draw, and its steps, for tests of draws."""

from datetime import timedelta

from handlers import bookings as booked
from handlers import draws
from handlers.bookings import Answer
from handlers.lottery import Draw, read_list
from storage import bookings
from storage.bookings import Booking
from storage.database import Database
from storage.lotteries import Lottery, Plan
from storage.statements import statement
from tests.booking_rows import HOUR, NOW, Desk, opened_desk
from tests.test_booking_moves import ask

CLOSES = NOW + 24 * HOUR
DAY = timedelta(days=1)
NAME = "first prize of the welfare lottery on 26 November, seven numbers"
VALUE = "03 11 17 20 25 31 08"


def planned(**changed: object) -> Plan:
    terms = {"session_id": "s", "opens_at": NOW - HOUR, "closes_at": CLOSES, "value_name": NAME, "passes": 3}
    return Plan(**{**terms, **changed})  # type: ignore[arg-type]


async def plan(desk: Desk, **changed: object) -> None:
    await desk.database.write(lambda tx: draws.plan(tx, desk.office, planned(**changed)))


async def publish(desk: Desk) -> Lottery:
    return await desk.database.write(lambda tx: draws.publish(tx, desk.office, "s"))


async def draw(desk: Desk, value: str = VALUE) -> Draw:
    return await desk.database.write(lambda tx: draws.draw(tx, desk.office, "s", value, "lin"))


async def give_up(desk: Desk, booking: str, family: str) -> Answer:
    return await desk.database.write(lambda tx: booked.give_up(tx, desk.office, booking, family))


async def erase(desk: Desk, family: str, only: str | None = None) -> int:
    return await desk.database.write(lambda tx: booked.erase(tx, desk.office, family, only))


async def of_receipts(desk: Desk, listed: Lottery) -> dict[str, Booking]:
    """The bookings by the receipts of a published list, as they are now."""
    found = {}
    async with desk.database.read() as tx:
        rows = await tx.rows(statement("test.receipts", "SELECT booking_id, receipt FROM lottery_receipt"))
        for row in rows:
            booking = await bookings.of_id(tx, row["booking_id"])
            assert booking
            found[row["receipt"]] = booking
    assert listed.list_text
    return {each.receipt: found[each.receipt] for each in read_list(listed.list_text).entrants}


async def entered(database: Database, *sizes: int, places: int = 2) -> tuple[Desk, list[str]]:
    """A desk with a draw in which a family for each size takes part, called a, b, …; their bookings."""
    names = [chr(ord("a") + n) for n in range(len(sizes))]
    desk = await opened_desk(database, *names)
    await desk.session(places=places)
    await plan(desk)
    answers = [await ask(desk, desk.wish(who, size=size)) for who, size in zip(names, sizes, strict=True)]
    assert all(each.booking and each.booking.state == "entered" for each in answers)
    return desk, [each.booking.id for each in answers if each.booking]
