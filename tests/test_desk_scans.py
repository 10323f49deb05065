"""A booking's code is scanned at the door: staff of its centre check it in, nobody else learns anything."""

import re
from datetime import timedelta
from io import BytesIO
from urllib.parse import quote

import numpy as np
import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from bot.channels.telegram.enclosures import Enclosures
from bot.linli import Linli
from bot.web.desk.doorway import SCANS_PER_MINUTE
from bot.web.desk.gate import WAY_COOKIE
from handlers.door_codes import path_for
from handlers.permissions import Role
from messages.qr import check_in_qr
from messages.render import Link
from storage import bookings, sessions
from storage.statements import statement
from tests.clerk import Clerk, at_the_desk, code_of, desk_site
from tests.desk import CENTRE, SATURDAY, STARTS, House
from tests.family_talk import booked
from tests.sample import Sample, linli_over
from tests.web_visitor import Site, visiting

AT = f"/desk/centre/{CENTRE}"
OTHER = "FZ004"
TALKS = statement("test.talks", "SELECT address FROM conversation ORDER BY address")
# What a page that says nothing must not hold.
OF_THE_BOOKING = ("书法", "child1", "LIN1", SATURDAY, "9:00")


@pytest_asyncio.fixture
async def morning(linli: Linli) -> House:
    """A quarter of an hour before a class with three places: two children of one family, one of another; one
    family waits."""
    house = House(linli)
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    await house.session(places=3)
    await house.book("lin", size=2)
    await house.book("chen", "zhou")
    return house.at(STARTS - timedelta(minutes=15))


@pytest.fixture
def here(morning: House) -> Site:
    return desk_site(morning.linli)


async def way_of(house: House, name: str = "lin") -> str:
    """Where the code leads that the family shows."""
    async with house.linli.database.read() as tx:
        booking, session = await bookings.of_id(tx, f"{name}:{SATURDAY}"), await sessions.of_id(tx, SATURDAY)
    assert booking
    assert session
    return quote(path_for(booking, session, house.linli.safe.addresses))


def scanned(svg: str) -> list[str]:
    """What a camera reads in a drawing."""
    side = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    light = np.full((side, side), 255, np.uint8)
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", svg):
        light[int(y), int(x) : int(x) + int(length)] = 0
    return [each.text for each in zxingcpp.read_barcodes(np.kron(light, np.ones((6, 6), np.uint8)))]


def with_the_same_key(house: House, pause: timedelta) -> House:
    linli, then = house.linli, house.linli.clock() + pause
    return House(linli.over(linli.database, lambda: then, safe=linli.safe))


async def test_staff_see_who_comes_and_check_them_in_by_one_press(morning: House, here: Site) -> None:
    async with at_the_desk(morning, "wang", here) as wang:
        await wang.open(await way_of(morning))
        for part in ("少儿书法班", "11月28日（周六）", "9:00–10:30", "LIN1", "2人", "今天、本中心的预约"):
            assert part in wang.text
        assert wang.text.count("未到") == 2
        await wang.press("到了")
        assert "已经记下了" in wang.text
        assert "在场 2" in wang.text
        await wang.press("撤销")
        assert "在场 0" in wang.text
    written = [entry.what for entry in await morning.audit()]
    assert written[-5:] == ["roster", "check_in", "roster", "undo_check_in", "roster"]


async def test_who_is_there_already_is_not_checked_in_again(morning: House, here: Site) -> None:
    async with at_the_desk(morning, "wang", here) as wang:
        way = await way_of(morning)
        await wang.open(f"{AT}/roster?session={SATURDAY}")
        await wang.press("2 child1 LIN1: 到了")
        await wang.open(way)
        assert (wang.text.count("未到"), wang.text.count("已到")) == (1, 1)
        await wang.press("到了")
        await wang.open(way)
        assert "都已经记过了" in wang.text
        assert not [form for form in wang.forms() if "check_in" in form.action]


async def test_a_booking_of_another_day_says_so_and_names_nobody(morning: House) -> None:
    day_before = with_the_same_key(morning, -timedelta(days=1))
    async with at_the_desk(day_before, "wang") as wang:
        await wang.open(await way_of(day_before))
        assert "这个预约不是今天的" in wang.text
        assert "11月28日（周六）" in wang.text
        assert "child1" not in wang.text
        assert not [form for form in wang.forms() if "check_in" in form.action]


