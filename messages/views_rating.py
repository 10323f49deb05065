"""Answers about ratings: how was it, what was taken down, what can be added."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Visited:
    """What is rated: an activity on its day, a centre as a whole, or one of its services."""

    centre: CentreName
    activity: str | None
    on: date
    service: str | None = None


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
    `number` and `short_hash` prove it in the ledger; `has_words`: something was written as well, and
    `is_quotable`: it may be read by others without a name; `case` is the open case of a bad one, to be
    answered by `due_at`. `photo`: what is said with one that is added."""

    visited: Visited
    level: int
    was: int | None
    reasons: tuple[str, ...]
    has_words: bool
    is_quotable: bool
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


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry of the ledger: `kind` is 'rating', 'reason' or 'words'."""

    number: int
    kind: str
    short_hash: str


@dataclass(frozen=True, slots=True)
class ReceiptShown:
    """What the ledger holds of a rating. `is_current` False: another took its place. `holds`: the entries are
    about what is kept, and the chain holds from them to the root that was published of `day`, with its number
    and the first letters of its hash; to the ledger's end where `day` is None, since it is not over."""

    receipt: str
    visited: Visited
    level: int
    is_verified: bool
    is_current: bool
    entries: tuple[LedgerLine, ...]
    holds: bool
    day: date | None
    root_number: int
    root_hash: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoReceipt:
    """No rating has this receipt."""

    receipt: str
    help_line: str
    choices: tuple[Choice, ...]


RatingView = (
    RatingAsked
    | AskWhichRated
    | RatingTaken
    | RatingWordsAsked
    | RatingDeclined
    | RatingRefused
    | RatingsListed
    | ReceiptShown
    | NoReceipt
)
