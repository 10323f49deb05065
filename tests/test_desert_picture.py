"""The map of service deserts in pixels: the same page as the drawing, with its colours and signs."""

import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from messages.desert_map import desert_map_svg, sheet_of
from messages.desert_picture import (
    FRAME,
    GROUND,
    INK,
    SCALE,
    WISHED,
    WISHED_RIM,
    desert_map_png,
    points_of,
)
from messages.desert_sheet import HEIGHT, WIDTH
from messages.picture import WHITE, Colour
from messages.words import HERE
from tests.desert_rows import DOTS, MAP
from tests.sample import Sample
from tests.test_desert_map import LANGUAGES, LONG, full

TEMPLATE = (HERE / "drawings" / "desert_map.j2").read_text("utf-8")
# What a palette of 64 colours leaves of them.
NEAR = 24


def drawn(language: str = "zh", **changed: Any) -> Image.Image:
    return Image.open(BytesIO(desert_map_png(replace(MAP, **changed), language))).convert("RGB")


def is_like(picture: Image.Image, x: float, y: float, colour: Colour) -> bool:
    found: Any = picture.getpixel((round(x * SCALE), round(y * SCALE)))
    return all(abs(one - other) <= NEAR for one, other in zip(found, colour, strict=True))


def ink_of(hexadecimal: str) -> Colour:
    red, green, blue = bytes.fromhex(hexadecimal.removeprefix("#"))
    return red, green, blue


def test_signs_stand_at_their_places_filled_where_the_centre_is_open() -> None:
    sheet, picture = sheet_of(MAP, "zh"), drawn(lines=())
    for mark, dot in zip(sheet.marks, DOTS, strict=True):
        assert is_like(picture, mark.x, mark.y, ink_of(mark.ink) if dot.is_open else WHITE)
        assert is_like(picture, mark.x + 45, mark.y, GROUND)


def test_a_circle_of_wishes_shows_what_is_below_it() -> None:
    picture, circle = drawn(), sheet_of(MAP, "zh").circles[0]
    mixed = [round(0.32 * one + 0.68 * other) for one, other in zip(WISHED, GROUND, strict=True)]
    assert is_like(picture, circle.x - circle.radius / 2, circle.y, (mixed[0], mixed[1], mixed[2]))
    assert is_like(picture, circle.x - circle.radius, circle.y, WISHED_RIM)
    assert is_like(picture, circle.x - circle.radius - 20, circle.y, GROUND)
    assert is_like(picture, *next((m.x, m.y) for m in sheet_of(MAP, "zh").marks), ink_of("#38761d"))


def test_every_text_is_written_where_the_drawing_has_it() -> None:
    sheet, picture = sheet_of(MAP, "zh"), drawn()
    for text in (*sheet.texts, *sheet.key.texts):
        left = text.x - {"start": 0, "middle": text.size / 2, "end": text.size}[text.anchor]
        box = (left, text.y - text.size, left + text.size, text.y + text.size / 3)
        left_at, top, right, bottom = (round(each * SCALE) for each in box)
        grey = picture.crop((left_at, top, right, bottom)).convert("L")
        assert min(grey.tobytes()) < 110, text


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_picture_that_apps_take_the_same_each_time(sample: Sample, language: str) -> None:
    content = desert_map_png(full(sample, LONG), language)
    assert Image.open(BytesIO(content)).size == (round(WIDTH * SCALE), round(HEIGHT * SCALE))
    assert len(content) < 1_000_000
    assert desert_map_png(full(sample, LONG), language) == content
    assert desert_map_png(full(sample), language) != content


def test_its_colours_are_those_of_the_drawing() -> None:
    said = {ink_of(each) for each in re.findall(r"#[0-9a-f]{6}", TEMPLATE)}
    assert said == {INK, GROUND, FRAME, WISHED, WISHED_RIM}
    assert "#fff" in desert_map_svg(MAP, "zh")


def test_every_sign_has_about_one_area_as_an_outline(sample: Sample) -> None:
    marks = sheet_of(full(sample), "zh").marks
    assert len({mark.path for mark in marks}) == 8
    for mark in marks:
        points = points_of(mark.path)
        after = points[1:] + points[:1]
        area = abs(sum(x * b - y * a for (x, y), (a, b) in zip(points, after, strict=True))) / 2
        assert 280 < area < 460, mark.path


@pytest.mark.parametrize("path", ["M0 0q1 1 2 2z", "M0 0l1z", "M0 0a5 5 0 1 0 3 0z"])
def test_an_outline_that_is_not_understood_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match="no step"):
        points_of(path)