async def test_a_place_that_is_gone_or_was_never_there_says_so(morning: House, here: Site) -> None:
    way = await way_of(morning)
    async with at_the_desk(morning, "wang", here) as wang:
        assert "还没有名额" in (await wang.open(await way_of(morning, "zhou"))).text
        swapped = way.replace(quote("lin:FZ"), quote("chen:FZ"))  # signed for another booking
        assert "不是我们的" in (await wang.open(swapped)).text
        await morning.say("取消预约", "lin")
        await morning.say("是", "lin")
        assert await morning.state("lin") in {"cancelled", "late"}
        assert "这个预约已经取消了" in (await wang.open(way)).text
        other = await way_of(morning, "chen")
        await morning.manager("取消周六的书法班", "是")
        assert "这一场取消了" in (await wang.open(other)).text
        assert not [form for form in wang.forms() if "check_in" in form.action]


async def test_staff_of_another_centre_learn_nothing(morning: House, here: Site) -> None:
    await morning.join("hu", Role.CENTRE_MANAGER, OTHER)
    before = await morning.audit()
    async with at_the_desk(morning, "hu", here) as hu:
        await hu.open(await way_of(morning))
        assert "这是别的中心的预约" in hu.text
        assert not any(part in hu.html for part in OF_THE_BOOKING)
    assert [entry.what for entry in (await morning.audit())[len(before) :]] == ["sign_in"]


@pytest.mark.parametrize("role", [Role.DISTRICT, Role.OPERATOR])
async def test_who_checks_nobody_in_opens_no_code(morning: House, here: Site, role: Role) -> None:
    await morning.join("sun", role)
    async with at_the_desk(morning, "sun", here) as sun:
        await sun.open(await way_of(morning))
        assert sun.page
        assert sun.page.status_code == 404
        assert not any(part in sun.html for part in OF_THE_BOOKING)


async def test_a_code_is_over_a_day_after_the_session(morning: House) -> None:
    way = await way_of(morning)
    for days, says in ((1, "这个预约不是今天的"), (2, "这个码太旧了")):
        later = with_the_same_key(morning, timedelta(days=days))
        async with at_the_desk(later, "wang") as wang:
            assert says in (await wang.open(way)).text


@pytest.mark.parametrize("change", [lambda way: way[:-1], lambda way: way[:-4] + "beef", lambda _: "x.y.z"])
async def test_a_code_that_is_none_of_ours_opens_nothing(morning: House, here: Site, change: object) -> None:
    assert callable(change)
    way = await way_of(morning)
    async with at_the_desk(morning, "wang", here) as wang:
        await wang.open(f"/desk/arrive/{change(way.removeprefix('/desk/arrive/'))}")
        assert "不是我们的" in wang.text
        assert wang.page
        assert wang.page.status_code == 404


async def test_guessing_is_not_gone_on_with(morning: House, here: Site) -> None:
    async with at_the_desk(morning, "wang", here) as wang:
        for number in range(SCANS_PER_MINUTE):
            await wang.open(f"/desk/arrive/guess{number}")
        await wang.open(await way_of(morning))  # a right one is not told from a wrong one any more
        assert wang.page
        assert wang.page.status_code == 429
        here.clock.now += 60
        assert "今天、本中心的预约" in (await wang.open(await way_of(morning))).text


# Whoever is not signed in


async def test_a_resident_sees_what_to_do_with_it_and_nothing_else(morning: House, here: Site) -> None:
    way = await way_of(morning)
    async with visiting(here) as visitor:
        resident = await Clerk(visitor).open(way)
        assert "请在门口出示" in resident.html
        assert not any(part in resident.html.replace(way, "") for part in OF_THE_BOOKING)
        invented = await Clerk(visitor).open(f"{way[:-4]}beef")
        assert invented.html.replace("beef", way[-4:]) == resident.html  # whether it is right is not told
        picture = await visitor.http.get(f"{way}.svg")
        assert scanned(picture.text) == [f"http://linli.example{way}"]


async def test_who_signs_in_comes_back_to_what_was_scanned(morning: House, here: Site) -> None:
    way = await way_of(morning)
    async with visiting(here) as visitor:
        clerk = await Clerk(visitor).open(way)
        found = re.search(r'href="(/desk/in\?to=[^"]*)"', clerk.html)
        assert found
        await clerk.open(found[1])
        await clerk.open(
            f"/desk/in/{await code_of(morning, 'wang')}"
        )  # the link of the chat, not what was typed
        await clerk.press("进入")
        assert "今天、本中心的预约" in clerk.text
        assert WAY_COOKIE not in visitor.http.cookies
        await clerk.press("到了")
        assert "在场 2" in clerk.text


AWAY = (
    "https://evil.example", "//evil.example", "/desk/out", "out", "arrive/../out", "arrive//evil.example",
    "arrive/x\r\nSet-Cookie: a=b", "centre/FZ002/today", "", "arrive/" + "x" * 500,
)  # fmt: skip


