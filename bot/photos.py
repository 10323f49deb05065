"""Photos on their way in and out: made clean beside the event loop, shown to whoever may look.

One is in work at a time: many who send theirs at once wait for each other, and nobody's turn waits for them.
What decodes pictures is loaded with the first.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from bot.ids import new_id
from bot.logs import log
from handlers import photo_looks
from handlers.message import Message
from messages.photo import Photo, Problem

if TYPE_CHECKING:
    from bot.linli import Linli, Reply

Clean = Callable[[bytes], Photo | Problem]


def _clean(content: bytes) -> Photo | Problem:
    from messages.photo_clean import cleaned  # noqa: PLC0415 - see above

    return cleaned(content)


class Photos:
    """What channels hand photos to, whatever the channel."""

    def __init__(self, linli: "Linli", clean: Clean = _clean) -> None:
        self._linli = linli
        self._clean = clean
        self._one_in_work = asyncio.Semaphore(1)

    async def hear(self, message: Message, content: bytes) -> "Reply":
        """Answer a message that brings a file, of which nothing is kept but a clean photo of it. Never raises
        for what was sent."""
        async with self._one_in_work:
            photo = await asyncio.to_thread(self._clean, content)
        if isinstance(photo, Problem):
            log("photos").warning("no photo was made of a file", problem=photo.value, size=len(content))
        return await self._linli.hear(replace(message, photo=photo))

    async def at(self, token: str, channel: str, address: str | None) -> bytes | None:
        """The JPEG at a signed address, for whoever asks; None for an address that is over or not ours, for
        whoever may not look, and when it is gone."""
        linli = self._linli
        world = linli.world(linli.clock())
        about = linli.safe.addresses.read(token, world.now)
        if about is None:
            return None
        async with linli.database.read() as tx:
            look = await photo_looks.look(tx, about, channel=channel, address=address, world=world)
        if look is None:
            return None
        if look.by:
            note = partial(photo_looks.write_down, look.photo, look.by, world, str(new_id()))
            await linli.database.write(note)
        return look.content
