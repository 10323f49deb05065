"""What managers changed in the directory: it holds over the office's file until it is settled.

The caller bumps the directory's version, see storage/directory.py.
"""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("changes")


@dataclass(frozen=True, slots=True)
class Change:
    """`field` of the row `row_id` of a kind ('centre', 'service', 'activity') is `value` from `since_on` on.

    `applied_at`: since then residents see it. `settled`: 'confirmed', 'file', 'replaced' or 'undone'.
    """

    id: str
    kind: str
    row_id: str
    centre_id: str
    field: str
    value: str
    since_on: date
    made_by: str
    made_at: datetime
    applied_at: datetime | None = None
    settled: str | None = None
    settled_at: datetime | None = None


async def next_id(tx: Transaction) -> str:
    """The id of a new change, to be named on the command line."""
    number: int = await tx.value(SQL["next_number"], {"name": "change"})
    return f"M-{number:04}"


async def add(tx: Transaction, change: Change) -> list[str]:
    """Let a change hold; the ids of those of the same field, from the same day or later, that give way."""
    target = {"kind": change.kind, "row_id": change.row_id, "field": change.field}
    params = {**target, "since_on": change.since_on, "now_at": change.made_at}
    replaced = [row["id"] for row in await tx.rows(SQL["replace"], params)]
    await tx.run(
        SQL["add"],
        {
            **target,
            "id": change.id,
            "centre_id": change.centre_id,
            "value": change.value,
            "since_on": change.since_on,
            "made_by": change.made_by,
            "made_at": change.made_at,
            "applied_at": change.applied_at,
        },
    )
    return replaced


async def unsettled(tx: Transaction) -> list[Change]:
    """Those that hold or are to come, the first day first."""
    return await tx.records(Change, SQL["unsettled"])


async def of_id(tx: Transaction, change_id: str) -> Change | None:
    return await tx.record(Change, SQL["of_id"], {"id": change_id})


async def settle(tx: Transaction, change_id: str, settled: str, now: datetime) -> Change | None:
    """The change that holds no more; None when there is none of this id, or it is settled already."""
    return await tx.record(Change, SQL["settle"], {"id": change_id, "settled": settled, "now_at": now})


async def unsettle(tx: Transaction, change_id: str) -> bool:
    """A change that had given way holds again."""
    return await tx.value(SQL["unsettle"], {"id": change_id}) is not None


async def apply_due(tx: Transaction, today: date, now: datetime) -> int:
    """Let residents see what holds from today on: how many changes."""
    return len(await tx.rows(SQL["apply"], {"today_on": today, "now_at": now}))
