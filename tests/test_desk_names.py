"""The list with real names: the chat says where it is, a page for staff shows it, each look is noted."""

from datetime import datetime, timedelta
from functools import partial

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from handlers.safe import KeyLost
from messages.calendar import SHANGHAI
from messages.page import NamesList
from storage import staff
from storage.statements import statement
from storage.transaction import Transaction
from tests.clerk import at_the_desk
from tests.desk import House
from tests.family_talk import FETCHER, NAME, Parent, booked, named
from tests.sample import rows_of

SCHOOL, SESSION = "FZ040", "FZ040-01@2026-11-26"
STARTS = datetime(2026, 11, 26, 16, 0, tzinfo=SHANGHAI)
LOGS = ("view_log", "audit")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """A class of tomorrow with a child whose name is known and one whose is not; li works there."""
    parent = await named(linli)
    await parent.say("/fetcher", "3", "同意", FETCHER)
    await booked(linli, "unnamed")
    house = House(linli)
    await house.join("li", Role.CENTRE_STAFF, SCHOOL)
    return house


async def look(
    house: House, who: str = "li", channel: str = "web", session: str = SESSION
) -> NamesList | None:
    return await house.linli.names_list(channel, who, session)


async def test_the_chat_says_where_the_list_is_and_no_name(house: House) -> None:
    reply = await house.say("明天的实名名单", "li")
    assert reply.view == "NamesReady"
    assert "共2人，1人登记了真名" in reply.rendered.text
    [link] = reply.rendered.links
    assert (link.label, link.url) == ("看实名名单", f"/names/{SESSION}")
    assert NAME not in str(reply)
    assert (await rows_of(house.linli.database, "view_log"))["view_log"] == []


async def test_staff_of_the_centre_see_names_and_each_look_is_written_down(house: House) -> None:
    listed = await look(house)
    assert listed
    assert (listed.activity, listed.centre, listed.at) == ("四点半课堂", "华城社区", STARTS)
    assert {(one.alias, one.name, one.fetchers) for one in listed.lines} == {
        ("son", NAME, (("grandmother", FETCHER),)),
        ("son", None, ()),
    }
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.centre_id, entry.subjects) == ("S-0001", "names", SCHOOL, SESSION)
    shown = await Parent(house.linli).say("你们存了我什么")
    assert "华城社区的工作人员看了儿子的真名" in shown.rendered.text
    await look(house)
    assert [each.what for each in await house.audit()].count("names") == 2


async def test_nobody_else_sees_it_and_nothing_is_noted(house: House) -> None:
    await house.join("other", Role.CENTRE_MANAGER, "FZ002")
    await house.join("far", Role.DISTRICT)
    before = await rows_of(house.linli.database, *LOGS)
    for who in ("ding", "other", "far", "nobody", "manager:FZ040"):
        assert await look(house, who) is None
    for channel in ("telegram", "shell", "terminal"):
        assert await look(house, "li", channel) is None
    for session in ("FZ040-01@2026-11-27", "FZ002-01@2026-11-28", "x"):
        assert await look(house, session=session) is None
    assert await rows_of(house.linli.database, *LOGS) == before


async def test_a_post_that_ended_sees_it_no_more(house: House) -> None:
    assert await look(house)
    await house.linli.database.write(lambda tx: staff.revoke(tx, "S-0001", house.linli.clock()))
    assert await look(house) is None


async def test_a_class_that_needs_no_list_has_none(linli: Linli) -> None:
    house = House(linli)
    await house.session(places=5)
    await house.book("ann")
    await house.join("li", Role.CENTRE_STAFF, "FZ002")
    assert await look(house, session="FZ002-01@2026-11-28") is None
    reply = await house.say("周六的实名名单", "li")
    assert "只有要接送的班和营才有" in reply.rendered.text


async def test_a_lost_key_shows_nobody_and_notes_nothing(sqlite_linli: Linli) -> None:
    await named(sqlite_linli)
    await booked(sqlite_linli, "unnamed")
    house = House(sqlite_linli)
    await house.join("li", Role.CENTRE_STAFF, SCHOOL)
    for key in sqlite_linli.settings.keys_dir.iterdir():
        key.unlink()
    before = await rows_of(sqlite_linli.database, *LOGS)
    with pytest.raises(KeyLost):
        await look(house)
    assert await rows_of(sqlite_linli.database, *LOGS) == before


