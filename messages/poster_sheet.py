"""A poster: A4 with codes to be scanned, as a drawing and as a PDF, in Chinese with English below.

Both are made of the same parts. The drawing is shown in the reader's fonts; the PDF is pixels, so that it is
printed everywhere alike.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from messages.drawing import Text, drawn
from messages.file_words import FileWords, clean
from messages.lettering import width_em
from messages.picture import Colour, Picture, block, unknown_in
from messages.poster import Poster
from messages.qr import QrCode, qr_code

# Tenths of a millimetre, as the drawing counts.
_PAGE, _WIDTH, _LEFT, _MIDDLE = (2100, 2970), 1780, 160, 1050
DOTS_PER_INCH = 300
_SCALE = DOTS_PER_INCH / 254
_BLACK, _GREEN, _WHITE, _QUIET = "#000000", "#07753a", "#ffffff", "#4a4a4a"
# Type sizes: five millimetres are read from two metres away.
_HUGE, _LARGE, _USUAL, _SMALL = 150, 110, 58, 44
_LEAST, _LEADING = 30, 1.32
# Facts are so much larger where there are few.
_GROWN = 1.2
_BAND, _FOOT, _VALUES = 470, 2860, 560
# Of a code's side, by how many stand beside each other; the smallest is scanned from a metre away.
_SIDES = {1: 960, 2: 760, 3: 560}
_LEAST_SIDE, _GAP = 440, 50
# No text of the office is longer than this even in the smallest type; what is longer is cut in any case.
_MOST = 200
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A code on the page, its upper left corner and its side."""

    code: QrCode
    x: float
    y: float
    side: float

    @property
    def module(self) -> float:
        return self.side / self.code.side


