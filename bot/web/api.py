"""What the page's script talks to: one address to say something, one to listen."""

import asyncio
import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.channels.web import PayloadError, message_from_json, reply_payload
from bot.linli import Reply
from bot.web.bodies import read_json_body
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.stream import events
from bot.web.visitors import look_of

_NUMBER = re.compile(r"[0-9]{1,15}")
# nginx would keep a stream back until its buffer is full.
STREAM_HEADERS = {"x-accel-buffering": "no"}
SOON_S = 2


def not_done(reply: Reply) -> Response:
    """Nothing was committed: the words to show, and that the same may be sent again."""
    words = {"error": "not_done", "text": reply.rendered.text}
    return JSONResponse(words, HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": str(SOON_S)})


class Api:
    def __init__(
        self, linli: Conversation, door: Door, closing: asyncio.Event, *, heartbeat_s: float
    ) -> None:
        self._linli = linli
        self._door = door
        self._closing = closing
        self._heartbeat_s = heartbeat_s

    async def say(self, request: Request) -> Response:
        """Answer one message. 503 with the words to show when nothing was committed: send it again."""
        session = self._door.from_our_page(request, request.headers.get("x-csrf"))
        self._door.take_turn(request, session)
        body = await read_json_body(request)
        try:
            message = message_from_json(
                body,
                session.address,
                look_of(request).language,
                origin=self._door.origin(request),
                is_public=session.until is not None,
            )
        except PayloadError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, error.part) from None
        reply = await self._linli.hear(message)
        if not reply.number:
            return not_done(reply)
        response = JSONResponse(reply_payload(reply))
        self._door.keep_session(request, response, session)
        return response

    async def stay(self, request: Request) -> Response:
        """Somebody is still there: the time of a session on a device that many use begins anew."""
        session = self._door.from_our_page(request, request.headers.get("x-csrf"))
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        self._door.keep_session(request, response, session)
        return response

    async def stream(self, request: Request) -> Response:
        """Everything after Last-Event-ID, or `?after=` at the first time, and whatever comes."""
        session = self._door.known(request)
        after = request.headers.get("last-event-id") or request.query_params.get("after") or "0"
        if not _NUMBER.fullmatch(after):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "after")
        steps = events(
            self._linli,
            session.address,
            after=int(after),
            heartbeat_s=self._heartbeat_s,
            closing=self._closing,
            ends_in_s=self._door.seconds_left(session),
        )
        return StreamingResponse(steps, media_type="text/event-stream", headers=STREAM_HEADERS)