async def test_of_a_named_activity_the_next_list_is_meant(house: House) -> None:
    assert (await house.say("四点半课堂的实名名单", "li")).view == "DeskRefused", "nobody is in that of today"
    assert "没有要实名名单的场次" in (await house.say("周六的实名名单", "li")).rendered.text


async def test_of_several_lists_one_is_asked_for(linli: Linli) -> None:
    house = House(linli)
    first, second = "FZ013-01@2026-11-28", "FZ013-04@2026-11-28"
    for session, clock in ((first, 9), (second, 14)):
        await house.session(session, datetime(2026, 11, 28, clock, 0, tzinfo=SHANGHAI), places=5)
    await house.book("ann", session=second)
    await house.join("li", Role.CENTRE_STAFF, "FZ013")
    asked = await house.say("周六的实名名单", "li")
    assert (asked.view, len(asked.rendered.choices)) == ("AskWhichOfOurs", 2)
    ready = await house.say("2", "li")
    assert (ready.view, ready.rendered.links[0].url) == ("NamesReady", f"/names/{second}")
    await house.say("周六的实名名单", "li")
    assert "还没有人报名" in (await house.say("1", "li")).rendered.text
    await house.say("周六的实名名单", "li")
    assert (await house.say("/desk_session FZ040-01@2026-11-26", "li")).view == "DeskRefused"


async def test_where_what_is_said_leaves_the_country_there_is_no_list(house: House) -> None:
    for table in ("conversation", "staff"):
        await house.linli.database.write(partial(moved, table))
    reply = await house.say("明天的实名名单", "li", "telegram")
    assert (reply.view, reply.rendered.links, "网页" in reply.rendered.text) == ("DeskRefused", (), True)
    assert await look(house, channel="telegram") is None


async def moved(table: str, tx: Transaction) -> None:
    """li speaks on Telegram from now on."""
    move = f"UPDATE {table} SET channel = 'telegram' WHERE address = 'li'"
    await tx.run(statement(f"test.{table}", move))


@pytest.mark.parametrize("said", ["实名名单", "看看孩子们的真名"])
async def test_a_resident_is_told_of_no_list(house: House, said: str) -> None:
    reply = await house.say(said, "resident")
    assert reply.view not in {"NamesReady", "DeskRefused", "RosterShown"}


async def test_from_afar_nobody_sees_who_comes(house: House) -> None:
    await house.join("far", Role.DISTRICT)
    assert "不能办这件事" in (await house.say("华城社区明天的实名名单", "far")).rendered.text
    other = house.later(timedelta(minutes=1))
    assert "不是您管的中心" in (await other.say("东湖社区明天的实名名单", "li")).rendered.text


# On the desk


async def test_the_desk_shows_the_list_to_staff_of_the_centre_and_writes_the_look_down(house: House) -> None:
    page = f"/desk/centre/{SCHOOL}/names?session={SESSION}"
    await house.join("other", Role.CENTRE_MANAGER, "FZ002")
    async with at_the_desk(house, "li") as li:
        await li.open(page)
        assert NAME in li.text
        assert FETCHER in li.text
        assert "没有登记，请家长当面告诉" in li.text
    assert [each.what for each in await house.audit()].count("names") == 1
    async with at_the_desk(house, "other") as other:
        for path in (page, f"/desk/centre/FZ002/names?session={SESSION}"):
            await other.open(path)
            assert other.page
            assert other.page.status_code == 404
            assert NAME not in other.html
    assert [each.what for each in await house.audit()].count("names") == 1


async def test_the_desk_shows_no_names_to_whose_chat_leaves_the_country(house: House) -> None:
    code = await house.invited(Role.CENTRE_STAFF, SCHOOL)
    await house.say(f"管理码 {code}", "tele", "telegram")
    async with at_the_desk(house, "tele", channel="telegram") as tele:
        await tele.open(f"/desk/centre/{SCHOOL}/names?session={SESSION}")
        assert tele.page
        assert tele.page.status_code == 404


async def test_the_desk_says_when_the_key_is_lost(house: House) -> None:
    for key in house.linli.settings.keys_dir.iterdir():
        key.unlink()
    async with at_the_desk(house, "li") as li:
        await li.open(f"/desk/centre/{SCHOOL}/names?session={SESSION}")
        assert "密钥不在" in li.text
        assert NAME not in li.html
