"""A manager changes the directory from the chat: hours, the phone, activities that end or begin."""

from datetime import date, timedelta

import pytest
import pytest_asyncio

from bot.jobs import run_due
from bot.linli import Linli
from storage import changes
from storage.changes import Change
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, rows_of

HOURS = "开放时间改成每天 9:00-18:00"
ASKED = "东湖社区邻里中心几点开门"
PHONE = "0595-22123456"
NEW = "发布活动：亲子阅读，每周日 15:00-16:00，20人，12月6日到1月31日"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    return House(linli)


async def held(house: House) -> list[Change]:
    async with house.linli.database.read() as tx:
        return await changes.unsettled(tx)


async def test_hours_are_changed_at_once_and_back(house: House) -> None:
    proposed = await house.manager(HOURS)
    assert "改成：每天 9:00-18:00" in proposed.rendered.text
    assert "原来：周一至周六 8:30～12:00 14:00～20:00" in proposed.rendered.text
    assert await held(house) == []
    await house.manager("是")
    [change] = await held(house)
    assert (change.id, change.kind, change.row_id, change.field) == (
        "M-0001",
        "centre",
        "FZ002",
        "hours_text",
    )
    assert (change.value, change.since_on, change.made_by) == ("每天 9:00-18:00", date(2026, 11, 25), "shell")
    assert "9:00-18:00" in (await house.say(ASKED, "asker")).rendered.text
    undone = await house.manager("撤销")
    assert "开放时间：周一至周六 8:30～12:00 14:00～20:00" in undone.rendered.text
    assert "9:00-18:00" not in (await house.say(ASKED, "asker")).rendered.text
    assert await held(house) == []
    [done, taken_back] = await house.audit()
    assert (done.what, done.subjects, done.became) == ("hours", "FZ002", "M-0001")
    assert taken_back.what == "undo_hours"


@pytest.mark.parametrize("said", ["{}，自12月1日起", "从12月1日起{}", "自12月1日起，{}", "12月1日开始{}"])
async def test_hours_from_a_day_on_are_told_before_and_hold_then(house: House, said: str) -> None:
    proposed = await house.manager(said.format(HOURS))
    assert "从12月1日（周二）起" in proposed.rendered.text
    await house.manager("是")
    assert (await held(house))[0].applied_at is None
    before = (await house.say(ASKED, "asker")).rendered.text
    assert "12月1日起开放时间改为每天 9:00-18:00" in before
    assert "8:30" in before
    there = House(house.linli.over(house.linli.database, lambda: NOW + timedelta(days=6)))
    await run_due(there.linli, NOW + timedelta(days=6))
    after = (await there.say(ASKED, "asker")).rendered.text
    assert "9:00-18:00" in after
    assert "12月1日起" not in after


async def test_the_hours_of_a_service_are_changed_apart(house: House) -> None:
    await house.manager("便民理发的开放时间改成每天 10:00-17:00", "是")
    [change] = await held(house)
    assert change.kind == "service"
    assert "17:00" in (await house.say("东湖社区的便民理发几点关门", "asker")).rendered.text
    await house.manager("撤销")
    assert "18:30" in (await house.say("东湖社区的便民理发几点关门", "asker")).rendered.text


async def test_a_newer_change_takes_the_place_of_an_older_and_gives_it_back(house: House) -> None:
    await house.manager(HOURS, "是")
    await house.manager("开放时间改成每天 10:00-17:00", "是")
    assert [change.value for change in await held(house)] == ["每天 10:00-17:00"]
    undone = await house.manager("撤销")
    assert "每天 9:00-18:00" in undone.rendered.text
    assert [change.value for change in await held(house)] == ["每天 9:00-18:00"]


