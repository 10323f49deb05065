"""How each channel is: what came in, what went out and what did not, as counts."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("channels")


# So many of the newest messages are looked at for what a channel heard and said last: days of a district.
NEWEST = 5_000


@dataclass(frozen=True, slots=True)
class Lately:
    """Of the newest messages those of one channel. `seen_at`: when somebody last said something there,
    `sent_at`: when something last arrived; None where it is not among them."""

    channel: str
    messages: int
    seen_at: datetime | None
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Messages in one state for one reason: how many of the last day and of the last week, how many that wait
    or were given up in that week, and how many residents they are for."""

    channel: str
    state: str
    last_error: str | None
    of_day: int
    of_week: int
    listed: int
    residents: int


@dataclass(frozen=True, slots=True)
class Allowance:
    """Of how many residents WeChat takes a message now, and how many messages in all."""

    residents: int
    pushes: int


@dataclass(frozen=True, slots=True)
class Notices:
    """Template messages and subscription notices of a week: 'sending', 'sent', 'arrived' or 'failed'."""

    route: str
    state: str
    times: int


async def lately(tx: Transaction) -> list[Lately]:
    return await tx.records(Lately, SQL["lately"], {"newest": NEWEST})


async def troubles(tx: Transaction, day_at: datetime, week_at: datetime) -> list[Trouble]:
    return await tx.records(Trouble, SQL["troubles"], {"day_at": day_at, "week_at": week_at})


async def allowance(tx: Transaction, now_at: datetime) -> Allowance:
    return await tx.record(Allowance, SQL["allowance"], {"now_at": now_at}) or Allowance(0, 0)


async def notices(tx: Transaction, week_at: datetime) -> list[Notices]:
    return await tx.records(Notices, SQL["notices"], {"week_at": week_at})
