"""How wide letters are and where a line may break, for drawings: SVG breaks no lines by itself."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from unicodedata import category, east_asian_width

# A word in letters of the West; any other character stands alone.
_PIECE = re.compile(r"[!-~\u00a1-\u1fff]+|.", re.DOTALL)
_BROAD = frozenset("MWmw@%&")
_STEP = 0.94

Measure = Callable[[str], float]
"""How wide a text is, in type sizes."""


class NoFont(RuntimeError):
    """The font is not where its package keeps it; the text says how to install it."""


def width_em(text: str) -> float:
    """At least the width of `text` in the usual fonts, in type sizes: the reader's font is not known."""
    return sum(map(_width_em, text))


def fitted(
    text: str, *, size: float, least: float, width: float, most_lines: int, measure: Measure = width_em
) -> tuple[float, list[str]]:
    """The largest type, from `size` down to `least`, at which `text` fits into `most_lines` of `width`; and
    the lines. Raises ValueError when even the least does not."""
    while size >= least:
        lines = wrapped(text, width / size, measure)
        if len(lines) <= most_lines:
            return round(size, 1), lines
        size *= _STEP
    raise ValueError("a text is too long for its place in the drawing")


def wrapped(text: str, ems: float, measure: Measure = width_em) -> list[str]:
    """`text` in lines of at most `ems`, each as full as it goes. A word longer than a line is broken."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split()), ems, measure):
        if line and measure(line + piece.rstrip()) > ems:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()]


def _pieces(text: str, ems: float, measure: Measure) -> Iterator[str]:
    """What is not broken: words, characters with what is set on them, and with their punctuation."""
    piece = ""
    for found in _PIECE.findall(text):
        if piece and not _holds(piece[-1], found[0]):
            yield from _broken(piece, ems, measure)
            piece = ""
        piece += found
    yield from _broken(piece, ems, measure)


def _holds(before: str, after: str) -> bool:
    """Whether no line may begin with `after`, or end with `before`."""
    ends, begins = category(before), category(after)
    return begins[0] == "M" or begins in {"Cf", "Pe", "Pf", "Po", "Sm"} or ends in {"Cf", "Ps", "Pi"}


def _broken(piece: str, ems: float, measure: Measure) -> Iterator[str]:
    """A piece in parts that fit into a line."""
    part = ""
    for character in piece:
        if part and measure(part + character) > ems:
            yield part
            part = ""
        part += character
    yield part


@lru_cache(maxsize=4096)
def _width_em(character: str) -> float:
    if category(character) in {"Mn", "Me", "Cf"}:
        return 0.0
    if character == " ":
        return 0.35
    if character in _BROAD:
        return 1.05
    if category(character) == "So":
        return 1.4
    if character.isascii():
        return 0.85 if character.isupper() else 0.65
    return 1.05 if east_asian_width(character) in "WFA" else 1.1
