"""Reads what a browser sent, up to a limit."""

from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.channels.web import BODY_BYTES

_MOST_FIELDS = 20


async def read_body(request: Request) -> bytes:
    """The body, read no further than BODY_BYTES: what is longer is answered 413."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_BYTES:
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


async def read_json_body(request: Request) -> bytes:
    """The body of a script's request, which must call itself JSON."""
    if _kind(request) != "application/json":
        raise HTTPException(415)
    return await read_body(request)


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
