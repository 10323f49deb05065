"""Staff before the pages of the desk: signed in by the code of their own chat, with the forms they find."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape

import httpx

from bot.desk import Desk
from bot.linli import Linli
from bot.web.app import make_app
from tests.desk import House
from tests.web_visitor import SETTINGS, Site, Visitor, all_well, visiting

CODE = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


def desk_site(linli: Linli) -> Site:
    """The web server over a Linli, with the desk."""
    here = Site()
    here.app = make_app(
        linli,
        SETTINGS,
        all_well,
        figures=lambda: b"",
        seconds=here.clock,
        clock=linli.clock,
        desk=Desk(linli),
    )
    return here


@dataclass
class Form:
    """A form as it stands on a page: where it goes, what it hands back, its buttons by what they read."""

    action: str
    fields: dict[str, str]
    buttons: dict[str, tuple[str, str]]


@dataclass
class Clerk:
    """Somebody at the desk, with the page that they look at."""

    visitor: Visitor
    page: httpx.Response | None = None

    @property
    def html(self) -> str:
        assert self.page is not None
        return self.page.text

    @property
    def text(self) -> str:
        """What can be read on the page."""
        body = self.html.partition("<body>")[2]
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", body)))

    def table(self, name: str) -> dict[str, list[str]]:
        """The rows of a table below a heading, by what stands first in them."""
        inside = self.html.partition(f'id="{name}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
        found = {}
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", inside, re.DOTALL):
            cells = [
                re.sub(r"<[^>]*>", "", cell.replace("<span", " <span")).strip()
                for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)
            ]
            found[cells[0]] = cells[1:]
        return found

    async def open(self, path: str) -> "Clerk":
        self.page = await self.visitor.http.get(path, follow_redirects=True)
        return self

    def forms(self) -> list[Form]:
        return [_form(*each) for each in re.findall(r"<form([^>]*)>(.*?)</form>", self.html, re.DOTALL)]

    def form(self, button: str) -> Form:
        found = [form for form in self.forms() if button in form.buttons]
        assert found, f"no form has a button {button}: {[list(form.buttons) for form in self.forms()]}"
        return found[0]

    async def press(self, button: str, **fields: str) -> "Clerk":
        """Send the first form with a button that reads so."""
        form = self.form(button)
        name, value = form.buttons[button]
        sent = form.fields | ({name: value} if name else {}) | fields
        return await self.send(form.action, **sent)

    async def send(self, path: str, **fields: str) -> "Clerk":
        self.page = await self.visitor.http.post(path, data=fields, follow_redirects=True)
        return self


def _form(head: str, inside: str) -> Form:
    fields = dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', inside))
    buttons = {}
    for attributes, reads in re.findall(r"<button([^>]*)>(.*?)</button>", inside, re.DOTALL):
        named = re.search(r'name="([^"]*)"', attributes), re.search(r'value="([^"]*)"', attributes)
        key = (named[0][1] if named[0] else "", unescape(named[1][1]) if named[1] else "")
        label = re.search(r'aria-label="([^"]*)"', attributes)
        buttons[unescape(label[1] if label else reads.strip())] = key
    action = re.search(r'action="([^"]*)"', head)
    return Form(unescape(action[1]) if action else "", {k: unescape(v) for k, v in fields.items()}, buttons)


async def code_of(house: House, who: str, channel: str = "web") -> str:
    """What the chat of somebody shows when they ask for the desk."""
    reply = await house.say("管理端", who, channel)
    assert reply.view == "DeskDoor", reply.view
    found = CODE.search(reply.rendered.text)
    assert found
    return found[0]


@asynccontextmanager
async def at_the_desk(
    house: House, who: str, site: Site | None = None, channel: str = "web"
) -> AsyncIterator[Clerk]:
    """Somebody with a post, signed in at a browser of their own."""
    code = await code_of(house, who, channel)
    async with visiting(site or desk_site(house.linli)) as visitor:
        clerk = Clerk(visitor)
        await clerk.open(f"/desk/in/{code}")
        await clerk.press("进入")
        assert clerk.page
        assert clerk.page.status_code == 200, clerk.text
        yield clerk
