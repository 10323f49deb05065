"""The address that WeChat pushes to: verified, heard once, answered in time and always validly."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from time import monotonic

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.channels.wechat.answers import Answer, Answers
from bot.channels.wechat.fields import written
from bot.channels.wechat.gate import Gate
from bot.channels.wechat.incoming import Fields, Incoming, incoming
from bot.channels.wechat.languages import Languages
from bot.channels.wechat.notices import note_reports
from bot.channels.wechat.seal import Refused
from bot.channels.wechat.waiting import PATIENCE_S, Waiting
from bot.channels.wechat.wording import asks_for_result, said_in
from bot.linli import Linli
from bot.logs import log
from bot.web.bodies import read_body
from bot.web.rates import Rate, Seconds
from handlers.message import Message

PATH = "/wechat"
NOTHING = "success"
"""No answer; WeChat is content, and the resident sees nothing."""


class WeChatRoute:
    """`can_push`: what takes too long is pushed later, so nothing need be said meanwhile."""

    def __init__(
        self,
        linli: Linli,
        gate: Gate,
        *,
        can_push: Callable[[], bool] = lambda: False,
        patience_s: float = PATIENCE_S,
        seconds: Seconds = monotonic,
    ) -> None:
        self._linli = linli
        self._gate = gate
        self._can_push = can_push
        self._answers = Answers(linli)
        self.waiting: Waiting[Answer] = Waiting(patience_s)
        self._rate = Rate(linli.settings.turns_per_minute, seconds)
        self._languages = Languages()

    def routes(self) -> list[Route]:
        return [Route(PATH, self.greet, methods=["GET"]), Route(PATH, self.push, methods=["POST"])]

    async def greet(self, request: Request) -> Response:
        """The console asks whether this is our address."""
        try:
            return PlainTextResponse(self._gate.greeted(request.query_params, self._now_s()))
        except Refused as error:
            return _refused(error)

    async def push(self, request: Request) -> Response:
        body = await read_body(request)
        try:
            fields = self._gate.opened(request.query_params, body, self._now_s())
        except Refused as error:
            return _refused(error)
        try:
            text = await self._said(fields)
            if not text:
                return PlainTextResponse(NOTHING)
            closed = self._gate.closed(text, request.query_params.get("nonce", ""), int(self._now_s()))
            return Response(closed, media_type="text/xml")
        except Refused as error:
            log("wechat").info("a push cannot be read", why=str(error))
        except Exception as error:  # a 500 would show the resident WeChat's own words and, often, stop pushes
            log("wechat").error("a push was not answered", exc_info=error)
        return PlainTextResponse(NOTHING)

    async def _said(self, fields: Fields) -> str | None:
        """The answer as XML; None for none. Raises Refused for what is none of WeChat's pushes."""
        came = incoming(fields)
        if came.leaves:
            await self._answers.left(came)
        if came.reports:
            await note_reports(self._linli, came)
        if came.message is None:
            return None
        text = await self._answered(came, came.message)
        return text and _text_xml(came, text, int(self._now_s()))

    async def _answered(self, came: Incoming, message: Message) -> str | None:
        is_new = not self.waiting.has(message.address, message.id)
        if is_new and self._rate.wait_for(message.address):
            return self._words(message, "too_fast")

        async def work() -> Answer:
            if asks_for_result(message.text):
                await self.waiting.earlier(message.address, message.id)
            answer = await self._answers.answer(came, message)
            self._languages.note(message.address, answer.language)
            if self._can_push():
                await self._answers.note(came, message, answer)
            return answer

        async def late(answer: Answer) -> None:
            if not answer.numbers:
                return
            try:
                await self._answers.put_back(message, answer)
            except Exception as error:  # it counts as delivered; whoever asks for the result is shown it
                log("wechat").error("a late answer was not put away", numbers=answer.numbers, exc_info=error)

        try:
            answer = await self.waiting.of(message.address, message.id, work, late)
        except Exception as error:  # whatever it is, the resident gets a phone number
            log("wechat").error("a message was not answered", exc_info=error)
            return self._words(message, "failed")
        if answer is None:
            return None if self._can_push() else self._words(message, "slow")
        return answer.text

    def _words(self, message: Message, name: str) -> str:
        """Without the conversation: in the language of the message itself, or of the answer before where it
        has none, as a number or a picture."""
        around = replace(message, language=self._languages.of(message.address))
        return said_in(self._linli.language_for(around), name, help_line=self._linli.policy.help_line)

    def _now_s(self) -> float:
        return self._linli.clock().timestamp()


def _text_xml(came: Incoming, text: str, now_s: int) -> str:
    return written(
        {
            "ToUserName": came.address,
            "FromUserName": came.account,
            "CreateTime": now_s,
            "MsgType": "text",
            "Content": text,
        }
    )


def _refused(error: Refused) -> Response:
    log("wechat").info("a push was refused", why=str(error))
    return Response(status_code=HTTPStatus.FORBIDDEN)
