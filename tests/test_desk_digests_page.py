"""The digests of a centre at the desk: as they were sent, with their files, and when the next ones come."""

import re
from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.ids import new_id
from bot.linli import Linli
from handlers import digest_rounds
from handlers.digest_rounds import send_due
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from storage import digests, ratings
from storage.digests import Digest, ReaderOf
from tests.clerk import at_the_desk
from tests.desk import CENTRE, House

AT = f"/desk/centre/{CENTRE}/digests"
AREA = "东湖街道"
MONDAY = datetime(2026, 11, 30, 8, 30, tzinfo=SHANGHAI)


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await there.join("far", Role.CENTRE_MANAGER, "FZ004")
    await there.join("sun", Role.DISTRICT)
    return there


async def sent(house: House, weeks: int = 1) -> House:
    """Digests of the first weeks, and the house on the last of their Mondays."""
    for number in range(weeks):
        moment = MONDAY + timedelta(weeks=number)
        world = house.linli.world(moment)
        assert await send_due(house.linli.database, world, new_id, lambda _: ("/x", "/y")) == (3, 0)
    return house.at(MONDAY + timedelta(weeks=weeks - 1, hours=1))


async def reader(house: House) -> ReaderOf:
    async with house.linli.database.read() as tx:
        found = await digests.readers(tx, digest_rounds.USUAL)
    return next(each for each in found if each.centre_id == CENTRE)


async def test_a_digest_is_read_as_the_chat_said_it(house: House) -> None:
    there = await sent(house)
    [told] = [each for each in await there.told("mei") if "周报" in each]
    async with at_the_desk(there, "mei") as mei:
        await mei.open(AT)
        shown = mei.text
        for line in filter(None, map(str.strip, told.split("\n"))):
            assert re.sub(r"\s+", " ", line) in shown


async def test_its_chart_and_workbook_are_files_of_this_server(house: House) -> None:
    there = await sent(house)
    async with at_the_desk(there, "mei") as mei:
        await mei.open(AT)
        source = re.search(r'<img class="drawing" src="(/digest/[^"]*)"', mei.html)
        book = re.search(r'href="(/digest/[^"]*\.xlsx)"', mei.html)
        assert source
        assert book
        for path, begins in ((source[1], b"\x89PNG"), (book[1], b"PK")):
            file = await mei.visitor.http.get(path)
            assert file.status_code == 200
            assert file.content.startswith(begins)


async def test_each_of_the_archive_can_be_opened(house: House) -> None:
    there = await sent(house, weeks=3)
    async with at_the_desk(there, "mei") as mei:
        await mei.open(AT)
        ways = re.findall(r'href="\?of=([^"]*)"', mei.html)
        assert len(ways) == 3
        assert "周报 12月7日（周一）到12月13日（周日）" in mei.text
        await mei.open(f"{AT}?of={ways[-1]}")
        assert "周报 11月23日（周一）到11月29日（周日）" in mei.text
        assert "12月7日（周一）到" not in mei.text


async def test_what_is_of_another_centre_is_not_opened_by_its_number(house: House) -> None:
    """The control: its own manager opens it by the same address."""
    there = await sent(house)
    async with there.linli.database.read() as tx:
        [other] = await digests.of_place(tx, "centre FZ004", 9)
        [own] = await digests.of_place(tx, f"centre {CENTRE}", 9)
    name = there.linli.directory.centres["FZ004"].name
    async with at_the_desk(there, "mei") as mei, at_the_desk(there, "far") as far:
        await mei.open(f"{AT}?of={other.id}")
        assert name not in mei.text
        assert own.id in mei.html
        await far.open(f"/desk/centre/FZ004/digests?of={other.id}")
        assert name in far.text


