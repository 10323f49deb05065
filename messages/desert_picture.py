"""The map of service deserts in pixels, for apps that show no SVG: the same page, two thirds as large.

Colours and widths are those of messages/drawings/desert_map.j2, which a test compares with this.
"""

import math
import re
from collections.abc import Iterator, Sequence

from messages.desert_labels import Box
from messages.desert_map import DesertMap, sheet_of
from messages.desert_sheet import HEIGHT, WIDTH, Circle, Mark, Sheet, Text
from messages.picture import WHITE, Colour, Picture, Point

SCALE = 2 / 3
INK: Colour = (0x1A, 0x1A, 0x1A)
GROUND: Colour = (0xFA, 0xFA, 0xF7)
FRAME: Colour = (0xC9, 0xC9, 0xC2)
WISHED: Colour = (0xE8, 0x84, 0x3C)
WISHED_RIM: Colour = (0xB3, 0x54, 0x1E)
_THROUGH = 0.32
_FRAME, _RIM, _SIGN, _SCALE_BAR, _HALO = 3, 4, 3, 5, 9
# Corners of what is drawn for a circle.
_CORNERS = 96
_ANCHORS = {"start": "l", "middle": "m", "end": "r"}
_STEP = re.compile(r"([a-zA-Z])([^a-zA-Z]*)")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def desert_map_png(of: DesertMap, language: str) -> bytes:
    """The page as a PNG file, 1980 pixels wide. Raises ValueError for a name that is too long for it."""
    sheet = sheet_of(of, language)
    picture = Picture(round(WIDTH * SCALE), round(HEIGHT * SCALE))
    _ground(picture, sheet.ground)
    _circles(picture, sheet.circles)
    _marks(picture, sheet.marks)
    _scale_and_north(picture, sheet)
    _circles(picture, sheet.key.circles)
    _marks(picture, sheet.key.marks)
    _texts(picture, (*sheet.texts, *sheet.key.texts))
    return picture.png()


def _ground(picture: Picture, ground: Box) -> None:
    corners = (
        (ground.left, ground.top),
        (ground.right, ground.top),
        (ground.right, ground.bottom),
        (ground.left, ground.bottom),
    )
    picture.outline(_scaled(corners), FRAME, _FRAME * SCALE, GROUND)


def _circles(picture: Picture, circles: Sequence[Circle]) -> None:
    for each in circles:
        around = _scaled(_around((each.x, each.y), each.radius))
        picture.outline(around, WISHED_RIM, _RIM * SCALE, WISHED, opacity=_THROUGH)


def _marks(picture: Picture, marks: Sequence[Mark]) -> None:
    for each in marks:
        red, green, blue = (int(each.ink[at : at + 2], 16) for at in (1, 3, 5))
        ink = red, green, blue
        points = [(each.x + x, each.y + y) for x, y in points_of(each.path)]
        picture.outline(_scaled(points), ink, _SIGN * SCALE, ink if each.is_filled else WHITE)


def _scale_and_north(picture: Picture, sheet: Sheet) -> None:
    bar, half = sheet.scale, _SCALE_BAR / 2
    for left, top, right, bottom in (
        (bar.left - half, bar.bottom - half, bar.right + half, bar.bottom + half),
        (bar.left - half, bar.top, bar.left + half, bar.bottom),
        (bar.right - half, bar.top, bar.right + half, bar.bottom),
    ):
        picture.fill(left * SCALE, top * SCALE, right * SCALE, bottom * SCALE, INK)
    tip = f"M{sheet.ground.right - 70} {sheet.ground.bottom - 178}l26 70l-26-16l-26 16z"
    picture.outline(_scaled(points_of(tip)), INK, 1, INK)


def _texts(picture: Picture, texts: Sequence[Text]) -> None:
    for each in texts:
        picture.write(
            each.text,
            each.x * SCALE,
            each.y * SCALE,
            round(each.size * SCALE),
            INK,
            anchor=_ANCHORS[each.anchor],
            is_bold=each.is_bold,
            halo=_HALO / 2 * SCALE if each.has_halo else 0,
        )


def _scaled(points: Sequence[Point]) -> list[Point]:
    return [(x * SCALE, y * SCALE) for x, y in points]


def _around(centre: Point, radius: float) -> list[Point]:
    turns = [2 * math.pi * corner / _CORNERS for corner in range(_CORNERS)]
    return [(centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn)) for turn in turns]


def points_of(path: str) -> list[Point]:
    """The corners of an outline as the signs are written: M, h, v, l, z, and half circles as a.

    Raises ValueError for any other step.
    """
    points: list[Point] = []
    for step, written in _STEP.findall(path):
        points += _step(step, [float(each) for each in _NUMBER.findall(written)], points)
    return points


def _step(step: str, numbers: Sequence[float], before: Sequence[Point]) -> Iterator[Point]:
    x, y = before[-1] if before else (0.0, 0.0)
    match step, numbers:
        case "M", (to_x, to_y):
            yield to_x, to_y
        case "h", (by,):
            yield x + by, y
        case "v", (by,):
            yield x, y + by
        case "l", (by_x, by_y):
            yield x + by_x, y + by_y
        case "a", (radius, _, _, _, _, by_x, by_y) if math.isclose(math.hypot(by_x, by_y), 2 * radius):
            middle, start = (x + by_x / 2, y + by_y / 2), math.atan2(-by_y, -by_x)
            for corner in range(1, _CORNERS // 2 + 1):
                turn = start - 2 * math.pi * corner / _CORNERS
                yield middle[0] + radius * math.cos(turn), middle[1] + radius * math.sin(turn)
        case "z", ():
            return
        case _:
            raise ValueError(f"an outline has no step {step!r} with {len(numbers)} numbers")
