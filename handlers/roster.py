"""The list of a session for staff of its centre, with real names where one is kept; each look is noted."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from handlers import sealing
from handlers.periods import period_of
from handlers.safe import Keys
from storage import calendar, children, sessions
from storage.children import SealedName, Seen
from storage.database import Transaction
from storage.families import Participant


class NotTheirs(LookupError):
    """The session is unknown, or of another centre."""


@dataclass(frozen=True, slots=True)
class Row:
    """One participant; `name` is None where none was given. `fetchers` pairs a relation with a name."""

    who: Participant
    name: str | None
    fetchers: tuple[tuple[str, str], ...]
    has_allergy: bool | None


@dataclass(frozen=True, slots=True)
class Viewer:
    """A member of staff, of one centre."""

    staff_id: str
    centre_id: str


async def roster(
    tx: Transaction,
    keys: Keys,
    session_id: str,
    viewer: Viewer,
    now: datetime,
    new_id: Callable[[], UUID],
) -> list[Row]:
    """Who has a place, in the order of booking. Raises NotTheirs for a session of another centre, KeyLost
    when the key of this centre and term is missing."""
    session = await sessions.of_id(tx, session_id)
    if session is None or session.centre_id != viewer.centre_id:
        raise NotTheirs(f"{viewer.centre_id} has no session {session_id}")
    term = period_of(await calendar.terms(tx), session.held_on).id
    rows, seen = [], []
    for who in await children.on_list(tx, session_id):
        names = await children.names_of(tx, who.id, session.centre_id, term)
        rows.append(
            Row(
                who,
                _own(keys, names),
                tuple((each.relation, sealing.read(keys, each)) for each in names if each.relation),
                await children.has_allergy(tx, who.id),
            )
        )
        what = "name" if names else "roster"
        seen.append(Seen(viewer.staff_id, viewer.centre_id, who.id, what, now))
    for each in seen:  # where a key is lost nothing was seen of anybody
        await children.note_view(tx, str(new_id()), each)
    return rows


def _own(keys: Keys, names: list[SealedName]) -> str | None:
    return next((sealing.read(keys, each) for each in names if each.purpose == "roster"), None)
