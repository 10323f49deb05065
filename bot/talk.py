"""`linli talk`: a chat in the terminal with the same bot as everywhere."""

import asyncio
import sys

from bot.ids import new_id
from bot.linli import Linli
from handlers.message import Message

CHANNEL = "terminal"


async def converse(linli: Linli, address: str) -> None:
    """Until an empty line, end of input or Ctrl-C."""
    sys.stdout.write(await _answer(linli, address, "/start"))
    while True:
        sys.stdout.write("\n> ")
        sys.stdout.flush()
        said = (await asyncio.to_thread(sys.stdin.readline)).strip()
        if not said:
            return
        await linli.refresh_directory()
        sys.stdout.write(await _answer(linli, address, said))


async def _answer(linli: Linli, address: str, said: str) -> str:
    rendered = (await linli.hear(Message(CHANNEL, address, str(new_id()), said))).rendered
    choices = "".join(f"  [{n}] {choice.label}\n" for n, choice in enumerate(rendered.choices, 1))
    place = f"{rendered.map.url}\n" if rendered.map else ""
    links = "".join(f"{link.label}: {link.url}\n" for link in rendered.links)
    return f"{rendered.text}\n{place}{links}{choices}"
