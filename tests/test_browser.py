"""The chat page in a real browser: everything a resident does with it while the connection holds."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from messages.page import SIZES
from tests.browser_chat import PHONE, PLAIN_NAME, chatting, chromium

PLACE = {"latitude": 24.8741, "longitude": 118.6757}
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_missing_browser_fails_in_ci_and_says_what_to_install() -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium fonts-noto-cjk"):
        chromium(lambda _: None, {"CI": "1"})
    with pytest.raises(pytest.skip.Exception, match="apt-get install chromium fonts-noto-cjk"):
        chromium(lambda _: None, {})
    assert chromium(lambda name: f"/bin/{name}", {}) == "/bin/chromium"


async def test_a_whole_conversation_by_typing_and_by_buttons(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.type("菜单")
        await chat.sees("您想看什么？")
        await expect(chat.page.locator(".step:last-child .choice .number")).to_have_text(["1", "2", "3"])
        await chat.press("找一体机")
        await chat.sees("听到：/kiosks QZ-1")
        await chat.type("地图")
        await chat.sees("地址：东湖街1号")
        link = chat.page.get_by_role("link", name="打开地图")
        await expect(link).to_have_attribute("rel", "noopener noreferrer external")
        assert (await link.get_attribute("href") or "").startswith("https://uri.amap.com/")
        assert await chat.own() == ["菜单", "找一体机", "地图"]
        assert [(m.text, m.tapped) for m in chat.linli.heard] == [
            ("菜单", False),
            ("/kiosks QZ-1", True),
            ("地图", False),
        ]
        await expect(chat.page.locator("#text")).to_have_value("")


async def test_a_suggestion_of_the_welcome_can_be_pressed(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.press("最近的老年食堂")
        await chat.sees("听到：最近的老年食堂")
        assert chat.linli.heard[0].tapped


async def test_what_the_code_at_a_door_asks_is_answered_with_one_tap_and_not_asked_again(
    browser: Browser,
) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.page.goto(f"{chat.url}/door/QZ-1")
        await chat.sees("您从door_QZ-1来？")
        await chat.press("是的")
        await chat.sees("听到：/from door_QZ-1")
        assert await chat.own() == ["是的"]
        assert [(message.text, message.tapped) for message in chat.linli.heard] == [("/from door_QZ-1", True)]
        await chat.page.reload()
        await chat.sees("听到：/from door_QZ-1")
        assert await chat.answers() == ["听到：/from door_QZ-1"]


async def test_a_shared_place_is_sent_when_the_resident_allows_it(browser: Browser) -> None:
    async with chatting(browser, geolocation=PLACE, permissions=["geolocation"]) as chat:
        await chat.type("在哪里")
        await chat.sees("您在哪个社区？")
        await chat.page.locator(".step:last-child").get_by_role("button", name="发送我的位置").click()
        await chat.sees("收到位置 24.874 118.676")
        assert (await chat.own())[-1] == "我的位置"
        await expect(chat.page.locator("#notice")).to_be_hidden()


async def test_without_permission_a_community_can_be_chosen(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.page.locator("form.say").get_by_role("button", name="发送我的位置").click()
        await expect(chat.page.locator("#notice")).to_contain_text("请点“选择您的社区”")
        await expect(chat.page.locator("form.say").get_by_role("link", name="选择您的社区")).to_be_focused()
        await expect(chat.page.get_by_role("button", name="发送我的位置")).to_have_count(0)
        assert chat.linli.heard == []


async def test_without_https_a_community_is_chosen_instead(browser: Browser) -> None:
    async with chatting(browser) as chat:
        page = await chat.context.new_page()
        await page.goto(chat.url.replace("127.0.0.1", PLAIN_NAME))
        await expect(page.get_by_role("button", name="发送我的位置")).to_have_count(0)
        await page.locator("form.say").get_by_role("link", name="选择您的社区").click()
        await page.get_by_role("link", name="东湖街道").click()
        await page.get_by_role("button", name="东湖社区").click()
        await expect(page.locator(".step:last-child .said")).to_have_text("东湖社区")
        assert [(message.text, message.tapped) for message in chat.linli.heard] == [("/which QZ-1", True)]
        chat.requests[:] = [url for url in chat.requests if urlsplit(url).hostname != PLAIN_NAME]


async def test_enter_that_ends_a_composition_does_not_send(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.page.locator("#text").focus()
        keyboard = await chat.context.new_cdp_session(chat.page)
        await keyboard.send(
            "Input.imeSetComposition", {"text": "shitang", "selectionStart": 7, "selectionEnd": 7}
        )
        # While a Chinese input method composes, a browser reports key 229 for whatever is pressed.
        for code in (229, 13):
            enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": code}
            await keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
            await keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
        await keyboard.send("Input.insertText", {"text": "食堂"})
        await expect(chat.page.locator("#text")).to_have_value("食堂")
        assert await chat.own() == []
        assert chat.linli.heard == []
        await chat.page.keyboard.press("Enter")
        await chat.sees("听到：食堂")
        assert [message.text for message in chat.linli.heard] == ["食堂"]


async def test_a_keyboard_is_enough(browser: Browser) -> None:
    async with chatting(browser) as chat:
        keys = chat.page.keyboard
        await keys.press("Tab")
        await expect(chat.page.get_by_role("link", name="跳到输入框")).to_be_focused()
        await keys.press("Enter")
        await expect(chat.page.locator("#text")).to_be_focused()
        await keys.type("菜单")
        await keys.press("Enter")
        await chat.sees("您想看什么？")
        await expect(chat.page.locator("#text")).to_be_focused()
        for _ in range(3):
            await keys.press("Shift+Tab")
        await expect(chat.page.locator(".step:last-child .choice").nth(1)).to_be_focused()
        await keys.press("Enter")
        await chat.sees("听到：/kiosks QZ-1")


async def test_pressing_send_leaves_the_focus_in_the_field(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.page.locator("#text").fill("好")
        await chat.page.get_by_role("button", name="发送", exact=True).click()
        await chat.sees("听到：好")
        await expect(chat.page.locator("#text")).to_be_focused()


async def test_everything_works_without_scripts(browser: Browser) -> None:
    async with chatting(browser, java_script_enabled=False, viewport=PHONE) as chat:
        await chat.page.locator("#text").fill("菜单")
        await chat.page.keyboard.press("Enter")
        await chat.sees("您想看什么？")
        assert chat.page.url == f"{chat.url}/#last"
        await chat.press("找一体机")
        await chat.sees("听到：/kiosks QZ-1")
        assert await chat.own() == ["菜单", "找一体机"]
        await expect(chat.page.locator("#last .own")).to_be_in_viewport()
        await chat.page.locator("form.say").get_by_role("link", name="选择您的社区").click()
        await chat.page.get_by_role("link", name="丰泽街道").click()
        await chat.page.get_by_role("button", name="云谷社区").click()
        await chat.sees("听到：/which QZ-2")
        await chat.page.get_by_role("button", name="大字").click()
        await chat.page.get_by_role("button", name="English").click()
        await expect(chat.page.locator("html")).to_have_attribute("class", "large")
        await expect(chat.page.locator("html")).to_have_attribute("lang", "en")
        assert await chat.own() == ["菜单", "找一体机", "云谷社区", "English"]


async def test_language_and_type_size_stay(browser: Browser) -> None:
    async with chatting(browser) as chat:
        size = "document.defaultView.getComputedStyle(document.querySelector('.text')).fontSize"
        assert await chat.page.evaluate(size) == "18px"
        await chat.page.get_by_role("button", name="大字").click()
        await expect(chat.page.get_by_role("button", name="特大字")).to_be_visible()
        assert await chat.page.evaluate(size) == "22.5px"
        await chat.page.get_by_role("button", name="特大字").click()
        await expect(chat.page.get_by_role("button", name="标准字")).to_be_visible()
        assert await chat.page.evaluate(size) == "27px"
        await chat.page.get_by_role("button", name="English").click()
        await expect(chat.page.get_by_role("button", name="Send", exact=True)).to_be_visible()
        await chat.page.reload()
        await expect(chat.page.get_by_role("button", name="中文")).to_be_visible()
        assert await chat.page.evaluate(size) == "27px"


LONG_WORD = "https://example.org/" + "a" * 200


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("locale", ["zh-CN", "en-GB"])
async def test_nothing_is_wider_than_a_small_phone_and_nothing_is_too_small_to_touch(
    browser: Browser, locale: str, size: str
) -> None:
    least = 56 if size == "elder" else 44
    async with chatting(browser, viewport=PHONE, locale=locale, size=size) as chat:
        for text in ("菜单", "地图", "在哪里", "记住", LONG_WORD):
            await chat.type(text)
            await expect(chat.page.locator(".step:last-child .linli")).to_be_visible()
        await expect(chat.page.locator(".own .said").last).to_have_text(LONG_WORD)
        assert await chat.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await all_can_be_touched(chat.page, least)
        for path in ("/more", "/place", "/code", "/device", "/leave"):
            await chat.page.goto(chat.url + path)
            assert await chat.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
            await all_can_be_touched(chat.page, least)
        await chat.page.clock.install()
        await chat.page.goto(f"{chat.url}/more")
        await chat.page.locator("form[action='/public'] button").click()
        await expect(chat.page.locator("#public")).to_be_visible()
        await chat.page.clock.fast_forward(160_000)
        await expect(chat.page.locator("#stay")).to_be_visible()
        assert await chat.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        await all_can_be_touched(chat.page, least)


async def all_can_be_touched(page: Page, least: int) -> None:
    for each in await page.locator("button:visible, a:visible, .field").all():
        box = await each.bounding_box()
        assert box is not None
        assert box["height"] >= least, await each.inner_text()
        assert box["width"] >= 44, await each.inner_text()


async def test_the_newest_answer_is_in_sight_from_its_beginning(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        for _ in range(4):
            await chat.type("菜单")
            await expect(chat.page.locator(".step:last-child .linli")).to_be_visible()
        await expect(chat.page.locator(".step:last-child .own")).to_be_in_viewport(ratio=1)
        await expect(chat.page.locator(".step:last-child .text")).to_be_in_viewport(ratio=1)


async def test_what_is_shown_is_text_and_never_markup(browser: Browser) -> None:
    async with chatting(browser) as chat:
        attack = "<img src=x onerror=alert(1)><b>几点</b>"
        await chat.type(attack)
        await chat.sees(f"听到：{attack}")
        assert await chat.own() == [attack]
        await expect(chat.page.locator("#log img, #log b")).to_have_count(0)


async def test_a_screen_reader_finds_a_log_a_field_and_landmarks(browser: Browser) -> None:
    async with chatting(browser) as chat:
        log = chat.page.get_by_role("log", name="对话")
        await expect(log).to_have_attribute("aria-live", "polite")
        await expect(chat.page.get_by_role("textbox", name="想问什么，写在这里")).to_be_visible()
        for landmark in ("banner", "main", "contentinfo"):
            await expect(chat.page.get_by_role(landmark)).to_have_count(1)
        await chat.type("好")
        await expect(log).to_contain_text("邻里说：听到：好")
