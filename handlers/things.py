"""Which services and activities a sentence is about: those it names, else those it comes nearest to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from handlers.places import Places
from handlers.snapshot import Directory
from handlers.suits import CHILDHOOD_ENDS, age_in, is_for_other_ages, is_free
from messages.understand.lexicon import FAINT, THINGS, Hit, Kind, Topic
from messages.understand.terms import FULL, MACHINES
from messages.understand.understand import Understanding
from messages.understand.vectors import By, Fit
from messages.words import words

# The intents that are about a thing of each kind.
WISHES: Mapping[Kind, tuple[str, ...]] = {
    Kind.SERVICE: ("find_service", "list_services"),
    Kind.ACTIVITY: ("list_activities", "book"),
    Kind.KIOSK: ("kiosks",),
}
# Below this none of the intents that are about things is likely enough to look for one.
LEAST_LIKELY = 0.35
OTHERS = 2
NEAREST = 4
# Two names for one thing, such as the class at four and the class at half past.
TWINS = 0.004


@dataclass(frozen=True, slots=True)
class Weights:
    """Of scores of one kind: what a likely wish adds, that the centre named has the thing, that something
    faintly sounds like it; and how far the best must lead to be taken without a doubt."""

    wish: float
    here: float
    heard: float
    lead: float


# Measured on the development sentences: nine of ten best cosines lie between .82 and .91.
WEIGHTS: Mapping[By, Weights] = {
    By.MEANING: Weights(0.02, 0.018, 0.025, 0.008),
    By.WORDS: Weights(1.0, 0.5, 1.5, 0.7),
}


@dataclass(frozen=True, slots=True)
class Things:
    """Names of services and activities, a category, or the machines (`is_kiosk`).

    `said`: the words for it, None when it was guessed; `perhaps`: what else may be meant then; `is_sure`
    False when something else may well be meant, `is_offer` when the resident had better
    say which. `lead`: how far a guess is before the next one. `is_by_the_way`: named by mere words, which a
    long story may hold without meaning them.
    """

    services: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    category: str | None = None
    is_kiosk: bool = False
    said: str | None = None
    perhaps: tuple[str, ...] = ()
    is_sure: bool = True
    is_offer: bool = False
    lead: float = 0.0
    is_by_the_way: bool = False

    def __bool__(self) -> bool:
        return bool(self.services or self.activities or self.category or self.is_kiosk)

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.services, *self.activities)


def named_in(meant: Understanding, here: frozenset[Topic] = frozenset()) -> Things:
    """What the sentence names in words of the directory; of several only what the centre, `here`, has."""
    hits = _fullest(meant.hits)
    is_any = "activities" in meant.cues  # of all that is on, and not of the kind that is refused
    if "more" in meant.cues and not is_any and not any(hit.kind in THINGS for hit in hits):
        hits += [hit for hit in meant.without if hit.kind in THINGS]  # not that one: another one of the kind
    found: dict[Kind, dict[str, None]] = {}
    for hit in hits:
        found.setdefault(hit.kind, {}).update(dict.fromkeys(hit.ids))
    if any((kind, name) in here for kind in THINGS for name in found.get(kind, ())):
        for kind in THINGS:
            found[kind] = {name: None for name in found.get(kind, ()) if (kind, name) in here}
    services = tuple(found.get(Kind.SERVICE, ()))
    things = (Kind.SERVICE, Kind.ACTIVITY, Kind.CATEGORY)
    return Things(
        services,
        tuple(found.get(Kind.ACTIVITY, ())),
        next(iter(found.get(Kind.CATEGORY, ())), None),
        Kind.KIOSK in found and not services,
        next((hit.text for hit in meant.hits if hit.kind in things and not _tells_a_need(hit)), None),
        is_by_the_way=any(hit.kind in THINGS for hit in hits)
        and all(hit.rank < FULL and not hit.heard for hit in hits if hit.kind in THINGS),
    )


def _tells_a_need(hit: Hit) -> bool:
    """'Nobody to look after her' stands for a service and is no name of it: nothing nearest is called so."""
    return hit.rank < FULL and not set(words("zh", "phrases")["tells_a_need"]).isdisjoint(hit.text)


def _fullest(hits: Sequence[Hit]) -> list[Hit]:
    """A thing's full name beats mere words that stand for others."""
    best = max((hit.rank for hit in hits if hit.kind in THINGS), default=FAINT)
    return [hit for hit in hits if hit.kind not in THINGS or (hit.rank == best and best > FAINT)]