@pytest.mark.parametrize("to", AWAY)
async def test_nobody_is_led_anywhere_else(morning: House, here: Site, to: str) -> None:
    async with visiting(here) as visitor:
        clerk = Clerk(visitor)
        clerk.page = await visitor.http.get("/desk/in", params={"to": to})
        assert clerk.page.status_code == 200
        assert WAY_COOKIE not in visitor.http.cookies
        visitor.http.cookies.set(WAY_COOKIE, to.replace("\r\n", ""), path="/desk")
        form = clerk.form("进入")
        sent = form.fields | {"code": await code_of(morning, "wang")}
        answer = await visitor.http.post(form.action, data=sent)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk")


@pytest.mark.parametrize("path", ["arrive/a/b", "depart/x", "arrive/" + "x" * 161, "arrive/%00", "arrive/码"])
async def test_what_can_be_no_code_is_no_page(morning: House, here: Site, path: str) -> None:
    async with visiting(here) as visitor:
        for ending in ("", ".svg"):
            assert (await visitor.http.get(f"/desk/{path}{ending}")).status_code in (404, 303)
            assert WAY_COOKIE not in visitor.http.cookies


# What the family shows


async def test_the_code_on_the_residents_page_leads_staff_to_the_booking(linli: Linli) -> None:
    """From what the resident's browser shows to the list, with nothing handed over but the picture."""
    house = House(linli)
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    await house.session()
    house = house.at(STARTS - timedelta(minutes=15))
    here = desk_site(house.linli)
    async with visiting(here) as visitor, at_the_desk(house, "wang", here) as wang:
        await visitor.open()
        await visitor.submit(text="你好")
        address = next(iter(await talks(house, "wang")))
        await house.book(address)
        code = f"{address[:3].upper()}1"
        page = await visitor.http.get(f"/qr/{code}")
        assert code in page.text
        drawn = await visitor.http.get(f"/qr/{code}.svg")
        [found] = scanned(drawn.text)
        assert found.startswith("http://linli.example/desk/arrive/")
        await wang.open(found.removeprefix("http://linli.example"))
        await wang.press("到了")
        assert "在场 1" in wang.text


async def talks(house: House, *others: str) -> list[str]:
    async with house.linli.database.read() as tx:
        rows = await tx.rows(TALKS)
    return [row["address"] for row in rows if row["address"] not in others]


def test_the_largest_address_of_ours_fits_a_code() -> None:
    address = f"https://linli.quanzhou-fengze.gov.example/desk/arrive/{'x' * 160}"
    assert scanned(check_in_qr(address, "7K2M", "zh")) == [address]


PAGE = "https://linli.example/"
CHANNELS = {"web": 0, "telegram": 1, "wechat": 1}


@pytest.mark.parametrize(("channel", "links"), CHANNELS.items())
async def test_where_no_page_of_ours_is_shown_the_card_carries_the_address(
    sqlite_linli: Linli, sample: Sample, channel: str, links: int
) -> None:
    settings = sqlite_linli.settings.model_copy(update={"public_url": PAGE})
    parent = await booked(linli_over(sqlite_linli.database, sample, settings), channel=channel)
    card = await parent.say("我的预约")
    assert card.view == "BookingShown"
    found = [link for link in card.rendered.links if link.url.startswith(f"{PAGE}desk/arrive/")]
    assert [(link.label, link.file) for link in found] == [("出示签到二维码", "arrive")] * links


async def test_where_nobody_told_our_address_there_is_no_link(sqlite_linli: Linli) -> None:
    card = await (await booked(sqlite_linli, channel="telegram")).say("我的预约")
    assert (card.view, card.rendered.links) == ("BookingShown", ())


async def test_telegram_brings_the_picture_of_the_link_and_of_nothing_else(sqlite_linli: Linli) -> None:
    async def nobody() -> str | None:
        return None

    enclosures = Enclosures(sqlite_linli, nobody)
    address = f"{PAGE}desk/arrive/abc.def"
    enclosed = await enclosures.of(Link("出示", address, "arrive"))
    assert enclosed
    assert enclosed.is_picture
    picture = np.asarray(Image.open(BytesIO(enclosed.content)).convert("L"))
    assert [found.text for found in zxingcpp.read_barcodes(picture)] == [address]
    assert await enclosures.of(Link("出示", "/desk/arrive/abc.def", "arrive")) is None
    assert await enclosures.of(Link("出示", f"{PAGE}desk/fetch/7K2M-9QXT")) is None
