"""What a resident takes along of what is booked: calendar files, the feed, and the check-in code."""

from hashlib import sha256
from http import HTTPStatus
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import CHANNEL
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.feeds import Feeds
from bot.web.notes import Notes
from bot.web.session import Session
from bot.web.visitors import look_of
from messages.ics import MEDIA_TYPE
from messages.page import Pages
from messages.qr import check_in_qr
from messages.views_booking import Held

# Not as an attachment: a phone then offers to put it into its calendar instead of keeping a file.
NAMED = {"content-disposition": 'inline; filename="linli.ics"'}
# A calendar keeps it for itself and asks each time whether it is still right.
ASKED_AGAIN = "private, no-cache"
NO_BOOKING, NO_FEED = "no_such_booking", "no_such_feed"


class CalendarFiles:
    def __init__(self, linli: Conversation, door: Door, pages: Pages, notes: Notes, feeds: Feeds) -> None:
        self._linli = linli
        self._door = door
        self._pages = pages
        self._notes = notes
        self._feeds = feeds

    async def file(self, request: Request) -> Response:
        """Bookings of this resident by their codes, to be added to a calendar or changed in it."""
        session = self._door.session(request)
        if session is None:
            return self._notes.missing(request, NO_BOOKING)
        self._door.take_turn(request, session)
        codes = request.path_params["codes"].split("-")
        found = await self._linli.calendar_file(CHANNEL, session.address, codes)
        if found is None:
            return self._notes.missing(request, NO_BOOKING)
        response = Response(found, media_type=MEDIA_TYPE, headers=NAMED)
        self._door.keep_session(request, response, session)
        return response

    async def feed(self, request: Request) -> Response:
        """What a family's calendar subscribes to; 304 when it has that already."""
        feed_id = self._feeds.family_of(request.path_params["token"])
        if feed_id is None:
            return self._notes.missing(request, NO_FEED)
        self._door.take_one(request, feed_id)
        found = await self._linli.calendar_feed(feed_id)
        if found is None:
            return self._notes.missing(request, NO_FEED)
        tag = f'"{sha256(found).hexdigest()[:32]}"'
        headers = {"etag": tag, "cache-control": ASKED_AGAIN}
        if _has(request, tag):
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(found, media_type=MEDIA_TYPE, headers=headers | NAMED)

    async def code(self, request: Request) -> Response:
        """The page that is held out at the door."""
        session, place = await self._place(request)
        if session is None or place is None:
            return self._notes.missing(request, NO_BOOKING)
        held, _ = place
        page = self._pages.check_in(self._door.visit(request, session), held)
        return self._door.page(request, session, page)

    async def code_drawn(self, request: Request) -> Response:
        """The picture on it, which leads whoever of the staff scans it to their desk."""
        session, place = await self._place(request)
        if session is None or place is None:
            return self._notes.missing(request, NO_BOOKING)
        held, path = place
        drawing = check_in_qr(
            self._door.address_of(request, quote(path)), held.code, look_of(request).language
        )
        return Response(drawing, media_type="image/svg+xml")

    async def _place(self, request: Request) -> tuple[Session | None, tuple[Held, str] | None]:
        session = self._door.session(request)
        if session is None:
            return None, None
        self._door.take_turn(request, session)
        return session, await self._linli.place(CHANNEL, session.address, request.path_params["code"])


def _has(request: Request, tag: str) -> bool:
    """Whether the client has this version. Tags are compared weakly, as RFC 9110 (13.1.2) wants it."""
    given = (each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(","))
    return any(each in (tag, "*") for each in given)
