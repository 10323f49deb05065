"""Ratings, stars, charts and digests in a real browser: nothing to complain of, nothing to push sideways."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from playwright.async_api import Browser

from bot.ids import new_id
from bot.linli import Linli
from handlers.digest_rounds import send_due
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from messages.page import SIZES
from messages.words import LANGUAGES
from storage import counted
from storage.counted import Counted
from tests.desk import CENTRE, House
from tests.desk_judge import judged_all
from tests.test_star_board import kept, star

pytestmark = pytest.mark.asyncio(loop_scope="module")

MONDAY = date(2026, 11, 30)
MORNING = datetime(2026, 12, 7, 9, tzinfo=SHANGHAI)
NAMES = ("ratings", "stars", "charts", "charts?by=month", "digests")
PATHS = [*(f"/desk/centre/{CENTRE}/{name}" for name in NAMES), "/desk/area/trends"]


async def busy(linli: Linli) -> House:
    """A centre of which there is something on every page."""
    house = House(linli)
    await house.join("sun", Role.DISTRICT)
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    for number in range(6):
        reply = await house.say("给东湖社区打两星", f"resident {number}")
        reply = await house.say(reply.rendered.choices[0].say, f"resident {number}")
        await house.say(reply.rendered.choices[2].say, f"resident {number}")
        await house.say("门口的路灯坏了", f"resident {number}")
    await kept(linli, star(CENTRE, None, ago=60), star(CENTRE, 3, ago=30, middle=0.7), star(CENTRE, 4))
    one = Counted(CENTRE, MONDAY, places=60, taken=41, arrived=30, missed=4, people=25, waiting=3)
    weeks = [
        replace(one, first_on=MONDAY - timedelta(weeks=ago), very_good=ago % 4, bad=1) for ago in range(12)
    ]
    months = [replace(one, first_on=date(2026, month, 1), very_good=9) for month in range(3, 12)]
    await linli.database.write(lambda tx: counted.put(tx, "week", weeks))
    await linli.database.write(lambda tx: counted.put(tx, "month", months))
    await send_due(linli.database, linli.world(MORNING), new_id, lambda _: ("/x", "/y"))
    return house.at(MORNING)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_judge_finds_nothing_wrong_and_nothing_is_too_wide(
    browser: Browser, sqlite_linli: Linli, size: str, language: str
) -> None:
    house = await busy(sqlite_linli)
    assert await judged_all(browser, house, "sun", PATHS, size=size, language=language) == {}
