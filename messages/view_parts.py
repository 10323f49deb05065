"""What many answers are made of: choices, days, openings, places, names of centres."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Choice:
    """A button or a number. `say` is what a resident sends to take it; `label` is shown as it is."""

    label: str
    say: str


@dataclass(frozen=True, slots=True)
class Days:
    """Consecutive days that are alike: their hours and why. Spans are minutes after midnight.

    `other_year`: not the year in which the answer is given, so that the year has to be said.
    """

    first: date
    last: date
    spans: tuple[tuple[int, int], ...]
    because: str
    holiday: str | None = None
    note: str | None = None
    unconfirmed: bool = False
    year_known: bool = True
    other_year: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Open or not at one moment; `is_open` is None when nobody wrote down what holds then."""

    at: datetime
    is_open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    today: Days
    is_now: bool = True


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is, and how far from the place the resident named. Degrees are GCJ-02."""

    address: str
    latitude: float
    longitude: float
    metres: int | None = None
    minutes: int | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a resident reported of a centre, open since then: 'closed', 'no_answer' or 'wrong'."""

    about: str
    since: date


@dataclass(frozen=True, slots=True)
class CentreName:
    """A centre as it is named in lists and questions."""

    id: str
    name: str
    subdistrict: str
    status: str


@dataclass(frozen=True, slots=True)
class KioskLine:
    name: str
    location: str
    hours_text: str
    can_do: str
    spot: Spot
    opening: Opening | None
