"""Which things a sentence asks for beside each other, and which of them only stand there by the way."""

import re
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from handlers.asks import Ask
from handlers.snapshot import Directory
from messages.understand.lexicon import FAINT, THINGS, Hit
from messages.understand.understand import Understanding
from messages.words import words

# Questions that may be about more than one thing.
OF_THINGS = frozenset(("find_service", "list_activities", "kiosks"))
# So far apart two things are rather told of than asked for.
FAR = 30
# More than so many of a kind are a list to choose from.
MOST = 3


@dataclass(frozen=True, slots=True)
class Said:
    """A thing at [start, end) of the text, by the names that the word for it may stand for."""

    start: int
    end: int
    names: tuple[str, ...]


def several_in(meant: Understanding, ask: Ask, directory: Directory) -> Ask:
    """The same question of every thing that it asks for; the question itself where it is one thing."""
    if ask.intent not in OF_THINGS or ask.skip or ask.below is not None or meant.on.free_one:
        return ask
    together = joined_in(meant) or _compared(meant, ask, directory) or _of_a_kind(ask, directory)
    names = {name for each in together for name in each}
    services = tuple(name for name in directory.named if name in names)
    if len(together) < 2 or not services:
        return ask  # of activities alone a list says all
    compares = _says(meant, "compares")
    return replace(
        ask,
        intent="several",
        together=together,
        services=services,
        activities=tuple(name for name in directory.activities_named if name in names),
        said=None,
        perhaps=(),
        kind=None,
        free=ask.free and not compares,
    )


def joined_in(meant: Understanding) -> tuple[tuple[str, ...], ...]:
    """The things that are joined to each other, the longest row of them."""
    said = _said(meant)
    if len(said) < 2:
        return ()
    is_all = _says(meant, "all")
    rows: list[list[Said]] = [[said[0]]]
    for one, other in pairwise(said):
        if _are_joined(meant, one, other, is_all=is_all):
            rows[-1].append(other)
        else:
            rows.append([other])
    row = max(rows, key=len)
    if len(row) < 2 or _is_told(meant, row[0]):
        return ()
    return tuple(each.names for each in row[:MOST])


def _said(meant: Understanding) -> list[Said]:
    """Every thing once, in the order of the sentence."""
    hits = [hit for hit in meant.hits if hit.kind in THINGS and hit.rank > FAINT]
    spans: dict[tuple[int, int], dict[str, None]] = {}
    for hit in sorted(hits, key=_place):
        spans.setdefault(_place(hit), {}).update(dict.fromkeys(hit.ids))
    found: list[Said] = []
    for (start, end), names in spans.items():
        if found and set(names) & set(found[-1].names):
            found[-1] = replace(found[-1], end=end)  # said twice
        elif not any(set(names) & set(other.names) for other in found):
            found.append(Said(start, end, tuple(names)))
    return found


def _place(hit: Hit) -> tuple[int, int]:
    return hit.start, hit.end


def _are_joined(meant: Understanding, one: Said, other: Said, *, is_all: bool) -> bool:
    between = meant.text[one.end : other.start]
    if _patterns(meant.language or "zh")["told"].search(between):
        return False
    return bool(_patterns(meant.language or "zh")["joins"].match(between)) or (is_all and len(between) <= FAR)


def _is_told(meant: Understanding, first: Said) -> bool:
    """Whether the row stands in a story of what was, or of what others said."""
    begin = max((at for at in meant.on.pauses if at <= first.start), default=0)
    return bool(_patterns(meant.language or "zh")["told"].search(meant.text[begin : first.end]))


def _compared(meant: Understanding, ask: Ask, directory: Directory) -> tuple[tuple[str, ...], ...]:
    """Services of one kind in one place, where it is asked which is the better one."""
    if len(ask.centres) != 1 or not ask.services or not _says(meant, "compares"):
        return ()
    said = {hit.text for hit in meant.hits if hit.kind in THINGS}
    here = directory.services_of.get(ask.centres[0], ())
    named = {name for hit in meant.hits if hit.kind in THINGS for name in hit.ids} | set(ask.services)
    alike = [s.name for s in here if s.name in named or any(word in " ".join(s.words) for word in said)]
    return tuple((name,) for name in alike) if 1 < len(alike) <= MOST else ()


def _of_a_kind(ask: Ask, directory: Directory) -> tuple[tuple[str, ...], ...]:
    """What one place has of a kind, where more is asked than what there is."""
    is_of_one = len(ask.centres) == 1 and not (ask.around or ask.unclear or ask.accessible)
    if not is_of_one or not ask.category or ask.services or not (ask.facets or ask.when):
        return ()
    here = directory.services_of.get(ask.centres[0], ())
    names = [s.name for s in here if s.category.value == ask.category and s.name not in ask.without]
    return tuple((name,) for name in names[:MOST])


def _says(meant: Understanding, what: str) -> bool:
    return bool(_patterns(meant.language or "zh")[what].search(meant.text))


@cache
def _patterns(language: str) -> dict[str, re.Pattern[str]]:
    listed = words(language, "going_on")["together"]
    return {name: re.compile(listed[name]) for name in ("joins", "all", "told", "compares")}
