"""Words that are said to hurt, also in disguise; found so that nobody answers in kind."""

import re

from messages.understand.lexicon import Span
from messages.words import LANGUAGES, words

# What stands for each letter of a name.
BLANK = "\ufffc"
_SIGNS = re.compile(rf"[\W_{BLANK}]+")
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
        self._heat = _any_of([text for each in listed for text in each["heat"]])
        self._tricks = _any_of([text for each in listed for text in each["tricks"]])
        self._joking = _any_of([text for each in listed for text in each["joking"]])
        self._calm = _any_of([text for each in listed for text in each["calm"]])

    def is_in(self, text: str) -> bool:
        """Whether a normalised text holds such a word."""
        return bool(self.words_in(text))

    def words_in(self, text: str) -> list[Span]:
        """Where a normalised text holds such words."""
        kept = [at for at, letter in enumerate(text) if not _SIGNS.match(letter)]
        inside = self._inside.finditer("".join(text[at] for at in kept))
        hidden = [(kept[found.start()], kept[found.end() - 1] + 1) for found in inside]
        return [found.span() for found in self._whole.finditer(text)] + hidden

    def heat_in(self, text: str) -> list[Span]:
        """Where somebody only loses patience."""
        return _before_names(self._heat, text)

    def calm_in(self, text: str) -> list[Span]:
        """Where somebody says that this is no complaint."""
        return _before_names(self._calm, text)

    def joke_in(self, text: str) -> list[Span]:
        """What was said before somebody says that it was a joke, and goes on."""
        last = max((found.end() for found in self._joking.finditer(text)), default=0)
        return [(0, last)] if last and any(letter.isalnum() for letter in text[last:]) else []

    def tricks_in(self, text: str) -> list[Span]:
        """Where somebody tries to make something else of Linli."""
        return _before_names(self._tricks, text)


def _before_names(pattern: re.Pattern[str], text: str) -> list[Span]:
    """Where it stands; a name, which is blanked out, begins something else."""
    found = (each.span() for each in pattern.finditer(text))
    return [(start, start + len(text[start:end].partition(BLANK)[0])) for start, end in found]


def _any_of(texts: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts) or r"(?!)")


def _spread(word: str) -> str:
    """Short plain abbreviations are also found as `s.b` or `t m d`."""
    return _DISGUISE.join(word) if word.isalnum() and len(word) <= _SHORT else word
