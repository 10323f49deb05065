"""The same conversations through the web page, Telegram and WeChat: the same answers word for word."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
import pytest_asyncio
from telegram import Bot

from bot.channels.telegram.account import open_bot
from bot.clock import fixed_clock
from bot.jobs import run_due
from bot.linli import Linli
from messages.geo import Degrees
from messages.render import Rendered, Renderer
from messages.views import View
from storage import scratch
from storage.database import Database
from tests.channel_differences import LACKING, OTHERWISE, Lacking, Otherwise, differing
from tests.channel_play import chosen, fill, played, time_of, unmet
from tests.channel_shown import PUBLIC_URL, Shown, Transcript, Turn, masked
from tests.channel_voices import CHANNELS, Voice, on_telegram, on_the_web, on_wechat
from tests.engines import opened
from tests.sample import Sample, linli_over, settings_for
from tests.telegram_peer import TelegramPeer, serving_telegram

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.no_cover]

DIALOGUES = chosen()
CONTROL = "people-1"
Change = Callable[[Rendered], Rendered]


class Altered(Renderer):
    """Says something else than it should."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self._change = change

    def _rendered(self, view: View, language: str) -> Rendered:
        return self._change(super()._rendered(view, language))


@dataclass
class Stammering:
    """Whatever is said is heard twice, as two messages."""

    voice: Voice

    async def say(self, text: str) -> Turn:
        return await self._twice(lambda: self.voice.say(text))

    async def press(self, choice: int) -> Turn:
        return await self.voice.press(choice)

    async def share(self, place: Degrees) -> Turn:
        return await self._twice(lambda: self.voice.share(place))

    async def rest(self) -> Turn:
        return await self.voice.rest()

    async def _twice(self, act: Callable[[], Awaitable[Turn]]) -> Turn:
        return await act() + await act()


@dataclass
class Town:
    """Where all conversations are played: one directory, one Telegram, and for each conversation and channel
    a Linli of its own in a copy of the database."""

    linli: Linli
    template: Database
    peer: TelegramPeer
    bot: Bot
    stack: AsyncExitStack
    residents: int = 1_000
    mornings: dict[datetime, Database] = field(default_factory=dict)
    well: dict[str, Transcript] = field(default_factory=dict)
    """The conversation of the controls as it should be."""

    async def play(self, name: str, channel: str, **how: Any) -> Transcript:
        """Press first in every second conversation, and in the others type first."""
        press_first = how.pop("press_first", list(DIALOGUES).index(name) % 2 == 0)
        stammers = how.pop("stammers", False)
        async with self.voice(channel, DIALOGUES[name], **how) as voice:
            heard = Stammering(voice) if stammers else voice
            return masked(await played(heard, DIALOGUES[name], press_first=press_first))

    async def everywhere(self, name: str, **how: Any) -> dict[str, Transcript]:
        return {channel: await self.play(name, channel, **how) for channel in CHANNELS}

    @asynccontextmanager
    async def voice(
        self, channel: str, dialogue: dict[str, Any], change: Change | None = None
    ) -> AsyncIterator[Voice]:
        now = time_of(dialogue)
        database = await scratch.clone(await self._morning(now))
        async with AsyncExitStack() as stack:
            stack.push_async_callback(database.close)
            linli = self.linli.over(database, fixed_clock(now))
            linli.renderer = Altered(change) if change else linli.renderer
            if dialogue.get("full"):
                await fill(linli)
            yield await stack.enter_async_context(self._opened(channel, linli))

    async def _morning(self, now: datetime) -> Database:
        """The directory with what the timed jobs have made of it by then."""
        if now not in self.mornings:
            database = await scratch.clone(self.template)
            self.stack.push_async_callback(database.close)
            await run_due(self.linli.over(database, fixed_clock(now)), now)
            self.mornings[now] = database
        return self.mornings[now]

    def _opened(self, channel: str, linli: Linli) -> Any:
        self.residents += 1
        match channel:
            case "web":
                return on_the_web(linli)
            case "telegram":
                return on_telegram(linli, self.peer, self.bot, self.residents)
            case _:
                return on_wechat(linli)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Town]:
    folder = tmp_path_factory.mktemp("alike")
    url = sample.copy_to(folder / "linli.db")
    async with AsyncExitStack() as stack:
        peer = await stack.enter_async_context(serving_telegram())
        given = {"telegram_token": peer.token, "telegram_api": peer.url, "public_url": PUBLIC_URL}
        settings = settings_for(url, folder, **given)
        database = await stack.enter_async_context(opened(url))
        template = await scratch.template_of(database)
        stack.push_async_callback(template.close)
        bot = await stack.enter_async_context(open_bot(settings))
        linli = linli_over(database, sample, settings)
        await linli.embed_directory()
        yield Town(linli, template, peer, bot, stack)


