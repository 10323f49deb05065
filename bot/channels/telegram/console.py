"""`linli telegram`: what of the bot is set, what Telegram says of it, and what it must be told once."""

from argparse import Namespace
from collections.abc import Iterator

from telegram import (
    Bot,
    BotCommandScope,
    BotCommandScopeAllGroupChats,
    BotCommandScopeAllPrivateChats,
    MenuButtonCommands,
    WebhookInfo,
)
from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.account import open_bot, way_of, webhook_url
from bot.channels.telegram.commands import IN_GROUPS, listed
from bot.channels.telegram.incoming import ALLOWED
from bot.commands import say, tell
from bot.settings import Settings, SettingsError
from messages.words import LANGUAGES

CONNECTIONS = 40
"""So many pushes of Telegram's at a time; its own measure."""
SET_UP = "run `linli telegram set-up`"


async def check(settings: Settings, given: Namespace) -> int:
    """What is set and what is missing, a line each; asks Telegram who the bot is and where it pushes to."""
    try:
        way = way_of(settings)
    except SettingsError as error:
        tell(str(error))
        return 1
    if way is None:
        tell("LINLI_TELEGRAM_TOKEN is not set: Telegram is not served")
        return 1
    missing = list(_missing(settings))
    say(f"updates come by {way}")
    async with open_bot(settings) as bot:
        try:
            me = await bot.get_me()
            missing += _wrong(settings, await bot.get_webhook_info())
        except TelegramError as error:
            tell(_why(error))
            return 1
    say(f"Telegram knows the bot as @{me.username}: https://t.me/{me.username}")
    for line in missing:
        tell(line)
    return 1 if missing else 0


def _missing(settings: Settings) -> Iterator[str]:
    if settings.public_url is None:
        yield "LINLI_PUBLIC_URL is not set: answers leave out the addresses of our own pages"


def _wrong(settings: Settings, info: WebhookInfo) -> Iterator[str]:
    """Where Telegram pushes to, and where it should; what it could not push lately."""
    if way_of(settings) == "polling":
        if info.url:
            yield f"Telegram pushes elsewhere, and gives no updates to whoever fetches them: {SET_UP}"
        return
    if info.url != webhook_url(settings):
        yield f"Telegram does not push to {webhook_url(settings)}: {SET_UP}"
    elif info.allowed_updates and set(info.allowed_updates) != set(ALLOWED):
        yield f"Telegram was told to push something else: {SET_UP}"
    if info.last_error_date:
        say(f"it could not push at {info.last_error_date:%Y-%m-%d %H:%M} UTC: {info.last_error_message}")
    if info.pending_update_count:
        say(f"{info.pending_update_count} updates wait to be pushed")


async def set_up(settings: Settings, given: Namespace) -> int:
    """Tell Telegram where to push to, or that updates are fetched; the commands, and the button for them.

    Raises SettingsError for what is missing."""
    way = way_of(settings)
    async with open_bot(settings) as bot:
        try:
            if way == "webhook" and settings.telegram_secret:
                await bot.set_webhook(
                    webhook_url(settings),
                    secret_token=settings.telegram_secret.get_secret_value(),
                    allowed_updates=ALLOWED,
                    max_connections=CONNECTIONS,
                    drop_pending_updates=False,
                )
                say(f"Telegram pushes to {webhook_url(settings)}")
            else:
                await bot.delete_webhook(drop_pending_updates=False)
                say("updates are fetched by `linli run`")
            await _set_commands(bot)
        except TelegramError as error:
            tell(_why(error))
            return 1
    say("the commands and the menu button are set")
    return 0


async def _set_commands(bot: Bot) -> None:
    """For every language of ours, and in Chinese for all others."""
    scopes: tuple[tuple[BotCommandScope, tuple[str, ...]], ...] = (
        (BotCommandScopeAllPrivateChats(), ()),
        (BotCommandScopeAllGroupChats(), IN_GROUPS),
    )
    for scope, only in scopes:
        await bot.set_my_commands(listed("zh", only), scope=scope)
        for language in LANGUAGES:
            await bot.set_my_commands(listed(language, only), scope=scope, language_code=language)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())


def _why(error: TelegramError) -> str:
    """The text of an error may hold the token."""
    if isinstance(error, InvalidToken):
        return "Telegram: LINLI_TELEGRAM_TOKEN is wrong"
    return f"Telegram: {type(error).__name__}; is LINLI_TELEGRAM_API right, and can it be reached from here?"
