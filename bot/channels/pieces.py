"""Divides what is too long for one message: between sentences, else between characters."""

import re
from collections.abc import Callable, Sequence

Size = Callable[[str], int]
"""How much of a channel's room a text takes; of two texts together no more than of both."""

# After the end of a sentence or a line, with whatever closes it.
_ENDS = "\u3002\uff01\uff1f\uff1b!?\n\u201d\u300d\u300f\uff09"
_BORDER = re.compile(f"(?<=[{_ENDS}])(?![{_ENDS}])|(?<=\\. )")
# A flag, or a character with what belongs to it: joiners, skin tones, keycaps, tags, accents, selectors.
_CLUSTER = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|.(?:\u200d.|[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    "\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f\U000e0100-\U000e01ef]){0,40}",
    re.DOTALL,
)


def sentences(text: str) -> list[str]:
    """What no page need divide; together they are `text`."""
    return _BORDER.split(text)


def filled(units: Sequence[str], room: int, size: Size) -> list[str]:
    """Pages of at most `room`, in order, without the line breaks between two of them."""
    pages: list[str] = [""]
    for unit in (piece for each in units for piece in _pieces(each, room, size)):
        if size(pages[-1] + unit.rstrip("\n")) > room:
            pages.append("")
        pages[-1] += unit if pages[-1] else unit.lstrip("\n")
    return [page.strip("\n") for page in pages if page.strip()]


def _pieces(unit: str, room: int, size: Size) -> list[str]:
    """A unit that no page can hold, cut between characters."""
    if size(unit) <= room:
        return [unit]
    pieces = [""]
    for cluster in _CLUSTER.findall(unit):
        if size(pieces[-1] + cluster) > room:
            pieces.append("")
        pieces[-1] += cluster
    return pieces
