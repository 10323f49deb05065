"""Whether a sentence turns to another thing than the one that was just shown, or back to one."""

import re
from functools import cache
from itertools import pairwise

from handlers.asks import Ask, Dialogue
from handlers.places import Places
from handlers.snapshot import Directory
from handlers.subjects import SURE, Told, known_as, share_about
from handlers.suits import age_in, suits_age
from handlers.things import Things, costs_nothing
from messages.understand.lexicon import FAINT, THINGS, Hit, Kind
from messages.understand.subjects import ELSE, IT, PLACE
from messages.understand.understand import Understanding
from messages.words import words

# Where another thing is taken up the likeliest is believed, though most such sentences sound like one more
# question about what was shown: so likely at least, and so likely among all that are things.
HINT, AMONG_THINGS = 0.04, 0.5
# Of the likeliest so many are looked at, each at least so likely, the first so much of all.
FIRST, NEARLY, AHEAD = 3, 0.15, 0.6
# In so few letters it is rather the same thing that is spoken of.
SHORT = 9


def turned_to(meant: Understanding, directory: Directory) -> Told:
    """The likeliest thing where another one is taken up and none is named."""
    likely = [(subject, chance) for subject, chance in meant.subjects if subject not in (IT, ELSE, PLACE)]
    if not meant.on.turns or not likely:
        return Told()
    (subject, chance), total = likely[0], sum(chance for _, chance in likely)
    if chance < HINT or chance < AMONG_THINGS * total:
        return Told()
    return Told(known_as(subject, directory), chance / total)


def fitting(meant: Understanding, places: Places, dialogue: Dialogue, directory: Directory) -> Told:
    """Where two things are nearly as likely: the one that the place has, for somebody of that age."""
    age, last = age_in(meant), dialogue.last
    centres = places.centres or (last.centres if last else ())
    likely = [(s, c) for s, c in meant.subjects[:FIRST] if s not in (IT, ELSE, PLACE) and c >= NEARLY]
    if age is None or len(centres) != 1 or len(likely) < 2:
        return Told()
    here = directory.services_of.get(centres[0], ())
    found = []
    for subject, chance in likely:
        names = known_as(subject, directory).services
        fit = tuple(s.name for s in here if s.name in names and suits_age(s.audience, age))
        if fit:
            found.append((Things(fit), chance))
    total = sum(chance for _, chance in likely)
    if not found or total < AMONG_THINGS or (len(found) > 1 and found[0][1] < AHEAD * total):
        return Told()
    return Told(found[0][0], max(total, SURE))  # with an age and a place it is a question for us


def free_one(meant: Understanding, dialogue: Dialogue, directory: Directory) -> Told:
    """The service like the one that was shown that costs nothing, when such a one is spoken of."""
    shown = (dialogue.focus or dialogue.last or Ask("unknown")).services
    if not meant.on.free_one or not shown or any(costs_nothing(name, directory) for name in shown):
        return Told()
    return _most_alike(shown, directory, is_free=True)


def paid_one(meant: Understanding, told: Told, directory: Directory) -> Told:
    """The service like the free one that is spoken of, where it is the one that costs something."""
    refused = tuple(name for hit in meant.without if hit.kind is Kind.SERVICE for name in hit.ids)
    free = tuple(dict.fromkeys((*told.things.services, *refused)))
    if not meant.on.paid_one or not free or not all(costs_nothing(name, directory) for name in free):
        return told
    return _most_alike(free, directory, is_free=False) or told


def _most_alike(names: tuple[str, ...], directory: Directory, *, is_free: bool) -> Told:
    """Of the services that cost nothing, or of those that do not, the one called most like these."""
    letters = _pairs_in(names, directory)
    others = [each for each in directory.named if each not in names]
    alike = {
        each: len(letters & _pairs_in((each,), directory))
        for each in others
        if costs_nothing(each, directory) == is_free
    }
    best = max(alike, key=lambda each: alike[each], default=None)
    return Told(Things((best,)), 1.0) if best and alike[best] else Told()


def _pairs_in(names: tuple[str, ...], directory: Directory) -> set[str]:
    """Neighbouring letters of the words that residents have for these services."""
    said = [word for name in names for each in directory.named.get(name, ())[:1] for word in each.words]
    return {"".join(pair) for word in said for pair in pairwise(word)}


def is_turned(
    meant: Understanding, things: Things, told: Told, dialogue: Dialogue, directory: Directory, card: str
) -> bool:
    """Whether it names or tells of another thing for its own sake; `card` is what the last card says of its
    conditions, which name other things by the way."""
    shown = set((dialogue.focus or dialogue.last or Ask("unknown")).names)
    if things:
        named = [hit for hit in meant.hits if hit.kind in THINGS and hit.rank > FAINT]
        others = [hit for hit in named if shown.isdisjoint(hit.ids) and hit.text not in card]
        return any(meant.on.turns or _is_meant_itself(hit, meant) for hit in others)
    names = set(told.things.names)
    if not names or not shown.isdisjoint(names):
        return False
    if len(meant.text) <= SHORT and not meant.on.turns and not meant.on.free_one:
        return False
    of_it = meant.about(IT) + share_about(tuple(shown), meant, directory)
    return meant.on.turns or told.chance > of_it


def goes_on_with(meant: Understanding, last: Ask, directory: Directory) -> bool:
    """Whether what is wanted is only hinted at with a word of what was spoken of: 'is there mending, too'."""
    texts = [*last.names]
    texts += [word for name in last.services for word in directory.named[name][0].words]
    letters = set("".join(texts))
    return bool(meant.wanted) and any(letter in letters for letter in (meant.wanted or "").strip())


def _is_meant_itself(hit: Hit, meant: Understanding) -> bool:
    beside = _beside(meant.language or "zh")
    return bool(beside[0].search(meant.text[: hit.start]) or beside[1].match(meant.text, hit.end))


@cache
def _beside(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    listed = words(language, "going_on")["beside_a_thing"]
    before, after = (f"(?:{'|'.join(listed[name])})" for name in ("before", "after"))
    return re.compile(f"{before}$"), re.compile(after)
