"""Pages of the desk before an independent judge of accessibility, on a phone, in each size and language."""

from collections.abc import Iterable

from playwright.async_api import Browser, Page

from bot.web.server import Server
from tests.browser_chat import PHONE
from tests.clerk import code_of, desk_site
from tests.desk import House
from tests.test_browser_axe import LOCALES, complaints
from tests.web_visitor import serving

UNFOLD = "document.querySelectorAll('details').forEach(each => { each.open = true; })"


async def entered(page: Page, server: Server, house: House, who: str) -> None:
    await page.goto(f"{server.url()}/desk/in/{await code_of(house, who)}")
    await page.locator("button.main").click()


async def judged(page: Page, *, strictly: bool) -> list[str]:
    """What is wrong with a page, everything on it unfolded: also what has to be pushed sideways."""
    await page.evaluate(UNFOLD)
    width = await page.evaluate("document.documentElement.scrollWidth")
    return [*await complaints(page, strictly=strictly), *(["too wide"] if width > PHONE["width"] else [])]


async def judged_all(
    browser: Browser, house: House, who: str, paths: Iterable[str], *, size: str, language: str
) -> dict[str, list[str]]:
    """What is wrong with pages that somebody opens, by their addresses: none is left out, and the site's own
    policy has refused nothing."""
    found: dict[str, list[str]] = {}
    async with serving(desk_site(house.linli)) as server:
        context = await browser.new_context(viewport=PHONE, locale=LOCALES[language])
        await context.add_cookies(
            [
                {"name": f"linli_{name}", "value": value, "url": server.url()}
                for name, value in (("size", size), ("language", language))
            ]
        )
        page, said = await context.new_page(), list[str]()
        page.on("console", lambda message: said.append(message.text))
        await entered(page, server, house, who)
        for path in paths:
            await page.goto(server.url() + path)
            assert await page.locator("h1").count() == 1, path
            assert await page.evaluate("document.documentElement.className") == size.replace("normal", "")
            found[path] = await judged(page, strictly=size == "elder")
        assert said == []
        await context.close()
    return {path: problems for path, problems in found.items() if problems}
