"""An entry for a draw counts against a family's places of the week, and its family hears when it is final."""

from datetime import datetime, timedelta

import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers import draws
from handlers.bookings import Office
from handlers.rounds import publish_lists
from messages.calendar import SHANGHAI
from storage.lotteries import Plan
from tests.desk import SATURDAY, House
from tests.sample import NOW, Sample, linli_over

SUNDAY = datetime(2026, 11, 29, 15, tzinfo=SHANGHAI)
CLOSES = NOW + timedelta(days=1)


@pytest_asyncio.fixture
async def house(linli: Linli, sample: Sample) -> House:
    """A family may have one place a week; a draw decides over the class of Saturday."""
    settings = linli.settings.model_copy(update={"places_a_week": 1})
    house = House(linli_over(linli.database, sample, settings))
    await house.session()

    async def silence(*told: object) -> None:
        """Nobody is in it."""

    planned = Plan(SATURDAY, NOW - timedelta(hours=1), CLOSES, "a number of tomorrow", 3)
    await linli.database.write(lambda tx: draws.plan(tx, Office(NOW, silence), planned))
    return house


async def say(house: House, *said: str) -> str:
    replies = [await house.say(each, "lin") for each in said]
    return replies[-1].rendered.text


ENTERS = ("东湖社区", "帮孩子报周六的少儿书法班", "2018年5月", "1")
BOOKS = ("帮三年级的孩子报华城社区明天的四点半课堂", "1")


async def test_who_entered_has_that_place_in_mind_for_the_week(house: House) -> None:
    assert "回执" in await say(house, *ENTERS)
    refused = await say(house, *BOOKS)
    assert "一家一周最多报1个名额，已经满了。登记了抽签的也算" in refused
    await say(house, "退出抽签", "1")
    assert "报好了" in await say(house, *BOOKS)


async def test_who_has_all_places_of_the_week_does_not_enter_for_more(house: House) -> None:
    assert "报好了" in await say(house, "东湖社区", *BOOKS)
    assert "登记了抽签的也算" in await say(house, "帮孩子报东湖社区11月28日的少儿书法班", "1")


async def test_each_family_hears_once_that_registration_is_over(house: House) -> None:
    await say(house, *ENTERS)
    later = house.at(CLOSES)
    for _ in range(2):
        world = later.linli.world(CLOSES)
        await publish_lists(later.linli.database, world, new_id)
    [told] = await house.told("lin")
    for part in ("抽签登记截止了", "回执", "a number of tomorrow", "SHA-256"):
        assert part in told
