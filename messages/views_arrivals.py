"""Answers about children who are expected, and who are to be fetched."""

from dataclasses import dataclass
from datetime import datetime

from messages.view_parts import Choice
from messages.views_booking import Held


@dataclass(frozen=True, slots=True)
class ArrivalAsked:
    """The guardian is asked: the child is not checked in a quarter of an hour after the start."""

    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ArrivalNoted:
    """What the guardian told was noted; `is_noted` False: nothing was to be noted, or staff noted it before.
    `is_there`: that the child is there, else that it does not come."""

    held: Held | None
    is_noted: bool
    is_there: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ChildMissed:
    """Staff are told: a child is not there, and the guardian has not answered."""

    held: Held
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NotFetched:
    """A child is still at the centre half an hour after the end; `for_staff`: said to the centre."""

    held: Held
    for_staff: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class ChildFetched:
    """To the guardian: the child was handed over then, `by` a 'code', by the 'desk' alone, or to a
    relation by its code; None: it was noted by mistake, and the child is still there."""

    held: Held
    at: datetime
    by: str | None
    choices: tuple[Choice, ...]


ArrivalView = ArrivalAsked | ArrivalNoted | ChildMissed | NotFetched | ChildFetched
