"""Names half in letters: somebody knows how a name sounds, and writes a syllable of it as it is spoken."""

import re
from functools import lru_cache

from messages.understand.sounds import folded, readings_of

# A syllable in letters, or one character.
UNITS = re.compile("[a-z]+|[\u3400-\u9fff]")


def spelt_in(name: str, text: str) -> bool:
    """Whether `text` has this name with some syllables in letters, others in its own characters, so that it
    sounds like it: what is said without a difference between n and ng counts as alike."""
    units = [found[0] for found in UNITS.finditer(text)]
    return any(_is_meant(name, tuple(units[at : at + len(name)])) for at in range(len(units) - len(name) + 1))


@lru_cache(maxsize=8192)
def _is_meant(name: str, units: tuple[str, ...]) -> bool:
    pairs = list(zip(name, units, strict=True))
    same = sum(character == unit for character, unit in pairs)
    return 0 < same < len(name) and all(c == unit or _sounds_like(c, unit) for c, unit in pairs)


def _sounds_like(character: str, unit: str) -> bool:
    return unit.isascii() and folded(unit) in {folded(each) for each in readings_of(character)}