def guessed_in(meant: Understanding, places: Places, directory: Directory) -> Things:
    """What the sentence comes nearest to, if its wish is about a thing at all."""
    chances = {kind: meant.chance(*wishes) for kind, wishes in WISHES.items()}
    ranking = meant.things
    if ranking is None or ranking.fit is Fit.NONE or sum(chances.values()) < LEAST_LIKELY:
        return Things()
    weights = WEIGHTS[ranking.by]
    here = offered_in(places, directory)
    elsewhere = {Kind.ACTIVITY} if here else set()  # of a centre's activities only its own can be meant
    heard = {(hit.kind, name) for hit in meant.hits if hit.kind in THINGS for name in hit.ids}
    refused = refused_in(meant, by_word=True)
    scored = sorted(
        (
            (
                score
                + weights.wish * chances[topic[0]]
                + weights.here * (topic in here)
                + weights.heard * (topic in heard),
                topic,
            )
            for topic, score in ranking.matches
            if topic[1] not in refused
            and (topic in here or topic[0] not in elsewhere)
            and (topic[0] is not Kind.SERVICE or fits_a_child((topic[1],), meant, directory))
        ),
        key=lambda each: -each[0],
    )
    return _taken(scored, weights) if scored else Things()


def fits_a_child(services: tuple[str, ...], meant: Understanding, directory: Directory) -> bool:
    """Whether one of these is for a child of the age that is said; true where none is: most of what is for
    children is for some ages alone."""
    age = age_in(meant)
    if age is None or age >= CHILDHOOD_ENDS:
        return True
    offered = [service for name in services for service in directory.named.get(name, ())]
    return not offered or not all(is_for_other_ages(service.audience, age) for service in offered)


def refused_in(meant: Understanding, *, by_word: bool = False) -> tuple[str, ...]:
    """What was said not to be meant, unless other words of the sentence mean it after all; `by_word`: also
    where the same word stands without a no, in a sentence that says twice what it does not mean."""
    refused = tuple(hit for hit in meant.without if hit.rank > FAINT)
    words = {hit.text for hit in refused} if by_word else set()
    wanted = {name for hit in meant.hits if hit.text not in words for name in hit.ids}
    return tuple(dict.fromkeys(name for hit in refused for name in hit.ids if name not in wanted))


def for_nothing(things: Things, meant: Understanding, directory: Directory) -> Things:
    """When it must cost nothing and what was named costs something everywhere: the nearest that is free."""
    if not things.services or any(costs_nothing(name, directory) for name in things.services):
        return things
    told = (hit for subject, _ in meant.subjects[:NEAREST] for hit in directory.lexicon.find(subject))
    likely = [(hit.kind, name) for hit in told for name in hit.ids]
    nearest = [topic for topic, _ in meant.things.matches[:NEAREST]] if meant.things else []
    services = (name for kind, name in (*likely, *nearest) if kind is Kind.SERVICE)
    free = (name for name in services if costs_nothing(name, directory))
    found = next(free, None)
    return replace(things, services=(found,)) if found else things


def costs_nothing(name: str, directory: Directory) -> bool:
    """Whether a service of this name is free somewhere."""
    return any(is_free(service.fee) for service in directory.named.get(name, ()))


def _taken(scored: list[tuple[float, Topic]], weights: Weights) -> Things:
    best, (kind, name) = scored[0]
    others = [topic for _, topic in scored[1:] if topic[0] is Kind.SERVICE]
    lead = best - scored[1][0] if len(scored) > 1 else best
    is_sure = lead >= weights.lead
    match kind:
        case Kind.SERVICE:
            perhaps = tuple(other for _, other in others[:OTHERS])
            return Things(services=(name,), perhaps=perhaps, is_sure=is_sure, lead=lead)
        case Kind.ACTIVITY:
            twins = [topic[1] for score, topic in scored[1:3] if topic[0] is kind and best - score < TWINS]
            return Things(activities=(name, *twins), is_sure=is_sure, lead=lead)
        case _:
            return Things(is_kiosk=True, is_sure=is_sure, lead=lead)


def offered_in(places: Places, directory: Directory) -> frozenset[Topic]:
    """What the centre that was named offers; nothing when it is not clear which."""
    if len(places.centres) != 1:
        return frozenset()
    centre = places.centres[0]
    services = ((Kind.SERVICE, service.name) for service in directory.services_of.get(centre, ()))
    activities = ((Kind.ACTIVITY, activity.name) for activity in directory.activities_of.get(centre, ()))
    machines = [MACHINES] if directory.kiosks_of.get(centre) else []
    return frozenset([*services, *activities, *machines])
