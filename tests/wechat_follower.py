"""WeChat as it pushes: signs, seals and reads the answers by itself, on nothing of ours but the address."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha1
from itertools import count
from typing import Any

import httpx
from defusedxml.ElementTree import fromstring
from starlette.applications import Starlette

from bot.channels.wechat.gate import Gate, Mode
from bot.channels.wechat.route import WeChatRoute
from bot.channels.wechat.seal import Seal
from bot.linli import Linli
from tests.sample import NOW

TOKEN, KEY, APPID, ACCOUNT = (
    "pamtest",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wxb11529c136998cb6",
    "gh_1",
)
SEAL = Seal(KEY, APPID)
AT = int(NOW.timestamp())


def signed(*parts: str) -> str:
    return sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - WeChat's own


def xml(fields: dict[str, str]) -> str:
    return f"<xml>{''.join(f'<{name}><![CDATA[{value}]]></{name}>' for name, value in fields.items())}</xml>"


@dataclass
class Follower:
    """Somebody who follows the account. Each message has a number of its own unless one is given."""

    http: httpx.AsyncClient
    mode: Mode = "plain"
    openid: str = "oDing"
    at: int = AT
    _numbers: Any = field(default_factory=lambda: count(1_000_000))

    def query(self, encrypted: str = "") -> dict[str, str]:
        query = {"timestamp": str(self.at), "nonce": "4711", "signature": signed(TOKEN, str(self.at), "4711")}
        if self.mode != "plain":
            query |= {
                "encrypt_type": "aes",
                "openid": self.openid,
                "msg_signature": signed(TOKEN, str(self.at), "4711", encrypted),
            }
        return query

    async def send(self, kind: str, **fields: str) -> httpx.Response:
        parties = {"ToUserName": ACCOUNT, "FromUserName": self.openid}
        body = xml(parties | {"CreateTime": str(self.at), "MsgType": kind} | fields)
        if self.mode == "plain":
            return await self.http.post("/wechat", params=self.query(), content=body.encode())
        encrypted = SEAL.closed(body)
        sealed = xml({"ToUserName": ACCOUNT, "Encrypt": encrypted})
        return await self.http.post("/wechat", params=self.query(encrypted), content=sealed.encode())

    async def push(self, kind: str, **fields: str) -> str:
        """What is answered, as the resident reads it; empty when nothing is."""
        return self.read(await self.send(kind, **fields))

    async def say(self, text: str, *, id: str | None = None, **fields: str) -> str:
        return await self.push("text", Content=text, MsgId=id or str(next(self._numbers)), **fields)

    async def share(self, latitude: float, longitude: float) -> str:
        """A place on Tencent's map."""
        at = {"Location_X": repr(latitude), "Location_Y": repr(longitude), "Scale": "15", "Label": ""}
        return await self.push("location", MsgId=str(next(self._numbers)), **at)

    async def event(self, name: str, **fields: str) -> str:
        return await self.push("event", Event=name, **fields)

    def read(self, response: httpx.Response) -> str:
        assert response.status_code == 200
        if response.text == "success":
            return ""
        answer = {child.tag: child.text or "" for child in fromstring(response.content)}
        if self.mode != "plain":
            parts = TOKEN, answer["TimeStamp"], answer["Nonce"], answer["Encrypt"]
            assert answer["MsgSignature"] == signed(*parts)
            answer = {child.tag: child.text or "" for child in fromstring(SEAL.opened(answer["Encrypt"]))}
        assert answer["ToUserName"] == self.openid
        assert (answer["FromUserName"], answer["MsgType"]) == (ACCOUNT, "text")
        assert int(answer["CreateTime"]) >= self.at
        assert 0 < len(answer["Content"].encode()) <= 2047
        return answer["Content"]


def route_over(linli: Linli, mode: Mode = "plain", **more: Any) -> WeChatRoute:
    return WeChatRoute(linli, Gate(TOKEN, mode, None if mode == "plain" else SEAL), **more)


@asynccontextmanager
async def following(
    route: WeChatRoute, mode: Mode = "plain", openid: str = "oDing"
) -> AsyncIterator[Follower]:
    app = Starlette(routes=route.routes())
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://linli.example") as http:
        yield Follower(http, mode, openid)
    await route.waiting.finish()
