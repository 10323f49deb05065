"""Takes out of a question what could tell who asked it: numbers, names, addresses, accounts."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import normalise
from messages.words import LANGUAGES, words

LONGEST = 60
MASK = "***"
# What ends a name: a sign, but not the blank inside 'John Smith'.
_SIGNS = ",.;:!?\u3001\u3002\uff0c\u2026()<>\"'"
_NOT_WORDS = re.compile(r"[\W_]+")
_MASKS = re.compile(r"(?:\*{3}[\s-]*)+")


@dataclass(frozen=True, slots=True)
class Masked:
    """A question as it may be kept. `key` is the same for texts that differ in signs and blanks only."""

    key: str
    shown: str


def mask(text: str) -> Masked | None:
    """`text` without personal data, at most 60 characters; None when nothing is left to be asked."""
    shown = normalise(text)
    names, others = _patterns()
    shown = names.sub(lambda found: found["lead"] + MASK, shown)
    shown = others.sub(MASK, shown)
    shown = _MASKS.sub(MASK, shown)[:LONGEST].strip()
    key = _NOT_WORDS.sub("", shown)
    return Masked(key, shown) if any(letter.isalpha() for letter in key) else None


def without_addresses(text: str) -> str:
    """`text` with the numbers of houses, cars and accounts masked, otherwise as it was written. Names and
    phone numbers are for others to mask."""
    return _MASKS.sub(MASK, _patterns()[1].sub(MASK, unicodedata.normalize("NFKC", text))).strip()


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What leads to a name, with all up to the next sign; and what is personal by itself."""
    listed = [words(language, "masking") for language in LANGUAGES]
    leads = "|".join(f"(?:{lead})" for each in listed for lead in each["up_to_a_sign"])
    others = "|".join(f"(?:{other})" for each in listed for other in each["anywhere"])
    return re.compile(f"(?P<lead>{leads})[^{re.escape(_SIGNS)}]*"), re.compile(others)
