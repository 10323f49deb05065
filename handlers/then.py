"""What is open at the time that was asked about, wherever it is."""

from collections.abc import Callable, Sequence

from handlers.asks import When
from handlers.cards import JUST_BEFORE, dates_of, evening_in, moment_of
from handlers.world import World
from messages.hours_types import Span

DAY = 24 * 60


def open_then(when: When, world: World) -> Callable[[int], bool]:
    """For a search among groups of things with the same hours: whether one is open at all on one of the days
    and within the minutes that were asked about. Of today only what is left counts."""
    today = world.now.date()
    left = world.now.hour * 60 + world.now.minute
    days = dates_of(when, today) or [moment_of(when, world.now).date()]
    start, end = _minutes(when)

    def opens(group: int) -> bool:
        return any(
            _meets(world.directory.spans_of_group(group, day), max(start, left if day == today else 0), end)
            for day in days
        )

    return opens


def _minutes(when: When) -> tuple[int, int]:
    if when.start is None:
        return (0, DAY) if when.end is None else (when.end - JUST_BEFORE, when.end)
    return when.start, when.start + 1 if when.end is None else when.end


def _meets(spans: Sequence[Span], start: int, end: int) -> bool:
    return any(span.start < end and start < span.end for span in spans) or bool(evening_in(spans, start))