class Sheet:
    """A poster laid out. Raises ValueError without a code, or for one that holds too much."""

    def __init__(self, poster: Poster) -> None:
        if not 1 <= len(poster.codes) <= len(_SIDES):
            raise ValueError("a poster has one code to three")
        self._poster = poster
        self._said = [FileWords(language, "poster") for language in LANGUAGES]
        # Facts in two lines each, in one where that leaves too little room for the codes.
        for most_lines in (2, 1):
            head, foot = tuple(self._head(most_lines)), tuple(self._foot(most_lines))
            top, bottom = head[-1].y + _SMALL, foot[0].y - 2 * _USUAL
            self.codes, labels = self._codes(top, bottom)
            self.texts = (*head, *labels, *foot)
            if self.codes[0].side >= _LEAST_SIDE:
                break

    @cached_property
    def unknown(self) -> list[str]:
        """What the font of the PDF has no picture of."""
        return unknown_in("".join(text.text for text in self.texts))

    def svg(self) -> str:
        zh = self._said[0]
        heading = zh.say(f"heading.{self._poster.kind}")
        parts = {
            "title": zh.say("title", {"heading": heading, "name": clean(self._poster.name)}),
            "tag": zh.tag,
            "texts": self.texts,
            "codes": self.codes,
            "band": _BAND,
        }
        return drawn("poster", parts)

    def pdf(self) -> bytes:
        """Raises NoFont."""
        picture = Picture(*(round(side * _SCALE) for side in _PAGE))
        picture.fill(0, 0, _PAGE[0] * _SCALE, _BAND * _SCALE, _colour(_GREEN))
        for text in self.texts:
            picture.write(
                text.text, text.x * _SCALE, text.y * _SCALE, round(text.size * _SCALE), _colour(text.ink),
                anchor="m" if text.anchor == "middle" else "l", is_bold=text.is_bold,
            )  # fmt: skip
        for each in self.codes:
            left, top, module = each.x * _SCALE, each.y * _SCALE, each.module * _SCALE
            for x, y, length in each.code.runs:
                across, down = left + x * module, top + y * module
                picture.fill(across, down, left + (x + length) * module, top + (y + 1) * module, (0, 0, 0))
        return picture.pdf(DOTS_PER_INCH)

    def _head(self, most_lines: int) -> Iterator[Text]:
        """What it is for, then what it is about, then how."""
        poster, (zh, en) = self._poster, self._said
        heading = f"heading.{poster.kind}"
        yield from _block(zh.say(heading), 215, _HUGE, ink=_WHITE, is_bold=True, most_lines=1)
        yield from _block(en.say(heading), 365, 76, ink=_WHITE, most_lines=1)
        name = tuple(_block(clean(poster.name), _BAND + 170, _LARGE, is_bold=True))
        yield from name
        y = name[-1].y + 120
        facts = dict(poster.above)
        if poster.dates:
            first, last = poster.dates
            facts["dates"] = zh.say("dates", {"first": zh.day(first), "last": zh.day(last)})
        for text in self._facts(facts, y, most_lines):
            y = text.y + 100
            yield text
        how = f"how.{poster.kind}"
        said = tuple(_block(zh.say(how), y + 60, 66, is_bold=True, most_lines=1))
        yield from said
        yield from _block(en.say(how), said[-1].y + 76, _SMALL, ink=_QUIET, most_lines=1)

    def _codes(self, top: float, bottom: float) -> tuple[tuple[Drawn, ...], tuple[Text, ...]]:
        """As large as there is room, beside each other, each with where it leads below it."""
        codes, under = self._poster.codes, 2 * _USUAL + _SMALL
        side = min(_SIDES[len(codes)], bottom - top - under)
        left = _MIDDLE - (len(codes) * side + (len(codes) - 1) * _GAP) / 2
        y = top + (bottom - top - under - side) / 2
        placed: list[Drawn] = []
        labels: list[Text] = []
        for number, each in enumerate(codes):
            x = left + number * (side + _GAP)
            placed.append(Drawn(qr_code(each.text), round(x, 1), round(y, 1), round(side, 1)))
            for line, said in enumerate(self._said):
                size = (_USUAL, _SMALL)[line]
                label = said.name("codes", each.where)
                if line == 0 or label != labels[-1].text:
                    labels.append(
                        Text(label, round(x + side / 2, 1), round(y + side + 55 + line * 60, 1), size)
                    )
        return tuple(placed), tuple(labels)

    def _foot(self, most_lines: int) -> Iterator[Text]:
        """Facts at the bottom, as high as they need."""
        foot = _FOOT - (80 if self._poster.is_sample else 0)
        rows = tuple(self._facts(self._poster.below, 0, most_lines))
        up = foot - rows[-1].y
        for text in rows:
            yield replace(text, y=round(text.y + up, 1))
        if self._poster.is_sample:
            said = " · ".join(each.say("sample") for each in self._said)
            yield from _block(said, _FOOT, 40, ink=_QUIET, most_lines=1)

    def _facts(self, facts: Mapping[str, str | None], y: float, most_lines: int) -> Iterator[Text]:
        """What each is in both languages, and beside it what it is like."""
        width, grown = _LEFT + _WIDTH - _VALUES, 1 if self._poster.above else _GROWN
        for code, value in facts.items():
            if not value:
                continue
            zh, en = (said.name("facts", code) for said in self._said)
            small = round(_SMALL * grown)
            yield Text(zh, _LEFT, y, small, _QUIET, "start")
            yield Text(en, _LEFT + (len(zh) + 0.4) * small, y, round(34 * grown), _QUIET, "start")
            lines = tuple(
                _block(
                    clean(value), y, round(54 * grown), x=_VALUES, width=width, anchor="start",
                    most_lines=most_lines,
                )
            )  # fmt: skip
            yield from lines
            y = round(lines[-1].y + 98 * grown, 1)


def _block(
    text: str,
    y: float,
    size: int,
    *,
    x: float = _MIDDLE,
    width: float = _WIDTH,
    ink: str = _BLACK,
    anchor: str = "middle",
    is_bold: bool = False,
    most_lines: int = 2,
) -> Iterator[Text]:
    """`text` from the baseline `y` downwards, smaller when it would not fit otherwise, at last cut."""
    size, lines = block(
        text[:_MOST], size=size, least=_LEAST, width=width, most_lines=most_lines, measure=width_em
    )
    for row, line in enumerate(lines):
        yield Text(line, x, round(y + row * size * _LEADING, 1), size, ink, anchor, is_bold)


def _colour(ink: str) -> Colour:
    red, green, blue = (int(ink[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
