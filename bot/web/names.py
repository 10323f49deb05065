"""Lists with real names or phones, for staff at their own devices: made for each look, and kept nowhere."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import CHANNEL
from bot.logs import log
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.notes import Notes
from handlers.safe import KeyLost
from messages.page import Pages

NO_NAMES, LOST, NO_CALLS = "no_such_names", "names_lost", "no_such_calls"


class NamesPages:
    def __init__(self, linli: Conversation, door: Door, pages: Pages, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._pages = pages
        self._notes = notes

    async def show(self, request: Request) -> Response:
        """404 alike for residents, for staff of another centre, for no such session, and where many use the
        device."""
        session = self._door.session(request)
        if session is None or session.until:
            return self._notes.missing(request, NO_NAMES)
        self._door.take_turn(request, session)
        try:
            listed = await self._linli.names_list(CHANNEL, session.address, request.path_params["session"])
        except KeyLost as error:
            log("names").error("a list could not be shown", exc_info=error)
            return self._notes.missing(request, LOST)
        if listed is None:
            return self._notes.missing(request, NO_NAMES)
        page = self._pages.names(self._door.visit(request, session), listed)
        return self._door.page(request, session, page)

    async def calls(self, request: Request) -> Response:
        """Whom a centre has to call; 404 alike for all who may not know."""
        session = self._door.session(request)
        if session is None or session.until:
            return self._notes.missing(request, NO_CALLS)
        self._door.take_turn(request, session)
        listed = await self._linli.call_sheet(CHANNEL, session.address, request.path_params["centre"])
        if listed is None:
            return self._notes.missing(request, NO_CALLS)
        page = self._pages.calls(self._door.visit(request, session), listed)
        return self._door.page(request, session, page)
