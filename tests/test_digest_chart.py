"""The chart of a digest: it can be read, it shows its data, and the same data are the same picture."""

import struct
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bot.wiring import SAMPLE
from messages.digest_chart import SLOT, STRONG, WIDTH, chart_png, middle
from messages.picture import Picture, block, face, width_em
from messages.understand.scripts import traditional
from messages.views_digest import DigestShown, WeekPoint
from messages.words import words
from messages.workbook import read_workbook
from tests.digests import DIGEST, HUGE, LONG_NAME, WEEKS

LANGUAGES = ("zh", "zh-Hant", "en")
NO_CHARACTER = "\uffff"
QUIET_WEEK = WeekPoint(date(2026, 11, 16), None, None, None, 0, 0, 0)


def drawn(digest: DigestShown, language: str = "zh") -> Image.Image:
    return Image.open(BytesIO(chart_png(digest, language))).convert("RGB")


def has_glyph(character: str) -> bool:
    """Whether the font draws it otherwise than what it has no picture of."""
    font = face(40)
    return bytes(font.getmask(character)) != bytes(font.getmask(NO_CHARACTER))


def said(listed: Any) -> Iterator[str]:
    """Every text of a word list."""
    match listed:
        case dict():
            for each in listed.values():
                yield from said(each)
        case _:
            yield str(listed)


def strong_rows(picture: Image.Image, x: float, half: int) -> list[int]:
    """The rows that are of the strongest colour from `half` left of `x` to `half` right of it."""
    across = range(round(x) - half, round(x) + half + 1)
    return [y for y in range(picture.height) if all(is_strong(picture, each, y) for each in across)]


def is_strong(picture: Image.Image, x: int, y: int) -> bool:
    found: Any = picture.getpixel((x, y))
    return all(abs(one - other) <= 3 for one, other in zip(found, STRONG, strict=True))


def with_field(week: WeekPoint, field: str, worth: Any) -> WeekPoint:
    return replace(week, **{field: worth})


def with_latest(share: float, low: float | None = None, high: float | None = None) -> DigestShown:
    """One week in which nothing but the share is drawn in the strongest colour."""
    return replace(DIGEST, weeks=(replace(QUIET_WEEK, satisfied=share, low=low, high=high, ratings=5),))


def point(share: float) -> float:
    """The row of the middle of the latest week's point."""
    rows = strong_rows(drawn(with_latest(share)), middle(0, 1), 10)
    assert rows == list(range(rows[0], rows[-1] + 1))
    return (rows[0] + rows[-1]) / 2


@pytest.mark.parametrize("character", "邻里評價")
def test_the_font_has_the_characters_of_our_name_in_both_scripts(character: str) -> None:
    assert has_glyph(character)


@pytest.mark.parametrize("character", ["\ue000", "\U0001f600", "\u0b95"])
def test_a_character_that_the_font_lacks_is_noticed(character: str) -> None:
    assert not has_glyph(character)


def test_the_font_has_every_character_of_the_words_and_of_the_sample_directory() -> None:
    texts = [
        *said(words("zh", "digest")),
        *said(words("en", "digest")),
        "0123456789%,-年月日",
    ]
    texts += [centre.name for centre in read_workbook(SAMPLE).centres]
    characters = set("".join((*texts, *map(traditional, texts))))
    assert len(characters) > 200
    assert sorted(each for each in characters if not has_glyph(each)) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_a_png_as_wide_as_promised_and_holds_nothing_but_the_picture(language: str) -> None:
    file = chart_png(DIGEST, language)
    kinds, at = [], 8
    while at < len(file):
        length, kind = struct.unpack(">I4s", file[at : at + 8])
        kinds.append(kind)
        at += 12 + length
    assert file.startswith(b"\x89PNG\r\n\x1a\n")
    assert set(kinds) == {b"IHDR", b"PLTE", b"IDAT", b"IEND"}
    assert Image.open(BytesIO(file)).width == WIDTH
    assert len(file) < 80_000


def test_the_same_digest_is_the_same_file_and_another_is_not() -> None:
    assert chart_png(DIGEST, "zh") == chart_png(DIGEST, "zh")
    files = {chart_png(DIGEST, language) for language in LANGUAGES}
    files.add(chart_png(replace(DIGEST, last_on=date(2026, 11, 23)), "zh"))
    files.add(chart_png(replace(DIGEST, cadence="month"), "zh"))
    assert len(files) == 5


def test_a_point_stands_where_its_share_is() -> None:
    bottom, quarter, half, top = map(point, (0, 0.25, 0.5, 1))
    assert bottom - top > 250
    assert bottom - quarter == pytest.approx((bottom - top) / 4, abs=1.5)
    assert bottom - half == pytest.approx((bottom - top) / 2, abs=1.5)


def test_an_interval_reaches_from_its_low_to_its_high_end() -> None:
    rows = strong_rows(drawn(with_latest(0.5, 0.25, 1)), middle(0, 1), 2)
    assert rows[0] == pytest.approx(point(1), abs=4)
    assert rows[-1] == pytest.approx(point(0.25), abs=4)


