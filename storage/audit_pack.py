"""What the yearly audit of minors' data counts: aggregates of a span of time, nothing of anybody."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries, statement
from storage.transaction import Transaction

SQL = load_queries("audit_pack")
# Receipts that are read at once.
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Agreed:
    """Consents of one purpose to one version of the words, on one channel."""

    purpose: str
    text_version: int
    channel: str
    times: int


@dataclass(frozen=True, slots=True)
class Looks:
    """How often a member of staff looked at something. `role` is theirs now; `who` is to be compared with
    others, and goes into no file."""

    centre_id: str
    role: str
    what: str
    who: str
    times: int


@dataclass(frozen=True, slots=True)
class Erased:
    """One request, with how many families and participants it was about; without either it was a
    conversation alone. `unscrubbed`: rows of it that may still stand in the files of the database."""

    receipt: str
    asked_at: datetime
    done_at: datetime
    scrubbed_at: datetime | None
    families: int
    participants: int
    unscrubbed: int


@dataclass(frozen=True, slots=True)
class Run:
    """A run of a job for its period; `outcome` None when it did not end."""

    period: str
    claimed_at: datetime
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A key of names that is gone, and how many names went with it."""

    centre_id: str
    term: str
    destroyed_at: datetime
    names: int


async def given(tx: Transaction, from_at: datetime, until_at: datetime) -> list[Agreed]:
    return await tx.records(Agreed, SQL["given"], {"from_at": from_at, "until_at": until_at})


async def withdrawn(tx: Transaction, from_at: datetime, until_at: datetime) -> list[Agreed]:
    return await tx.records(Agreed, SQL["withdrawn"], {"from_at": from_at, "until_at": until_at})


async def standing(tx: Transaction, until_at: datetime) -> list[Agreed]:
    return await tx.records(Agreed, SQL["standing"], {"until_at": until_at})


async def looks(tx: Transaction, from_at: datetime, until_at: datetime) -> list[Looks]:
    return await tx.records(Looks, SQL["looks"], {"from_at": from_at, "until_at": until_at})


async def lists(tx: Transaction, from_at: datetime, until_at: datetime) -> list[Looks]:
    return await tx.records(Looks, SQL["lists"], {"from_at": from_at, "until_at": until_at})


async def erasures(
    tx: Transaction, from_at: datetime, until_at: datetime, at_once: int = AT_ONCE
) -> AsyncIterator[Erased]:
    """Some at a time, however many there are."""
    after = ""
    while True:
        params = {"from_at": from_at, "until_at": until_at, "after": after, "most": at_once}
        found = await tx.records(Erased, SQL["erasures"], params)
        for each in found:
            yield each
        if len(found) < at_once:
            return
        after = found[-1].receipt


async def runs(tx: Transaction, job: str, from_at: datetime, until_at: datetime) -> list[Run]:
    return await tx.records(Run, SQL["runs"], {"job": job, "from_at": from_at, "until_at": until_at})


async def destroyed(tx: Transaction, from_at: datetime, until_at: datetime) -> list[Destroyed]:
    return await tx.records(Destroyed, SQL["destroyed"], {"from_at": from_at, "until_at": until_at})


async def overdue_keys(tx: Transaction, today_on: date) -> int:
    times: int = await tx.value(SQL["overdue_keys"], {"today_on": today_on})
    return times


async def children(tx: Transaction) -> int:
    times: int = await tx.value(SQL["children"])
    return times


async def rows_of(tx: Transaction, tables: Iterable[str]) -> dict[str, int]:
    """How many rows each table has. Names are those of our own list (handlers/inventory.py)."""
    return {
        table: await tx.value(statement(f"audit_pack.rows_{table}", f"SELECT COUNT(*) AS n FROM {table}"))
        for table in tables
    }
