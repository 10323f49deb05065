"""The desk's part of the web server: every route on one screen."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.web.desk.doorway import WHERE, Doorway
from bot.web.desk.entry import Entry
from bot.web.desk.gate import HOME, IN, Gate
from bot.web.desk.papers import Papers
from bot.web.desk.rooms import Rooms
from bot.web.rates import Seconds
from messages.page import Pages


def desk_routes(gate: Gate, pages: Pages, seconds: Seconds) -> list[BaseRoute]:
    """`pages` are those of residents, who may open a code of theirs as well."""
    entry, rooms = Entry(gate), Rooms(gate)
    doorway = Doorway(gate, rooms, pages, seconds)
    papers = Papers(gate, rooms)
    centre = f"{HOME}/centre/{{centre}}"
    return [
        Route(HOME, rooms.home),
        Route(IN, entry.ask, methods=["GET"]),
        Route(IN, entry.take, methods=["POST"]),
        Route(f"{IN}/{{code}}", entry.ask, methods=["GET"]),
        Route(f"{HOME}/out", entry.leave, methods=["POST"]),
        Route(f"{HOME}/sign-ins", entry.sign_ins),
        Route(f"{centre}/ask/{{form}}", rooms.ask, methods=["POST"]),
        Route(f"{centre}/do/{{form}}", rooms.do, methods=["POST"]),
        Route(f"{HOME}/area/ask/{{form}}", rooms.ask, methods=["POST"]),
        Route(f"{HOME}/area/do/{{form}}", rooms.do, methods=["POST"]),
        Route(f"{HOME}/area/undo", rooms.undo, methods=["POST"]),
        Route(f"{HOME}/area/{{hall}}", rooms.show_area),
        Route(f"{HOME}/area/exports/linli.{{ending}}", papers.export),
        Route(f"{HOME}/area/{{hall}}/hand-in", papers.hand_in, methods=["POST"]),
        Route(f"{HOME}/area/{{hall}}/leave", papers.leave, methods=["POST"]),
        Route(f"{HOME}/area/{{hall}}/take", papers.take, methods=["POST"]),
        Route(f"{HOME}/machine/{{cellar}}", rooms.show_machine),
        Route(f"{HOME}/machine/again", rooms.try_again, methods=["POST"]),
        Route(f"{HOME}/machine/pack", rooms.audit_pack, methods=["POST"]),
        Route(f"{HOME}/photo/{{token}}.jpg", rooms.photo),
        Route(f"{centre}/photo", rooms.take_photo, methods=["POST"]),
        Route(f"{centre}/undo", rooms.undo, methods=["POST"]),
        Route(f"{centre}/poster/{{name}}.{{ending}}", rooms.poster),
        Route(f"{centre}/certificate/{{session}}/{{who}}.svg", rooms.certificate),
        Route(f"{centre}/{{room}}", rooms.show),
        Route(f"{WHERE}.svg", doorway.drawn),
        Route(WHERE, doorway.scanned),
    ]


async def to_the_entry(_: Request, __: Exception) -> Response:
    """Whoever is not signed in signs in first."""
    return RedirectResponse(IN, 303)
