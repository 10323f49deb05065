"""What systemd hears: that Linli is ready, and that its event loop goes round. Where it does not listen,
nobody is the worse for it."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from io import StringIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.serve import bound, serve_web
from bot.settings import Settings, Supervisor
from bot.supervisor import watched
from bot.web.server import Server, make_server
from tests.test_logs import lines, stream

__all__ = ["stream"]
PAUSE_S = 0.03
PATIENCE_S = 60


@contextmanager
def listening(address: Path | str) -> Iterator[socket.socket]:
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as line:
        line.bind(str(address))
        line.setblocking(False)
        yield line


async def hears(line: socket.socket) -> bytes:
    async with asyncio.timeout(PATIENCE_S):
        return await asyncio.get_running_loop().sock_recv(line, 100)


async def a_while(pauses: int = 20) -> None:
    """So many signs of life would be due."""
    with suppress(TimeoutError):
        async with asyncio.timeout(pauses * PAUSE_S):
            await asyncio.Event().wait()


async def test_without_systemd_nothing_is_said_and_without_a_watchdog_nothing_but_ready(
    tmp_path: Path,
) -> None:
    async with watched(Supervisor(None, 0.01)):
        pass
    name = f"linli-{uuid4()}"
    with listening(f"\0{name}") as line:
        async with watched(Supervisor(f"@{name}", None)):
            assert await hears(line) == b"READY=1"
            await a_while()
            with pytest.raises(BlockingIOError):
                line.recv(100)
    with listening(tmp_path / "a@b") as line:
        async with watched(Supervisor(f"{tmp_path}/a@b", None)):
            assert await hears(line) == b"READY=1"


async def test_where_nothing_listens_is_logged_once_and_told_when_it_does(
    tmp_path: Path, stream: StringIO
) -> None:
    async with watched(Supervisor(f"{tmp_path}/notify", 3 * PAUSE_S)):
        await a_while()
        with listening(tmp_path / "notify") as line:
            assert [await hears(line) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
        await a_while()
    [told] = lines(stream)
    assert (told["event"], told["level"]) == ("NOTIFY_SOCKET leads nowhere", "error")
    assert told["reason"] == "No such file or directory"


def fill(address: str) -> int:
    """Say so much that not even somebody new could say more: how often."""
    many, before = 0, -1
    while many > before:
        before = many
        with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as another, suppress(BlockingIOError):
            another.setblocking(False)
            another.connect(address)
            while True:
                many += another.send(b"x")
    return many


async def test_a_line_that_is_full_keeps_nobody_waiting_and_nothing_is_lost(tmp_path: Path) -> None:
    address = f"{tmp_path}/notify"
    with listening(address) as line:
        many = fill(address)
        async with watched(Supervisor(address, None)):
            await a_while(1)
            assert [await hears(line) for _ in range(many)] == [b"x"] * many
            assert await hears(line) == b"READY=1"


class Hanging:
    """A server in a thread of its own, whose event loop stands still for as long as one likes."""

    def __init__(self) -> None:
        self.stands, self.goes_on = threading.Event(), threading.Event()
        app = Starlette(routes=[Route("/", self.answer), Route("/hang", self.hang)])
        app.state.closing = asyncio.Event()
        self.server: Server = make_server(app, host="127.0.0.1", port=0)

    async def answer(self, request: Request) -> Response:
        return Response("well")

    async def hang(self, request: Request) -> Response:
        self.stands.set()
        assert self.goes_on.wait(PATIENCE_S)
        return Response("again")


@contextmanager
def serving(hanging: Hanging) -> Iterator[str]:
    """Its address. As `linli run` serves it, and stopped as if by a signal."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(serve_web(hanging.server, door, Settings(public_url="http://127.0.0.1")))
        except BaseException as error:
            failures.append(error)

    with closing(bound("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=run)
        host, port = door.getsockname()
        door.listen()
        thread.start()
        try:
            yield f"http://{host}:{port}"
        finally:
            hanging.goes_on.set()
            hanging.server.should_exit = True
            thread.join(PATIENCE_S)
    assert failures == []


def is_silent(line: socket.socket) -> bool:
    """What was said before is read; then nothing comes for ten times as long as between two signs of life."""
    line.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            line.recv(100)
    line.settimeout(10 * PAUSE_S)
    try:
        line.recv(100)
    except TimeoutError:
        return True
    return False


def test_an_event_loop_that_stands_still_says_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", f"{tmp_path}/notify")
    monkeypatch.setenv("WATCHDOG_USEC", str(round(3 * PAUSE_S * 1_000_000)))
    hanging = Hanging()
    with listening(tmp_path / "notify") as line, serving(hanging) as url:
        line.settimeout(PATIENCE_S)
        assert [line.recv(100) for _ in range(2)] == [b"READY=1", b"WATCHDOG=1"]
        assert httpx.get(url).text == "well"
        asking = threading.Thread(target=httpx.get, args=[f"{url}/hang"], kwargs={"timeout": PATIENCE_S})
        asking.start()
        assert hanging.stands.wait(PATIENCE_S)
        assert is_silent(line)
        hanging.goes_on.set()
        asking.join(PATIENCE_S)
        line.settimeout(PATIENCE_S)
        assert line.recv(100) == b"WATCHDOG=1"


def test_residents_are_answered_where_nothing_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", f"{tmp_path}/nowhere")
    monkeypatch.setenv("WATCHDOG_USEC", "1000")
    with serving(Hanging()) as url:
        for _ in range(10):
            assert httpx.get(url).text == "well"
