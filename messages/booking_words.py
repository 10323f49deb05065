"""The word list of booking rules as patterns, and the texts that are read with them."""

import re
from functools import cache
from typing import Any

from messages.hours_lexer import MAX_LENGTH, dash_pattern, normalised, number_pattern
from messages.words import words


@cache
def booking_words(section: str) -> dict[str, Any]:
    """A section of messages/zh/booking.yaml; callers must not change it."""
    section_words: dict[str, Any] = words("zh", "booking")[section]
    return section_words


@cache
def pattern(section: str, name: str) -> re.Pattern[str]:
    """A pattern of the word list with its parts put in; of words that mean something, any of them."""
    written = booking_words(section)[name]
    if isinstance(written, dict):
        return re.compile("|".join(map(re.escape, sorted(written, key=len, reverse=True))))
    return re.compile(_filled(written))


@cache
def framed(section: str, name: str) -> re.Pattern[str]:
    """The pattern with what may stand before and after it in a cell of that section."""
    listed = booking_words(section)
    return re.compile(_filled(f"{listed['lead']}(?:{listed[name]}){listed['tail']}"))


def _filled(text: str) -> str:
    """Entries of `parts` may name others, so they go in first, from the last to the first."""
    parts = booking_words("parts")
    for name, part in reversed(parts.items()):
        text = text.replace(f"{{{name}}}", part)
    return text.replace("{n}", number_pattern(most_digits=3)).replace("{dash}", dash_pattern())


def plain(text: str | None) -> str | None:
    """A cell ready to be read: one width, no blanks; empty when nothing is written, None when too long."""
    return normalised(text or "") if len(text or "") <= MAX_LENGTH else None
