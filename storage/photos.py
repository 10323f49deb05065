"""Photos of ratings and cases: clean JPEGs with what they belong to, and the rows of those that are gone."""

from dataclasses import dataclass
from datetime import datetime

from storage import ledger
from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("photos")
RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """All but the pixels. `added_by` is RESIDENT or the id of a member of staff, `conversation_id` the
    resident's. Of one that is `gone` ('erased', 'expired' or 'removed') the row alone is there."""

    id: str
    rating_id: str | None
    case_id: str | None
    number: int | None
    added_by: str
    conversation_id: str | None
    sha256: str | None
    width: int
    height: int
    made_at: datetime
    gone: str | None = None


@dataclass(frozen=True, slots=True)
class Viewer:
    """Where somebody talks now to whom an address was given."""

    channel: str
    address: str


async def add(tx: Transaction, photo: KeptPhoto, content: bytes) -> None:
    """Raises ConstraintError for an unknown rating, case, step or conversation."""
    params = params_of(photo)
    del params["gone"]
    await tx.run(SQL["add"], params | {"content": content})


async def of_id(tx: Transaction, photo_id: str) -> KeptPhoto | None:
    return await tx.record(KeptPhoto, SQL["of_id"], {"id": photo_id})


async def content(tx: Transaction, photo_id: str) -> bytes | None:
    """The JPEG; None for one that is gone or never was."""
    found: bytes | None = await tx.value(SQL["content"], {"id": photo_id})
    return found


async def of_case(tx: Transaction, case_id: str) -> list[KeptPhoto]:
    """Those that are there, the first first."""
    return await tx.records(KeptPhoto, SQL["of_case"], {"case_id": case_id})


async def of_visit(tx: Transaction, visit: str) -> list[KeptPhoto]:
    """Those of all ratings that a visit was given, one after the other; see storage/ratings.py."""
    return await tx.records(KeptPhoto, SQL["of_visit"], {"visit": visit})


async def viewer(tx: Transaction, conversation_id: str) -> Viewer | None:
    return await tx.record(Viewer, SQL["viewer"], {"conversation_id": conversation_id})


async def without_case(tx: Transaction, most: int) -> list[KeptPhoto]:
    """Those of ratings that opened no case, the last first."""
    return await tx.records(KeptPhoto, SQL["without_case"], {"most": most})


async def join_case(tx: Transaction, visit: str, case_id: str, number: int) -> None:
    """The photos of a visit's ratings belong to the case that the last of them opened."""
    await tx.run(SQL["join_case"], {"visit": visit, "case_id": case_id, "number": number})


async def remove(tx: Transaction, photo_id: str, *, conversation_id: str, added_by: str) -> bool:
    """Take back what was added by oneself; False when it is another's or gone."""
    params = {"id": photo_id, "conversation_id": conversation_id, "added_by": added_by}
    return await _gone(tx, [row["id"] for row in await tx.rows(SQL["remove"], params)]) == 1


async def erase(tx: Transaction, conversation_id: str) -> int:
    """All of a resident's, and of their cases, while these are still theirs: how many there were."""
    rows = await tx.rows(SQL["erase"], {"conversation_id": conversation_id})
    return await _gone(tx, [row["id"] for row in rows])


async def expire(tx: Transaction, *, closed_before_at: datetime, made_before_at: datetime) -> int:
    """Those of cases closed before a moment, and those without a case made before another: how many."""
    params = {"closed_before_at": closed_before_at, "made_before_at": made_before_at}
    return await _gone(tx, [row["id"] for row in await tx.rows(SQL["expire"], params)])


async def _gone(tx: Transaction, ids: list[str]) -> int:
    """From now on nobody can tell what the ledger commits to of them."""
    for photo_id in ids:
        await ledger.forget_salts(tx, photo_id)
    return len(ids)


async def not_in_ledger(tx: Transaction) -> list[str]:
    """Ids of photos that stand there not once."""
    return [row["id"] for row in await tx.rows(SQL["not_in_ledger"])]
