"""What is asked of a centre as a whole, and what near it."""

from dataclasses import replace

from handlers.asks import Ask, Dialogue
from handlers.focus import LONGER
from handlers.homes import lives_there_but_not_there
from handlers.places import Places
from handlers.snapshot import Directory
from handlers.subjects import SURE
from handlers.things import Things
from messages.directory import CentreStatus
from messages.understand.lexicon import Kind
from messages.understand.understand import Understanding
from messages.words import words

# For a sentence to be about it at all.
LIKELY = 0.5
# What may be asked of a centre as a whole.
OF_A_CENTRE = frozenset(("phone", "access", "where", "hours"))


def asks_of_one(cues: frozenset[str], places: Places) -> bool:
    """Whether it is asked if one gets into the very place that is named, and not which one near it."""
    return "gets_in" in cues and len(places.centres) == 1 and cues.isdisjoint(("around", "nearest"))


def near_it(base: Ask, meant: Understanding) -> Ask:
    """Near the place that is named, and not there: 'I live in X, but not in X itself'."""
    centre = lives_there_but_not_there(meant)
    if centre is None or base.unclear:
        return replace(base, without=tuple(name for name in base.without if name not in base.centres))
    without = tuple(dict.fromkeys((centre, *base.without)))
    return replace(base, centres=(), subdistrict=None, around=True, nearest=True, without=without)


def is_of_its_centre(base: Ask, named: Things, told: float, meant: Understanding) -> bool:
    """Whether the address, the hours or the steps of the centre that is named are asked for, and no thing."""
    is_open = len(base.centres) == 1 and not (named or base.unclear or base.around or base.nearest)
    asks = bool(base.facets) and OF_A_CENTRE.issuperset(base.facets)
    is_itself = "its_centre" in meant.cues or _is_called_one(meant)
    return is_open and asks and is_itself and told < SURE


def is_of_a_centre(ask: Ask, meant: Understanding) -> bool:
    """Whether a centre is asked about without saying which: where the resident is decides then."""
    asks = bool(ask.facets or ask.when) and OF_A_CENTRE.issuperset(ask.facets)
    asks = asks and meant.chance("out_of_scope") < LIKELY
    return asks and (len(meant.text) <= LONGER or meant.chance("centre_card", "find_centres") >= LIKELY)


def looks_beyond(ask: Ask, meant: Understanding, directory: Directory) -> bool:
    """Whether the nearest open centre is looked for beside one that is not open yet, or the nearest without
    steps."""
    is_coming = any(directory.centres[i].status is not CentreStatus.OPEN for i in ask.centres)
    is_another = is_coming or (bool(ask.centres) and ask.accessible)
    return is_another and not ask.unclear and not meant.cues.isdisjoint(("around", "nearest"))


def opens_when(meant: Understanding, base: Ask, dialogue: Dialogue, directory: Directory) -> Ask | None:
    """The card of the centre spoken of that is not open yet, where somebody asks again how far it is."""
    centres = dialogue.last.centres if dialogue.last else ()
    if "coverage" not in meant.cues or base.centres or base.subdistrict or len(centres) != 1:
        return None
    is_open = directory.centres[centres[0]].status is CentreStatus.OPEN
    return None if is_open else replace(base, intent="centre_card", centres=centres)


def _is_called_one(meant: Understanding) -> bool:
    """Whether the place is named as the centre that it has, and not as the community around it."""
    endings = tuple(words(meant.language or "zh", "phrases")["centre_endings"])
    return any(hit.kind is Kind.CENTRE and hit.text.endswith(endings) for hit in meant.hits)
