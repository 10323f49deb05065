"""Answers about stars: of one centre with what they are made of, and of a district in order."""

from dataclasses import dataclass
from datetime import date

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class StarsLine:
    """`stars` is None for "not enough data", then `lack` says of what; `n` are verified ratings. `before` is
    what the centre had a week ago. The rest is what brings `next_star` (None: any star at all): further
    verified ratings of 4 or 5, or instead of them bad ones put right (`mended`, None where that is not
    enough), activities, people, days, cases to be closed."""

    stars: int | None
    before: int | None
    lack: str | None
    n: int
    next_star: int | None = None
    ratings: int = 0
    mended: int | None = None
    activities: int = 0
    people: int = 0
    days: int = 0
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Indicated:
    """One of the three indicators: its interval (80 %) as a share or as a ratio to like centres, at most 1,
    and what it was counted from."""

    indicator: str
    low: float
    middle: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class StarsShown:
    """The stars of a centre as of a day, since when it has had them, and what it had before; `line` is None
    where none were reckoned yet. `for_staff`: with what is missing for the next."""

    centre: CentreName
    on: date
    line: StarsLine | None
    indicated: tuple[Indicated, ...]
    since: date | None
    had: tuple[tuple[date, int | None], ...]
    for_staff: bool
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class RankedLine:
    """A centre in the district's order, with the evidence: satisfaction and its interval, and what makes it
    one to be praised or to be spoken with (codes)."""

    centre: CentreName
    stars: int | None
    low: float
    middle: float
    high: float
    n: int
    overdue: int
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StarsRanked:
    """Centres by stars: how many have how many (from five down to one, then those without), and who is to be
    praised and who to be spoken with by the rules of handlers/star_board.py."""

    of: str
    on: date
    numbers: tuple[int, int, int, int, int, int]
    first: tuple[RankedLine, ...]
    last: tuple[RankedLine, ...]
    praised: tuple[RankedLine, ...]
    spoken_with: tuple[RankedLine, ...]
    choices: tuple[Choice, ...]


StarsView = StarsShown | StarsRanked
