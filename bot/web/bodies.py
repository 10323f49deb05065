"""Reads what a browser sent, up to a limit."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from bot.channels.web import BODY_BYTES
from messages.photo import MOST_BYTES

# A photo, and the form around it.
UPLOAD_BYTES = MOST_BYTES + BODY_BYTES
# As much as nginx lets through. Who still sends when the connection is closed is cut off and reads no answer,
# so what is too large for a photo is taken to its end, and thrown away.
TAKEN_BYTES = 32 * 1024 * 1024
_MOST_FIELDS = 20


async def read_body(request: Request, most: int = BODY_BYTES) -> bytes:
    """The body, read no further than `most` bytes: what is longer is answered 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    return bytes(body)


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a plain form; a name that comes twice keeps its last value."""
    if _kind(request) != "application/x-www-form-urlencoded":
        raise HTTPException(415)
    body = await read_body(request)
    try:
        pairs = parse_qsl(
            body.decode("ascii"), keep_blank_values=True, errors="replace", max_num_fields=_MOST_FIELDS
        )
    except ValueError:
        raise HTTPException(400) from None
    return dict(pairs)


class TooBig(Exception):
    """An upload was read no further."""


class _InMemory(MultiPartParser):
    """Keeps what is sent off the disk: it is never more than TAKEN_BYTES."""

    spool_max_size = TAKEN_BYTES + 1


@dataclass(frozen=True, slots=True)
class File:
    """What was sent, under the name it has where it comes from; nothing where nothing was sent."""

    name: str = ""
    content: bytes = b""


async def read_upload(request: Request, name: str) -> tuple[dict[str, str], bytes]:
    """The fields of a form and the photo in the field `name`, empty when there is none; see `read_file`."""
    fields, file = await read_file(request, name, UPLOAD_BYTES)
    return fields, file.content


async def read_file(request: Request, name: str, most: int) -> tuple[dict[str, str], File]:
    """The fields of a form and the file in the field `name`. Raises TooBig for a form of more than `most`
    bytes, at once where it is more than TAKEN_BYTES; what calls itself no form is 415, what is not told apart
    400."""
    if _kind(request) != "multipart/form-data":
        raise HTTPException(415)
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced) > TAKEN_BYTES:
        raise TooBig
    parser = _InMemory(
        request.headers,
        _counted(request, most),
        max_files=1,
        max_fields=_MOST_FIELDS,
        max_part_size=BODY_BYTES,
    )
    try:
        form = await parser.parse()
    except (MultiPartException, UnicodeError):
        raise HTTPException(400) from None
    try:
        file = form.get(name)
        sent = File(file.filename or "", await file.read()) if isinstance(file, UploadFile) else File()
        return {key: value for key, value in form.items() if isinstance(value, str)}, sent
    finally:
        await form.close()


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > TAKEN_BYTES:
            raise TooBig
        if size <= most:
            yield chunk
    if size > most:
        raise TooBig


async def read_json_body(request: Request) -> bytes:
    """The body of a script's request, which must call itself JSON."""
    if _kind(request) != "application/json":
        raise HTTPException(415)
    return await read_body(request)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
