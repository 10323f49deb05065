"""Names half in letters: somebody knows how a name sounds, and writes a syllable of it as it is spoken."""

import re
from functools import lru_cache

from messages.understand.sounds import folded, readings_of

# A name as long as this is called by its first characters, too.
LONG, CALLED = 4, 2
# A syllable in letters, or one character.
UNITS = re.compile("[a-z]+|[\u3400-\u9fff]")


def spelt_in(name: str, text: str) -> bool:
    """Whether `text` has this name with some syllables in letters, others in its own characters, so that it
    sounds like it: what is said without a difference between n and ng counts as alike."""
    units = [found[0] for found in UNITS.finditer(text)]
    called = (name, name[:CALLED]) if len(name) >= LONG else (name,)
    return any(
        _is_meant(each, tuple(units[at : at + len(each)]))
        for each in called
        for at in range(len(units) - len(each) + 1)
    )


@lru_cache(maxsize=8192)
def are_alike(one: str, other: str, typed: str) -> bool:
    """Whether two names of one length sound alike, and what was `typed` for the first, if anything, has not
    the first one's character where they differ. In letters a long name may be called by its beginning."""
    if not typed and len(other) >= LONG and len(one) == CALLED:
        other = other[:CALLED]
    if len(one) != len(other):
        return False
    differ = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    if typed and any(typed[at] == one[at] for at in differ):
        return False
    return all(_folded(one[at]) & _folded(other[at]) for at in differ)


def _folded(character: str) -> set[str]:
    return {folded(each) for each in readings_of(character)}


@lru_cache(maxsize=8192)
def _is_meant(name: str, units: tuple[str, ...]) -> bool:
    pairs = list(zip(name, units, strict=True))
    same = sum(character == unit for character, unit in pairs)
    return 0 < same < len(name) and all(c == unit or _sounds_like(c, unit) for c, unit in pairs)


def _sounds_like(character: str, unit: str) -> bool:
    return unit.isascii() and folded(unit) in _folded(character)
