"""Who runs a timed job for which period: the first to claim it, and nobody else."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("jobs")


@dataclass(frozen=True, slots=True)
class Claim:
    """A run of a job; `finished_at` None when it is under way, or died."""

    job: str
    period: str
    holder: str
    claimed_at: datetime
    finished_at: datetime | None
    outcome: str | None


async def claim(tx: Transaction, job: str, period: str, holder: str, now_at: datetime) -> bool:
    """True for the one who may run the job for this period."""
    params = {"job": job, "period": period, "holder": holder, "now_at": now_at}
    return await tx.one(SQL["claim"], params) is not None


async def finish(tx: Transaction, job: str, period: str, outcome: str, now_at: datetime) -> None:
    await tx.run(SQL["finish"], {"job": job, "period": period, "outcome": outcome, "now_at": now_at})


async def forget_before(tx: Transaction, before_at: datetime) -> int:
    """Delete claims older than that; how many."""
    return len(await tx.rows(SQL["forget_before"], {"before_at": before_at}))


async def claims(tx: Transaction) -> list[Claim]:
    """Every run that is remembered, the oldest first."""
    return await tx.records(Claim, SQL["claims"])
