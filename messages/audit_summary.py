"""The summary of the yearly audit pack: pages of A4 with numbers and what is open, Chinese with English."""

from collections.abc import Iterable, Sequence

from messages.audit_words import pair
from messages.lettering import wrapped
from messages.picture import Colour, Picture, pdf_of, width_em

DOTS_PER_INCH = 150
WIDTH, HEIGHT, MARGIN = 1240, 1754, 96
INK: Colour = (25, 25, 25)
QUIET: Colour = (84, 91, 87)
GREEN: Colour = (7, 117, 58)
RULE: Colour = (213, 218, 215)
_TITLE, _HEADING, _USUAL, _SMALL = 44, 28, 22, 18
_LEADING = 1.4
# Where the English of a number begins, and where the number ends.
_ENGLISH = 560

Said = tuple[str, str]


class Sheets:
    """Writes from the top downwards, on another page where one is full."""

    def __init__(self) -> None:
        self.pages: list[Picture] = []
        self._turn()

    def _turn(self) -> None:
        self.pages.append(Picture(WIDTH, HEIGHT))
        self._y = float(MARGIN)

    def room(self, height: float) -> None:
        """So that what belongs together is not parted."""
        if self._y + height > HEIGHT - MARGIN:
            self._turn()

    def write(
        self, text: str, size: int, ink: Colour = INK, *, is_bold: bool = False, indent: int = 0
    ) -> None:
        for line in wrapped(text, (WIDTH - 2 * MARGIN - indent) / size, width_em):
            self.room(size * _LEADING)
            self._y += size * _LEADING
            self.pages[-1].write(line, MARGIN + indent, self._y, size, ink, is_bold=is_bold)

    def gap(self, height: float) -> None:
        self._y += height

    def heading(self, said: Said) -> None:
        self.room(5 * _HEADING)
        self.gap(_HEADING)
        self.write("  ".join(said), _HEADING, GREEN, is_bold=True)
        self.gap(8)

    def number(self, said: Said, value: str) -> None:
        """A line of a table."""
        self.room(2 * _USUAL)
        self._y += _USUAL * 1.7
        page = self.pages[-1]
        page.write(said[0], MARGIN, self._y, _USUAL, INK)
        page.write(said[1], MARGIN + _ENGLISH - 40, self._y, _SMALL, QUIET)
        page.write(value, WIDTH - MARGIN, self._y, _USUAL, INK, anchor="r", is_bold=True)
        page.fill(MARGIN, self._y + 10, WIDTH - MARGIN, self._y + 11, RULE)

    def point(self, said: Said) -> None:
        """One of what is open."""
        self.room(4 * _USUAL)
        self.gap(8)
        self.pages[-1].fill(MARGIN, self._y + 12, MARGIN + 10, self._y + 22, GREEN)
        self.write(said[0], _USUAL, indent=28)
        self.write(said[1], _SMALL, QUIET, indent=28)


def summary_pdf(lines: Iterable[Said], numbers: Sequence[tuple[str, str]], points: Iterable[Said]) -> bytes:
    """`lines` stand below the title; `numbers` are words of the audit with their values. Raises NoFont."""
    sheets = Sheets()
    title = pair("title")
    sheets.write(title[0], _TITLE, is_bold=True)
    sheets.write(title[1], _HEADING, QUIET)
    sheets.gap(16)
    for zh, en in lines:
        sheets.write(zh, _USUAL)
        sheets.write(en, _SMALL, QUIET)
    sheets.heading(pair("numbers_heading"))
    for name, value in numbers:
        sheets.number(pair(f"numbers.{name}"), value)
    sheets.heading(pair("open_heading"))
    for said in points:
        sheets.point(said)
    return pdf_of(sheets.pages, DOTS_PER_INCH)
