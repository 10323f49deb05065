"""What days, weeks, months and written dates mean, as civil dates."""

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from messages.calendar import Calendar, Holiday
from messages.understand.time_words import TimeWords

Found = re.Match[str]

# A month and day further back than this is next year's.
PAST_DAYS = 90
# What "these days" comes to, where nobody counts.
FEW_DAYS = 3
HALF_MONTH = 15
WEEK = frozenset(range(1, 8))
WORKWEEK = frozenset(range(1, 6))
WEEKEND = frozenset({6, 7})


@dataclass(frozen=True, slots=True)
class Scene:
    """What a reading depends on besides the words."""

    words: TimeWords
    today: date
    calendar: Calendar
    past_ok: bool


@dataclass(frozen=True, slots=True)
class Days:
    """First and last civil date, both included; `weekdays` when only these days among them count."""

    first: date
    last: date
    grain: str = "day"
    weekdays: frozenset[int] | None = None
    holiday: Holiday | None = None


def one_day(on: date | None, holiday: Holiday | None = None) -> Days | None:
    return None if on is None else Days(on, on, holiday=holiday)


def later(today: date, days: int) -> date:
    return today + timedelta(days=days)


def civil(year: int, month: int, day: int) -> date | None:
    """A civil date, None when there is no such day."""
    if not (1 <= year <= 9998 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day)


def shifted(today: date, months: int) -> tuple[int, int]:
    """Year and month that many months from today's."""
    whole = today.year * 12 + today.month - 1 + months
    return whole // 12, whole % 12 + 1


def month_of(year: int, month: int, first: int = 1, last: int = 0, grain: str = "range") -> Days | None:
    """Days `first` to `last` of a month; 0 is its last day."""
    if not (1 <= year <= 9998 and 1 <= month <= 12):
        return None
    return Days(date(year, month, first), date(year, month, last or monthrange(year, month)[1]), grain)


def said_year(found: Found, scene: Scene) -> int | None:
    words = scene.words
    relative = words.whole(found, "yearword")
    if relative is not None:
        return scene.today.year + relative
    return words.year(found["year"]) if "year" in found.re.groupindex and found["year"] else None


def choose(spans: Iterable[Days | None], scene: Scene, year: int | None) -> Days | None:
    """Of the times something comes round: the one in the year said, else the next (or nearest past)."""
    known = [span for span in spans if span is not None]
    if year is not None:
        return next((span for span in known if span.last.year == year), None)
    if scene.past_ok:
        return min(known, key=lambda span: abs((span.first - scene.today).days), default=None)
    return min((span for span in known if span.last >= scene.today), key=_first, default=None)


def _first(days: Days) -> date:
    return days.first


def yearly(found: Found, scene: Scene, make: Callable[[int], Days | None]) -> Days | None:
    """Something that comes round each year, made for a year; the year may be named."""
    year = said_year(found, scene)
    about = scene.today.year if year is None else year
    if not 1900 < about < 2100:
        return None
    return choose((make(one) for one in range(about - 1, about + 3)), scene, year)


def _relative(found: Found, scene: Scene) -> Days | None:
    return one_day(later(scene.today, scene.words.whole(found, "relative") or 0))


def _stem(found: Found, scene: Scene) -> Days | None:
    return one_day(later(scene.today, scene.words.whole(found, "stem") or 0))


def recurring(weekdays: frozenset[int], today: date) -> Days:
    """Days of every week: `first` and `last` bound their next seven days from today."""
    dates = [day for day in (later(today, ahead) for ahead in range(7)) if day.isoweekday() in weekdays]
    return Days(dates[0], dates[-1], "week", weekdays)


def _every_day(_: Found, scene: Scene) -> Days | None:
    return recurring(WEEK, scene.today)


def _workdays(_: Found, scene: Scene) -> Days | None:
    return recurring(WORKWEEK, scene.today)


def _every_weekend(_: Found, scene: Scene) -> Days | None:
    return recurring(WEEKEND, scene.today)


def _every_week(found: Found, scene: Scene) -> Days | None:
    listed = _listed(found, scene)
    if listed is None:
        one = scene.words.whole(found, "weekday")
        listed = None if one is None else [one]
    return None if listed is None else recurring(frozenset(listed), scene.today)


def _listed(found: Found, scene: Scene) -> list[int] | None:
    """The weekdays of a list; None when they do not rise, as then something else was counted."""
    if "days" not in found.re.groupindex or found["days"] is None:
        return None
    listed = list(scene.words.listed(found["days"], "weekday"))
    return listed if len(listed) > 1 and listed == sorted(set(listed)) else None


