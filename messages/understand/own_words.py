"""Words that residents are to be understood by from now on: what they mean already, what cannot be one."""

from collections.abc import Sequence
from functools import cache

from messages.names import is_bare_name, tells_name
from messages.understand.lexicon import SHORTEST, Hit, Kind, Lexicon
from messages.understand.normalise import clean, normalise
from messages.understand.understand import Phrases
from messages.words import LANGUAGES

LONGEST = 16


def unfit(word: str) -> str | None:
    """Why it cannot be a word for a service, by a code; None when it can. It is one word of letters."""
    text = normalise(word)
    if any(letter.isdigit() for letter in text):
        return "word_digits"
    if len(text) < SHORTEST:
        return "word_short"
    if len(text) > LONGEST:
        return "word_long"
    if not text.isalpha() or len(word.split()) > 1:
        return "word_signs"
    if is_bare_name(word) or tells_name(word):
        return "word_name"
    return "word_taken" if _is_said_otherwise(text) else None


def meanings(word: str, lexicon: Lexicon) -> list[Hit]:
    """What the whole word is a name or a word of by now."""
    text = normalise(word)
    return [hit for hit in lexicon.find(text) if (hit.start, hit.end) == (0, len(text))]


def asked_for(question: str, lexicon: Lexicon) -> str:
    """What is left of a question that was not understood, to be a word of its own: without places, without
    what every question has, and without what was masked. Whoever reads it may shorten it."""
    text = normalise(question)
    letters = list(text)
    for hit in lexicon.find(text):
        if hit.kind in (Kind.CENTRE, Kind.SUBDISTRICT):
            letters[hit.start : hit.end] = " " * (hit.end - hit.start)
    bare = "".join(letters)
    parts: Sequence[str] = "".join(letter if letter.isalpha() else " " for letter in bare).split()
    wanted = next((found for each in _phrases() if (found := each.wanted_in(bare))), None)
    return clean(wanted or max(parts, key=len, default=""))[:LONGEST]


def _is_said_otherwise(text: str) -> bool:
    """Whether nothing but this is said to mean something, such as a greeting."""
    return any(
        pattern.fullmatch(text)
        for each in _phrases()
        for _, pattern in (*each.cues, *each.danger.kinds, ("", each.out_of_scope))
    )


@cache
def _phrases() -> tuple[Phrases, ...]:
    return tuple(Phrases(language) for language in LANGUAGES)
