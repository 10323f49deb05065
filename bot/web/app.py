"""The web server's application: every route on one screen, and what stands behind it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from bot.web.api import Api
from bot.web.assets import Assets
from bot.web.conversation import Conversation
from bot.web.door import Door, WebSettings
from bot.web.headers import SecurityHeaders
from bot.web.health import Figures, Health, Probes
from bot.web.notes import Notes
from bot.web.pages import ChatPage
from bot.web.rates import Seconds
from messages.page import Files, Pages


def make_app(
    linli: Conversation,
    settings: WebSettings,
    probes: Probes,
    *,
    figures: Figures,
    seconds: Seconds = time.monotonic,
) -> Starlette:
    """The application over `linli`. `app.state.closing` ends the open streams; bot.web.server sets it."""
    closing = asyncio.Event()
    assets = Assets()
    pages = Pages(Files(assets.url("chat.css"), assets.url("chat.js"), assets.url("icon.svg")))
    notes = Notes(pages, settings.help_line)
    door = Door(settings, seconds)
    page = ChatPage(linli, door, pages, notes)
    api = Api(linli, door, closing, heartbeat_s=settings.heartbeat_s)
    health = Health(probes, figures)

    app = Starlette(
        routes=[
            Route("/", page.show),
            Route("/say", page.say, methods=["POST"]),
            Route("/look", page.look, methods=["POST"]),
            Route("/api/say", api.say, methods=["POST"]),
            Route("/api/stream", api.stream),
            Route("/static/{name}", assets.serve),
            Route("/healthz", health.alive),
            Route("/readyz", health.ready),
            Route("/metrics", health.figures),
        ],
        middleware=[Middleware(SecurityHeaders)],
        exception_handlers={HTTPException: notes.refused, Exception: notes.failed},
        lifespan=_lifespan,
    )
    app.state.closing = closing
    return app


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    yield
    app.state.closing.set()
