"""Judges whether something is open, and why, by its written hours and the civil calendar.

Rules, in the order in which they are applied to a day:
- An exception entered for a centre wins over everything; then a text that says it is suspended.
- What the text says about public holidays holds on the days off of a holiday, weekends inside included.
- 'As usual on make-up working days' makes a Monday-to-Friday rule mean working days: open on make-up
  days, closed on days off.
- Working days follow the notice; weekends are Saturdays and Sundays that are not made up for.
- A rule for every day holds on holidays as well, unless the centre closes then.
- A weekday rule with no word about holidays leaves a day off unconfirmed: usual hours, please ask.
  On a make-up Saturday or Sunday it is closed as written, unconfirmed too.
- In a year without a notice, days off by law are certain and make-up days are never guessed.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from messages.calendar import Calendar, Holiday
from messages.hours import ALL_WEEK, MINUTES_A_DAY, DayClass, DaySet, Effect, Hours, Rule, Span

DAYS_AHEAD = 60
MONDAY, FRIDAY = 1, 5
WORKING_WEEK = frozenset(range(MONDAY, FRIDAY + 1))
ALL_DAY = (Span(0, MINUTES_A_DAY),)

Plan = Callable[[date], "DayPlan"]


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both included, with other hours than written; no hours means closed."""

    first_on: date
    last_on: date
    hours: Hours | None
    reason: str


@dataclass(frozen=True, slots=True)
class Because:
    """Why a day is as it is: a code, the holiday it has to do with, a notice's words."""

    code: str
    holiday: Holiday | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class DayPlan:
    """The hours of one day. 'unconfirmed': nobody wrote down what holds on such a day. `year_known`
    is False when the official notice, once published, may change the answer."""

    on: date
    spans: tuple[Span, ...]
    certainty: Literal["sure", "unconfirmed"]
    because: Because
    year_known: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """Open or not at an instant; None when that day is unconfirmed. The instants are in the zone of
    the one asked about; `closes_at` is None for what never closes, `opens_at` is set when closed."""

    is_open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    plan: DayPlan


