"""How often one session or one internet address may send: token buckets in memory."""

import math
from collections.abc import Callable
from dataclasses import dataclass

Seconds = Callable[[], float]
"""A clock that only ever goes forward, in seconds; where it starts does not matter."""

MANY = 10_000


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float
    is_told: bool = False


class Rate:
    """So many a minute for each key, all at once or spread out."""

    def __init__(self, per_minute: int, seconds: Seconds, *, many: int = MANY) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._seconds = seconds
        self._many = many
        self._buckets: dict[str, _Bucket] = {}

    def wait_for(self, key: str, at: float | None = None) -> int:
        """Take one for `key`: 0 when it may, otherwise the whole seconds until it may again. `at` is when it
        was sent, where that is known: what comes late was not sent any faster."""
        now = self._seconds() if at is None else at
        if len(self._buckets) >= self._many and key not in self._buckets:
            self._forget_the_rested(now)
        bucket = self._buckets.setdefault(key, _Bucket(self._most, now))
        bucket.tokens = self._tokens(bucket, now)
        bucket.at = max(bucket.at, now)
        if bucket.tokens >= 1:
            bucket.tokens -= 1
            bucket.is_told = False
            return 0
        return math.ceil((1 - bucket.tokens) / self._per_second)

    def has_to_tell(self, key: str) -> bool:
        """Whether who may not just now is to hear so: once, until they may again."""
        bucket = self._buckets[key]
        was_told, bucket.is_told = bucket.is_told, True
        return not was_told

    def __len__(self) -> int:
        """How many keys are remembered."""
        return len(self._buckets)

    def _tokens(self, bucket: _Bucket, now: float) -> float:
        return min(self._most, bucket.tokens + max(now - bucket.at, 0.0) * self._per_second)

    def _forget_the_rested(self, now: float) -> None:
        """A full bucket is the same as none. When too few are full, the oldest half goes as well."""
        kept = {key: b for key, b in self._buckets.items() if self._tokens(b, now) < self._most}
        if len(kept) >= self._many:
            newest = sorted(kept, key=lambda key: kept[key].at)[self._many // 2 :]
            kept = {key: kept[key] for key in newest}
        self._buckets = kept
