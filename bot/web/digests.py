"""Charts and workbooks of digests at addresses that nobody guesses and that end."""

from starlette.requests import Request
from starlette.responses import Response

from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.headers import UNLISTED
from bot.web.notes import Notes

NO_DIGEST = "no_such_digest"
# Each kind of file: what it is, and whether a browser shows or keeps it.
KINDS = {
    "png": ("image/png", "inline"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "attachment"),
}


class DigestPages:
    def __init__(self, linli: Conversation, door: Door, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._notes = notes

    async def chart(self, request: Request) -> Response:
        return await self._file(request, "png")

    async def workbook(self, request: Request) -> Response:
        return await self._file(request, "xlsx")

    async def _file(self, request: Request, kind: str) -> Response:
        """404 alike for whatever is over, gone or not ours."""
        token = request.path_params["token"]
        self._door.take_one(request, token)
        file = await self._linli.digest_file(token, kind)
        if file is None:
            return self._notes.missing(request, NO_DIGEST)
        media_type, disposition = KINDS[kind]
        named = {"content-disposition": f'{disposition}; filename="{file.name}"'}
        return Response(file.content, media_type=media_type, headers=UNLISTED | named)
