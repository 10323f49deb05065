"""Consents, looks and workbooks for tests of the yearly audit pack."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from openpyxl import load_workbook

from handlers.audit_files import Facts
from handlers.audit_pack import Counted, count
from storage import children
from storage.children import Seen
from storage.database import Database
from storage.statements import statement
from storage.transaction import Transaction
from tests.booking_rows import NOW, Desk, opened_desk
from tests.child_rows import CENTRE, consent

STAFF_ROW = statement(
    "test.staff",
    "INSERT INTO staff (id, role, centre_id, conversation_id, channel, address, invitation_id, since_at, "
    "revoked_at) VALUES (:id, 'centre_staff', :centre, NULL, '', '', :id, :now_at, :now_at)",
)
INVITED = statement(
    "test.invited",
    "INSERT INTO invitation (id, code_hash, role, centre_id, made_by, made_at, expires_at, used_at) "
    "VALUES (:id, :id, 'centre_staff', :centre, 'shell', :made_at, :now_at, :made_at)",
)
FAMILIES = tuple(f"f{n:02}" for n in range(12))
DAYS = {"names_days": 30, "bodies_days": 30, "photo_days": 30, "unknown_days": 90}
FACTS = Facts(NOW, "0.1.0", "sqlite", DAYS, has_responsible=True, has_telegram=False)
DAY = timedelta(days=1)


async def counted_of(database: Database, year: int = 2026, now: datetime = NOW) -> Counted:
    async with database.read() as tx:
        return await count(tx, year, now, 23)


async def twelve(database: Database) -> Desk:
    """Families of one child each."""
    desk = await opened_desk(database)
    await desk.found(*FAMILIES, size=1)
    return desk


async def agreed(
    database: Database, who: Iterable[str], purpose: str, at: datetime, version: int = 1
) -> None:
    async def work(tx: Transaction) -> None:
        for each in who:
            row = consent(f"{each}1", purpose, f"{purpose} {each} {version}")
            given = children.Consent(
                row.id, row.participant_id, purpose, row.centre_id, row.term, version, "zh", "web", at, None
            )
            assert await children.give_consent(tx, given)

    await database.write(work)


async def looked(database: Database, who: str, times: int, at: datetime, what: str = "name") -> None:
    async def work(tx: Transaction) -> None:
        params = {"id": who, "centre": CENTRE, "now_at": NOW}
        if not await tx.rows(statement("test.is_staff", "SELECT id FROM staff WHERE id = :id"), {"id": who}):
            await tx.run(INVITED, params | {"made_at": NOW - DAY})
            await tx.run(STAFF_ROW, params)
        for number in range(times):
            seen = Seen(who, CENTRE, "f001", what, at)
            await children.note_view(tx, f"{who} {what} {at.isoformat()} {number}", seen)

    await database.write(work)


def sheets_in(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """The sheets by the English part of their names, without their headings."""
    book = load_workbook(path)
    return {
        name.split(" ", 1)[1]: list(book[name].iter_rows(min_row=2, values_only=True))
        for name in book.sheetnames
    }
