"""Posters: their codes are read by somebody else's reader, and answered with what the poster is about."""

from argparse import Namespace
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from defusedxml.ElementTree import fromstring
from PIL import Image

from bot.linli import Linli
from bot.posters import Addresses, file_name, make_posters, open_doors
from bot.settings import Settings
from bot.web.app import make_app
from handlers.permissions import Role
from handlers.posters import hung_at
from messages.lettering import NoFont
from messages.picture import opened, unknown_in
from messages.poster import Code, Poster
from messages.poster_sheet import Sheet
from storage.statements import statement
from tests.clerk import at_the_desk, desk_site
from tests.desk import CENTRE, House
from tests.sample import NOW, Sample, linli_over, message
from tests.telegram_town import TOKEN, FakeTelegram
from tests.test_telegram_console import serving
from tests.test_wechat_console import account
from tests.web_visitor import SETTINGS, Site, all_well, visiting
from tests.wechat_api import FakeApi, serving_api

PAGE = "https://linli.example"
BUSY = {"errcode": -1, "errmsg": "system error"}
SVG = "{http://www.w3.org/2000/svg}"
CODES = (
    Code("page", f"{PAGE}/?start=do_FZ002-01"),
    Code("wechat", "http://weixin.qq.com/q/02Xabcdefgh1234"),
    Code("telegram", "https://t.me/linli_bot?start=do_FZ002-01"),
)
BELOW = {"centre": "东湖邻里中心", "address": "湖心街1号", "hours": "每天 8:00-20:00", "help_line": "12345"}
ABOVE = {"times": "每周六 9:00-10:30", "whom": "6-12岁", "fee": "免费", "room": "203室"}
POSTER = Poster("activity", "少儿书法班", CODES, ABOVE, BELOW, (date(2026, 9, 1), date(2027, 1, 10)), True)


def page_of(pdf: bytes) -> Image.Image:
    """The one picture of the PDF, as a printer has it."""
    return Image.open(BytesIO(pdf[pdf.index(b"\xff\xd8\xff") : pdf.rindex(b"\xff\xd9") + 2]))


def scanned(pdf: bytes) -> set[str]:
    return {found.text for found in zxingcpp.read_barcodes(np.asarray(page_of(pdf).convert("L")))}


def scanned_in_drawing(svg: str) -> set[str]:
    """Each code of the drawing as pixels of its own."""
    found = set()
    for code in fromstring(svg).findall(f"{SVG}svg"):
        side = int(code.attrib["viewBox"].split()[2])
        light = np.full((side, side), 255, np.uint8)
        for bar in code[0].attrib["d"].split("z")[:-1]:
            x, rest = bar.removeprefix("M").split(" ")
            y, length = rest.partition("v")[0].split("h")
            light[int(y), int(x) : int(x) + int(length)] = 0
        found |= {each.text for each in zxingcpp.read_barcodes(np.kron(light, np.ones((6, 6), np.uint8)))}
    return found


@pytest.mark.parametrize("count", [1, 2, 3])
def test_codes_are_read_from_drawing_and_print(count: int) -> None:
    sheet = Sheet(replace(POSTER, codes=CODES[:count]))
    held = {code.text for code in CODES[:count]}
    assert scanned(sheet.pdf()) == held
    assert scanned_in_drawing(sheet.svg()) == held


def test_a_print_is_one_page_of_a4_without_a_time_and_always_the_same() -> None:
    pdf = Sheet(POSTER).pdf()
    assert page_of(pdf).size == (2480, 3508)
    assert b"MediaBox [ 0 0 595.2 841.92 ]" in pdf
    assert b"Date" not in pdf
    assert Sheet(POSTER).pdf() == pdf


def test_it_is_said_in_chinese_with_english_below() -> None:
    svg = Sheet(POSTER).svg()
    root = fromstring(svg)
    said = [text.text for text in root.findall(f"{SVG}text")]
    for zh, en in (("活动报名", "Join in"), ("热线", "Help line"), ("时间", "Times"), ("微信关注", "WeChat")):
        assert said.index(zh) < said.index(en)
    for fact in (*ABOVE.values(), *BELOW.values(), "2026年9月1日至2027年1月10日"):
        assert fact in said
    assert "示例数据，不是真实信息 · Sample data, not real" in said
    assert "示例" not in Sheet(replace(POSTER, is_sample=False)).svg()
    assert "style" not in svg


def long(facts: Mapping[str, str], times: int) -> dict[str, str | None]:
    return {code: value * times for code, value in facts.items()}


