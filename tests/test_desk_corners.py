"""What seldom happens at the desk, on both engines: wrong fields, and what cannot be taken back any more."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from storage.statements import statement
from tests.clerk import Clerk, at_the_desk
from tests.desk import CENTRE, SATURDAY, STARTS, House

AT = f"/desk/centre/{CENTRE}"
GONE = statement("test.gone", "UPDATE family_news SET called_by = 'S-0099' WHERE called_at IS NOT NULL")
USED = statement("test.used", "UPDATE invitation SET used_at = made_at WHERE used_at IS NULL")
UNREADABLE = (
    ("move", {"session": SATURDAY, "day": "", "clock": "10:00"}),
    ("close", {"first": "", "last": "2026-11-28", "because": "power"}),
    ("close", {"first": "2026-11-28", "last": "2026-11-28", "because": "x"}),
    ("hours", {"text": "每天 8:00-20:00", "since": "x"}),
    ("edit", {"activity": "少儿书法班", "field": "fee", "value": "免费", "since": ""}),
    ("stop", {"activity": "少儿书法班", "since": "x"}),
    ("publish", {"name": "太极班", "times": "每周日 8:00-9:00", "first": "x", "last": "x", "places": "1"}),
    ("deputy", {"who": "S-0002", "last": "x"}),
    ("check_in", {"session": SATURDAY, "meeting": "x", "mark": "arrived", "who": "x:y"}),
    ("check_in", {"session": SATURDAY, "meeting": "1", "mark": "x", "who": "x:y"}),
    ("called", {"news": "x"}),
    ("case", {"case": "x", "act": "accept", "version": "x"}),
)  # fmt: skip


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.session(places=2)
    await there.book("lin", "chen", "wu")
    return there.at(STARTS - timedelta(days=1))


def status(clerk: Clerk) -> int:
    assert clerk.page
    return clerk.page.status_code


@pytest.mark.parametrize(("form", "fields"), UNREADABLE)
async def test_what_no_form_of_ours_sends_is_no_order(
    house: House, form: str, fields: dict[str, str]
) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.send(f"{AT}/ask/{form}", csrf=mei.form("退出").fields["csrf"], **fields)
        assert status(mei) == 400


async def test_a_form_or_page_that_nobody_knows_is_none(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.send(f"{AT}/ask/nothing", csrf=mei.form("退出").fields["csrf"])
        assert status(mei) == 404
        for page in ("nothing", "roster?session=x", "session?session=x", "case?code=x"):
            await mei.open(f"{AT}/{page}")
            assert status(mei) == 404


async def test_who_waits_in_line_is_shown_in_the_order_of_serving(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"{AT}/session?session={SATURDAY}")
        assert "排队" in mei.text
        assert "WUX3" in mei.text


async def test_a_day_that_is_closed_says_so(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        for on, hours in (("2026-11-29", ("", "")), ("2026-11-30", ("14:00", "20:00"))):
            await mei.open(f"{AT}/hours")
            start, end = hours
            await mei.press("临时闭馆", first=on, last=on, start=start, end=end, because="power")
            await mei.press("确定")
        await mei.open(f"{AT}/today?on=2026-11-29")
        assert "这一天闭馆" in mei.text
        await mei.open(f"{AT}/today?on=2026-11-30")
        assert "这一天只在" in mei.text
        await mei.open(f"{AT}/today?on=x")
        assert "11月27日" in mei.text


async def test_what_changed_since_is_not_taken_back(house: House) -> None:
    await house.manager("取消周六的书法班", "是")
    later = house.later(timedelta(hours=3))
    async with at_the_desk(later, "mei") as mei:
        await mei.open(f"{AT}/reach")
        await mei.press("已告诉 LIN1")
        await later.linli.database.write(lambda tx: tx.run(GONE))
        await mei.press("撤销")
        assert status(mei) == 409
        await mei.open(f"{AT}/people")
        await mei.press("邀请同事", role="centre_staff")
        await mei.press("确定")
        await later.linli.database.write(lambda tx: tx.run(USED))
        await mei.press("撤销")
        assert status(mei) == 409
        await mei.open(f"{AT}/people")
        last = later.linli.clock().date()
        for _ in range(2):
            await mei.press("代理管理员", last=last.isoformat())
            await mei.press("确定")
            undo = mei.form("撤销")
            await mei.send(undo.action, **undo.fields, entry=undo.buttons["撤销"][1])
            await mei.send(undo.action, **undo.fields, entry=undo.buttons["撤销"][1])
            assert status(mei) == 409
            await mei.open(f"{AT}/people")


async def test_nobody_takes_back_what_another_did(house: House) -> None:
    async with at_the_desk(house, "mei") as mei, at_the_desk(house, "wang") as wang:
        await mei.open(f"{AT}/session?session={SATURDAY}")
        await mei.press("改名额", places="20")
        await mei.press("确定")
        entry = mei.form("撤销").buttons["撤销"][1]
        for clerk, each in ((wang, entry), (mei, "x")):
            await clerk.send(f"{AT}/undo", csrf=clerk.form("退出").fields["csrf"], entry=each)
            assert status(clerk) == 409
    assert (await house.row()).places == 20
