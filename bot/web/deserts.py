"""Maps of service deserts at addresses that nobody guesses and that end."""

from starlette.requests import Request
from starlette.responses import Response

from bot.web.conversation import Conversation
from bot.web.digests import UNLISTED
from bot.web.door import Door
from bot.web.notes import Notes

NAMED = {"content-disposition": 'inline; filename="linli-map.svg"'}
NO_PICTURE = "no_such_picture"


class DesertMaps:
    def __init__(self, linli: Conversation, door: Door, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._notes = notes

    async def show(self, request: Request) -> Response:
        """The drawing, to be kept or printed; 404 alike for whatever is over or not ours."""
        token = request.path_params["token"]
        self._door.take_one(request, token)
        drawing = await self._linli.desert_map(token)
        if drawing is None:
            return self._notes.missing(request, NO_PICTURE)
        return Response(drawing, media_type="image/svg+xml", headers=UNLISTED | NAMED)
