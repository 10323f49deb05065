"""How the Telegram of tests says no: its refusals, faults that a test plans, and the limits on sending."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """An answer that is not ok, in Telegram's own words."""

    code: int
    description: str
    parameters: Mapping[str, int] = field(default_factory=dict)

    def answer(self) -> Json:
        told = {"ok": False, "error_code": self.code, "description": self.description}
        return told | ({"parameters": dict(self.parameters)} if self.parameters else {})


class Refused(Exception):
    """Ends a call with a refusal."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.description)
        self.refusal = refusal


def bad_request(description: str) -> Refused:
    return Refused(Refusal(400, f"Bad Request: {description}"))


class Silence(Enum):
    """The client waits for an answer in vain. Only after `NO_ANSWER` the call has had its effect."""

    NEVER_ARRIVED = "before"
    NO_ANSWER = "after"


class Page(Enum):
    """What a gateway in front of Telegram says, which is no JSON."""

    BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


Fault = Refusal | Silence | Page

BLOCKED = Refusal(403, "Forbidden: bot was blocked by the user")
DEACTIVATED = Refusal(403, "Forbidden: user is deactivated")
BAD_GATEWAY = Refusal(502, "Bad Gateway")


def flood(retry_after: int) -> Refusal:
    return Refusal(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})


def migrated(chat: int) -> Refusal:
    """The group has become a supergroup, which is another chat."""
    words = "Bad Request: group chat was upgraded to a supergroup chat"
    return Refusal(400, words, {"migrate_to_chat_id": chat})


@dataclass
class Planned:
    fault: Fault
    method: str | None
    chat: int | None
    times: int

    def meets(self, method: str, chat: object) -> bool:
        return (
            self.times > 0
            and (self.method is None or self.method.lower() == method.lower())
            and (self.chat is None or self.chat == chat)
        )


class Faults:
    """The switch: what goes wrong next, for which method and chat, and how often."""

    def __init__(self) -> None:
        self._planned: list[Planned] = []

    def plan(
        self, fault: Fault, method: str | None = None, *, chat: int | None = None, times: int = 1
    ) -> None:
        """The next `times` calls fail; polling does only where it is named."""
        self._planned.append(Planned(fault, method, chat, times))

    def clear(self) -> None:
        self._planned.clear()

    def take(self, method: str, chat: object) -> Fault | None:
        for planned in self._planned:
            if planned.method is None and method == "getUpdates":
                continue
            if planned.meets(method, chat):
                planned.times -= 1
                return planned.fault
        return None


class Window:
    """At most `most` in any `span` seconds. Whom it refused it goes on refusing until the time it named."""

    def __init__(self, most: int, span: float) -> None:
        self.most, self.span = most, span
        self._times: deque[float] = deque()
        self._closed_until = -math.inf

    def wait(self, now: float) -> float:
        """The seconds until there is room; 0 where there is."""
        while self._times and self._times[0] <= now - self.span + 1e-9:
            self._times.popleft()
        room = self._times[0] + self.span - now if len(self._times) >= self.most else 0.0
        return max(room, self._closed_until - now, 0.0)

    def take(self, now: float) -> None:
        self._times.append(now)

    def close(self, now: float, seconds: float) -> None:
        """Coming early does not make the time longer."""
        if now >= self._closed_until:
            self._closed_until = now + seconds


class Limiter:
    """30 a second in all, 1 a second to a person, 20 a minute to a group, counted over every window.

    A burst is a longer window: `private=(3, 3.0)` lets 3 go at once in any 3 seconds. `factor` makes
    everything that many times quicker; `retry_after` stays in whole seconds, as Telegram gives it.
    """

    def __init__(
        self,
        seconds: Callable[[], float],
        *,
        overall: tuple[int, float] = (30, 1.0),
        private: tuple[int, float] = (1, 1.0),
        group: tuple[int, float] = (20, 60.0),
        factor: float = 1.0,
    ) -> None:
        self._seconds = seconds
        self._overall = Window(overall[0], overall[1] / factor)
        self._private = defaultdict[int, Window](lambda: Window(private[0], private[1] / factor))
        self._group = defaultdict[int, Window](lambda: Window(group[0], group[1] / factor))
        self.passed = 0
        self.refused = 0

    def admit(self, chat: int) -> None:
        """Count one message to `chat`, or raise Refused with 429."""
        now = self._seconds()
        windows = (self._overall, self._private[chat] if chat > 0 else self._group[chat])
        full = [window for window in windows if window.wait(now) > 0]
        if not full:
            self.passed += 1
            for window in windows:
                window.take(now)
            return
        self.refused += 1
        retry_after = math.ceil(max(window.wait(now) for window in full) - 1e-9)
        for window in full:
            window.close(now, retry_after)
        raise Refused(flood(retry_after))
