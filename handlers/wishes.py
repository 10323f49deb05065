"""Which wishes are counted as those for what is not there: without who wished, and where they were.

What is kept is one more for a thing near a centre in a week (storage/wishes.py). Whoever goes on about the
same thing is not counted again: more of the same, another facet, another place. A conversation that spoke of
something else meanwhile, or that asks for what is in the word list alone, is counted again, since nothing
remembers that. What was only guessed, and a wish from a place nobody knows (a subdistrict is none), is not
counted.
"""

from functools import cache

from handlers.asks import Ask, Dialogue, Near
from handlers.cards import place_of
from handlers.deserts import is_too_far, monday_of, street_m
from handlers.find import is_shared
from handlers.world import Outcome, World
from messages.directory import Centre
from messages.geo import distance_m
from messages.understand.lexicon import Kind
from messages.understand.normalise import normalise
from messages.views import (
    ActivitiesListed,
    ActivityCard,
    NothingFound,
    OutOfScope,
    PlacesFound,
    ServiceCard,
)
from messages.words import words
from storage import wishes
from storage.database import Step

ASKS = frozenset(("find_service", "service_card", "list_activities"))
ANSWERS = (ServiceCard, PlacesFound, ActivityCard, ActivitiesListed, NothingFound)
# A shorter word of the list says too little by itself.
SHORTEST = 2


def unmet(ask: Ask, before: Dialogue, outcome: Outcome, said: str, world: World) -> list[Step]:
    """The further step of a turn that found nothing, or nothing within a walk; none for every other turn.
    `said` is only looked through for names of the word lists and the directory."""
    thing = _thing_of(ask) if isinstance(outcome.view, ANSWERS) else None
    if thing:
        is_again = before.last is not None and _thing_of(before.last) == thing
        near = None if is_again or ask.skip else _place_of(ask, outcome.dialogue, world)
    elif isinstance(outcome.view, NothingFound | OutOfScope):
        thing = matter_in(said)
        near = _named_in(said, world) if thing else None
    else:
        return []
    if thing is None or near is None:
        return []
    place, today = (near.latitude, near.longitude), world.now.date()
    if not is_too_far(street_m(thing, place, world.directory, today, world.policy.detour)):
        return []
    return [wishes.note_step(thing, _nearest(near, world).id, monday_of(today))]


def _thing_of(ask: Ask) -> str | None:
    """The name or the category that was asked for; the first of several names of one word."""
    if ask.intent not in ASKS or ask.unclear or ask.perhaps:
        return None
    return next(iter((*ask.services, *ask.activities)), ask.category)


def _place_of(ask: Ask, dialogue: Dialogue, world: World) -> Near | None:
    """Where they are, or the centre they named."""
    if ask.centres:
        return place_of(world.directory.centres[ask.centres[0]])
    near = dialogue.near
    if near is None or is_shared(near):
        return near
    return None if ask.subdistrict or near.name in world.directory.subdistricts else near


def _named_in(said: str, world: World) -> Near | None:
    """The one centre that the sentence itself names: what was spoken of before may be beside the point of a
    sentence that was not understood."""
    hits = [hit for hit in world.directory.lexicon.find(normalise(said)) if hit.kind is Kind.CENTRE]
    ids = {each for hit in hits for each in hit.ids}
    return place_of(world.directory.centres[ids.pop()]) if len(ids) == 1 else None


def _nearest(near: Near, world: World) -> Centre:
    """The nearest centre, open or not."""
    here = (near.latitude, near.longitude)
    every = world.directory.centres.values()
    return min(every, key=lambda each: (distance_m(here, (each.latitude, each.longitude)), each.id))


def matter_in(said: str) -> str | None:
    """What the sentence asks for of the word list of what centres seldom have (messages/zh/matters.yaml), by
    the longest of its words; None when none is in it, and for what nobody misses a place for, as weather."""
    text = normalise(said)
    found = next((name for word, name in _matters() if word in text), None)
    return None if found in words("zh", "phrases")["no_gaps"] else found


@cache
def _matters() -> tuple[tuple[str, str], ...]:
    """Words with the name of their matter, the longest first."""
    listed = words("zh", "matters").items()
    pairs = {(normalise(word), name) for name, said in listed for word in (name, *said)}
    kept = (pair for pair in pairs if len(pair[0]) >= SHORTEST)
    return tuple(sorted(kept, key=lambda pair: (-len(pair[0]), pair)))
