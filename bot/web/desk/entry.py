"""Signing in and out, and where one is signed in."""

import secrets
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import CHANNEL
from bot.web.desk.gate import HOME, Gate, browser_of, page
from bot.web.session import Session
from bot.web.visitors import look_of
from handlers.message import Message
from messages.words import words


class Entry:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def ask(self, request: Request) -> Response:
        """Asks for the code, which the link of the chat has brought along. Whatever only looks at a link, as
        chats do, uses no code up: a button does."""
        session = self._gate.door.begun(request)
        response = self._asked(request, session, request.path_params.get("code", ""))
        self._gate.keep_way(request, response)
        return response

    async def take(self, request: Request) -> Response:
        door = self._gate.door
        session, fields = await door.form(request)
        door.take_try(request, session)
        if session.until is not None:  # many use this device
            return self._asked(request, session, problem="public")
        code = fields.get("code", "")[:100]
        said = self._said(request, session, code)
        token = await self._gate.desk.enter(code, browser_of(request), said)
        if token is None:
            return self._asked(request, session, problem="wrong")
        response = self._gate.let_in(request, token)
        door.keep_session(request, response, session)
        return response

    def _said(self, request: Request, session: Session, code: str) -> Message:
        """The code of an invitation, as it is said in the chat."""
        language = look_of(request).language
        said = str(words(language, "desk")["invitation"]).format(code=code)
        return Message(CHANNEL, session.address, secrets.token_hex(8), said, language=language)

    def _asked(
        self, request: Request, session: Session, code: str = "", *, problem: str | None = None
    ) -> Response:
        visit = self._gate.door.visit(request, session)
        html = self._gate.pages.entry(visit, code, problem)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
        return self._gate.door.page(request, session, html, status)

    async def sign_ins(self, request: Request) -> Response:
        staff = await self._gate.staff(request)
        listed = await self._gate.desk.sign_ins(staff.signed)
        visit = self._gate.visit(request, staff)
        return page(self._gate.pages.sign_ins(visit, listed, staff.signed.id))

    async def leave(self, request: Request) -> Response:
        """Here, at another browser, or everywhere."""
        staff, fields = await self._gate.form(request)
        which = fields.get("which", "")
        match which:
            case "here":
                await self._gate.desk.leave(staff.signed, staff.signed.id)
            case "everywhere":
                await self._gate.desk.leave_everywhere(staff.signed)
            case _:
                if not await self._gate.desk.leave(staff.signed, which):
                    raise HTTPException(HTTPStatus.NOT_FOUND)
                if which != staff.signed.id:
                    return RedirectResponse(f"{HOME}/sign-ins", HTTPStatus.SEE_OTHER)
        return self._gate.let_out(request)
