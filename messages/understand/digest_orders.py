"""What staff say of digests and stars: to see one, to have it at another time, or none."""

import re
from dataclasses import dataclass
from functools import cache

from messages.understand.normalise import clean
from messages.words import LANGUAGES, words


@dataclass(frozen=True, slots=True)
class DigestOrder:
    """`act`: 'show', 'want', 'stop' or 'stars'; `cadence`: 'day', 'week' or 'month', None for stars."""

    act: str
    cadence: str | None = None


class _Words:
    """The ways of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "staff")["digests"]
        self.stars = re.compile(listed["stars"], re.IGNORECASE)
        self.cadences = [(name, re.compile(said, re.IGNORECASE)) for name, said in listed["cadences"].items()]
        self.stop, self.want, self.show = (
            re.compile(listed[each], re.IGNORECASE) for each in ("stop", "want", "show")
        )

    def order(self, text: str) -> DigestOrder | None:
        if self.stars.fullmatch(text):
            return DigestOrder("stars")
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
