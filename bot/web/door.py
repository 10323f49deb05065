"""Who may come in: the session must be ours, the form from our page, and not too many at once."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.web.rates import Rate, Seconds
from bot.web.session import COOKIE, COOKIE_AGE_S, Session, Sessions
from bot.web.visitors import Network, internet_address, is_https


@dataclass(frozen=True, slots=True)
class WebSettings:
    """What the web server needs to know. `key` signs cookies and forms and must stay the same."""

    key: bytes
    public_url: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    turns_per_minute: int = 30
    turns_per_minute_address: int = 600
    help_line: str = "12345"
    heartbeat_s: float = 12.0
    """Seconds of silence on a stream before a sign of life; proxies close what is silent for longer."""


class Door:
    """Checks every request that wants something done. A refusal is an HTTPException; nothing changed."""

    def __init__(self, settings: WebSettings, seconds: Seconds) -> None:
        self.sessions = Sessions(settings.key)
        self._settings = settings
        self._per_session = Rate(settings.turns_per_minute, seconds)
        self._per_address = Rate(settings.turns_per_minute_address, seconds)

    def session(self, request: Request) -> Session | None:
        return self.sessions.read(request.cookies.get(COOKIE))

    def known(self, request: Request) -> Session:
        """The session of the request; 403 when it has none of ours."""
        session = self.session(request)
        if session is None:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return session

    def from_our_page(self, request: Request, csrf: str | None) -> Session:
        """The session, when `csrf` shows that our own page sent the request; otherwise 403."""
        session = self.known(request)
        if not self.sessions.trusts(session, csrf):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return session

    def take_turn(self, request: Request, session: Session) -> None:
        """Count one message; 429 with Retry-After when there were too many."""
        address = internet_address(request, self._settings.trusted_proxies)
        wait = self._per_session.wait_for(session.address) or self._per_address.wait_for(address)
        if wait:
            raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": str(wait)})

    def remember(self, request: Request, response: Response, name: str, value: str, age_s: int) -> None:
        """Set a cookie that scripts cannot read and other sites do not send along with their forms."""
        https = is_https(request, self._settings.trusted_proxies, self._settings.public_url)
        response.set_cookie(name, value, max_age=age_s, httponly=True, samesite="lax", secure=https)

    def keep_session(self, request: Request, response: Response, session: Session) -> None:
        self.remember(request, response, COOKIE, session.cookie, COOKIE_AGE_S)
