"""A browser without a screen, for tests of the web server: keeps cookies, finds the form's fields."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.web.app import make_app
from bot.web.door import WebSettings
from bot.web.health import Probe
from bot.web.server import Server, make_server
from messages.calendar import SHANGHAI
from tests.echo_linli import EchoLinli
from tests.patience import moment

SETTINGS = WebSettings(key=b"a key that only tests know about")
HELP = "12345"
BEGAN_S = 1_790_000_000
PATIENCE_S = 20


@dataclass
class HandClock:
    """Seconds that go on when a test says so."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now

    def wall(self) -> datetime:
        """The time of day that goes with the seconds."""
        return datetime.fromtimestamp(BEGAN_S + self.now, SHANGHAI)


async def all_well() -> Sequence[Probe]:
    return [Probe("database", True, "answers")]


@dataclass
class Site:
    """The application over an echo, with its clock in hand."""

    settings: WebSettings = SETTINGS
    linli: EchoLinli = field(default_factory=EchoLinli)
    clock: HandClock = field(default_factory=HandClock)
    probes: Callable[[], Any] = all_well

    def __post_init__(self) -> None:
        self.app: Starlette = make_app(
            self.linli,
            self.settings,
            self.probes,
            figures=lambda: b"linli_turns_total 3\n",
            seconds=self.clock,
            clock=self.clock.wall,
        )


def site(**settings: Any) -> Site:
    return Site(replace(SETTINGS, **settings))


@dataclass
class Visitor:
    http: httpx.AsyncClient
    csrf: str = ""
    form_id: str = ""
    _ids: Any = field(default_factory=count)

    async def open(self) -> str:
        """The page; its form fields are remembered."""
        page = await self.http.get("/")
        assert page.status_code == 200
        self.csrf = _field(page.text, "csrf")
        self.form_id = _field(page.text, "id")
        return page.text

    async def submit(self, **fields: str) -> httpx.Response:
        """Send the plain form, as a browser without scripts does."""
        return await self.http.post("/say", data={"csrf": self.csrf, "id": self.form_id} | fields)

    async def say(self, text: str, **payload: object) -> httpx.Response:
        """Send as the page's script does, with a new id unless one is given."""
        body = {"id": f"message-{next(self._ids):04}", "text": text, "tapped": False} | payload
        return await self.http.post("/api/say", json=body, headers={"x-csrf": self.csrf})

    async def look(self, **fields: str) -> httpx.Response:
        return await self.send("/look", id=self.form_id, **fields)

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Send another form of the page."""
        return await self.http.post(path, data={"csrf": self.csrf} | fields)


@asynccontextmanager
async def visiting(
    site: Site, *, ip: str = "203.0.113.7", base_url: str = "http://linli.example", **headers: str
) -> AsyncIterator[Visitor]:
    """A visitor that comes from `ip`, before it has opened anything."""
    transport = httpx.ASGITransport(site.app, client=(ip, 40000), raise_app_exceptions=False)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url=base_url, headers=named) as http:
        yield Visitor(http)


@asynccontextmanager
async def at_home(site: Site) -> AsyncIterator[Visitor]:
    """A visitor that has opened the page."""
    async with visiting(site) as visitor:
        await visitor.open()
        yield visitor


@asynccontextmanager
async def serving(site: Site) -> AsyncIterator[Server]:
    """The application on a real socket of this machine, at a free port."""
    server = make_server(site.app, host="127.0.0.1", port=0)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        yield server
    finally:
        server.should_exit = True
        await running


async def until(true: Callable[[], bool]) -> None:
    """Let everything else go on until `true()`; fails when that takes too long."""
    async with asyncio.timeout(PATIENCE_S):
        while not true():
            await moment()


def _field(page: str, name: str) -> str:
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)">', page)
    assert found, f"the page has no field {name}"
    return found[1]
