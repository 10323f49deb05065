"""Answers about centres that somebody follows, and what these announce.

`called` is how a centre is called for short, as one says it to follow it no more.
"""

from dataclasses import dataclass
from datetime import date

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Followed:
    """`is_new`: not before; `here` is the channel, which `pushes` or has to be opened; `most` a week come."""

    centre: CentreName
    called: str
    is_new: bool
    here: str
    pushes: bool
    most: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Unfollowed:
    """`was`: it was followed before."""

    centre: CentreName
    called: str
    was: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FollowsListed:
    """`example`: the name of a centre that could be followed."""

    centres: tuple[CentreName, ...]
    example: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class FollowRefused:
    """Nothing was changed, and why: 'which' (no centre was named), 'too_many' (there are `most` already) or
    'public' (a device that many use)."""

    why: str
    most: int
    example: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AnnouncementTold:
    """To who follows a centre: what its manager announced, and on which day."""

    centre: CentreName
    called: str
    said: str
    on: date
    choices: tuple[Choice, ...]


FollowView = Followed | Unfollowed | FollowsListed | FollowRefused | AnnouncementTold
