"""Phone numbers as people type them: found in a message, and said again masked."""

import re
import unicodedata
from functools import cache

from messages.words import LANGUAGES, words

SHOWN = 2
# What people put between groups of digits.
_BETWEEN = r"[\s\-\u2010-\u2015()./]{0,2}"
# The numbering plan of China (MIIT): mobile numbers, landlines with and without the area code. Families
# abroad: E.164 with its plus.
_FORMS = (
    r"(?:\+?86|0086)?1[3-9]\d{9}",
    r"(?:\+86|0086)?0[1-9]\d{1,2}[2-8]\d{6,7}",
    r"[2-8]\d{6,7}",
    r"\+[1-9]\d{7,14}",
)
_NUMBER = re.compile("|".join(f"(?:{form})" for form in _FORMS))
# Anything that may be one, until its digits are looked at.
_DIGITS = re.compile(rf"(?<![\d.])[+(]?\d(?:{_BETWEEN}\d){{6,16}}(?![\d.]\d|\d)")
# Eight digits may be a day instead.
_DAY = re.compile(r"20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def phone_among(text: str) -> str | None:
    """The first phone number in `text`, digits alone (and a leading plus)."""
    return next((number for _, _, number in _found(text)), None)


def phones_in(text: str) -> list[str]:
    """Every phone number in `text`, digits alone (and a leading plus)."""
    return [number for _, _, number in _found(text)]


def is_phone(text: str) -> bool:
    """Whether `text` is a phone number, or several, and nothing more, apart from 'my number is'."""
    said = _lead().sub("", unicodedata.normalize("NFKC", text).casefold(), count=1)
    found = _found(said)
    rest = set(range(len(said))).difference(*(range(start, end) for start, end, _ in found))
    return bool(found) and not any(said[place].isalnum() for place in rest)


def without_phone(text: str, *, shown: int = SHOWN) -> str:
    """`text` with its phone numbers masked but for the last `shown` digits; as it is when there are none."""
    found = _found(text)
    if not found:
        return text
    text = unicodedata.normalize("NFKC", text)
    for start, end, number in reversed(found):
        text = text[:start] + masked(number, shown=shown) + text[end:]
    return text


def masked(number: str, *, shown: int = SHOWN) -> str:
    """All but the last digits as asterisks."""
    hidden = len(number) - shown
    return "*" * hidden + number[hidden:]


def _found(text: str) -> list[tuple[int, int, str]]:
    """Start and end in the half-width text, and the number, of each phone number."""
    return [
        (digits.start(), digits.end(), number)
        for digits in _DIGITS.finditer(unicodedata.normalize("NFKC", text))
        if _NUMBER.fullmatch(number := re.sub(r"[^\d+]", "", digits[0])) and not _DAY.fullmatch(number)
    ]


@cache
def _lead() -> re.Pattern[str]:
    """'My number is': what may stand before it, in any language."""
    leads = (words(language, "phrases")["my_number"] for language in LANGUAGES)
    return re.compile("|".join(f"(?:{lead})" for lead in leads))
