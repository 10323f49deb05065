"""Writes opening hours as OpenStreetMap's `opening_hours`.

Source of the form: wiki.openstreetmap.org/wiki/Key:opening_hours/specification. There a later rule replaces
an earlier one for its days, `PH` are public holidays and `SH` school holidays. It knows no make-up working
days: where hours follow them, a comment says so.
"""

from collections.abc import Iterator
from itertools import groupby

from messages.hours_types import WORKING_WEEK, Day, Days, Hours, Rule, Said, Span

_WEEKDAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_COMMENTS = {
    Days.WORKDAYS: "also on make-up working days",
    Days.RESTDAYS: "not on make-up working days",
    Days.SCHOOL_DAYS: "school days",
}
SUSPENDED = 'off "closed until further notice"'


def to_osm(hours: Hours) -> str:
    """The hours in OSM's form, weakest rule first."""
    if hours.is_suspended:
        return SUSPENDED
    if hours.is_always:
        return "24/7"
    rules = [_rule(rule, hours) for rule in reversed(hours.rules)]
    return "; ".join([*rules, *_holidays(hours)])


def _rule(rule: Rule, hours: Hours) -> str:
    when = f"{_season(rule)}{_weekdays(rule)} {_spans(rule.spans)}"
    comment = ", ".join(_comments(rule, hours))
    return f'{when} open "{comment}"' if comment and rule.spans else when


def _comments(rule: Rule, hours: Hours) -> Iterator[str]:
    """What OSM has no form for."""
    keeps_makeups = hours.makeups.said is Said.AS_USUAL
    if rule.days in _COMMENTS:
        yield _COMMENTS[rule.days]
    elif rule.days is Days.WEEKDAYS and rule.is_whole_week and keeps_makeups:
        yield _COMMENTS[Days.WORKDAYS]
    match hours.makeups.said:
        case Said.CLOSED:
            yield "closed on make-up working days"
        case Said.OWN_HOURS:
            yield f"{_spans(hours.makeups.spans)} on make-up working days"
        case _:
            pass


def _season(rule: Rule) -> str:
    if rule.season is None:
        return ""
    first, last = rule.season.first, rule.season.last
    return f"{_day(first)} " if first == last else f"{_day(first)}-{_day(last)} "


def _day(day: Day) -> str:
    year = f"{day.year} " if day.year is not None else ""
    return f"{year}{_MONTHS[day.month - 1]} {day.day:02}"


def _weekdays(rule: Rule) -> str:
    weekdays = WORKING_WEEK if rule.days is Days.SCHOOL_DAYS and rule.is_whole_week else rule.weekdays
    if rule.weeks:
        return ",".join(f"{_WEEKDAYS[day - 1]}[{week}]" for day in weekdays for week in rule.weeks)
    return ",".join(_runs(weekdays))


def _runs(weekdays: tuple[int, ...]) -> Iterator[str]:
    """Neighbouring weekdays as one range: Mo-Fr."""
    for _, run in groupby(enumerate(weekdays), key=lambda pair: pair[1] - pair[0]):
        days = [_WEEKDAYS[day - 1] for _, day in run]
        if len(days) > 1:
            yield f"{days[0]}-{days[-1]}"
        else:
            yield days[0]


def _spans(spans: tuple[Span, ...]) -> str:
    return ",".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in spans) or "off"


def _clock(minute: int) -> str:
    """OSM counts on past midnight: 26:00 is two o'clock of the next day."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _holidays(hours: Hours) -> Iterator[str]:
    if any(rule.days is Days.SCHOOL_DAYS for rule in hours.rules):
        yield "SH off"
    match hours.holidays.said:
        case Said.CLOSED:
            yield "PH off"
        case Said.OWN_HOURS:
            yield f"PH {_spans(hours.holidays.spans)}"
        case Said.NOTHING if _follows_calendar(hours):
            # Weekends are not spoken of: they keep their hours as far as anybody knows.
            has_weekend = any(_speaks_of_weekend(rule) for rule in hours.rules)
            yield "PH Mo-Fr off" if has_weekend else "PH off"
        case _:
            pass


def _speaks_of_weekend(rule: Rule) -> bool:
    return (
        bool(rule.spans) and rule.days is not Days.SCHOOL_DAYS and not set(rule.weekdays) <= set(WORKING_WEEK)
    )


def _follows_calendar(hours: Hours) -> bool:
    return hours.follows_workdays or any(rule.days is Days.SCHOOL_DAYS for rule in hours.rules)
