"""A resident before the chat page: Chromium without a window, against a real server of this machine."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

import pytest
from playwright.async_api import (
    Browser,
    BrowserContext,
    FilePayload,
    Page,
    ViewportSize,
    async_playwright,
    expect,
)

from tests.echo_linli import EchoLinli
from tests.photos import jpeg
from tests.web_visitor import SETTINGS, Site, serving

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MISSING = (
    "the browser tests need Chromium and a Chinese font: apt-get install chromium fonts-noto-cjk "
    f"(looked for {', '.join(PROGRAMS)} in PATH)"
)
# A name of this machine that a browser does not take for secure, as it does 127.0.0.1.
PLAIN_NAME = "linli.example"
ARGS = [
    f"--host-resolver-rules=MAP {PLAIN_NAME} 127.0.0.1",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 360, "height": 640}


def chromium(find: Callable[[str], str | None], environment: Mapping[str, str]) -> str:
    """The program to start. Where it is missing the tests fail in CI and are skipped elsewhere."""
    for name in PROGRAMS:
        if found := find(name):
            return found
    return _missing(in_ci=bool(environment.get("CI")))


def _missing(*, in_ci: bool) -> NoReturn:
    if in_ci:
        pytest.fail(MISSING, pytrace=False)
    pytest.skip(MISSING)


@asynccontextmanager
async def running_browser() -> AsyncIterator[Browser]:
    program = chromium(shutil.which, os.environ)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, headless=True, args=ARGS)
        yield started
        await started.close()


@dataclass
class Chat:
    """One resident before the page, with everything the page asked the network for."""

    page: Page
    context: BrowserContext
    linli: EchoLinli
    url: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    async def type(self, text: str) -> None:
        await self.page.locator("#text").fill(text)
        await self.page.keyboard.press("Enter")

    async def press(self, label: str) -> None:
        await self.page.locator(".step:last-child .choice", has_text=label).click()

    async def sees(self, text: str) -> None:
        """The newest answer, when it has come, says `text`."""
        await expect(self.page.locator(".step:last-child .linli .text")).to_contain_text(text)

    async def own(self) -> list[str]:
        return await self.page.locator(".own .said").all_text_contents()

    async def answers(self) -> list[str]:
        """What was answered so far, without the welcome."""
        found = await self.page.locator(".step:not(.welcome) .linli .text").all_inner_texts()
        return [text.partition("邻里说：")[2].strip() for text in found]


@asynccontextmanager
async def chatting(browser: Browser, *, size: str = "normal", **context: Any) -> AsyncIterator[Chat]:
    """A fresh browser profile on the page of a fresh server."""
    here = Site(replace(SETTINGS, heartbeat_s=1))
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(here))
        profile = await browser.new_context(**({"locale": "zh-CN"} | context))
        stack.push_async_callback(profile.close)
        await profile.add_cookies([{"name": "linli_size", "value": size, "url": server.url()}])
        chat = Chat(await profile.new_page(), profile, here.linli, server.url())
        profile.on("request", lambda request: chat.requests.append(request.url))
        chat.page.on("pageerror", lambda error: chat.complaints.append(str(error)))
        chat.page.on("console", lambda told: _note_complaint(chat, told.text))
        await chat.page.goto(chat.url)
        yield chat
        assert [url for url in chat.requests if not url.startswith(f"{chat.url}/")] == []
        assert chat.complaints == []


async def send_photo(chat: Chat, content: bytes | None = None, name: str = "IMG_0001.JPG") -> None:
    """Choose a file in the newest answer's form, which is open, and send it; wait for the answer."""
    form = chat.page.locator(".photo-form:visible").last
    before = await chat.page.locator(".step .linli").count()
    file: FilePayload = {"name": name, "mimeType": "image/jpeg", "buffer": content or jpeg()}
    await form.locator("input[type=file]").set_input_files(file)
    await form.locator("button").click()
    await expect(chat.page.locator(".step .linli")).to_have_count(before + 1)


def _note_complaint(chat: Chat, text: str) -> None:
    """The browser's own words about a lost connection or a refused request are expected in some tests."""
    if "net::ERR_" not in text and "the server responded with" not in text:
        chat.complaints.append(text)
