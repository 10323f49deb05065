"""A centre's day at a glance."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("day")


@dataclass(frozen=True, slots=True)
class Came:
    """How many people have a place in a meeting, came, went again, and were missed."""

    session_id: str
    starts_at: datetime
    expected: int
    arrived: int
    gone: int
    missed: int


async def came(tx: Transaction, centre_id: str, first: datetime, until: datetime) -> list[Came]:
    """Of the centre's meetings that begin in this span of time, in order."""
    params = {"centre_id": centre_id, "first_at": first, "until_at": until}
    return await tx.records(Came, SQL["came"], params)