def _every_span(found: Found, scene: Scene) -> Days | None:
    start, end = scene.words.whole(found, "weekday"), scene.words.whole(found, "weekday2")
    if start is None or end is None or start == end:
        return None
    span = frozenset((start + step - 1) % 7 + 1 for step in range((end - start) % 7 + 1))
    return _weekend_of(scene, 0) if span == WEEKEND else recurring(span, scene.today)


def _span_of_week(found: Found, scene: Scene) -> Days | None:
    which = scene.words.whole(found, "which") or 0
    start, end = scene.words.whole(found, "weekday") or 0, scene.words.whole(found, "weekday2") or 0
    return Days(_of_week(scene, which, start), _of_week(scene, which, end), "range") if start < end else None


def _of_week(scene: Scene, which: int, weekday: int) -> date:
    return later(scene.today, which * 7 + weekday - scene.today.isoweekday())


def _weekday(found: Found, scene: Scene) -> Days | None:
    which, weekday = scene.words.whole(found, "which"), scene.words.whole(found, "weekday")
    if weekday is None:
        return None
    if which is not None:
        return one_day(_of_week(scene, which, weekday))
    if scene.past_ok:
        return one_day(later(scene.today, -((scene.today.isoweekday() - weekday) % 7)))
    return one_day(later(scene.today, (weekday - scene.today.isoweekday()) % 7))


def _week_list(found: Found, scene: Scene) -> Days | None:
    listed = _listed(found, scene)
    if listed is None:
        return None
    which = scene.words.whole(found, "which")
    if which is None and frozenset(listed) != WEEKEND:
        return recurring(frozenset(listed), scene.today)
    first, last = _of_week(scene, which or 0, listed[0]), _of_week(scene, which or 0, listed[-1])
    gapless = (last - first).days == len(listed) - 1
    return Days(first, last, "range", None if gapless else frozenset(listed))


def _weekend_of(scene: Scene, which: int) -> Days:
    return Days(_of_week(scene, which, 6), _of_week(scene, which, 7), "range")


def _weekend(found: Found, scene: Scene) -> Days | None:
    return _weekend_of(scene, scene.words.whole(found, "which") or 0)


def _week(found: Found, scene: Scene) -> Days | None:
    which = scene.words.whole(found, "which") or 0
    return Days(_of_week(scene, which, 1), _of_week(scene, which, 7), "week")


def _month_part(found: Found, scene: Scene, first: int, last: int, grain: str) -> Days | None:
    """A part of the month that was said: by its distance, by its number, or the current one."""
    which, month = scene.words.whole(found, "which"), scene.words.whole(found, "num")
    if which is not None:
        return month_of(*shifted(scene.today, which), first, last, grain)
    year = said_year(found, scene)
    if month is not None and year is not None:
        return month_of(year, month, first, last, grain)
    if month is not None:
        about = [month_of(scene.today.year + ahead, month, first, last, grain) for ahead in (-1, 0, 1)]
        if scene.past_ok:
            return choose(about, scene, None)
        kept = [days for days in about if days and days.last >= later(scene.today, -PAST_DAYS)]
        return next((days for days in kept if days.last.year >= scene.today.year), None)
    parts = [month_of(*shifted(scene.today, ahead), first, last, grain) for ahead in (-1, 0, 1)]
    return choose(parts, scene, None)


def _month(found: Found, scene: Scene) -> Days | None:
    return _month_part(found, scene, 1, 0, "month")


def _month_third(found: Found, scene: Scene) -> Days | None:
    said = scene.words.value(found, "third") or scene.words.value(found, "bare_third")
    if said is None:
        return None
    first, last = said.split("-")
    return _month_part(found, scene, int(first), int(last), "range")


def _last_of_month(found: Found, scene: Scene) -> Days | None:
    month = _month(found, scene)
    return month and one_day(month.last)


def _nth_of_month(found: Found, scene: Scene) -> Days | None:
    """The nth, or the last, of a weekday in a month; of every month, the next such day."""
    weekday = scene.words.whole(found, "weekday") or 0
    if found["which"] or found["num"]:
        return _nth(_month(found, scene), scene.words.whole(found, "num2"), weekday)
    months = (month_of(*shifted(scene.today, ahead)) for ahead in range(7))
    return choose((_nth(month, scene.words.whole(found, "num2"), weekday) for month in months), scene, None)


def _nth(month: Days | None, nth: int | None, weekday: int) -> Days | None:
    if month is None or (nth is not None and not 1 <= nth <= 5):
        return None
    if nth is None:
        return one_day(later(month.last, -((month.last.isoweekday() - weekday) % 7)))
    day = later(month.first, (weekday - month.first.isoweekday()) % 7 + 7 * (nth - 1))
    return one_day(day) if day <= month.last else None


