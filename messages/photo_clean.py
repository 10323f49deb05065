"""Makes a clean JPEG of whatever was sent: decoded under a cap, upright, smaller, painted anew.

What is saved is a fresh picture onto which the pixels were painted, so that places, names of cameras, colour
profiles, texts and whatever hung behind the picture stay where they came from.
"""

import warnings
from io import BytesIO

from PIL import ExifTags, Image

from messages.photo import MOST_BYTES, Photo, Problem, format_of

MOST_PIXELS = 40_000_000
LONGEST = 1_600
QUALITY = 82
PAPER = (255, 255, 255)
# A camera tells a JPEG in ten passes at most; thousands over large pixels busy a decoder for minutes.
PASS, MOST_PASSES = b"\xff\xda", 100

# Pillow's own guard, which looks at every header that it reads, at the same cap and as an error.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.filterwarnings("error", category=Image.DecompressionBombWarning)
_BOMBS = (Image.DecompressionBombWarning, Image.DecompressionBombError)

# What turns a picture upright, by the orientation in its EXIF.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def cleaned(content: bytes) -> Photo | Problem:
    """A photo of at most LONGEST pixels a side, or why there is none. Takes up to some seconds."""
    if len(content) > MOST_BYTES:
        return Problem.TOO_BIG
    kind = format_of(content)
    if isinstance(kind, Problem):
        return kind
    if kind == "JPEG" and content.count(PASS) > MOST_PASSES:
        return Problem.BROKEN
    try:
        return _painted_anew(content, kind)
    except _BOMBS:
        return Problem.TOO_MANY_PIXELS
    except Exception:  # a decoder raises all sorts of things for what is broken
        return Problem.BROKEN


def _painted_anew(content: bytes, kind: str) -> Photo | Problem:
    with Image.open(BytesIO(content), formats=(kind,)) as sent:  # of an animated one the first picture
        if sent.width * sent.height > MOST_PIXELS:
            return Problem.TOO_MANY_PIXELS
        sent.draft("RGB", (LONGEST, LONGEST))  # a JPEG is made smaller while it is decoded
        sent.load()
        seen = sent if sent.mode in ("RGB", "L") else _flat(sent)
        seen.thumbnail((LONGEST, LONGEST))
        turn = _TURNS.get(_orientation(sent))
        upright = seen.transpose(turn) if turn is not None else seen
    photo = Image.new("RGB", upright.size, PAPER)
    photo.paste(upright)
    out = BytesIO()
    photo.save(out, "JPEG", quality=QUALITY)
    return Photo(out.getvalue(), *photo.size)


def _flat(sent: Image.Image) -> Image.Image:
    """The same in plain colours; what can be seen through lies on white."""
    if not sent.has_transparency_data:
        return sent.convert("RGB")
    layer = sent.convert("RGBA")
    paper = Image.new("RGB", layer.size, PAPER)
    paper.paste(layer, mask=layer)
    return paper


def _orientation(sent: Image.Image) -> int:
    """How the camera was held, 0 where it is not known; notes that cannot be read say nothing."""
    try:
        noted = sent.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # the pixels are well all the same
        return 0
    return noted if isinstance(noted, int) else 0
