"""The desk in a real browser: every page for everybody, on a phone and a large screen, without a script."""

from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, ViewportSize

from bot.linli import Linli
from bot.web.desk.table import CELLARS, HALLS, ROOMS
from handlers.permissions import Act, Reach, Role, reach_of
from messages.page import SIZES
from messages.words import LANGUAGES
from tests.case_talk import opened
from tests.clerk import desk_site
from tests.desk import CENTRE, SATURDAY, STARTS, House
from tests.desk_judge import entered, judged
from tests.test_browser_axe import LOCALES, complaints
from tests.web_visitor import serving

PHONE: ViewportSize = {"width": 360, "height": 740}
LARGE: ViewportSize = {"width": 1280, "height": 900}
PEOPLE = {"mei": Role.CENTRE_MANAGER, "sun": Role.DISTRICT, "op": Role.OPERATOR}
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture
async def house(sqlite_linli: Linli) -> House:
    """A class with people in it and in its line, a closing, a case."""
    there = House(sqlite_linli)
    for who, role in PEOPLE.items():
        await there.join(who, role, CENTRE if role is Role.CENTRE_MANAGER else None)
    await there.session(places=3)
    await there.book("lin", "chen", "wu", "zhou", "zheng")
    await there.manager("明天停电闭馆", "是")
    await opened(there, who="lin")
    for said in ("东湖社区邻里中心", "人工", "请回电"):
        await there.say(said, "wu")
    return there.at(STARTS - timedelta(minutes=15))


def addresses(who: str) -> list[str]:
    """Every page that somebody of this role may open."""
    role = PEOPLE[who]
    halls = [f"/desk/area/{hall.name}" for hall in HALLS if role is Role.DISTRICT]
    cellars = [f"/desk/machine/{each.name}" for each in CELLARS if role is Role.OPERATOR]
    about = f"?session={SATURDAY}&code=G-0001"
    rooms = [
        f"/desk/centre/{CENTRE}/{room.name}{about}"
        for room in ROOMS
        if reach_of(role, room.act) is not Reach.NEVER and room.act is not Act.NAMES
    ]
    return [*halls, *cellars, *rooms, "/desk/sign-ins"]


async def read(page: Page) -> str:
    return " ".join((await page.locator("main").inner_text()).split())


@pytest.mark.parametrize("who", list(PEOPLE))
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_can_be_used_by_everybody(
    browser: Browser, house: House, language: str, who: str
) -> None:
    found: dict[str, list[str]] = {}
    async with serving(desk_site(house.linli)) as server:
        context = await browser.new_context(viewport=PHONE, locale=LOCALES[language])
        page = await context.new_page()
        outside: list[str] = []
        page.on("request", lambda request: outside.append(request.url))
        await page.goto(f"{server.url()}/desk/in")
        found["entry"] = await complaints(page, strictly=False)
        await entered(page, server, house, who)
        for size in SIZES:
            await context.add_cookies([{"name": "linli_size", "value": size, "url": server.url()}])
            for address in addresses(who):
                answer = await page.goto(server.url() + address)
                assert answer
                assert answer.status == 200, address
                found[f"{address} {size}"] = await judged(page, strictly=size == "elder")
        await context.close()
        assert {name: problems for name, problems in found.items() if problems} == {}
        assert {url for url in outside if not url.startswith(server.url())} == set()


async def test_a_morning_at_the_desk_without_a_script(browser: Browser, house: House) -> None:
    async with serving(desk_site(house.linli)) as server:
        context = await browser.new_context(viewport=LARGE, locale="zh-CN", java_script_enabled=False)
        page = await context.new_page()
        await entered(page, server, house, "mei")
        await page.get_by_role("link", name="少儿书法班").click()
        await page.get_by_role("button", name="LIN").filter(has_text="到了").click()
        assert "在场 1" in await read(page)
        await page.get_by_role("button", name="撤销").click()
        assert "在场 0" in await read(page)
        await page.get_by_role("button", name="退出").click()
        assert page.url.endswith("/desk/in")
        await context.close()
