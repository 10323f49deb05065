"""Files that go out with an answer: what the web page has at the addresses of its links.

Telegram keeps for ever, abroad, what it was sent. So only links that say what stands there are followed
(messages/render.py), which those to lists and certificates with names never do.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.linli import Linli
from bot.logs import log
from handlers.starts import payload_of_door
from messages.qr import qr_png
from messages.render import Link

KEPT = 20
DESERTS = "linli-deserts.png"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A picture is shown, and any other file kept, under its name."""

    name: str
    content: bytes
    is_picture: bool = False


class Enclosures:
    """Each is made once, also for several who want it at a time, or to be sent again; the last are kept."""

    def __init__(self, linli: Linli, username: Callable[[], Awaitable[str | None]]) -> None:
        """`username` is the bot's, None while Telegram does not say."""
        self._linli = linli
        self._username = username
        self._made: OrderedDict[str, asyncio.Task[Enclosure | None]] = OrderedDict()

    async def of(self, link: Link) -> Enclosure | None:
        """None where there is none any more, and where making it fails, which is told in the log."""
        making = self._made.get(link.url)
        if making is None or (making.done() and making.result() is None):
            making = self._made[link.url] = asyncio.create_task(self._making(link))
        self._made.move_to_end(link.url)
        if len(self._made) > KEPT:
            self._made.popitem(last=False)
        return await asyncio.shield(making)  # whoever waits may be cut off, and comes again

    async def _making(self, link: Link) -> Enclosure | None:
        try:
            return await self._found(link)
        except Exception as error:  # whatever it is, the answer stands without it
            log("telegram").error("a file was not made", file=link.file, exc_info=error)
            return None

    async def _found(self, link: Link) -> Enclosure | None:
        token = link.url.rpartition("/")[2].rpartition(".")[0]
        match link.file:
            case "chart":
                chart = await self._linli.digest_file(token, "png")
                return Enclosure(chart.name, chart.content, is_picture=True) if chart else None
            case "workbook":
                workbook = await self._linli.digest_file(token, "xlsx")
                return Enclosure(workbook.name, workbook.content) if workbook else None
            case "map":
                picture = await self._linli.desert_picture(token)
                return Enclosure(DESERTS, picture, is_picture=True) if picture else None
            case "door":
                return await self._door(token)
            case "arrive" if link.url.startswith("http"):  # what the link itself leads to, and no more
                return Enclosure("linli-check-in.png", qr_png(link.url), is_picture=True)
            case _:
                return None

    async def _door(self, centre_id: str) -> Enclosure | None:
        """What opens the chat with this bot at a centre."""
        username = await self._username()
        if username is None:
            return None
        code = qr_png(f"https://t.me/{username}?start={payload_of_door(centre_id)}")
        return Enclosure(f"linli-{centre_id}.png", code, is_picture=True)
