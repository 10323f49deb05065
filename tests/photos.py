"""Files that people send as photos, with everything in them that must not be kept; made by the tests."""

import struct
import zlib
from io import BytesIO

from PIL import ExifTags, Image, PngImagePlugin

from messages.photo import Photo
from messages.photo_clean import cleaned

SECRET = "林金鹂 Zanahoria Quetzal"
ASCII = "Zanahoria"
RED, BLUE = (200, 30, 30), (30, 30, 200)
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><creator>{SECRET}</creator></x:xmpmeta>'.encode()


def scene(width: int = 300, height: int = 200) -> Image.Image:
    """Red on the left half, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def exif(orientation: int | None = None) -> Image.Exif:
    """Where it was taken, by whom and with what."""
    notes = Image.Exif()
    notes[ExifTags.Base.Artist] = ASCII
    notes[ExifTags.Base.Model] = ASCII
    if orientation:
        notes[ExifTags.Base.Orientation] = orientation
    notes.get_ifd(ExifTags.IFD.GPSInfo).update(
        {
            ExifTags.GPS.GPSLatitudeRef: "N",
            ExifTags.GPS.GPSLatitude: (24.0, 54.0, 25.0),
            ExifTags.GPS.GPSAreaInformation: ASCII.encode(),
        }
    )
    return notes


def jpeg(image: Image.Image | None = None, *, orientation: int | None = None) -> bytes:
    """As a phone makes it, with notes of every sort, and something behind its end."""
    out = BytesIO()
    (image or scene()).save(
        out, "JPEG", exif=exif(orientation), xmp=XMP, icc_profile=b"icc " + ASCII.encode(), comment=ASCII
    )
    return out.getvalue() + b"\n<script>" + ASCII.encode() + b"</script>PK\x03\x04"


def png(image: Image.Image | None = None) -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", ASCII)
    texts.add_itxt("XML:com.adobe.xmp", XMP.decode())
    texts.add_text("Zipped", ASCII, zip=True)
    out = BytesIO()
    (image or scene()).save(out, "PNG", pnginfo=texts, exif=exif(), icc_profile=b"icc " + ASCII.encode())
    return out.getvalue() + ASCII.encode()


def webp(image: Image.Image | None = None) -> bytes:
    out = BytesIO()
    (image or scene()).save(out, "WEBP", exif=exif(), xmp=XMP, icc_profile=b"icc " + ASCII.encode())
    return out.getvalue()


def heic() -> bytes:
    """The beginning of an iPhone's own photo."""
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(500)


def animated(kind: str) -> bytes:
    """Red first, then blue."""
    first, second = (Image.new("RGB", (80, 60), colour) for colour in (RED, BLUE))
    out = BytesIO()
    first.save(out, kind, save_all=True, append_images=[second], duration=100)
    return out.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG that says it is so large, and holds next to nothing."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    line = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", line) + chunk(b"IEND", b"")


def clean_photo(image: Image.Image | None = None) -> Photo:
    """What is kept of such a file."""
    photo = cleaned(jpeg(image))
    assert isinstance(photo, Photo)
    return photo
