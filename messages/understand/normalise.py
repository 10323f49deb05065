"""Makes of what was typed a text that the other steps can compare: one width, one case, no noise."""

import re
import unicodedata
from functools import lru_cache

from messages.understand.scripts import simplified

MAX_LENGTH = 300

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
_SPACES = re.compile(r"\s+")
_WIDE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile(r"[a-z]")
_SPACE_BETWEEN_WIDE = re.compile("(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")


def clean(text: str) -> str:
    """`text` without control characters, blanks folded; what is kept and shown as said."""
    if not text.isprintable():
        text = "".join(c if unicodedata.category(c) not in _INVISIBLE else " " for c in text)
    return _SPACES.sub(" ", text).strip()


def normalise(text: str) -> str:
    """`clean` text in NFKC, lower case, Simplified, without blanks between Chinese characters."""
    return _SPACE_BETWEEN_WIDE.sub("", _spaced(text))


@lru_cache(maxsize=1024)
def normalise_own(text: str) -> str:
    """As `normalise`, and kept: for names and labels that are ours, never for what somebody typed."""
    return normalise(text)


def breaks_in(text: str) -> tuple[int, ...]:
    """Where `normalise` took a blank out of `text`: places in the normalised text where somebody paused."""
    found = _SPACE_BETWEEN_WIDE.finditer(_spaced(text))
    return tuple(blank.start() - before for before, blank in enumerate(found))


def _spaced(text: str) -> str:
    plain = clean(unicodedata.normalize("NFKC", text)).casefold()
    return simplified(plain) if _WIDE.search(plain) else plain


def language_of(text: str) -> str | None:
    """'zh' or 'en' by the letters of a normalised text, None when it has none of either."""
    if _WIDE.search(text):
        return "zh"
    return "en" if _LATIN.search(text) else None


def has_words(text: str) -> bool:
    """Whether anything in the text could be read: a letter or a digit of any script."""
    return any(c.isalnum() for c in text)
