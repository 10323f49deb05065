"""Schedules of a race: who does what, in which order, all drawn from a seed and a number.

A schedule has three sessions, of which the second lies over the first, four families of two, some of whom
have places or wait already, and at least three actors: parents, of whom two may be of one family, and the
office. Nearly everything happens to the first session.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGINS = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
DAY = datetime(2026, 11, 28, tzinfo=SHANGHAI)
STEP = timedelta(minutes=20)
WINDOW = timedelta(minutes=30)
"""How long an offer stands: about as long as two steps of an actor."""

SESSIONS = {"s": (9.0, 10.0), "t": (9.5, 10.5), "u": (12.0, 13.0)}
FAMILIES = "abcd"
SIZE = 2

FAMILY_DOES = (
    ("ask", 22), ("take", 20), ("cancel", 14), ("answer", 20), ("decline_keep", 6), ("decline", 4),
    ("one_leaves", 5), ("change", 6), ("erase", 3),
)  # fmt: skip
OFFICE_DOES = (("lapse", 55), ("resize", 28), ("move", 11), ("call_off", 6))


@dataclass(frozen=True, slots=True)
class Act:
    """`chance` decides what is left open: for how many, of which booking, how many places."""

    does: str
    at: datetime
    chance: random.Random


@dataclass(frozen=True, slots=True)
class Actor:
    """A parent of the family, or the office when there is none."""

    name: str
    family: str | None
    acts: tuple[Act, ...]


@dataclass(frozen=True, slots=True)
class Before:
    """A booking that is there when the schedule begins."""

    id: str
    family: str
    people: tuple[str, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Schedule:
    number: int
    places: dict[str, int]
    before: tuple[Before, ...]
    actors: tuple[Actor, ...]

    @property
    def key(self) -> str:
        """All ids of the schedule begin with it; in the order of the numbers."""
        return key_of(self.number)

    @property
    def operations(self) -> int:
        return sum(len(actor.acts) for actor in self.actors)


def key_of(number: int) -> str:
    return f"r{number:07}"


def starts_at(session: str) -> datetime:
    return DAY + timedelta(hours=SESSIONS[session][0])


def ends_at(session: str) -> datetime:
    return DAY + timedelta(hours=SESSIONS[session][1])


def schedule(seed: int, number: int) -> Schedule:
    chance = random.Random(f"{seed} {number}")
    key = key_of(number)
    places = {"s": chance.choice((1, 2, 2, 3, 4)), "t": chance.randint(1, 3), "u": chance.randint(1, 3)}
    before = tuple(_before(key, places["s"], chance))
    # Two parents of one family now and then, on two devices.
    parents = chance.sample(FAMILIES, 3) + [chance.choice(FAMILIES)][: chance.randint(0, 1)]
    actors = [
        Actor(f"{key}-{number}", key + family, tuple(_acts(FAMILY_DOES, chance.randint(1, 3), chance)))
        for number, family in enumerate(parents)
    ]
    actors.append(Actor(f"{key}-office", None, tuple(_acts(OFFICE_DOES, chance.randint(2, 3), chance))))
    drawn = Schedule(number, places, before, tuple(actors))
    return drawn if drawn.operations >= 6 else _longer(drawn, chance)


def _longer(short: Schedule, chance: random.Random) -> Schedule:
    first, *others = short.actors
    acts = first.acts + tuple(_acts(FAMILY_DOES, 6 - short.operations, chance, len(first.acts)))
    return Schedule(
        short.number, short.places, short.before, (Actor(first.name, first.family, acts), *others)
    )


def _before(key: str, places: int, chance: random.Random) -> Iterator[Before]:
    """Parties in the order in which they came: who fits is in, the first that does not waits."""
    free = places
    for family in FAMILIES[: chance.randint(0, 3)]:
        size = chance.randint(1, SIZE)
        if size > places:
            continue
        people = tuple(f"{key}{family}{n}" for n in range(1, size + 1))
        state = "booked" if size <= free else "waiting"
        yield Before(f"{key}{family}0", key + family, people, state)
        if state == "waiting":
            return
        free -= size


def _acts(
    table: tuple[tuple[str, int], ...], times: int, chance: random.Random, first: int = 0
) -> Iterator[Act]:
    kinds, weights = zip(*table, strict=True)
    for step in range(first, first + times):
        [does] = chance.choices(kinds, weights)
        at = BEGINS + step * STEP
        if does == "lapse":
            at += WINDOW + STEP / 2
        if does in ("move", "call_off"):
            at += timedelta(hours=6)  # after everything that is booked, whatever really comes first
        yield Act(does, at, random.Random(chance.random()))
