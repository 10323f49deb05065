"""Tells systemd that Linli is ready and, from then on, that it is alive: sd_notify(3), Type=notify."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress

from bot.settings import Supervisor

READY, ALIVE = b"READY=1", b"WATCHDOG=1"


@asynccontextmanager
async def watched(supervisor: Supervisor) -> AsyncIterator[None]:
    """Within the block Linli is ready. Signs of life come from the event loop: one that stands still sends
    none, and systemd starts Linli anew."""
    if not supervisor.address:
        yield
        return
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.setblocking(False)
        line.connect(supervisor.address.replace("@", "\0", 1))
        _say(line, READY)
        beating = asyncio.create_task(_beat(line, supervisor.patience_s))
        try:
            yield
        finally:
            beating.cancel()


async def _beat(line: socket.socket, patience_s: float | None) -> None:
    while patience_s:
        _say(line, ALIVE)
        await asyncio.sleep(patience_s / 3)  # one that is late is made up for by the next


def _say(line: socket.socket, what: bytes) -> None:
    with suppress(OSError):  # it is there for us, not we for it
        line.send(what)
