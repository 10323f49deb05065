"""Files that the district's office hands in: kept, read back on their page, and taken after a yes."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import BODY_BYTES
from bot.office import TRAYS, Tray, reaches
from bot.web.bodies import TooBig, read_file
from bot.web.desk.gate import HOME, Gate, Staff, download
from bot.web.desk.rooms import Rooms
from bot.web.desk.table import HALLS
from handlers.pages.forms import number_in
from handlers.pages.office import Agreed

FIELD = "file"
MEDIA = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
    "geojson": "application/geo+json",
}


class Papers:
    """Whoever may not hand one in hears what who names no page of ours hears: 404."""

    def __init__(self, gate: Gate, rooms: Rooms) -> None:
        self._gate, self._rooms = gate, rooms

    async def hand_in(self, request: Request) -> Response:
        """A file that is not to be used is told at once; any other waits on its page."""
        staff = await self._gate.staff(request)
        name, tray = _tray(request, staff)
        try:
            fields, file = await read_file(request, FIELD, tray.most_bytes + BODY_BYTES)
        except TooBig:
            return await self._told(request, staff, name, "size")
        self._gate.check(staff, fields)
        if len(file.content) > tray.most_bytes:
            return await self._told(request, staff, name, "size")
        why = await self._gate.desk.office.hand_in(staff.signed, tray, file.name, file.content)
        return await self._told(request, staff, name, why) if why else _back(name)

    async def _told(self, request: Request, staff: Staff, name: str, why: str) -> Response:
        hall = next(each for each in HALLS if each.name == name)
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if why == "size" else HTTPStatus.UNPROCESSABLE_ENTITY
        return await self._rooms.hall(request, staff, hall, {"said": why}, status)

    async def leave(self, request: Request) -> Response:
        staff, _ = await self._gate.form(request)
        name, tray = _tray(request, staff)
        await self._gate.desk.office.leave(staff.signed, tray)
        return _back(name)

    async def take(self, request: Request) -> Response:
        """What was read back, said yes to; when it would be something else by now, it is read back again."""
        staff, fields = await self._gate.form(request)
        name, tray = _tray(request, staff)
        hall, sha256, stamp, take = json.loads(self._gate.opened(staff, fields.get("plan", "")))
        if hall != name:
            raise HTTPException(HTTPStatus.FORBIDDEN)
        agreed, number = Agreed(sha256, stamp, tuple(take)), number_in(fields, "number")
        said = await self._gate.desk.office.take(staff.signed, tray, agreed, number)
        return _back(name, said=said, take="" if said == "done" else " ".join(take))

    async def export(self, request: Request) -> Response:
        """The directory to be taken along: what residents are told, and nothing of them."""
        staff = await self._gate.staff(request)
        ending = request.path_params["ending"]
        content = await self._gate.desk.office.export(staff.signed, ending)
        return download(content, MEDIA.get(ending, ""), f"linli.{ending}")


def _tray(request: Request, staff: Staff) -> tuple[str, Tray]:
    name = request.path_params["hall"]
    tray = TRAYS.get(name)
    if tray is None or not reaches(staff.signed, tray):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return name, tray


def _back(name: str, **said: str) -> Response:
    kept = {key: value for key, value in said.items() if value}
    query = f"?{urlencode(kept)}" if kept else ""
    return RedirectResponse(f"{HOME}/area/{name}{query}", HTTPStatus.SEE_OTHER)
