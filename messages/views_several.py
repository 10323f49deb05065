"""Several things that were asked for in one sentence, each with what was asked of it."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice, Days, Opening, Reported, Spot


@dataclass(frozen=True, slots=True)
class Wanted:
    """A service, or an activity, whose `hours_text` are its times and `next_on` the next day of it. `place`
    and `phone` where it lies elsewhere than in the centre of the answer; `not_then`: the activity is not held
    on the days that were asked about."""

    name: str
    place: CentreName | None
    spot: Spot
    phone: str | None
    hours_text: str
    opening: Opening | None
    asked: tuple[Days, ...]
    opens_again: datetime | None
    fee: str | None
    audience: str | None
    bring: str | None
    how: str | None
    next_on: date | None
    not_then: bool


@dataclass(frozen=True, slots=True)
class SeveralShown:
    """At most three things. `centre` has most of them, None where they lie apart; `facets` were asked."""

    centre: CentreName | None
    spot: Spot | None
    accessibility: str | None
    things: tuple[Wanted, ...]
    facets: tuple[str, ...]
    phone: str | None
    is_sample: bool
    choices: tuple[Choice, ...]
    reported: tuple[Reported, ...] = ()
