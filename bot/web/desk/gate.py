"""Who may come in to the desk: signed in, from our own form, not too often."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.addresses import is_signature, signature
from bot.desk import Desk
from bot.web.bodies import read_form
from bot.web.door import Door
from bot.web.headers import UNLISTED
from bot.web.rates import Rate, Seconds
from bot.web.visitors import DESK, DESK_COOKIE, look_of
from handlers.sign_in import CODE_GOOD, SIGNED_IN
from messages.desk_page import DeskPages, DeskVisit
from storage.sign_ins import SignedIn

WAY_COOKIE = "linli_desk_way"
HOME, IN = DESK, f"{DESK}/in"
PER_MINUTE = 120
# A code of the door, below the desk's address: what it is for, and the code.
SCANNED = re.compile(r"(arrive|fetch)/([\w.:@-]{1,160})", re.ASCII)
# Of the kinds of browsers, what is enough to know one's own again.
_PHONE = re.compile(r"Mobile|Android|iPhone", re.ASCII)
_PROGRAMS = {
    "MicroMessenger": "wechat", "Firefox": "firefox", "Edg": "edge", "Chrome": "chrome", "Safari": "safari"
}  # fmt: skip


class NotSignedIn(Exception):
    """Whoever asks has to sign in first."""


@dataclass(frozen=True, slots=True)
class Staff:
    """Somebody at the desk. `csrf` stands in the forms of their pages."""

    signed: SignedIn
    csrf: str


class Gate:
    """A refusal is an HTTPException; nothing changed."""

    def __init__(self, desk: Desk, door: Door, pages: DeskPages, key: bytes, seconds: Seconds) -> None:
        self.desk, self.door, self.pages = desk, door, pages
        self._key = key
        self._rate = Rate(PER_MINUTE, seconds)

    async def staff(self, request: Request) -> Staff:
        """Who asks; otherwise to where one signs in."""
        token = request.cookies.get(DESK_COOKIE)
        signed = await self.desk.who(token) if token and not self.door.is_public(request) else None
        if token is None or signed is None:
            raise NotSignedIn
        if wait := self._rate.wait_for(signed.post.id):
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": str(wait)})
        return Staff(signed, signature(self._key, f"desk form {token}"))

    async def form(self, request: Request) -> tuple[Staff, Mapping[str, str]]:
        """Who asks, and the fields of a form of ours; otherwise 403, or what `read_form` raises."""
        fields = await read_form(request)
        staff = await self.staff(request)
        self.check(staff, fields)
        return staff, fields

    def check(self, staff: Staff, fields: Mapping[str, str]) -> None:
        """Whether a form stood on a page of this sign-in; otherwise 403."""
        if not secrets.compare_digest(fields.get("csrf", "").encode("utf-8", "replace"), staff.csrf.encode()):
            raise HTTPException(HTTPStatus.FORBIDDEN)

    def sealed(self, staff: Staff, said: str) -> str:
        """What a page gives its form to hand back as it is."""
        return f"{said}.{signature(self._key, f'desk {staff.signed.id} {said}')}"

    def opened(self, staff: Staff, given: str) -> str:
        """What was sealed for this sign-in; otherwise 403."""
        said, _, mac = given.rpartition(".")
        if not is_signature(self._key, f"desk {staff.signed.id} {said}", mac):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return said

    def visit(self, request: Request, staff: Staff) -> DeskVisit:
        return DeskVisit(look_of(request), staff.csrf, staff.signed.post.role)

    def let_in(self, request: Request, token: str) -> Response:
        """To the code that was scanned before, else to where their work begins."""
        scanned = SCANNED.fullmatch(request.cookies.get(WAY_COOKIE, ""))
        where = f"{HOME}/{quote(scanned[0])}" if scanned else HOME
        response = RedirectResponse(where, HTTPStatus.SEE_OTHER)
        self._remember(request, response, token, int(SIGNED_IN.total_seconds()))
        if scanned:
            self.door.remember(request, response, WAY_COOKIE, "", 0, path=HOME)
        return response

    def keep_way(self, request: Request, response: Response) -> None:
        """Whoever comes from a scanned code goes back to it; nothing else is led to."""
        if scanned := SCANNED.fullmatch(request.query_params.get("to", "")):
            age_s = int(CODE_GOOD.total_seconds())
            self.door.remember(request, response, WAY_COOKIE, scanned[0], age_s, path=HOME)

    def let_out(self, request: Request) -> Response:
        response = RedirectResponse(IN, HTTPStatus.SEE_OTHER)
        self._remember(request, response, "", 0)
        return response

    def _remember(self, request: Request, response: Response, token: str, age_s: int) -> None:
        self.door.remember(request, response, DESK_COOKIE, token, age_s, path=HOME)


def browser_of(request: Request) -> str:
    """What kind of browser it is, in two words of ours."""
    said = request.headers.get("user-agent", "")
    program = next((name for mark, name in _PROGRAMS.items() if mark in said), "other")
    return f"{'phone' if _PHONE.search(said) else 'computer'} {program}"


def download(content: bytes | str | None, media_type: str, name: str, how: str = "attachment") -> Response:
    """A file of theirs, to be kept ('attachment') or looked at ('inline'); 404 where there is none."""
    if content is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    headers = UNLISTED | {"content-disposition": f'{how}; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def page(html: str, status: int = HTTPStatus.OK) -> Response:
    return HTMLResponse(html, status)
