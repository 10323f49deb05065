"""Whom a centre reaches by hand, on the desk's pages and on both engines: calls, answers, names of record."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House

AT = f"/desk/centre/{CENTRE}"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A class called off with two families in it, which nobody has read of for three hours."""
    there = House(linli)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    await there.manager("取消周六的书法班", "是")
    return there.later(timedelta(hours=3))


async def test_who_was_called_is_on_the_list_no_more_until_that_is_taken_back(house: House) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/today")
        assert "2 家要打电话通知" in wang.text
        await wang.open(f"{AT}/reach")
        assert "LIN1" in wang.text
        await wang.press("已告诉 LIN1")
        assert "已经记下了" in wang.text
        assert "LIN1" not in wang.text
        await wang.press("撤销")
        assert "LIN1" in wang.text


@pytest.mark.parametrize("news", ["", "x", "x 1", "x:y z", "lin:FZ002-01@2026-11-28 99"])
async def test_who_is_not_on_the_list_was_not_called(house: House, news: str) -> None:
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/reach")
        await wang.press("已告诉 LIN1", news=news)
        assert wang.page
        assert wang.page.status_code in (400, 409)
        await wang.open(f"{AT}/reach")
        assert "LIN1" in wang.text


async def test_a_resident_who_waits_is_answered_once(house: House) -> None:
    for said in ("东湖社区邻里中心", "人工", "请回电"):
        await house.say(said, "zhou")
    code = (await house.say("请回电", "zhou")).rendered.text
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/reach")
        assert "等回复的居民" in wang.text
        form = wang.form("回复")
        assert form.fields["code"] in code
        await wang.press("回复", words="周六照常，我叫林金鹂", by="王老师")
        assert "居民会看到" in wang.text
        assert not [line for line in await house.told("zhou") if "王老师" in line]
        await wang.press("确定")
        assert "办好了" in wang.text
        told = "".join(await house.told("zhou"))
        assert "王老师" in told
        assert "周六照常" in told
        assert "林金鹂" not in told
        await wang.send(form.action, **form.fields, words="再说一次", by="王老师")
        assert "已经回复过" in wang.text


@pytest.mark.parametrize("fields", [{"words": " "}, {"by": ""}, {"by": "很长" * 20}, {"code": "C-9999"}])
async def test_an_answer_without_words_or_name_is_none(house: House, fields: dict[str, str]) -> None:
    for said in ("东湖社区邻里中心", "人工", "请回电"):
        await house.say(said, "zhou")
    async with at_the_desk(house, "wang") as wang:
        await wang.open(f"{AT}/reach")
        await wang.press("回复", **({"words": "好的", "by": "王老师"} | fields))
        assert wang.page
        assert wang.page.status_code == 409


async def test_phones_and_names_are_for_the_centre_alone(house: House) -> None:
    await house.join("li", Role.CENTRE_STAFF, "FZ001")
    await house.join("sun", Role.DISTRICT)
    for who in ("li", "sun"):
        async with at_the_desk(house, who) as other:
            for page in ("reach", "names?session=FZ002-01@2026-11-28"):
                await other.open(f"{AT}/{page}")
                assert other.page
                assert other.page.status_code == 404
