"""Codes to be scanned, as drawings that stand in a page or alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby

import segno

from messages.drawing import drawn
from messages.file_words import FileWords, clean

# ISO/IEC 18004 asks for four modules of light around the code.
QUIET = 4
# Beyond it the modules are too small for an old phone before a poster.
MOST_OCTETS = 300
# About a thousand pixels for what a door's code holds: sharp on a sheet of A4.
PIXELS = 24


@dataclass(frozen=True, slots=True)
class QrCode:
    """A code of `side` modules with its quiet zone: each run of dark modules in a row is (x, y, length)."""

    side: int
    runs: tuple[tuple[int, int, int], ...]

    @property
    def path(self) -> str:
        """The dark modules as bars, one module high."""
        return "".join(f"M{x} {y}h{length}v1h-{length}z" for x, y, length in self.runs)


def qr_code(text: str) -> QrCode:
    """Raises ValueError as `qr_svg` does."""
    matrix = _code(text).matrix
    return QrCode(len(matrix) + 2 * QUIET, tuple(_runs(matrix)))


def qr_svg(text: str, *, title: str) -> str:
    """`text` as a QR code in black on white, with its quiet zone; `title` is what a screen reader says.

    It has a viewBox and no size: the page decides. At least error correction M, and the most that fits the
    same number of modules. Raises ValueError when there is no text or more than 300 octets of it.
    """
    code = qr_code(text)
    return drawn("qr", {"title": clean(title), "side": code.side, "dark": code.path})


def qr_png(text: str) -> bytes:
    """The same as pixels, PIXELS for each module, for whoever puts it into a poster of theirs."""
    made = BytesIO()
    _code(text).save(made, kind="png", scale=PIXELS, border=QUIET)
    return made.getvalue()


def door_qr(text: str, centre: str, language: str) -> str:
    """What WeChat leads to a centre's door with."""
    return qr_svg(text, title=FileWords(language, "qr").say("wechat", {"centre": centre}))


def page_qr(address: str, language: str) -> str:
    """What a browser is led there with."""
    return qr_svg(address, title=FileWords(language, "qr").say("page"))


def _code(text: str) -> segno.QRCode:
    octets = text.encode()
    if not 0 < len(octets) <= MOST_OCTETS:
        raise ValueError(f"a QR code holds 1 to {MOST_OCTETS} octets here, not {len(octets)}")
    # Left to itself segno writes Chinese as Shift JIS, which scanners here do not expect.
    encoding = None if text.isascii() else "utf-8"
    return segno.make_qr(text, error="m", boost_error=True, encoding=encoding)


def pickup_qr(address: str, code: str, language: str) -> str:
    """Leads staff who scan it to where a pick-up code is taken; `code` is the one that it stands for."""
    return _spelt(address, code, language, "pickup")


def check_in_qr(address: str, code: str, language: str) -> str:
    """The same of a booking's check-in code."""
    return _spelt(address, code, language, "check_in")


def arrival_qr(address: str, language: str) -> str:
    """The same where no code is known that could be read out."""
    return qr_svg(address, title=FileWords(language, "qr").say("arrival"))


def _spelt(address: str, code: str, language: str, what: str) -> str:
    return qr_svg(address, title=FileWords(language, "qr").say(what, {"spoken": " ".join(code)}))


def _runs(matrix: Sequence[Sequence[int]]) -> Iterator[tuple[int, int, int]]:
    for y, row in enumerate(matrix):
        x = 0
        for is_dark, run in groupby(row, key=bool):
            length = len(list(run))
            if is_dark:
                yield x + QUIET, y + QUIET, length
            x += length
