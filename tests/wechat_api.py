"""WeChat's API on a port of this machine: it keeps what it is asked and answers what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.wechat.client import WeChatApi
from bot.web.server import make_server
from tests.web_visitor import until

APPID, SECRET = "wxb11529c136998cb6", "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
OK = {"errcode": 0, "errmsg": "ok"}


async def at_once() -> None:
    """Nothing happens before the answer."""


@dataclass
class FakeApi:
    """`answers` are given in turn, then everything is fine; `meanwhile` happens before each. Tokens are T1,
    T2 …, each good for two hours."""

    url: str = ""
    answers: list[dict[str, Any] | str] = field(default_factory=list)
    asked: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    meanwhile: Callable[[], Awaitable[None]] = at_once
    token_answers: list[dict[str, Any]] = field(default_factory=list)
    tokens: int = 0
    forced: int = 0
    now: float = 0.0

    async def token(self, request: Request) -> Response:
        asked = await request.json()
        assert (asked["appid"], asked["secret"], asked["grant_type"]) == (APPID, SECRET, "client_credential")
        if self.token_answers:
            return JSONResponse(self.token_answers.pop(0))
        self.tokens += 1
        self.forced += asked["force_refresh"]
        await asyncio.sleep(0)
        return JSONResponse({"access_token": f"T{self.tokens}", "expires_in": 7200})

    async def call(self, request: Request) -> Response:
        body = await request.body()
        self.bodies.append(body)
        path = request.path_params["path"]
        self.asked.append((path, request.query_params.get("access_token", ""), json.loads(body or b"{}")))
        answer = self.answers.pop(0) if self.answers else self.usual(path)
        await self.meanwhile()
        return Response(answer, 502) if isinstance(answer, str) else JSONResponse(answer)

    def usual(self, path: str) -> dict[str, Any]:
        """What is fine is answered so; the address of a code depends on its scene alone."""
        if path != "qrcode/create":
            return OK
        name = sha256(self.bodies[-1]).hexdigest()[:22]
        return {"ticket": f"t{name}", "url": f"http://weixin.qq.com/q/{name}"}

    @property
    def texts(self) -> list[str]:
        return [body["text"]["content"] for path, _, body in self.asked if path == "message/custom/send"]

    def seconds(self) -> float:
        return self.now


@asynccontextmanager
async def serving_api(fake: FakeApi) -> AsyncIterator[WeChatApi]:
    """A client of the fake, over a real socket."""
    app = Starlette(
        routes=[
            Route("/cgi-bin/stable_token", fake.token, methods=["POST"]),
            Route("/cgi-bin/{path:path}", fake.call, methods=["POST"]),
        ]
    )
    app.state.closing = asyncio.Event()
    server = make_server(app, host="127.0.0.1", port=0)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        fake.url = server.url()
        async with httpx.AsyncClient(base_url=fake.url) as http:
            yield client(http, fake.seconds)
    finally:
        server.should_exit = True
        await running


def client(http: httpx.AsyncClient, seconds: Callable[[], float]) -> WeChatApi:
    return WeChatApi(http, APPID, SECRET, seconds=seconds)
