"""Service deserts: what residents wish for where it is not there, or too far on foot.

A wish is one for a thing (the name of a service or activity, a category, or a name of the word list of what
no centre offers) near a centre, from which the nearest open centre that offers it is more than WALK_M of
street away. Of the last WEEKS civil weeks, this one among them, things are ordered by the sum over their
places of

    wishes x min(distance, CAP_M)

with the distance as it is today, in metres of street (the straight line times the detour factor), and CAP_M
where nobody offers it. A place that has it within WALK_M by now is no desert any more. Fewer than LEAST
wishes may be one person: a thing is told only from LEAST on, and so is each of its places; those of fewer
are counted together. The numbers are choices of this house: 1,000 m are a quarter of an hour for an elderly
resident (LINLI_WALKING_PACE); beyond CAP_M nobody walks, and farther is no worse.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from handlers.snapshot import Directory
from messages.directory import Centre, CentreStatus
from messages.geo import Degrees, distance_m
from storage.wishes import Wished

WALK_M, CAP_M = 1_000, 3_000
WEEKS, LEAST = 12, 3


@dataclass(frozen=True, slots=True)
class Around:
    """Wishes near a centre, and the metres of street from there to the thing; None: nobody offers it."""

    centre: Centre
    wishes: int
    metres: float | None


@dataclass(frozen=True, slots=True)
class Desert:
    """A thing and the places where it is missed, those that weigh most first."""

    thing: str
    places: tuple[Around, ...]

    @property
    def wishes(self) -> int:
        return sum(each.wishes for each in self.places)

    @property
    def weight(self) -> float:
        """By which things are ordered, in metres."""
        return sum(map(weight_of, self.places))

    @property
    def told(self) -> tuple[Around, ...]:
        """The places of which enough wish for it."""
        return tuple(each for each in self.places if each.wishes >= LEAST)


def weight_of(place: Around) -> float:
    return place.wishes * min(CAP_M if place.metres is None else place.metres, CAP_M)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def first_week(today: date) -> date:
    """The Monday of the first of the weeks that are looked at."""
    return monday_of(today) - timedelta(weeks=WEEKS - 1)


def deserts(
    wished: Iterable[Wished],
    directory: Directory,
    today: date,
    *,
    detour: float,
    subdistrict: str | None = None,
) -> list[Desert]:
    """The heaviest first, then by name; of the centres of one subdistrict where it is named. What is wished
    for near a centre that left the directory is left out: nobody can say how far it is from there."""
    by_thing: dict[str, list[Around]] = {}
    for each in wished:
        centre = directory.centres.get(each.near_centre_id)
        if centre and subdistrict in (None, centre.subdistrict):
            metres = street_m(each.thing, (centre.latitude, centre.longitude), directory, today, detour)
            if is_too_far(metres):
                by_thing.setdefault(each.thing, []).append(Around(centre, each.times, metres))
    found = (Desert(thing, _heaviest_first(places)) for thing, places in by_thing.items())
    return sorted(
        (each for each in found if each.wishes >= LEAST), key=lambda each: (-each.weight, each.thing)
    )


def _heaviest_first(places: Iterable[Around]) -> tuple[Around, ...]:
    return tuple(sorted(places, key=lambda each: (-weight_of(each), each.centre.id)))


def is_too_far(metres: float | None) -> bool:
    """Metres of street; None: nobody offers it."""
    return metres is None or metres > WALK_M


def street_m(thing: str, place: Degrees, directory: Directory, today: date, detour: float) -> float | None:
    """Metres of street from a place to the nearest open centre that offers the thing; None: none does."""
    kinds = directory.categories.get(thing, (thing,))
    found = [hit.metres for hit in directory.nearest.nearest(kinds, *place, count=1)]
    if not found or is_too_far(found[0] * detour):
        found += _to_activities(thing, place, directory, today)
    return min(found) * detour if found else None


def _to_activities(thing: str, place: Degrees, directory: Directory, today: date) -> Iterator[float]:
    """Straight metres to the centres that hold it, or one of that category, and have not ended it."""
    named = directory.activities_named.get(thing)
    every = directory.activities.values()
    for activity in named or (each for each in every if each.category == thing):
        centre = directory.centres[activity.centre_id]
        if centre.status is CentreStatus.OPEN and activity.ends_on >= today:
            yield distance_m(place, (centre.latitude, centre.longitude))
