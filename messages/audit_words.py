"""The words of the yearly audit pack, Chinese with English below, and numbers that tell of nobody."""

from collections.abc import Iterable, Mapping
from typing import Any

from messages.words import LANGUAGES, words

# A smaller number could tell who it was.
LEAST = 5
BELOW = f"<{LEAST}"


def shown(number: int) -> int | str:
    """A count as it may be read: nought and what is large enough, else that it is small."""
    return number if number == 0 or number >= LEAST else BELOW


def total(numbers: Iterable[int]) -> int | str:
    """A sum that tells no small number by what is missing from it."""
    listed = list(numbers)
    told = sum(each for each in listed if each >= LEAST)
    return told if all(shown(each) != BELOW for each in listed) else f"≥{told}"


def pair(key: str, values: Mapping[str, object] | None = None) -> tuple[str, str]:
    """The sentence `key`, or `group.key`, in Chinese and in English, with its blanks filled."""
    zh, en = (_found(language, key) for language in LANGUAGES)
    return zh.format_map(values or {}), en.format_map(values or {})


def both(key: str, values: Mapping[str, object] | None = None) -> str:
    return "\n".join(pair(key, values))


def code(group: str, name: str, values: Mapping[str, object] | None = None) -> str:
    """What a group calls a code; one that it does not know as it is."""
    if name not in words("zh", "audit")["codes"][group]:
        return name
    one, other = pair(f"codes.{group}.{name}", values)
    return one if one == other else f"{one}\n{other}"


def _found(language: str, key: str) -> str:
    """Names of files have a dot in them: the longest key that is there is meant."""
    found: Any = words(language, "audit")
    group, _, rest = key.partition(".")
    found = found[group]
    while rest:
        if rest in found:
            return str(found[rest])
        group, _, rest = rest.partition(".")
        found = found[group]
    return str(found)
