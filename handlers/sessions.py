"""Which sessions an activity has: its written times on the days that the calendar makes of them.

- School days and working days follow the notice: days off have none, make-up days have one, also where
  Monday to Friday is written beside them. Single weekdays stay away from make-up days: whose timetable the
  school keeps on one is not announced.
- Days of the week and of the month follow the week alone: a make-up Saturday is a Saturday. On a day off of a
  holiday they are not held, unless the row says 'as usual' or names hours for it.
- 'Every day', and dates written without days, mean every day.
- Without a term a school day is not known: no session, and `unknown_days` names it.
- In a year without a notice, sessions on school and working days are provisional, and so are others on days
  that the notice could still count to a holiday. Days off by law have none, make-up days are not guessed.
- What is sold as a whole is one session from its first meeting to its last, provisional if one day of it is.
- While the centre is closed, or open at other hours than the session's, it is not held.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from handlers.opening import Closure, DayPlan, plan_day
from messages.booking_rules import read_note
from messages.calendar import SHANGHAI, Calendar
from messages.directory import Activity
from messages.hours import Days, Hours, HoursError, Rule, Said, Span, Special, parse_hours
from messages.hours_types import WHOLE_WEEK

# Nothing that lasts longer is sold as one: a slip in a date, rather.
LONGEST_WHOLE = timedelta(days=400)

_NOT_HELD = frozenset({"holiday_unstated", "term_unknown"})
_BY_NOTICE = frozenset({"workday", "school_day", "makeup_open"})
_EVERY_DAY = frozenset({"every_day", "always"})


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """What is booked: one date, or a whole camp with its meetings. Moments are in UTC.

    The id stays the same when the calendar is read again: it holds the day, with the clock where a day has
    more than one session; of what is sold as a whole it holds the activity's first day.
    """

    id: str
    activity_id: str
    centre_id: str
    held_on: date
    last_on: date
    starts_at: datetime
    ends_at: datetime
    meetings: tuple[tuple[datetime, datetime], ...]
    places: int
    is_provisional: bool


@dataclass(frozen=True, slots=True)
class _Day:
    """A day of an activity as the calendar has it: what was planned, and what a closure leaves of it.

    `is_settled` is False where the missing notice of the year could change the day.
    """

    on: date
    planned: tuple[Span, ...]
    held: tuple[Span, ...]
    is_known: bool
    is_settled: bool


def sessions_of(
    activity: Activity,
    calendar: Calendar,
    first: date,
    last: date,
    *,
    closures: Sequence[Closure] = (),
) -> tuple[PlannedSession, ...]:
    """The sessions from `first` to `last` in order; what is sold as a whole is there, whole, if any of it is.

    `closures` are those of the activity's centre. Times that nobody can read give no session.
    """
    if read_note(activity.note).is_sold_whole:
        whole = _whole(activity, calendar, closures)
        return (whole,) if whole and whole.held_on <= last and first <= whole.last_on else ()
    days = _days(activity, calendar, first, last, closures)
    return tuple(session for day in days for session in _sessions_on(day, activity))


def unknown_days(activity: Activity, calendar: Calendar, first: date, last: date) -> tuple[date, ...]:
    """Days on which it would be held if a school term, not known yet, holds them."""
    return tuple(day.on for day in _days(activity, calendar, first, last, ()) if not day.is_known)


def _sessions_on(day: _Day, activity: Activity) -> Iterator[PlannedSession]:
    for span in day.held:
        meeting = _meeting(day.on, span)
        clock = f"T{meeting[0].astimezone(SHANGHAI):%H%M}" if len(day.planned) > 1 else ""
        yield _session(
            f"{activity.id}@{day.on:%Y-%m-%d}{clock}",
            activity,
            (day.on, day.on),
            (meeting,),
            is_provisional=not day.is_settled,
        )


def _whole(activity: Activity, calendar: Calendar, closures: Sequence[Closure]) -> PlannedSession | None:
    """The one session of a camp; None when a day of it is not known yet, or nothing of it is held."""
    if activity.ends_on - activity.starts_on > LONGEST_WHOLE:
        return None
    days = tuple(_days(activity, calendar, activity.starts_on, activity.ends_on, closures))
    held_on = [day.on for day in days if day.held]
    if not held_on or not all(day.is_known for day in days):
        return None
    return _session(
        f"{activity.id}@{activity.starts_on:%Y-%m-%d}",
        activity,
        (held_on[0], held_on[-1]),
        tuple(_meeting(day.on, span) for day in days for span in day.held),
        is_provisional=not all(day.is_settled for day in days),
    )


def _session(
    key: str,
    activity: Activity,
    days: tuple[date, date],
    meetings: tuple[tuple[datetime, datetime], ...],
    *,
    is_provisional: bool,
) -> PlannedSession:
    return PlannedSession(
        id=key,
        activity_id=activity.id,
        centre_id=activity.centre_id,
        held_on=days[0],
        last_on=days[1],
        starts_at=meetings[0][0],
        ends_at=meetings[-1][1],
        meetings=meetings,
        places=activity.places,
        is_provisional=is_provisional,
    )


def _meeting(on: date, span: Span) -> tuple[datetime, datetime]:
    midnight = datetime.combine(on, time.min, SHANGHAI)
    start, end = (midnight + timedelta(minutes=minute) for minute in (span.start, span.end))
    return start.astimezone(UTC), end.astimezone(UTC)


def _days(
    activity: Activity, calendar: Calendar, first: date, last: date, closures: Sequence[Closure]
) -> Iterator[_Day]:
    """Every day from `first` to `last` within the activity's dates on which there may be something."""
    hours = _hours(activity.time_text, read_note(activity.note).keeps_holidays)
    if hours is None:
        return
    begin, end = max(first, activity.starts_on), min(last, activity.ends_on)
    for ordinal in range(begin.toordinal(), end.toordinal() + 1):
        plan = plan_day(hours, date.fromordinal(ordinal), calendar)
        is_known = plan.because.code != "term_unknown"
        planned = () if plan.because.code in _NOT_HELD else plan.spans
        held = tuple(span for span in planned if _is_open(plan.on, span, hours, calendar, closures))
        yield _Day(plan.on, planned, held, is_known, _is_settled(plan, hours, calendar))


