"""Who works at a centre, on the desk's pages and both engines: invited, leaving, standing in."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.forgetting import end_deputies
from bot.linli import Linli
from handlers.permissions import INVITES, Role
from tests.case_talk import AREA
from tests.clerk import CODE, at_the_desk
from tests.desk import CENTRE, House

AT = f"/desk/centre/{CENTRE}"
PEOPLE = f"{AT}/people"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.join("zhao", Role.SUBDISTRICT, None, AREA)
    return there


async def test_who_is_invited_joins_with_a_code_that_was_shown_once(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("邀请同事", role="centre_staff")
        assert not CODE.search(mei.text)
        await mei.press("确定")
        found = CODE.search(mei.text)
        assert found
        await mei.open(PEOPLE)
        assert "发出的邀请" in mei.text
        assert found[0] not in mei.html
        assert (await house.say(f"管理码 {found[0]}", "li")).view == "StaffWelcomed"
        await mei.open(PEOPLE)
        assert "发出的邀请" not in mei.text
    assert not any(found[0] in f"{entry.was}{entry.became}{entry.subjects}" for entry in await house.audit())


async def test_an_invitation_that_is_taken_back_makes_nobody_staff(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("邀请同事", role="centre_staff")
        await mei.press("确定")
        found = CODE.search(mei.text)
        assert found
        await mei.press("撤销")
    assert (await house.say(f"管理码 {found[0]}", "li")).view == "StaffCodeRefused"


@pytest.mark.parametrize(("who", "by"), [("mei", Role.CENTRE_MANAGER), ("zhao", Role.SUBDISTRICT)])
@pytest.mark.parametrize("role", [*Role, "emperor", ""])
async def test_nobody_invites_to_more_than_the_table_says(
    house: House, who: str, by: Role, role: str
) -> None:
    async with at_the_desk(house, who) as clerk:
        await clerk.open(PEOPLE)
        await clerk.press("邀请同事", role=role)
        assert ("请核对" in clerk.text) is (role in INVITES[by])


async def test_who_leaves_is_staff_no_more_at_once(house: House) -> None:
    async with at_the_desk(house, "mei") as mei, at_the_desk(house, "wang") as wang:
        await mei.open(PEOPLE)
        await mei.press("结束职务")
        assert "S-0002" in mei.text
        await mei.press("确定")
        assert "办好了" in mei.text
        await wang.open(f"{AT}/today")
        assert "场次" not in wang.text
    assert "不再是" in (await house.told("wang"))[-1]
    assert (await house.say("今日名单", "wang")).view != "RosterShown"


@pytest.mark.parametrize("who", ["S-0001", "S-0003", "S-9999", ""])
async def test_a_manager_ends_no_post_but_of_the_own_staff(house: House, who: str) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("结束职务", who=who)
        assert mei.page
        assert mei.page.status_code == 409


async def test_a_deputy_stands_in_until_the_last_day(house: House) -> None:
    last = house.linli.clock().date() + timedelta(days=3)
    async with at_the_desk(house, "mei") as mei, at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/cases")
        assert wang.page
        assert wang.page.status_code == 404
        await mei.open(PEOPLE)
        await mei.press("代理管理员", last=last.isoformat())
        await mei.press("确定")
        await mei.open(PEOPLE)
        assert "代理管理员到" in mei.text
        await wang.open(f"{AT}/cases")
        assert wang.page.status_code == 200
        assert "管理员" in (await house.told("wang"))[-1]
    for later, ended in ((3, 0), (4, 1)):
        assert (
            await end_deputies(house.linli, house.linli.clock() + timedelta(days=later)) == f"ended {ended}"
        )
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/cases")
        assert wang.page
        assert wang.page.status_code == 404


async def test_who_stood_in_is_no_manager_in_the_chat_either_and_hears_so(house: House) -> None:
    """What was read back to the deputy is not done for a yes that comes after the last day."""
    await house.session()
    last = house.linli.clock().date()
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("代理管理员", last=last.isoformat())
        await mei.press("确定")
    assert "确定吗" in (await house.say("取消周六的书法班", "wang")).rendered.text
    assert await end_deputies(house.linli, house.linli.clock() + timedelta(days=1)) == "ended 1"
    told = (await house.told("wang"))[-1]
    assert "代理结束了" in told
    assert "工作人员" in told
    await house.say("是", "wang")
    assert (await house.row()).state == "planned"
    assert "确定吗" not in (await house.say("取消周六的书法班", "wang")).rendered.text


async def test_that_a_deputy_stands_in_can_be_taken_back(house: House) -> None:
    last = house.linli.clock().date()
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("代理管理员", last=last.isoformat())
        await mei.press("确定")
        await mei.press("撤销")
        assert "代理管理员到" not in mei.text


@pytest.mark.parametrize(
    ("who", "days"), [("S-0002", -1), ("S-0002", 90), ("S-0001", 1), ("S-0003", 1), ("S-9999", 1)]
)
async def test_who_cannot_stand_in_does_not(house: House, who: str, days: int) -> None:
    last = house.linli.clock().date() + timedelta(days=days)
    async with at_the_desk(house, "mei") as mei:
        await mei.open(PEOPLE)
        await mei.press("代理管理员", who=who, last=last.isoformat())
        assert mei.page
        assert mei.page.status_code == 409
