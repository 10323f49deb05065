"""What staff read of families whom no message reached."""

from dataclasses import dataclass
from datetime import datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class FamilyToCall:
    """A booking by its code and number of people. `news`: 'offered' (`until` then), 'called_off', 'moved' or
    'held'. `why` they have not heard: 'nowhere', 'refused' or 'unread'."""

    code: str
    people: int
    name: str
    starts_at: datetime
    news: str
    until: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class FamiliesToCall:
    """The first of them; `more` are not listed, and `fresh` may yet read it. `page` is where all stand with
    their phone numbers, as far as these are kept."""

    centre: CentreName
    families: tuple[FamilyToCall, ...]
    more: int
    fresh: int
    page: str | None
    choices: tuple[Choice, ...]
