"""Opening hours as the schedules of HSDS, as far as weekly and monthly rules can say them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from messages.hours import HoursError, parse_hours, to_osm

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
UTC_OFFSET: Final = "+08:00"

_DAY_TEXT = r"(?:Mo|Tu|We|Th|Fr|Sa|Su)"
_DAYS_TEXT = rf"(?:{_DAY_TEXT}(?:-{_DAY_TEXT})?(?:\[[1-5](?:,[1-5])*\])?|PH)"
_SPAN_TEXT = r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(
    rf"(?:(?P<days>{_DAYS_TEXT}(?:,\s*{_DAYS_TEXT})*)\s+)?(?P<spans>{_SPAN_TEXT}(?:,\s*{_SPAN_TEXT})*)"
    r"(?: open \"[^\"]*\")?"
)
_DAY = re.compile(rf"(?P<first>{_DAY_TEXT})(?:-(?P<last>{_DAY_TEXT}))?(?:\[(?P<weeks>[1-5](?:,[1-5])*)\])?")
_ALL_DAY: Final = "24/7"
_ALL_DAY_SPAN: Final = ("00:00", "23:59")


@dataclass(frozen=True, slots=True)
class Rule:
    """Days as RFC 5545 names them, every week or on some weeks of the month, and one span of clock times."""

    freq: str
    byday: str
    opens: str
    closes: str


def schedule_fields(text: str) -> list[dict[str, Any]]:
    """The fields of one HSDS schedule per rule; one with the words alone when no rule can say them.

    The words always stand beside the rules: holidays and exceptions are only in them.
    """
    said: dict[str, Any] = {"timezone": 8, "description": text}
    try:
        osm = to_osm(parse_hours(text))
    except HoursError:
        return [said]
    rules = rules_in(osm)
    said["notes"] = f"OSM opening_hours: {osm}"
    return [
        said
        | {
            "freq": rule.freq,
            "interval": 1,
            "wkst": "MO",
            "byday": rule.byday,
            "opens_at": rule.opens + UTC_OFFSET,
            "closes_at": rule.closes + UTC_OFFSET,
        }
        for rule in rules
    ] or [said]


def is_suspended(text: str) -> bool:
    """Whether the words say that it is closed for the time being."""
    try:
        return parse_hours(text).is_suspended
    except HoursError:
        return False


def rules_in(osm: str) -> list[Rule]:
    """The weekly and monthly rules of an OSM opening_hours text; none when it says more than they can.

    Rules about public holidays are left out: they are exceptions, and the words tell them.
    """
    rules: list[Rule] = []
    for part in osm.split(";"):
        rule = part.strip()
        if not rule or rule.startswith("PH") or rule.endswith(" off"):
            continue
        if rule == _ALL_DAY:
            rules.append(Rule("WEEKLY", ",".join(day.upper() for day in DAYS), *_ALL_DAY_SPAN))
            continue
        found = _RULE.fullmatch(rule)
        if found is None:
            return []
        rules += _rules(found["days"] or "Mo-Su", found["spans"])
    return rules


def _rules(days: str, spans: str) -> Iterator[Rule]:
    weekly: list[str] = []
    monthly: list[str] = []
    for found in _DAY.finditer(days):
        first = DAYS.index(found["first"])
        last = DAYS.index(found["last"] or found["first"])
        for day in (DAYS[n % 7].upper() for n in range(first, last + (1 if last >= first else 8))):
            if found["weeks"]:
                monthly += [f"{week}{day}" for week in found["weeks"].split(",")]
            else:
                weekly.append(day)
    for span in spans.split(","):
        opens, closes = (_clock(time) for time in span.strip().split("-"))
        if weekly:
            yield Rule("WEEKLY", ",".join(weekly), opens, closes)
        if monthly:
            yield Rule("MONTHLY", ",".join(monthly), opens, closes)


def _clock(time: str) -> str:
    """A clock time; past midnight counts on from 24:00, and midnight itself closes at 23:59."""
    hour, minute = int(time[:2]), time[3:]
    if (hour, minute) == (24, "00"):
        return _ALL_DAY_SPAN[1]
    return f"{hour % 24:02d}:{minute}"
