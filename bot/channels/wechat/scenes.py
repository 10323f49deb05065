"""`linli wechat qr`: codes that lead to the doors of centres, one for each, for ever the same.

A scene is what the code hands back when it is scanned, and a start payload here (handlers/starts.py).
Nothing is kept: WeChat gives the same address for the same scene, and we draw it.
"""

from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bot.channels.wechat.account import open_api
from bot.channels.wechat.client import CallFailed, NoAnswer, WeChatApi
from bot.channels.wechat.console import why
from bot.channels.wechat.errors import Outcome
from bot.channels.wechat.incoming import SCENE
from bot.clock import system_clock
from bot.commands import say, tell
from bot.settings import Settings
from bot.wiring import open_database
from handlers.directory_load import load_directory
from handlers.starts import payload_of_door
from messages.directory import Centre
from messages.qr import door_qr, qr_png

ENDS = frozenset((Outcome.NOT_ALLOWED, Outcome.QUOTA, Outcome.OPERATOR, Outcome.RENEW))
"""What WeChat would say of every other centre as well."""


async def make_codes(settings: Settings, given: Namespace) -> int:
    """Draw FZ002-wechat.svg and .png for each centre that is named, for all where none is; names those of
    which that could not be done."""
    if "qr" not in settings.wechat_can:
        tell("LINLI_WECHAT_CAN does not say that this account may make codes")
        return 2
    if not given.folder.is_dir():
        tell(f"{given.folder}: there is no such folder for the codes; it is named last")
        return 2
    async with open_database(settings, system_clock()) as database:
        directory = await load_directory(database, sample_prefix=settings.sample_phone_prefix)
    unknown = [centre_id for centre_id in given.centre if centre_id not in directory.centres]
    if unknown:
        tell(f"there is no centre {', '.join(unknown)}")
        return 2
    ids = dict.fromkeys(given.centre) or sorted(directory.centres)
    async with open_api(settings) as api:
        if api is None:
            tell("LINLI_WECHAT_APPID and LINLI_WECHAT_SECRET are needed to make codes")
            return 2
        return await _made(api, [directory.centres[centre_id] for centre_id in ids], given.folder)


async def _made(api: WeChatApi, centres: Sequence[Centre], folder: Path) -> int:
    failed = 0
    for done, centre in enumerate(centres):
        try:
            _draw(await address_of(api, payload_of_door(centre.id)), centre, folder)
        except (CallFailed, NoAnswer, ValueError) as error:
            tell(f"{centre.id}: {error if isinstance(error, ValueError) else why(error)}")
            failed += 1
            if isinstance(error, CallFailed) and error.outcome in ENDS:
                _tell_left(centres[done + 1 :])
                break
        else:
            say(f"{centre.id}: {_path(folder, centre, 'svg')} and .png")
    return 1 if failed else 0


async def address_of(api: WeChatApi, scene: str) -> str:
    """What a permanent code of this scene holds. Raises CallFailed and NoAnswer, and ValueError for a scene
    that would mean nothing when it comes back."""
    if not SCENE.fullmatch(scene):
        raise ValueError("its id is not of letters, digits, _ and - alone, or too long for a code")
    match await api.call("qrcode/create", asked(scene)):
        case {"url": str(address)} if address.startswith(("http://", "https://")):
            return address
    raise NoAnswer("no address")


def asked(scene: str) -> dict[str, Any]:
    """The body of `qrcode/create`."""
    return {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": scene}}}


def _draw(address: str, centre: Centre, folder: Path) -> None:
    _path(folder, centre, "svg").write_text(door_qr(address, centre.name, "zh"), "utf-8")
    _path(folder, centre, "png").write_bytes(qr_png(address))


def _path(folder: Path, centre: Centre, ending: str) -> Path:
    return folder / f"{centre.id}-wechat.{ending}"


def _tell_left(centres: Iterable[Centre]) -> None:
    if left := [centre.id for centre in centres]:
        tell(f"WeChat was not asked any more for {', '.join(left)}")
