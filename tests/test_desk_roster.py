"""Who comes today: the list, arrivals by number and by code, whoever did not come, and who was fetched."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from storage import attendance
from storage.attendance import Attendee
from tests.desk import SATURDAY, STARTS, WEDNESDAY, House
from tests.sample import NOW, rows_of


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Saturday, ten minutes before nine: two families, one of them with two children."""
    house = House(linli)
    await house.session(places=5)
    await house.book("ann", size=2)
    await house.book("bob")
    return house.at(STARTS - timedelta(minutes=10))


async def stand(house: House) -> list[str]:
    async with house.linli.database.read() as tx:
        return [_how(who) for who in await attendance.roster(tx, SATURDAY, STARTS)]


def _how(who: Attendee) -> str:
    if who.left_at:
        return "left"
    return "here" if who.arrived_at else "missed" if who.is_missed else "-"


async def test_the_list_of_today_has_aliases_and_codes_and_no_more(house: House) -> None:
    shown = await house.manager("今日名单")
    assert shown.view == "RosterShown"
    text = shown.rendered.text
    assert "少儿书法班，9:00–10:30：已报3/5" in text
    for line in ("1. child1（ANN1）未到", "2. child2（ANN1）未到", "3. child1（BOB2）未到"):
        assert line in text


async def test_people_are_checked_in_by_number_and_by_code(house: House) -> None:
    proposed = await house.manager("签到 1、3")
    assert "1. child1（ANN1）已到" in proposed.rendered.text
    assert await stand(house) == ["-", "-", "-"]
    await house.manager("是")
    assert await stand(house) == ["here", "-", "here"]
    await house.manager("ann1 签到", "是")
    assert await stand(house) == ["here", "here", "here"]
    assert "已到" in (await house.manager("今日名单")).rendered.text
    assert [entry.what for entry in await house.audit()] == ["check_in", "check_in", "roster"]
    assert await house.problems() == []


async def test_everybody_is_checked_in_at_once(house: House) -> None:
    await house.manager("全部签到", "是")
    assert await stand(house) == ["here"] * 3


async def test_who_comes_late_did_not_come_or_is_fetched_is_written_down(house: House) -> None:
    later = house.at(STARTS + timedelta(minutes=20))
    assert "迟到" in (await later.manager("3号迟到")).rendered.text
    await later.manager("是")
    await later.manager("2号没来", "是")
    await house.manager("1号签到", "是")
    after = house.at(STARTS + timedelta(minutes=95))
    await after.manager("1号接走了", "是")
    assert await stand(house) == ["left", "missed", "here"]
    text = (await after.manager("今日名单")).rendered.text
    for line in ("1. child1（ANN1）已接走", "2. child2（ANN1）没来", "3. child1（BOB2）迟到"):
        assert line in text
    assert await house.problems() == []


async def test_who_was_not_there_is_not_fetched(house: House) -> None:
    assert "还没有签到" in (await house.manager("1接走")).rendered.text
    assert await stand(house) == ["-", "-", "-"]


async def test_a_check_in_is_taken_back(house: House) -> None:
    before = await rows_of(house.linli.database, "attendance")
    await house.manager("签到 1 2", "是")
    undone = await house.manager("撤销")
    assert "1. child1（ANN1）未到" in undone.rendered.text
    assert await rows_of(house.linli.database, "attendance") == before
    await house.manager("1号没来", "是", "1号签到", "是")
    assert await stand(house) == ["here", "-", "-"]
    await house.manager("撤销")
    assert await stand(house) == ["missed", "-", "-"]
    await house.manager("签到 1", "是", "1接走", "是", "撤销")
    assert await stand(house) == ["here", "-", "-"]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("签到", "名单上的号码"),
        ("签到 9", "没有这个号码"),
        ("签到 1 9", "没有这个号码"),
        ("签到 zz99", "没有这个号码"),
        ("签到 0", "没有这个号码"),
    ],
)
async def test_nobody_is_checked_in_who_is_not_named(house: House, said: str, part: str) -> None:
    assert part in (await house.manager(said)).rendered.text
    assert await stand(house) == ["-", "-", "-"]


async def test_away_from_a_session_there_is_nobody_to_check_in(house: House) -> None:
    reply = await house.at(STARTS - timedelta(hours=3)).manager("签到 1")
    assert "没有要签到的场次" in reply.rendered.text


async def test_two_sessions_at_a_time_are_asked_about(house: House) -> None:
    other = "FZ002-02@2026-11-28"
    await house.session(other, STARTS, places=5)
    await house.book("wang", session=other)
    asked = await house.manager("签到 1")
    assert asked.view == "AskWhichOfOurs"
    assert (await house.manager("2")).view == "DeskProposed"
    shown = await house.manager("今日名单")
    assert len(shown.rendered.choices) == 2
    assert "child1（WAN1）" in (await house.manager(f"/desk_roster {other}")).rendered.text
    await house.manager("老年智能手机班签到 1", "是")
    assert await stand(house) == ["-", "-", "-"]


async def test_the_list_of_another_day_and_of_one_activity(house: House) -> None:
    wednesday = House(house.linli).at(NOW)
    assert "老年智能手机班" in (await wednesday.manager("今日名单")).rendered.text
    assert "ANN1" in (await wednesday.manager("周六少儿书法班的名单")).rendered.text
    assert "没有场次" in (await wednesday.manager("明天的名单")).rendered.text
    assert (await wednesday.manager(f"/desk_roster {WEDNESDAY}")).view == "RosterShown"


async def test_who_left_before_the_yes_is_not_checked_in(house: House) -> None:
    await house.manager("签到 3")
    await house.say("/cancel BOB2", "bob")
    await house.say("是", "bob")
    assert await house.state("bob") != "booked"
    assert "没有这个号码" in (await house.manager("是")).rendered.text


async def test_staff_of_the_centre_check_in_and_change_nothing_else(house: House) -> None:
    await house.join("li", Role.CENTRE_STAFF, "FZ002")
    assert (await house.say("今日名单", "li")).view == "RosterShown"
    await house.say("签到 1", "li")
    await house.say("是", "li")
    assert await stand(house) == ["here", "-", "-"]
    assert (await house.audit())[-1].who == "S-0001"
    for said in ("取消今天的少儿书法班", "今天少儿书法班名额改成9", "今天停电闭馆"):
        assert "不能办这件事" in (await house.say(said, "li")).rendered.text
