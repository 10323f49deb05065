"""The pages and forms of a centre's desk."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
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
from bot.web.desk.gate import HOME, Gate, Staff, page
from bot.web.desk.table import CELLARS, HALLS, ROOMS, Cellar, Hall, Room
from bot.web.headers import UNLISTED
from bot.web.visitors import look_of
from handlers.cards import short_name
from handlers.desk import FINISHED_LATER
from handlers.desk_site import Plan
from handlers.pages.forms import FORMS, Form
from handlers.permissions import Act, Reach, may, reach_of
from messages.desk_page import DeskVisit, Place, Way
from messages.directory import Centre
from messages.lettering import NoFont
from storage.staff import Post

LONGEST_BACK = 200
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
        visit = self._gate.visit(request, staff)
        asked = {**request.query_params, "language": visit.look.language}
        shown = await self._gate.desk.look_over(staff.signed, hall.act, lambda area: hall.show(area, asked))
        return self._shown(visit, staff, hall.name, shown)

    async def show_machine(self, request: Request) -> Response:
        """One of the table's pages for the operator."""
        staff = await self._gate.staff(request)
        cellar = _named(CELLARS, request.path_params["cellar"])
        asked = dict(request.query_params)
        shown = await self._gate.desk.keep(staff.signed, lambda linli: cellar.show(linli, asked))
        return self._shown(self._gate.visit(request, staff), staff, cellar.name, shown)

    def _shown(self, visit: DeskVisit, staff: Staff, name: str, shown: object | None) -> Response:
        if shown is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        post = staff.signed.post
        place = Place(
            post.subdistrict, "", tuple(replace(way, is_here=way.name == name) for way in _beyond(post))
        )
        return page(self._gate.pages.room(visit, place, name, shown))

    async def try_again(self, request: Request) -> Response:
        """A message that nobody took, once more."""
        staff, fields = await self._gate.form(request)
        if not await self._gate.desk.try_again(staff.signed, fields.get("message", "")):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return RedirectResponse(f"{HOME}/machine/post", HTTPStatus.SEE_OTHER)

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
            visit, self._place(staff, centre_id, room.name), room.name, shown, undo=undo, back=back
        )
        return page(html)

    async def ask(self, request: Request) -> Response:
        """A form that was filled in: read back, or done at once where that touches one person alone."""
        staff, fields = await self._gate.form(request)
        form = _form(request)
        asked, back = form.read(fields), _checked(fields)
        if asked is None:
            raise HTTPException(HTTPStatus.BAD_REQUEST, "form")
        visit, centre_id = self._gate.visit(request, staff), request.path_params["centre"]
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
        form, centre_id = _form(request), request.path_params["centre"]
        order = _order(self._gate.opened(staff, fields.get("order", "")), request)
        language = self._gate.visit(request, staff).look.language
        found = await self._gate.desk.do(staff.signed, form.errand, centre_id, order, language)
        return self._answer(request, staff, found, _checked(fields))

    async def photo(self, request: Request) -> Response:
        staff = await self._gate.staff(request)
        content = await self._gate.desk.photo(staff.signed, request.path_params["token"])
        if content is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        return Response(content, media_type="image/jpeg", headers=UNLISTED)

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
        return self._answer(request, staff, Refused(reply.rendered.text), _checked(fields), kind="Heard")

    async def poster(self, request: Request) -> Response:
        """One of a centre's posters, to be printed."""
        staff = await self._gate.staff(request)
        asked = request.path_params
        media_type = ENDINGS.get(asked["ending"])
        content = None
        if media_type:
            try:
                content = await self._gate.desk.poster(
                    staff.signed, asked["centre"], asked["name"], asked["ending"]
                )
            except NoFont as error:
                log("desk").error("no poster", why=str(error))
                raise HTTPException(HTTPStatus.SERVICE_UNAVAILABLE, "font") from None
        if content is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        named = f'attachment; filename="{file_name(asked["name"], asked["ending"])}"'
        return Response(content, media_type=media_type, headers=UNLISTED | {"content-disposition": named})

    async def undo(self, request: Request) -> Response:
        staff, fields = await self._gate.form(request)
        language = self._gate.visit(request, staff).look.language
        found, back = (
            await self._gate.desk.undo(staff.signed, fields.get("entry", ""), language),
            _checked(fields),
        )
        if isinstance(found, Refused) or not found.is_whole:
            return self._answer(request, staff, found, back)
        return RedirectResponse(f"{_of(request.path_params['centre'])}/{back}", HTTPStatus.SEE_OTHER)

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
        centre_id = request.path_params["centre"]
        form = request.path_params.get("form", "")
        sealed = None
        if isinstance(found, Proposed):
            sealed = self._gate.sealed(staff, _said(found.order, centre_id, form))
        undo = found.entry_id if isinstance(found, Done) else None
        html = self._gate.pages.room(
            self._gate.visit(request, staff),
            self._place(staff, centre_id, ""),
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

    def _place(self, staff: Staff, centre_id: str, here: str) -> Place:
        centre: Centre | None = self._gate.desk.world().directory.centres.get(centre_id)
        post, area = staff.signed.post, centre.subdistrict if centre else ""
        ways = tuple(
            Way(room.name, f"{_of(centre_id)}/{room.name}", room.name == here)
            for room in ROOMS
            if room.is_way and may(post, room.act, centre_id, area) and (centre or room.act in FINISHED_LATER)
        )
        back = _beyond(post)[:1]
        return Place(short_name(centre) if centre else centre_id, _of(centre_id), (*back, *ways))


def _beyond(post: Post) -> tuple[Way, ...]:
    """The pages that are of no one centre."""
    halls = [
        Way(hall.name, f"{HOME}/area/{hall.name}", is_here=False)
        for hall in HALLS
        if reach_of(post.role, hall.act) in (Reach.SUBDISTRICT, Reach.EVERYWHERE)
    ]
    cellars = [Way(each.name, f"{HOME}/machine/{each.name}", is_here=False) for each in CELLARS]
    return (*halls, *(cellars if reach_of(post.role, Act.MACHINE) is Reach.EVERYWHERE else ()))


def _of(centre_id: str) -> str:
    return f"{HOME}/centre/{centre_id}"


def _named(pages: Sequence[P], name: str) -> P:
    found = next((each for each in pages if each.name == name), None)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return found


def _form(request: Request) -> Form:
    form = FORMS.get(request.path_params["form"])
    if form is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return form


def _back(name: str, asked: Mapping[str, str]) -> str:
    """Where a form leads back to, without what was done before."""
    kept = {key: said for key, said in asked.items() if key != "done"}
    back = f"{name}?{urlencode(kept)}" if kept else name
    return back if len(back) <= LONGEST_BACK else name


def _checked(fields: Mapping[str, str]) -> str:
    """Where a form leads back to: to a page of the table."""
    back = fields.get("back", "")
    return back if any(back.partition("?")[0] == room.name for room in ROOMS) else ROOMS[0].name


def _after(centre_id: str, back: str, entry_id: str | None) -> str:
    """Where a form stood, with the way to take back what it did."""
    done = f"{'&' if '?' in back else '?'}done={entry_id}" if entry_id else ""
    return f"{_of(centre_id)}/{back}{done}"


def _said(order: Order, centre_id: str, form: str) -> str:
    """An order of this form at this centre, for the page to hand back."""
    plan = order.plan
    return json.dumps([centre_id, form, plan.ids, plan.numbers, plan.text, order.stamp, order.entry_id])


def _order(said: str, request: Request) -> Order:
    """What was read back, of this form at this centre; otherwise 403."""
    centre_id, form, ids, numbers, text, stamp, entry_id = json.loads(said)
    if (centre_id, form) != (request.path_params["centre"], request.path_params["form"]):
        raise HTTPException(HTTPStatus.FORBIDDEN)
    return Order(Plan(tuple(ids), tuple(numbers), text), stamp, entry_id)
