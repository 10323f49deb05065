"""The files of digests: made when somebody asks for one, beside the event loop.

One is in work at a time: 85 managers who open theirs on Monday morning wait for each other for some seconds,
and nobody's turn waits for them. What they need is loaded with the first file.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from messages.views_digest import DigestShown

Maker = Callable[[DigestShown, str], bytes]


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


MAKERS: Mapping[str, Maker] = {"png": _chart, "xlsx": _workbook}


class DigestFiles:
    def __init__(self, makers: Mapping[str, Maker] = MAKERS) -> None:
        self._makers = makers
        self._one_in_work = asyncio.Semaphore(1)

    async def made(self, kind: str, digest: DigestShown, language: str) -> DigestFile:
        """`kind` is 'png' for the chart, 'xlsx' for the workbook."""
        async with self._one_in_work:
            content = await asyncio.to_thread(self._makers[kind], digest, language)
        return DigestFile(content, digest.first_on, f"linli-{digest.first_on}.{kind}")
