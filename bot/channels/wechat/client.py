"""Calls WeChat's API: one token for all, fetched early and by one caller at a time, replayed once."""

import asyncio
import re
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from bot.channels.wechat.errors import Outcome, outcome_of

EARLY_S = 300
"""As stable_token is documented: from five minutes before the end on a new one is given; both are good."""
TIMEOUT_S = 10.0
_RID = re.compile(r"rid: ?([0-9a-zA-Z-]{1,64})")


class CallFailed(Exception):
    """WeChat said no. The text is the code and the id that its diagnosis tool takes, nothing of the call."""

    def __init__(self, code: int, message: str = "") -> None:
        rid = _RID.search(message)
        super().__init__(f"{code} {rid[1]}" if rid else str(code))
        self.code = code

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.code)


class NoAnswer(Exception):
    """WeChat could not be reached, or said nothing that can be read. Whether it acted is not known."""


class WeChatApi:
    """`http` knows the base address. One for each process: stable_token gives all of them the same token."""

    def __init__(
        self, http: httpx.AsyncClient, appid: str, secret: str, *, seconds: Callable[[], float]
    ) -> None:
        self._http = http
        self._appid, self._secret = appid, secret
        self._seconds = seconds
        self._token = ""
        self._good_until = 0.0
        self._one_at_a_time = asyncio.Lock()

    async def call(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """POST `body` as UTF-8 to `/cgi-bin/<path>`. Raises CallFailed and NoAnswer."""
        token = await self.token()
        try:
            return await self._post(path, body, token)
        except CallFailed as error:
            if error.outcome is not Outcome.RENEW:
                raise
        return await self._post(path, body, await self.token(instead_of=token))

    async def token(self, *, instead_of: str | None = None) -> str:
        """The token; another one when WeChat has just refused the one given as `instead_of`."""
        async with self._one_at_a_time:
            if self._token == instead_of:
                self._good_until = 0.0
            if self._seconds() < self._good_until:
                return self._token
            fetched = await self._fetched(force=False)
            if fetched == instead_of:
                fetched = await self._fetched(force=True)
            return fetched

    async def _fetched(self, *, force: bool) -> str:
        asked = {
            "grant_type": "client_credential",
            "appid": self._appid,
            "secret": self._secret,
            "force_refresh": force,
        }
        given = await self._post("stable_token", asked, None)
        match given:
            case {"access_token": str(token), "expires_in": int(lasts_s)} if token:
                self._token = token
                self._good_until = self._seconds() + max(lasts_s - EARLY_S, 0)
                return token
        raise NoAnswer("no token")

    async def _post(self, path: str, body: Mapping[str, Any], token: str | None) -> dict[str, Any]:
        params = {"access_token": token} if token else {}
        try:
            response = await self._http.post(f"/cgi-bin/{path}", params=params, json=body, timeout=TIMEOUT_S)
            answer = response.json()
        except (httpx.HTTPError, ValueError) as error:
            raise NoAnswer(type(error).__name__) from None  # its text holds the address with the token
        if not isinstance(answer, dict):
            raise NoAnswer("no object")
        code = answer.get("errcode", 0)
        if code != 0:
            raise CallFailed(code if isinstance(code, int) else -1, str(answer.get("errmsg", "")))
        return answer
