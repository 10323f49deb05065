"""Which wishes are counted as those for what is not there: without who wished, and where they were.

What is kept is one more for a thing near a centre in a week (storage/wishes.py). Whoever asks for the same
once more is not counted again, wherever and whenever: a conversation remembers the last things it missed.
What was only guessed, and a wish from a place nobody knows (a subdistrict is none), is not counted.
"""

from dataclasses import replace
from functools import cache

from handlers.asks import Ask, Dialogue, Near
from handlers.cards import place_of
from handlers.deserts import is_too_far, monday_of, street_m
from handlers.find import is_shared
from handlers.world import Outcome, World
from messages.directory import Centre, CentreStatus
from messages.geo import distance_m
from messages.understand.lexicon import Kind
from messages.understand.normalise import normalise
from messages.views import ActivitiesListed, ActivityCard, NothingFound, PlacesFound, ServiceCard
from messages.views_several import SeveralShown
from messages.views_unable import OutOfScope
from messages.words import words
from storage import wishes
from storage.database import Step

ASKS = frozenset(("find_service", "service_card", "list_activities", "several"))
ANSWERS = (ServiceCard, PlacesFound, SeveralShown, ActivityCard, ActivitiesListed, NothingFound)
# A shorter word of the list says too little by itself.
SHORTEST = 2
# So many things that were missed are remembered by a conversation.
REMEMBERED = 20


def counted_once(ask: Ask, outcome: Outcome, said: str, world: World) -> tuple[Outcome, list[Step]]:
    """The further step of a turn that found nothing, or nothing within a walk, and its outcome with the thing
    remembered; none for every other turn. `said` is only looked through for names of the word lists and the
    directory."""
    thing, near = _wished(ask, outcome, said, world)
    missed = outcome.dialogue.missed
    if thing is None or near is None or thing in missed:
        return outcome, []
    if _is_there(thing, ask, world):
        return outcome, []
    place, today = (near.latitude, near.longitude), world.now.date()
    if not is_too_far(street_m(thing, place, world.directory, today, world.policy.detour)):
        return outcome, []
    dialogue = replace(outcome.dialogue, missed=(*missed, thing)[-REMEMBERED:])
    step = wishes.note_step(thing, _nearest(near, world).id, monday_of(today))
    return replace(outcome, dialogue=dialogue), [step]


def _is_there(thing: str, ask: Ask, world: World) -> bool:
    """Whether the open centre that was named has the service itself: most ask so, and need no search."""
    centre = world.directory.centres[ask.centres[0]] if ask.centres else None
    return (
        centre is not None
        and centre.status is CentreStatus.OPEN
        and any(service.name == thing for service in world.directory.services_of.get(centre.id, ()))
    )


def _wished(ask: Ask, outcome: Outcome, said: str, world: World) -> tuple[str | None, Near | None]:
    """What was wished for where, as far as that is known."""
    thing = _thing_of(ask) if isinstance(outcome.view, ANSWERS) else None
    if thing:
        return thing, None if ask.skip else _place_of(ask, outcome.dialogue, world)
    if not isinstance(outcome.view, NothingFound | OutOfScope):
        return None, None
    thing = matter_in(said)
    return thing, _named_in(said, world) if thing else None


def _thing_of(ask: Ask) -> str | None:
    """The name or the category that was asked for; the first of several names of one word."""
    if ask.intent not in ASKS or ask.unclear or ask.perhaps:
        return None
    return next(iter(ask.names), ask.category)


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
