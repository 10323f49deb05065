"""What the district itself has promised to answer, on its page and both engines."""

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House

AT = "/desk/area/promised"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A resident who waits for the district, as no centre was spoken of, and one who waits for a centre."""
    there = House(linli)
    await there.join("sun", Role.DISTRICT)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.say("/callback", "lin")
    await there.say("东湖社区邻里中心", "chen")
    await there.say("/callback", "chen")
    return there


async def test_the_district_answers_what_it_has_promised_and_nobody_else_does(house: House) -> None:
    async with at_the_desk(house, "sun") as sun, at_the_desk(house, "mei") as mei:
        await mei.open(f"/desk/centre/{CENTRE}/today")
        assert "1 位居民等回电" in mei.text
        await mei.open(f"/desk/centre/{CENTRE}/reach")
        assert "H-0002" in mei.text
        assert "H-0001" not in mei.text
        await sun.open(AT)
        assert "H-0001" in sun.text
        assert "H-0002" not in sun.text
        await sun.press("回复", words="周一上午给您办", by="孙老师")
        assert "居民会看到：“周一上午给您办”" in sun.text
        await sun.press("确定")
        assert "办好了" in sun.text
        await sun.open(AT)
        assert "H-0001" not in sun.text
    assert "周一上午给您办" in (await house.told("lin"))[-1]
    assert [entry.what for entry in await house.audit()][-2:] == ["promised", "promised"]


@pytest.mark.parametrize("fields", [{"code": "H-0002"}, {"code": "H-9999"}, {"words": " "}, {"by": ""}])
async def test_what_is_not_the_districts_stays(house: House, fields: dict[str, str]) -> None:
    async with at_the_desk(house, "sun") as sun:
        await sun.open(AT)
        await sun.press("回复", **{"words": "来吧", "by": "孙老师"} | fields)
        assert sun.page
        assert sun.page.status_code == 409
        await sun.open(AT)
        assert "H-0001" in sun.text
