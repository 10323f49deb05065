"""Who may come in: the session must be ours, the form from our page, and not too many at once."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.clock import Clock
from bot.web.bodies import read_form
from bot.web.rates import Rate, Seconds
from bot.web.session import COOKIE, COOKIE_AGE_S, DAY_S, Session, Sessions
from bot.web.visitors import (
    DESK,
    DESK_COOKIE,
    DEVICE_COOKIE,
    PUBLIC,
    Network,
    internet_address,
    is_https,
    look_of,
)
from messages.page import Visit

# Tries of a recovery code in a minute. The last is for all together: however many come from wherever,
# hitting one of ten thousand codes takes them months.
TRIES_PER_SESSION = 5
TRIES_PER_ADDRESS = 20
TRIES_OF_ALL = 60
DEVICE_AGE_S = 365 * DAY_S


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
    public_idle_s: int = 180
    """Seconds without a request after which a device that many use is forgotten."""


class Door:
    """Checks every request that wants something done. A refusal is an HTTPException; nothing changed."""

    def __init__(self, settings: WebSettings, seconds: Seconds, clock: Clock) -> None:
        self.sessions = Sessions(settings.key)
        self._settings = settings
        self._clock = clock
        self._per_session = Rate(settings.turns_per_minute, seconds)
        self._per_address = Rate(settings.turns_per_minute_address, seconds)
        self._tries_per_session = Rate(TRIES_PER_SESSION, seconds)
        self._tries_per_address = Rate(TRIES_PER_ADDRESS, seconds)
        self._tries_of_all = Rate(TRIES_OF_ALL, seconds)

    def session(self, request: Request) -> Session | None:
        return self.sessions.read(request.cookies.get(COOKIE), self._clock())

    def begun(self, request: Request) -> Session:
        """The session of the request, or a new one; on a device that many use it is soon over."""
        session = self.session(request)
        if session is not None:
            return session
        return self.as_public(self.sessions.new()) if self.is_public(request) else self.sessions.new()

    def is_public(self, request: Request) -> bool:
        """Whether somebody said that many use this device."""
        return request.cookies.get(DEVICE_COOKIE) == PUBLIC

    def as_public(self, session: Session) -> Session:
        """The session on a device that many use: over after some minutes without a request."""
        return self.sessions.until(session, self._clock() + timedelta(seconds=self._settings.public_idle_s))

    def as_own(self, session: Session) -> Session:
        """The session on a device of the resident's own."""
        return self.sessions.until(session, None)

    def seconds_left(self, session: Session) -> float | None:
        """Until the session is over; None for one that stays."""
        return (session.until - self._clock()).total_seconds() if session.until else None

    def known(self, request: Request) -> Session:
        """The session of the request; 403 when it has none of ours."""
        session = self.session(request)
        if session is None:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return session

    def visit(self, request: Request, session: Session) -> Visit:
        """What a page of this session must know. Each has an id of its own for what its forms send."""
        idle_s = self._settings.public_idle_s if session.until else None
        return Visit(look_of(request), session.csrf, secrets.token_hex(8), idle_s)

    def from_our_page(self, request: Request, csrf: str | None) -> Session:
        """The session, when `csrf` shows that our own page sent the request; otherwise 403."""
        session = self.known(request)
        if not self.sessions.trusts(session, csrf):
            raise HTTPException(HTTPStatus.FORBIDDEN)
        return session

    async def form(self, request: Request) -> tuple[Session, dict[str, str]]:
        """The session and the fields of a plain form of ours; otherwise 403, or what `read_form` raises."""
        fields = await read_form(request)
        return self.from_our_page(request, fields.get("csrf")), fields

    def page(self, request: Request, session: Session, html: str, status: int = HTTPStatus.OK) -> Response:
        """A page for this session, which the browser keeps for as long again."""
        response = HTMLResponse(html, status)
        self.keep_session(request, response, session)
        return response

    def origin(self, request: Request) -> str:
        """What the connection tells of the device: its internet address, and the browser's own name."""
        address = internet_address(request, self._settings.trusted_proxies)
        return f"{address} {request.headers.get('user-agent', '')}"

    def take_turn(self, request: Request, session: Session) -> None:
        """Count one message; 429 with Retry-After when there were too many."""
        self.take_one(request, session.address)

    def take_one(self, request: Request, key: str) -> None:
        """Count one request of whoever `key` names: a session, or a family's feed that has none."""
        address = internet_address(request, self._settings.trusted_proxies)
        _ask_to_wait(self._per_session.wait_for(key) or self._per_address.wait_for(address))

    def take_try(self, request: Request, session: Session) -> None:
        """Count one try of a recovery code; 429 with Retry-After when there were too many."""
        address = internet_address(request, self._settings.trusted_proxies)
        _ask_to_wait(
            self._tries_per_session.wait_for(session.address)
            or self._tries_per_address.wait_for(address)
            or self._tries_of_all.wait_for("all")
        )

    def address_of(self, request: Request, path: str) -> str:
        """Where the outside finds `path`."""
        settings = self._settings
        if settings.public_url:
            return settings.public_url.rstrip("/") + path
        scheme = "https" if is_https(request, settings.trusted_proxies, None) else "http"
        return f"{scheme}://{request.url.netloc}{path}"

    def remember(
        self, request: Request, response: Response, name: str, value: str, age_s: int, *, path: str = "/"
    ) -> None:
        """Set a cookie that scripts cannot read and other sites do not send along with their forms."""
        https = is_https(request, self._settings.trusted_proxies, self._settings.public_url)
        response.set_cookie(
            name, value, max_age=age_s, httponly=True, samesite="lax", secure=https, path=path
        )

    def keep_session(self, request: Request, response: Response, session: Session) -> None:
        """Let the browser keep the session; where many use it, its time begins anew."""
        if session.until is None:
            self.remember(request, response, COOKIE, session.cookie, COOKIE_AGE_S)
        else:
            renewed = self.as_public(session)
            self.remember(request, response, COOKIE, renewed.cookie, self._settings.public_idle_s)

    def forget_session(self, request: Request, response: Response) -> None:
        """Nor is whoever comes next at the desk."""
        self.remember(request, response, COOKIE, "", 0)
        self.forget_desk(request, response)

    def forget_desk(self, request: Request, response: Response) -> None:
        self.remember(request, response, DESK_COOKIE, "", 0, path=DESK)

    def set_public(self, request: Request, response: Response, *, public: bool) -> None:
        """Remember whether this device is one that many use; nobody is at the desk there."""
        if public:
            self.forget_desk(request, response)
        self.remember(request, response, DEVICE_COOKIE, PUBLIC if public else "", DEVICE_AGE_S * public)


def _ask_to_wait(seconds: int) -> None:
    if seconds:
        raise HTTPException(HTTPStatus.TOO_MANY_REQUESTS, headers={"retry-after": str(seconds)})
