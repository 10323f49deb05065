"""Codes that let somebody fetch a child, as staff type what is held out to them."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from messages.understand.normalise import clean, normalise
from messages.words import LANGUAGES, words

# No two of these are taken for each other, printed or in handwriting: no O beside a 0, no B beside an 8.
CODE_LETTERS = "34679ACDEFGHJKMNPQRTVWXY"
HIDDEN = "****-****"
_DASH = "[-\u2010-\u2015\u2212]"
# Two halves, with a dash, a blank or nothing between them.
TWO_HALVES = re.compile(f"(?<![0-9a-z-])([0-9a-z]{{4}})({_DASH}| ?)([0-9a-z]{{4}})(?![0-9a-z-])")


def fetch_code_in(text: str) -> str | None:
    """The code in a normalised text, as far as it can be one: typed alone, or behind words for fetching."""
    found = _found(text)
    return f"{found[1]}-{found[3]}" if found else None


def is_fetch_code(text: str) -> bool:
    """Whether a normalised text looks like a code and nothing else, which is of no language."""
    return TWO_HALVES.fullmatch(text) is not None


def without_fetch_code(said: str) -> str:
    """What was said, and nothing of the code."""
    return without(said, _found)


def without(said: str, found_in: Callable[[str], re.Match[str] | None]) -> str:
    """What was said, with the code that is found in its normalised text hidden."""
    text = normalise(said)
    found = found_in(text)
    if found is None:
        return unicodedata.normalize("NFKC", clean(said))
    return f"{text[: found.start()]}{HIDDEN}{text[found.end() :]}"


def _found(text: str) -> re.Match[str] | None:
    if text.startswith("/"):
        return None
    whole = TWO_HALVES.fullmatch(text)
    if whole is not None:
        return whole if _may_be_one(whole) else None
    if not _leads().search(text):
        return None
    # Two codes of bookings beside each other are none.
    return next((each for each in TWO_HALVES.finditer(text) if each[2] != " " and _may_be_one(each)), None)


def _may_be_one(found: re.Match[str]) -> bool:
    """With its dash whatever has a letter may be a mistyped code; without one no word of eight letters."""
    letters = found[1] + found[3]
    if letters.isdecimal():
        return False
    has_digit = any(map(str.isdigit, letters))
    return has_digit or bool(found[2].strip()) or set(letters.upper()) <= set(CODE_LETTERS)


@cache
def _leads() -> re.Pattern[str]:
    listed = [text for language in LANGUAGES for text in words(language, "staff")["fetched_by"]]
    return re.compile("|".join(f"(?:{text})" for text in listed))
