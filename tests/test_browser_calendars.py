"""A real browser takes along what is booked: the calendar file, the code to hold out, the feed's address."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from messages.page import SIZES
from tests.browser_chat import PHONE, Chat, chatting
from tests.test_browser_axe import complaints

pytestmark = pytest.mark.asyncio(loop_scope="module")
WIDER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOADED = "image => image.complete && image.naturalWidth > 0"


async def book(chat: Chat, said: str = "报名") -> None:
    await chat.type(said)
    await chat.sees("报好了")


async def links(page: Page) -> list[tuple[str, str]]:
    """Below the newest answer: what stands on each link, and the path it leads to."""
    found = await page.locator(".step:last-child .taken").all()
    return [
        (await each.locator(".label").inner_text(), urlsplit(await each.get_attribute("href") or "").path)
        for each in found
    ]


async def test_the_script_shows_the_same_links_as_the_page_itself(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        for said, wanted in {
            "报名": [("加到手机日历", "/calendar/7K2M.ics"), ("出示签到二维码", "/qr/7K2M")],
            "报一周": [("加到手机日历", "/calendar/7K2M-9QRS.ics")],
            "实名名单": [("看实名名单", "/names/A1@20261012")],
            "我的证书": [("打开证明：儿子，冬令营", "/certificate/good.svg")],
            "好": [],
        }.items():
            await chat.type(said)
            await expect(chat.page.locator(".step:last-child .linli")).to_be_visible()
            assert await links(chat.page) == wanted
            await chat.page.reload()
            assert await links(chat.page) == wanted


async def test_a_file_is_handed_over_and_the_conversation_stays(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await book(chat)
        async with chat.page.expect_download() as coming:
            await chat.page.get_by_role("link", name="加到手机日历").click()
        handed = await coming.value
        assert handed.suggested_filename == "linli.ics"
        assert (await handed.path()).read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
        await book(chat)
        assert await chat.own() == ["报名", "报名"]


async def test_the_code_is_reached_by_keyboard_shown_and_left_again(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await book(chat)
        await chat.page.get_by_role("link", name="加到手机日历").focus()
        await chat.page.keyboard.press("Tab")
        await chat.page.keyboard.press("Enter")
        drawn = chat.page.get_by_role("img", name="签到二维码，工作人员用手机相机扫")
        await expect(drawn).to_be_visible()
        assert await drawn.evaluate(LOADED)
        await expect(chat.page.locator(".code [aria-hidden]")).to_have_text("7K2M")
        await chat.page.get_by_role("link", name="回到对话").click()
        await chat.sees("报好了")


async def test_the_address_of_the_calendar_is_copied_at_one_press(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE, permissions=["clipboard-read", "clipboard-write"]) as chat:
        await book(chat)
        await chat.page.goto(f"{chat.url}/more")
        field = chat.page.get_by_label("您的日历地址")
        address = await field.input_value()
        assert address.startswith(f"{chat.url}/feed/")
        await chat.page.get_by_role("button", name="复制地址").click()
        await expect(chat.page.get_by_role("status")).to_have_text("已复制")
        assert await chat.page.evaluate("navigator.clipboard.readText()") == address
        calendar = await chat.context.request.get(address, headers={"cookie": ""})
        assert (await calendar.body()).startswith(b"BEGIN:VCALENDAR\r\n")


async def test_without_a_clipboard_the_old_way_copies_and_else_it_is_told(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await book(chat)
        await chat.page.goto(f"{chat.url}/more")
        await chat.page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
        for works, told in ((True, "已复制"), (False, "没有复制成功")):
            await chat.page.evaluate("works => { document.execCommand = () => works; }", works)
            await chat.page.get_by_role("button", name="复制地址").click()
            await expect(chat.page.get_by_role("status")).to_contain_text(told)


@pytest.mark.parametrize("size", SIZES)
async def test_all_of_it_fits_a_narrow_phone_and_suits_everybody(browser: Browser, size: str) -> None:
    async with chatting(browser, viewport=PHONE, size=size) as chat:
        await book(chat)
        for path in ("", "more", "qr/7K2M", "qr/none"):
            if path:
                await chat.page.goto(f"{chat.url}/{path}")
            assert await chat.page.evaluate(WIDER) == 0
            assert await complaints(chat.page, strictly=size == "elder") == []
            for each in await chat.page.locator(".taken, #copy, #feed").all():
                box = await each.bounding_box()
                assert box
                assert box["height"] >= 44


async def test_without_a_script_the_address_can_still_be_marked(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE, java_script_enabled=False) as chat:
        await book(chat)
        await chat.page.goto(f"{chat.url}/more")
        await expect(chat.page.get_by_label("您的日历地址")).to_have_attribute("readonly", "")
        await expect(chat.page.locator("#copy")).to_be_hidden()
