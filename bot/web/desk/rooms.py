"""The pages and forms of a centre's desk."""

import json
import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import astuple, replace
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.channels.web import PayloadError, photo_message
from bot.desk import Done, Order, Proposed, Refused, TakenBack
from bot.logs import log
from bot.posters import ENDINGS, file_name
from bot.web.bodies import TooBig, read_upload
from bot.web.desk.gate import HOME, Gate, Staff, download, page
from bot.web.desk.table import CELLARS, HALLS, ROOMS, Cellar, Hall, Room
from bot.web.visitors import look_of
from handlers.cards import short_name
from handlers.desk import FINISHED_LATER
from handlers.desk_site import Plan
from handlers.pages.forms import AREA_FORMS, FORMS, Form
from handlers.permissions import Act, Reach, may, part_of, reach_of
from messages.desk_page import DeskVisit, Place, Way
from messages.directory import Centre
from messages.lettering import NoFont
from storage.staff import Post

LONGEST_BACK = 200
YEAR = re.compile("[0-9]{4}")
P = TypeVar("P", Room, Hall, Cellar)


class Rooms:
    """Whoever may not open a page, and whoever names no centre of ours, hear the same: 404."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    async def home(self, request: Request) -> Response:
        """Where somebody's work begins."""
        staff = await self._gate.staff(request)
        post = staff.signed.post
        if post.centre_id:
            return RedirectResponse(f"{_of(post.centre_id)}/{ROOMS[0].name}", HTTPStatus.SEE_OTHER)
        return RedirectResponse(_beyond(post)[0].address, HTTPStatus.SEE_OTHER)

    async def show_area(self, request: Request) -> Response:
        """One of the table's pages of several centres."""
        staff = await self._gate.staff(request)
        hall = _named(HALLS, request.path_params["hall"])
        return await self.hall(request, staff, hall, request.query_params)

    async def hall(
        self,
        request: Request,
        staff: Staff,
        hall: Hall,
        given: Mapping[str, str],
        status: int = HTTPStatus.OK,
    ) -> Response:
        """A page of several centres, with what is asked of it."""
        visit = self._gate.visit(request, staff)
        asked = {**given, "language": visit.look.language}
        found = await self._gate.desk.look_over(
            staff.signed, hall.act, lambda area: hall.show(area, asked), is_noted=hall.is_noted
        )
        work = hall.work
        shown = await self._gate.desk.office.work_out(lambda: work(found)) if found and work else found
        agreed = getattr(shown, "agreed", None)
        plan = self._gate.sealed(staff, json.dumps([hall.name, *astuple(agreed)])) if agreed else None
        return self._shown(visit, staff, hall.name, shown, status, plan=plan, undo=None, back=hall.name)

    async def show_machine(self, request: Request) -> Response:
        """One of the table's pages for the operator."""
        staff = await self._gate.staff(request)
        cellar = _named(CELLARS, request.path_params["cellar"])
        asked = dict(request.query_params)
        shown = await self._gate.desk.keep(staff.signed, lambda linli: cellar.show(linli, asked))
        return self._shown(self._gate.visit(request, staff), staff, cellar.name, shown)

    def _shown(
        self,
        visit: DeskVisit,
        staff: Staff,
        name: str,
        shown: object | None,
        status: int = HTTPStatus.OK,
        **more: object,
    ) -> Response:
        if shown is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        place = _area(staff.signed.post, name)
        return page(self._gate.pages.room(visit, place, name, shown, **more), status)

    async def try_again(self, request: Request) -> Response:
        """A message that nobody took, once more."""
        staff, fields = await self._gate.form(request)
        if not await self._gate.desk.try_again(staff.signed, fields.get("message", "")):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return RedirectResponse(f"{HOME}/machine/post", HTTPStatus.SEE_OTHER)

    async def audit_pack(self, request: Request) -> Response:
        """What the yearly audit asks for, as one file to be kept."""
        staff, fields = await self._gate.form(request)
        said = fields.get("year", "")
        year = int(said) if YEAR.fullmatch(said) else 0
        content = await _lettered(self._gate.desk.audit_pack(staff.signed, year))
        return download(content, "application/zip", f"linli-audit-{year}.zip")

    async def show(self, request: Request) -> Response:
        """One of the table's pages."""
        staff = await self._gate.staff(request)
        room = _named(ROOMS, request.path_params["room"])
        centre_id, asked = request.path_params["centre"], dict(request.query_params)
        visit = self._gate.visit(request, staff)
        wanted = asked | {"language": visit.look.language}
        shown = await self._gate.desk.look(
            staff.signed, room.act, centre_id, lambda site: room.show(site, wanted), is_noted=room.is_noted
        )
        if shown is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        undo = asked.get("done") or None
        back = _back(room.name, asked)
        html = self._gate.pages.room(
            visit, self.place(staff, centre_id, room.name), room.name, shown, undo=undo, back=back
        )
        return page(html)

    async def ask(self, request: Request) -> Response:
        """A form that was filled in: read back, or done at once where that touches one person alone."""
        staff, fields = await self._gate.form(request)
        form = _form(request)
        centre_id = _centre(request)
        asked, back = form.read(fields), _checked(fields, centre_id)
        if asked is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "form")
        visit = self._gate.visit(request, staff)
        language = visit.look.language
        if isinstance(asked, Plan) and form.is_at_once(asked):
            done = await self._gate.desk.do(staff.signed, form.errand, centre_id, asked, language)
            if isinstance(done, Done):
                return RedirectResponse(_after(centre_id, back, done.entry_id), HTTPStatus.SEE_OTHER)
            return self._answer(request, staff, done, back)
        found = await self._gate.desk.propose(staff.signed, form.errand, centre_id, asked, language)
        return self._answer(request, staff, found, back)

    async def do(self, request: Request) -> Response:
        """What was read back, said yes to."""
        staff, fields = await self._gate.form(request)
        form, centre_id = _form(request), _centre(request)
        order = _order(self._gate.opened(staff, fields.get("order", "")), request)
        language = self._gate.visit(request, staff).look.language
        found = await self._gate.desk.do(staff.signed, form.errand, centre_id, order, language)
        return self._answer(request, staff, found, _checked(fields, centre_id))

    async def photo(self, request: Request) -> Response:
        staff = await self._gate.staff(request)
        content = await self._gate.desk.photo(staff.signed, request.path_params["token"])
        return download(content, "image/jpeg", "linli.jpg", "inline")

    async def take_photo(self, request: Request) -> Response:
        """A photo of what was put right, to a case; the answer is what the chat says."""
        staff = await self._gate.staff(request)
        try:
            fields, content = await read_upload(request, "photo")
        except TooBig:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE) from None
        self._gate.check(staff, fields)
        try:
            said = photo_message(fields, content, "", look_of(request).language, is_form=True)
        except PayloadError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, error.part) from None
        reply = await self._gate.desk.take_photo(staff.signed, said, content)
        return self._answer(
            request, staff, Refused(reply.rendered.text), _checked(fields, _centre(request)), kind="Heard"
        )

    async def poster(self, request: Request) -> Response:
        """One of a centre's posters, to be printed."""
        staff = await self._gate.staff(request)
        asked = request.path_params
        media_type = ENDINGS.get(asked["ending"])
        if media_type is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        content = await _lettered(
            self._gate.desk.poster(staff.signed, asked["centre"], asked["name"], asked["ending"])
        )
        return download(content, media_type, file_name(asked["name"], asked["ending"]))

    async def certificate(self, request: Request) -> Response:
        """Somebody's certificate of a camp, to be printed; that it was made is written down."""
        staff = await self._gate.staff(request)
        asked = request.path_params
        drawing = await self._gate.desk.certificate(
            staff.signed, asked["centre"], asked["session"], asked["who"], look_of(request).language
        )
        return download(drawing, "image/svg+xml", "linli.svg", "inline")

    async def undo(self, request: Request) -> Response:
        staff, fields = await self._gate.form(request)
        language = self._gate.visit(request, staff).look.language
        found = await self._gate.desk.undo(staff.signed, fields.get("entry", ""), language)
        centre_id = _centre(request)
        back = _checked(fields, centre_id)
        if isinstance(found, Refused) or not found.is_whole:
            return self._answer(request, staff, found, back)
        return RedirectResponse(f"{_of(centre_id)}/{back}", HTTPStatus.SEE_OTHER)

    def _answer(
        self,
        request: Request,
        staff: Staff,
        found: Proposed | Refused | Done | TakenBack,
        back: str,
        *,
        kind: str | None = None,
    ) -> Response:
        """What would be done, was done, or was not, in words, and the way back to where the form stood."""
        centre_id = _centre(request)
        form = request.path_params.get("form", "")
        sealed = None
        if isinstance(found, Proposed):
            sealed = self._gate.sealed(staff, _said(found.order, centre_id, form))
        undo = found.entry_id if isinstance(found, Done) else None
        html = self._gate.pages.room(
            self._gate.visit(request, staff),
            self.place(staff, centre_id, "") if centre_id else _area(staff.signed.post, ""),
            "act",
            found,
            kind=kind or type(found).__name__,
            form=form,
            order=sealed,
            back=back,
            back_to=_after(centre_id, back, undo),
            undo=undo,
        )
        is_refused = isinstance(found, Refused) and kind is None
        return page(html, HTTPStatus.CONFLICT if is_refused else HTTPStatus.OK)

    def place(self, staff: Staff, centre_id: str, here: str) -> Place:
        """Where a page of a centre is."""
        centre: Centre | None = self._gate.desk.world().directory.centres.get(centre_id)
        post, area = staff.signed.post, centre.subdistrict if centre else ""
        ways = tuple(
            Way(room.name, f"{_of(centre_id)}/{room.name}", room.name == here)
            for room in ROOMS
            if room.is_way and may(post, room.act, centre_id, area) and (centre or room.act in FINISHED_LATER)
        )
        back = _beyond(post)[:1]
        return Place(short_name(centre) if centre else centre_id, _of(centre_id), (*back, *ways))


