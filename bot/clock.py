"""The only clock: everything else is given the time."""

from collections.abc import Callable
from datetime import UTC, datetime

from messages.calendar import SHANGHAI

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, aware, in Asia/Shanghai."""
    return datetime.now(UTC).astimezone(SHANGHAI)


def fixed_clock(now: datetime) -> Clock:
    """A clock that stands still at `now`, for dialogues that are played at their own time."""
    if now.tzinfo is None:
        raise ValueError("a clock needs an aware time")
    return lambda: now
