"""Judges whether and why something is open: on a day, and at a moment.

What a text does not say is not made up:

- Days of the week mean just these. Monday to Friday with 'make-up working days as usual' means working days.
- Working-day rules hold on make-up days and not on days off of a holiday; weekend rules hold on Saturdays and
  Sundays that are not make-up days.
- 'Closed on holidays' holds on all days off that the notice counts to a holiday, weekends among them;
  'on holidays 9-17' replaces the hours of those days; 'holidays as usual' keeps them.
- Every day without a word on holidays is open as written. A weekday rule without a word on holidays is
  unconfirmed on a day off, as is Monday to Friday on a make-up Saturday (closed as written).
  Where the centre's own hours close for the holiday, what lies in it is closed too, unless it says otherwise
  or never closes.
- An exception of the centre wins over everything.
- In a year without a notice the statutory days count, make-up days are not guessed: what the notice could
  still change is unconfirmed. A missing school term leaves school days unconfirmed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from messages.calendar import SHANGHAI, Calendar, Holiday
from messages.hours import Days, Hours, Rule, Said, Span

DAYS_AHEAD = 60
MINUTES_A_DAY = 24 * 60
FRIDAY = 5

Code = Literal[
    "weekly",
    "every_day",
    "always",
    "workday",
    "weekend",
    "holiday_hours",
    "holiday_closed",
    "makeup_open",
    "makeup_closed",
    "holiday_unstated",
    "centre_holiday",
    "exception",
    "suspended",
    "not_open_yet",
    "year_unknown",
    "school_day",
    "not_school_day",
    "term_unknown",
]
Certainty = Literal["sure", "unconfirmed"]


@dataclass(frozen=True, slots=True)
class Closure:
    """Other hours than written, or none, from one day to another, both included."""

    first_on: date
    last_on: date
    hours: Hours | None
    reason: str


@dataclass(frozen=True, slots=True)
class Because:
    """Why a day is as it is; the holiday it has to do with, and for an exception its text."""

    code: Code
    holiday: Holiday | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The spans of one day. `year_known` is False where the missing notice of the year could change them."""

    on: date
    spans: tuple[Span, ...]
    certainty: Certainty
    because: Because
    year_known: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """Open or not at one moment; None when it would be open but nobody knows for sure.

    `closes_at` and `opens_at` (the next opening) are in Asia/Shanghai. Never closing, or nothing within 60
    days, is None. `is_opening_unconfirmed` marks an opening found on unconfirmed days only.
    """

    is_open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    plan: DayPlan
    is_opening_unconfirmed: bool = False


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known, or supposed, of a day: a day off for `holiday`, or made up for `makeup`.

    `in_term` None: no school term is known, or nobody asked.
    """

    on: date
    weekday: int
    is_working: bool
    holiday: Holiday | None
    makeup: Holiday | None
    in_term: bool | None


def plan_day(
    hours: Hours,
    on: date,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> DayPlan:
    """The hours of a day and why; `centre_hours` are those of the centre that a service lies in."""
    for closure in closures:
        if closure.first_on <= on <= closure.last_on:
            return _exception([c for c in closures if c.first_on <= on <= c.last_on], on, calendar)
    if hours.is_suspended:
        return DayPlan(on, (), "sure", Because("suspended"), True)
    works = calendar.is_workday(on)
    holiday = calendar.holiday_on(on)
    weekday = on.isoweekday()
    makeup = calendar.makeup_for(on)
    in_term = calendar.in_term(on) if any(rule.days is Days.SCHOOL_DAYS for rule in hours.rules) else None
    is_working = weekday <= FRIDAY if works is None else works
    facts = _Facts(on, weekday, is_working, holiday, makeup, in_term)
    plan = _judge(hours, facts, centre_hours)
    if calendar.is_official(on.year) or (works is not None and holiday is None):
        return plan
    if works is not None:
        # Off by law; how many days around it are off is not announced.
        is_by_holiday = plan.because.holiday is not None and plan.because.code != "every_day"
        return replace(plan, year_known=not is_by_holiday)
    other = _judge(hours, _as_a_notice_may_have_it(facts), centre_hours)
    if plan.spans == other.spans and plan.certainty == other.certainty:
        return plan
    because = plan.because if plan.certainty == "unconfirmed" else Because("year_unknown")
    return replace(plan, certainty="unconfirmed", because=because, year_known=False)


def _exception(covering: Sequence[Closure], on: date, calendar: Calendar) -> DayPlan:
    """Closed beats other hours; of several other hours the last named count."""
    closure = next((each for each in covering if each.hours is None), covering[-1])
    spans = plan_day(closure.hours, on, calendar).spans if closure.hours else ()
    return DayPlan(on, spans, "sure", Because("exception", text=closure.reason), True)


def _as_a_notice_may_have_it(facts: _Facts) -> _Facts:
    """The same day if the missing notice turns it; which holiday it would be for does not matter."""
    if facts.is_working:
        return replace(facts, holiday=Holiday.NEW_YEAR, is_working=False)
    return replace(facts, makeup=Holiday.NEW_YEAR, is_working=True)


def _judge(hours: Hours, facts: _Facts, centre_hours: Hours | None) -> DayPlan:
    special = hours.holidays if facts.holiday else hours.makeups if facts.makeup else None
    if special is not None:
        match special.said:
            case Said.CLOSED:
                code: Code = "holiday_closed" if facts.holiday else "makeup_closed"
                return _sure(facts, (), Because(code, facts.holiday or facts.makeup))
            case Said.OWN_HOURS:
                code = "holiday_hours" if facts.holiday else "makeup_open"
                return _sure(facts, special.spans, Because(code, facts.holiday or facts.makeup))
            case Said.AS_USUAL | Said.NOTHING:
                pass
    for rule in hours.rules:
        if _speaks_of(rule, hours, facts):
            return _by_rule(rule, hours, facts, centre_hours)
    return _by_no_rule(hours, facts)


def _sure(facts: _Facts, spans: tuple[Span, ...], because: Because) -> DayPlan:
    return DayPlan(facts.on, spans, "sure", because, True)


def _unconfirmed(facts: _Facts, spans: tuple[Span, ...], because: Because) -> DayPlan:
    return DayPlan(facts.on, spans, "unconfirmed", because, True)


def _speaks_of(rule: Rule, hours: Hours, facts: _Facts) -> bool:
    if rule.season is not None and not rule.season.has(facts.on):
        return False
    if rule.weeks and not _is_in_weeks(facts.on, rule.weeks):
        return False
    is_listed = facts.weekday in rule.weekdays
    keeps_holiday = facts.holiday is not None and hours.holidays.said is Said.AS_USUAL
    match rule.days:
        case Days.EVERY_DAY:
            return True
        case Days.WEEKDAYS if facts.makeup is not None and hours.follows_workdays:
            follows = rule.is_whole_week and hours.makeups.said is Said.AS_USUAL
            return follows or (is_listed and any(day <= FRIDAY for day in rule.weekdays))
        case Days.WORKDAYS:
            works = facts.is_working or (keeps_holiday and facts.weekday <= FRIDAY)
            return works and (is_listed or rule.is_whole_week)
        case Days.RESTDAYS:
            return is_listed and facts.makeup is None
        case Days.SCHOOL_DAYS:
            return facts.is_working and facts.in_term is not False and is_listed
    return is_listed


def _is_in_weeks(on: date, weeks: tuple[int, ...]) -> bool:
    """Whether this is, say, the first or third of its weekday in the month; -1 is the last."""
    is_last = (on + timedelta(days=7)).month != on.month
    return (on.day + 6) // 7 in weeks or (is_last and -1 in weeks)


def _by_rule(rule: Rule, hours: Hours, facts: _Facts, centre_hours: Hours | None) -> DayPlan:
    """The day as this rule has it, unless it is a holiday of which nothing is said."""
    if not rule.spans:
        return _sure(facts, (), Because("weekly"))
    if facts.holiday is not None and hours.holidays.said is Said.NOTHING and not hours.is_always:
        if rule.days is Days.WEEKDAYS and rule.is_whole_week and hours.makeups.said is Said.AS_USUAL:
            return _sure(facts, (), Because("holiday_closed", facts.holiday))
        if centre_hours is not None and _closes_for_holiday(centre_hours, facts):
            return _sure(facts, (), Because("centre_holiday", facts.holiday))
        if rule.days is not Days.EVERY_DAY:
            return _unconfirmed(facts, rule.spans, Because("holiday_unstated", facts.holiday))
    if rule.days is Days.SCHOOL_DAYS and facts.in_term is None:
        return _unconfirmed(facts, rule.spans, Because("term_unknown"))
    return _sure(facts, rule.spans, _reason(rule, hours, facts))


def _reason(rule: Rule, hours: Hours, facts: _Facts) -> Because:
    match rule.days:
        case Days.EVERY_DAY:
            return Because("always") if hours.is_always else Because("every_day", facts.holiday)
        case Days.RESTDAYS:
            return Because("weekend")
        case Days.SCHOOL_DAYS:
            return Because("makeup_open", facts.makeup) if facts.makeup else Because("school_day")
        case Days.WORKDAYS:
            return Because("makeup_open", facts.makeup) if facts.makeup else Because("workday")
        case Days.WEEKDAYS:
            is_by_makeup = facts.makeup and facts.weekday > FRIDAY and rule.is_whole_week
            keeps = hours.makeups.said is Said.AS_USUAL
            return Because("makeup_open", facts.makeup) if is_by_makeup and keeps else Because("weekly")


def _closes_for_holiday(centre_hours: Hours, facts: _Facts) -> bool:
    return _judge(centre_hours, facts, None).because.code == "holiday_closed"


def _by_no_rule(hours: Hours, facts: _Facts) -> DayPlan:
    """Closed, and why: what the calendar has to do with it, if it does."""
    open_rules = [rule for rule in hours.rules if rule.spans and _is_in_season(rule, facts.on)]
    sorts = {rule.days for rule in open_rules}
    follows_notice = bool(open_rules) and (hours.follows_workdays or Days.SCHOOL_DAYS in sorts)
    if facts.holiday is not None and follows_notice:
        return _sure(facts, (), Because("holiday_closed", facts.holiday))
    if facts.makeup is not None and any(_leaves_makeups_open(rule) for rule in open_rules):
        return _unconfirmed(facts, (), Because("makeup_closed", facts.makeup))
    if sorts == {Days.SCHOOL_DAYS}:
        return _sure(facts, (), Because("not_school_day"))
    if sorts == {Days.WORKDAYS}:
        return _sure(facts, (), Because("weekend" if facts.weekday > FRIDAY else "weekly"))
    if sorts == {Days.RESTDAYS}:
        return _sure(facts, (), Because("workday"))
    return _sure(facts, (), Because("weekly"))


def _is_in_season(rule: Rule, on: date) -> bool:
    return rule.season is None or rule.season.has(on)


def _leaves_makeups_open(rule: Rule) -> bool:
    """Monday to Friday, or the weekend: a make-up Saturday may or may not be meant."""
    is_week = rule.days is Days.WEEKDAYS and rule.is_whole_week and not rule.weeks
    return is_week or rule.days is Days.RESTDAYS or (rule.days is Days.SCHOOL_DAYS)


def at_moment(
    hours: Hours,
    at: datetime,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> Moment:
    """Open at `at` (aware)? And when it closes or opens next."""
    if at.tzinfo is None:
        raise ValueError("at_moment wants an aware datetime")
    local = at.astimezone(SHANGHAI)
    today = local.date()
    plan = plan_day(hours, today, calendar, closures=closures, centre_hours=centre_hours)
    if not closures and (hours.is_suspended or (hours.is_always and centre_hours is None)):
        return Moment(hours.is_always, None, None, plan)

    def plans() -> Iterator[DayPlan]:
        for ahead in range(-1 if _runs_over(hours, closures) else 0, DAYS_AHEAD + 1):
            on = today + timedelta(days=ahead)
            yield (
                plan_day(hours, on, calendar, closures=closures, centre_hours=centre_hours) if ahead else plan
            )

    found = _search(plans(), today, MINUTES_A_DAY + local.hour * 60 + local.minute)
    midnight = datetime.combine(today - timedelta(days=1), time.min, SHANGHAI)
    closes_at = None if found.closes is None else midnight + timedelta(minutes=found.closes)
    opens_at = None if found.opens is None else midnight + timedelta(minutes=found.opens)
    return Moment(found.is_open, closes_at, opens_at, plan, found.is_opening_unconfirmed)


def is_open_at(
    hours: Hours,
    at: datetime,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> bool:
    """Whether it is surely open at `at` (aware): what searches ask of very many places."""
    local = at.astimezone(SHANGHAI)
    minute = local.hour * 60 + local.minute
    for days_back in (0, 1) if _runs_over(hours, closures) else (0,):
        on = local.date() - timedelta(days=days_back)
        plan = plan_day(hours, on, calendar, closures=closures, centre_hours=centre_hours)
        here = minute + days_back * MINUTES_A_DAY
        if plan.certainty == "sure" and any(span.start <= here < span.end for span in plan.spans):
            return True
    return False


def _runs_over(hours: Hours, closures: Sequence[Closure]) -> bool:
    """Whether yesterday's hours may reach into today."""
    return hours.passes_midnight or any(c.hours and c.hours.passes_midnight for c in closures)


