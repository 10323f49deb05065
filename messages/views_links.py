"""Answers about linking conversations of one person: the code, both confirmations, and the end of a link.

Channels are codes, such as 'web'; `here` is the one in which it is said.
"""

from dataclasses import dataclass
from datetime import datetime

from messages.view_parts import Choice


@dataclass(frozen=True, slots=True)
class LinkCodeShown:
    """What is to be said in the other conversation, and until when; `others` are linked already."""

    code: str
    until: datetime
    others: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LinkProposed:
    """What would be joined, where the code was said. `abroad`: some of it would be read on a channel whose
    operator keeps it abroad."""

    here: str
    others: tuple[str, ...]
    abroad: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LinkWaits:
    """Now the other side is asked, and has until then."""

    others: tuple[str, ...]
    until: datetime
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LinkAsked:
    """Is it you who said the code there? Asked where the code was made."""

    here: str
    others: tuple[str, ...]
    abroad: bool
    until: datetime
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Linked:
    here: str
    others: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class LinkRefused:
    """Nothing was changed, and why: 'wrong', 'too_many', 'own', 'linked', 'two_families', 'public', 'kept'
    (not oneself), 'declined' (by the other side), 'over', 'gone', 'not_linked'."""

    why: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class UnlinkProposed:
    """`leaves` is 'here' or 'others': who would no longer see what the family has."""

    leaves: str
    here: str
    others: tuple[str, ...]
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Unlinked:
    """`by_others`: it was said in another conversation."""

    leaves: str
    by_others: bool
    others: tuple[str, ...]
    choices: tuple[Choice, ...]


LinkView = (
    LinkCodeShown | LinkProposed | LinkWaits | LinkAsked | Linked | LinkRefused | UnlinkProposed | Unlinked
)
