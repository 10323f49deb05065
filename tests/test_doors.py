"""The code at a centre's door: who asks for it, of which centre, and what it leads to."""

from dataclasses import replace
from io import BytesIO

import pytest
import zxingcpp
from PIL import Image

from bot.linli import Linli
from handlers.message import Location
from handlers.permissions import Role
from messages.geo import Datum
from messages.qr import page_qr, qr_png
from tests.desk import House
from tests.sample import message
from tests.telegram_town import Town, refused, town
from tests.web_visitor import SETTINGS, Site, site, visiting

__all__ = ["site", "town"]


@pytest.mark.parametrize(
    "said",
    [
        "东湖社区门口的二维码", "东湖社区门口二维码发我", "我要打印东湖社区的评价二维码",
        "东湖社区邻里中心的二维码有吗", "东湖社区二维码", "door code of 东湖社区",
        "qr code for the door of 东湖社区", "/door_code FZ002",
    ],
)  # fmt: skip
async def test_whoever_names_a_centre_gets_its_code(sqlite_linli: Linli, said: str) -> None:
    reply = await sqlite_linli.hear(message(said))
    assert reply.view == "DoorCodeShown"
    assert "东湖社区" in reply.rendered.text
    [link] = reply.rendered.links
    assert (link.url, link.file) == ("/door/FZ002.svg", "door")
    [choice] = reply.rendered.choices
    assert (await sqlite_linli.hear(message(choice.say))).view == "CentreCard"


@pytest.mark.parametrize(
    "said",
    ["东湖社区门口能停车吗", "门口有几级台阶", "签到码", "二维码", "东湖社区怎么走", "评价一下东湖社区"],
)
async def test_who_speaks_of_doors_or_ratings_otherwise_is_not_meant(sqlite_linli: Linli, said: str) -> None:
    assert (await sqlite_linli.hear(message(said))).view != "DoorCodeShown"


async def test_staff_get_that_of_their_own_centre_or_of_the_one_they_name(linli: Linli) -> None:
    house = House(linli)
    await house.join("wang", Role.CENTRE_MANAGER, "FZ002")
    assert [link.url for link in (await house.say("门口二维码", "wang")).rendered.links] == [
        "/door/FZ002.svg"
    ]
    other = await house.say("环山社区门口二维码", "wang")
    assert [link.url for link in other.rendered.links] == ["/door/FZ030.svg"]


async def test_who_names_no_centre_is_asked_where_they_are(linli: Linli) -> None:
    assert (await linli.hear(message("门口的二维码", id="1"))).view == "AskWhere"
    reply = await linli.hear(message("东湖社区", id="2"))
    assert [link.url for link in reply.rendered.links] == ["/door/FZ002.svg"]


async def test_who_shares_a_place_gets_that_of_the_nearest_centre(linli: Linli) -> None:
    centre = linli.directory.centres["FZ030"]
    await linli.hear(message("门口的二维码", id="1"))
    here = Location(centre.latitude + 0.0001, centre.longitude, Datum.GCJ02)
    reply = await linli.hear(replace(message("", id="2"), location=here))
    assert [link.url for link in reply.rendered.links] == ["/door/FZ030.svg"]


async def test_who_names_a_subdistrict_says_which_centre(linli: Linli) -> None:
    assert (await linli.hear(message("东湖街道门口的二维码", id="1"))).view == "AskWhichCentre"
    reply = await linli.hear(message("东湖社区", id="2"))
    assert [link.url for link in reply.rendered.links] == ["/door/FZ002.svg"]


async def test_the_drawing_leads_to_the_page_at_that_door() -> None:
    async with visiting(Site()) as stranger:
        drawing = await stranger.http.get("/door/FZ002.svg")
        missing = await stranger.http.get("/door/nothing.svg")
        chat = await stranger.http.get("/door/FZ002")
    assert (drawing.status_code, drawing.headers["content-type"]) == (200, "image/svg+xml")
    address = f"{SETTINGS.public_url or str(stranger.http.base_url).rstrip('/')}/door/FZ002"
    assert drawing.text == page_qr(address, "zh")
    assert "set-cookie" not in drawing.headers
    assert missing.status_code == 404
    assert chat.status_code == 303


async def test_on_telegram_the_code_opens_the_chat_with_the_bot(town: Town) -> None:
    await town.say("东湖社区门口的二维码")
    assert town.fake.methods[-1] == "sendPhoto"
    [photo] = town.fake.named("sendPhoto")
    assert "东湖社区" in photo["caption"]
    picture = next(value for value in photo.values() if isinstance(value, bytes))
    assert picture == qr_png("https://t.me/linli_bot?start=door_FZ002")
    [read] = zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))
    assert read.text == "https://t.me/linli_bot?start=door_FZ002"
    town.fake.calls.clear()
    await town.say("/start door_FZ002")
    assert "东湖社区" in town.fake.texts[0]


async def test_where_telegram_does_not_say_the_bot_s_name_the_words_go_alone(
    town: Town,
) -> None:
    town.fake.faults["getMe"] = [refused(502, "Bad Gateway") for _ in range(9)]
    words, told = await town.say("东湖社区门口的二维码")
    assert "东湖社区" in words
    assert told == "“打开网页的二维码”没有发成，请过一会儿再要一次。"
    assert town.fake.named("sendPhoto") == []
    town.fake.faults.clear()
    await town.say("东湖社区门口的二维码")
    assert len(town.fake.named("sendPhoto")) == 1
