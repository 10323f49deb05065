"""The chat page in a real browser loses nothing: lost connections, lost answers, reloads, other tabs."""

import asyncio
import json
import re

import pytest
from playwright.async_api import APIResponse, Browser, Route, expect

from tests.browser_chat import chatting
from tests.web_visitor import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_reload_keeps_the_transcript_and_what_was_being_written(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.type("菜单")
        await chat.sees("您想看什么？")
        await chat.press("看活动")
        await chat.sees("听到：/activities QZ-1")
        before = await chat.page.locator("#log").inner_text()
        await chat.page.locator("#text").fill("还没写完")
        await chat.page.reload()
        after = await chat.page.locator("#log").inner_text()
        times = r"\d+月\d+日\s*\d\d:\d\d"
        assert re.sub(times, "", after).split() == re.sub(times, "", before).split()
        await expect(chat.page.locator("#text")).to_have_value("还没写完")
        assert len(chat.linli.heard) == 2


async def test_what_is_written_without_a_connection_is_sent_once_when_it_is_back(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.type("一")
        await chat.sees("听到：一")
        await chat.context.set_offline(True)
        await expect(chat.page.locator("#notice")).to_contain_text("网络断了")
        await chat.type("二")
        await chat.type("三")
        await expect(chat.page.locator(".step .state", has_text="没发出去，正在重试")).to_have_count(1)
        assert await chat.own() == ["一", "二", "三"]
        await chat.context.set_offline(False)
        await chat.sees("听到：三")
        assert await chat.answers() == ["听到：一", "听到：二", "听到：三"]
        assert [message.text for message in chat.linli.heard] == ["一", "二", "三"]
        await expect(chat.page.locator(".step .state:not(:empty)")).to_have_count(0)
        await expect(chat.page.locator("#notice")).to_be_hidden()


async def test_a_reload_without_an_answer_sends_again_and_is_answered_once(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.page.route("**/api/say", lambda route: route.abort())
        await chat.type("菜单")
        await expect(chat.page.locator(".step .state")).to_contain_text("没发出去")
        await chat.page.reload()
        assert await chat.own() == ["菜单"]
        await chat.page.unroute("**/api/say")
        await chat.page.reload()
        await chat.sees("您想看什么？")
        assert await chat.own() == ["菜单"]
        assert len(chat.linli.answered()) == 1


async def test_an_answer_lost_on_its_way_comes_over_the_open_line_and_once(browser: Browser) -> None:
    async with chatting(browser) as chat:

        async def lose(route: Route) -> None:
            await route.fetch()
            await route.abort()

        await chat.page.route("**/api/say", lose)
        await chat.type("菜单")
        await chat.sees("您想看什么？")
        await chat.page.unroute_all(behavior="wait")  # a second try may be on its way
        await chat.type("好")
        await chat.sees("听到：好")
        assert await chat.own() == ["菜单", "好"]
        assert len(await chat.answers()) == 2
        assert len(chat.linli.answered()) == 2


async def test_an_answer_lost_on_its_way_without_an_open_line_comes_by_sending_again(
    browser: Browser,
) -> None:
    async with chatting(browser) as chat:
        await chat.page.route("**/api/stream*", lambda route: route.abort())
        await chat.page.reload()
        lost: list[APIResponse] = []

        async def lose_once(route: Route) -> None:
            answer = await route.fetch()
            if lost:
                return await route.fulfill(response=answer)
            lost.append(answer)
            return await route.abort()

        await chat.page.route("**/api/say", lose_once)
        await chat.type("菜单")
        await chat.sees("您想看什么？")
        assert len(chat.linli.heard) == 2
        assert len(chat.linli.answered()) == 1
        assert len(await chat.answers()) == 1


async def test_a_server_that_can_not_now_is_asked_again(browser: Browser) -> None:
    async with chatting(browser) as chat:
        chat.linli.gives_up = 1
        await chat.type("好")
        await chat.sees("听到：好")
        assert len(chat.linli.heard) == 2
        assert len({message.id for message in chat.linli.heard}) == 1


async def test_a_slow_answer_shows_that_the_message_is_on_its_way(browser: Browser) -> None:
    async with chatting(browser) as chat:
        chat.linli.may_answer.clear()
        await chat.type("好")
        await expect(chat.page.locator(".step:last-child .state")).to_have_text("发送中…")
        chat.linli.may_answer.set()
        await chat.sees("听到：好")
        await expect(chat.page.locator(".step:last-child .state")).to_be_empty()


async def test_a_failure_that_lasts_says_whom_to_call_and_offers_another_try(browser: Browser) -> None:
    async with chatting(browser) as chat:
        tries: list[str] = []

        async def fail(route: Route) -> None:
            tries.append(json.loads(route.request.post_data or "{}")["id"])
            await route.fulfill(status=500, json={"error": "failed", "text": "请打 12345"})

        await chat.page.route("**/api/say", fail)
        await chat.type("好")
        await expect(chat.page.locator(".step:last-child .state")).to_have_text("没发出去，正在重试…")
        async with asyncio.timeout(PATIENCE_S):
            while len(tries) < 5:
                # A connection that is back cuts the waiting short.
                await chat.page.evaluate("window.dispatchEvent(new Event('online'))")
        await expect(chat.page.locator(".step:last-child .state")).to_contain_text("请打 12345")
        await chat.page.unroute("**/api/say")
        await chat.page.get_by_role("button", name="再试一次").click()
        await chat.sees("听到：好")
        assert {chat.linli.heard[0].id} == set(tries)


async def test_a_lost_session_keeps_what_was_written_until_the_page_is_reloaded(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.context.clear_cookies()
        await chat.type("菜单")
        await chat.page.get_by_role("button", name="刷新页面").click()
        await chat.sees("您想看什么？")
        assert await chat.own() == ["菜单"]


async def test_what_linli_says_of_its_own_accord_appears(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.type("好")
        await chat.sees("听到：好")
        chat.linli.tell(chat.linli.addresses()[0], "明天停电")
        await chat.sees("明天停电")
        assert await chat.own() == ["好"]


async def test_a_second_tab_shows_the_same_conversation(browser: Browser) -> None:
    async with chatting(browser) as chat:
        second = await chat.context.new_page()
        await second.goto(chat.url)
        await chat.type("菜单")
        await chat.sees("您想看什么？")
        await expect(second.locator(".own .said")).to_have_text(["菜单"])
        await chat.press("找工作人员")
        await chat.sees("听到：/human")
        await expect(second.locator(".own .said")).to_have_text(["菜单", "找工作人员"])
        await expect(second.locator(".step:not(.welcome) .linli")).to_have_count(2)
