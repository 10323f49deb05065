"""What is scanned at the door: a booking, or the code by which a child is fetched.

Whoever is not signed in sees a page that says nothing, whatever the code is, and may sign in and come back.
"""

from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.web.desk.gate import HOME, SCANNED, Gate, NotSignedIn, Staff, page
from bot.web.desk.rooms import Rooms
from bot.web.rates import Rate, Seconds
from bot.web.visitors import look_of
from handlers.door_codes import ARRIVE, FETCH
from messages.page import Pages
from messages.qr import arrival_qr, pickup_qr

# More than a line of families brings, and far too few for guessing.
SCANS_PER_MINUTE = 30
WHERE = f"{HOME}/{{what}}/{{code}}"


class Doorway:
    """A wrong code, one of another centre and one of another day each have an answer of their own."""

    def __init__(self, gate: Gate, rooms: Rooms, pages: Pages, seconds: Seconds) -> None:
        self._gate, self._rooms, self._pages = gate, rooms, pages
        self._rate = Rate(SCANS_PER_MINUTE, seconds)

    async def scanned(self, request: Request) -> Response:
        """A code, opened."""
        what, code = _scanned(request)
        try:
            staff = await self._gate.staff(request)
        except NotSignedIn:
            return self._shown(request, what, code)
        if wait := self._rate.wait_for(staff.signed.post.id):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": str(wait)})
        return self._fetch(staff, code) if what == FETCH else await self._arrive(request, staff, code)

    async def _arrive(self, request: Request, staff: Staff, code: str) -> Response:
        centre_id, found = await self._gate.desk.scanned(staff.signed, code)
        own = centre_id or staff.signed.post.centre_id
        if own is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        back = f"roster?session={found.session.id}" if found.session else "today"
        visit, place = self._gate.visit(request, staff), self._rooms.place(staff, own, "")
        html = self._gate.pages.room(visit, place, ARRIVE, found, back=back)
        return page(html, HTTPStatus.OK if found.session else HTTPStatus.NOT_FOUND)

    def _fetch(self, staff: Staff, code: str) -> Response:
        """The code stands in the form of their own centre, and is tried by a button alone."""
        own = staff.signed.post.centre_id
        if own is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return RedirectResponse(f"{HOME}/centre/{own}/{FETCH}?code={quote(code)}", HTTPStatus.SEE_OTHER)

    def _shown(self, request: Request, what: str, code: str) -> Response:
        door = self._gate.door
        door.take_one(request, f"scan {code}")  # many families share the address of a centre
        session = door.begun(request)
        html = self._pages.at_door(
            door.visit(request, session), what, f"{what}/{code}", code if what == FETCH else None
        )
        return door.page(request, session, html)

    async def drawn(self, request: Request) -> Response:
        """The picture of a code's own address."""
        what, code = _scanned(request)
        door, language = self._gate.door, look_of(request).language
        door.take_one(request, f"scan {code}")  # many families share the address of a centre
        address = door.address_of(request, f"{HOME}/{quote(f'{what}/{code}')}")
        drawing = pickup_qr(address, code, language) if what == FETCH else arrival_qr(address, language)
        return Response(drawing, media_type="image/svg+xml")


def _scanned(request: Request) -> tuple[str, str]:
    """What a code is for, and the code; 404 for what can be none."""
    found = SCANNED.fullmatch("{what}/{code}".format(**request.path_params))
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found[1], found[2]
