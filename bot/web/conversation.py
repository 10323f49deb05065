"""What the web server needs of Linli: to be heard, to read on, and to be told of news."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from bot.linli import Line, Reply
from handlers.message import Message


class Listens(Protocol):
    async def heard(self, seconds: float) -> bool:
        """Wait until there may be something new (True) or `seconds` have passed (False)."""


class Conversation(Protocol):
    """bot.linli.Linli is one; tests bring a smaller one."""

    async def hear(self, message: Message) -> Reply: ...

    async def lines(self, channel: str, address: str, *, after: int, limit: int = 50) -> Sequence[Line]: ...

    def listening(self, channel: str, address: str) -> AbstractAsyncContextManager[Listens]: ...
