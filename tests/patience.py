"""How tests wait for what no event tells of: they look again, and leave the processors to others."""

import asyncio

PAUSE_S = 0.005


async def moment() -> None:
    """Between one look and the next; how long it takes decides over nothing."""
    loop = asyncio.get_running_loop()
    over = loop.create_future()
    handle = loop.call_later(PAUSE_S, over.set_result, None)
    try:
        await over
    finally:
        handle.cancel()
