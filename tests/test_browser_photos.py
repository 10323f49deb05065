"""Photos in a real browser: chosen, made smaller on the way, sent again when lost, and without a script."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from messages.photo import MOST_BYTES
from tests.browser_chat import PHONE, Chat, chatting, send_photo
from tests.photos import ASCII, jpeg, scene
from tests.test_photo_clean import near

pytestmark = pytest.mark.asyncio(loop_scope="module")
RED = (200, 30, 30)
SUMMARY = ".step:last-child summary"


async def opened(chat: Chat) -> None:
    """A photo is asked for, and its form is open."""
    await chat.type("发照片")
    await chat.sees("不要拍到孩子的脸")
    await chat.page.locator(SUMMARY).click()


async def test_a_photo_is_chosen_sent_and_looked_at(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await opened(chat)
        await send_photo(chat, jpeg(scene(3000, 2000), orientation=6))
        await chat.sees("照片收到了")
        assert await chat.own() == ["发照片", "照片"]
        shown = await chat.page.request.get(f"{chat.url}/photo/good.jpg")
        [sent] = chat.linli.photos.sent
    image = Image.open(BytesIO(sent))
    assert (image.format, image.size) == ("JPEG", (1067, 1600)), "made smaller and upright before it is sent"
    assert not image.getexif()
    assert ASCII.encode() not in sent
    assert near(image.getpixel((500, 100)), RED)
    assert shown.headers["content-type"] == "image/jpeg"


async def test_what_to_mind_and_the_choice_have_names_and_fit_on_a_phone(browser: Browser) -> None:
    for size in ("normal", "elder"):
        async with chatting(browser, viewport=PHONE, size=size) as chat:
            await opened(chat)
            page = chat.page
            await expect(page.get_by_label("选一张照片，或者现在拍").last).to_be_visible()
            await expect(page.get_by_role("button", name="发送照片").last).to_be_visible()
            await expect(page.locator(".photo-form .care:visible")).to_have_count(1)
            assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


async def test_the_form_opens_and_sends_by_keyboard_alone(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await chat.type("发照片")
        await chat.sees("不要拍到孩子的脸")
        await chat.page.locator(SUMMARY).focus()
        await chat.page.keyboard.press("Enter")
        field = chat.page.locator(".photo-form:visible input[type=file]")
        await field.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
        await chat.page.locator(".photo-form:visible button").focus()
        await chat.page.keyboard.press("Enter")
        await chat.sees("照片收到了")


async def test_a_wrong_file_is_answered_and_another_one_may_follow(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await opened(chat)
        await send_photo(chat, b"%PDF-1.7", "IMG_0001.JPG")
        await chat.sees("不是照片")
        await chat.page.locator(SUMMARY).click()
        await send_photo(chat)
        await chat.sees("照片收到了")


async def test_a_file_that_is_too_large_is_refused_and_said_so(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await opened(chat)
        form = chat.page.locator(".photo-form:visible")
        large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"%PDF" + bytes(MOST_BYTES + 100_000)}
        await form.locator("input[type=file]").set_input_files(large)  # type: ignore[arg-type]
        await form.locator("button").click()
        await expect(chat.page.locator(".step:last-child .state")).to_contain_text("不能超过5MB")
        assert chat.linli.photos.sent == []


async def test_a_photo_that_was_lost_on_the_way_is_sent_again_and_answered_once(browser: Browser) -> None:
    async with chatting(browser) as chat:
        await opened(chat)
        await chat.context.set_offline(True)
        form = chat.page.locator(".photo-form:visible")
        await form.locator("input[type=file]").set_input_files(
            {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
        )
        await form.locator("button").click()
        state = chat.page.locator(".own .state").last
        await expect(state).to_contain_text("照片没有发出去")
        await chat.context.set_offline(False)
        await state.get_by_role("button").click()
        await chat.sees("照片收到了")
        assert len(chat.linli.photos.sent) == 1


async def test_without_a_script_the_plain_form_sends_it(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE, java_script_enabled=False) as chat:
        await chat.page.locator("#text").fill("发照片")
        await chat.page.locator("#say .send").click()
        await chat.page.locator(SUMMARY).click()
        form = chat.page.locator(".photo-form:visible")
        file = form.locator("input[type=file]")
        await file.set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": jpeg()})
        await form.locator("button").click()
        await expect(chat.page.locator("#last .text")).to_contain_text("照片收到了")
        assert await chat.own() == ["发照片", "照片"]
        await chat.page.locator(SUMMARY).click()
        large = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": bytes(2 * MOST_BYTES)}
        await file.last.set_input_files(large)  # type: ignore[arg-type]
        await form.locator("button").click()
        await expect(chat.page.locator("body")).to_contain_text("不能超过5MB")
        assert len(chat.linli.photos.sent) == 1