@pytest.mark.parametrize("name", DIALOGUES)
async def test_the_channels_say_the_same(name: str, town: Town) -> None:
    told = await town.everywhere(name)
    assert unmet(DIALOGUES[name], told["web"]) == []
    assert differing(name, told) == []


@pytest.mark.parametrize("channel", CHANNELS)
async def test_a_press_and_a_number_mean_the_same(channel: str, town: Town) -> None:
    pressed, typed = [await town.play("cases-3", channel, press_first=first) for first in (True, False)]
    assert pressed == typed


async def test_what_comes_in_pages_is_the_same(town: Town) -> None:
    told = await town.everywhere(CONTROL, change=lambda said: replace(said, text=said.text * 40))
    assert {channel: max(each.pages for turn in told[channel] for each in turn) > 1 for channel in told} == {
        "web": False,
        "telegram": True,
        "wechat": True,
    }
    assert differing(CONTROL, told) == []


def without_a_choice(said: Rendered) -> Rendered:
    return replace(said, choices=said.choices[:-1])


def with_another_word(said: Rendered) -> Rendered:
    return replace(said, text=said.text.replace("开着", "关着"))


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    "how", [{"change": without_a_choice}, {"change": with_another_word}, {"stammers": True}]
)
async def test_a_channel_that_says_otherwise_is_noticed(
    channel: str, how: dict[str, Any], town: Town
) -> None:
    told = town.well = town.well or await town.everywhere(CONTROL)
    assert differing(CONTROL, told) == []
    wrong = differing(CONTROL, told | {channel: await town.play(CONTROL, channel, **how)})
    others = {channel} if channel != "web" else {*CHANNELS} - {"web"}
    assert {each.split()[2].rstrip(":") for each in wrong} == others


def a_turn(*extras: str) -> Turn:
    return (Shown("您好", extras=frozenset(extras)),)


async def test_rows_of_the_tables_that_nothing_needs_are_noticed() -> None:
    told = {"web": (a_turn(),), "wechat": (a_turn(),)}
    assert differing("talk-1", told, lacking=(), otherwise=()) == []
    for at, fault in ((0, "does not differ"), (1, "no turn 1")):
        [wrong] = differing(
            "talk-1", told, lacking=(), otherwise=[Otherwise("talk-1", "wechat", "", {at: "您好"})]
        )
        assert fault in wrong
    [wrong] = differing("talk-1", told, lacking=[Lacking("photo", "wechat", "", "talk-1")], otherwise=())
    assert "photo is not lacking" in wrong
    offered = {"web": (a_turn("photo"),), "wechat": (a_turn("photo"),)}
    assert differing("talk-1", offered, lacking=[Lacking("photo", "wechat", "", "talk-1")], otherwise=())


async def test_every_row_is_about_a_conversation_that_is_played() -> None:
    assert {row.dialogue for row in OTHERWISE} | {row.seen for row in LACKING} <= DIALOGUES.keys()
    assert all(row.why for row in (*OTHERWISE, *LACKING))


async def test_there_are_enough_conversations_of_every_kind() -> None:
    assert len(DIALOGUES) >= 60
    assert len({name.partition("-")[0] for name in DIALOGUES}) >= 12