@pytest.mark.parametrize("times", [1, 4, 12, 60])
@pytest.mark.parametrize(("count", "above"), [(1, ABOVE), (2, ABOVE), (3, ABOVE), (1, {}), (3, {})])
def test_nothing_lies_over_anything_else_however_long_the_office_writes(
    times: int, count: int, above: dict[str, str]
) -> None:
    """Codes stay large enough to be scanned from a step away."""
    poster = replace(
        POSTER,
        name=POSTER.name * times,
        above=long(above, times),
        below=long(BELOW, times),
        dates=POSTER.dates if above else None,
        codes=CODES[:count],
    )
    sheet = Sheet(poster)
    top, bottom = sheet.codes[0].y, sheet.codes[0].y + sheet.codes[0].side
    assert sheet.codes[0].side >= 440
    assert all(each.x >= 0 and each.x + each.side <= 2100 for each in sheet.codes)
    assert not [text for text in sheet.texts if top <= text.y <= bottom]
    assert not [text for text in sheet.texts if text.y > bottom > text.y - 0.8 * text.size]
    assert max(text.y for text in sheet.texts) <= 2870
    values = [text.y for text in sheet.texts if text.x == 560]
    sizes = [text.size for text in sheet.texts if text.x == 560]
    assert all(
        later - earlier >= size for (earlier, later), size in zip(pairwise(values), sizes, strict=False)
    )


def test_there_is_no_poster_without_a_code() -> None:
    with pytest.raises(ValueError, match="one code to three"):
        Sheet(replace(POSTER, codes=()))


def test_a_font_that_is_missing_is_named_with_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(
        NoFont, match=r"Noto Sans SC is not at .*none\.ttf: pip install .*pylopdf-fonts-zh-cn"
    ):
        opened(str(tmp_path / "none.ttf"), 10)


def test_characters_without_a_picture_are_named() -> None:
    assert unknown_in("太极 Tai chi😀，1！𠮷😀") == ["😀", "𠮷"]
    assert Sheet(replace(POSTER, name="太极😀")).unknown == ["😀"]
    assert Sheet(POSTER).unknown == []


# What a code leads to


@pytest.mark.parametrize(
    ("payload", "view", "holds"),
    [("at_FZ002", "CentreCard", "东湖社区"), ("do_FZ002-01", "ActivityCard", "少儿书法班")],
)
async def test_what_a_poster_s_code_opens_the_chat_with(
    sqlite_linli: Linli, payload: str, view: str, holds: str
) -> None:
    reply = await sqlite_linli.hear(message(f"/start {payload}"))
    assert reply.view == view
    assert holds in reply.rendered.text


async def test_the_page_shows_it_and_stores_nothing(linli: Linli) -> None:
    here = Site()
    here.app = make_app(linli, SETTINGS, all_well, figures=lambda: b"", clock=linli.clock)
    shown, address = {}, linli.directory.centres[CENTRE].address
    async with visiting(here) as visitor:
        for start in ("at_FZ002", "do_FZ002-01", "do_FZ002", "at_FZ999", "at_"):
            page = (await visitor.http.get("/", params={"start": start})).text
            shown[start] = (address in page, "书法" in page)
    nothing = (False, False)
    assert shown["at_FZ002"][0]
    assert shown["do_FZ002-01"][1]
    assert {shown[start] for start in ("do_FZ002", "at_FZ999", "at_")} == {nothing}
    async with linli.database.read() as tx:
        assert not await tx.rows(statement("test.conversations", "SELECT id FROM conversation"))


def test_activities_that_are_over_have_no_poster(sample: Sample) -> None:
    directory = sample.directory
    centre = directory.centres[CENTRE]
    now = {each.name for each in hung_at(centre, directory, NOW.date())}
    assert {"FZ002", "FZ002-rating", "FZ002-01"} <= now
    assert {each.name for each in hung_at(centre, directory, date(2099, 1, 1))} == {"FZ002", "FZ002-rating"}


# The command


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "posters"
    made.mkdir()
    return made


@pytest.fixture
def url(sample: Sample, tmp_path: Path) -> str:
    return sample.copy_to(tmp_path / "linli.db")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def drawn(settings: Settings, folder: Path, *centres: str) -> int:
    return await make_posters(settings, Namespace(folder=folder, centre=list(centres)), lambda: NOW)


