"""Makes of the clauses of a text its rules, in order of precedence, and refuses what contradicts itself."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, pairwise

from messages.hours_clauses import Act, Clause, Reader
from messages.hours_conflicts import contradict, same_days
from messages.hours_days import About, Element
from messages.hours_types import (
    WEEKEND,
    WHOLE_WEEK,
    WORKING_WEEK,
    Days,
    Hours,
    HoursError,
    Rule,
    Said,
    Season,
    Span,
    Special,
)

_SAID = {
    Act.OPEN: Said.OWN_HOURS,
    Act.CLOSED: Said.CLOSED,
    Act.AS_USUAL: Said.AS_USUAL,
    Act.INCLUDED: Said.AS_USUAL,
    Act.UNANNOUNCED: Said.NOTHING,
}
_SPECIAL = {About.HOLIDAYS, About.MAKEUPS}


@dataclass(frozen=True, slots=True)
class _Placed:
    """A rule and where in the text it stands; `is_rest` fills only what the others leave."""

    rule: Rule
    place: int
    text: str
    is_rest: bool


def make_hours(text: str, reader: Reader) -> Hours:
    """The hours that the clauses of `text` mean. HoursError when they contradict themselves."""
    meaning = _Meaning(text)
    for clause in reader.clauses:
        meaning.take(clause)
    return meaning.hours(is_suspended=reader.is_suspended)


class _Meaning:
    """Collects what the clauses of one text mean."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._placed: list[_Placed] = []
        self._specials: dict[About, Special] = {}
        self._included: list[Clause] = []

    def take(self, clause: Clause) -> None:
        if clause.act is Act.OPEN and not clause.spans:
            raise self._error(clause.text, "does not say when")
        specials = [each for each in clause.about if each.about in _SPECIAL]
        others = [each for each in clause.about if each.about not in _SPECIAL]
        if specials and any(each.about is About.SEASON for each in others):
            raise self._error(clause.text, "mixes dates with holidays")
        for element in specials:
            self._say(element.about, clause)
        if others or not specials:
            self._place(clause, others)

    def hours(self, *, is_suspended: bool) -> Hours:
        self._merge()
        self._check()
        order = sorted(self._placed, key=self._precedence)
        hours = Hours(
            self._text,
            tuple(placed.rule for placed in order),
            self._specials.get(About.HOLIDAYS, Special()),
            self._specials.get(About.MAKEUPS, Special()),
            is_suspended,
        )
        opens = any(rule.spans for rule in hours.rules) or hours.holidays.spans
        if not (opens or is_suspended):
            raise self._error(self._text, "does not say when it is open")
        return hours

    def _error(self, what: str, why: str) -> HoursError:
        return HoursError(self._text, what or self._text, why)

    def _say(self, about: About, clause: Clause) -> None:
        said = _SAID[clause.act]
        special = Special(said, tuple(clause.spans) if said is Said.OWN_HOURS else ())
        if self._specials.setdefault(about, special) != special:
            raise self._error(clause.text, "contradicts what was said before")

    def _place(self, clause: Clause, about: list[Element]) -> None:
        named = [each for each in about if each.about is not About.REST]
        is_rest = len(named) < len(about)
        spans: tuple[Span, ...] = ()
        match clause.act:
            case Act.CLOSED if is_rest and not named:
                return
            case Act.INCLUDED:
                self._included.append(clause)
                return
            case Act.UNANNOUNCED:
                raise self._error(clause.text, "does not say when")
            case Act.AS_USUAL:
                spans = self._usual(clause)
            case Act.OPEN:
                spans = tuple(clause.spans)
            case Act.CLOSED:
                pass
        for rule in self._rules(clause, named):
            placed = _Placed(replace(rule, spans=spans), len(self._placed), clause.text, is_rest)
            self._placed.append(placed)

    def _usual(self, clause: Clause) -> tuple[Span, ...]:
        """'Weekends as usual' repeats the hours said before, if there is one set of them."""
        before = {placed.rule.spans for placed in self._placed if placed.rule.spans}
        if len(before) != 1:
            raise self._error(clause.text, "does not say when")
        return before.pop()

    def _rules(self, clause: Clause, named: list[Element]) -> Iterator[Rule]:
        seasons: list[Season | None] = [each.season for each in named if each.season]
        bases = list(self._bases(clause, [each for each in named if each.season is None]))
        for season in seasons or [None]:
            for base in bases:
                yield replace(base, season=season)

    def _bases(self, clause: Clause, named: list[Element]) -> Iterator[Rule]:
        sorts = {each.about for each in named}
        weekly = {day for each in named if not each.weeks for day in each.weekdays}
        monthly = [each for each in named if each.weeks]
        if About.EVERY_DAY in sorts and (monthly or len(weekly) % 7 or len(sorts - {About.WEEKDAYS}) > 1):
            raise self._error(clause.text, "names every day together with certain days")
        if About.SCHOOL_DAYS in sorts:
            if monthly or About.RESTDAYS in sorts:
                raise self._error(clause.text, "mixes school days with other days")
            yield Rule(Days.SCHOOL_DAYS, (), _ascending(weekly) or WHOLE_WEEK)
            return
        if not named or About.EVERY_DAY in sorts or len(weekly) == len(WHOLE_WEEK):
            yield Rule(Days.EVERY_DAY, ())
            return
        if About.WORKDAYS in sorts:
            yield self._workdays(clause, weekly)
            weekly -= set(WORKING_WEEK)
        if About.RESTDAYS in sorts:
            yield Rule(Days.RESTDAYS, (), WEEKEND)
        if weekly:
            yield Rule(Days.WEEKDAYS, (), _ascending(weekly))
        for each in monthly:
            yield Rule(Days.WEEKDAYS, (), each.weekdays, each.weeks)

    def _workdays(self, clause: Clause, weekly: set[int]) -> Rule:
        """Working days; listed with days from Monday to Friday, those of them that are working days."""
        within = weekly & set(WORKING_WEEK)
        if within and weekly & set(WEEKEND):
            raise self._error(clause.text, "mixes working days with days of the weekend")
        return Rule(Days.WORKDAYS, (), _ascending(within) or WORKING_WEEK)

    def _merge(self) -> None:
        """Rules for the same days become one with all their spans."""
        merged: list[_Placed] = []
        for placed in self._placed:
            twin = next((each for each in merged if self._are_twins(each, placed)), None)
            if twin is None:
                merged.append(placed)
                continue
            spans = self._together(twin.rule.spans, placed)
            merged[merged.index(twin)] = replace(twin, rule=replace(twin.rule, spans=spans))
        self._placed = merged

    def _are_twins(self, one: _Placed, other: _Placed) -> bool:
        return one.is_rest == other.is_rest and same_days(one.rule, other.rule)

    def _together(self, spans: tuple[Span, ...], placed: _Placed) -> tuple[Span, ...]:
        added = placed.rule.spans
        if spans == added:
            return spans
        both = sorted((*spans, *added))
        collides = any(second.start < first.end for first, second in pairwise(both))
        if not spans or not added or collides:
            raise self._error(placed.text, "contradicts what was said of the same days before")
        return tuple(both)

    def _check(self) -> None:
        for one, other in combinations(self._placed, 2):
            if not (one.is_rest or other.is_rest):
                self._check_pair(one, other)
        every_day = any(placed.rule.days is Days.EVERY_DAY and placed.rule.spans for placed in self._placed)
        for clause in self._included:
            if not every_day:
                raise self._error(clause.text, "is not among the days before it")

    def _check_pair(self, one: _Placed, other: _Placed) -> None:
        if contradict(one.rule, other.rule):
            raise self._error(other.text, "contradicts what was said before")
        first, second = one.rule, other.rule
        if first.season and not second.season and first.spans and second.spans:
            raise self._error(other.text, "does not say in which part of the year")
        for dated, plain in ((one, other), (other, one)):
            is_dated_whole = dated.rule.season and dated.rule.days is Days.EVERY_DAY and dated.rule.spans
            said_before = plain.place < dated.place or bool(plain.rule.spans)
            if (
                is_dated_whole
                and not plain.rule.season
                and plain.rule.days is not Days.EVERY_DAY
                and said_before
            ):
                raise self._error(dated.text, "does not say on which days of the week")

    def _precedence(self, placed: _Placed) -> tuple[int, int, bool, int]:
        """First what closes for a time or closes weekdays all year, then seasons, then the fewest days."""
        rule = placed.rule
        after_season = any(
            each.rule.season and each.rule.spans and each.place < placed.place for each in self._placed
        )
        if placed.is_rest:
            group = 4
        elif not rule.spans and (rule.season or after_season):
            group = 0
        elif rule.season:
            group = 1
        else:
            group = 2 if rule.weeks else 3
        return group, len(rule.weekdays), bool(rule.spans), -placed.place


def _ascending(days: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(days))
