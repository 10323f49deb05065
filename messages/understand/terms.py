"""Makes the lexicon's terms from the names in the directory and the word lists of the languages."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from messages.understand.lexicon import SHORTEST, Kind, Lexicon, Term, Topic
from messages.understand.normalise import normalise
from messages.understand.sounds import spelled
from messages.words import LANGUAGES, words

FULL, WORD, STEM = 2, 1, 0
# Shorter ones are also English words ("anji" is none, "shan" might be).
SHORTEST_IN_LETTERS = 5

# Of a place's name as long as this residents say the beginning alone.
LONG_ROOT = 4

MACHINES: Topic = (Kind.KIOSK, "")
WORD_BREAKS = re.compile("[\u3001,\uff0c;\uff1b/\\s]+")


@dataclass(frozen=True, slots=True)
class CentreNames:
    id: str
    name: str
    community: str | None
    subdistrict: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the directory calls its things. A service is (name, residents' words); errands are what the
    self-service machines can do."""

    centres: tuple[CentreNames, ...]
    services: tuple[tuple[str, tuple[str, ...]], ...]
    activities: tuple[str, ...]
    errands: tuple[str, ...] = ()


def words_in(text: str | None) -> tuple[str, ...]:
    """The words of a cell, as the office separated them."""
    return tuple(word for word in WORD_BREAKS.split(text or "") if word)


def passages(names: Names) -> dict[Topic, str]:
    """One passage for each thing, to find it by meaning: the name and the words for it."""
    phrases = words("zh", "phrases")
    said: dict[Topic, dict[str, None]] = {}
    for name, listed in names.services:
        said.setdefault((Kind.SERVICE, name), {}).update(dict.fromkeys(listed))
    for name in names.activities:
        said.setdefault((Kind.ACTIVITY, name), {}).update(dict.fromkeys(phrases["same_as"].get(name, ())))
    texts = {(kind, name): passage(name, tuple(found)) for (kind, name), found in said.items()}
    if names.errands:
        texts[MACHINES] = passage(phrases["machines"], names.errands)
    return texts


def passage(name: str, listed: Sequence[str]) -> str:
    return f"{name}: {' '.join(listed)}"


def stem(name: str, part: str) -> str:
    """`name` without the first ending that the name parts of `part` list."""
    for ending in words("zh", "phrases")["name_parts"][part]:
        if name.endswith(ending) and len(name) > len(ending) + 1:
            return name.removesuffix(ending)
    return name


@lru_cache(maxsize=2)
def make_lexicon(names: Names) -> Lexicon:
    """The same one for the same names: most of what changes in a directory leaves them alone."""
    return Lexicon([*_fixed(), *_centres(names), *_subdistricts(names), *_things(names)])


def _fixed() -> Iterator[Term]:
    for language in LANGUAGES:
        phrases = words(language, "phrases")
        for code, texts in phrases["categories"].items():
            yield from (Term(text, Kind.CATEGORY, (code,), WORD) for text in texts)
        yield from (Term(text, Kind.NOTHING, (), FULL) for text in phrases["no_name"])


def _centres(names: Names) -> Iterator[Term]:
    endings = words("zh", "phrases")["name_parts"]["centre"]
    for centre in names.centres:
        ids = (centre.id,)
        short = stem(centre.name, "centre")
        yield Term(centre.name, Kind.CENTRE, ids, FULL)
        community = centre.community or short
        yield Term(community, Kind.CENTRE, ids, FULL)
        yield from (Term(community + ending, Kind.CENTRE, ids, FULL) for ending in endings)
        root = stem(community, "community" if centre.community else "park")
        if len(root) >= LONG_ROOT and root[:SHORTEST].isalpha() and not root.isascii():
            # In letters alone: by ear it would be taken for a name that is as short.
            yield from (Term(text, Kind.CENTRE, ids, STEM) for text in _in_letters(root[:SHORTEST], "centre"))
        if root != community:
            yield Term(root, Kind.CENTRE, ids, STEM)
            yield from (Term(root + ending, Kind.CENTRE, ids, STEM) for ending in endings)
            yield from _streets(root)
        yield from (Term(text, Kind.CENTRE, ids, STEM) for text in _in_letters(root, "centre"))


def _subdistricts(names: Names) -> Iterator[Term]:
    parts = words("zh", "phrases")["name_parts"]
    for name in dict.fromkeys(centre.subdistrict for centre in names.centres):
        root = stem(name, "subdistrict")
        yield Term(name, Kind.SUBDISTRICT, (name,), FULL)
        if root == name:
            continue
        yield from (Term(root + ending, Kind.SUBDISTRICT, (name,), FULL) for ending in parts["subdistrict"])
        yield from _streets(root)
        yield Term(root, Kind.SUBDISTRICT, (name,), STEM)
        yield from (Term(text, Kind.SUBDISTRICT, (name,), STEM) for text in _in_letters(root, "subdistrict"))
        centre = (e for e in parts["centre"] if not e.startswith((*parts["community"], *parts["park"])))
        yield from (Term(root + ending, Kind.SUBDISTRICT, (name,), STEM) for ending in centre)


def _streets(root: str) -> Iterator[Term]:
    """A street that is called like a place and may lie anywhere."""
    for ending in words("zh", "phrases")["name_parts"]["street"]:
        yield Term(root + ending, Kind.NOTHING, (), FULL)


def _in_letters(root: str, part: str) -> Iterator[str]:
    """A name as it stands on signs for those who do not read Chinese, alone and with what it is."""
    syllables = spelled(root)
    for letters in dict.fromkeys(("".join(syllables), " ".join(syllables))):
        if len(letters) >= SHORTEST_IN_LETTERS:
            yield letters
        if letters:
            yield from (f"{letters} {ending}" for ending in words("en", "phrases")["name_parts"][part])


def _shortened(name: str) -> Iterator[str]:
    """A name without the beginning that residents leave out."""
    for beginning in words("zh", "phrases")["name_beginnings"]:
        rest = name.removeprefix(beginning)
        if rest != name and len(rest) >= SHORTEST:
            yield rest


def _things(names: Names) -> Iterator[Term]:
    """Services and activities with the residents' words, then the words that mean the same."""
    meant: dict[str, dict[Kind, tuple[str, ...]]] = {}

    def mean(text: str, kind: Kind, name: str) -> None:
        kinds = meant.setdefault(normalise(text), {})
        if name not in kinds.get(kind, ()):
            kinds[kind] = (*kinds.get(kind, ()), name)

    for name, said in names.services:
        yield Term(name, Kind.SERVICE, (name,), FULL)
        yield from (Term(short, Kind.SERVICE, (name,), WORD) for short in _shortened(name))
        mean(name, Kind.SERVICE, name)
        for word in said:
            yield Term(word, Kind.SERVICE, (name,), WORD)
            mean(word, Kind.SERVICE, name)
    yield from (Term(errand, Kind.KIOSK, (errand,), WORD) for errand in names.errands)
    for name in names.activities:
        yield Term(name, Kind.ACTIVITY, (name,), WORD)
        yield from (Term(short, Kind.ACTIVITY, (name,), WORD) for short in _shortened(name))
        mean(name, Kind.ACTIVITY, name)
    for language in LANGUAGES:
        for known, others in words(language, "phrases")["same_as"].items():
            for kind, found in meant.get(normalise(known), {}).items():
                yield from (Term(other, kind, found, WORD) for other in others)
