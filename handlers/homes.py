"""Of several places in a sentence: where somebody lives or is, and where they have been or will not go."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from messages.understand.lexicon import Hit, Kind
from messages.understand.understand import Understanding
from messages.words import words

# Who will not go to a place and says one of these looks for another one.
LOOKS = frozenset(("around", "farther", "more", "nearest"))


@dataclass(frozen=True, slots=True)
class Homes:
    """Ids of centres. `home`: where somebody lives or is; `tried`: where they have been; `goal`: where they
    go."""

    home: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()
    goal: tuple[str, ...] = ()


def homes_in(meant: Understanding) -> Homes:
    """A place that is the only one is where somebody looks around, unless it says otherwise."""
    hits = [hit for hit in (*meant.hits, *meant.without) if hit.kind is Kind.CENTRE and len(hit.ids) == 1]
    refused = {name for hit in meant.without if hit.kind is Kind.CENTRE for name in hit.ids}
    language = meant.language or "zh"
    at_home = _ids(hit for hit in hits if _is_beside(hit, meant, "at_home", language))
    tried = _ids(hit for hit in hits if _is_beside(hit, meant, "tried", language) or hit.ids[0] in refused)
    tried = tuple(each for each in tried if each not in at_home)
    goals = (hit for hit in hits if _is_beside(hit, meant, "goes_to", language))
    goal = tuple(each for each in _ids(goals) if each not in (*at_home, *tried))
    others = _ids(hit for hit in hits if hit.ids[0] not in tried)
    return Homes(at_home or others, tried, goal)


def lives_there_but_not_there(meant: Understanding) -> str | None:
    """The centre near which another one is looked for: 'I live in X, but not in X itself'."""
    hits = [hit for hit in meant.hits if hit.kind is Kind.CENTRE]
    places = _ids(hit for hit in hits if len(hit.ids) == 1)
    again = {name for hit in meant.without if hit.kind is Kind.CENTRE for name in hit.ids}
    if len(places) != 1 or any(len(hit.ids) > 1 for hit in hits):
        return None
    if again == set(places):
        return places[0]
    looks = meant.on.leaves and not meant.cues.isdisjoint(LOOKS)
    return places[0] if (meant.on.another_place or looks) and not again else None


def _ids(hits: Iterable[Hit]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(hit.ids[0] for hit in hits))


def _is_beside(hit: Hit, meant: Understanding, what: str, language: str) -> bool:
    before, after = _beside(language, what)
    begin = max((at for at in meant.on.pauses if at <= hit.start), default=0)
    end = min((at for at in meant.on.pauses if at >= hit.end), default=len(meant.text))
    return bool(before.search(meant.text[begin : hit.start]) or after.search(meant.text[hit.end : end]))


@cache
def _beside(language: str, what: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = words(language, "going_on")[what]
    return re.compile(listed["before"]), re.compile(listed["after"])