async def test_each_centre_that_is_named_has_its_posters(
    url: str, folder: Path, sample: Sample, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings.model_validate({"database_url": url, "public_url": PAGE})
    assert await drawn(settings, folder, "FZ002", "FZ002") == 0
    hung = hung_at(sample.directory.centres[CENTRE], sample.directory, NOW.date())
    files = {file_name(each.name, ending) for each in hung for ending in ("svg", "pdf")}
    assert names(folder) == files
    for each in hung:
        held = {f"{PAGE}/?start={each.payload}"}
        assert scanned((folder / f"{each.name}.pdf").read_bytes()) == held
        assert scanned_in_drawing((folder / f"{each.name}.svg").read_text("utf-8")) == held
    out, err = capsys.readouterr()
    assert len(out.splitlines()) == len(hung)
    assert err == ""


async def test_codes_of_the_apps_are_there_where_they_are_set(url: str, folder: Path) -> None:
    fake = FakeApi()
    async with serving_api(fake), serving(FakeTelegram()) as telegram:
        told = {"telegram_token": TOKEN, "telegram_api": telegram.url, "public_url": PAGE}
        settings = account(fake, database_url=url, wechat_can=("qr",), **told)
        assert await drawn(settings, folder, CENTRE) == 0
    scenes = [body["action_info"]["scene"]["scene_str"] for _, _, body in fake.asked]
    assert scenes == ["at_FZ002", "door_FZ002"]  # activities come and go, codes of WeChat stay
    held = scanned((folder / "FZ002-rating.pdf").read_bytes())
    assert {f"{PAGE}/?start=door_FZ002", "https://t.me/linli_bot?start=door_FZ002"} < held
    assert len(held) == 3
    assert scanned((folder / "FZ002-01.pdf").read_bytes()) == {
        f"{PAGE}/?start=do_FZ002-01",
        "https://t.me/linli_bot?start=do_FZ002-01",
    }


async def test_an_app_that_does_not_answer_is_left_out_and_named(
    url: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fake = FakeApi(answers=[BUSY])
    async with serving_api(fake):
        settings = account(fake, database_url=url, wechat_can=("qr",), public_url=PAGE)
        assert await drawn(settings, folder, CENTRE) == 1
    assert "at_FZ002: no WeChat code" in capsys.readouterr().err
    assert scanned((folder / "FZ002.pdf").read_bytes()) == {f"{PAGE}/?start=at_FZ002"}
    assert len(scanned((folder / "FZ002-rating.pdf").read_bytes())) == 2


async def test_what_an_app_did_not_say_is_kept_once_however_often_it_is_asked(
    url: str, sample: Sample
) -> None:
    fake, known = FakeApi(answers=[BUSY] * 9), Addresses()
    directory = sample.directory
    [hung, *_] = hung_at(directory.centres[CENTRE], directory, NOW.date())
    async with serving_api(fake):
        settings = account(fake, database_url=url, wechat_can=("qr",), public_url=PAGE)
        for _ in range(2):
            async with open_doors(settings, known) as doors:
                assert [code.where for code in await doors.codes(hung)] == ["page"]
    assert [line.partition(",")[0] for line in known.why_not.values()] == ["at_FZ002: no WeChat code"]


@pytest.mark.parametrize(
    ("changed", "centre", "said"),
    [({"public_url": None}, CENTRE, "LINLI_PUBLIC_URL is not set"), ({}, "FZ999", "no centre FZ999")],
)
async def test_what_is_missing_is_said_and_nothing_drawn(
    url: str,
    folder: Path,
    changed: dict[str, object],
    centre: str,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    given = {"database_url": url, "public_url": PAGE} | changed
    assert await drawn(Settings.model_validate(given), folder, centre) == 2
    assert said in capsys.readouterr().err
    assert names(folder) == set()
    assert await drawn(Settings.model_validate(given), folder / "nowhere", centre) == 2


def test_a_file_is_named_with_letters_alone() -> None:
    assert file_name("../FZ 002/活动", "pdf") == "___FZ_002___.pdf"


# At the desk


def over(linli: Linli, sample: Sample, page: str | None = PAGE) -> House:
    return House(linli_over(linli.database, sample, linli.settings.model_copy(update={"public_url": page})))


async def test_staff_download_the_posters_of_their_centre_alone(sqlite_linli: Linli, sample: Sample) -> None:
    house = over(sqlite_linli, sample)
    await house.join("li", Role.CENTRE_STAFF, CENTRE)
    await house.join("zhao", Role.SUBDISTRICT, area=house.linli.directory.centres[CENTRE].subdistrict)
    site = desk_site(house.linli)
    at = f"/desk/centre/{CENTRE}"
    async with at_the_desk(house, "li", site) as li:
        await li.open(f"{at}/posters")
        assert f"{at}/poster/FZ002-rating.pdf" in li.html
        pdf = await li.visitor.http.get(f"{at}/poster/FZ002-rating.pdf")
        assert pdf.headers["content-type"] == "application/pdf"
        assert pdf.headers["content-disposition"] == 'attachment; filename="FZ002-rating.pdf"'
        assert scanned(pdf.content) == {f"{PAGE}/?start=door_FZ002"}
        svg = await li.visitor.http.get(f"{at}/poster/FZ002-01.svg")
        assert scanned_in_drawing(svg.text) == {f"{PAGE}/?start=do_FZ002-01"}
        for other in (
            "centre/FZ003/poster/FZ003.pdf",
            f"centre/{CENTRE}/poster/FZ003.pdf",
            f"centre/{CENTRE}/poster/FZ002.png",
        ):
            assert (await li.visitor.http.get(f"/desk/{other}")).status_code == 404
    async with at_the_desk(house, "zhao", site) as zhao:
        assert (await zhao.visitor.http.get(f"{at}/poster/FZ002.svg")).status_code == 404


async def test_without_an_address_of_the_page_there_is_nothing_to_print(
    sqlite_linli: Linli, sample: Sample
) -> None:
    house = over(sqlite_linli, sample, None)
    await house.join("li", Role.CENTRE_STAFF, CENTRE)
    async with at_the_desk(house, "li") as li:
        await li.open(f"/desk/centre/{CENTRE}/posters")
        assert "LINLI_PUBLIC_URL" in li.text
        assert ".pdf" not in li.html
        assert (await li.visitor.http.get(f"/desk/centre/{CENTRE}/poster/FZ002.svg")).status_code == 404
