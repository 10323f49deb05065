"""The district's pages with something on each in a real browser: nothing to complain of or too wide."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser

from bot.linli import Linli
from messages.page import SIZES
from messages.words import LANGUAGES
from storage import ledger
from storage.callbacks import DISTRICT
from tests.case_talk import opened, ordered, staffed
from tests.clerk import desk_site
from tests.desk import CENTRE, House
from tests.desk_judge import entered, judged_all
from tests.sample import NOW
from tests.test_desk_compare import counted_weeks, neighbours, week
from tests.test_desk_district import promised, quiet, receipt_of
from tests.test_star_board import kept, late, star
from tests.test_topics import complained, looked
from tests.web_visitor import serving

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def busy(linli: Linli) -> tuple[House, list[str]]:
    """A district of which there is something on every page, and the addresses of these."""
    house = await staffed(linli)
    near, far = neighbours(house)
    await kept(
        linli,
        star(CENTRE, 5), star(CENTRE, 5, ago=28), star(CENTRE, 5, ago=56), star(far, None),
        star(near, 2, middle=0.6), star(near, 4, ago=28), star(near, 4, ago=56),
    )  # fmt: skip
    await late(linli, near, 4)
    full, poor = {"places": 200, "taken": 180, "arrived": 150, "missed": 10}, {"places": 100, "taken": 20}
    await counted_weeks(house, week(CENTRE, people=90, **full), week(near, people=15, **poor), week(far))
    receipt = await receipt_of(house, "lin")
    assert await ordered(house, "wang", "G-0001 申诉：那天闭馆") == "DeskDone"
    for who, centre, said in (
        ("lin", "东湖社区邻里中心", "活动室空调太冷"),
        ("chen", "东湖社区邻里中心", "教室里冷得发抖"),
        ("wu", "华城社区邻里中心", "冷气开得太足，很冷"),
    ):
        await complained(linli, who, centre, said)
    assert await looked(linli) == (1, 3)
    codes = [(await opened(house, f"灯坏了{number}")).code for number in range(25)]
    await quiet(house, *codes)
    await promised(house, 1, near, f"appeal {near}", NOW - timedelta(hours=3))
    await promised(house, 2, DISTRICT, "appeal", NOW + timedelta(hours=3))
    tomorrow = NOW.replace(hour=0, minute=0) + timedelta(days=1)
    await linli.database.write(lambda tx: ledger.publish(tx, NOW.date(), tomorrow, tomorrow))
    names = (
        "overview", "appeals", "topics", f"ledger?receipt={receipt}", f"compare?a={CENTRE}&b={near}&c={far}"
    )  # fmt: skip
    return house, [f"/desk/area/{name}" for name in names]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_judge_finds_nothing_wrong_and_nothing_is_too_wide(
    browser: Browser, sqlite_linli: Linli, size: str, language: str
) -> None:
    house, paths = await busy(sqlite_linli)
    assert await judged_all(browser, house, "sun", paths, size=size, language=language) == {}


async def test_centres_are_chosen_and_compared_without_a_script(
    browser: Browser, sqlite_linli: Linli
) -> None:
    house, _ = await busy(sqlite_linli)
    near, _ = neighbours(house)
    async with serving(desk_site(house.linli)) as server:
        context = await browser.new_context(java_script_enabled=False, locale="zh-CN")
        page = await context.new_page()
        await entered(page, server, house, "sun")
        await page.get_by_role("link", name="比较", exact=True).click()
        await page.get_by_label("第一个中心").select_option(CENTRE)
        await page.get_by_label("第二个中心").select_option(near)
        await page.get_by_role("button", name="比较").click()
        assert "差别不像偶然" in await page.locator("main").inner_text()
        assert await page.get_by_label("第一个中心").input_value() == CENTRE
        await context.close()
