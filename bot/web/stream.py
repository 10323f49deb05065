"""The open line to a page: everything new in its conversation as server-sent events.

The form is that of the HTML standard, section "Server-sent events": `id:` is the number of the
step, so that a page that comes back says with Last-Event-ID what it has already.
"""

import asyncio
import json
import math
from collections.abc import AsyncIterator

from bot.channels.web import CHANNEL, line_payload
from bot.linli import Line
from bot.web.conversation import Conversation, Listens

RETRY_MS = 2000
OPENING = f"retry: {RETRY_MS}\n\n"
SIGN_OF_LIFE = ": here\n\n"
AT_ONCE = 50
"""Lines that are read at one time."""


async def events(
    linli: Conversation,
    address: str,
    *,
    after: int,
    heartbeat_s: float,
    closing: asyncio.Event,
    ends_in_s: float | None = None,
) -> AsyncIterator[str]:
    """Each step after `after` once, in order, then each new one, until `closing` is set or
    `ends_in_s` have passed."""
    now = asyncio.get_running_loop().time
    end = math.inf if ends_in_s is None else now() + ends_in_s
    async with linli.listening(CHANNEL, address) as ear:
        yield OPENING
        while not closing.is_set() and now() < end:
            async for line in _following(linli, address, after):
                yield event(line)
                after = line.number
            pause = min(heartbeat_s, max(end - now(), 0))
            if not await _news(ear, pause, closing) and not closing.is_set():
                yield SIGN_OF_LIFE


async def _following(linli: Conversation, address: str, after: int) -> AsyncIterator[Line]:
    """Each line after `after`: a page that was away for long misses none of many."""
    while lines := await linli.lines(CHANNEL, address, after=after, limit=AT_ONCE, nearest=True):
        for line in lines:
            yield line
        if len(lines) < AT_ONCE:
            return
        after = lines[-1].number


def event(line: Line) -> str:
    data = json.dumps(line_payload(line), ensure_ascii=False, separators=(",", ":"))
    return f"id: {line.number}\ndata: {data}\n\n"


async def _news(ear: Listens, seconds: float, closing: asyncio.Event) -> bool:
    """Whether something may be new, within `seconds`. Returns at once when the server closes."""
    heard = asyncio.ensure_future(ear.heard(seconds))
    closed = asyncio.ensure_future(closing.wait())
    try:
        await asyncio.wait((heard, closed), return_when=asyncio.FIRST_COMPLETED)
    finally:
        closed.cancel()
        if not heard.done():
            heard.cancel()
        await asyncio.gather(heard, closed, return_exceptions=True)
    return False if heard.cancelled() else heard.result()
