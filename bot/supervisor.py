"""Tells systemd that Linli is ready and, from then on, that it is alive: sd_notify(3), Type=notify."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from bot.logs import log
from bot.settings import Supervisor

READY, ALIVE = b"READY=1", b"WATCHDOG=1"


@asynccontextmanager
async def watched(supervisor: Supervisor) -> AsyncIterator[None]:
    """Within the block Linli is ready. Signs of life come from the event loop: one that stands still sends
    none, and systemd starts Linli anew."""
    if not supervisor.address:
        yield
        return
    telling = asyncio.create_task(_tell(_address(supervisor.address), supervisor.patience_s))
    try:
        yield
    finally:
        telling.cancel()


def _address(named: str) -> str:
    """As the socket is called; one that lies in no folder is written with @ for its first, empty sign."""
    return f"\0{named[1:]}" if named.startswith("@") else named


async def _tell(address: str, patience_s: float | None) -> None:
    """What listens is there for us, not we for it: that nothing does is logged once, and Linli goes on."""
    what, is_logged = READY, False
    while True:
        try:
            await _say(address, what)
            what = ALIVE
        except OSError as error:
            if not is_logged:
                log("supervisor").error("NOTIFY_SOCKET leads nowhere", reason=error.strerror or str(error))
                is_logged = True
        if not patience_s:
            return
        await asyncio.sleep(patience_s / 3)  # one that is late is made up for by the next


async def _say(address: str, what: bytes) -> None:
    """Returns when it was taken. A line that is full is waited for, and meanwhile residents are answered."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.setblocking(False)
        line.connect(address)
        await asyncio.get_running_loop().sock_sendall(line, what)
