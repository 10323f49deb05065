"""Two processes behind nginx, as deploy/ sets them up: one service, also while each is started anew."""

import asyncio
import json
import signal
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

import asyncpg
import httpx

from messages.photo import MOST_BYTES
from tests.deployment import PATIENCE_S, Instance, Proxy, instances, nginx
from tests.photos import jpeg
from tests.sample import Sample
from tests.web_visitor import Visitor

MANY = {"LINLI_TURNS_PER_MINUTE": "1000000", "LINLI_TURNS_PER_MINUTE_ADDRESS": "1000000"}
FOR_HTTP = {"LINLI_PUBLIC_URL": "http://127.0.0.1"}  # else cookies would not go to the process itself
ASKED = "东湖社区几点开门"


async def numbers(stream: httpx.Response) -> AsyncIterator[int]:
    async for line in stream.aiter_lines():
        if line.startswith("id: "):
            yield int(line.removeprefix("id: "))


async def is_one_service(two: list[Instance], http: httpx.AsyncClient) -> None:
    """A page, turns, a stream that is taken up again, and a photo; both processes have a part in it."""
    visitor = Visitor(http)
    await visitor.open()
    async with http.stream("GET", "/api/stream") as stream:
        heard = numbers(stream)
        for number in range(1, 5):  # one of the processes holds the stream
            assert (await visitor.say(ASKED)).json()["number"] == number
            assert await anext(heard) == number
    async with http.stream("GET", "/api/stream", headers={"Last-Event-ID": "2"}) as stream:
        heard = numbers(stream)
        assert [await anext(heard), await anext(heard)] == [3, 4]
    photo = jpeg()
    sent = await http.post(
        "/api/photo",
        data={"id": "photo-0001", "say": "/photo case G-0001"},
        files={"photo": ("a.jpg", photo + b"\x00" * (MOST_BYTES - len(photo)))},
        headers={"x-csrf": visitor.csrf},
    )
    assert (sent.status_code, sent.json()["number"]) == (200, 5)
    assert (await http.get("/metrics")).status_code == 404
    async with httpx.AsyncClient() as inside:
        for each in two:
            assert "linli_turns_total{" in (await inside.get(f"{each.url}/metrics")).text


@dataclass
class Talker:
    """Sends one message after the other; what is not answered is sent again with the same id."""

    http: httpx.AsyncClient
    answers: list[int] = field(default_factory=list)
    failures: int = 0
    streams: int = 0
    heard: list[int] = field(default_factory=list)
    last: int = -1
    more: asyncio.Event = field(default_factory=asyncio.Event)
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    async def talk(self) -> None:
        visitor = Visitor(self.http)
        await visitor.open()
        while len(self.answers) != self.last:
            if self.enough.is_set() and self.last < 0:
                self.last = len(self.answers) + 1  # known before it can be heard
            said = await visitor.say("你好", id=f"message-{len(self.answers):04}")
            if said.status_code == HTTPStatus.OK:
                self.answers.append(said.json()["number"])
                self.more.set()
            else:
                self.failures += 1
                await self.rest()

    async def rest(self) -> None:
        """As the page does before it tries again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await asyncio.Event().wait()

    def is_done(self) -> bool:
        return self.heard[-1:] == [self.last]

    async def listen(self) -> None:
        """As a browser does: the last number that was heard goes into the next request."""
        while not self.is_done():
            asked = {"Last-Event-ID": str(self.heard[-1] if self.heard else 0)}
            async with self.http.stream("GET", "/api/stream", headers=asked) as stream:
                if stream.status_code != HTTPStatus.OK:
                    await self.rest()
                    continue
                self.streams += 1
                await self.hear(stream)

    async def hear(self, stream: httpx.Response) -> None:
        async for number in numbers(stream):
            self.heard.append(number)
            if self.is_done():
                return

    async def goes_on(self, many: int = 10) -> None:
        """Until so many more messages were answered."""
        async with asyncio.timeout(PATIENCE_S):
            for _ in range(many):
                self.more.clear()
                await self.more.wait()


@asynccontextmanager
async def talking(proxy: Proxy) -> AsyncIterator[Talker]:
    """While the block runs; after it everything was answered and heard."""
    async with proxy.visitor() as http, asyncio.TaskGroup() as tasks:
        talker = Talker(http)
        tasks.create_task(talker.talk())
        await talker.goes_on(1)
        tasks.create_task(talker.listen())
        yield talker
        talker.enough.set()


def nothing_was_lost(talker: Talker) -> bool:
    """Each message has one number, and each number was heard once."""
    return talker.answers == talker.heard == list(range(1, len(talker.answers) + 1))


async def test_two_processes_are_one_service_and_a_rolling_restart_fails_no_request_and_loses_nothing(
    sample_url: str, tmp_path: Path
) -> None:
    async with instances(sample_url, tmp_path, MANY) as two:
        first, second = two
        async with nginx(tmp_path / "nginx", (first.port, second.port)) as proxy:
            async with proxy.visitor() as http:
                await is_one_service(two, http)
            async with talking(proxy) as talker:
                assert await first.stop() == 0
                await talker.goes_on()
                await first.start()
                assert await second.stop() == 0  # at once: the first is ready
                await talker.goes_on()
        assert talker.failures == 0
        assert talker.streams > 1
        assert nothing_was_lost(talker)
        assert await first.stop() == 0
        assert [each.log.count("Traceback") for each in two] == [0, 0]


async def test_one_process_alone_fails_requests_meanwhile_and_still_loses_nothing(
    sample: Sample, tmp_path: Path
) -> None:
    """The control: failures are noticed, and what is sent again with the same id is done once."""
    url = sample.copy_to(tmp_path / "linli.db")
    async with instances(url, tmp_path, MANY, many=1) as [one]:
        async with nginx(tmp_path / "nginx", (one.port, one.port)) as proxy, talking(proxy) as talker:
            await one.stop()
            await one.start()
            await talker.goes_on()
        assert talker.failures > 0
        assert nothing_was_lost(talker)
        talker.heard.pop()
        assert not nothing_was_lost(talker)


@asynccontextmanager
async def somebody_writing(url: str) -> AsyncIterator[None]:
    """Somebody else who writes and takes their time: whoever reads is let in."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as held:
            held.execute("BEGIN IMMEDIATE")
            yield
            held.rollback()
        return
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction():
            await connection.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
            yield
    finally:
        await connection.close()


