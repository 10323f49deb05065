"""Answers about camps that were attended: the record for staff, and where certificates are found."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class CampDays:
    """On how many days of those `held` somebody came; `number` is theirs in a list, `code` the booking's."""

    number: int
    alias: str
    code: str
    attended: int
    held: int


@dataclass(frozen=True, slots=True)
class CampAttended:
    """To staff: who came to a camp that is over, on how many days; `more` beyond the choices."""

    centre: CentreName
    activity: str
    first: date
    last: date
    people: tuple[CampDays, ...]
    more: int
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class CertificateLine:
    """A certificate to be opened at `address`."""

    who: str
    activity: str
    centre: str
    first: date
    last: date
    attended: int
    held: int
    address: str


@dataclass(frozen=True, slots=True)
class CertificatesReady:
    """The addresses are good until then; `for_staff`: said to the centre, which stamps what it prints."""

    lines: tuple[CertificateLine, ...]
    until: datetime
    for_staff: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class NoCertificates:
    """None of the family came to a camp that is over."""

    choices: tuple[Choice, ...]


CertificateView = CertificatesReady | NoCertificates
