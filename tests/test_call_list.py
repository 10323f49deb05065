"""Families whom no message reached are called, on both engines: who is listed, for how long, who hears it."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers import call_list
from handlers.permissions import Role
from storage.call_list import Unheard
from storage.statements import statement
from tests.desk import CENTRE, SATURDAY, STARTS, House
from tests.sample import NOW
from tests.test_web_pages import visible
from tests.test_web_start import site_of
from tests.web_visitor import at_home, visiting

DONE = statement(
    "test.done", "UPDATE outbox SET state = :state WHERE unique_key LIKE :key AND state = 'waiting'"
)
NEWS = statement(
    "test.news", "SELECT booking_id, news, message_key FROM family_news ORDER BY booking_id, number"
)
LATER = call_list.UNREAD + timedelta(minutes=1)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Two families with a place, of which one left its conversation, and somebody at the desk."""
    there = House(linli)
    await there.join("wang", Role.CENTRE_STAFF, CENTRE)
    await there.session()
    await there.book("lin", "chen")
    return there


async def called_off(house: House) -> None:
    await house.manager("取消周六的书法班", "是")
    assert (await house.row()).state == "cancelled"


async def listed(house: House) -> list[Unheard]:
    async with house.linli.database.read() as tx:
        return await call_list.unheard(tx, CENTRE, house.linli.world(house.linli.clock()))


async def codes(house: House) -> list[tuple[str, str, str]]:
    return [(each.booking_id.partition(":")[0], each.news, each.why) for each in await listed(house)]


async def delivered(house: House, state: str = "sent", key: str = "%") -> None:
    await house.linli.database.write(lambda tx: tx.run(DONE, {"state": state, "key": key}))


async def test_who_has_not_opened_it_for_two_hours_is_to_be_called(house: House) -> None:
    await called_off(house)
    assert await codes(house) == []
    later = house.later(LATER)
    assert await codes(later) == [("chen", "called_off", "unread"), ("lin", "called_off", "unread")]
    await delivered(house)
    assert await codes(later) == []


async def test_whose_app_takes_nothing_is_to_be_called_at_once(house: House) -> None:
    await called_off(house)
    await delivered(house, "dead", "%lin%")
    assert await codes(house) == [("lin", "called_off", "refused")]


async def test_who_talks_nowhere_is_to_be_called_at_once(house: House) -> None:
    await house.manager("代报周六的书法班 1人")
    reply = await house.manager("是")
    assert "编号" in reply.rendered.text
    await called_off(house)
    [only] = await listed(house)
    assert (only.news, only.why) == ("called_off", "nowhere")


async def test_once_it_has_begun_nobody_is_called(house: House) -> None:
    await called_off(house)
    assert await codes(house.at(STARTS - timedelta(minutes=1)))
    assert await codes(house.at(STARTS)) == []


async def test_of_a_booking_the_last_news_alone_is_told(house: House) -> None:
    await called_off(house)
    undone = await house.manager("撤销")
    assert undone.view == "DeskUndone"
    assert [news for _, news, _ in await codes(house.later(LATER))] == ["held", "held"]


async def test_an_offer_is_to_be_called_until_it_is_answered(house: House) -> None:
    full = "FZ002-01@2026-12-05"
    await house.session(full, STARTS + timedelta(days=7), places=1)
    await house.book("mei", "zhou", session=full)
    assert await house.state("zhou", full) == "waiting"
    await house.manager("12月5日书法班的名额改到2个", "是")
    assert await house.state("zhou", full) == "offered"
    later = house.later(LATER)
    assert await codes(later) == [("zhou", "offered", "unread")]
    [only] = await listed(later)
    assert only.offer_until_at
    assert await told(later) == 1  # though it begins in ten days
    assert "答复" in (await later.told("wang"))[-1]
    code = only.code
    assert (await later.say(f"/accept {code}", "zhou")).view == "Booked"
    assert await later.state("zhou", full) == "booked"
    assert await codes(later) == []


