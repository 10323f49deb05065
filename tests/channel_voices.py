"""One resident on each channel, over the channel's real addresses; each shows what a resident is shown."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Protocol

import httpx
from starlette.applications import Starlette
from starlette.routing import BaseRoute
from telegram import Bot

from bot.channels.telegram.account import fetching
from bot.channels.telegram.answers import Answers
from bot.channels.telegram.deliveries import Deliveries
from bot.channels.telegram.intake import InOrder, Polling
from bot.channels.telegram.outgoing import Outgoing
from bot.channels.telegram.pace import Pace
from bot.dispatch import Dispatcher
from bot.linli import Linli
from bot.web.app import make_app
from bot.web.door import WebSettings
from messages.geo import Degrees, to_gcj02
from tests.channel_shown import (
    BUTTON,
    PUBLIC_URL,
    Turn,
    shown_in_messages,
    shown_in_payload,
    shown_in_step,
    shown_in_texts,
    steps_of,
    taps_of,
)
from tests.telegram_peer import TelegramPeer
from tests.telegram_town import Hurrying
from tests.web_visitor import SETTINGS, Visitor, all_well, until
from tests.wechat_follower import Follower, route_over

CHANNELS = ("web", "telegram", "wechat")


class Voice(Protocol):
    async def say(self, text: str) -> Turn: ...

    async def press(self, choice: int) -> Turn:
        """Press a choice of what was shown last, from 1, in the channel's own way."""

    async def share(self, place: Degrees) -> Turn:
        """Send where one is, in WGS-84."""

    async def rest(self) -> Turn:
        """What comes afterwards by itself."""


@dataclass
class WebVoice:
    """Types as the page's script does, presses as a browser without scripts, and reads the page."""

    visitor: Visitor
    _last: int = 0
    _values: dict[int, str] = field(default_factory=dict)

    async def say(self, text: str) -> Turn:
        return await self._told(await self.visitor.say(text))

    async def press(self, choice: int) -> Turn:
        response = await self.visitor.submit(say=self._values[choice])
        assert (response.status_code, response.headers["location"]) == (303, "/#last")
        return await self.rest()

    async def share(self, place: Degrees) -> Turn:
        return await self._told(await self.visitor.say("", location={"lat": place[0], "lon": place[1]}))

    async def _told(self, response: httpx.Response) -> Turn:
        """What the script is told stands on the page as well."""
        assert response.status_code == 200
        turn = await self.rest()
        assert shown_in_payload(response.json()) in turn
        return turn

    async def rest(self) -> Turn:
        steps = steps_of(await self.visitor.open(), self._last)
        for number, html in steps:
            self._last = number
            self._values = {int(at): unescape(say) for say, at, _ in BUTTON.findall(html)}
        return tuple(shown_in_step(html) for _, html in steps)


@dataclass
class TelegramVoice:
    peer: TelegramPeer
    user: int
    metronome: Dispatcher
    linli: Linli
    _seen: int = 0

    async def say(self, text: str) -> Turn:
        self.peer.say(self.user, text)
        return await self._answers()

    async def press(self, choice: int) -> Turn:
        below = [each for each in self.peer.sent_to(self.user) if "inline_keyboard" in each.markup][-1]
        [label] = [each["text"] for each in below.buttons if each["text"].startswith(f"{choice}. ")]
        self.peer.press(self.user, below, label)
        return await self._answers()

    async def share(self, place: Degrees) -> Turn:
        self.peer.share_location(self.user, *place)
        return await self._answers()

    async def rest(self) -> Turn:
        await self.metronome.run(self.linli.clock())
        return await self._answers()

    async def _answers(self) -> Turn:
        """An update is forgotten by Telegram once it is answered, and not before."""
        await until(lambda: not self.peer.updates.pending)
        sent = self.peer.sent_to(self.user)
        new, self._seen = sent[self._seen :], len(sent)
        return shown_in_messages(new)


@dataclass
class WeChatVoice:
    """Reads on to the last page of each answer."""

    follower: Follower
    _taps: dict[str, str] = field(default_factory=dict)

    async def say(self, text: str) -> Turn:
        return await self._read(await self.follower.say(text))

    async def press(self, choice: int) -> Turn:
        tapped = self._taps[str(choice)]
        return await self._read(await self.follower.say(str(choice), bizmsgmenuid=tapped))

    async def share(self, place: Degrees) -> Turn:
        return await self._read(await self.follower.share(*to_gcj02(place)))

    async def rest(self) -> Turn:
        """WeChat shows nothing but answers, as long as nothing may be pushed."""
        return ()

    async def _read(self, text: str) -> Turn:
        pages = [text] if text else []
        self._taps = {}
        while pages:
            self._taps |= taps_of(pages[-1])
            if self._taps.pop("0", None) is None:
                break
            pages.append(await self.follower.say("0"))
        return shown_in_texts(pages)


def app_over(linli: Linli, channels: tuple[BaseRoute, ...] = ()) -> Starlette:
    """The application as it is served, with time standing still."""
    return make_app(
        linli,
        WebSettings(SETTINGS.key, public_url=PUBLIC_URL),
        all_well,
        figures=linli.metrics.text,
        seconds=Hurrying().seconds,
        clock=linli.clock,
        channels=channels,
    )


def client_of(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=PUBLIC_URL)


@asynccontextmanager
async def on_the_web(linli: Linli) -> AsyncIterator[Voice]:
    async with client_of(app_over(linli)) as http:
        visitor = Visitor(http)
        await visitor.open()
        yield WebVoice(visitor)


@asynccontextmanager
async def on_wechat(linli: Linli, openid: str = "oDing") -> AsyncIterator[Voice]:
    route = route_over(linli, "safe")
    async with client_of(app_over(linli, tuple(route.routes()))) as http:
        yield WeChatVoice(Follower(http, "safe", openid, int(linli.clock().timestamp())))
    await route.waiting.finish()


@asynccontextmanager
async def on_telegram(linli: Linli, peer: TelegramPeer, bot: Bot, user: int) -> AsyncIterator[Voice]:
    """Updates are fetched and answers sent over sockets; only the pauses between messages are none."""
    time = Hurrying()
    outgoing = Outgoing(bot, Pace(linli.settings.telegram_per_second, time.seconds, time.wait))
    deliveries = Deliveries(linli, outgoing)
    polling = Polling(bot, InOrder(Answers(linli, outgoing, deliveries, time.seconds, time.wait)))
    metronome = Dispatcher(linli.database, {"telegram": deliveries.deliver}, chance=lambda: 0.5)
    peer.meet(user, language_code="zh-hans")
    async with fetching(polling):
        yield TelegramVoice(peer, user, metronome, linli)
