"""What the web server needs of Linli: to be heard, to read on, and to be told of news."""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from bot.digests import DigestFile
from bot.linli import Line, Reply
from handlers.keeping import Taken
from handlers.message import Message
from messages.page import CallSheet, Community, NamesList
from messages.render import Rendered
from messages.views_booking import Held


class Listens(Protocol):
    async def heard(self, seconds: float) -> bool:
        """Wait until there may be something new (True) or `seconds` have passed (False)."""


class TakesPhotos(Protocol):
    """bot.photos.Photos is one."""

    async def hear(self, message: Message, content: bytes) -> Reply: ...

    async def at(self, token: str, channel: str, address: str | None) -> bytes | None: ...


class Conversation(Protocol):
    """bot.linli.Linli is one; tests bring a smaller one."""

    @property
    def photos(self) -> TakesPhotos: ...

    async def hear(self, message: Message) -> Reply: ...

    async def lines(
        self, channel: str, address: str, *, after: int, limit: int = 50, nearest: bool = False
    ) -> Sequence[Line]: ...

    def listening(self, channel: str, address: str) -> AbstractAsyncContextManager[Listens]: ...

    def opening(self, payload: str, language: str) -> Rendered | None: ...

    def communities(self) -> Sequence[Community]: ...

    async def published_list(self, session_id: str) -> str | None: ...

    async def keep(self, channel: str, address: str, code_hash: str) -> datetime | None: ...

    async def take_over(self, channel: str, address: str, code_hash: str) -> Taken: ...

    async def note_device(self, channel: str, address: str) -> None: ...

    async def ledger_roots(self) -> str: ...

    async def calendar_file(self, channel: str, address: str, codes: Collection[str]) -> bytes | None: ...

    async def calendar_feed(self, feed_id: str) -> bytes | None: ...

    async def calendar_family(self, channel: str, address: str) -> str | None: ...

    async def names_list(self, channel: str, address: str, session_id: str) -> NamesList | None: ...

    async def call_sheet(self, channel: str, address: str, centre_id: str) -> CallSheet | None: ...

    async def certificate(self, token: str) -> str | None: ...

    async def desert_map(self, token: str) -> str | None: ...

    async def digest_file(self, token: str, kind: str) -> DigestFile | None: ...

    async def place(self, channel: str, address: str, code: str) -> tuple[Held, str] | None: ...