@pytest.mark.parametrize("field", ["people", "activities"])
def test_a_bar_is_as_high_as_its_number_beside_the_highest(field: str) -> None:
    def high(latest: int) -> int:
        weeks = (with_field(QUIET_WEEK, field, 80), with_field(QUIET_WEEK, field, latest))
        return len(strong_rows(drawn(replace(DIGEST, weeks=weeks)), middle(1, 2), 20))

    assert high(80) > 100
    assert high(40) == pytest.approx(high(80) / 2, abs=1)
    assert high(0) == 0


def test_every_number_of_every_week_is_shown() -> None:
    files = {chart_png(DIGEST, "zh")}
    for number, week in enumerate(WEEKS):
        for field in ("ratings", "people", "activities"):
            other = with_field(week, field, getattr(week, field) + 1)
            weeks = (*WEEKS[:number], other, *WEEKS[number + 1 :])
            files.add(chart_png(replace(DIGEST, weeks=weeks), "zh"))
    assert len(files) == 1 + 3 * len(WEEKS)


def test_weeks_in_which_nobody_rated_have_no_point_and_say_so() -> None:
    nothing = drawn(replace(DIGEST, weeks=(QUIET_WEEK,)))
    assert strong_rows(nothing, middle(0, 1), 5) == []
    named = drawn(replace(DIGEST, weeks=(replace(QUIET_WEEK, satisfied=0.9),)))
    x, (low, high) = middle(0, 1), (round(point(0.2)), round(point(0)))
    box = (round(x - SLOT / 2), low, round(x + SLOT / 2), high - 4)
    assert len(set(nothing.crop(box).convert("L").tobytes())) > 5
    assert len(set(named.crop(box).convert("L").tobytes())) == 1


def test_no_line_is_drawn_between_weeks() -> None:
    weeks = (replace(QUIET_WEEK, satisfied=0.3), QUIET_WEEK, replace(QUIET_WEEK, satisfied=0.3))
    picture = drawn(replace(DIGEST, weeks=weeks))
    left, right, y = round(middle(0, 3)) + 20, round(middle(2, 3)) - 60, round(point(0.3))
    assert {picture.getpixel((x, y)) for x in range(left, right)} == {picture.getpixel((2, 2))}


def test_the_latest_week_is_found_without_colours() -> None:
    picture = drawn(replace(DIGEST, weeks=tuple(replace(week, satisfied=0.75) for week in WEEKS))).convert(
        "L"
    )
    y = round(point(0.75))
    worth: list[Any] = [picture.getpixel((round(middle(number, 8)), y)) for number in range(8)]
    assert min(worth[:-1]) > 240
    assert worth[-1] < 100


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "digest", [HUGE, replace(DIGEST, weeks=()), replace(DIGEST, weeks=WEEKS[:1]), with_latest(0, 0, 0)]
)
def test_nothing_reaches_the_edges(digest: DigestShown, language: str) -> None:
    picture = drawn(digest, language)
    width, height = picture.size
    edges = [
        (0, 0, width, 24),
        (0, 0, 24, height),
        (width - 24, 0, width, height),
        (0, height - 20, width, height),
    ]
    assert [len(set(picture.crop(box).convert("L").tobytes())) for box in edges] == [1, 1, 1, 1]


def test_what_reaches_the_edge_is_noticed() -> None:
    picture = Picture(100, 50)
    picture.write("邻里", 90, 30, 20, (0, 0, 0))
    edge = Image.open(BytesIO(picture.png())).convert("L").crop((99, 0, 100, 50))
    assert len(set(edge.tobytes())) > 1


def test_numbers_of_weeks_side_by_side_do_not_touch() -> None:
    picture = drawn(HUGE).convert("L")
    rows = range(round(point(0)) + 60, picture.height - 60)
    for number in range(1, 7):
        x = round(middle(number, 8) - SLOT / 2)
        dark = [y for y in rows if sum(picture.getpixel((x + step, y)) < 150 for step in (-1, 0, 1))]  # type: ignore[operator]
        assert len(dark) <= 6, number


def test_a_long_name_becomes_smaller_and_then_is_cut() -> None:
    size, lines = block("东湖社区党建+邻里中心", size=46, least=28, width=920, most_lines=2)
    assert (size, lines) == (46, ["东湖社区党建+邻里中心"])
    size, lines = block(LONG_NAME, size=46, least=28, width=920, most_lines=2)
    assert 28 <= size < 46
    assert len(lines) == 2
    assert max(map(width_em, lines)) * size <= 920
    assert lines[1].endswith("…")
    assert LONG_NAME.startswith("".join(lines).removesuffix("…"))


def test_width_is_measured_with_the_font_that_draws() -> None:
    image = Image.new("L", (900, 80))
    ImageDraw.Draw(image).text((0, 60), "Week 周 100%", 255, face(50), anchor="ls")
    box = image.getbbox()
    assert box
    assert width_em("Week 周 100%") * 50 == pytest.approx(box[2], abs=5)
