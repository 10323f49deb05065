"""What staff did, with nobody's name in it, and what of it can still be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("audit")

# Who acts with the command `linli` itself.
SHELL = "shell"
# What Linli does by itself.
LINLI = "linli"


@dataclass(frozen=True, slots=True)
class Entry:
    """`subjects` are ids divided by blanks; `was` and `became` are codes, ids and numbers."""

    id: str
    who: str
    what: str
    centre_id: str | None
    subjects: str
    was: str
    became: str
    done_at: datetime


async def note(
    tx: Transaction,
    entry_id: str,
    who: str,
    what: str,
    *,
    centre_id: str | None,
    subjects: Sequence[str],
    done_at: datetime,
    was: str = "",
    became: str = "",
    undo_until: datetime | None = None,
) -> None:
    """Write down what somebody did; with `undo_until` it can be taken back until then."""
    params = {
        "id": entry_id,
        "who": who,
        "what": what,
        "centre_id": centre_id,
        "subjects": " ".join(subjects),
        "was": was,
        "became": became,
        "done_at": done_at,
    }
    await tx.run(SQL["note"], params)
    if undo_until is not None:
        await tx.run(SQL["can_undo"], {"audit_id": entry_id, "until_at": undo_until})


async def of_id(tx: Transaction, entry_id: str) -> Entry | None:
    return await tx.record(Entry, SQL["of_id"], {"id": entry_id})


async def everything(tx: Transaction) -> list[Entry]:
    """All entries in their order."""
    return await tx.records(Entry, SQL["everything"])


async def last_anywhere(tx: Transaction, what: str) -> Entry | None:
    """The last time that this was done, by whomever, at no centre."""
    return await tx.record(Entry, SQL["last_anywhere"], {"what": what})


async def latest(tx: Transaction, what: str, most: int) -> list[Entry]:
    """The last imports, 'import' or 'calendar', whoever did them; the newest first."""
    return await tx.records(Entry, SQL["latest"], {"what": what, "most": most})


async def last_of(tx: Transaction, who: str, centre_id: str | None) -> Entry | None:
    """The last thing they did, at this centre or anywhere, that was not taken back."""
    return await tx.record(Entry, SQL["last_of"], {"who": who, "centre_id": centre_id})


async def take_back(tx: Transaction, entry_id: str, now: datetime) -> bool:
    """Whether it is still to be taken back, which only the first one hears."""
    return await tx.value(SQL["take_back"], {"audit_id": entry_id, "now_at": now}) is not None


async def not_taken_back(tx: Transaction, entry_id: str) -> None:
    """It could not be done: in the transaction of `take_back`, which held it so far."""
    await tx.run(SQL["not_taken_back"], {"audit_id": entry_id})
