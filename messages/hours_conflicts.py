"""Whether two rules of one text speak of the same days, and which of them then counts."""

from datetime import date, timedelta

from messages.hours_types import WORKING_WEEK, Days, Rule, Season

ANY_LEAP_YEAR = 2024


def same_days(one: Rule, other: Rule) -> bool:
    return _days(one) == _days(other)


def _days(rule: Rule) -> tuple[object, ...]:
    return rule.days, rule.weekdays, rule.weeks, rule.season


def contradict(one: Rule, other: Rule) -> bool:
    """Whether two rules that do not name the same days speak of a common day, and neither is clearly
    the exception to the other.

    An exception names fewer days; it closes, or its hours replace the others, which they overlap.
    Hours beside the others could be meant in addition or instead, so they contradict.
    """
    if not (_weekdays_meet(one, other) and _weeks_meet(one, other)):
        return False
    if one.season != other.season:
        return _seasons_contradict(one, other)
    narrower = _narrower(one, other)
    if narrower is None:
        return True
    wider = other if narrower is one else one
    return bool(narrower.spans and wider.spans) and not _overlap(one, other)


def _weekdays_meet(one: Rule, other: Rule) -> bool:
    return not _typical(one).isdisjoint(_typical(other))


def _typical(rule: Rule) -> set[int]:
    """School is from Monday to Friday but for make-up days."""
    return set(WORKING_WEEK if rule.days is Days.SCHOOL_DAYS else rule.weekdays)


def _weeks_meet(one: Rule, other: Rule) -> bool:
    """The last week of a month may be its fourth or its fifth."""
    if not one.weeks or not other.weeks:
        return True
    return not _week_numbers(one).isdisjoint(_week_numbers(other))


def _week_numbers(rule: Rule) -> set[int]:
    return {week for each in rule.weeks for week in ((4, 5) if each < 0 else (each,))}


def _narrower(one: Rule, other: Rule) -> Rule | None:
    """The rule whose days are all days of the other too, None when neither is."""
    if one.days is other.days is Days.WEEKDAYS and one.weekdays == other.weekdays:
        if one.weeks and other.weeks:
            return None
        return one if one.weeks else other
    first, second = _typical(one), _typical(other)
    if first < second:
        return one if not other.weeks else None
    if second < first:
        return other if not one.weeks else None
    return None


def _overlap(one: Rule, other: Rule) -> bool:
    return any(a.start < b.end and b.start < a.end for a in one.spans for b in other.spans)


def _seasons_contradict(one: Rule, other: Rule) -> bool:
    """A season is an exception to the rest of the year; two seasons must not share a day unless one of
    them lies in the other and closes."""
    if one.season is None or other.season is None:
        return False
    first, second = _dates(one.season, other.season), _dates(other.season, one.season)
    if first.isdisjoint(second):
        return False
    return not ((not one.spans and first <= second) or (not other.spans and second <= first))


def _dates(season: Season, beside: Season) -> set[date]:
    """The days of a season, within the years that either of the two names."""
    years = {season.first.year, season.last.year, beside.first.year, beside.last.year} - {None}
    named = [year for year in years if year is not None] or [ANY_LEAP_YEAR]
    on, found = date(min(named), 1, 1), set()
    while on.year <= min(max(named), min(named) + 2):
        if season.has(on):
            found.add(on)
        on += timedelta(days=1)
    return found
