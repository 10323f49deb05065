"""Ratings and stars at the desk: never a single rating, never stars without what they rest on."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House
from tests.test_star_board import kept, star

AT = f"/desk/centre/{CENTRE}"
AREA = "东湖街道"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("zhao", Role.SUBDISTRICT, None, AREA)
    await there.join("sun", Role.DISTRICT)
    return there


async def rate(house: House, number: int, words: str = "") -> None:
    """Somebody gives two stars for a reason, with or without words."""
    who = f"resident {number}"
    reply = await house.say("给东湖社区打两星", who)
    reply = await house.say(reply.rendered.choices[0].say, who)
    if words:
        await house.say(reply.rendered.choices[2].say, who)
        await house.say(words, who)


async def page_of(house: House, who: str, name: str = "ratings") -> str:
    async with at_the_desk(house, who) as clerk:
        await clerk.open(f"{AT}/{name}")
        assert clerk.page
        assert clerk.page.status_code == 200
        return clerk.text


async def test_ratings_come_in_groups_with_words_and_without_names(house: House) -> None:
    for number in range(6):
        await rate(house, number, f"第{number}次来都没人，我是林金鹂13800138000")
    text = await page_of(house, "mei")
    assert "没有签到的评价5条" in text
    assert "还有1条" in text
    assert "次来都没人" in text
    assert "resident" not in text
    assert "林金鹂" not in text
    assert "138" not in text


@pytest.mark.parametrize("who", ["mei", "zhao"])
async def test_from_look_to_look_no_rating_appears_alone(house: House, who: str) -> None:
    """Whoever reloads after each resident sees nothing but how many wait, before the fifth."""
    looks = [await page_of(house, who)]
    for number in range(5):
        await rate(house, number, f"门口太滑{number}")
        looks.append(await page_of(house, who))
    nothing = looks[0]
    for waiting, text in enumerate(looks[1:5], start=1):
        told = f"最近两周还有{waiting}条，同一周凑满5条或者过两周再显示，免得猜出是谁。 "
        assert text.replace(told, "") == nothing
    assert "没有签到的评价5条" in looks[5]
    assert looks[5].count("门口太滑") == 5


async def test_the_district_would_see_one_alone_and_its_look_is_written_down(house: House) -> None:
    """The control: the same page shows the single one to who may see it, in the same house."""
    await rate(house, 1, "门口太滑")
    assert "门口太滑" not in await page_of(house, "mei")
    assert [each.what for each in await house.audit()].count("ratings_seen") == 0
    assert "门口太滑" in await page_of(house, "sun")
    assert [each.what for each in await house.audit()].count("ratings_seen") == 1


async def test_stars_come_with_their_intervals_history_and_what_is_missing(house: House) -> None:
    await kept(
        house.linli,
        star(CENTRE, 3, ago=60, middle=0.7), star(CENTRE, 3, ago=40, middle=0.72),
        star(CENTRE, None, ago=30), star(CENTRE, 4, ago=20), star(CENTRE, 4),
    )  # fmt: skip
    text = await page_of(house, "mei", "stars")
    assert "4星" in text
    assert "满意 84%—94% 120" in text
    assert "活动（相当于同类中心） 80%—100% 70" in text
    assert "离五星还差：办结超期工单G-0007；12条满意的到访评价；其他不变。" in text
    history = text.partition("一年来")[2]
    assert history.count("满意") == 3  # each number of stars with what it rested on
    assert history.index("4星") < history.index("数据还不够") < history.index("3星 满意 64%—74%")


async def test_where_there_is_too_little_no_stars_are_shown_and_it_says_of_what(house: House) -> None:
    await kept(house.linli, star(CENTRE, None))
    text = await page_of(house, "mei", "stars")
    assert "数据还不够" in text
    assert "到访评价还不够" in text
    assert "还没有评过星" in await page_of(house.at(house.linli.clock() - timedelta(days=1)), "mei", "stars")


async def test_both_pages_speak_english(house: House) -> None:
    await kept(house.linli, replace(star(CENTRE, 4)))
    for number in range(5):
        await rate(house, number)
    async with at_the_desk(house, "mei") as mei:
        mei.visitor.http.cookies.set("linli_language", "en")
        for name in ("ratings", "stars"):
            await mei.open(f"{AT}/{name}")
            assert "Sign out" in mei.text
            assert not set(mei.text) & set("评价满意星级还")
