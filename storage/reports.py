"""What residents report of centres that nobody has put right yet."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("reports")


@dataclass(frozen=True, slots=True)
class Report:
    """`about` is 'closed', 'no_answer' or 'wrong'; the first open one came at `since_at`."""

    centre_id: str
    about: str
    since_at: datetime


async def open_ones(tx: Transaction) -> list[Report]:
    """One for each centre and thing, however many residents report it."""
    return await tx.records(Report, SQL["open_ones"])


async def of_resident(tx: Transaction, conversation_id: str, centre_id: str, about: str) -> str | None:
    """The code of the resident's own open case of this, in whichever of their conversations it was opened."""
    params = {"conversation_id": conversation_id, "centre_id": centre_id, "about": about}
    code: str | None = await tx.value(SQL["of_resident"], params)
    return code
