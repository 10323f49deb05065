"""Posters with codes that lead to Linli: `linli posters`, and for the desk."""

import asyncio
import re
from argparse import Namespace
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bot.channels.telegram.account import name_of
from bot.channels.wechat.account import open_api
from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.console import why
from bot.channels.wechat.incoming import SCENE
from bot.channels.wechat.scenes import address_of
from bot.clock import Clock, system_clock
from bot.commands import say, tell
from bot.settings import Settings
from bot.wiring import open_database
from handlers.directory_load import load_directory
from handlers.posters import Hung, hung_at, poster_of
from messages.calendar import SHANGHAI
from messages.lettering import NoFont
from messages.poster import Code

if TYPE_CHECKING:
    from messages.poster_sheet import Sheet

NO_ADDRESS = "LINLI_PUBLIC_URL is not set: there is nothing for a code to lead to"
ENDINGS = {"svg": "image/svg+xml", "pdf": "application/pdf"}


@dataclass
class Addresses:
    """What WeChat and Telegram said, so that they are asked once. `why_not`: what they did not say,
    a line each."""

    of_scenes: dict[str, str] = field(default_factory=dict)
    bot_name: str | None = None
    why_not: dict[str, str] = field(default_factory=dict)


class Doors:
    """What codes hold: the page, and the chats of the apps as far as they are set and answer."""

    def __init__(self, settings: Settings, api: WeChatApi | None, known: Addresses) -> None:
        self._settings = settings
        self._api = api
        self._known = known

    async def codes(self, hung: Hung) -> tuple[Code, ...]:
        found = [Code("page", f"{self._settings.public_url}/?start={quote(hung.payload)}")]
        if SCENE.fullmatch(hung.payload):
            if self._api and hung.is_lasting and (address := await self._in_wechat(self._api, hung.payload)):
                found.append(Code("wechat", address))
            if name := await self._bot_name():
                found.append(Code("telegram", f"https://t.me/{name}?start={hung.payload}"))
        return tuple(found)

    async def _in_wechat(self, api: WeChatApi, scene: str) -> str | None:
        known = self._known.of_scenes
        if scene not in known:
            try:
                known[scene] = await address_of(api, scene)
            except (CallFailed, NoAnswer) as error:
                self._known.why_not[scene] = f"{scene}: no WeChat code, {why(error)}"
        return known.get(scene)

    async def _bot_name(self) -> str | None:
        if self._settings.telegram_token and self._known.bot_name is None:
            self._known.bot_name = await name_of(self._settings)
            if self._known.bot_name is None:
                self._known.why_not["telegram"] = "no Telegram codes, Telegram does not say the bot's name"
        return self._known.bot_name


@asynccontextmanager
async def open_doors(settings: Settings, known: Addresses) -> AsyncIterator[Doors]:
    async with open_api(settings) as api:
        yield Doors(settings, api if "qr" in settings.wechat_can else None, known)


async def sheet_of(hung: Hung, doors: Doors, settings: Settings) -> "Sheet":
    from messages.poster_sheet import Sheet  # noqa: PLC0415 - it loads what draws pictures

    is_sample = bool(hung.centre.phone and hung.centre.phone.startswith(settings.sample_phone_prefix))
    return Sheet(poster_of(hung, await doors.codes(hung), settings.help_line, is_sample=is_sample))


async def file_of(sheet: "Sheet", ending: str) -> bytes:
    """The poster's file: 'svg' or 'pdf'. Raises NoFont."""
    if ending == "svg":
        return sheet.svg().encode()
    return await asyncio.to_thread(sheet.pdf)


async def make_posters(settings: Settings, given: Namespace, clock: Clock = system_clock) -> int:
    """Draw the posters of the centres that are named, of all where none is."""
    if settings.public_url is None:
        tell(NO_ADDRESS)
        return 2
    if not given.folder.is_dir():
        tell(f"{given.folder}: there is no such folder for the posters")
        return 2
    async with open_database(settings, clock()) as database:
        directory = await load_directory(database, sample_prefix=settings.sample_phone_prefix)
    named = given.centre or sorted(directory.centres)
    if unknown := [centre_id for centre_id in named if centre_id not in directory.centres]:
        tell(f"there is no centre {', '.join(unknown)}")
        return 2
    known = Addresses()
    today = clock().astimezone(SHANGHAI).date()
    hung = [
        each for one in dict.fromkeys(named) for each in hung_at(directory.centres[one], directory, today)
    ]
    async with open_doors(settings, known) as doors:
        done = await _written(hung, doors, settings, given.folder)
    for line in known.why_not.values():
        tell(line)
    return 1 if known.why_not or not done else 0


async def _written(hung: Sequence[Hung], doors: Doors, settings: Settings, folder: Path) -> bool:
    for each in hung:
        sheet = await sheet_of(each, doors, settings)
        path = folder / file_name(each.name, "svg")
        path.write_bytes(await file_of(sheet, "svg"))
        try:
            path.with_suffix(".pdf").write_bytes(await file_of(sheet, "pdf"))
        except NoFont as error:
            tell(f"no PDF: {error}")
            return False
        say(f"{path} and .pdf")
        if sheet.unknown:
            tell(f"{path.with_suffix('.pdf')}: the font has no picture of {' '.join(sheet.unknown)}")
    return True


def file_name(name: str, ending: str) -> str:
    """Letters and digits alone, whatever the office calls its activities."""
    return f"{re.sub(r'[^A-Za-z0-9_-]', '_', name)}.{ending}"
