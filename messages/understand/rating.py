"""What a sentence says of a rating: how many stars, or the words of the five levels."""

import re
from dataclasses import dataclass

from messages.words import words


@dataclass(frozen=True, slots=True)
class RatingTalk:
    """`level` is 1 to 5, None when none is said; `mine`: what was rated before is asked for; `only_asks`:
    what others rated is; `receipt`: what the ledger holds of the rating with it."""

    level: int | None = None
    mine: bool = False
    only_asks: bool = False
    receipt: str | None = None


NO_RATING = RatingTalk()


class RatingWords:
    """The ways of one language to rate, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "rating")
        self._stars = re.compile(listed["stars"])
        self._numbers: dict[str, int] = listed["numbers"]
        self._levels = [(int(level), re.compile("|".join(said))) for level, said in listed["levels"].items()]
        self._mine = re.compile("|".join(listed["mine"]))
        self._only_asks = re.compile("|".join(listed["only_asks"]))
        self._receipt = re.compile(listed["receipt"])

    def read(self, text: str) -> RatingTalk:
        """`text` is a normalised sentence."""
        found = self._stars.search(text)
        said = next(group for group in found.groups() if group) if found else ""
        level = self._numbers.get(said) or (int(said) if said.isdecimal() else None)
        if level is None:
            level = next((each for each, pattern in self._levels if pattern.search(text)), None)
        receipt = self._receipt.search(text)
        return RatingTalk(
            level,
            bool(self._mine.search(text)),
            bool(self._only_asks.search(text)),
            f"{receipt[1]}-{receipt[2]}".upper() if receipt else None,
        )
