"""Files that somebody at the desk handed in and has not said yes to: one of each person at a time."""

from dataclasses import dataclass
from datetime import datetime

from storage.statements import load_queries
from storage.transaction import Transaction

SQL = load_queries("uploads")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file under the name that it came with."""

    name: str
    sha256: str
    content: bytes
    made_at: datetime
    expires_at: datetime


async def put(tx: Transaction, staff_id: str, kind: str, upload: Upload) -> None:
    """Keep a file in place of the one before. `kind` is 'directory' or 'calendar'."""
    params = {
        "staff_id": staff_id,
        "kind": kind,
        "name": upload.name,
        "sha256": upload.sha256,
        "content": upload.content,
        "made_at": upload.made_at,
        "expires_at": upload.expires_at,
    }
    await tx.run(SQL["put"], params)


async def of_staff(tx: Transaction, staff_id: str, kind: str, now: datetime) -> Upload | None:
    """The file of this kind that waits; None for none, and for one that is too old."""
    return await tx.record(Upload, SQL["of_staff"], {"staff_id": staff_id, "kind": kind, "now_at": now})


async def drop(tx: Transaction, staff_id: str, kind: str) -> None:
    await tx.run(SQL["drop_one"], {"staff_id": staff_id, "kind": kind})


async def forget(tx: Transaction, now: datetime) -> int:
    """Delete those that are too old: how many."""
    return len(await tx.rows(SQL["forget"], {"now_at": now}))
