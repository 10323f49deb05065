"""What staff see of ratings: never who, and nothing by which it could be guessed."""

from dataclasses import dataclass
from datetime import date

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Said:
    """What a resident wrote, without names, phone numbers and addresses, with the level they gave."""

    level: int
    said: str


@dataclass(frozen=True, slots=True)
class RatingsSeen:
    """Ratings of a centre since a day. `levels` are numbers of verified ones from 5 down to 1; `others` were
    given without a visit. `reasons` are codes with how often each was named, the most frequent first. Of
    `fresh` ones nothing is shown yet. `flagged` count for less, by code; `excluded` for nothing."""

    centre: CentreName
    since: date
    levels: tuple[int, int, int, int, int]
    others: int
    fresh: int
    reasons: tuple[tuple[str, int], ...]
    said: tuple[Said, ...]
    flagged: tuple[tuple[str, int], ...]
    excluded: int
    choices: tuple[Choice, ...]