async def test_staff_see_codes_and_no_phones_and_say_who_was_called(house: House) -> None:
    await called_off(house)
    later = house.later(LATER)
    shown = await later.say("谁还没收到通知", "wang")
    assert shown.view == "FamiliesToCall"
    assert "这2家" in shown.rendered.text
    assert "还没看" in shown.rendered.text
    [link] = shown.rendered.links
    assert link.url.endswith(f"/calls/{CENTRE}")
    first = shown.rendered.choices[0]
    assert first.label.startswith("已告诉 ")
    after = await later.say(first.say, "wang")
    assert "这1家" in after.rendered.text
    assert (await later.say(first.say, "wang")).rendered.text == after.rendered.text
    entries = [each for each in await later.audit() if each.what == "calls"]
    assert len(entries) == 1


OURS = f"/desk_called {CENTRE} lin:{SATURDAY} 1"


@pytest.mark.parametrize("said", ["谁还没收到通知", "/desk_calls", OURS])
async def test_residents_see_nothing_of_it(house: House, said: str) -> None:
    await called_off(house)
    later = house.later(LATER)
    assert (await later.say(said, "lin")).view != "FamiliesToCall"
    assert len(await codes(later)) == 2


@pytest.mark.parametrize(
    "said", [OURS.replace(CENTRE, "FZ003", 1), OURS, OURS.replace(" 1", " x"), "/desk_called"]
)
async def test_staff_of_another_centre_mark_nothing(house: House, said: str) -> None:
    await called_off(house)
    later = house.later(LATER)
    await later.join("zhao", Role.CENTRE_STAFF, "FZ003")
    assert "LIN" not in (await later.say(said, "zhao")).rendered.text
    assert len(await codes(later)) == 2


async def test_the_same_is_said_in_english(house: House) -> None:
    await called_off(house)
    later = house.later(LATER)
    await later.say("English please", "wang")
    assert "2 families" in (await later.say("call list", "wang")).rendered.text


async def told(house: House) -> int:
    linli = house.linli
    return await call_list.tell_desks(linli.database, linli.world(linli.clock()), new_id)


async def test_the_desk_is_told_once_and_again_of_something_newer(house: House) -> None:
    await called_off(house)
    soon = house.at(STARTS.replace(hour=8))
    assert await told(house.later(LATER)) == 0  # it begins in three days
    assert await told(house.at(STARTS.replace(hour=7))) == 0  # before anybody is there
    for _ in range(2):
        assert await told(soon) == 1
    assert len(await soon.told("wang")) == 1
    await soon.manager("撤销")  # too late, and no news
    await delivered(house)
    assert await told(soon) == 0


async def test_news_of_long_ago_are_forgotten(house: House) -> None:
    await called_off(house)
    await told(house.at(NOW + call_list.KEPT + timedelta(hours=1)))
    async with house.linli.database.read() as tx:
        assert await tx.rows(NEWS) == []


async def test_the_page_shows_phones_to_the_staff_of_the_centre_alone(house: House) -> None:
    await called_off(house)
    later = house.later(LATER)

    async def sheet(who: str, centre: str = CENTRE) -> object:
        return await later.linli.call_sheet("web", who, centre)

    assert await sheet("lin") is None
    assert await sheet("wang", "FZ003") is None
    assert await sheet("wang", "nowhere") is None
    found = await sheet("wang")
    assert [line.family.code for line in found.lines]  # type: ignore[attr-defined]
    assert [each.what for each in await later.audit()].count("calls") == 1


async def test_the_page_is_there_for_the_staff_of_the_centre_and_for_nobody_else(house: House) -> None:
    await called_off(house)
    later = house.later(LATER)
    here, code = site_of(later.linli), await later.invited(Role.CENTRE_STAFF, CENTRE)
    async with at_home(here) as staff, at_home(here) as resident, visiting(here) as stranger:
        await staff.submit(text=f"管理码 {code}")
        page = await staff.http.get(f"/calls/{CENTRE}")
        assert page.status_code == 200
        assert page.headers["cache-control"] == "no-store"
        assert "还没看" in visible(page.text)
        others = [
            await resident.http.get(f"/calls/{CENTRE}"),
            await stranger.http.get(f"/calls/{CENTRE}"),
            await staff.http.get("/calls/FZ003"),
            await staff.http.get("/calls/nowhere"),
        ]
        await staff.send("/public", public="1")
        others.append(await staff.http.get(f"/calls/{CENTRE}"))
    assert {each.status_code for each in others} == {404}
    assert "这里看不到名单" in visible(others[0].text)
