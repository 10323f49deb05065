"""The chat page for browsers, and the plain forms that work without its script."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import CHANNEL, PayloadError, message_from_form
from bot.linli import Line
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.notes import Notes
from bot.web.session import DAY_S, Session
from bot.web.visitors import LANGUAGE_COOKIE, SIZE_COOKIE, look_of
from handlers.message import Message
from handlers.starts import payload_of_door
from messages.calendar import SHANGHAI
from messages.page import SIZES, Pages, Step
from messages.qr import page_qr
from messages.words import LANGUAGES

LOOK_AGE_S = 365 * DAY_S
STEPS_SHOWN = 50
TO_THE_PAGE, TO_THE_END = "/", "/#last"


class ChatPage:
    def __init__(self, linli: Conversation, door: Door, pages: Pages, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._pages = pages
        self._notes = notes

    async def show(self, request: Request) -> Response:
        """The conversation so far, and what `?start=` asks. A browser without a session gets one; nothing is
        stored for it."""
        session = self._door.begun(request)
        lines: Sequence[Line] = []
        if not session.is_new:
            lines = await self._linli.lines(CHANNEL, session.address, after=0, limit=STEPS_SHOWN)
        visit = self._door.visit(request, session)
        start = request.query_params.get("start")
        page = self._pages.chat(
            visit,
            steps=[_step(line) for line in lines],
            communities=self._linli.communities() if lines else (),
            opening=self._linli.opening(start, visit.look.language) if start else None,
        )
        return self._door.page(request, session, page)

    async def at_the_door(self, request: Request) -> Response:
        """The address behind a centre's code at its door: the chat asks how it was there."""
        start = quote(payload_of_door(request.path_params["centre"]))
        return RedirectResponse(f"{TO_THE_PAGE}?start={start}#last", HTTPStatus.SEE_OTHER)

    async def door_drawn(self, request: Request) -> Response:
        """The code itself, to be printed; nothing of it is secret."""
        centre, language = request.path_params["centre"], look_of(request).language
        self._door.take_one(request, f"door {self._door.origin(request)}")
        if self._linli.opening(payload_of_door(centre), language) is None:
            return self._notes.missing(request, "no_such_door")
        drawing = page_qr(self._door.address_of(request, f"/door/{quote(centre)}"), language)
        return Response(drawing, media_type="image/svg+xml")

    async def places(self, request: Request) -> Response:
        """Choose a community: a browser that cannot tell where it is asks in two steps."""
        session = self._door.begun(request)
        page = self._pages.places(
            self._door.visit(request, session), self._linli.communities(), request.query_params.get("in")
        )
        return self._door.page(request, session, page)

    async def say(self, request: Request) -> Response:
        """A message from a plain form; the answer is found on the page it leads back to."""
        session, fields = await self._door.form(request)
        origin = self._door.origin(request)
        message = _message(fields, session, look_of(request).language, origin)
        if message is not None:
            self._door.take_turn(request, session)
            reply = await self._linli.hear(message)
            if not reply.number:
                return self._notes.not_done(request, reply.rendered.text)
        return RedirectResponse(TO_THE_END, HTTPStatus.SEE_OTHER)

    async def look(self, request: Request) -> Response:
        """Choose language or type size; kept in a cookie for a year.

        Where a conversation has begun, its answers change to the language as well: that is a turn.
        """
        session, fields = await self._door.form(request)
        response = RedirectResponse(TO_THE_PAGE, HTTPStatus.SEE_OTHER)
        match fields:
            case {"language": str(language)} if language in LANGUAGES:
                if await has_begun(self._linli, session):
                    said = _message(
                        {"id": fields.get("id", ""), "say": f"/language {language}"},
                        session,
                        language,
                    )
                    self._door.take_turn(request, session)
                    if said is not None and (reply := await self._linli.hear(said)).number == 0:
                        return self._notes.not_done(request, reply.rendered.text)
                    response = RedirectResponse(TO_THE_END, HTTPStatus.SEE_OTHER)
                self._door.remember(request, response, LANGUAGE_COOKIE, language, LOOK_AGE_S)
            case {"size": str(size)} if size in SIZES:
                self._door.remember(request, response, SIZE_COOKIE, size, LOOK_AGE_S)
            case _:
                raise HTTPException(HTTPStatus.BAD_REQUEST, "look")
        return response


async def has_begun(linli: Conversation, session: Session) -> bool:
    """Whether anything was said in this session."""
    return not session.is_new and bool(await linli.lines(CHANNEL, session.address, after=0, limit=1))


def _message(
    fields: dict[str, str], session: Session, language: str, origin: str | None = None
) -> Message | None:
    is_public = session.until is not None
    try:
        return message_from_form(fields, session.address, language, origin=origin, is_public=is_public)
    except PayloadError as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, error.part) from None


def _step(line: Line) -> Step:
    at = line.at.astimezone(SHANGHAI)
    return Step(line.number, line.message_id, line.said, at, line.rendered)
