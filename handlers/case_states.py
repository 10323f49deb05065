"""The states of a case, and who may move it from where to where: one table, pure."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a case stands; all but the last two are open."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in_progress"
    EXPLAINED = "explained"
    RECTIFIED = "rectified"
    HALF_FIXED = "half_fixed"
    DUPLICATE = "duplicate"
    APPEALED = "appealed"
    REOPENED = "reopened"
    CLOSED_PROVISIONALLY = "closed_provisionally"
    CLOSED = "closed"


class Mover(StrEnum):
    """Who moves a case: who had reason to complain, who has to put it right, the district's office, Linli."""

    RESIDENT = "resident"
    OWNER = "owner"
    DISTRICT = "district"
    LINLI = "linli"


# Centre, subdistrict, district.
CENTRE, SUBDISTRICT, DISTRICT = 1, 2, 3

# The owner has said that it is done or cannot be: now the resident says what is true.
ANSWERED = frozenset((State.EXPLAINED, State.RECTIFIED, State.DUPLICATE))
ENDED = frozenset((State.CLOSED, State.CLOSED_PROVISIONALLY))

_VERDICTS = dict.fromkeys((State.CLOSED, State.HALF_FIXED, State.REOPENED), Mover.RESIDENT)
_ANSWERS = dict.fromkeys((State.EXPLAINED, State.RECTIFIED), Mover.OWNER)
# That it is a duplicate, or wrong, is said once and early; not of what the resident has judged.
_DOUBTS = dict.fromkeys((State.DUPLICATE, State.APPEALED), Mover.OWNER)
_SOLVED = {State.CLOSED: Mover.RESIDENT}
_SILENCE = {State.CLOSED_PROVISIONALLY: Mover.LINLI}

# From where to where, and by whom. Only the resident closes; silence is Linli's, and can be broken. An appeal
# is decided by the district: upheld it is an explanation, refused the owner goes on.
TABLE: Mapping[State, Mapping[State, Mover]] = {
    State.RECEIVED: {
        State.ACCEPTED: Mover.OWNER,
        State.IN_PROGRESS: Mover.OWNER,
        **_ANSWERS,
        **_DOUBTS,
        **_SOLVED,
    },
    State.ACCEPTED: {State.IN_PROGRESS: Mover.OWNER, **_ANSWERS, **_DOUBTS, **_SOLVED},
    State.IN_PROGRESS: {**_ANSWERS, **_DOUBTS, **_SOLVED},
    State.EXPLAINED: {**_VERDICTS, **_SILENCE},
    State.RECTIFIED: {**_VERDICTS, **_SILENCE},
    State.DUPLICATE: {**_VERDICTS, **_SILENCE},
    State.HALF_FIXED: {State.IN_PROGRESS: Mover.OWNER, **_ANSWERS, **_SOLVED},
    State.APPEALED: {State.EXPLAINED: Mover.DISTRICT, State.IN_PROGRESS: Mover.DISTRICT, **_SOLVED},
    State.REOPENED: {
        State.ACCEPTED: Mover.OWNER,
        State.IN_PROGRESS: Mover.OWNER,
        **_ANSWERS,
        **_SOLVED,
    },
    State.CLOSED_PROVISIONALLY: dict(_VERDICTS),
    State.CLOSED: {},
}

# What a resident says of it, and what it becomes.
VERDICTS: Mapping[str, State] = {
    "solved": State.CLOSED,
    "partly": State.HALF_FIXED,
    "not": State.REOPENED,
}


def may_move(was: State, becomes: State, mover: Mover) -> bool:
    return TABLE[was].get(becomes) is mover


def next_tier(tier: int) -> int:
    """One up; the district has nobody above it."""
    return min(tier + 1, DISTRICT)
