"""Topics: cases that have one thing behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("topics")


@dataclass(frozen=True, slots=True)
class Topic:
    """`state` is 'open' or 'fixed', then `said` is what the district did; `cases` of so many `centres`
    and `residents`."""

    id: str
    code: str
    state: str
    opened_at: datetime
    fixed_at: datetime | None
    said: str | None
    cases: int
    centres: int
    residents: int


@dataclass(frozen=True, slots=True)
class Told:
    """A case in the words of whoever opened it, and the open topic that it is in. Who is linked is one
    `resident`; None of somebody who was erased."""

    case_id: str
    centre_id: str
    resident: str | None
    opened_at: datetime
    said: str
    topic_id: str | None


@dataclass(frozen=True, slots=True)
class InTopic:
    """A case of a topic."""

    topic_id: str
    code: str
    centre_id: str
    state: str
    opened_at: datetime


async def told(tx: Transaction, since: datetime) -> list[Told]:
    """Of cases opened since that are in no topic or in an open one, the first first."""
    return await tx.records(Told, SQL["told"], {"since_at": since})


async def add(tx: Transaction, topic_id: str, case_ids: Iterable[str], now: datetime) -> str:
    """A new topic of cases; its code."""
    number: int = await tx.value(SQL["next_code"], {"name": "topic"})
    code = f"T-{number:04}"
    await tx.run(SQL["add"], {"id": topic_id, "code": code, "opened_at": now})
    await join(tx, topic_id, case_ids, now)
    return code


async def join(tx: Transaction, topic_id: str, case_ids: Iterable[str], now: datetime) -> bool:
    """Cases come to a topic, unless they are in one; False, and nothing, when it was fixed meanwhile."""
    if await tx.value(SQL["hold"], {"id": topic_id}) is None:
        return False
    rows = ({"case_id": each, "topic_id": topic_id, "joined_at": now} for each in case_ids)
    await tx.many(SQL["join"], rows)
    return True


async def open_ones(tx: Transaction) -> list[Topic]:
    """Those with most cases first."""
    return await tx.records(Topic, SQL["open"])


async def of_code(tx: Transaction, code: str) -> Topic | None:
    return await tx.record(Topic, SQL["of_code"], {"code": code})


async def words(tx: Transaction, topic_id: str) -> str | None:
    """What one of its residents wrote; None once all of it was erased."""
    found: str | None = await tx.value(SQL["words"], {"topic_id": topic_id})
    return found


async def cases_of_open(tx: Transaction) -> list[InTopic]:
    """The cases of all open topics, the first first."""
    return await tx.records(InTopic, SQL["cases_of_open"])


async def words_of_open(tx: Transaction) -> dict[str, str]:
    """By open topic what one of its residents wrote, as far as it was not erased."""
    return {row["topic_id"]: row["said"] for row in await tx.rows(SQL["words_of_open"])}


async def fix(tx: Transaction, topic_id: str, said: str, now: datetime) -> bool:
    """False when it was fixed before."""
    return await tx.value(SQL["fix"], {"id": topic_id, "fixed_at": now, "said": said}) is not None
