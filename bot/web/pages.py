"""The chat page for browsers, and the plain forms that work without its script."""

import secrets
from collections.abc import Sequence
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web import CHANNEL, PayloadError, message_from_form
from bot.clock import SHANGHAI
from bot.linli import Line
from bot.web.bodies import read_form
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.notes import Notes
from bot.web.session import DAY_S
from bot.web.visitors import ELDER_COOKIE, LANGUAGE_COOKIE, look_of
from messages.page import Pages, Step
from messages.words import LANGUAGES

LOOK_AGE_S = 365 * DAY_S
STEPS_SHOWN = 50


class ChatPage:
    def __init__(self, linli: Conversation, door: Door, pages: Pages, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._pages = pages
        self._notes = notes

    async def show(self, request: Request) -> Response:
        """The conversation so far. A browser without a session gets one; nothing is stored for it."""
        session = self._door.session(request) or self._door.sessions.new()
        lines: Sequence[Line] = []
        if not session.is_new:
            lines = await self._linli.lines(CHANNEL, session.address, after=0, limit=STEPS_SHOWN)
        page = self._pages.chat(
            look_of(request),
            steps=[_step(line) for line in lines],
            csrf=session.csrf,
            form_id=secrets.token_hex(8),
        )
        response = HTMLResponse(page)
        self._door.keep_session(request, response, session)
        return response

    async def say(self, request: Request) -> Response:
        """A message from a plain form; the answer is found on the page it leads back to."""
        fields = await read_form(request)
        session = self._door.from_our_page(request, fields.get("csrf"))
        try:
            message = message_from_form(fields, session.address)
        except PayloadError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, error.part) from None
        if message is not None:
            self._door.take_turn(request, session)
            reply = await self._linli.hear(message)
            if not reply.number:
                return self._notes.not_done(request, reply.rendered.text)
        return RedirectResponse("/#last", HTTPStatus.SEE_OTHER)

    async def look(self, request: Request) -> Response:
        """Choose language or type size; kept in a cookie for a year."""
        fields = await read_form(request)
        self._door.from_our_page(request, fields.get("csrf"))
        response = RedirectResponse("/", HTTPStatus.SEE_OTHER)
        match fields:
            case {"language": str(language)} if language in LANGUAGES:
                self._door.remember(request, response, LANGUAGE_COOKIE, language, LOOK_AGE_S)
            case {"elder": "0" | "1" as elder}:
                self._door.remember(request, response, ELDER_COOKIE, elder, LOOK_AGE_S)
            case _:
                raise HTTPException(HTTPStatus.BAD_REQUEST, "look")
        return response


def _step(line: Line) -> Step:
    at = line.at.astimezone(SHANGHAI)
    return Step(line.number, line.message_id, line.said, at, line.rendered)
