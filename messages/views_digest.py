"""The digest: what a manager reads on Monday of their centre's week, and the district of all of them."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `name` is a code: satisfied, activities, people, filled, missed, waiting.

    `value` is a share (0 to 1) or a count, as the template of its name says, None where there is nothing to
    tell it from; `n` what it is made of. `low` and `high` are the ends of its 80 % interval, if it has one.
    `before` is the same in an average week of the four before; `moved` says whether the difference is more
    than chance: 'up', 'down' or 'noise', None where there is nothing to compare.
    """

    name: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    before: float | None = None
    moved: str | None = None


@dataclass(frozen=True, slots=True)
class WeekPoint:
    """A week in the chart, from its Monday on. The share of the satisfied (0 to 1) with its interval, None
    where nobody has rated; `ratings` are verified ones."""

    from_on: date
    satisfied: float | None
    low: float | None
    high: float | None
    ratings: int
    activities: int
    people: int


@dataclass(frozen=True, slots=True)
class ToDo:
    """What would help most now. `kind` is a code of the template; `what` a number, a name or a question that
    belongs to it; `at` by when, or since when; `count` how many."""

    kind: str
    what: str | None = None
    count: int = 0
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CasesCount:
    """Cases of a centre: in the period opened, closed by residents, closed in silence; at its end open and
    overdue."""

    opened: int = 0
    closed: int = 0
    in_silence: int = 0
    still_open: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class StarsLine:
    """`stars` is None for "not enough data", then `lack` says of what. `before` is what the centre had a week
    ago. The rest is what brings `next_star`: verified ratings of 4 or 5, activities, people, days, cases to
    be closed."""

    stars: int | None
    before: int | None
    lack: str | None
    n: int
    next_star: int | None = None
    ratings: int = 0
    activities: int = 0
    people: int = 0
    days: int = 0
    cases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DigestShown:
    """A centre's digest of `cadence` (day, week, month), from `first_on` to `last_on`.

    `weeks` are the last eight with the one that ends last as the last; `questions` what residents asked and
    nobody could answer; `next_sessions`, `next_booked` and `next_off` the sessions of the following seven
    days, the people who booked them, and the names of holidays then; `quote` what a resident said and agreed
    to have read. `chart` and `workbook` are addresses, None where no page is known. `is_again`: it is the
    digest of a time long past.
    """

    centre: CentreName
    cadence: str
    first_on: date
    last_on: date
    todo: tuple[ToDo, ...]
    figures: tuple[Figure, ...]
    cases: CasesCount
    stars: StarsLine | None
    weeks: tuple[WeekPoint, ...]
    questions: tuple[str, ...]
    next_sessions: int
    next_booked: int
    next_off: tuple[str, ...]
    quote: str | None
    is_again: bool
    chart: str | None
    workbook: str | None
    choices: tuple[Choice, ...]