async def _lettered(drawing: Awaitable[bytes | None]) -> bytes | None:
    """What is drawn with letters; 503 where there is no font for them."""
    try:
        return await drawing
    except NoFont as error:
        log("desk").error("nothing is drawn", why=str(error))
        raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "font") from None


def _area(post: Post, here: str) -> Place:
    ways = tuple(replace(way, is_here=way.name == here) for way in _beyond(post))
    return Place(post.subdistrict, _of(None), ways)


def _beyond(post: Post) -> tuple[Way, ...]:
    """The pages that are of no one centre."""
    halls = [
        Way(hall.name, f"{HOME}/area/{hall.name}", is_here=False) for hall in HALLS if part_of(post, hall.act)
    ]
    cellars = [Way(each.name, f"{HOME}/machine/{each.name}", is_here=False) for each in CELLARS]
    return (*halls, *(cellars if reach_of(post.role, Act.MACHINE) is Reach.EVERYWHERE else ()))


def _of(centre_id: str | None) -> str:
    return f"{HOME}/area" if centre_id is None else f"{HOME}/centre/{centre_id}"


def _centre(request: Request) -> str | None:
    """The centre of an address; None on the pages of several."""
    centre_id: str | None = request.path_params.get("centre")
    return centre_id


def _named(pages: Sequence[P], name: str) -> P:
    found = next((each for each in pages if each.name == name), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _form(request: Request) -> Form:
    forms = AREA_FORMS if _centre(request) is None else FORMS
    form = forms.get(request.path_params["form"])
    if form is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return form


def _back(name: str, asked: Mapping[str, str]) -> str:
    """Where a form leads back to, without what was done before."""
    kept = {key: said for key, said in asked.items() if key != "done"}
    back = f"{name}?{urlencode(kept)}" if kept else name
    return back if len(back) <= LONGEST_BACK else name


def _checked(fields: Mapping[str, str], centre_id: str | None) -> str:
    """Where a form leads back to: to a page of the table."""
    back, names = fields.get("back", ""), [each.name for each in (ROOMS if centre_id else HALLS)]
    return back if back.partition("?")[0] in names else names[0]


def _after(centre_id: str | None, back: str, entry_id: str | None) -> str:
    """Where a form stood, with the way to take back what it did."""
    done = f"{'&' if '?' in back else '?'}done={entry_id}" if entry_id else ""
    return f"{_of(centre_id)}/{back}{done}"


def _said(order: Order, centre_id: str | None, form: str) -> str:
    """An order of this form at this centre, for the page to hand back."""
    plan = order.plan
    return json.dumps([centre_id, form, plan.ids, plan.numbers, plan.text, order.stamp, order.entry_id])


def _order(said: str, request: Request) -> Order:
    """What was read back, of this form at this centre; otherwise 403."""
    centre_id, form, ids, numbers, text, stamp, entry_id = json.loads(said)
    if (centre_id, form) != (_centre(request), request.path_params["form"]):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return Order(Plan(tuple(ids), tuple(numbers), text), stamp, entry_id)