@lru_cache(maxsize=4096)
def _hours(text: str, keeps_holidays: bool) -> Hours | None:
    """The times as a class means them; None when nobody can read them."""
    try:
        hours = parse_hours(text)
    except HoursError:
        return None
    rules = tuple(_follows_make_ups(rule) for rule in hours.rules)
    says_nothing = hours.holidays.said is Said.NOTHING
    holidays = Special(Said.AS_USUAL) if keeps_holidays and says_nothing else hours.holidays
    return replace(hours, rules=rules, holidays=holidays)


def _follows_make_ups(rule: Rule) -> Rule:
    """School days from Monday to Friday are all school days, a make-up Saturday among them."""
    if rule.days is Days.SCHOOL_DAYS and rule.is_whole_week:
        return replace(rule, weekdays=WHOLE_WEEK)
    return rule


def _is_settled(plan: DayPlan, hours: Hours, calendar: Calendar) -> bool:
    """Whether the notice of the year, when it is missing, can no longer change the day."""
    if not plan.year_known:
        return False
    code = plan.because.code
    if not plan.spans or code in _NOT_HELD:
        return True
    if code in _BY_NOTICE:
        return calendar.is_official(plan.on.year)
    said = hours.holidays.said
    is_held_anyway = said is Said.AS_USUAL or (said is Said.NOTHING and code in _EVERY_DAY)
    return is_held_anyway or not calendar.may_become_free(plan.on)


def _is_open(on: date, span: Span, hours: Hours, calendar: Calendar, closures: Sequence[Closure]) -> bool:
    """Whether the exceptions of the centre, if any cover the day, leave room for the span."""
    covering = [closure for closure in closures if closure.first_on <= on <= closure.last_on]
    if not covering:
        return True
    there = plan_day(hours, on, calendar, closures=covering).spans
    return any(each.start <= span.start and span.end <= each.end for each in there)
