"""The open line to a page, on a real socket: everything once, in order, and it ends with the server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.web.stream import AT_ONCE
from handlers.message import Message
from tests.web_visitor import PATIENCE_S, Site, Visitor, serving, site, until


@asynccontextmanager
async def online(here: Site) -> AsyncIterator[Visitor]:
    """A visitor of the served page that has said something already."""
    async with serving(here) as server, httpx.AsyncClient(base_url=server.url(), timeout=PATIENCE_S) as http:
        visitor = Visitor(http)
        await visitor.open()
        await visitor.say("一", id="message-a")
        yield visitor


class Listener:
    """Reads events of an open stream."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next_event(self) -> tuple[str, dict[str, object]]:
        """Number and data of the next step; signs of life are passed over."""
        number = ""
        async for line in self._lines:
            if line.startswith("id: "):
                number = line[4:]
            elif line.startswith("data: "):
                return number, json.loads(line[6:])
        raise EOFError("the stream has ended")

    async def next_line(self) -> str:
        return await anext(self._lines)

    async def rest(self) -> list[str]:
        return [line async for line in self._lines]


@asynccontextmanager
async def listening(visitor: Visitor, **headers: str) -> AsyncIterator[Listener]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with visitor.http.stream("GET", "/api/stream", headers=named) as response:
        yield Listener(response)


@pytest.mark.parametrize("many", [AT_ONCE - 1, AT_ONCE, 2 * AT_ONCE + 1])
async def test_a_page_that_was_away_for_long_misses_nothing(many: int) -> None:
    here = Site()
    async with online(here) as visitor:
        [(channel, address)] = {(message.channel, message.address) for message in here.linli.heard}
        for each in range(many):
            await here.linli.hear(Message(channel, address, f"message-{each:04}", "二"))
        async with listening(visitor, last_event_id="1") as stream:
            numbers = [(await stream.next_event())[0] for _ in range(many)]
            await visitor.say("三", id="message-c")
            numbers.append((await stream.next_event())[0])
    assert numbers == [str(number) for number in range(2, many + 3)]


async def test_a_stream_begins_with_what_is_there_and_goes_on_with_what_comes() -> None:
    here = Site()
    async with online(here) as visitor, listening(visitor) as stream:
        assert stream.response.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert stream.response.headers["x-accel-buffering"] == "no"
        assert stream.response.headers["cache-control"] == "no-store"
        number, step = await stream.next_event()
        assert (number, step["id"], step["said"], step["text"]) == ("1", "message-a", "一", "听到：一")
        await visitor.say("二")
        assert (await stream.next_event())[0] == "2"
        here.linli.tell(here.linli.addresses()[0], "明天停电")
        number, step = await stream.next_event()
        assert (number, step["said"], step["text"]) == ("3", None, "明天停电")


async def test_a_page_that_comes_back_gets_only_what_it_missed() -> None:
    async with online(Site()) as visitor:
        for text in ("二", "三"):
            await visitor.say(text)
        async with listening(visitor, last_event_id="1") as stream:
            assert [(await stream.next_event())[0] for _ in range(2)] == ["2", "3"]


async def test_a_page_names_what_it_shows_already_at_its_first_time() -> None:
    async with online(Site()) as visitor:
        await visitor.say("二")
        async with visitor.http.stream("GET", "/api/stream?after=1") as response:
            assert (await Listener(response).next_event())[0] == "2"
        async with visitor.http.stream(
            "GET", "/api/stream?after=0", headers={"last-event-id": "1"}
        ) as response:
            assert (await Listener(response).next_event())[0] == "2"


async def test_silence_is_broken_by_a_sign_of_life() -> None:
    async with online(site(heartbeat_s=0.01)) as visitor, listening(visitor, last_event_id="1") as stream:
        lines = [await stream.next_line() for _ in range(6)]
    assert lines == ["retry: 2000", "", ": here", "", ": here", ""]


def test_signs_of_life_come_before_a_proxy_gives_up() -> None:
    assert Site().settings.heartbeat_s <= 15


async def test_a_server_that_stops_ends_its_streams_at_once() -> None:
    here = site(heartbeat_s=3600)
    async with serving(here) as server, httpx.AsyncClient(base_url=server.url()) as http:
        visitor = Visitor(http)
        await visitor.open()
        async with listening(visitor) as stream:
            assert await stream.next_line() == "retry: 2000"
            server.should_exit = True
            async with asyncio.timeout(PATIENCE_S / 4):
                assert await stream.rest() == [""]
    assert here.linli.ears == {} or not any(here.linli.ears.values())


async def test_without_being_told_a_stream_would_outlive_the_server() -> None:
    """The control of the test above: it is `closing` that ends the stream."""
    here = site(heartbeat_s=3600)
    async with online(here) as visitor, listening(visitor, last_event_id="1") as stream:
        assert await stream.next_line() == "retry: 2000"
        assert await stream.next_line() == ""
        waiting = asyncio.ensure_future(stream.next_line())
        await until(lambda: any(ear.waits for ears in here.linli.ears.values() for ear in ears))
        assert not waiting.done()
        here.app.state.closing.set()
        with pytest.raises(StopAsyncIteration):
            await waiting


async def test_the_stream_of_a_shared_device_ends_with_its_session() -> None:
    here = site(heartbeat_s=3600, public_idle_s=1)
    async with online(here) as visitor:
        await visitor.send("/public", public="1")
        async with listening(visitor, last_event_id="1") as stream, asyncio.timeout(PATIENCE_S / 2):
            assert (await stream.rest())[-1] == ""


async def test_a_page_that_is_closed_is_no_longer_listened_for() -> None:
    here = Site()
    async with online(here) as visitor:
        async with listening(visitor) as stream:
            await stream.next_event()
            assert any(here.linli.ears.values())
        await until(lambda: not any(here.linli.ears.values()))


async def test_nobody_listens_without_a_session() -> None:
    here = Site()
    async with online(here) as visitor:
        visitor.http.cookies.clear()
        refused = await visitor.http.get("/api/stream")
    assert refused.status_code == 403
    assert refused.json()["error"] == "stale"


@pytest.mark.parametrize("number", ["-1", "x", "1" * 16, "１"])
async def test_a_number_that_is_none_is_refused(number: str) -> None:
    async with online(Site()) as visitor:
        refused = await visitor.http.get("/api/stream", params={"after": number})
    assert refused.status_code == 400


async def test_streams_of_two_visitors_stay_apart() -> None:
    here = Site()
    async with online(here) as visitor, httpx.AsyncClient(base_url=visitor.http.base_url) as http:
        other = Visitor(http)
        await other.open()
        async with listening(other) as stream:
            await visitor.say("秘密")
            await other.say("公开")
            assert (await stream.next_event())[1]["said"] == "公开"
