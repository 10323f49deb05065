"""Keys made by the application: UUID version 7 (RFC 9562), which sort by the time they were made."""

import random
from uuid import UUID

from bot.clock import system_clock

RANDOM_BITS = 74
# Within a millisecond by how much a key is above the last one, at most: it still cannot be guessed from it.
STEP_BITS = 64


class Keys:
    """Each is above the one before it, also within a millisecond (RFC 9562, section 6.2, method 2)."""

    def __init__(self) -> None:
        self._last = 0

    def __call__(self) -> UUID:
        """48 bits of Unix milliseconds, version 7, variant, 74 bits that are random or, within a millisecond,
        above those of the last one by a random step."""
        now = int(system_clock().timestamp() * 1000) << RANDOM_BITS
        fresh = now | random.getrandbits(RANDOM_BITS)
        self._last = fresh if fresh > self._last else self._last + 1 + random.getrandbits(STEP_BITS)
        return _uuid(self._last)


def _uuid(value: int) -> UUID:
    """Of milliseconds and random bits side by side, with version and variant where they belong."""
    high, low = divmod(value, 1 << 62)
    milliseconds, a = divmod(high, 1 << 12)
    return UUID(int=milliseconds << 80 | 7 << 76 | a << 64 | 2 << 62 | low)


new_id = Keys()
