"""What Linli writes for OpenStreetMap opens on the same days at the same times as what Linli says."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from handlers.opening import plan_day
from messages.calendar import Calendar
from messages.hours import Hours, parse_hours, to_osm
from tests.calendars import OFFICIAL
from tests.hours_cases import OTHERS, SAMPLE
from tests.osm_evaluator import spans_on

FIRST, LAST = date(2026, 1, 1), date(2027, 3, 31)
# A year of its own kind, where nothing but days of the week decides.
PLAIN = Calendar(official_years=(2026, 2027), terms=OFFICIAL.terms)


def days() -> Iterator[date]:
    return (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))


def disagreements(osm: str, hours: Hours, calendar: Calendar) -> list[date]:
    """The days, make-up days apart, on which the two open at different times for sure."""
    found = []
    for on in days():
        plan = plan_day(hours, on, calendar)
        if calendar.is_makeup(on) or plan.certainty != "sure":
            continue
        is_school_holiday = calendar.in_term(on) is False
        is_holiday = calendar.holiday_on(on) is not None
        written = spans_on(osm, on, is_holiday=is_holiday, is_school_holiday=is_school_holiday)
        if written != tuple((span.start, span.end) for span in plan.spans):
            found.append(on)
    return found


@pytest.mark.parametrize("text", [*SAMPLE, *OTHERS])
def test_osm_hours_open_when_linli_says_so(text: str) -> None:
    hours = parse_hours(text)
    assert disagreements(to_osm(hours), hours, PLAIN) == []
    assert disagreements(to_osm(hours), hours, OFFICIAL) == []


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ("Mo-Fr 08:30-17:30", "周一至周六 8:30-17:30"),
        ("We[1] 14:30-17:00", "每月第一、第三个周三 14:30-17:00"),
        ("We[3],We[-1] 14:30-17:00", "每月第三个周三 14:30-17:00"),
        ("Mo-Su 09:00-17:00", "每天 9:00-17:00，节假日休息"),
        ("Jul 01-Aug 30 Mo-Su 08:00-12:00", "7月1日至8月31日 8:00-12:00"),
        ("Mo-Fr 16:00-18:00; PH off", "上学日 16:00-18:00"),
    ],
)
def test_a_wrong_osm_form_is_noticed(wrong: str, text: str) -> None:
    assert disagreements(wrong, parse_hours(text), OFFICIAL)