def _days_of_month(found: Found, scene: Scene) -> Days | None:
    """From one day of a month to a later one, by the month in which the later one comes next."""
    first, last = scene.words.whole(found, "num"), scene.words.whole(found, "num2")
    end = None if last is None else _numbered(last, scene)
    if first is None or end is None or not 1 <= first < end.first.day:
        return None
    return Days(end.first.replace(day=first), end.first, "range")


def _of_month(found: Found, scene: Scene) -> Days | None:
    year, month = shifted(scene.today, scene.words.whole(found, "which") or 0)
    return one_day(civil(year, month, scene.words.whole(found, "num") or 0))


def _day_of_month(found: Found, scene: Scene) -> Days | None:
    day = scene.words.whole(found, "num")
    return None if day is None else _numbered(day, scene)


def _numbered(day: int, scene: Scene) -> Days | None:
    """A day of the month: the next one of this number, or the last one."""
    if not 1 <= day <= 31:
        return None
    ahead = range(0, -4, -1) if scene.past_ok else range(4)
    dates = (civil(*shifted(scene.today, months), day) for months in ahead)
    if scene.past_ok:
        return one_day(next((on for on in dates if on and on <= scene.today), None))
    return one_day(next((on for on in dates if on and on >= scene.today), None))


def _month_day(found: Found, scene: Scene) -> Days | None:
    words = scene.words
    named, day = words.whole(found, "monthname"), words.whole(found, "num2")
    month = words.whole(found, "num") if named is None else named
    if month is None or day is None:
        return None
    year = said_year(found, scene)
    if year is not None:
        return one_day(civil(year, month, day))
    if scene.past_ok:
        return choose((one_day(civil(scene.today.year + n, month, day)) for n in (-1, 0, 1)), scene, None)
    dates = (civil(scene.today.year + ahead, month, day) for ahead in range(9))
    return one_day(next((on for on in dates if on and on >= later(scene.today, -PAST_DAYS)), None))


def _year(found: Found, scene: Scene) -> Days | None:
    year = said_year(found, scene)
    return None if year is None else Days(date(year, 1, 1), date(year, 12, 31), "year")


def _days_on(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return None if number is None else one_day(later(scene.today, number))


def _weeks_on(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return one_day(later(scene.today, HALF_MONTH if number is None else 7 * number))


def _days_ago(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return None if number is None else one_day(later(scene.today, -number))


def _weeks_ago(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return one_day(later(scene.today, -(HALF_MONTH if number is None else 7 * number)))


def _same_day(scene: Scene, months: int) -> Days | None:
    """The same day of another month, its last one where it is shorter."""
    year, month = shifted(scene.today, months)
    if not 1 <= year <= 9998:
        return None
    return one_day(date(year, month, min(scene.today.day, monthrange(year, month)[1])))


def _months_on(found: Found, scene: Scene) -> Days | None:
    return _same_day(scene, scene.words.whole(found, "num") or 0)


def _months_ago(found: Found, scene: Scene) -> Days | None:
    return _same_day(scene, -(scene.words.whole(found, "num") or 0))


def _years_on(found: Found, scene: Scene) -> Days | None:
    return _same_day(scene, 12 * (scene.words.whole(found, "num") or 0))


def _days_span(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return Days(scene.today, later(scene.today, number - 1), "range") if number else None


def _few_days(_: Found, scene: Scene) -> Days | None:
    return Days(scene.today, later(scene.today, FEW_DAYS - 1), "range")


def _weeks_span(found: Found, scene: Scene) -> Days | None:
    number = scene.words.whole(found, "num")
    return Days(scene.today, later(scene.today, 7 * number - 1), "range") if number else None


DAYS: dict[str, Callable[[Found, Scene], Days | None]] = {
    "relative": _relative,
    "stem": _stem,
    "every_day": _every_day,
    "every_week": _every_week,
    "every_weekend": _every_weekend,
    "every_span": _every_span,
    "span_of_week": _span_of_week,
    "workdays": _workdays,
    "weekday": _weekday,
    "week_list": _week_list,
    "weekend": _weekend,
    "week": _week,
    "month": _month,
    "month_third": _month_third,
    "last_of_month": _last_of_month,
    "nth_of_month": _nth_of_month,
    "of_month": _of_month,
    "days_of_month": _days_of_month,
    "day_of_month": _day_of_month,
    "month_day": _month_day,
    "date": _month_day,
    "slash_date": _month_day,
    "year": _year,
    "days_on": _days_on,
    "weeks_on": _weeks_on,
    "months_on": _months_on,
    "years_on": _years_on,
    "days_ago": _days_ago,
    "weeks_ago": _weeks_ago,
    "months_ago": _months_ago,
    "days_span": _days_span,
    "few_days": _few_days,
    "weeks_span": _weeks_span,
}
