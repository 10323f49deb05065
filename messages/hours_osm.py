"""Writes parsed hours in OpenStreetMap's opening_hours form, which other directories can read."""

from datetime import date

from messages.hours import ALL_WEEK, DayClass, DaySet, Effect, Hours, Rule

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
WORKING_WEEK = frozenset(range(1, 6))


def osm(hours: Hours) -> str:
    """Rules in order, divided by semicolons. What the form cannot say, such as make-up working days
    and school days, stands as a quoted comment, which its readers show to people."""
    if hours.is_suspended:
        return "off"
    if hours.is_always and len(hours.rules) == 1:
        return "24/7"
    ordered = sorted(hours.rules, key=_rank)
    parts = [_rule(rule) for rule in ordered]
    return "; ".join(part for part in parts if part)


def _rank(rule: Rule) -> int:
    """Exceptions come last: in this form a later rule overrides an earlier one on the same day."""
    if rule.days.day_class in (DayClass.HOLIDAY, DayClass.MAKEUP):
        return 2
    return 1 if rule.effect is Effect.CLOSED else 0


def _rule(rule: Rule) -> str:
    if rule.effect is Effect.USUAL:
        return ""
    days = " ".join(part for part in (_dates(rule.days), _days(rule.days)) if part)
    times = ",".join(f"{_clock(span.start)}-{_clock(span.end)}" for span in rule.spans)
    said = times if rule.effect is Effect.OPEN else "off"
    comment = ' "school days"' if rule.days.day_class is DayClass.SCHOOL else ""
    closed = ""
    if rule.days.day_class in (DayClass.WORK, DayClass.SCHOOL):
        closed = "; PH off"
    return f"{days} {said}{comment}{closed}".strip()


def _days(days: DaySet) -> str:
    match days.day_class:
        case DayClass.HOLIDAY:
            return "PH"
        case DayClass.MAKEUP:
            return ""
        case DayClass.WORK | DayClass.SCHOOL if days.weekdays == ALL_WEEK:
            return _ranges(WORKING_WEEK)
    if days.nth:
        weeks = ",".join(str(n) for n in sorted(days.nth))
        return ",".join(f"{DAYS[day - 1]}[{weeks}]" for day in sorted(days.weekdays))
    return _ranges(days.weekdays) if days.weekdays != ALL_WEEK or days.first is None else ""


def _ranges(weekdays: frozenset[int]) -> str:
    found: list[list[int]] = []
    for day in sorted(weekdays):
        if found and found[-1][-1] == day - 1:
            found[-1].append(day)
        else:
            found.append([day])
    names = (f"{DAYS[r[0] - 1]}-{DAYS[r[-1] - 1]}" if len(r) > 1 else DAYS[r[0] - 1] for r in found)
    return ",".join(names)


def _dates(days: DaySet) -> str:
    first, last = _date(days.first), _date(days.last)
    return "" if not first else first if first == last else f"{first}-{last}"


def _date(day: date | tuple[int, int] | None) -> str:
    match day:
        case None:
            return ""
        case date():
            return f"{day.year} {MONTHS[day.month - 1]} {day.day:02}"
        case (month, number):
            return f"{MONTHS[month - 1]} {number:02}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
