"""A picture of pixels: letters of one font that comes with Linli, rules, bars, dots and outlines.

The font is Noto Sans SC (SIL Open Font License 1.1, from the package pylopdf-fonts-zh-cn), in one weight; it
has Traditional characters, too. What it has no picture of is drawn as an empty box.
"""

import math
from collections.abc import Sequence
from functools import cache, lru_cache
from io import BytesIO
from os import PathLike

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_zh_cn import sans_path

from messages.lettering import Measure, NoFont, fitted

Colour = tuple[int, int, int]
Point = tuple[float, float]
WHITE: Colour = (255, 255, 255)
_EM = 100
# A character that no font has.
_NOTHING = "\uffff"
_CUT = "\u2026"
# Round things are drawn so many times larger and made small again, which smooths their edges.
_SMOOTH = 4
# Letters of one weight become bold by a line of this part of their size around them.
_BOLD = 1 / 36
_COLOURS = 64
# Of JPEG, which is how a PDF holds colours: no shadow around letters that a printer would show.
_QUALITY = 92


@lru_cache(maxsize=24)
def face(size: int) -> ImageFont.FreeTypeFont:
    """The font in `size` pixels. One layout everywhere: what else shapes text differs between computers.
    Raises NoFont."""
    return opened(sans_path(), size)


def opened(path: str | PathLike[str], size: int) -> ImageFont.FreeTypeFont:
    """A font file. Raises NoFont where it is none."""
    try:
        return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        raise NoFont(
            f"the font Noto Sans SC is not at {path}: pip install --force-reinstall pylopdf-fonts-zh-cn"
        ) from None


def unknown_in(text: str) -> list[str]:
    """The characters of which the font has no picture, each once: they are drawn as empty boxes."""
    box = _shape(_NOTHING)
    return [each for each in dict.fromkeys(text) if not each.isspace() and _shape(each) == box]


def _shape(character: str) -> bytes:
    return bytes(face(_EM).getmask(character))


def width_em(text: str) -> float:
    """How wide `text` is, in type sizes."""
    return face(_EM).getlength(text) / _EM


def narrowed(text: str, size: int, width: float, least: int) -> int:
    """The largest type, from `size` down to `least`, in which `text` is at most `width` wide."""
    return max(least, min(size, int(width / width_em(text)))) if text else size


def block(
    text: str, *, size: int, least: int, width: float, most_lines: int, measure: Measure = width_em
) -> tuple[int, list[str]]:
    """Type size and lines of `text` that fit; what is too long even in the least size is cut, visibly."""
    shown = text
    while True:
        try:
            fits, lines = fitted(
                shown, size=size, least=least, width=width, most_lines=most_lines, measure=measure
            )
        except ValueError:
            shown = shown.removesuffix(_CUT)[: -max(1, len(shown) // 20)] + _CUT
        else:
            return int(fits), lines


@cache
def _disc(radius: int) -> Image.Image:
    """How much of each pixel a disc covers."""
    side = (2 * radius + 1) * _SMOOTH
    large = Image.new("L", (side, side))
    ImageDraw.Draw(large).ellipse((0, 0, side - 1, side - 1), fill=255)
    return large.resize((2 * radius + 1,) * 2, Image.Resampling.BOX)


class Picture:
    """`width` by `height` pixels of white. Places count from the upper left corner; of letters `y` is the
    line on which they stand."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width, height), WHITE)
        self._draw = ImageDraw.Draw(self._image)

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: int,
        ink: Colour,
        *,
        anchor: str = "l",
        is_bold: bool = False,
        halo: float = 0,
    ) -> None:
        """`anchor` is 'l', 'm' or 'r': whether `x` is the text's left end, middle or right end. With a `halo`
        so many pixels around the letters are white."""
        stroke = size * _BOLD if is_bold else 0
        if halo:
            around = stroke + halo
            self._draw.text((x, y), text, WHITE, face(size), anchor=f"{anchor}s", stroke_width=around)
        self._draw.text((x, y), text, ink, face(size), anchor=f"{anchor}s", stroke_width=stroke)

    def fill(self, left: float, top: float, right: float, bottom: float, ink: Colour) -> None:
        """A rectangle; nothing where it has no height or no width."""
        box = (round(left), round(top), round(right) - 1, round(bottom) - 1)
        if box[0] <= box[2] and box[1] <= box[3]:
            self._draw.rectangle(box, fill=ink)

    def dot(self, x: float, y: float, radius: int, ink: Colour) -> None:
        self._image.paste(ink, (round(x) - radius, round(y) - radius), _disc(radius))

    def outline(
        self, points: Sequence[Point], ink: Colour, width: float, inside: Colour, *, opacity: float = 1.0
    ) -> None:
        """A closed line through the points, half of its width on either side, around what is `inside`: below
        it shows what was there before where its `opacity` is less than 1."""
        left, top = (math.floor(min(at) - width) for at in zip(*points, strict=True))
        right, bottom = (math.ceil(max(at) + width) for at in zip(*points, strict=True))
        scaled = [((x - left) * _SMOOTH, (y - top) * _SMOOTH) for x, y in points]
        side = ((right - left) * _SMOOTH, (bottom - top) * _SMOOTH)
        area, line = Image.new("L", side), Image.new("L", side)
        ImageDraw.Draw(area).polygon(scaled, fill=round(255 * opacity))
        closed = [*scaled, *scaled[:2]]
        ImageDraw.Draw(line).line(closed, fill=255, width=round(width * _SMOOTH), joint="curve")
        for mask, colour in ((area, inside), (line, ink)):
            self._image.paste(
                colour, (left, top), mask.resize((right - left, bottom - top), Image.Resampling.BOX)
            )

    def png(self) -> bytes:
        """The picture as a file, the same bytes for the same picture: it holds no time and no name.

        Its colours are told by a palette, which makes a third of the file, and no two that differ by more
        than an eye sees become one.
        """
        out = BytesIO()
        self._image.quantize(_COLOURS, Image.Quantize.FASTOCTREE).save(out, "PNG")
        return out.getvalue()

    def pdf(self, dots_per_inch: float) -> bytes:
        """One page of a PDF that holds the picture as it is; it holds no time and no name, either."""
        return pdf_of((self,), dots_per_inch)


def pdf_of(pages: Sequence[Picture], dots_per_inch: float) -> bytes:
    """A PDF with a page for each picture, in their order."""
    first, *more = (page._image for page in pages)
    out = BytesIO()
    first.save(
        out,
        "PDF",
        save_all=True,
        append_images=more,
        resolution=dots_per_inch,
        quality=_QUALITY,
        subsampling=0,
        creationDate=None,
        modDate=None,
    )
    return out.getvalue()
