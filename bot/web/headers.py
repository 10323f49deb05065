"""What every answer of the web server says to the browser about itself."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
SECURITY = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "geolocation=(self)",
}
NEVER_KEPT = {"cache-control": "no-store"}
# What is for whoever was given its address is found by no search, and kept by nobody on the way.
NOT_FOUND_BY_SEARCH = {"x-robots-tag": "noindex"}
UNLISTED = NOT_FOUND_BY_SEARCH | {"cache-control": "private, no-store"}
KEPT_FOR_EVER = {"cache-control": "public, max-age=31536000, immutable"}


class SecurityHeaders:
    """Puts them on every answer; nothing is kept by caches unless the answer says so itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (NEVER_KEPT | SECURITY).items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)