@dataclass(slots=True)
class _Found:
    """What a search has found so far; minutes since the midnight before the day it began with."""

    is_open: bool | None = False
    closes: int | None = None
    opens: int | None = None
    is_opening_unconfirmed: bool = False


def _search(plans: Iterator[DayPlan], today: date, now: int) -> _Found:
    """Whether a span holds `now`, where the sure spans that join it end, and where the next one begins."""
    found = _Found()
    unconfirmed: int | None = None
    last_start = now
    for start, end, is_sure in _stretches(plans, today):
        last_start = start
        if start <= now < end:
            if is_sure:
                found.is_open, found.closes = True, max(found.closes or end, end)
            elif found.is_open is False:
                found.is_open = None
        elif is_sure and found.closes is not None and start <= found.closes:
            found.closes = max(found.closes, end)
        elif start > now and is_sure:
            found.opens = start
            return found
        elif start > now and unconfirmed is None:
            unconfirmed = start
    if found.closes is not None and found.closes > last_start >= now + (DAYS_AHEAD - 1) * MINUTES_A_DAY:
        found.closes = None
    found.opens, found.is_opening_unconfirmed = unconfirmed, unconfirmed is not None
    return found


def _stretches(plans: Iterator[DayPlan], today: date) -> Iterator[tuple[int, int, bool]]:
    """Start, end, sure or not, of all spans in order of their days; minutes since yesterday's midnight."""
    for plan in plans:
        offset = ((plan.on - today).days + 1) * MINUTES_A_DAY
        for span in plan.spans:
            yield offset + span.start, offset + span.end, plan.certainty == "sure"
