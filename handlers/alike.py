"""Of places that share a name the one that is meant, and names of which a part is written in letters."""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache

from handlers.asks import Ask
from handlers.snapshot import Directory
from messages.understand.lexicon import FAINT, THINGS, Hit, Kind
from messages.understand.spelt import are_alike, spelt_in
from messages.understand.terms import stem
from messages.understand.understand import Understanding
from messages.words import words

# So many that sound like it are asked about; an answer is no longer than so many characters.
MOST, ANSWER = 4, 12
LETTERS = re.compile("[a-z]{2}")


def told_apart(meant: Understanding, directory: Directory) -> tuple[tuple[str, ...], str]:
    """The centres of one name that are left by what is said of where they are, and the name; none where
    nothing is said of it, or no name is shared."""
    hits = (*meant.hits, *meant.without)
    shared = next((h for h in hits if h.kind is Kind.CENTRE and len(h.ids) > 1 and h.rank > FAINT), None)
    if shared is None:
        return (), ""
    found = _inside(shared.ids, meant, directory)
    return (found, shared.text) if found != shared.ids else ((), "")


def answer_to(meant: Understanding, pending: Ask, directory: Directory) -> Ask | None:
    """Which of the places that were offered is meant, by where it is or what it is: 'the one in Beifeng',
    'not the one in Chengdong', 'the subdistrict'."""
    if not pending.unclear or any(h.kind in THINGS and h.rank > FAINT for h in meant.hits):
        return None
    if pending.subdistrict:
        return _what_it_is(meant, pending)
    found = _inside(pending.centres, meant, directory)
    return Ask("centre_card", centres=found) if len(found) == 1 < len(pending.centres) else None


def only_one_has(ask: Ask, directory: Directory) -> Ask:
    """Between a community and a subdistrict of one name: the only centre that has what is asked for."""
    if not (ask.unclear and ask.subdistrict):
        return ask
    among = {*ask.centres, *directory.subdistricts[ask.subdistrict]}
    with_it = _with_it(ask, directory) & among
    if len(with_it) != 1:
        return ask
    return replace(ask, centres=tuple(with_it), subdistrict=None, unclear=False)


def _with_it(ask: Ask, directory: Directory) -> set[str]:
    """The centres that have one of the things that are asked for."""
    services = {each.centre_id for name in ask.services for each in directory.named.get(name, ())}
    held = (each for name in ask.activities for each in directory.activities_named.get(name, ()))
    return services | {each.centre_id for each in held}


def spelt(meant: Understanding, directory: Directory) -> tuple[str, ...]:
    """The communities whose names are written half in letters, and those that sound like it."""
    if not LETTERS.search(meant.text):
        return ()
    names = {c.id: stem(c.community, "community") for c in directory.centres.values() if c.community}
    return tuple(i for i, name in names.items() if spelt_in(name, meant.text))[:MOST]


def sounding_alike(centre: str, meant: Understanding, directory: Directory) -> tuple[str, ...]:
    """The communities whose names sound like the one of this centre, where it was written in letters or in
    other characters: southern speakers and keyboards do not tell them apart. What is right decides."""
    hits = [hit for hit in meant.hits if hit.kind is Kind.CENTRE and hit.ids == (centre,)]
    if len(hits) != 1 or meant.language != "zh" or not (hits[0].heard or hits[0].text.isascii()):
        return (centre,)
    names = {c.id: stem(c.community, "community") for c in directory.centres.values() if c.community}
    own = names.get(centre, "")
    typed = hits[0].text[: len(own)] if hits[0].heard else ""
    alike = (i for i, name in names.items() if name != own and are_alike(own, name, typed))
    return (centre, *alike)[:MOST] if own else (centre,)


def having(ask: Ask, meant: Understanding, directory: Directory) -> Ask:
    """Of places of which only a part of the name is remembered, those that have what is asked for."""
    if not (meant.half and ask.unclear and (ask.services or ask.activities)):
        return ask
    with_it = _with_it(ask, directory)
    left = tuple(i for i in ask.centres if i in with_it)
    return replace(ask, centres=left, unclear=len(left) > 1) if left else ask


def areas_named(hits: Iterable[Hit]) -> list[str]:
    return [name for hit in hits if hit.kind is Kind.SUBDISTRICT for name in hit.ids]


def _inside(ids: tuple[str, ...], meant: Understanding, directory: Directory) -> tuple[str, ...]:
    """Those in a subdistrict that is named, or else in none that is refused."""
    again = _echoed(meant.language or "zh")
    echoed = [hit for hit in meant.hits if again.search(meant.text[hit.end :])]
    named = areas_named(hit for hit in meant.hits if hit not in echoed)
    refused = {*areas_named(meant.without), *(areas_named(echoed) if named or meant.without else ())}
    where = {i: directory.centres[i].subdistrict for i in ids}
    wanted = [name for name in named if name in where.values() and name not in refused]
    if wanted and "corrects" in meant.cues:
        wanted = wanted[-1:]
    inside = tuple(i for i in ids if where[i] in wanted)
    return inside or tuple(i for i in ids if where[i] not in refused) or ids


@cache
def _echoed(language: str) -> re.Pattern[str]:
    """What stands behind a name that somebody says again in surprise: 'Chengdong? No, ...'."""
    return re.compile(words(language, "going_on")["echoed"])


def _what_it_is(meant: Understanding, pending: Ask) -> Ask | None:
    """The subdistrict or the community: which of the two words stands there and is not refused."""
    parts = words(meant.language or "zh", "phrases")["name_parts"]
    is_area, is_community = (
        any(word in meant.plain for word in parts[part]) for part in ("subdistrict", "community")
    )
    if is_area == is_community or len(meant.text) > ANSWER:
        return None
    if is_area:
        return Ask("centre_card", subdistrict=pending.subdistrict)
    return Ask("centre_card", centres=pending.centres) if len(pending.centres) == 1 else None
