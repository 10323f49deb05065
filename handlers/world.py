"""What a handler may look at while it answers, and what it hands back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from handlers.asks import Dialogue
from handlers.line import USUAL_TERMS, LineTerms
from handlers.pauses import USUAL_MISS_TERMS, MissTerms
from handlers.snapshot import Directory
from messages.view_parts import Choice
from messages.views import View
from messages.words import words
from storage.database import Transaction


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that handlers follow. `pace` is metres a minute, `detour` street over straight line,
    `callback_hours` the opening hours within which a resident who asked for a person is answered,
    `traditional` whether who writes Traditional characters is answered in them. Of bookings: the channels
    that carry `push` messages, how many places a family may have in a week, how many weeks sessions are
    planned ahead, the rules of the line, how residents reach the page (None where that is not set), and what
    follows when somebody does not come."""

    help_line: str
    detour: float = 1.3
    pace: float = 70.0
    languages: tuple[str, ...] = ("zh", "en")
    callback_hours: int = 8
    traditional: bool = False
    push: frozenset[str] = frozenset(("telegram", "wechat"))
    places_a_week: int = 15
    weeks_ahead: int = 6
    line: LineTerms = USUAL_TERMS
    public_url: str | None = None
    misses: MissTerms = USUAL_MISS_TERMS


@dataclass(frozen=True, slots=True)
class World:
    """The directory as it is, the time in Asia/Shanghai, and the settings."""

    directory: Directory
    now: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Scene:
    """What an act has beside the world: the turn's transaction, its conversation and what was typed.

    What stands in `text` only, such as a phone number, is remembered by nobody but the act.
    """

    tx: Transaction
    conversation_id: str
    channel: str
    text: str
    new_id: Callable[[], UUID]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, and what the conversation remembers of it."""

    view: View
    dialogue: Dialogue


def suggestions(language: str) -> tuple[Choice, ...]:
    """Three useful things to ask, for answers that have no choices of their own."""
    listed = words(language, "phrases")["suggestions"]
    return tuple(Choice(item["label"], item["say"]) for item in listed[:3])