def plan_day(
    hours: Hours,
    on: date,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> DayPlan:
    """The hours on one civil date. `centre_hours`: those of the centre a service is in."""
    for closure in closures:
        if closure.first_on <= on <= closure.last_on:
            return _excepted(closure, on, calendar)
    if hours.is_suspended:
        return DayPlan(on, (), "sure", Because("suspended"))
    if hours.is_always:
        return DayPlan(on, ALL_DAY, "sure", Because("always"))
    holiday = calendar.holiday_on(on)
    plan = (
        _on_holiday(hours, on, holiday, calendar, centre_hours) if holiday else _ordinary(hours, on, calendar)
    )
    return replace(plan, year_known=_is_known(hours, on, plan, calendar))


def _excepted(closure: Closure, on: date, calendar: Calendar) -> DayPlan:
    spans = plan_day(closure.hours, on, calendar).spans if closure.hours else ()
    return DayPlan(on, spans, "sure", Because("exception", text=closure.reason))


def _on_holiday(
    hours: Hours, on: date, holiday: Holiday, calendar: Calendar, centre_hours: Hours | None
) -> DayPlan:
    """A day off: what the text says of holidays, else what can be concluded from the rest."""
    said = _said(hours.about(DayClass.HOLIDAY))
    if said:
        if said.effect is Effect.CLOSED:
            return DayPlan(on, (), "sure", Because("holiday_closed", holiday))
        if said.effect is Effect.OPEN:
            return DayPlan(on, said.spans, "sure", Because("holiday_hours", holiday))
        return replace(_weekly(hours, on, calendar), certainty="sure")
    if _follows_notice(hours):
        return DayPlan(on, (), "sure", Because("holiday_closed", holiday))
    usual = _weekly(hours, on, calendar)
    closes = _said(centre_hours.about(DayClass.HOLIDAY)) if centre_hours else None
    if closes and closes.effect is Effect.CLOSED:
        return DayPlan(on, (), "sure", Because("centre_holiday", holiday))
    if usual.because.code == "every_day":
        return replace(usual, because=Because("every_day", holiday))
    if usual.because.code in ("holiday_closed", "term_unknown") or not usual.spans:
        return usual
    return DayPlan(on, usual.spans, "unconfirmed", Because("holiday_unstated", holiday))


def _ordinary(hours: Hours, on: date, calendar: Calendar) -> DayPlan:
    if not calendar.is_makeup(on):
        return _weekly(hours, on, calendar)
    special = calendar.special(on)
    holiday = special.holiday if special else None
    said = _said(hours.about(DayClass.MAKEUP))
    if said and said.effect is Effect.CLOSED:
        return DayPlan(on, (), "sure", Because("makeup_closed", holiday))
    if said:
        spans = said.spans or _spans_on(hours, on, calendar, weekday=MONDAY)
        return DayPlan(on, spans, "sure", Because("makeup_open", holiday))
    usual = _weekly(hours, on, calendar)
    if usual.spans and usual.because.code in ("workday", "school_day"):
        return replace(usual, because=Because("makeup_open", holiday))
    if not usual.spans and _is_working_week(hours):
        return DayPlan(on, (), "unconfirmed", Because("makeup_closed", holiday))
    return usual


def _weekly(hours: Hours, on: date, calendar: Calendar) -> DayPlan:
    """The day by the rules for weekdays, working days, weekends and school days."""
    rules = [rule for rule in _regular(hours) if _holds(rule.days, on, calendar, on.isoweekday())]
    spans = _chosen(rules)
    school = hours.about(DayClass.SCHOOL)
    if school:
        return _school_plan(school[0], spans, on, calendar)
    work = hours.about(DayClass.WORK)
    if work and not spans and calendar.holiday_on(on):
        return DayPlan(on, (), "sure", Because("holiday_closed", calendar.holiday_on(on)))
    if any(rule.days.day_class is DayClass.WORK for rule in rules):
        return DayPlan(on, spans, "sure", Because("workday"))
    if any(rule.days.day_class is DayClass.REST for rule in rules):
        return DayPlan(on, spans, "sure", Because("weekend"))
    every = bool(spans) and all(rule.days.is_every_day for rule in rules)
    return DayPlan(on, spans, "sure", Because("every_day" if every else "weekly"))


def _school_plan(rule: Rule, spans: tuple[Span, ...], on: date, calendar: Calendar) -> DayPlan:
    is_school_day = calendar.is_school_day(on)
    if is_school_day is None and not _may_be_school_day(on, calendar):
        return DayPlan(on, (), "sure", Because("not_school_day", calendar.holiday_on(on)))
    if is_school_day is None:
        in_term = any(term.starts_on <= on <= term.ends_on for term in calendar.terms)
        code = "school_day" if in_term else "term_unknown"
        return DayPlan(on, rule.spans, "sure" if in_term else "unconfirmed", Because(code))
    code = "school_day" if is_school_day else "not_school_day"
    return DayPlan(on, spans if is_school_day else (), "sure", Because(code, calendar.holiday_on(on)))


def _may_be_school_day(on: date, calendar: Calendar) -> bool:
    """Without a notice or a term: a weekday that is not off by law."""
    return on.isoweekday() in WORKING_WEEK and calendar.holiday_on(on) is None


def _regular(hours: Hours) -> Iterator[Rule]:
    return (r for r in hours.rules if r.days.day_class not in (DayClass.HOLIDAY, DayClass.MAKEUP))


def _chosen(rules: Sequence[Rule]) -> tuple[Span, ...]:
    """Of the rules that hold on a day the most particular one counts, as in OSM's form the later one;
    a rule that says closed beats one of the same weight."""
    if not rules:
        return ()
    best = max(rules, key=lambda rule: (_weight(rule.days), rule.effect is Effect.CLOSED))
    if best.effect is Effect.CLOSED:
        return ()
    spans = {span for rule in rules if _weight(rule.days) == _weight(best.days) for span in rule.spans}
    return tuple(sorted(spans, key=lambda span: span.start))


def _weight(days: DaySet) -> tuple[bool, bool, bool, int]:
    """Dates are more particular than weeks of a month, these than a class, these than weekdays."""
    return days.first is not None, bool(days.nth), days.day_class is not DayClass.ANY, -len(days.weekdays)


def _holds(days: DaySet, on: date, calendar: Calendar, weekday: int) -> bool:
    if days.first is not None and not _in_dates(days, on):
        return False
    match days.day_class:
        case DayClass.WORK | DayClass.SCHOOL:
            works = calendar.is_workday(on)
            works = weekday in WORKING_WEEK if works is None else works
            return works and (weekday in days.weekdays or calendar.is_makeup(on))
        case DayClass.REST:
            return weekday in days.weekdays and not calendar.is_makeup(on)
        case _:
            return weekday in days.weekdays and (not days.nth or _is_nth(days.nth, on))


def _in_dates(days: DaySet, on: date) -> bool:
    if isinstance(days.first, date) and isinstance(days.last, date):
        return days.first <= on <= days.last
    if not (isinstance(days.first, tuple) and isinstance(days.last, tuple)):
        return False
    day, first, last = (on.month, on.day), days.first, days.last
    return first <= day <= last if first <= last else day >= first or day <= last


def _is_nth(nth: frozenset[int], on: date) -> bool:
    is_last = (on + timedelta(days=7)).month != on.month
    return (on.day - 1) // 7 + 1 in nth or (is_last and -1 in nth)


def _spans_on(hours: Hours, on: date, calendar: Calendar, *, weekday: int) -> tuple[Span, ...]:
    return _chosen([rule for rule in _regular(hours) if _holds(rule.days, on, calendar, weekday)])


def _said(rules: Sequence[Rule]) -> Rule | None:
    return rules[0] if rules else None


def _follows_notice(hours: Hours) -> bool:
    """'As usual on make-up days': somebody who works then rests on the days made up for."""
    makeup = _said(hours.about(DayClass.MAKEUP))
    return makeup is not None and makeup.effect is not Effect.CLOSED and _is_working_week(hours)


def _is_working_week(hours: Hours) -> bool:
    """Whether the text speaks of Monday to Friday, or some of these days, and no others."""
    weekly = [rule for rule in hours.about(DayClass.ANY) if rule.effect is Effect.OPEN and not rule.days.nth]
    return bool(weekly) and all(rule.days.weekdays <= WORKING_WEEK for rule in weekly)


def _is_known(hours: Hours, on: date, plan: DayPlan, calendar: Calendar) -> bool:
    """Whether no notice still to come can change the plan."""
    if calendar.is_official(on.year) or plan.because.code in (
        "every_day",
        "always",
        "exception",
        "suspended",
    ):
        return True
    return (
        plan.certainty == "sure"
        and all(r.days.weekdays == ALL_WEEK for r in hours.about(DayClass.ANY))
        and (
            not hours.about(DayClass.WORK)
            and not hours.about(DayClass.REST)
            and not hours.about(DayClass.SCHOOL)
        )
    )


def at_moment(
    hours: Hours,
    at: datetime,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> Moment:
    """Open or not at `at` (aware, Asia/Shanghai), when it closes, or when it opens next."""

    def plan(on: date) -> DayPlan:
        return plan_day(hours, on, calendar, closures=closures, centre_hours=centre_hours)

    today = plan(at.date())
    minute = at.hour * 60 + at.minute
    for days_back in (1, 0) if _may_pass_midnight(hours, closures) else (0,):
        holding = plan(at.date() - timedelta(days=days_back)) if days_back else today
        for span in holding.spans:
            if span.start <= minute + days_back * MINUTES_A_DAY < span.end:
                if holding.certainty == "unconfirmed":
                    return Moment(None, None, _next_opening(plan, at), today)
                until = None if today.because.code == "always" else _closing(plan, holding.on, span, at)
                return Moment(True, until, None, today)
    return Moment(False, None, _next_opening(plan, at), today)


def is_open_at(
    hours: Hours,
    at: datetime,
    calendar: Calendar,
    *,
    closures: Sequence[Closure] = (),
    centre_hours: Hours | None = None,
) -> bool:
    """Whether it is surely open at `at`: what searches ask of very many places."""
    minute = at.hour * 60 + at.minute
    for back in (0, 1) if _may_pass_midnight(hours, closures) else (0,):
        day = at.date() - timedelta(days=back)
        plan = plan_day(hours, day, calendar, closures=closures, centre_hours=centre_hours)
        if plan.certainty == "sure" and any(
            span.start <= minute + back * MINUTES_A_DAY < span.end for span in plan.spans
        ):
            return True
    return False


def _may_pass_midnight(hours: Hours, closures: Sequence[Closure]) -> bool:
    """Whether what began yesterday can still be open today."""
    return hours.passes_midnight or any(c.hours is not None and c.hours.passes_midnight for c in closures)


def _closing(plan: Plan, on: date, span: Span, at: datetime) -> datetime:
    """When the span ends; a span that begins where it ends goes on with it, up to a week."""
    end = _instant(on, span.end, at)
    for ahead in range(1, 8) if span.end == MINUTES_A_DAY else ():
        following = plan(on + timedelta(days=ahead))
        joined = [s for s in following.spans if _instant(following.on, s.start, at) == end]
        if not joined or following.certainty != "sure":
            break
        end = _instant(following.on, joined[0].end, at)
    return end


def _next_opening(plan: Plan, at: datetime) -> datetime | None:
    """The next sure opening within DAYS_AHEAD days, else None."""
    for ahead in range(DAYS_AHEAD + 1):
        day = plan(at.date() + timedelta(days=ahead))
        if day.certainty != "sure":
            continue
        for span in day.spans:
            opens = _instant(day.on, span.start, at)
            if opens > at:
                return opens
    return None


def _instant(on: date, minute: int, like: datetime) -> datetime:
    return datetime.combine(on, time.min, like.tzinfo) + timedelta(minutes=minute)
