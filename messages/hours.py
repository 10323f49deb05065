"""Opening hours as people write them, parsed into rules; the written text always stays beside them."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

ALL_WEEK = frozenset(range(1, 8))
MINUTES_A_DAY = 24 * 60


class HoursError(ValueError):
    """Hours that were not understood: the whole text, and the part that no rule explains."""

    def __init__(self, text: str, what: str) -> None:
        super().__init__(f"opening hours not understood at {what!r}")
        self.text = text
        self.what = what


class DayClass(StrEnum):
    """What a rule's days depend on beside the weekday. `REST`: weekends that are not made up for."""

    ANY = "any"
    WORK = "work"
    REST = "rest"
    HOLIDAY = "holiday"
    MAKEUP = "makeup"
    SCHOOL = "school"


class Effect(StrEnum):
    """`USUAL`: on these days the rest of the text holds as on any other day."""

    OPEN = "open"
    CLOSED = "closed"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` to `end`, minutes after midnight; past midnight `end` exceeds 1440."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DaySet:
    """Days on which a rule holds: weekdays (ISO 1..7), perhaps only the nth of a month (-1 the last),
    of a class, between two dates. A date range without a year is (month, day) and recurs."""

    day_class: DayClass = DayClass.ANY
    weekdays: frozenset[int] = ALL_WEEK
    nth: frozenset[int] = frozenset()
    first: date | tuple[int, int] | None = None
    last: date | tuple[int, int] | None = None

    @property
    def is_every_day(self) -> bool:
        return self == DaySet()


@dataclass(frozen=True, slots=True)
class Rule:
    days: DaySet
    effect: Effect
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Parsed hours. Two texts that say the same are different hours: `text` is part of them."""

    text: str
    rules: tuple[Rule, ...]
    is_suspended: bool = False
    last_minute: int = field(init=False, repr=False, compare=False, hash=False, default=0)
    by_class: dict[DayClass, tuple[Rule, ...]] = field(
        init=False, repr=False, compare=False, hash=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        last = max((span.end for rule in self.rules for span in rule.spans), default=0)
        object.__setattr__(self, "last_minute", last)
        for day_class in DayClass:
            found = tuple(rule for rule in self.rules if rule.days.day_class is day_class)
            self.by_class[day_class] = found

    def about(self, day_class: DayClass) -> tuple[Rule, ...]:
        return self.by_class[day_class]

    @property
    def is_always(self) -> bool:
        """Open day and night, every day."""
        return any(r.days.is_every_day and r.spans == (Span(0, MINUTES_A_DAY),) for r in self.rules)

    @property
    def passes_midnight(self) -> bool:
        return self.last_minute > MINUTES_A_DAY

    def first_minute(self) -> int | None:
        """The earliest minute of a day at which a rule opens, None when none does."""
        return min((span.start for rule in self.rules for span in rule.spans), default=None)


def parse_hours(text: str) -> Hours:
    """Parse hours as written. Raises HoursError for anything not understood; nothing is guessed."""
    from messages.hours_parse import parse  # noqa: PLC0415 - the parser needs the types above

    return parse(text)


def to_osm(hours: Hours) -> str:
    """The hours in OpenStreetMap's opening_hours form (wiki.openstreetmap.org, Key:opening_hours)."""
    from messages.hours_osm import osm  # noqa: PLC0415 - as above

    return osm(hours)
