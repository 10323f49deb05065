"""The Official Account as the settings describe it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from time import monotonic

import httpx
from starlette.routing import BaseRoute

from bot.channels.wechat.client import WeChatApi
from bot.channels.wechat.gate import Gate
from bot.channels.wechat.incoming import CHANNEL
from bot.channels.wechat.notices import Notices
from bot.channels.wechat.pushes import Pushes, waits_for_the_resident
from bot.channels.wechat.route import WeChatRoute
from bot.channels.wechat.seal import Seal, is_aes_key
from bot.channels.wechat.templates import read_templates
from bot.dispatch import Deliver
from bot.linli import Linli
from bot.settings import Settings, SettingsError


def gate_of(settings: Settings) -> Gate | None:
    """None where no account is set. Raises SettingsError naming what is missing for the mode."""
    if settings.wechat_token is None:
        return None
    if settings.wechat_mode == "plain":
        return Gate(settings.wechat_token.get_secret_value(), "plain", None)
    aes_key = settings.wechat_aes_key.get_secret_value() if settings.wechat_aes_key else ""
    if not is_aes_key(aes_key) or settings.wechat_appid is None:
        raise SettingsError(
            "LINLI_WECHAT_MODE: with compat and safe, LINLI_WECHAT_AES_KEY (43 letters and digits) and "
            "LINLI_WECHAT_APPID are needed"
        )
    seal = Seal(aes_key, settings.wechat_appid)
    return Gate(settings.wechat_token.get_secret_value(), settings.wechat_mode, seal)


@dataclass(frozen=True, slots=True)
class Account:
    """What the server needs of it: where WeChat pushes to, and what delivers to its followers."""

    routes: tuple[BaseRoute, ...]
    deliver: Deliver


@asynccontextmanager
async def open_wechat(linli: Linli) -> AsyncIterator[Account]:
    """Without an account, nothing is served and nothing delivered; without rights, it only answers."""
    gate = gate_of(linli.settings)
    async with open_api(linli.settings) as api:
        pushes = _pushes(linli, api) if api and CHANNEL in linli.policy.push else None
        deliver = pushes.deliver if pushes else waits_for_the_resident
        if gate is None:
            yield Account((), deliver)
            return
        route = WeChatRoute(linli, gate, can_push=lambda: pushes is not None and pushes.is_on)
        try:
            yield Account(tuple(route.routes()), deliver)
        finally:
            await route.waiting.finish()


def _pushes(linli: Linli, api: WeChatApi) -> Pushes:
    """Raises SettingsError for templates that cannot be read."""
    settings = linli.settings
    templates = read_templates(settings.wechat_templates) if settings.wechat_templates else {}
    notices = Notices(linli, api, templates) if templates else None
    return Pushes(linli, api, is_on="customer_service" in settings.wechat_can, notices=notices)


@asynccontextmanager
async def open_api(settings: Settings) -> AsyncIterator[WeChatApi | None]:
    """None where the appid or the secret is missing."""
    if settings.wechat_appid is None or settings.wechat_secret is None:
        yield None
        return
    async with httpx.AsyncClient(base_url=settings.wechat_api) as http:
        secret = settings.wechat_secret.get_secret_value()
        yield WeChatApi(http, settings.wechat_appid, secret, seconds=monotonic)
