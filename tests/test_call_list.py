"""Families whom no message reached are called, on both engines: who is listed, for how long, who hears it."""

from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.forgetting import forget_calls
from bot.ids import new_id
from bot.linli import Linli
from handlers import bookings as booked
from handlers import call_list
from handlers.bookings import Office
from handlers.notices import Gathered, office_of
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
UNSENT = statement("test.unsent", "UPDATE outbox SET state = 'dead' WHERE unique_key LIKE :key")
NEWS = statement(
    "test.news", "SELECT booking_id, news, message_key FROM family_news ORDER BY booking_id, number"
)
LATER = call_list.UNREAD + timedelta(minutes=1)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Two families with a place, and somebody at the desk."""
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
    assert (await later.say(said, "somebody")).view != "FamiliesToCall"
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
    assert [await told(soon) for _ in range(3)] == [1, 0, 0]
    assert len(await soon.told("wang")) == 1
    await soon.manager("撤销")  # too late, and no news
    await delivered(house)
    assert await told(soon) == 0


async def test_news_of_long_ago_are_forgotten(house: House) -> None:
    await called_off(house)
    await forget_calls(house.linli, NOW + call_list.KEPT + timedelta(hours=1))
    async with house.linli.database.read() as tx:
        assert await tx.rows(NEWS) == []


async def test_news_of_what_is_still_to_come_are_kept_however_old(house: House) -> None:
    far = "FZ002-01@2027-02-20"
    await house.session(far, STARTS + timedelta(days=84))
    await house.book("lin", session=far)
    await house.manager("取消2027年2月20日的书法班", "是")
    later = house.later(timedelta(days=80))
    await forget_calls(later.linli, later.linli.clock())
    assert await codes(later) == [("lin", "called_off", "unread")]


async def test_where_it_will_soon_be_too_late_nobody_waits_for_a_look(house: House) -> None:
    near = house.at(STARTS - timedelta(minutes=100))
    await near.manager("取消今天的书法班", "是")
    assert await codes(near) == [("chen", "called_off", "unread"), ("lin", "called_off", "unread")]
    assert "这2家" in (await near.say("待通知", "wang")).rendered.text


async def test_what_was_just_sent_is_not_said_to_be_heard(house: House) -> None:
    assert "都通知到了" in (await house.say("待通知", "wang")).rendered.text
    await called_off(house)
    text = (await house.say("待通知", "wang")).rendered.text
    assert "都通知到了" not in text
    assert "2家，还没看" in text


async def test_news_of_the_night_has_its_time_in_the_morning(house: House) -> None:
    night = house.at(NOW.replace(hour=22, minute=0))
    await night.manager("取消周六的书法班", "是")
    for hours, listed_ones in ((3, 0), (10, 0), (11.9, 0), (12.1, 2)):
        assert len(await codes(night.later(timedelta(hours=hours)))) == listed_ones


async def test_who_spoke_on_the_page_since_has_it_before_them(house: House) -> None:
    await called_off(house)
    later = house.later(LATER)
    await later.say("我的预约", "lin")
    assert await codes(later) == [("chen", "called_off", "unread")]


async def test_who_gave_the_place_up_or_was_erased_is_not_called(house: House) -> None:
    await house.manager("周六的书法班改到下午三点", "是")
    later = house.later(LATER)
    assert [news for _, news, _ in await codes(later)] == ["moved", "moved"]
    there = later.linli.database
    await there.write(lambda tx: booked.give_up(tx, office(later), f"lin:{SATURDAY}", "lin", late=False))
    await there.write(lambda tx: booked.erase(tx, office(later), "chen"))
    assert (await later.state("lin"), await later.state("chen")) == ("cancelled", "erased")
    assert await codes(later) == []


def office(house: House) -> Office:
    """Tells nobody."""
    return replace(office_of(house.linli.world(house.linli.clock()), new_id), tell=Gathered())


async def test_the_desk_goes_on_with_its_work_while_the_round_comes_by(house: House) -> None:
    """An order that waits for a yes, and what a number means."""
    await house.session("FZ002-01@2026-12-05", STARTS + timedelta(days=7))
    await called_off(house)
    soon = house.at(STARTS.replace(hour=8))
    assert await told(soon) == 1
    asked = await soon.say("代报12月5日的书法班 1人", "wang")
    assert asked.view == "DeskProposed"
    assert await told(soon) == 0
    assert (await soon.say("1", "wang")).view == "DeskDone"
    assert len(await codes(soon)) == 2  # nobody was marked as called


async def test_who_comes_onto_the_list_later_is_told_as_well(house: House) -> None:
    await house.book("aaa", "zzz")
    await called_off(house)
    soon = house.at(STARTS - timedelta(hours=20))
    await delivered(soon, "sent", "%lin%")
    await delivered(soon, "sent", "%chen%")
    await delivered(soon, "dead", "%zzz%")
    await delivered(soon, "sent", "%aaa%")
    assert await told(soon) == 1
    await soon.linli.database.write(lambda tx: tx.run(UNSENT, {"key": "%aaa%"}))
    assert await told(soon) == 1
    assert await told(soon) == 0


async def test_who_is_offered_a_place_after_all_hears_of_the_offer(house: House) -> None:
    small = "FZ002-01@2026-12-05"
    await house.session(small, STARTS + timedelta(days=7), places=1)
    await house.book("mei", "zhou", session=small)
    await house.manager("12月5日书法班的名额改到2个", "是")
    await house.manager("取消12月5日的书法班", "是")
    await house.manager("撤销")
    news = {who: news for who, news, _ in await codes(house.later(LATER))}
    assert news.get("mei") == "held"
    assert news.get("zhou") in ("offered", "held")
    assert (news["zhou"] == "offered") is (await house.state("zhou", small) == "offered")


async def test_the_number_of_somebody_in_line_is_on_the_page(house: House) -> None:
    small = "FZ002-01@2026-12-05"
    await house.session(small, STARTS + timedelta(days=7), places=1)
    await house.book("mei", "zhou", session=small)
    await house.say("13800138000", "zhou")
    await house.manager("12月5日书法班的名额改到2个", "是")
    later = house.later(LATER)
    found = await later.linli.call_sheet("web", "wang", CENTRE)
    assert found
    [line] = found.lines
    assert (line.family.news, line.family.why, line.phone) == ("offered", "unread", "13800138000")
    here, code = site_of(later.linli), await later.invited(Role.CENTRE_STAFF, CENTRE)
    async with at_home(here) as staff:
        await staff.submit(text=f"管理码 {code}")
        page = await staff.http.get(f"/calls/{CENTRE}")
    assert 'href="tel:13800138000"' in page.text
    assert "13800138000" not in (await later.say("待通知", "wang")).rendered.text


async def test_the_district_is_not_sent_to_a_list_that_it_may_not_see(house: House) -> None:
    await house.join("sun", Role.DISTRICT)
    await house.say("东湖社区取消周六的书法班", "sun")
    text = (await house.say("是", "sun")).rendered.text
    assert "已经通知2个家庭" in text
    assert "待通知" not in text
    assert "由中心打电话" in text


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
