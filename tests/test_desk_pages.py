"""The pages of a centre's desk on both engines: what they show, and what their forms do."""

from datetime import timedelta

import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.clerk import at_the_desk
from tests.desk import CENTRE, SATURDAY, STARTS, House

AT = f"/desk/centre/{CENTRE}"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """The morning of a class with two families, a quarter of an hour before it begins."""
    there = House(linli)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    return there.at(STARTS - timedelta(minutes=15))


async def test_today_shows_what_is_held_and_who_came(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        assert "11月28日（周六）" in wang.text
        assert "9:00–10:30" in wang.text
        assert "已报 2/15" in wang.text
        assert "到了 0" in wang.text


async def test_a_person_is_checked_in_by_one_press_and_that_can_be_taken_back(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        assert "未到" in wang.text
        await wang.press("2 child1 LIN1: 到了")
        assert "已经记下了" in wang.text
        assert "在场 1" in wang.text
        await wang.press("撤销")
        assert "在场 0" in wang.text
        assert [entry.what for entry in await house.audit()][-4:] == [
            "check_in",
            "roster",
            "undo_check_in",
            "roster",
        ]
