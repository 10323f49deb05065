"""The time that a sentence asks about."""

import re
from dataclasses import replace
from datetime import timedelta
from functools import cache

from handlers.asks import When
from messages.understand.time import TimeExpr
from messages.understand.understand import Understanding
from messages.words import words

# Whoever is away longer than so many days is away, and not only on those days of every week.
FEW_DAYS = 3
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)


def when_in(meant: Understanding, *, also_refused: bool = False) -> When | None:
    """All times of the sentence as one: days from one expression, clock time from another. `also_refused`:
    those on which somebody is not free as well, which are the days of what is to be cancelled."""
    when: When | None = None
    refused = meant.on.refused if also_refused else ()
    times = sorted((*_asked_about(meant), *refused), key=lambda each: each.span)
    if "corrects" in meant.cues and all(time.start is None and time.end is None for time in times):
        times = times[-1:]  # of days the last one is what it was corrected to
    for time in times:
        new = one_time(time)
        if when is None:
            when = new
        elif when.first is None and new.first is not None:
            when = replace(
                new, start=new.start if new.start is not None else when.start, end=new.end or when.end
            )
        elif not when.has_clock and new.has_clock:
            # A whole moment beside a mere day is the one that is asked about: the day is told by the way.
            when = new if new.first else replace(when, start=new.start, end=new.end)
    return when


def _asked_about(meant: Understanding) -> tuple[TimeExpr, ...]:
    """The times without the day on which somebody only arrives, where another day is named."""
    before, after = _arrives(meant.language or "zh")
    text = meant.text
    arrivals = [t for t in meant.times if before.search(text[: t.span[0]]) or after.search(text[t.span[1] :])]
    others = [t for t in meant.times if t not in arrivals and not t.is_now and (t.first or t.weekdays)]
    # Nor 'now' beside another day: 'now it is about my father, who is free on Saturday'.
    return tuple(t for t in meant.times if t not in arrivals and not t.is_now) if others else meant.times


@cache
def _arrives(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = words(language, "going_on")["arrives"]
    return re.compile(listed["before"]), re.compile(listed["after"])


def days_refused(meant: Understanding) -> tuple[int, ...]:
    """The days of the week on which somebody is not free, Monday is 1."""
    found: set[int] = set()
    for time in meant.on.refused:
        if time.weekdays and len(time.weekdays) <= FEW_DAYS:
            found.update(time.weekdays)
        elif time.first and (time.last or time.first) - time.first < timedelta(days=FEW_DAYS):
            days = ((time.last or time.first) - time.first).days + 1
            found.update((time.first + timedelta(days=ahead)).isoweekday() for ahead in range(days))
    return tuple(sorted(found))


def one_time(time: TimeExpr) -> When:
    return When(
        text=time.text,
        first=time.first,
        last=time.last,
        start=time.start,
        end=time.end,
        weekdays=tuple(sorted(time.weekdays or ())),
        holiday=time.holiday,
        is_now=time.is_now,
    )
