"""Answers about ratings: how was it, what was taken down, what can be added."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Visited:
    """What is rated: an activity on its day, or a centre as a whole."""

    centre: CentreName
    activity: str | None
    on: date


@dataclass(frozen=True, slots=True)
class RatingAsked:
    """The five levels to choose from, the best first. `is_reminder`: asked a second and last time."""

    visited: Visited
    is_reminder: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskWhichRated:
    """A rating of no place that is known: which centre is meant?"""

    example: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RatingTaken:
    """A rating stands. `was` is the level it had before; `reasons` are codes that were named with it;
    `number` and `short_hash` prove it in the ledger; `has_words`: something was written as well; `case` is
    the open case of a bad one, to be answered by `due_at`. `photo`: what is said with one that is added."""

    visited: Visited
    level: int
    was: int | None
    reasons: tuple[str, ...]
    has_words: bool
    receipt: str
    number: int
    short_hash: str
    case: str | None
    due_at: datetime | None
    help_line: str
    choices: tuple[Choice, ...]
    photo: str | None = None


@dataclass(frozen=True, slots=True)
class RatingWordsAsked:
    """What should be known about it? The next message is that."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RatingDeclined:
    """Nothing was taken down, and nobody asks again about that visit."""

    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RatingRefused:
    """Why nothing was taken down: 'unknown' nothing of the resident's, 'late' too long ago."""

    reason: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Given:
    """One of the ratings that a resident gave."""

    visited: Visited
    level: int
    receipt: str


@dataclass(frozen=True, slots=True)
class RatingsListed:
    """What the resident rated, the last first."""

    given: tuple[Given, ...]
    choices: tuple[Choice, ...]


RatingView = (
    RatingAsked
    | AskWhichRated
    | RatingTaken
    | RatingWordsAsked
    | RatingDeclined
    | RatingRefused
    | RatingsListed
)
