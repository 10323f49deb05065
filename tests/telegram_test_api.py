"""Telegram once more, by other hands: npm's telegram-test-api in a process of its own, and a person in it."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from tests.npm import node
from tests.patience import moment

Json = dict[str, Any]

HERE = Path(__file__).parent / "telegram_api"
PATIENCE_S = 60


@dataclass(frozen=True)
class Person:
    """Somebody who writes to the bot with this token, in a chat of their own."""

    http: httpx.AsyncClient
    url: str
    token: str
    user: int = 7

    async def say(self, text: str) -> None:
        command = re.match(r"/\w+", text)
        if not command:
            return await self._post("sendMessage", text=text)
        entity = {"type": "bot_command", "offset": 0, "length": command.end()}
        return await self._post("sendCommand", text=text, entities=[entity])

    async def share_location(self, latitude: float, longitude: float) -> None:
        await self._post("sendMessage", location={"latitude": latitude, "longitude": longitude})

    async def send_photo(self, file_id: str) -> None:
        size = {"file_id": file_id, "file_unique_id": file_id, "width": 40, "height": 30}
        await self._post("sendMessage", photo=[size])

    async def press(self, said: Json, label: str) -> None:
        """Press a button of something that the bot said."""
        rows = said["reply_markup"]["inline_keyboard"]
        [data] = [each["callback_data"] for row in rows for each in row if each["text"] == label]
        message = {**self._who(), "message_id": said["message_id"], "date": _now(), "text": said["text"]}
        await self._post("sendCallback", data=data, message=message)

    async def history(self) -> list[Json]:
        """Everything said and pressed so far, the oldest first."""
        answer = await self.http.post("/getUpdatesHistory", json={"token": self.token})
        history: list[Json] = answer.raise_for_status().json()["result"]
        return history

    async def said(self, least: int = 1) -> list[Json]:
        """What the bot has said, as it stands now; waits until there is so much."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                bots = [each for each in await self.history() if "chat_id" in each.get("message", {})]
                if len(bots) >= least:
                    return [{**each["message"], "message_id": each["messageId"]} for each in bots]
                await moment()

    def _who(self) -> Json:
        names = {"first_name": "王<b>&", "username": "wang"}
        return {
            "from": {"id": self.user, "is_bot": False, **names},
            "chat": {"id": self.user, "type": "private", **names},
        }

    async def _post(self, kind: str, **content: Any) -> None:
        told = {"botToken": self.token, "date": _now(), **self._who(), **content}
        (await self.http.post(f"/{kind}", json=told)).raise_for_status()


@asynccontextmanager
async def serving_telegram_test_api(token: str) -> AsyncIterator[Person]:
    """A person at a fresh emulator. It ends with this context, or when this process does."""
    process = await asyncio.create_subprocess_exec(
        *(node("telegram_api", "telegram-test-api"), "--no-deprecation", "server.js"),
        cwd=HERE,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE_S):
            url = (await process.stdout.readline()).decode().strip()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            yield Person(http, url, token)
    finally:
        process.stdin.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
