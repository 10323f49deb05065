"""How long Telegram is waited for: nearly as long as a message has, so that none is sent twice."""

import httpx
import pytest
from telegram import Bot
from telegram.error import TimedOut

from bot.channels.telegram.enclosures import Enclosure
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.requests import Requests
from bot.channels.telegram.wording import Letter, plain
from bot.dispatch import PATIENCE_S
from tests.telegram_town import AT, DING, TOKEN, Hurrying


class SlowTelegram(httpx.AsyncBaseTransport):
    """Takes what it is sent and answers after so many seconds, which pass at once."""

    def __init__(self, slow_s: float) -> None:
        self._slow_s = slow_s
        self.waited_for: list[dict[str, float]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        steps = request.extensions["timeout"]
        self.waited_for.append(steps)
        if self._slow_s > steps["read"]:
            raise httpx.ReadTimeout("slow")
        chat = {"id": DING, "type": "private"}
        return httpx.Response(200, json={"ok": True, "result": {"message_id": 1, "date": AT, "chat": chat}})


async def sent(telegram: SlowTelegram, letter: Letter, file: Enclosure | None = None) -> None:
    time = Hurrying()
    async with Requests(httpx_kwargs={"transport": telegram}) as requests:
        bot = Bot(TOKEN, base_url="http://telegram.example/bot", request=requests)
        await Outgoing(bot, Pace(30, time.seconds, time.wait)).send(DING, letter, file)


async def test_a_message_that_telegram_takes_its_time_for_is_sent_once() -> None:
    telegram = SlowTelegram(10)
    await sent(telegram, plain("hi"))
    assert len(telegram.waited_for) == 1


async def test_who_never_answers_is_given_up() -> None:
    """The control of the one above."""
    with pytest.raises(TimedOut):
        await sent(SlowTelegram(PATIENCE_S), plain("hi"))


@pytest.mark.parametrize("file", [None, Enclosure("x.png", b"x", is_picture=True), Enclosure("x.ics", b"x")])
async def test_all_steps_of_a_call_end_before_it_is_cut_off(file: Enclosure | None) -> None:
    telegram = SlowTelegram(0)
    await sent(telegram, plain("hi"), file)
    [steps] = telegram.waited_for
    assert sorted(steps) == ["connect", "pool", "read", "write"]
    assert sum(steps.values()) < PATIENCE_S
