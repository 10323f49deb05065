"""What a handler may look at while it answers, and what it hands back."""

from dataclasses import dataclass
from datetime import datetime

from handlers.asks import Dialogue
from handlers.snapshot import Directory
from messages.views import Choice, View
from messages.words import words


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that handlers follow. `pace` is metres a minute, `detour` street over straight line."""

    help_line: str
    detour: float = 1.3
    pace: float = 70.0
    languages: tuple[str, ...] = ("zh", "en")


@dataclass(frozen=True, slots=True)
class World:
    """The directory as it is, the time in Asia/Shanghai, and the settings."""

    directory: Directory
    now: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, and what the conversation remembers of it."""

    view: View
    dialogue: Dialogue


def suggestions(language: str) -> tuple[Choice, ...]:
    """Three useful things to ask, for answers that have no choices of their own."""
    listed = words(language, "phrases")["suggestions"]
    return tuple(Choice(item["label"], item["say"]) for item in listed[:3])
