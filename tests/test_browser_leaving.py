"""A real browser on devices that change hands: recovery codes, shared devices, leaving, a new language."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.browser_chat import PHONE, Chat, chatting

pytestmark = pytest.mark.asyncio(loop_scope="module")
OLD = "document.documentElement.dataset.old = 'yes'"
STORED = "JSON.stringify([sessionStorage.length, localStorage.length])"


async def go_back(page: Page) -> None:
    await page.get_by_role("link", name="回到对话").click()


async def session_cookie(chat: Chat) -> str | None:
    cookies = {cookie.get("name"): cookie.get("value") for cookie in await chat.context.cookies()}
    return cookies.get("linli")


@asynccontextmanager
async def shared(browser: Browser) -> AsyncIterator[Chat]:
    """A conversation on a device that was switched to be a shared one, with its clock in hand."""
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("几点开门")
        await chat.sees("听到：几点开门")
        await chat.page.clock.install()
        await chat.page.get_by_role("link", name="更多").click()
        await chat.page.get_by_role("button", name="这是公用设备").click()
        await expect(chat.page.locator("#public")).to_contain_text("公用设备，用完请退出")
        yield chat


async def starts_empty(chat: Chat, before: str | None) -> None:
    await expect(chat.page.locator(".step")).to_have_count(1)
    await expect(chat.page.locator("body")).not_to_contain_text("几点开门")
    assert await chat.page.evaluate(STORED) == "[0,0]"
    assert await session_cookie(chat) not in (None, before)


# Recovery codes


async def test_a_recovery_code_brings_the_conversation_to_a_second_browser(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("记住")
        await chat.sees("值得保留")
        await chat.press("保留这段对话")
        code = await chat.page.locator(".code [aria-hidden]").inner_text()
        await go_back(chat.page)
        await chat.sees("值得保留")

        second = await browser.new_context(locale="zh-CN")
        page = await second.new_page()
        await page.goto(chat.url)
        await page.get_by_role("link", name="更多").click()
        await page.get_by_role("link", name="我有恢复码").click()
        await expect(page.locator("#code")).to_be_focused()
        await page.locator("#code").fill(code.lower().replace("-", " "))
        await page.keyboard.press("Enter")
        await expect(page.locator(".own .said")).to_have_text(["记住"])
        await expect(page.locator(".step:last-child .text")).to_contain_text("您回来了")
        await page.locator("#text").fill("你好")
        await page.keyboard.press("Enter")
        await expect(page.locator(".step:last-child .text")).to_contain_text("听到：你好")
        await second.close()

        # The first browser still shows the page of before; what it says begins a conversation anew.
        await chat.type("谁在")
        await expect(chat.page.locator(".own .said")).to_have_text(["谁在"])
        await chat.sees("听到：谁在")


async def test_a_wrong_code_leaves_everything_as_it_was(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("你好")
        await chat.sees("听到：你好")
        await chat.page.goto(f"{chat.url}/code")
        await chat.page.locator("#code").fill("K7MW-4PXA")
        await chat.page.keyboard.press("Enter")
        await expect(chat.page.get_by_role("alert")).to_contain_text("没有找到这个恢复码")
        await expect(chat.page.get_by_role("alert")).to_be_in_viewport(ratio=1)
        await go_back(chat.page)
        assert await chat.own() == ["你好"]


# A device that many use


async def test_a_shared_device_counts_down_and_clears_itself(browser: Browser) -> None:
    async with shared(browser) as chat:
        before = await session_cookie(chat)
        await chat.page.clock.fast_forward(130_000)
        await expect(chat.page.locator("#countdown")).to_be_hidden()
        await chat.page.clock.fast_forward(22_000)
        await expect(chat.page.locator("#countdown")).to_be_visible()
        await expect(chat.page.locator("#countdown b")).to_have_text(re.compile("[12][0-9]"))
        await expect(chat.page.get_by_role("alert")).to_contain_text("半分钟后清除")
        await expect(chat.page.get_by_role("button", name="退出")).to_be_in_viewport(ratio=1)
        await chat.page.clock.fast_forward(29_000)
        await starts_empty(chat, before)
        await expect(chat.page.locator("#public")).to_be_visible()


async def test_who_presses_stay_stays_for_three_more_minutes(browser: Browser) -> None:
    async with shared(browser) as chat:
        await chat.page.clock.fast_forward(160_000)
        async with chat.page.expect_response("**/api/stay") as stayed:
            await chat.page.get_by_role("button", name="继续用").click()
            await chat.page.clock.fast_forward(11_000)
        assert (await stayed.value).status == 204
        await expect(chat.page.locator("#countdown")).to_be_hidden()
        await chat.page.clock.fast_forward(115_000)
        await expect(chat.page.locator("#countdown")).to_be_hidden()
        assert await chat.own() == ["几点开门"]


async def test_a_shared_device_that_slept_is_cleared_when_it_wakes_up(browser: Browser) -> None:
    async with shared(browser) as chat:
        before = await session_cookie(chat)
        await chat.page.clock.fast_forward(3600_000)
        await starts_empty(chat, before)


async def test_a_page_that_shows_a_code_is_cleared_as_well(browser: Browser) -> None:
    async with shared(browser) as chat:
        await chat.page.get_by_role("link", name="更多").click()
        await chat.page.get_by_role("button", name="保留这段对话").click()
        await expect(chat.page.locator(".code")).to_be_visible()
        before = await session_cookie(chat)
        await chat.page.clock.fast_forward(181_000)
        await starts_empty(chat, before)


async def test_without_a_connection_a_shared_device_shows_nothing_any_more(browser: Browser) -> None:
    async with shared(browser) as chat:
        await chat.context.set_offline(True)
        await chat.page.clock.fast_forward(181_000)
        await expect(chat.page.locator("body")).not_to_contain_text("几点开门")
        await chat.context.set_offline(False)


async def test_the_tab_of_a_shared_device_keeps_nothing(browser: Browser) -> None:
    async with shared(browser) as chat:
        await chat.page.locator("#text").fill("还没写完")
        await chat.page.route("**/api/say", lambda route: route.abort())
        await chat.type("没发出去")
        await expect(chat.page.locator(".step:last-child .said")).to_have_text("没发出去")
        assert await chat.page.evaluate(STORED) == "[0,0]"


async def test_leave_is_in_sight_on_a_shared_device_and_starts_empty(browser: Browser) -> None:
    async with shared(browser) as chat:
        before = await session_cookie(chat)
        leave = chat.page.get_by_role("button", name="退出")
        await expect(leave).to_be_in_viewport(ratio=1)
        await leave.click()
        await starts_empty(chat, before)
        await chat.page.go_back()
        await expect(chat.page.locator("body")).not_to_contain_text("几点开门")


async def test_what_one_tab_does_the_other_tabs_know(browser: Browser) -> None:
    async with shared(browser) as chat:
        other = await chat.context.new_page()
        await other.clock.install()
        await other.goto(chat.url)
        await expect(other.locator(".own .said")).to_have_text(["几点开门"])
        await chat.page.clock.fast_forward(160_000)
        await expect(chat.page.locator("#countdown")).to_be_visible()
        await other.locator("#text").press("Shift")
        await expect(chat.page.locator("#countdown")).to_be_hidden()
        await other.get_by_role("button", name="退出").click()
        for page in (other, chat.page):
            await expect(page.locator(".step")).to_have_count(1)
            await expect(page.locator("body")).not_to_contain_text("几点开门")


async def test_tabs_of_a_browser_that_keeps_no_cookies_come_to_rest(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:

        async def without_cookies(route: Route) -> None:
            async with httpx.AsyncClient() as http:
                page = await http.get(route.request.url)
            await route.fulfill(body=page.text, content_type="text/html; charset=utf-8")

        await chat.context.clear_cookies()
        await chat.context.route(f"{chat.url}/", without_cookies)
        await chat.page.goto(chat.url)
        await chat.page.evaluate(OLD)
        other = await chat.context.new_page()
        await other.goto(chat.url)
        await expect(chat.page.locator("html[data-old]")).to_have_count(0)
        await other.evaluate(OLD)
        await chat.page.evaluate(OLD)
        third = await chat.context.new_page()
        await third.goto(chat.url)
        for page in (chat.page, other):
            await expect(page.locator("html[data-old]")).to_have_count(0)
        opened = [url for url in chat.requests if url == f"{chat.url}/"]
        assert len(opened) == 1 + 3 + 3


# A device of one's own


async def test_control_on_a_device_of_ones_own_nothing_is_cleared(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.page.clock.install()
        await chat.page.reload()
        await chat.type("几点开门")
        await chat.sees("听到：几点开门")
        await chat.page.clock.fast_forward(600_000)
        assert await chat.own() == ["几点开门"]
        await expect(chat.page.locator("#public")).to_have_count(0)


async def test_who_leaves_their_own_device_is_asked_once_more(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("几点开门")
        await chat.sees("听到：几点开门")
        await chat.page.locator("#text").fill("还没写完")
        before = await session_cookie(chat)
        await chat.page.get_by_role("link", name="更多").click()
        await chat.page.get_by_role("link", name="退出").click()
        await expect(chat.page.get_by_role("button", name="保留这段对话")).to_be_visible()
        await go_back(chat.page)
        assert await chat.own() == ["几点开门"]
        await chat.page.goto(f"{chat.url}/leave")
        await chat.page.get_by_role("button", name="退出并清除").click()
        await starts_empty(chat, before)
        await expect(chat.page.locator("#text")).to_have_value("")


# The language


async def test_the_answers_follow_the_language_of_the_page_in_every_tab(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("你好")
        await chat.sees("听到：你好")
        other = await chat.context.new_page()
        await other.goto(chat.url)
        await chat.page.get_by_role("button", name="English").click()
        await chat.sees("Hello.")
        assert await chat.own() == ["你好", "English"]
        await expect(other.locator(".step:last-child .said")).to_have_text("English")
        assert [message.text for message in chat.linli.heard] == ["你好", "/language en"]
        await expect(chat.page.get_by_role("button", name="中文")).to_be_visible()
