"""Codes that link two conversations of one person, as they are typed into the other one."""

import re
from functools import cache

from messages.understand.fetch_codes import CODE_LETTERS, TWO_HALVES, without
from messages.understand.normalise import normalise
from messages.words import LANGUAGES, words

_LETTERS = frozenset(CODE_LETTERS.lower())


def link_code_in(said: str) -> str | None:
    """The code in what was said: behind the words for it, or alone, where it can be nothing else."""
    found = _found(normalise(said))
    return f"{found[1]}-{found[3]}" if found else None


def without_link_code(said: str) -> str:
    """What was said, and nothing of the code."""
    return without(said, _found)


def _found(text: str) -> re.Match[str] | None:
    if text.startswith("/"):
        return None
    if lead := _leads().search(text):
        behind = (each for each in TWO_HALVES.finditer(text) if each.start() >= lead.end())
        return next((each for each in behind if _may_be_one(each, is_led=True)), None)
    whole = TWO_HALVES.fullmatch(text)
    return whole if whole and _may_be_one(whole, is_led=False) else None


def _may_be_one(found: re.Match[str], *, is_led: bool) -> bool:
    """Whatever has a digit may be a mistyped code; alone, eight digits are a number and eight letters a word,
    unless there is a dash between letters of codes."""
    letters = found[1] + found[3]
    if any(map(str.isdigit, letters)):
        return is_led or not letters.isdecimal()
    return set(letters) <= _LETTERS and (is_led or bool(found[2].strip()))


@cache
def _leads() -> re.Pattern[str]:
    return re.compile("|".join(words(language, "phrases")["link_code"] for language in LANGUAGES))
