"""The directory in memory: an immutable picture of what the database holds, swapped as a whole."""

from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from handlers.nearby import NearestIndex, Point
from handlers.opening import Closure, Moment, at_moment, is_open_at, plan_day
from messages.calendar import Calendar
from messages.directory import Activity, Category, Centre, CentreStatus, Kiosk, Service
from messages.hours import Hours, HoursError, parse_hours
from messages.hours_types import Span
from messages.understand.lexicon import Lexicon, Topic
from messages.understand.terms import CentreNames, Names, make_lexicon, passages, words_in
from messages.view_parts import Reported
from messages.words import words
from storage.sessions import Changed

Thing = TypeVar("Thing", Service, Activity, Kiosk)
Named = TypeVar("Named", Service, Activity)

CENTRES = "centre"
KIOSKS = "kiosk"


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything the database says about the directory, as it was read in one transaction. `later`: an
    activity as it will be from a day on, in the order of the days; `reported`: what residents report of a
    centre, by its id."""

    version: int
    centres: tuple[Centre, ...] = ()
    services: tuple[Service, ...] = ()
    activities: tuple[Activity, ...] = ()
    kiosks: tuple[Kiosk, ...] = ()
    closures: tuple[tuple[str, str | None, Closure], ...] = ()
    changed: tuple[Changed, ...] = ()
    later: tuple[tuple[date, Activity], ...] = ()
    reported: tuple[tuple[str, Reported], ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Things that keep the same hours in the same kind of centre open and close together."""

    hours_text: str
    centre_hours_text: str | None
    centre_id: str | None
    service_id: str | None


