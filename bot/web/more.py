"""What stands behind "more": keep a conversation, go on with one, another device, many users, leave.

Plain pages and forms, so that all of it works without a script.
"""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import CHANNEL
from bot.web.bodies import read_form
from bot.web.codes import Codes
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.feeds import Feeds
from bot.web.pages import TO_THE_END, TO_THE_PAGE, has_begun
from bot.web.session import COOKIE, Session
from handlers.devices import device_code
from handlers.keeping import Taken
from messages.calendar import SHANGHAI
from messages.page import Pages


class MorePages:
    def __init__(self, linli: Conversation, door: Door, pages: Pages, codes: Codes, feeds: Feeds) -> None:
        self._linli = linli
        self._door = door
        self._pages = pages
        self._codes = codes
        self._feeds = feeds

    async def show(self, request: Request) -> Response:
        session = self._door.begun(request)
        feed = await self._feed(request, session)
        page = self._pages.more(self._door.visit(request, session), feed)
        return self._door.page(request, session, page)

    async def _feed(self, request: Request, session: Session) -> str | None:
        """The address of the resident's calendar; not on a device that many use, where others read it too."""
        if session.is_new or session.until:
            return None
        feed_id = await self._linli.calendar_family(CHANNEL, session.address)
        path = f"/feed/{self._feeds.token(feed_id)}.ics" if feed_id else None
        return self._door.address_of(request, path) if path else None

    async def keep(self, request: Request) -> Response:
        """A new recovery code, shown this once; the one before is void."""
        session, _ = await self._door.form(request)
        self._door.take_turn(request, session)
        code, code_hash = self._codes.new()
        until = await self._linli.keep(CHANNEL, session.address, code_hash)
        visit = self._door.visit(request, session)
        page = self._pages.kept(visit, code, until.astimezone(SHANGHAI)) if until else self._pages.kept(visit)
        return self._door.page(request, session, page)

    async def ask_code(self, request: Request) -> Response:
        return await self._asked(request, self._door.begun(request))

    async def take_code(self, request: Request) -> Response:
        """Go on with the conversation of a code; a wrong one is told kindly and asked for again."""
        session, fields = await self._door.form(request)
        self._door.take_try(request, session)
        code_hash = self._codes.hash_of(fields.get("code", ""))
        if code_hash is None:
            return await self._asked(request, session, problem="no_code")
        if await self._linli.take_over(CHANNEL, session.address, code_hash) is Taken.UNKNOWN:
            return await self._asked(request, session, problem="wrong_code")
        return RedirectResponse(TO_THE_END, HTTPStatus.SEE_OTHER)

    async def device(self, request: Request) -> Response:
        """The device's own code. It is noted, so that staff can name a device that never talked."""
        session = self._door.session(request)
        if session is None:  # without a cookie that comes back there is nothing to name
            return RedirectResponse(TO_THE_PAGE, HTTPStatus.SEE_OTHER)
        self._door.take_turn(request, session)
        await self._linli.note_device(CHANNEL, session.address)
        page = self._pages.device(self._door.visit(request, session), device_code(session.address))
        return self._door.page(request, session, page)

    async def set_public(self, request: Request) -> Response:
        """Say that many use this device, or that it is the resident's own."""
        session, fields = await self._door.form(request)
        public = fields.get("public")
        if public not in ("0", "1"):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "public")
        response = RedirectResponse(TO_THE_PAGE, HTTPStatus.SEE_OTHER)
        self._door.set_public(request, response, public=public == "1")
        kept = self._door.as_public(session) if public == "1" else self._door.as_own(session)
        self._door.keep_session(request, response, kept)
        return response

    async def ask_leave(self, request: Request) -> Response:
        session = self._door.begun(request)
        has_thread = await has_begun(self._linli, session)
        page = self._pages.leave(self._door.visit(request, session), has_thread=has_thread)
        return self._door.page(request, session, page)

    async def leave(self, request: Request) -> Response:
        """Forget the session. One whose time has passed is forgotten without further questions."""
        fields = await read_form(request)
        if self._door.session(request) is not None:
            self._door.from_our_page(request, fields.get("csrf"))
        response = RedirectResponse(TO_THE_PAGE, HTTPStatus.SEE_OTHER)
        if COOKIE in request.cookies:  # other sites can send this form, but not with the cookie
            self._door.forget_session(request, response)
        return response

    async def _asked(self, request: Request, session: Session, *, problem: str | None = None) -> Response:
        has_thread = await has_begun(self._linli, session)
        page = self._pages.code(self._door.visit(request, session), has_thread=has_thread, problem=problem)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
        return self._door.page(request, session, page, status)
