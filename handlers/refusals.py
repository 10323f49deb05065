"""What Linli does not do or cannot know, said honestly: harm, advice on medicines, the weather, other
people's data, other districts."""

from handlers.asks import Ask, Dialogue
from handlers.things import Things
from messages.understand.lexicon import PLACES
from messages.understand.sounds import folded, spelled
from messages.understand.understand import Understanding
from messages.words import LANGUAGES, words

# Facets that a question about the weather may seem to ask for: an umbrella that is to be brought.
OF_WEATHER = frozenset(("bring",))


def never_done(meant: Understanding, base: Ask, things: Things, dialogue: Dialogue) -> Ask | None:
    """Help to hurt somebody, whatever else is said; advice and weather where nothing of ours is asked."""
    cues = meant.cues
    is_there = bool(base.centres or base.subdistrict)
    if "harm" in cues:
        return Ask("out_of_scope", kind="harm", centres=base.centres if len(base.centres) == 1 else ())
    if "advice" in cues and not ("asks" in cues and is_there):
        return Ask("out_of_scope", kind="advice")
    asks_of_it = is_there and not OF_WEATHER.issuperset(base.facets)
    is_named = bool(things.services or things.activities) and "asks" in cues
    if "weather" in cues and not (asks_of_it or is_named or (dialogue.last and things)):
        return Ask("out_of_scope", kind="weather")
    return None


def not_given(meant: Understanding, base: Ask, things: Things) -> Ask | None:
    """Tricks that name nothing of the directory, other people's data, other districts."""
    cues = meant.cues
    is_there = bool(base.centres or base.subdistrict)
    if "private" in cues:
        return Ask("out_of_scope", kind="private")
    if "trick" in cues and not (things or is_there):
        return Ask("out_of_scope", kind="trick")
    if "elsewhere" in cues and not is_there:
        return Ask("out_of_scope", kind="elsewhere")
    return None


def is_only_the_district(meant: Understanding, base: Ask) -> bool:
    """Whether no place is named but the district, which a community and a subdistrict are called after."""
    places = [hit.text for hit in meant.hits if hit.kind in PLACES]
    asks = base.facets or base.when or "asks" in meant.cues
    return bool(places) and not asks and all(map(_is_district, places))


def _is_district(name: str) -> bool:
    known = [each for language in LANGUAGES for each in words(language, "phrases").get("district", ())]
    sounds = [*map(folded, spelled(name))]
    return name in known or (bool(sounds) and any(sounds == [*map(folded, spelled(it))] for it in known))
