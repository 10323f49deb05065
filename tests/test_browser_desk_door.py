"""The door in a real browser: a camera reads what a resident shows, and one of the staff checks it in."""

from datetime import datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
import zxingcpp
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page

from bot.linli import Linli
from bot.web.server import Server
from bot.web.session import COOKIE, Sessions
from handlers.permissions import Role
from messages.page import SIZES
from messages.words import LANGUAGES
from tests.clerk import code_of, desk_site
from tests.desk import CENTRE, STARTS, House
from tests.desk_judge import entered, judged
from tests.family_talk import FETCHER, Parent, named
from tests.test_browser_axe import LOCALES
from tests.test_browser_desk import PHONE, read
from tests.test_certificates import CAMP, DAYS, LAST, came, camp
from tests.test_desk_handover import ENDS, SCHOOL
from tests.test_desk_handover import STARTS as SCHOOL_STARTS
from tests.web_visitor import SETTINGS, serving

pytestmark = pytest.mark.asyncio(loop_scope="module")
BEFORE = timedelta(minutes=15)


async def phone(
    browser: Browser, server: Server, size: str = "normal", language: str = "zh"
) -> BrowserContext:
    context = await browser.new_context(viewport=PHONE, locale=LOCALES[language])
    await context.add_cookies([{"name": "linli_size", "value": size, "url": server.url()}])
    return context


async def address_of(context: BrowserContext) -> str:
    """The resident's, behind the cookie of their browser."""
    [cookie] = [each for each in await context.cookies() if each["name"] == COOKIE]
    session = Sessions(SETTINGS.key).read(cookie["value"], datetime.now(STARTS.tzinfo))
    assert session
    return session.address


async def scanned(page: Page) -> str:
    """What a camera reads off the screen."""
    screen = Image.open(BytesIO(await page.screenshot(scale="css"))).convert("L")
    [found] = zxingcpp.read_barcodes(np.asarray(screen))
    return found.text


@pytest.mark.parametrize("size", SIZES)
async def test_from_one_phone_to_the_other_and_onto_the_list(
    browser: Browser, sqlite_linli: Linli, size: str
) -> None:
    house = House(sqlite_linli)
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    await house.session()
    house, found = house.at(STARTS - BEFORE), {}
    async with serving(desk_site(house.linli)) as server:
        resident, staff = await phone(browser, server, size), await phone(browser, server, size)
        theirs, ours = await resident.new_page(), await staff.new_page()
        await theirs.goto(server.url())
        await theirs.locator("textarea, input[name=text]").first.fill("你好")
        await theirs.keyboard.press("Enter")
        await theirs.locator("text=你好").first.wait_for()
        address = await address_of(resident)
        await house.book(address)
        await theirs.goto(f"{server.url()}/qr/{address[:3].upper()}1")
        found["shown"] = await judged(theirs, strictly=size == "elder")

        code = await scanned(theirs)
        assert code.startswith(f"{server.url()}/desk/arrive/")
        await ours.goto(code)
        assert "请在门口出示" in await ours.locator("h1").inner_text()
        assert await scanned(ours) == code
        found["not signed in"] = await judged(ours, strictly=size == "elder")
        await ours.get_by_role("link", name="我是工作人员").click()
        await ours.get_by_label("进入码").fill(await code_of(house, "wang"))
        await ours.get_by_role("button", name="进入").click()
        await ours.get_by_text("今天、本中心的预约").wait_for()
        found["signed in"] = await judged(ours, strictly=size == "elder")
        await ours.get_by_role("button", name="到了").click()
        await ours.get_by_text("已经记下了").wait_for()
        assert "在场 1" in await read(ours)
        await ours.goto(code)
        assert "都已经记过了" in await read(ours)
        found["again"] = await judged(ours, strictly=size == "elder")
        await resident.close()
        await staff.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_children_who_are_there_and_a_scanned_code_can_be_used_by_everybody(
    browser: Browser, sqlite_linli: Linli, language: str
) -> None:
    parent = await named(sqlite_linli)
    await parent.say("/fetcher", "3", "同意", FETCHER)
    house = House(sqlite_linli)
    await house.join("li", Role.CENTRE_STAFF, SCHOOL)
    await house.at(SCHOOL_STARTS).manager("签到 1", "是", of=SCHOOL)
    house, found = house.at(ENDS + timedelta(minutes=40)), {}
    [link] = (await Parent(house.linli).say("接送码")).rendered.links
    async with serving(desk_site(house.linli)) as server:
        context = await phone(browser, server, "elder", language)
        page = await context.new_page()
        await page.goto(server.url() + link.url)
        assert await scanned(page) == server.url() + link.url
        found["shown"] = await judged(page, strictly=True)
        await entered(page, server, house, "li")
        await page.locator(".alerts").wait_for()
        found["today"] = await judged(page, strictly=True)
        await page.goto(server.url() + link.url)
        assert await page.locator("#code").input_value() == link.url.rpartition("/")[2]
        found["there"] = await judged(page, strictly=True)
        await page.locator("form.enter button").click()
        await page.locator("form.yes").wait_for()
        found["read back"] = await judged(page, strictly=True)
        await page.locator("form.yes button").click()
        await page.goto(f"{server.url()}/desk/centre/{SCHOOL}/fetch")
        assert await page.locator("table.list").count() == 0
        await context.close()
    assert {name: problems for name, problems in found.items() if problems} == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_certificates_of_a_camp_can_be_used_by_everybody(
    browser: Browser, sqlite_linli: Linli, language: str
) -> None:
    house = House(sqlite_linli)
    await camp(house, CAMP, DAYS)
    await house.book("ann", session=CAMP, size=2)
    await came(house, "ann", "ann1", DAYS[:3])
    await house.join("li", Role.CENTRE_STAFF, CENTRE)
    house = house.at(LAST)
    async with serving(desk_site(house.linli)) as server:
        context = await phone(browser, server, "elder", language)
        page = await context.new_page()
        await entered(page, server, house, "li")
        await page.goto(f"{server.url()}/desk/centre/{CENTRE}/certificates?session={CAMP}")
        assert await judged(page, strictly=True) == []
        answer = await page.goto(server.url() + str(await page.locator("table a").get_attribute("href")))
        assert answer
        assert answer.headers["content-type"] == "image/svg+xml"
        await context.close()
