"""Photos on the web: taken from a plain form or the page's script, and shown to whoever may look."""

from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from bot.channels.web import CHANNEL, PayloadError, photo_message, reply_payload
from bot.linli import Reply
from bot.web.api import not_done
from bot.web.bodies import TooBig, read_upload
from bot.web.conversation import Conversation
from bot.web.door import Door
from bot.web.headers import UNLISTED
from bot.web.notes import Notes
from bot.web.pages import TO_THE_END
from bot.web.session import Session
from bot.web.visitors import look_of

FIELD = "photo"
NO_PHOTO, TOO_BIG = "no_such_photo", "photo_too_big"
NAMED = {"content-disposition": 'inline; filename="linli.jpg"'}


class PhotoPages:
    def __init__(self, linli: Conversation, door: Door, notes: Notes) -> None:
        self._linli = linli
        self._door = door
        self._notes = notes

    async def take(self, request: Request) -> Response:
        """A photo from a plain form; the answer is found on the page it leads back to."""
        try:
            _, reply = await self._heard(request)
        except TooBig:
            return self._notes.too_big(request, TOO_BIG)
        if not reply.number:
            return self._notes.not_done(request, reply.rendered.text)
        return RedirectResponse(TO_THE_END, HTTPStatus.SEE_OTHER)

    async def take_from_script(self, request: Request) -> Response:
        """The same from the page's script. 503 with the words to show when nothing was committed."""
        try:
            session, reply = await self._heard(request, request.headers.get("x-csrf") or "")
        except TooBig:
            return self._notes.too_big(request, TOO_BIG)
        if not reply.number:
            return not_done(reply)
        response = JSONResponse(reply_payload(reply))
        self._door.keep_session(request, response, session)
        return response

    async def _heard(self, request: Request, csrf: str | None = None) -> tuple[Session, Reply]:
        """Whoever has no session, or sends too often, is refused before a file is read."""
        self._door.take_turn(request, self._door.known(request))
        fields, content = await read_upload(request, FIELD)
        session = self._door.from_our_page(request, fields.get("csrf") if csrf is None else csrf)
        language = look_of(request).language
        try:
            message = photo_message(fields, content, session.address, language, is_form=csrf is None)
        except PayloadError as error:
            raise HTTPException(HTTPStatus.BAD_REQUEST, error.part) from None
        return session, await self._linli.photos.hear(message, content)

    async def show(self, request: Request) -> Response:
        """The photo; 404 alike for whatever is over, gone, not ours or not for who asks."""
        token = request.path_params["token"]
        self._door.take_one(request, token)
        session = self._door.session(request)
        content = await self._linli.photos.at(token, CHANNEL, session.address if session else None)
        if content is None:
            return self._notes.missing(request, NO_PHOTO)
        return Response(content, media_type="image/jpeg", headers=UNLISTED | NAMED)
