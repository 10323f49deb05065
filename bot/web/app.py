"""The web server's application: every route on one screen, and what stands behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Route

from bot.clock import Clock, system_clock
from bot.desk import Desk
from bot.web.api import Api
from bot.web.assets import Assets
from bot.web.calendars import CalendarFiles
from bot.web.codes import Codes
from bot.web.conversation import Conversation
from bot.web.desk.gate import Gate, NotSignedIn
from bot.web.desk.routes import desk_routes, to_the_entry
from bot.web.digests import DigestPages
from bot.web.door import Door, WebSettings
from bot.web.drawings import Drawings
from bot.web.feeds import Feeds
from bot.web.headers import SecurityHeaders
from bot.web.health import Figures, Health, Probes
from bot.web.lottery import PublishedLists
from bot.web.more import MorePages
from bot.web.names import NamesPages
from bot.web.notes import Notes
from bot.web.pages import ChatPage
from bot.web.photos import PhotoPages
from bot.web.rates import Seconds
from messages.desk_page import DeskPages
from messages.page import Files, Pages


def make_app(
    linli: Conversation,
    settings: WebSettings,
    probes: Probes,
    *,
    figures: Figures,
    seconds: Seconds = time.monotonic,
    clock: Clock = system_clock,
    channels: Iterable[BaseRoute] = (),
    desk: Desk | None = None,
) -> Starlette:
    """The application over `linli`; `channels` are the addresses that others push to, `desk` what the pages
    of the desk stand on. `app.state.closing` ends the open streams; bot.web.server sets it."""
    closing = asyncio.Event()
    assets = Assets()
    files = Files(
        styles=assets.urls("chat.css", "pages.css", "sizes.css"),
        desk=assets.urls("desk.css"),
        script=assets.url("leaving.js"),
        chat=assets.urls("steps.js", "chat.js", "photos.js"),
        icon=assets.url("icon.svg"),
        copying=assets.url("copying.js"),
    )
    pages = Pages(files)
    notes = Notes(pages, settings.help_line)
    door = Door(settings, seconds, clock)
    page = ChatPage(linli, door, pages, notes)
    feeds = Feeds(settings.key)
    more = MorePages(linli, door, pages, Codes(settings.key), feeds)
    calendars = CalendarFiles(linli, door, pages, notes, feeds)
    names = NamesPages(linli, door, pages, notes)
    certificates = Drawings(door, notes, linli.certificate, name="linli.svg", missing="no_such_certificate")
    deserts = Drawings(door, notes, linli.desert_map, name="linli-map.svg", missing="no_such_picture")
    digests = DigestPages(linli, door, notes)
    photos = PhotoPages(linli, door, notes)
    api = Api(linli, door, closing, heartbeat_s=settings.heartbeat_s)
    lists = PublishedLists(linli)
    gate = Gate(desk, door, DeskPages(files), settings.key, seconds) if desk else None
    health = Health(probes, figures)

    app = Starlette(
        routes=[
            Route("/", page.show),
            Route("/door/{centre}.svg", page.door_drawn),
            Route("/door/{centre}", page.at_the_door),
            Route("/say", page.say, methods=["POST"]),
            Route("/look", page.look, methods=["POST"]),
            Route("/place", page.places),
            Route("/more", more.show),
            Route("/keep", more.keep, methods=["POST"]),
            Route("/code", more.ask_code, methods=["GET"]),
            Route("/code", more.take_code, methods=["POST"]),
            Route("/device", more.device),
            Route("/public", more.set_public, methods=["POST"]),
            Route("/leave", more.ask_leave, methods=["GET"]),
            Route("/leave", more.leave, methods=["POST"]),
            Route("/calendar/{codes}.ics", calendars.file),
            Route("/feed/{token}.ics", calendars.feed),
            Route("/qr/{code}.svg", calendars.code_drawn),
            Route("/qr/{code}", calendars.code),
            Route("/names/{session}", names.show),
            Route("/calls/{centre}", names.calls),
            Route("/certificate/{token}.svg", certificates.show),
            Route("/deserts/{token}.svg", deserts.show),
            Route("/digest/{token}.png", digests.chart),
            Route("/digest/{token}.xlsx", digests.workbook),
            Route("/photo", photos.take, methods=["POST"]),
            Route("/photo/{token}.jpg", photos.show),
            Route("/api/photo", photos.take_from_script, methods=["POST"]),
            Route("/api/say", api.say, methods=["POST"]),
            Route("/api/stay", api.stay, methods=["POST"]),
            Route("/api/stream", api.stream),
            Route("/lottery/{session}.txt", lists.serve),
            Route("/ledger.txt", lists.roots),
            Route("/static/{name}", assets.serve),
            *channels,
            *(desk_routes(gate, pages, seconds) if gate else ()),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/metrics", health.figures),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: notes.refused, NotSignedIn: to_the_entry, Exception: notes.failed},
        lifespan=_lifespan,
    )
    app.state.closing = closing
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.closing.set()
