"""What is looked at to tell which ratings are suspicious, and the traces of devices while they last."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("suspicion")


@dataclass(frozen=True, slots=True)
class Traced:
    """A rating from a device: `who` names the conversation; `is_flagged` for that already."""

    id: str
    who: str
    made_at: datetime
    is_flagged: bool


@dataclass(frozen=True, slots=True)
class NotVerified:
    id: str
    centre_id: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Usual:
    """How many ratings of a centre there were in a span of days, and the day of the first."""

    ratings: int
    first_on: date | None


@dataclass(frozen=True, slots=True)
class AfterVisit:
    """A rating of a meeting; `arrived_at`: when the last of its people was checked in before."""

    id: str
    session_id: str
    rated_on: date
    made_at: datetime
    arrived_at: datetime | None


async def leave_trace(tx: Transaction, rating_id: str, month: str, trace: str) -> None:
    await tx.run(SQL["leave_trace"], {"rating_id": rating_id, "month": month, "trace": trace})


async def of_trace(tx: Transaction, trace: str, since_at: datetime, most: int) -> list[Traced]:
    """What counts and came from there since then, the last ones, the first of them first."""
    params = {"trace": trace, "since_at": since_at, "most": most}
    return (await tx.records(Traced, SQL["of_trace"], params))[::-1]


async def forget_traces(tx: Transaction, month: str) -> int:
    """Those of the months before; how many there were."""
    return len(await tx.rows(SQL["forget_traces"], {"month": month}))


async def forget_traces_of(tx: Transaction, conversation_id: str) -> None:
    await tx.run(SQL["forget_traces_of"], {"conversation_id": conversation_id})


async def carry_flags(tx: Transaction, was_id: str, rating_id: str) -> None:
    """A rating that is given anew is as suspicious as it was."""
    await tx.run(SQL["carry_flags"], {"was_id": was_id, "id": rating_id})


async def not_verified_since(tx: Transaction, since_at: datetime) -> list[NotVerified]:
    """Those that count, from the door and from the chat, of all centres, the first first."""
    return await tx.records(NotVerified, SQL["not_verified_since"], {"since_at": since_at})


async def usual(tx: Transaction, centre_id: str, first_on: date, until_on: date) -> Usual:
    """Of these that were not flagged, from a day on and before another."""
    params = {"centre_id": centre_id, "first_on": first_on, "until_on": until_on}
    found = await tx.record(Usual, SQL["usual"], params)
    return found or Usual(0, None)


async def after_visits_since(tx: Transaction, since_at: datetime) -> list[AfterVisit]:
    return await tx.records(AfterVisit, SQL["after_visits_since"], {"since_at": since_at})


async def flagged_since(tx: Transaction, flag: str, since_at: datetime) -> set[str]:
    """Ids of ratings since then that have this flag."""
    rows = await tx.rows(SQL["flagged_since"], {"flag": flag, "since_at": since_at})
    return {row["rating_id"] for row in rows}
