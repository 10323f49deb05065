"""`linli wechat`: what of the account is set, what the console must still be told, and the menu."""

from argparse import Namespace
from collections.abc import Iterator

from bot.channels.wechat.account import gate_of, open_api
from bot.channels.wechat.client import CallFailed, NoAnswer
from bot.channels.wechat.menu import menu
from bot.channels.wechat.route import PATH
from bot.channels.wechat.templates import ROUTES, Templates, read_templates
from bot.commands import say, tell
from bot.settings import Settings, SettingsError

# What WeChat's answer means for whoever looks after the account.
MEANINGS = {
    40001: "the AppSecret or the token is wrong",
    40013: "the appid is wrong",
    40125: "the AppSecret is wrong",
    40164: "the address of this server is not on the console's IP white list",
    61004: "the address of this server is not on the console's IP white list",
    89503: "an administrator must confirm the address of this server in WeChat",
    40200: "this type of account may not",
    40243: "the AppSecret is frozen: unfreeze it in the console",
    48001: "the account is not authorised for this",
    45009: "the quota of the day is used up",
    45029: "the account has all the codes that WeChat gives",
    40053: "WeChat does not take the scene",
}


async def check(settings: Settings, given: Namespace) -> int:
    """What is set and what is missing, a line each; asks WeChat for a token where the secret is set."""
    missing = list(_missing(settings))
    for line in missing:
        tell(line)
    if settings.wechat_token is not None:
        address = f"{settings.public_url}{PATH}" if settings.public_url else f"https://…{PATH}"
        say(f"console: address {address}, data XML, mode {settings.wechat_mode}, and the same token and key")
    for capability in ("customer_service", "menu", "qr"):
        say(f"{capability}: {'on' if capability in settings.wechat_can else 'off, see LINLI_WECHAT_CAN'}")
    for line in _templates(settings):
        say(line)
    async with open_api(settings) as api:
        if api is None:
            say("WeChat was not asked: LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET are needed for that")
            return 1 if missing else 0
        try:
            await api.token()
        except (CallFailed, NoAnswer) as error:
            tell(why(error))
            return 1
    say("WeChat gives a token: appid, secret and IP white list are right")
    return 1 if missing else 0


def _missing(settings: Settings) -> Iterator[str]:
    if settings.wechat_token is None:
        yield "LINLI_WECHAT_TOKEN is not set: /wechat is not served"
    try:
        gate_of(settings)
    except SettingsError as error:
        yield str(error)
    if settings.public_url is None:
        yield "LINLI_PUBLIC_URL is not set: answers leave out the addresses of our own pages"
    for name, value in (("CAN", settings.wechat_can), ("TEMPLATES", settings.wechat_templates)):
        if value and (settings.wechat_appid is None or settings.wechat_secret is None):
            yield f"LINLI_WECHAT_{name} needs LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET"
    try:
        _known_templates(settings)
    except SettingsError as error:
        yield str(error)


def _templates(settings: Settings) -> Iterator[str]:
    """Which news have a template on which route; a file that cannot be read is named with what is missing."""
    try:
        known = _known_templates(settings)
    except SettingsError:
        return
    if not known:
        yield "templates: none, see LINLI_WECHAT_TEMPLATES"
    for route in ROUTES if known else ():
        kinds = [kind for each, kind in known if each == route]
        yield f"{route}: {', '.join(kinds) or 'none'}"


def _known_templates(settings: Settings) -> Templates:
    return read_templates(settings.wechat_templates) if settings.wechat_templates else {}


async def make_menu(settings: Settings, given: Namespace) -> int:
    """Put the menu below the chat; phones show it within five minutes."""
    if "menu" not in settings.wechat_can:
        tell("LINLI_WECHAT_CAN does not say that this account may make a menu")
        return 2
    async with open_api(settings) as api:
        if api is None:
            tell("LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET are needed to make a menu")
            return 2
        try:
            await api.call("menu/create", menu())
        except (CallFailed, NoAnswer) as error:
            tell(why(error))
            return 1
    say("the menu was made; phones show it within five minutes")
    return 0


def why(error: CallFailed | NoAnswer) -> str:
    """What WeChat said, and what it means, in a line."""
    meaning = MEANINGS.get(error.code) if isinstance(error, CallFailed) else "it could not be reached"
    return f"WeChat: {error}" + (f" ({meaning})" if meaning else "")