class Directory:
    """Lookups by id and by name, the lexicon, parsed hours, and the index of what is near."""

    def __init__(self, contents: Contents, calendar: Calendar, *, sample_prefix: str) -> None:
        self.version = contents.version
        self.calendar = calendar
        self.centres: Mapping[str, Centre] = {centre.id: centre for centre in contents.centres}
        self.services: Mapping[str, Service] = {service.id: service for service in contents.services}
        self.activities: Mapping[str, Activity] = {a.id: a for a in contents.activities}
        self.kiosks: Mapping[str, Kiosk] = {kiosk.id: kiosk for kiosk in contents.kiosks}
        self.services_of = _by_centre(contents.services)
        self.activities_of = _by_centre(contents.activities)
        self.kiosks_of = _by_centre(contents.kiosks)
        self.named: Mapping[str, tuple[Service, ...]] = _by_name(contents.services)
        self.twins = _twins(self.named)
        self.activities_named: Mapping[str, tuple[Activity, ...]] = _by_name(contents.activities)
        self.subdistricts: Mapping[str, tuple[str, ...]] = _by_subdistrict(contents.centres)
        self.categories: Mapping[str, tuple[str, ...]] = _names_by_category(contents.services)
        self.hours: Mapping[str, Hours | None] = _parsed(contents)
        names = _names(contents)
        self.lexicon: Lexicon = make_lexicon(names)
        self._sample_prefix = sample_prefix
        self._closures = _closures(contents.closures)
        self._changed = _by_activity(contents.changed)
        self._later = contents.later
        self.reports = contents.reported
        self._reported = _reported(contents.reported)
        self._groups: list[Group] = []
        self._things: list[Centre | Service | Kiosk] = []
        self.texts: Mapping[Topic, str] = passages(names)
        self.nearest = NearestIndex.build(self._points())
        self.step_free = self.nearest.flags(lambda item: can_roll_in(self.centre_of(self._things[item])))
        self._open: tuple[datetime | None, dict[int, bool]] = (None, {})

    def opening(
        self,
        hours_text: str,
        centre: Centre,
        at: datetime,
        *,
        service_id: str | None = None,
        own: bool = False,
    ) -> Moment | None:
        """Open at `at`? None when the written hours cannot be read. `own`: the centre's own hours."""
        hours = self.hours.get(hours_text)
        if hours is None:
            return None
        return at_moment(
            hours,
            at,
            self.calendar,
            closures=self.closures(centre.id, service_id),
            centre_hours=None if own else self.hours.get(centre.hours_text),
        )

    def on(self, activity_id: str, day: date) -> Activity | None:
        """The activity as it is on a day."""
        activity = self.activities.get(activity_id)
        return self.as_on(activity, day) if activity else None

    def as_on(self, activity: Activity, day: date) -> Activity:
        """With what a manager changed from that day or an earlier one on."""
        later = [each for since, each in self._later if each.id == activity.id and since <= day]
        return later[-1] if later else activity

    def turns(self, activity_id: str) -> tuple[date, ...]:
        """The days from which on it will be different."""
        return tuple(since for since, each in self._later if each.id == activity_id)

    def closures(self, centre_id: str, service_id: str | None = None) -> tuple[Closure, ...]:
        """Exceptions of a centre as a whole, and of one of its services."""
        whole = self._closures.get((centre_id, None), ())
        return whole + self._closures.get((centre_id, service_id), ()) if service_id else whole

    def reported(self, centre_id: str) -> tuple[Reported, ...]:
        """What residents report of a centre and nobody has put right yet."""
        return self._reported.get(centre_id, ())

    def with_reports(self, reports: tuple[tuple[str, Reported], ...]) -> "Directory":
        """The same directory with other reports; whatever was worked out of the rest is shared."""
        other = copy(self)
        other.reports, other._reported = reports, _reported(reports)
        return other

    def reads_like(self, other: "Directory") -> bool:
        """Whether a sentence holds the same with either: all but the reports is shared."""
        return self.hours is other.hours

    def changed(self, activity_id: str) -> Mapping[str, Changed]:
        """The sessions of an activity that were called off or changed by hand, by id."""
        return self._changed.get(activity_id, {})

    def centre_of(self, thing: Centre | Service | Kiosk) -> Centre:
        return thing if isinstance(thing, Centre) else self.centres[thing.centre_id]

    def thing(self, item: int) -> Centre | Service | Kiosk:
        """What an item number of the nearest index stands for."""
        return self._things[item]

    def open_groups(self, at: datetime) -> "GroupsOpen":
        """For searches that want only what is open at `at`; remembers answers for that minute."""
        minute = at.replace(second=0, microsecond=0)
        if self._open[0] != minute:
            self._open = (minute, {})
        return GroupsOpen(self, minute, self._open[1])

    def group_is_open(self, group: int, at: datetime) -> bool:
        hours, closures, centre_hours = self._hours_of(group)
        if hours is None:
            return False
        return is_open_at(hours, at, self.calendar, closures=closures, centre_hours=centre_hours)

    def spans_of_group(self, group: int, on: date) -> tuple[Span, ...]:
        """When it is open on a day; on some holidays nobody knows for sure."""
        hours, closures, centre_hours = self._hours_of(group)
        if hours is None:
            return ()
        return plan_day(hours, on, self.calendar, closures=closures, centre_hours=centre_hours).spans

    def _hours_of(self, group: int) -> tuple[Hours | None, Sequence[Closure], Hours | None]:
        """The hours that a group shares, the exceptions to them, and the hours of its centre."""
        chosen = self._groups[group]
        centre_hours = self.hours.get(chosen.centre_hours_text) if chosen.centre_hours_text else None
        closures = self.closures(chosen.centre_id, chosen.service_id) if chosen.centre_id else ()
        return self.hours.get(chosen.hours_text), closures, centre_hours

    def opens_hint(self, names: Iterable[str]) -> int | None:
        """The earliest minute at which something of these names ever opens: decides a.m. or p.m."""
        texts = {service.hours_text for name in names for service in self.named.get(name, ())}
        starts = [hours.first_minute() for text in texts if (hours := self.hours.get(text))]
        return min((start for start in starts if start is not None), default=None)

    def is_sample(self, phone: str | None) -> bool:
        """Sample directories carry numbers that nobody can call."""
        return bool(phone and self._sample_prefix and phone.startswith(self._sample_prefix))

    def _points(self) -> Iterable[Point]:
        groups: dict[Group, int] = {}

        def point(kind: str, thing: Centre | Service | Kiosk, centre: Centre) -> Point:
            group = self._group_of(thing, centre)
            number = groups.setdefault(group, len(groups))
            if number == len(self._groups):
                self._groups.append(group)
            self._things.append(thing)
            return Point(kind, number, centre.latitude, centre.longitude, len(self._things) - 1)

        for centre in self.centres.values():
            if centre.status is not CentreStatus.OPEN:
                continue
            yield point(CENTRES, centre, centre)
            for service in self.services_of.get(centre.id, ()):
                yield point(service.name, service, centre)
        for kiosk in self.kiosks.values():
            yield point(KIOSKS, kiosk, self.centres[kiosk.centre_id])

    def _group_of(self, thing: Centre | Service | Kiosk, centre: Centre) -> Group:
        service_id = thing.id if isinstance(thing, Service) else None
        excepted = bool(self.closures(centre.id, service_id)) and not isinstance(thing, Kiosk)
        return Group(
            thing.hours_text,
            centre.hours_text if service_id else None,
            centre.id if excepted else None,
            service_id if excepted else None,
        )


