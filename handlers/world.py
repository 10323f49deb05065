"""What a handler may look at while it answers, and what it hands back."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from handlers.asks import Dialogue
from handlers.case_clock import USUAL_CASE_TERMS, CaseTerms
from handlers.line import USUAL_TERMS, LineTerms
from handlers.pauses import USUAL_MISS_TERMS, MissTerms
from handlers.safe import Safe
from handlers.snapshot import Directory
from messages.photo import Photo, Problem
from messages.view_parts import Choice
from messages.views import View
from messages.words import words
from storage.database import Transaction
from storage.staff import Post

CodeHash = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Policy:
    """Settings that handlers follow. `pace` is metres a minute, `detour` street over straight line,
    `callback_hours` the opening hours within which a resident who asked for a person is answered,
    `traditional` whether who writes Traditional characters is answered in them. Of bookings: the channels
    that carry `push` messages, and any of them and not only what a template tells (`push_any`), how many
    places a family may have in a week, how many weeks sessions are planned ahead, the rules of the line, and
    what follows when somebody does not come. Of children: who is `responsible` for their data, for how many
    days after a term sealed names can be read, after how many days what was said is emptied, and the `page`
    on which residents reach Linli (None where it is not set), and can tell what may not be told in every
    channel. `cases`: the times of cases; `photo_days` after one is closed its photos are deleted.
    `coverage_by`: the day by which every centre is to be open."""

    help_line: str
    detour: float = 1.3
    pace: float = 70.0
    languages: tuple[str, ...] = ("zh", "en")
    callback_hours: int = 8
    traditional: bool = False
    push: frozenset[str] = frozenset(("telegram", "wechat"))
    push_any: frozenset[str] = frozenset(("telegram", "wechat"))
    places_a_week: int = 15
    weeks_ahead: int = 6
    line: LineTerms = USUAL_TERMS
    responsible: str | None = None
    coverage_by: date | None = None
    names_days: int = 30
    bodies_days: int = 30
    page: str | None = None
    misses: MissTerms = USUAL_MISS_TERMS
    cases: CaseTerms = USUAL_CASE_TERMS
    photo_days: int = 30


class DirectoryMoved(Exception):
    """The directory was saved since it was looked at; what hangs on it has to be looked at again."""


@dataclass(frozen=True, slots=True)
class World:
    """The directory as it is, the time in Asia/Shanghai, and the settings."""

    directory: Directory
    now: datetime
    policy: Policy


@dataclass(frozen=True, slots=True)
class Scene:
    """What an act has beside the world: the turn's transaction, its conversation and channel, what was
    typed, and what lies outside the database.

    What stands in `text` only, such as a phone number or a name, is remembered by nobody but the act.
    `origin` is that of the message, and must be kept nowhere as it is.
    `code_hash` makes of a staff code as it is typed what is kept of it, None of what can be none; `post` is
    there when the conversation is staff's; `photo` when the message brought one, or why it is none;
    `is_public`: many people use the device.
    """

    tx: Transaction
    conversation_id: str
    channel: str
    text: str
    new_id: Callable[[], UUID]
    safe: Safe
    code_hash: CodeHash
    post: Post | None
    origin: str | None = field(default=None, repr=False)
    photo: Photo | Problem | None = None
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened, and what the conversation remembers of it. `is_somebody_else`: from now on it is
    staff's, or a resident's again."""

    view: View
    dialogue: Dialogue
    is_somebody_else: bool = False


def suggestions(language: str) -> tuple[Choice, ...]:
    """Three useful things to ask, for answers that have no choices of their own."""
    listed = words(language, "phrases")["suggestions"]
    return tuple(Choice(item["label"], item["say"]) for item in listed[:3])
