"""Answers to staff: who they are here, what they are about to do, what they did."""

from dataclasses import dataclass

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class StaffWelcomed:
    """This conversation is staff's now. `role` is a code; `centre` and `subdistrict` say where."""

    role: str
    centre: CentreName | None
    subdistrict: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class StaffCodeRefused:
    """A code that makes nobody staff. `why` is 'wrong' or 'too_many' (too often in the last hour)."""

    why: str
    help_line: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class PostEnded:
    """This conversation is a resident's again."""

    role: str
    centre: CentreName | None
    subdistrict: str | None
    choices: tuple[Choice, ...]


StaffView = StaffWelcomed | StaffCodeRefused | PostEnded
