"""The bot as the settings describe it: fetched from a laptop, pushed to on a server, or none."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from time import monotonic
from typing import Literal

from starlette.routing import BaseRoute
from telegram import Bot

from bot.channels.telegram.answers import Answers
from bot.channels.telegram.deliveries import Deliveries, no_bot
from bot.channels.telegram.intake import PATH, InOrder, Polling, Webhook
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.requests import Requests, UpdateRequests
from bot.dispatch import Deliver
from bot.linli import Linli
from bot.settings import Settings, SettingsError

Way = Literal["polling", "webhook"]
OFFICIAL = "https://api.telegram.org"
SECRET = re.compile(r"[A-Za-z0-9_-]{16,256}")


@dataclass(frozen=True, slots=True)
class Account:
    """What the server needs of it: where Telegram pushes to, and what delivers to its residents."""

    routes: tuple[BaseRoute, ...]
    deliver: Deliver


def way_of(settings: Settings) -> Way | None:
    """None where no bot is set. Raises SettingsError naming what is wrong for the webhook."""
    if settings.telegram_token is None:
        return None
    if settings.telegram_times > 1 and settings.telegram_api == OFFICIAL:
        raise SettingsError("LINLI_TELEGRAM_TIMES: Telegram itself allows no more than its limits")
    if settings.telegram_secret is None:
        return "polling"
    if not SECRET.fullmatch(settings.telegram_secret.get_secret_value()):
        raise SettingsError("LINLI_TELEGRAM_SECRET: 16 to 256 letters, digits, _ and - are needed")
    if settings.public_url is None or not settings.public_url.startswith("https://"):
        raise SettingsError("LINLI_TELEGRAM_SECRET: LINLI_PUBLIC_URL is needed, with https://")
    return "webhook"


def pace_of(settings: Settings) -> Pace:
    return Pace(settings.telegram_per_second, monotonic, times=settings.telegram_times)


def webhook_url(settings: Settings) -> str:
    return f"{settings.public_url}{PATH}"


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """Telegram is not asked anything yet: what it cannot answer must not keep others from being answered.
    Raises SettingsError without a token."""
    if settings.telegram_token is None:
        raise SettingsError("LINLI_TELEGRAM_TOKEN is not set")
    async with Requests() as calls, UpdateRequests() as updates:
        yield Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_api}/bot",
            base_file_url=f"{settings.telegram_api}/file/bot",
            request=calls,
            get_updates_request=updates,
        )


async def name_of(settings: Settings) -> str | None:
    """The bot's name; None while Telegram does not say. Raises SettingsError without a token."""
    async with open_bot(settings) as bot:
        return await Outgoing(bot, Pace(settings.telegram_per_second, monotonic)).username()


@asynccontextmanager
async def open_telegram(linli: Linli) -> AsyncIterator[Account]:
    """Without a token, nothing is fetched, served or delivered."""
    way = way_of(linli.settings)
    if way is None:
        yield Account((), no_bot)
        return
    async with AsyncExitStack() as stack:
        bot = await stack.enter_async_context(open_bot(linli.settings))
        outgoing = Outgoing(bot, pace_of(linli.settings))
        deliveries = Deliveries(linli, outgoing)
        in_order = InOrder(Answers(linli, outgoing, deliveries, monotonic))
        routes: tuple[BaseRoute, ...] = ()
        if way == "webhook" and linli.settings.telegram_secret:
            routes = tuple(Webhook(in_order, linli.settings.telegram_secret.get_secret_value()).routes())
        else:
            await stack.enter_async_context(fetching(Polling(bot, in_order)))
        yield Account(routes, deliveries.deliver)


@asynccontextmanager
async def fetching(polling: Polling) -> AsyncIterator[None]:
    """Until the block is left; what is being answered then is answered to its end."""
    running = asyncio.create_task(polling.run())
    try:
        yield
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await polling.finish()