@asynccontextmanager
async def turn_begun(http: httpx.AsyncClient, one: Instance) -> AsyncIterator[asyncio.StreamReader]:
    """A message that the process has read for certain, and has not answered; the answer is to be read."""
    visitor = Visitor(http)
    await visitor.open()
    cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    body = json.dumps({"id": "message-0001", "text": ASKED})
    head = (
        f"POST /api/say HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookies}\r\nX-CSRF: {visitor.csrf}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection("127.0.0.1", one.port)
    with closing(writer):
        writer.write(f"{head}{body}".encode())
        await writer.drain()
        for _ in range(2):  # connections are taken and read in turn, and this one came later
            async with httpx.AsyncClient() as other:
                assert (await other.get(f"{one.url}/healthz")).status_code == 200
        yield reader


async def told_to_stop(http: httpx.AsyncClient, one: Instance) -> None:
    """Returns when it has begun to: its streams are over."""
    async with http.stream("GET", "/api/stream") as stream:
        one.tell(signal.SIGTERM)
        async for _ in stream.aiter_bytes():
            pass


async def status(reader: asyncio.StreamReader) -> str:
    async with asyncio.timeout(PATIENCE_S):
        return (await reader.read()).decode().partition("\r\n")[0]


async def test_a_turn_that_runs_is_answered_before_the_process_ends(sample_url: str, tmp_path: Path) -> None:
    async with (
        instances(sample_url, tmp_path, FOR_HTTP, many=1) as [one],
        httpx.AsyncClient(base_url=one.url, timeout=PATIENCE_S) as http,
        AsyncExitStack() as stack,
    ):
        async with somebody_writing(sample_url):
            turn = await stack.enter_async_context(turn_begun(http, one))
            await told_to_stop(http, one)
        assert await status(turn) == "HTTP/1.1 200 OK"
        assert await one.ended() == 0
        assert "Traceback" not in one.log


async def test_a_process_ends_although_its_turn_cannot(sample: Sample, tmp_path: Path) -> None:
    """The control: what is written goes on all the time, so the turn is told to come again."""
    url = sample.copy_to(tmp_path / "linli.db")
    async with (
        instances(url, tmp_path, FOR_HTTP | {"LINLI_BUSY_DEADLINE_S": "1"}, many=1) as [one],
        httpx.AsyncClient(base_url=one.url, timeout=PATIENCE_S) as http,
        somebody_writing(url),
        turn_begun(http, one) as turn,
    ):
        one.tell(signal.SIGTERM)
        assert await status(turn) == "HTTP/1.1 503 Service Unavailable"
        assert await one.ended() == 0
