"""When somebody who did not come, again and again, may not book for a while: a rule over dates alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class MissTerms:
    """Settings: so many `misses` within so many `days` bring a pause of so many days; with 0 none."""

    misses: int = 3
    days: int = 60
    pause: int = 14


USUAL_MISS_TERMS = MissTerms()


@dataclass(frozen=True, slots=True)
class Missed:
    """A session somebody had a place in and did not come to: its day, and the centre that can excuse it."""

    on: date
    centre_id: str


@dataclass(frozen=True, slots=True)
class Pause:
    """What was missed, and the first day on which one may book again."""

    missed: tuple[Missed, ...]
    again_on: date


def pause_of(missed: Sequence[Missed], terms: MissTerms, today: date) -> Pause | None:
    """The pause that runs today. It begins on the day after the miss that brought it, and the misses that
    brought one are done with: counting begins anew."""
    pause: Pause | None = None
    for each in counting(missed, terms):
        if len(each) == terms.misses:
            pause = Pause(each, each[-1].on + timedelta(days=terms.pause + 1))
    return pause if pause and today < pause.again_on else None


def counting(missed: Sequence[Missed], terms: MissTerms) -> list[tuple[Missed, ...]]:
    """For each miss in order of time: the misses that count together with it."""
    if not terms.misses:
        return []
    together: list[tuple[Missed, ...]] = []
    open_ones: tuple[Missed, ...] = ()
    for each in sorted(missed, key=lambda one: one.on):
        recent = (one for one in open_ones if each.on - one.on < timedelta(days=terms.days))
        open_ones = (*recent, each)
        together.append(open_ones)
        if len(open_ones) == terms.misses:
            open_ones = ()
    return together
