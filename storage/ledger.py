"""The rows of the ledger: numbers without a gap, hashes, and the salts that hide what they commit to."""

from dataclasses import dataclass
from datetime import date, datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("ledger")
COUNTED_AS = "ledger"


@dataclass(frozen=True, slots=True)
class Entry:
    """`commitment` and `entry_hash` are SHA-256 in hexadecimal; `salt` is None once it was destroyed."""

    number: int
    kind: str
    subject_id: str
    commitment: str
    entry_hash: str
    made_at: datetime
    salt: str | None


@dataclass(frozen=True, slots=True)
class Root:
    """The last hash of a day, as it was published."""

    day_on: date
    number: int
    entry_hash: str
    published_at: datetime


async def next_number(tx: Transaction) -> int:
    """The number of the next entry. Until this transaction ends nobody else gets one."""
    number: int = await tx.value(SQL["next_number"], {"name": COUNTED_AS})
    return number


async def hash_of(tx: Transaction, number: int) -> str | None:
    found: str | None = await tx.value(SQL["hash_of"], {"number": number})
    return found


async def add(tx: Transaction, entry: Entry) -> None:
    await tx.run(
        SQL["add"],
        {
            "number": entry.number,
            "kind": entry.kind,
            "subject_id": entry.subject_id,
            "commitment": entry.commitment,
            "entry_hash": entry.entry_hash,
            "made_at": entry.made_at,
        },
    )
    if entry.salt is not None:
        await tx.run(SQL["add_salt"], {"number": entry.number, "salt": entry.salt})


async def entries(tx: Transaction, after: int, most: int) -> list[Entry]:
    """Entries behind a number, the first first."""
    return await tx.records(Entry, SQL["entries"], {"after_number": after, "most": most})


async def of_subject(tx: Transaction, subject_id: str) -> list[Entry]:
    return await tx.records(Entry, SQL["of_subject"], {"subject_id": subject_id})


async def forget_salts(tx: Transaction, subject_id: str) -> None:
    """From now on nobody can tell what was committed to; the chain holds."""
    await tx.run(SQL["forget_salts"], {"subject_id": subject_id})


async def publish(tx: Transaction, day_on: date, ends_at: datetime, now_at: datetime) -> None:
    """Write down the last hash from before the day's end, once; nothing for a ledger that is empty then."""
    found = await tx.rows(SQL["last_before"], {"before_at": ends_at})
    for row in found:
        params = {
            "day_on": day_on,
            "number": row["number"],
            "entry_hash": row["entry_hash"],
            "published_at": now_at,
        }
        await tx.run(SQL["publish"], params)


async def root_behind(tx: Transaction, number: int) -> Root | None:
    """The first that was published of this entry or one behind it."""
    return await tx.record(Root, SQL["root_behind"], {"number": number})


async def roots(tx: Transaction, most: int) -> list[Root]:
    """The last ones, the newest first."""
    return await tx.records(Root, SQL["roots"], {"most": most})


async def length(tx: Transaction) -> int:
    """How many entries there are: they are numbered without a gap."""
    return await tx.value(SQL["last_number"]) or 0
