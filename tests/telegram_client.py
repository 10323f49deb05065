"""A raw client of Telegram's API, python-telegram-bot, that talks to a server of this machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from telegram import Bot
from telegram.request import HTTPXRequest


def request(read_timeout: float) -> HTTPXRequest:
    """No proxy of this computer lies between."""
    return HTTPXRequest(read_timeout=read_timeout, httpx_kwargs={"trust_env": False})


@asynccontextmanager
async def client(url: str, token: str, *, read_timeout: float = 20) -> AsyncIterator[Bot]:
    bot = Bot(
        token,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=request(read_timeout),
        get_updates_request=request(read_timeout),
    )
    async with bot:
        yield bot