@dataclass(frozen=True, slots=True)
class GroupsOpen:
    """Answers 'is this group open then?' and remembers it."""

    directory: Directory
    at: datetime
    known: dict[int, bool]

    def __call__(self, group: int) -> bool:
        if group not in self.known:
            self.known[group] = self.directory.group_is_open(group, self.at)
        return self.known[group]


def _by_centre(things: Iterable[Thing]) -> dict[str, tuple[Thing, ...]]:
    found: dict[str, list[Thing]] = {}
    for thing in things:
        found.setdefault(thing.centre_id, []).append(thing)
    return {centre_id: tuple(listed) for centre_id, listed in found.items()}


def _by_name(things: Iterable[Named]) -> dict[str, tuple[Named, ...]]:
    found: dict[str, list[Named]] = {}
    for thing in things:
        found.setdefault(thing.name, []).append(thing)
    return {name: tuple(listed) for name, listed in found.items()}


def _twins(named: Mapping[str, tuple[Service, ...]]) -> Mapping[str, tuple[str, ...]]:
    """For each name, those of other services for which residents have the very same words."""
    alike: dict[frozenset[str], list[str]] = {}
    for name, services in named.items():
        if services[0].words:
            alike.setdefault(frozenset(services[0].words), []).append(name)
    return {name: tuple(n for n in names if n != name) for names in alike.values() for name in names}


def can_roll_in(centre: Centre) -> bool:
    """Whether somebody who cannot climb stairs gets in, by the centre's note on accessibility."""
    note = centre.accessibility or ""
    phrases = words("zh", "phrases")
    refused = any(word in note for word in phrases["not_accessible"])
    return not refused and any(word in note for word in phrases["accessible"])


def _by_subdistrict(centres: Iterable[Centre]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for centre in centres:
        found.setdefault(centre.subdistrict, []).append(centre.id)
    return {name: tuple(ids) for name, ids in found.items()}


def _names_by_category(services: Iterable[Service]) -> dict[str, tuple[str, ...]]:
    found: dict[Category, dict[str, None]] = {category: {} for category in Category}
    for service in services:
        found[service.category][service.name] = None
    return {category.value: tuple(names) for category, names in found.items() if names}


def _parsed(contents: Contents) -> dict[str, Hours | None]:
    """Every distinct text of hours once; None for what cannot be read and is shown as written."""
    listed = (contents.centres, contents.services, contents.kiosks)
    texts = dict.fromkeys(thing.hours_text for things in listed for thing in things)
    return {text: _readable(text) for text in texts}


def _readable(text: str) -> Hours | None:
    try:
        return parse_hours(text)
    except HoursError:
        return None


def _names(contents: Contents) -> Names:
    return Names(
        tuple(CentreNames(c.id, c.name, c.community, c.subdistrict) for c in contents.centres),
        tuple(dict.fromkeys((service.name, service.words) for service in contents.services)),
        tuple(dict.fromkeys(activity.name for activity in contents.activities)),
        tuple(dict.fromkeys(word for kiosk in contents.kiosks for word in words_in(kiosk.can_do))),
    )


def _reported(reports: Iterable[tuple[str, Reported]]) -> Mapping[str, tuple[Reported, ...]]:
    found: dict[str, tuple[Reported, ...]] = {}
    for centre_id, report in reports:
        found[centre_id] = (*found.get(centre_id, ()), report)
    return found


def _by_activity(changed: Iterable[Changed]) -> Mapping[str, Mapping[str, Changed]]:
    grouped: dict[str, dict[str, Changed]] = {}
    for each in changed:
        grouped.setdefault(each.activity_id, {})[each.id] = each
    return grouped


def _closures(
    listed: Iterable[tuple[str, str | None, Closure]],
) -> dict[tuple[str, str | None], tuple[Closure, ...]]:
    found: dict[tuple[str, str | None], list[Closure]] = {}
    for centre_id, service_id, closure in listed:
        found.setdefault((centre_id, service_id), []).append(closure)
    return {key: tuple(closures) for key, closures in found.items()}
