"""Requests that no client would make: any bytes in the query and the headers, handed in as a server does."""

from collections.abc import Iterable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    content: bytes


async def asked(
    app: ASGIApp,
    method: str,
    path: str,
    *,
    query: bytes = b"",
    headers: Headers = (),
    body: bytes = b"",
    piece: int = 4096,
) -> Answer:
    """What `app` answers; the body comes in pieces of so many bytes. Raises whatever the application lets
    out: a server would answer 500 to that, and print it."""
    pieces = [body[at : at + piece] for at in range(0, len(body), piece)] or [b""]
    coming = iter([(each, n < len(pieces)) for n, each in enumerate(pieces, 1)])
    status, content = 0, bytearray()

    async def receive() -> Message:
        part, more = next(coming, (None, False))
        if part is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": part, "more_body": more}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            content.extend(message.get("body", b""))

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": ("203.0.113.7", 40_000),
        "server": ("linli.example", 80),
    }
    await app(scope, receive, send)
    return Answer(status, bytes(content))
