"""Who runs a timed job for which period: the first to claim it; another only if that run came to nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("jobs")

# The outcome of a run that may be tried again in the same period.
FAILED = "failed"
# A run that has not finished by then is taken for dead.
LONGEST_RUN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Claim:
    """A run of a job; `finished_at` None when it is under way, or died."""

    job: str
    period: str
    holder: str
    claimed_at: datetime
    finished_at: datetime | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Run:
    """The last run of a timed job; `outcome` is what it says of itself, or FAILED."""

    job: str
    ran_at: datetime
    outcome: str


async def claim(tx: Transaction, job: str, period: str, holder: str, now_at: datetime) -> bool:
    """True for the one who may run the job for this period.

    What somebody else claimed may be taken over when it failed, or was not finished for an hour.
    """
    params = {
        "job": job,
        "period": period,
        "holder": holder,
        "now_at": now_at,
        "died_at": now_at - LONGEST_RUN,
    }
    return await tx.one(SQL["claim"], params) is not None


async def finish(tx: Transaction, job: str, period: str, holder: str, outcome: str, now_at: datetime) -> bool:
    """Say how it went; FAILED lets it be tried again. False when somebody else has taken it over."""
    params = {"job": job, "period": period, "holder": holder, "outcome": outcome, "now_at": now_at}
    return await tx.one(SQL["finish"], params) is not None


async def forget_before(tx: Transaction, before_at: datetime) -> int:
    """Delete claims older than that; how many."""
    return len(await tx.rows(SQL["forget_before"], {"before_at": before_at}))


async def claims(tx: Transaction) -> list[Claim]:
    """Every run that is remembered, the oldest first."""
    return await tx.records(Claim, SQL["claims"])


async def claims_of(tx: Transaction, job: str) -> list[Claim]:
    """Those of one job, the oldest first."""
    return await tx.records(Claim, SQL["claims_of"], {"job": job})


async def note_run(tx: Transaction, job: str, ran_at: datetime, outcome: str) -> None:
    """The last run of a job and how it went, for whoever looks after them."""
    await tx.run(SQL["note_run"], {"job": job, "ran_at": ran_at, "outcome": outcome})


async def last_runs(tx: Transaction) -> list[Run]:
    return await tx.records(Run, SQL["last_runs"])
