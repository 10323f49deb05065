"""Drawings at addresses that nobody guesses and that end: who has one needs no cookie."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bot.web.door import Door
from bot.web.headers import NOT_FOUND_BY_SEARCH
from bot.web.notes import Notes

Find = Callable[[str], Awaitable[str | None]]


class Drawings:
    """`find` makes the drawing at an address; `name` is the file's, `missing` what is said where there is
    none (messages/<language>/page.yaml)."""

    def __init__(
        self,
        door: Door,
        notes: Notes,
        find: Callable[[str], Awaitable[str | None]],
        *,
        name: str,
        missing: str,
    ) -> None:
        self._door = door
        self._notes = notes
        self._find = find
        self._missing = missing
        self._headers = NOT_FOUND_BY_SEARCH | {"content-disposition": f'inline; filename="{name}"'}

    async def show(self, request: Request) -> Response:
        """The drawing, to be kept or printed; 404 alike for whatever is over, erased or not ours."""
        token = request.path_params["token"]
        self._door.take_one(request, token)
        drawing = await self._find(token)
        if drawing is None:
            return self._notes.missing(request, self._missing)
        return Response(drawing, media_type="image/svg+xml", headers=self._headers)
