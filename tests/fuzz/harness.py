"""What a target is, and whatever all of them need."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """`feed` takes any bytes and raises `refusals` and nothing else; an AssertionError says that what it read
    cannot be right. `seeds` are what really comes, and what somebody may try; each is fed as it is."""

    feed: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    refusals: tuple[type[Exception], ...] = ()

    def take(self, data: bytes) -> bool:
        """Whether it was read rather than refused. Raises whatever nobody may raise."""
        try:
            self.feed(data)
        except self.refusals:
            return False
        return True


def unless(refusal: type[Exception], call: Callable[P, T], *given: P.args, **named: P.kwargs) -> T | None:
    """What `call` gives, None where it is refused: for targets that try several things with one input."""
    try:
        return call(*given, **named)
    except refusal:
        return None
