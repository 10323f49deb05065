"""What only staff say: an invitation code, and orders to the desk."""

import re
import unicodedata
from functools import cache

from messages.understand.normalise import clean, normalise
from messages.words import LANGUAGES, words

HIDDEN = "****-****"


@cache
def _leads() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{words(language, 'staff')['code']})" for language in LANGUAGES))


def code_in(said: str) -> str | None:
    """What was typed as an invitation code; empty when none stands behind the words for it, None without
    these words."""
    text = normalise(said)
    lead = _leads().match(text)
    return text[lead.end() :] if lead else None


def without_code(said: str) -> str:
    """The words for the code as they were said, and nothing of the code."""
    text = unicodedata.normalize("NFKC", clean(said))
    lead = _leads().match(normalise(said))
    return f"{text[: lead.end()].strip()} {HIDDEN}" if lead else text
