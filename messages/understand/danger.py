"""What sounds like danger, in the words of one language: rather once too often, but nothing long past."""

import re
from collections.abc import Sequence

from messages.understand.abuse import BLANK
from messages.understand.lexicon import Span
from messages.words import words

# The danger of somebody who only cries for help.
CRY = "cry"
KINDS = ("fire", "medical", "police", "despair")
# What may say that something is not meant: 'I do not want the police' calls nobody.
REFUSED = "police"

_APOSTROPHES = frozenset("'\u2019\u2018`\u00b4")
_WORD = re.compile("[a-z]{5,}")
_LATIN = re.compile("[a-z0-9]")
_NAME = re.compile(r"\{([a-z_]+)\}")


class DangerWords:
    """The word list of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "danger")
        parts: dict[str, str] = listed["parts"]
        self.kinds = [(kind, _any_of(listed[kind], parts)) for kind in KINDS]
        self._past, self._cry = _any_of(listed["no_danger"], parts), _any_of(listed["cry"], parts)
        self._spelled = tuple(listed.get("spelled", ()))
        self._is_word = frozenset((*self._spelled, *listed.get("other_words", ())))
        self._signs = re.compile(listed["letters"]) if "letters" in listed else None

    def past_in(self, text: str) -> list[Span]:
        """Where what sounds like danger is long past, or no person's."""
        return self._spans(self._past, text)

    def cries_in(self, text: str) -> list[Span]:
        """Where somebody cries for help, and may only mean that it is a nuisance."""
        return self._spans(self._cry, text)

    def kind_in(self, now: str, wanted: str) -> str | None:
        """Who must be called; `wanted` is without what is refused."""
        now, wanted = self._heard(now), self._heard(wanted)
        found = (kind for kind, each in self.kinds if each.search(wanted if kind == REFUSED else now))
        return next(found, None)

    def may_be_in(self, text: str) -> bool:
        """Whether anything of this list may stand in the text; without Latin letters or digits no English."""
        return self._signs is None or bool(_LATIN.search(text))

    def _spans(self, pattern: re.Pattern[str], text: str) -> list[Span]:
        kept = [at for at, letter in enumerate(text) if not self._is_left_out(letter)]
        found = (each.span() for each in pattern.finditer("".join(text[at] for at in kept)))
        return [(kept[start], kept[end - 1] + 1) for start, end in found if start < end]

    def _is_left_out(self, letter: str) -> bool:
        """Nobody types an apostrophe in a hurry."""
        return self._signs is not None and letter in _APOSTROPHES

    def _heard(self, text: str) -> str:
        """As the patterns are written: without apostrophes, slips of the fingers put right."""
        if self._signs is None:
            return text
        text = "".join(letter for letter in text if letter not in _APOSTROPHES)
        return _WORD.sub(lambda found: self._put_right(found[0]), self._signs.sub(BLANK, text))

    def _put_right(self, word: str) -> str:
        if word in self._is_word:
            return word
        return next((each for each in self._spelled if each[0] == word[0] and _is_slip(each, word)), word)


def danger_of(heard: Sequence[str], rest: str, spoken: Sequence[DangerWords]) -> str | None:
    """Who must be called, in the words of any language and as typed or as put right; what is long past or not
    alive is blanked out, as is what is refused in `rest`. A mere cry counts when nothing else does."""
    spoken = [each for each in spoken if any(map(each.may_be_in, heard))]
    for text in heard:
        letters = list(text)
        for start, end in (span for each in spoken for span in each.past_in(text)):
            letters[start:end] = BLANK * (end - start)
        now = "".join(letters)
        wanted = "".join(BLANK if at == BLANK else letter for letter, at in zip(now, rest, strict=True))
        if kind := next((kind for each in spoken if (kind := each.kind_in(now, wanted))), None):
            return kind
    return CRY if any(each.cries_in(text) for text in heard for each in spoken) else None


def _is_slip(word: str, typed: str) -> bool:
    """Whether one letter is wrong, missing, one too many, or two stand in the wrong order."""
    start = 0
    while start < min(len(word), len(typed)) and word[start] == typed[start]:
        start += 1
    a, b = word[start:], typed[start:]
    swapped = a[1::-1] + a[2:] if len(a) > 1 else a
    return b in (a[1:], swapped) or a[1:] == b[1:] or a == b[1:]


def _any_of(texts: Sequence[str], parts: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_whole(text, parts)})" for text in texts) or r"(?!)")


def _whole(text: str, parts: dict[str, str]) -> str:
    """The pattern with what its names in braces stand for, which may hold names themselves."""
    while (found := _NAME.search(text)) is not None:
        text = text[: found.start()] + parts[found[1]] + text[found.end() :]
    return text
