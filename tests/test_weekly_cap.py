"""A family has so many places in a week, also by exchanging one for a date of that week."""

import pytest_asyncio

from bot.linli import Linli
from tests.desk import House
from tests.sample import Sample, linli_over


@pytest_asyncio.fixture
async def house(linli: Linli, sample: Sample) -> House:
    """One place a week; a child is in Thursday's class and in that of the Monday after."""
    settings = linli.settings.model_copy(update={"places_a_week": 1})
    house = House(linli_over(linli.database, sample, settings))
    booked = "帮三年级的孩子报华城社区11月26日的四点半课堂", "1", "帮孩子报华城社区11月30日的四点半课堂", "1"
    replies = [(await house.say(each, "lin")).view for each in booked]
    assert replies[1::2] == ["Booked", "Booked"]
    return house


async def changed(house: House, which: int, to: str) -> tuple[str, str]:
    """The view and the text after the first or second place was exchanged as far as it goes."""
    mine = await house.say("我的预约", "lin")
    reply = await house.say(mine.rendered.choices[which].say, "lin")
    for label in ("改日子", to, "确认改期"):
        said = next((each.say for each in reply.rendered.choices if label in each.label), None)
        assert said, (label, reply.rendered)
        reply = await house.say(said, "lin")
    return reply.view, reply.rendered.text


async def test_no_place_of_a_full_week_is_exchanged_for(house: House) -> None:
    view, text = await changed(house, 1, "11月27日")
    assert view == "NotBookable"
    assert "一家一周最多报1个名额" in text


async def test_within_its_week_a_place_is_exchanged_all_the_same(house: House) -> None:
    view, text = await changed(house, 0, "11月27日")
    assert (view, "11月27日" in text) == ("Booked", True)
