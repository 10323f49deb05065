"""What somebody has booked, or has in hand, and what is gone when they come back to it."""

import pytest

from bot.linli import Linli
from tests.case_talk import withdraw
from tests.desk import CENTRE, House


@pytest.fixture
def house(linli: Linli) -> House:
    return House(linli)


async def booked(house: House, *names: str, places: int = 15) -> None:
    await house.session(places=places)
    await house.book(*names)


@pytest.mark.parametrize("said", ["/booking LIN1", "/cancel LIN1", "/change LIN1"])
async def test_a_booking_of_what_left_the_directory_is_gone(house: House, said: str) -> None:
    await booked(house, "lin")
    await withdraw(house.linli, CENTRE)
    reply = await house.say(said, "lin")
    assert reply.view == "NoBookings"
    assert "12345" in reply.rendered.text
    assert await house.state("lin") == "booked"


async def test_no_list_shows_what_left_the_directory(house: House) -> None:
    await booked(house, "lin")
    await withdraw(house.linli, CENTRE)
    assert (await house.say("我的预约", "lin")).view == "NoBookings"


async def test_a_yes_to_giving_back_what_left_the_directory_finds_nothing(house: House) -> None:
    await booked(house, "lin")
    assert (await house.say("/cancel LIN1", "lin")).view == "CancelProposed"
    await withdraw(house.linli, CENTRE)
    assert (await house.say("好的", "lin")).view == "NoBookings"


async def test_a_place_in_the_line_is_not_exchanged_but_shown(house: House) -> None:
    await booked(house, "lin", "chen", places=1)
    assert await house.state("chen") == "waiting"
    assert (await house.say("/change CHE2", "chen")).view == "BookingShown"
    assert await house.state("chen") == "waiting"


async def test_a_photo_that_is_not_there_is_not_taken_back(house: House) -> None:
    assert (await house.say("/photo_remove nothing", "lin")).view == "PhotoRefused"


@pytest.mark.parametrize(
    "said", ["/rate_quote nothing yes", "/rate_reason nothing slow", "/rate_words nothing"]
)
async def test_a_rating_that_is_not_there_is_not_added_to(house: House, said: str) -> None:
    assert (await house.say(said, "lin")).view == "RatingRefused"


async def test_who_may_read_what_was_written_can_be_said_and_taken_back(house: House) -> None:
    await house.say("给东湖社区打一星", "lin")
    await house.say("写几句", "lin")
    written = await house.say("门口的灯坏了", "lin")
    allowed = next(choice.say for choice in written.rendered.choices if choice.say.startswith("/rate_quote"))
    yes = await house.say(allowed, "lin")
    taken_back = next(choice.say for choice in yes.rendered.choices if choice.say.startswith("/rate_quote"))
    assert (allowed[-3:], taken_back[-2:]) == ("yes", "no")
    no = await house.say(taken_back, "lin")
    assert allowed in [choice.say for choice in no.rendered.choices]
