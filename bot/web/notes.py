"""Short kind answers when something is not possible: a page for people, JSON for the page's script."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.web.headers import NEVER_KEPT, SECURITY
from bot.web.visitors import DESK, look_of
from messages.page import Pages

# What is said, by status; the words are in messages/<language>/page.yaml.
NOTES: dict[int, str] = {
    HTTPStatus.BAD_REQUEST: "unreadable",
    HTTPStatus.FORBIDDEN: "stale",
    HTTPStatus.NOT_FOUND: "no_such_page",
    HTTPStatus.METHOD_NOT_ALLOWED: "no_such_page",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_big",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unreadable",
    HTTPStatus.TOO_MANY_REQUESTS: "too_fast",
}
FAILED = "failed"


class Notes:
    def __init__(self, pages: Pages, help_line: str) -> None:
        self._pages = pages
        self._help_line = help_line

    async def refused(self, request: Request, error: Exception) -> Response:
        """The answer to a request that was refused; nothing was changed."""
        if not isinstance(error, HTTPException):
            raise TypeError("only refusals come here") from error
        kind = NOTES.get(error.status_code, FAILED)
        return self._note(request, error.status_code, kind, headers=dict(error.headers or {}))

    async def failed(self, request: Request, _: Exception) -> Response:
        """The answer when the server itself failed. It is made outside the header middleware."""
        headers = SECURITY | NEVER_KEPT
        return self._note(request, HTTPStatus.INTERNAL_SERVER_ERROR, FAILED, headers=headers)

    def not_done(self, request: Request, text: str) -> Response:
        """Linli could not do it now and says so in its own words."""
        page = self._pages.note(look_of(request), FAILED, self._help_line, text=text)
        return HTMLResponse(page, HTTPStatus.SERVICE_UNAVAILABLE)

    def missing(self, request: Request, kind: str) -> Response:
        """What was asked for is not there, or not for who asks; which of both is not told."""
        return self._note(request, HTTPStatus.NOT_FOUND, kind, headers={})

    def too_big(self, request: Request, kind: str) -> Response:
        """More was sent than is read."""
        return self._note(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, kind, headers={})

    def _note(self, request: Request, status: int, kind: str, *, headers: dict[str, str]) -> Response:
        look = look_of(request)
        if request.scope["path"].startswith("/api/"):  # its URL as a whole may be one that nobody can read
            words = self._pages.note_text(look.language, kind, self._help_line)
            return JSONResponse({"error": kind, "text": words}, status, headers)
        at_desk = request.scope["path"].startswith(DESK)
        return HTMLResponse(self._pages.note(look, kind, self._help_line, at_desk=at_desk), status, headers)
