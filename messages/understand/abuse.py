"""Words that are said to hurt, also in disguise; found so that nobody answers in kind."""

import re

from messages.words import LANGUAGES, words

_SIGNS = re.compile(r"[\W_\ufffc]+")
# Signs that may stand between the letters of a word that hides.
_DISGUISE = r"[\s.*_\-]?"
# Longer words are hidden by other means.
_SHORT = 4


class Swearing:
    """The lists of all languages, compiled: residents swear in whatever they know."""

    def __init__(self) -> None:
        listed = [words(language, "abuse") for language in LANGUAGES]
        inside = "|".join(f"(?:{word})" for each in listed for word in each["words"])
        whole = "|".join(f"(?:{_spread(word)})" for each in listed for word in each["letters"])
        self._inside = re.compile(inside)
        self._whole = re.compile(f"(?<![a-z0-9])(?:{whole})(?![a-z0-9])")

    def is_in(self, text: str) -> bool:
        """Whether a normalised text holds such a word."""
        return bool(self._whole.search(text) or self._inside.search(_SIGNS.sub("", text)))


def _spread(word: str) -> str:
    """Short plain abbreviations are also found as `s.b` or `t m d`."""
    return _DISGUISE.join(word) if word.isalnum() and len(word) <= _SHORT else word
