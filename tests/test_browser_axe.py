"""An independent judge of accessibility finds nothing to complain of: every page, each size and language."""

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from messages.page import SIZES
from messages.words import LANGUAGES
from tests.browser_chat import PHONE, Chat, chatting, send_photo
from tests.npm import package

LOCALES = {"zh": "zh-CN", "en": "en-GB"}
pytestmark = pytest.mark.asyncio(loop_scope="module")


def script() -> Path:
    return package("axe", "axe-core") / "axe.min.js"


async def complaints(page: Page, *, strictly: bool) -> list[str]:
    """What axe-core finds wrong, each with the first element; `strictly` wants a contrast of 7 to 1.

    The script comes through the driver, past the page's own policy, which would not let it in.
    """
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(script().read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "strictly => axe.run({resultTypes: ['violations'], "  # of the rest, one element each is enough
        "rules: {'color-contrast-enhanced': {enabled: strictly}}})",
        strictly,
    )
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in found["violations"]]


async def visit_all(chat: Chat, size: str) -> dict[str, list[str]]:
    """The complaints about every page and state, by its name."""
    found: dict[str, list[str]] = {}

    async def judge(name: str) -> None:
        found[name] = await complaints(chat.page, strictly=size == "elder")

    await judge("start")
    await chat.context.add_init_script(path=script())
    for said in ("菜单", "地图", "在哪里", "记住", "报名", "发照片"):
        await chat.type(said)
        await expect(chat.page.locator(".step:last-child .linli")).to_be_visible()
    await judge("conversation")
    await chat.page.locator(".step:last-child summary").click()
    await judge("a photo is chosen")
    await send_photo(chat)
    await judge("a photo is sent")
    for path in (
        "more",
        "place",
        "place?in=丰泽街道",
        "code",
        "device",
        "leave",
        "qr/7K2M",
        "qr/none",
        "names/A1@20261012",
        "calls/A",
        "certificate/none.svg",
        "digest/none.png",
        "photo/none.jpg",
        "nowhere",
    ):
        await chat.page.goto(f"{chat.url}/{path}")
        await judge(path)
    await chat.page.goto(f"{chat.url}/code")
    await chat.page.locator("#code").fill("K7MW-4PXA")
    await chat.page.keyboard.press("Enter")
    await expect(chat.page.locator("#problem")).to_be_visible()
    await judge("wrong code")
    await chat.page.goto(f"{chat.url}/more")
    await chat.page.locator("form[action='/keep'] button").click()
    await expect(chat.page.locator(".code")).to_be_visible()
    await judge("kept")
    await chat.page.clock.install()
    await chat.page.goto(f"{chat.url}/more")
    await chat.page.locator("form[action='/public'] button").click()
    await expect(chat.page.locator("#public")).to_be_visible()
    await judge("shared device")
    await chat.page.clock.fast_forward(160_000)
    await expect(chat.page.locator("#countdown")).to_be_visible()
    await chat.page.clock.resume()
    await judge("countdown")
    return found


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_page_can_be_used_by_everybody(browser: Browser, language: str, size: str) -> None:
    async with chatting(browser, viewport=PHONE, locale=LOCALES[language], size=size) as chat:
        found = await visit_all(chat, size)
    assert len(found) == 22
    assert {name: problems for name, problems in found.items() if problems} == {}


async def test_control_a_field_without_a_name_and_pale_words_are_complained_of(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE) as chat:
        await chat.page.evaluate(
            "document.querySelectorAll('.bottom label, [placeholder]').forEach("
            "each => each.matches('input') ? each.removeAttribute('placeholder') : each.remove())"
        )
        await chat.page.evaluate("document.documentElement.style.setProperty('--ink', '#aaa')")
        found = await complaints(chat.page, strictly=False)
    assert {problem.partition(":")[0] for problem in found} == {"color-contrast", "label"}


async def test_control_for_very_large_type_grey_words_are_not_dark_enough(browser: Browser) -> None:
    async with chatting(browser, viewport=PHONE, size="elder") as chat:
        await chat.page.evaluate("document.documentElement.style.setProperty('--ink', '#6b6b6b')")
        found = {each: await complaints(chat.page, strictly=each) for each in (False, True)}
    assert [each.partition(":")[0] for each in found[True]] == ["color-contrast-enhanced"]
    assert found[False] == []
