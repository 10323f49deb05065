"""What a photo is to everybody but its maker: a clean JPEG with its size, or why there is none."""

from dataclasses import dataclass, field
from enum import StrEnum

MOST_BYTES = 5 * 1024 * 1024
"""The largest file that is taken."""

HEIF_BRANDS = frozenset((b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"))


@dataclass(frozen=True, slots=True)
class Photo:
    """A JPEG made of pixels alone: nothing of the file that was sent is in it. Sizes in pixels."""

    content: bytes = field(repr=False)
    width: int
    height: int


class Problem(StrEnum):
    """Why a file was not taken: too many bytes, an iPhone's own format, no photo at all, broken or cut off,
    or more pixels than are decoded."""

    TOO_BIG = "too_big"
    HEIC = "heic"
    NO_PHOTO = "no_photo"
    BROKEN = "broken"
    TOO_MANY_PIXELS = "too_many_pixels"


def format_of(content: bytes) -> str | Problem:
    """'JPEG', 'PNG' or 'WEBP' by the first bytes: names and headers say what they like."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    is_heic = content[4:8] == b"ftyp" and content[8:12] in HEIF_BRANDS
    return Problem.HEIC if is_heic else Problem.NO_PHOTO
