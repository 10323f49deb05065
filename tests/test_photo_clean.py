"""What is kept of a photo: its pixels and nothing else, whatever was sent."""

import random
from collections.abc import Iterator
from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from messages.photo import MOST_BYTES, Photo, Problem, format_of
from messages.photo_clean import LONGEST, MOST_PASSES, MOST_PIXELS, PASS, cleaned
from tests.photos import ASCII, BLUE, RED, animated, bomb, heic, jpeg, png, scene, webp

FUZZED = 1_000
# JFIF, tables, frame, scan: what a JPEG cannot do without.
NEEDED = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}


def markers(content: bytes) -> Iterator[int]:
    """The segments of a JPEG up to its pixels."""
    assert content[:2] == b"\xff\xd8"
    at = 2
    while True:
        assert content[at] == 0xFF
        marker = content[at + 1]
        yield marker
        if marker == 0xDA:
            return
        at += 2 + int.from_bytes(content[at + 2 : at + 4])


def assert_clean(content: bytes) -> None:
    """Pixels alone, and nothing behind them."""
    assert set(markers(content)) <= NEEDED
    assert content.index(b"\xff\xd9") == len(content) - 2
    assert ASCII.encode() not in content


def near(colour: object, wanted: tuple[int, int, int]) -> bool:
    assert isinstance(colour, tuple)
    return all(abs(one - other) < 25 for one, other in zip(colour, wanted, strict=True))


def photo_of(content: bytes) -> Image.Image:
    photo = cleaned(content)
    assert isinstance(photo, Photo), photo
    image = Image.open(BytesIO(photo.content))
    assert (image.format, image.size) == ("JPEG", (photo.width, photo.height))
    return image


@pytest.mark.parametrize("sent", [jpeg(), png(), webp()], ids=["jpeg", "png", "webp"])
def test_places_names_profiles_texts_and_what_hangs_behind_are_gone(sent: bytes) -> None:
    assert ASCII.encode() in sent, "the control: it was there"
    photo = cleaned(sent)
    assert isinstance(photo, Photo)
    assert_clean(photo.content)
    image = photo_of(sent)
    assert not image.getexif()
    assert image.info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert near(image.getpixel((20, 100)), RED)
    assert near(image.getpixel((280, 100)), BLUE)


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [
        (1, (300, 200), (20, 100)),
        (2, (300, 200), (280, 100)),
        (3, (300, 200), (280, 100)),
        (4, (300, 200), (20, 100)),
        (5, (200, 300), (100, 20)),
        (6, (200, 300), (100, 20)),
        (7, (200, 300), (100, 280)),
        (8, (200, 300), (100, 280)),
    ],
)
def test_it_stands_upright_however_the_phone_was_held(
    orientation: int, size: tuple[int, int], red: tuple[int, int]
) -> None:
    image = photo_of(jpeg(orientation=orientation))
    assert image.size == size
    assert near(image.getpixel(red), RED)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_what_moves_the_first_picture_is_taken(kind: str) -> None:
    assert near(photo_of(animated(kind)).getpixel((40, 30)), RED)


def test_a_large_one_becomes_smaller_and_a_small_one_stays() -> None:
    assert photo_of(jpeg(scene(4000, 3000))).size == (LONGEST, 1200)
    assert photo_of(png(scene(100, 3000))).size == (53, LONGEST)
    assert photo_of(jpeg(scene(1, 1))).size == (1, 1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_sort_of_colours_is_taken(mode: str) -> None:
    image = scene().convert("L").convert(mode) if mode == "I;16" else scene().convert(mode)
    out = BytesIO()
    image.save(out, "PNG")
    assert_clean(cleaned(out.getvalue()).content)  # type: ignore[union-attr]


def test_what_can_be_seen_through_lies_on_white() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    out = BytesIO()
    image.save(out, "PNG")
    assert photo_of(out.getvalue()).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("sent", "problem"),
    [
        (heic(), Problem.HEIC),
        (b"", Problem.NO_PHOTO),
        (b"GIF89a" + bytes(100), Problem.NO_PHOTO),
        (b"<html>photo.jpg</html>", Problem.NO_PHOTO),
        (b"%PDF-1.7", Problem.NO_PHOTO),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Problem.NO_PHOTO),
        (jpeg()[:1500], Problem.BROKEN),
        (png()[:300], Problem.BROKEN),
        (webp()[:60], Problem.BROKEN),
        (b"\xff\xd8\xff", Problem.BROKEN),
        (jpeg() + bytes(MOST_BYTES), Problem.TOO_BIG),
        (bomb(8001, 5000), Problem.TOO_MANY_PIXELS),
        (bomb(200_000, 200_000), Problem.TOO_MANY_PIXELS),
        (jpeg() + PASS * MOST_PASSES, Problem.BROKEN),
    ],
)
def test_what_is_not_taken_says_why(sent: bytes, problem: Problem) -> None:
    assert cleaned(sent) is problem


def test_what_it_is_is_told_by_its_content_alone() -> None:
    assert [format_of(each) for each in (jpeg(), png(), webp())] == ["JPEG", "PNG", "WEBP"]
    assert MOST_PIXELS == 8000 * 5000


@pytest.mark.parametrize("behind", [b"<html><script>alert(1)</script>", None])
def test_of_a_file_that_is_two_things_the_picture_alone_is_left(behind: bytes | None) -> None:
    if behind is None:
        archive = BytesIO()
        with ZipFile(archive, "w") as zipped:
            zipped.writestr(ASCII, ASCII)
        behind = archive.getvalue()
    photo = cleaned(jpeg() + behind)
    assert isinstance(photo, Photo)
    assert_clean(photo.content)


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_thousands_of_damaged_files_give_a_clean_photo_or_a_reason(kind: str) -> None:
    small = scene(48, 32)
    whole = {"jpeg": jpeg(small), "png": png(small), "webp": webp(small)}[kind]
    chance, outcomes = random.Random(7), set()
    for _ in range(FUZZED):
        photo = cleaned(damaged(whole, chance))
        outcomes.add(type(photo))
        if isinstance(photo, Photo):
            assert_clean(photo.content)
    assert outcomes == {Photo, Problem}


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut, doubled or swapped behind the first ones."""
    sent = bytearray(whole)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(12, len(sent))
        match chance.randrange(4):
            case 0:
                sent[at] = chance.randrange(256)
            case 1:
                del sent[at : at + chance.randint(1, 40)]
            case 2:
                sent[at:at] = sent[at : at + chance.randint(1, 40)]
            case _:
                sent[at : at + 4] = chance.randbytes(4)
        if len(sent) < 20:
            break
    return bytes(sent)
