"""What residents say of centres that they follow: to follow one, to do so no more, which they are."""

import re
from collections.abc import Iterable
from functools import cache

from messages.understand.lexicon import PLACES, Hit
from messages.words import LANGUAGES, words

# What stands for a place in the patterns.
PLACE = "@"
# The first that fits counts: who says 'unfollow' says 'follow' as well.
ACTS = ("unfollow", "list", "follow")


@cache
def _spoken() -> tuple[tuple[str, re.Pattern[str]], ...]:
    listed = [words(language, "phrases")["follows"] for language in LANGUAGES]
    return tuple((act, re.compile(each[act])) for act in ACTS for each in listed)


def follow_act_of(text: str, hits: Iterable[Hit]) -> str | None:
    """One of ACTS where the whole normalised sentence says so, whatever place it names; else None: to follow
    is said of much else."""
    letters = list(text)
    for hit in hits:
        if hit.kind in PLACES:
            letters[hit.start : hit.end] = [PLACE, *[""] * (hit.end - hit.start - 1)]
    said = "".join(letters).strip(" ,.!?;~\u3002")
    return next((act for act, pattern in _spoken() if pattern.fullmatch(said)), None)
