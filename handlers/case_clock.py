"""By when a case has to be answered: in working days by the calendar with its make-up days, from its steps.

A working day that only a missing notice can decide is not counted, as nobody can rely on it. Whatever is
stored is judged again when the calendar changes; but no notice makes anybody late after the fact. Danger is
not a matter of working days: it has hours of the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from handlers.case_states import ANSWERED, DISTRICT, ENDED, State
from messages.calendar import Calendar
from storage.case_files import CaseFile, Step

URGENT = "urgent"
# On the last day there is time until offices close.
DAY_ENDS = time(18)
# Nobody is reminded or asked at night.
SAID_FROM, SAID_UNTIL = time(9), time(21)
# Before the end of what is counted in hours.
SOON = timedelta(hours=1)
DAY = timedelta(days=1)

# What a step is for, where it is not to move the case to another state.
OPENED, ESCALATED, REFUSED, EXTENDED = "opened", "escalated", "refused", "extended"
REMINDED, URGED, REJUDGED, ASKED_AGAIN = "reminded", "urged", "rejudged", "asked_again"
WITHDRAWN = "withdrawn"
# From these on the time of whoever has it now begins anew.
_BEGINS_BECAUSE = frozenset((OPENED, ESCALATED, REFUSED, WITHDRAWN))
_BEGINS_AS = frozenset((State.REOPENED, State.HALF_FIXED, State.APPEALED))


@dataclass(frozen=True, slots=True)
class CaseTerms:
    """Settings: working days for what came of a `rating`, a `complaint` and an `information` report,
    `urgent_hours` of the clock, so many further days at most are asked for once (`extension`), so many days
    after a breach it goes up (`escalation`). After an answer the resident is reminded after `ask_again` days,
    and it is closed provisionally after `silence` days; `sample` in a hundred of these are called."""

    rating: int = 5
    complaint: int = 5
    information: int = 2
    urgent_hours: int = 4
    extension: int = 5
    escalation: int = 2
    ask_again: int = 3
    silence: int = 7
    sample: int = 20

    def days(self, kind: str) -> int:
        return {"rating": self.rating, "information": self.information}.get(kind, self.complaint)


USUAL_CASE_TERMS = CaseTerms()


@dataclass(frozen=True, slots=True)
class Clock:
    """When the time of whoever has the case began, with which step, and by how many days it was extended."""

    began_at: datetime
    number: int
    more: int = 0


def kind_of_step(step: Step) -> tuple[str, str]:
    """What the step is for, and its number or code."""
    what, _, which = (step.because or "").partition(":")
    return what, which


def clock_of(steps: Sequence[Step]) -> Clock:
    """Raises LookupError for a case without steps, which there is none of."""
    clock: Clock | None = None
    for step in steps:
        what, which = kind_of_step(step)
        is_moved = step.was != step.became
        if what in _BEGINS_BECAUSE or (is_moved and step.became in _BEGINS_AS):
            clock = Clock(step.made_at, step.number)
        elif what == EXTENDED and clock:
            clock = Clock(clock.began_at, clock.number, int(which))
    if clock is None:
        raise LookupError("a case begins with a step")
    return clock


def working_day_after(on: date, days: int, calendar: Calendar) -> date:
    """The day on which so many working days have passed; with 0 the day itself."""
    while days > 0:
        on += DAY
        days -= calendar.is_workday(on) is True
    return on


def working_day_before(on: date, calendar: Calendar) -> date:
    on -= DAY
    while calendar.is_workday(on) is not True:
        on -= DAY
    return on


def due_at(
    kind: str, began_at: datetime, terms: CaseTerms, calendar: Calendar, zone: tzinfo | None, *, more: int = 0
) -> datetime:
    """The end of the time for a case of this kind that began then; days are those of the zone, and so many
    `more` were asked for."""
    begun = began_at.astimezone(zone)
    if kind == URGENT:
        return begun + timedelta(hours=terms.urgent_hours)
    last = working_day_after(begun.date(), terms.days(kind) + more, calendar)
    return datetime.combine(last, DAY_ENDS, zone)


def next_act(
    case: CaseFile,
    steps: Sequence[Step],
    terms: CaseTerms,
    calendar: Calendar,
    now: datetime,
    *,
    is_listed: bool = True,
) -> str | None:
    """What Linli has to do with a case now: a code of this file, 'close', or nothing. `is_listed`: its centre
    is in the directory, and somebody can act for it."""
    state = State(case.state)
    is_day = SAID_FROM <= now.time() < SAID_UNTIL
    if state in ENDED:
        return None
    if state in ANSWERED:
        return _of_answered(case, steps, terms, now) if is_day else None
    is_of_owner = state is not State.APPEALED
    if not is_listed and is_of_owner and case.tier < DISTRICT:
        return WITHDRAWN if is_day or case.kind == URGENT else None
    clock = clock_of(steps)
    since = [(kind_of_step(step)[0], step.made_at) for step in steps if step.number > clock.number]
    done = {what for what, _ in since}
    due = due_at(case.kind, clock.began_at, terms, calendar, now.tzinfo, more=clock.more)
    if due > case.due_at or now <= due < case.due_at:  # else it would be late at once
        return REJUDGED
    due = case.due_at.astimezone(now.tzinfo)
    if not is_day and case.kind != URGENT:
        return None
    if is_of_owner and case.tier < DISTRICT and now > _goes_up_at(case.kind, due, terms, calendar):
        return ESCALATED
    if now > due:
        urged = [at for what, at in since if what == URGED]
        return (
            URGED
            if not urged or (is_day and _is_urged_again(case, urged[-1], terms, calendar, now))
            else None
        )
    remind_at = _remind_at(case.kind, due, calendar)
    return REMINDED if clock.began_at < remind_at <= now and not done & {REMINDED, URGED} else None


def _of_answered(case: CaseFile, steps: Sequence[Step], terms: CaseTerms, now: datetime) -> str | None:
    asked = case.asked_at
    if asked is None:
        return None
    if now >= asked + terms.silence * DAY:
        return "close"
    said = any(kind_of_step(step)[0] == ASKED_AGAIN and step.made_at >= asked for step in steps)
    return ASKED_AGAIN if not said and now >= asked + terms.ask_again * DAY else None


def _is_urged_again(
    case: CaseFile, urged_at: datetime, terms: CaseTerms, calendar: Calendar, now: datetime
) -> bool:
    """Whoever has nobody above is urged until something happens."""
    since = max(urged_at, case.due_at)
    return now > _goes_up_at(case.kind, since.astimezone(now.tzinfo), terms, calendar)


def _goes_up_at(kind: str, due: datetime, terms: CaseTerms, calendar: Calendar) -> datetime:
    if kind == URGENT:
        return due + timedelta(hours=terms.urgent_hours)
    return datetime.combine(working_day_after(due.date(), terms.escalation, calendar), DAY_ENDS, due.tzinfo)


def _remind_at(kind: str, due: datetime, calendar: Calendar) -> datetime:
    if kind == URGENT:
        return due - SOON
    return datetime.combine(working_day_before(due.date(), calendar), SAID_FROM, due.tzinfo)
