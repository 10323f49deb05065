"""The files of digests, and maps in pixels: made when somebody asks for one, beside the event loop.

One is in work at a time: 85 managers who open theirs on Monday morning wait for each other for some seconds,
and nobody's turn waits for them. What they need is loaded with the first file.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from messages.desert_map import DesertMap
from messages.views_digest import DigestShown

Maker = Callable[[Any, str], bytes]


@dataclass(frozen=True, slots=True)
class DigestFile:
    """What is sent, what it is called, and from which day on it tells."""

    content: bytes
    first_on: date
    name: str


def _chart(digest: DigestShown, language: str) -> bytes:
    from messages.digest_chart import chart_png  # noqa: PLC0415 - see above

    return chart_png(digest, language)


def _workbook(digest: DigestShown, language: str) -> bytes:
    from messages.digest_workbook import workbook_of  # noqa: PLC0415 - see above

    return workbook_of(digest, language)


def _map(deserts: DesertMap, language: str) -> bytes:
    from messages.desert_picture import desert_map_png  # noqa: PLC0415 - see above

    return desert_map_png(deserts, language)


MAKERS: Mapping[str, Maker] = {"png": _chart, "xlsx": _workbook, "map": _map}


class DigestFiles:
    def __init__(self, makers: Mapping[str, Maker] = MAKERS) -> None:
        self._makers = makers
        self._one_in_work = asyncio.Semaphore(1)

    async def made(self, kind: str, digest: DigestShown, language: str) -> DigestFile:
        """`kind` is 'png' for the chart, 'xlsx' for the workbook."""
        content = await self._content(kind, digest, language)
        return DigestFile(content, digest.first_on, f"linli-{digest.first_on}.{kind}")

    async def drawn(self, deserts: DesertMap, language: str) -> bytes:
        """The map of service deserts as PNG."""
        return await self._content("map", deserts, language)

    async def _content(self, kind: str, of: Any, language: str) -> bytes:
        async with self._one_in_work:
            return await asyncio.to_thread(self._makers[kind], of, language)
