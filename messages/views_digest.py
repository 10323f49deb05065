"""The digest: what a manager reads on Monday of their centre's week, and the district of all of them."""

from dataclasses import dataclass
from datetime import date, datetime

from messages.view_parts import CentreName, Choice
from messages.views_cases import CaseLine
from messages.views_stars import RankedLine, StarsLine
from messages.views_topics import TopicLine


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `name` is a code: satisfied, activities, people, filled, missed, waiting.

    `value` is a share (0 to 1) or a count, as the template of its name says, None where there is nothing to
    tell it from; `n` what it is made of. `low` and `high` are the ends of its 80 % interval, if it has one.
    `before` is the same in an average week of the four before; `moved` says whether the difference is more
    than chance: 'up', 'down' or 'noise', None where there is nothing to compare. Of several centres both
    speak of those alone that were counted each time.
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
class DigestShown:
    """A centre's digest of `cadence` (day, week, month), from `first_on` to `last_on`.

    `weeks` are the last eight with the one that ends last as the last; `questions` what residents asked and
    nobody could answer; `next_sessions`, `next_booked` and `next_off` the sessions of the following seven
    days, the people who booked them, and the names of holidays then; `quote` what a resident said and agreed
    to have read. `chart` and `workbook` are addresses, None where no page is known. `is_again`: it is the
    digest of a time long past. `fresh` ratings after visits are counted in one to come.
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
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many centres of a subdistrict are open, of how many; `late` ones should have been by the end of the
    period."""

    subdistrict: str
    open: int
    total: int
    late: int


@dataclass(frozen=True, slots=True)
class DistrictDigestShown:
    """The digest of several centres: those of the subdistrict `of`, or of the 'district'.

    `praised` and `spoken_with` are proposals by the rules of handlers/star_board.py, `late` the cases that
    are overdue longest, `topics` what many complain of (for the district alone); `figures` are sums over the
    `centres` that are open. `deserts` are what residents miss most, as DesertLine names things; `fresh` as in
    a centre's digest.
    """

    of: str
    cadence: str
    first_on: date
    last_on: date
    centres: int
    numbers: tuple[int, int, int, int, int, int]
    praised: tuple[RankedLine, ...]
    spoken_with: tuple[RankedLine, ...]
    late: tuple[CaseLine, ...]
    cases: CasesCount
    figures: tuple[Figure, ...]
    coverage: tuple[Coverage, ...]
    coverage_by: date | None
    topics: tuple[TopicLine, ...]
    questions: tuple[str, ...]
    is_again: bool
    choices: tuple[Choice, ...]
    deserts: tuple[str, ...] = ()
    fresh: int = 0


@dataclass(frozen=True, slots=True)
class DigestEmpty:
    """There is no digest of that period: `why` is 'no_centre' or 'not_yet'."""

    why: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class DigestWished:
    """From now on the digest comes so: 'none', or a cadence, on a weekday (Monday is 1, for weeks), at a
    minute of the day; the next one at `next_at`."""

    cadence: str
    weekday: int
    minute: int
    next_at: datetime | None
    choices: tuple[Choice, ...]


DigestView = DigestShown | DistrictDigestShown | DigestEmpty | DigestWished