async def test_words_that_were_quoted_go_when_their_writer_erases_them(house: House) -> None:
    reply = await house.say("给东湖社区打五星", "lin")
    reply = await house.say(reply.rendered.choices[0].say, "lin")
    await house.say(reply.rendered.choices[2].say, "lin")
    reply = await house.say("院子里的桂花很香", "lin")
    await house.say(next(each.say for each in reply.rendered.choices if "引用" in each.label), "lin")
    async with house.linli.database.read() as tx:
        [given] = await ratings.of_centre(tx, CENTRE, house.linli.clock().date())
    late = house.at(MONDAY + timedelta(weeks=2))
    quoting = Digest(
        "D1", f"centre {CENTRE}", "week", MONDAY.date(), await _said(late), late.linli.clock(), given.id
    )
    await late.linli.database.write(lambda tx: digests.add(tx, quoting))
    async with at_the_desk(late, "mei") as mei:
        await mei.open(AT)
        assert "桂花" in mei.text
        for each in ("把我的资料都删掉", "确认删除"):
            await late.say(each, "lin")
        await mei.open(AT)
        assert "居民说" not in mei.text
        assert "桂花" not in mei.text


async def _said(house: House) -> str:
    """The view of a digest as it is kept, without keeping it."""
    there = await sent(house)
    async with there.linli.database.read() as tx:
        [kept] = await digests.of_place(tx, f"centre {CENTRE}", 1)
        found = await digests.of_id(tx, kept.id)
    assert found
    return found.view


async def test_one_that_cannot_be_read_any_more_is_said_so(house: House) -> None:
    old = Digest("D1", f"centre {CENTRE}", "week", MONDAY.date(), '{"v":0}', MONDAY)
    await house.linli.database.write(lambda tx: digests.add(tx, old))
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        assert "现在读不出来了" in mei.text


async def test_when_it_comes_is_read_back_changed_and_taken_back(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        assert "还没有报表" in mei.text
        assert "每周一8:30发周报" in mei.text
        await mei.press("改发送时间", cadence="week", weekday="3", clock="18:15")
        assert "每周三18:15发周报" in mei.text
        assert "原来：每周一8:30发周报" in mei.text
        assert (await reader(house)).weekday == 1
        await mei.press("确定")
        found = await reader(house)
        assert (found.cadence, found.weekday, found.minute) == ("week", 3, 18 * 60 + 15)
        await mei.press("撤销")
        assert "每周一8:30发周报" in mei.text
    assert (await reader(house)).minute == 8 * 60 + 30
    assert [each.what for each in await house.audit()][-2:] == ["digest", "undo_digest"]


async def test_what_was_wished_in_the_chat_meanwhile_is_not_undone(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        await mei.press("改发送时间", cadence="none", weekday="1", clock="08:30")
        await mei.press("确定")
        assert (await house.say("每天早上七点发日报", "mei")).view == "DigestWished"
        await mei.press("撤销")
        assert "没有办" in mei.text
        assert (await reader(house)).cadence == "day"
        await mei.open(AT)
        assert "每天7:00发日报" in mei.text


RIGHT = {"cadence": "week", "weekday": "1", "clock": "08:30"}
WRONG = (
    {"cadence": "hour"}, {"cadence": ""}, {"weekday": "8"}, {"weekday": "0"}, {"weekday": ""},
    {"weekday": "x"}, {"clock": "24:30"}, {"clock": ""},
)  # fmt: skip


@pytest.mark.parametrize("fields", WRONG)
async def test_what_no_form_of_ours_sends_is_refused(house: House, fields: dict[str, str]) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(AT)
        await mei.press("改发送时间", **RIGHT | fields)
        assert mei.page
        assert mei.page.status_code == 400
        await mei.open(AT)
        await mei.press("改发送时间", **RIGHT)
        assert mei.page.status_code == 409  # as it is already


async def test_the_page_speaks_english(house: House) -> None:
    there = await sent(house)
    async with at_the_desk(there, "mei") as mei:
        mei.visitor.http.cookies.set("linli_language", "en")
        await mei.open(AT)
        assert "the weekly digest on Mondays at 8:30" in mei.text
        await mei.press("Change when it comes", cadence="month", weekday="1", clock="09:00")
        assert "the monthly digest on the 1st of each month at 9:00" in mei.text
        await mei.press("Yes, do it")
        assert "Done" in mei.text
        assert not set(mei.text) & set("报表发周")
