"""Staff book for whoever stands at the desk: the same line, the same caps, marked as theirs."""

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from storage import bookings
from storage.bookings import Booking
from tests.desk import SATURDAY, House
from tests.sample import rows_of

ORDER = "代办周六少儿书法班，2人"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    house = House(linli)
    await house.join("li", Role.CENTRE_STAFF, "FZ002")
    return house


async def booked(house: House) -> list[Booking]:
    async with house.linli.database.read() as tx:
        return await bookings.of_session(tx, SATURDAY)


async def test_somebody_at_the_desk_gets_places_and_a_code(house: House) -> None:
    proposed = await house.say(ORDER, "li")
    assert proposed.view == "DeskProposed"
    assert "2人" in proposed.rendered.text
    assert await booked(house) == []
    done = await house.say("是", "li")
    [booking] = await booked(house)
    assert (booking.size, booking.state, booking.made_by) == (2, "booked", "S-0001")
    assert f"编号：{booking.code}" in done.rendered.text
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.became) == ("S-0001", "book", "booked")
    assert (await house.say("周六的名单", "li")).rendered.text.count(booking.code) == 2
    assert await house.problems() == []


async def test_where_there_is_no_place_they_wait_behind_the_others(house: House) -> None:
    await house.session(places=2)
    await house.book("lin", "chen", "wang")
    assert "没有空位，排队" in (await house.say("代办周六少儿书法班", "li")).rendered.text
    assert "排队第2位" in (await house.say("是", "li")).rendered.text
    assert sorted(each.state for each in await booked(house)) == ["booked", "booked", "waiting", "waiting"]
    await house.say("撤销", "li")
    assert sorted(each.state for each in await booked(house)) == ["booked", "booked", "waiting"]
    assert await house.problems() == []


async def test_it_is_taken_back(house: House) -> None:
    await house.say(ORDER, "li")
    await house.say("是", "li")
    assert (await house.say("撤销", "li")).view == "DeskUndone"
    assert await booked(house) == []
    assert await house.problems() == []


@pytest.mark.parametrize(
    ("said", "view"),
    [
        ("代办周六少儿书法班，3岁", "NotBookable"),
        ("代办周六少儿书法班，16人", "NotBookable"),
        ("代办1月9日的少儿书法班", "NotBookable"),  # not open yet
        ("代办周一少儿书法班", "DeskRefused"),
        ("代办少儿书法班", "AskWhichOfOurs"),
    ],
)
async def test_the_rules_are_those_of_everybody(house: House, said: str, view: str) -> None:
    before = await rows_of(house.linli.database, "booking", "family")
    assert (await house.say(said, "li")).view == view
    await house.say("是", "li")
    assert await rows_of(house.linli.database, "booking", "family") == before


async def test_an_age_that_was_told_is_kept(house: House) -> None:
    await house.say("代办周六少儿书法班，8岁", "li")
    await house.say("是", "li")
    async with house.linli.database.read() as tx:
        [who] = await bookings.who(tx, (await bookings.of_session(tx, SATURDAY))[0].id)
    assert (who.kind, who.alias) == ("child", "child")
    assert who.born_on is not None


async def test_a_resident_who_says_so_books_for_themself_or_nothing(house: House) -> None:
    assert not (await house.say(ORDER, "resident")).view.startswith("Desk")
