"""Answers that lead to people: a phone, a call-back, what staff wrote, help in an emergency."""

from dataclasses import dataclass
from datetime import datetime

from messages.view_parts import CentreName, Choice, Opening


@dataclass(frozen=True, slots=True)
class HumanOffered:
    """A person to talk to: the centre's phone where one is known, else the help line.

    `is_complaint`: the resident is not content; then a call-back comes first and the help line takes
    complaints.
    """

    centre: CentreName | None
    phone: str | None
    phone_is_sample: bool
    opening: Opening | None
    help_line: str
    choices: tuple[Choice, ...]
    is_complaint: bool = False


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """A person will answer here by `due_at` (Asia/Shanghai); `centre` None: the district's office does.

    `is_new`: asked for just now, not before. `is_overdue`: the time that was told has passed.
    `phone` is masked, None when the resident gave none. `is_added`: one was waited for, and something else is
    answered with it.
    """

    number: str
    centre: CentreName | None
    due_at: datetime
    is_new: bool
    is_overdue: bool
    phone: str | None
    help_line: str
    choices: tuple[Choice, ...]
    is_added: bool = False


@dataclass(frozen=True, slots=True)
class CallbackPhoneNoted:
    """The number to call, masked, stands with the call-back; they call by `due_at`."""

    number: str
    phone: str
    centre: CentreName | None
    due_at: datetime
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CallbackTakenBack:
    number: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoCallback:
    """None is open that could be taken back, or for which a phone number was wanted: it was not kept."""

    gave_phone: bool
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class StaffAnswered:
    """What a person wrote to the resident who had asked for it; `centre` None: the district's office."""

    number: str
    centre: CentreName | None
    by: str
    text: str
    asked_at: datetime
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class StayedCalm:
    """Insults and threats are not echoed; what may stand behind them is taken seriously."""

    centre: CentreName | None
    phone: str | None
    phone_is_sample: bool
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class EmergencyShown:
    kind: str
    choices: tuple[Choice, ...]