async def test_the_phone_is_changed_and_back(house: House) -> None:
    proposed = await house.manager(f"电话改成{PHONE}")
    assert "0595-22123456（原来0595-00000002）" in proposed.rendered.text
    await house.manager("是")
    assert PHONE in (await house.say("东湖社区邻里中心电话多少", "asker")).rendered.text
    assert "0595-00000002" in (await house.manager("撤销")).rendered.text
    assert "0595-00000002" in (await house.say("东湖社区邻里中心电话多少", "asker")).rendered.text


async def test_an_activity_ends_and_everybody_hears_once(house: House) -> None:
    await house.session(places=5)
    later = "FZ002-01@2026-12-05"
    await house.session(later, STARTS + timedelta(days=7), places=5)
    await house.book("lin", "chen")
    await house.book("lin", session=later)
    proposed = await house.manager("停办少儿书法班")
    for part in ("停办：少儿书法班", "2个家庭", "已报3人"):
        assert part in proposed.rendered.text
    await house.manager("是")
    assert [await house.state("lin", each) for each in (SATURDAY, later)] == ["called_off"] * 2
    [told] = await house.told("lin")
    assert "停办了" in told
    assert "12月5日" in told
    assert "可以改报：\n少儿书法班，" in told
    assert "少儿书法班" not in (await house.say("东湖社区有什么活动", "asker")).rendered.text
    undone = await house.manager("撤销")
    assert "少儿书法班照常举办" in undone.rendered.text
    assert [await house.state("lin", each) for each in (SATURDAY, later)] == ["booked"] * 2
    assert "照常举办" in (await house.told("lin"))[-1]
    assert "少儿书法班" in (await house.say("东湖社区有什么活动", "asker")).rendered.text
    assert await house.problems() == []


async def test_a_new_activity_is_there_at_once_and_gone_when_taken_back(house: House) -> None:
    proposed = await house.manager(NEW)
    for part in ("亲子阅读", "每周日 15:00-16:00", "20个名额", "12月6日（周日）至2027年1月31日（周日）"):
        assert part in proposed.rendered.text
    await house.manager("是")
    shown = (await house.say("东湖社区的亲子阅读", "asker")).rendered.text
    assert "每周日 15:00-16:00" in shown
    assert "亲子阅读" in (await house.manager("12月6日的名单")).rendered.text
    await house.manager("撤销")
    assert await held(house) == []
    assert "没有这项活动" in (await house.say("东湖社区的亲子阅读", "asker")).rendered.text
    assert await house.problems() == []


async def test_a_new_activity_that_was_booked_is_not_simply_gone(house: House) -> None:
    await house.manager(NEW, "是")
    await house.manager("取消12月6日的亲子阅读")  # puts nothing into the database
    row = "FZ002-M01@2026-12-06"
    await house.session(row, NOW + timedelta(days=11, hours=6), places=5)
    await house.book("lin", session=row)
    assert "不能自动恢复" in (await house.manager("撤销")).rendered.text
    assert await house.state("lin", row) == "booked"
    assert len(await held(house)) == 1


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("改一下开放时间", "改成什么时间"),
        ("开放时间改成有空就开", "读不懂"),
        ("开放时间改成周一至周六 8:30～12:00 14:00～20:00", "本来就是这样"),
        ("改电话", "把新电话写全"),
        ("电话改成123", "把新电话写全"),
        ("电话改成0595-00000002x", "把新电话写全"),
        ("停办老年书法提高班", "停办"),
        ("发布活动", "没听全"),
        ("发布活动：亲子阅读，有空就来，20人，12月6日到1月31日", "没听全"),
        ("发布活动：少儿书法班，每周日 15:00-16:00，20人，12月6日到1月31日", "本来就是这样"),
    ],
)
async def test_what_cannot_be_understood_changes_nothing(sqlite_linli: Linli, said: str, part: str) -> None:
    house = House(sqlite_linli)
    before = await rows_of(house.linli.database, "directory_change", "activity", "audit")
    assert part in (await house.manager(said)).rendered.text
    assert await rows_of(house.linli.database, "directory_change", "activity", "audit") == before
