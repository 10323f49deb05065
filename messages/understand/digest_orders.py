"""What staff say of digests, stars and ratings: to see one, to have it at another time, or none."""

import re
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import clean
from messages.words import LANGUAGES, words


@dataclass(frozen=True, slots=True)
class DigestOrder:
    """`act`: 'show', 'want', 'stop', 'stars' or 'ratings'; `cadence`: 'day', 'week' or 'month', None for the
    last two."""

    act: str
    cadence: str | None = None


class _Words:
    """The ways of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "staff")["digests"]
        self.stars, self.ratings = (re.compile(listed[each], re.IGNORECASE) for each in ("stars", "ratings"))
        self.cadences = [(name, re.compile(said, re.IGNORECASE)) for name, said in listed["cadences"].items()]
        self.stop, self.want, self.show = (
            re.compile(listed[each], re.IGNORECASE) for each in ("stop", "want", "show")
        )

    def order(self, text: str) -> DigestOrder | None:
        for act, pattern in (("stars", self.stars), ("ratings", self.ratings)):
            if pattern.fullmatch(text):
                return DigestOrder(act)
        for cadence, said in self.cadences:
            if found := said.search(text):
                rest = (text[: found.start()] + " " + text[found.end() :]).strip()
                for act, pattern in (("stop", self.stop), ("want", self.want)):
                    if pattern.search(rest):
                        return DigestOrder(act, cadence)
                return DigestOrder("show", cadence) if self.show.fullmatch(rest) else None
        return None


@cache
def _spoken() -> tuple[_Words, ...]:
    return tuple(_Words(language) for language in LANGUAGES)


def digest_order_of(said: str) -> DigestOrder | None:
    """The order in what staff wrote; None for what speaks of neither."""
    text = clean(said)
    return next((order for spoken in _spoken() if (order := spoken.order(text))), None)
