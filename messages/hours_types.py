"""Opening hours as they were understood: rules for days, and what is said of holidays."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

DAY = 24 * 60
WORKING_WEEK = (1, 2, 3, 4, 5)
WEEKEND = (6, 7)
WHOLE_WEEK = (1, 2, 3, 4, 5, 6, 7)


class HoursError(ValueError):
    """Opening hours that were not understood; `what` is the part, `why` what is wrong with it."""

    def __init__(self, text: str, what: str, why: str = "not understood") -> None:
        super().__init__(f"opening hours {text!r}: {what!r} {why}")
        self.text = text
        self.what = what
        self.why = why


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Minutes after midnight; `end` is not included and may exceed 1440, past midnight."""

    start: int
    end: int


class Days(StrEnum):
    """Which days a rule speaks of.

    WEEKDAYS are days of the week as listed; WORKDAYS and RESTDAYS follow the civil calendar with its
    make-up days; SCHOOL_DAYS are working days in a term.
    """

    EVERY_DAY = "every_day"
    WEEKDAYS = "weekdays"
    WORKDAYS = "workdays"
    RESTDAYS = "restdays"
    SCHOOL_DAYS = "school_days"


@dataclass(frozen=True, slots=True, order=True)
class Day:
    """A day of the year; without a year, of every year."""

    year: int | None
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Season:
    """From one day to another, both included; without years it may run over New Year."""

    first: Day
    last: Day

    def has(self, on: date) -> bool:
        here = (on.month, on.day)
        first, last = (self.first.month, self.first.day), (self.last.month, self.last.day)
        if self.first.year is not None and self.last.year is not None:
            return (self.first.year, *first) <= (on.year, *here) <= (self.last.year, *last)
        if first <= last:
            return first <= here <= last
        return here >= first or here <= last


@dataclass(frozen=True, slots=True)
class Rule:
    """The spans of some days; none means closed.

    `weekdays` are ISO numbers (1 is Monday), ascending; `weeks` which of these weekdays in the month,
    -1 the last one; empty means every week.
    """

    days: Days
    spans: tuple[Span, ...]
    weekdays: tuple[int, ...] = WHOLE_WEEK
    weeks: tuple[int, ...] = ()
    season: Season | None = None

    @property
    def is_whole_week(self) -> bool:
        """Speaks of Monday to Friday, as an office would."""
        return set(WORKING_WEEK) <= set(self.weekdays)


class Said(StrEnum):
    """What the text says of holidays, or of make-up working days."""

    NOTHING = "nothing"
    CLOSED = "closed"
    AS_USUAL = "as_usual"
    OWN_HOURS = "own_hours"


@dataclass(frozen=True, slots=True)
class Special:
    """What is said of special days; `spans` for OWN_HOURS."""

    said: Said = Said.NOTHING
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Opening hours with their original text.

    For a day the first rule that speaks of it decides. `is_suspended` means closed until further notice.
    """

    text: str
    rules: tuple[Rule, ...]
    holidays: Special = Special()
    makeups: Special = Special()
    is_suspended: bool = False
    follows_workdays: bool = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        keeps_makeups = self.makeups.said is Said.AS_USUAL
        working = {Days.WORKDAYS, Days.WEEKDAYS} if keeps_makeups else {Days.WORKDAYS}
        follows = any(
            rule.days in working and (rule.days is Days.WORKDAYS or rule.is_whole_week)
            for rule in self.rules
            if rule.spans
        )
        object.__setattr__(self, "follows_workdays", follows)

    @property
    def is_always(self) -> bool:
        """Day and night, every day."""
        match self.rules:
            case (Rule(days=Days.EVERY_DAY, spans=(Span(0, end),), weeks=(), season=None),):
                usual = {Said.NOTHING, Said.AS_USUAL}
                said = {self.holidays.said, self.makeups.said}
                return end == DAY and said <= usual and not self.is_suspended
        return False

    @property
    def passes_midnight(self) -> bool:
        """Whether what begins on one day may end on the next."""
        spans = [span for rule in self.rules for span in rule.spans]
        spans += [*self.holidays.spans, *self.makeups.spans]
        return any(span.end > DAY for span in spans)

    def first_minute(self) -> int | None:
        """The earliest minute of a day at which a rule opens; None when none ever does."""
        return min((span.start for rule in self.rules for span in rule.spans), default=None)
