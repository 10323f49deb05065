"""How the Telegram of tests hands over what people do: by polling, or pushed to a webhook."""

import asyncio
import contextlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
from aiogram.methods import DeleteWebhook, GetUpdates, SetWebhook
from aiogram.types import Update

from tests.telegram_refusals import Json, Refusal, Refused, bad_request

KINDS = frozenset(Update.model_fields) - {"update_id"}
ONLY_WHEN_ASKED = {"chat_member", "message_reaction", "message_reaction_count"}
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
PORTS = {None, 80, 88, 443, 8443}
WEBHOOK_IS_SET = (
    "Conflict: can't use getUpdates method while webhook is active; "
    "use deleteWebhook to delete the webhook first"
)
OTHER_POLL = (
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
)


@dataclass(frozen=True)
class Push:
    """One try at the webhook. Status 0: nobody answered."""

    update_id: int
    status: int


@dataclass(frozen=True)
class Hook:
    url: str
    secret: str
    connections: int

    @property
    def headers(self) -> dict[str, str]:
        return {SECRET_HEADER: self.secret} if self.secret else {}


class Updates:
    """The queue of the bot. An update stays until it is confirmed: by a later offset, or by the webhook.

    `routes` says where on this machine an address leads, in turn where it leads to several: a webhook must be
    https, and no test leaves the machine. `retry_s` is the pause after a push that failed.
    """

    def __init__(self, retry_s: float = 0.02) -> None:
        self.pending: list[Json] = []
        self.withheld: list[Json] = []
        self.pushes: list[Push] = []
        self.routes: dict[str, str | list[str]] = {}
        self.hook: Hook | None = None
        self.polls = 0
        self._again: list[Json] = []
        self._kinds = KINDS - ONLY_WHEN_ASKED
        self._next_id = 10_001
        self._retry_s = retry_s
        self._changed = asyncio.Event()
        self._delivering: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    def add(self, kind: str, content: Json) -> Json:
        """A new update; kept back where the bot has not asked for such."""
        update = {"update_id": self._next_id, kind: content}
        Update.model_validate(update)
        self._next_id += 1
        (self.pending if kind in self._kinds else self.withheld).append(update)
        self._wake()
        return update

    def again(self, update: Json) -> None:
        """Deliver it once more, with its old number, though it may have been confirmed."""
        (self.pending if self.hook else self._again).append(update)
        self._wake()

    async def poll(self, method: GetUpdates) -> list[Json]:
        if self.hook:
            raise Refused(Refusal(409, WEBHOOK_IS_SET))
        self.polls += 1
        mine = self.polls
        self._wake()  # an older poll gives way to this one
        self._confirm_below(method.offset or 0)
        self._ask_for(method.allowed_updates)
        with contextlib.suppress(TimeoutError):  # nothing came, which is an answer too
            async with asyncio.timeout(method.timeout or 0):
                while self._has_to_wait(mine):
                    await self._changed.wait()
        if mine != self.polls or self.hook:
            raise Refused(Refusal(409, OTHER_POLL))
        found = [*self._again, *self.pending][: method.limit or 100]
        self._again.clear()
        return found

    async def set_webhook(self, method: SetWebhook) -> bool:
        if method.url:
            _check_webhook(method)
        await self._stop_pushing()
        self._ask_for(method.allowed_updates)
        if method.drop_pending_updates:
            self.pending.clear()
        if method.url:
            self.hook = Hook(method.url, method.secret_token or "", method.max_connections or 40)
            self._delivering = asyncio.create_task(self._deliver(self.hook))
        self._wake()
        return True

    async def delete_webhook(self, method: DeleteWebhook) -> bool:
        return await self.set_webhook(SetWebhook(url="", drop_pending_updates=method.drop_pending_updates))

    def webhook_info(self) -> Json:
        return {
            "url": self.hook.url if self.hook else "",
            "has_custom_certificate": False,
            "pending_update_count": len(self.pending),
            "allowed_updates": sorted(self._kinds),
        }

    async def close(self) -> None:
        """Let everybody go who still waits."""
        self._closing.set()
        self._wake()
        await self._stop_pushing()

    async def changed(self) -> None:
        """Until something was added, fetched or taken."""
        await self._changed.wait()

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _has_to_wait(self, poll: int) -> bool:
        return not (self.pending or self._again or self.hook or self._closing.is_set()) and poll == self.polls

    def _confirm_below(self, offset: int) -> None:
        """A negative offset keeps the last so many."""
        self.pending = [each for each in self.pending if each["update_id"] >= offset]
        if offset < 0:
            self.pending = self.pending[offset:]

    def _ask_for(self, kinds: list[str] | None) -> None:
        """Counts for what comes from now on. Nothing said: as before; an empty list: as at first."""
        if kinds is not None:
            self._kinds = frozenset(kinds) & KINDS if kinds else KINDS - ONLY_WHEN_ASKED

    async def _stop_pushing(self) -> None:
        self.hook = None
        if self._delivering:
            self._delivering.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._delivering
            self._delivering = None

    async def _deliver(self, hook: Hook) -> None:
        """Push what is pending: each chat in its order, different chats at the same time."""
        pushing: dict[int, asyncio.Task[None]] = {}
        async with httpx.AsyncClient(trust_env=False) as http, asyncio.TaskGroup() as group:
            while True:
                for update in self.pending:
                    if (chat := _chat(update)) not in pushing and len(pushing) < hook.connections:
                        pushing[chat] = group.create_task(self._push(http, hook, update))
                        pushing[chat].add_done_callback(lambda _: self._wake())
                await self._changed.wait()
                pushing = {chat: task for chat, task in pushing.items() if not task.done()}

    async def _push(self, http: httpx.AsyncClient, hook: Hook, update: Json) -> None:
        try:
            status = (await http.post(self._routed(hook.url), json=update, headers=hook.headers)).status_code
        except httpx.TransportError:
            status = 0
        self.pushes.append(Push(update["update_id"], status))
        if 200 <= status < 300:
            self.pending.remove(update)
        else:
            await self._pause()

    async def _pause(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._retry_s):
                await self._closing.wait()

    def _routed(self, url: str) -> str:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        found = self.routes.get(origin, [])
        doors = [found] if isinstance(found, str) else found
        if not doors:
            raise httpx.ConnectError(f"no route to {origin}")
        return doors[len(self.pushes) % len(doors)] + url.removeprefix(origin)


def _chat(update: Json) -> int:
    [content] = [value for name, value in update.items() if name != "update_id"]
    chat: Any = content.get("chat") or content.get("message", {}).get("chat") or content["from"]
    return int(chat["id"])


def _check_webhook(method: SetWebhook) -> None:
    parts = urlsplit(method.url)
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if parts.port not in PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    if len(method.secret_token or "") > 256:
        raise bad_request("secret token is too long")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", method.secret_token or ""):
        raise bad_request("secret token contains unallowed characters")
