"""Rows of the directory for storage tests: plain values, each of which a test may replace."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from storage import conversations, outbox
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow
from storage.transaction import Transaction

NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 26, 1, 30, tzinfo=UTC)
TODAY = date(2026, 11, 25)

CENTRE = CentreRow(
    id="FZ-01", district="FZ", position=1, name="东湖邻里中心", subdistrict="东湖街道", community=None,
    kind="community", status="open", opened_on=None, address="东湖街1号", latitude=24.9, longitude=118.6,
    phone=None, hours_text="每天 8:00-20:00", accessibility=None, transport=None, note=None,
    row_hash="h", updated_on=TODAY, withdrawn_at=None, population=None,
)  # fmt: skip
SERVICE = ServiceRow(
    id="FZ-01/理发", centre_id="FZ-01", position=1, name="理发", category="life",
    hours_text="周一 9:00-11:00", fee=None, audience=None, bring=None, how=None, words=None, note=None,
    row_hash="h", updated_on=TODAY, withdrawn_at=None,
)  # fmt: skip
ACTIVITY = ActivityRow(
    id="FZ-A1", centre_id="FZ-01", position=1, name="书法班", category="culture", time_text="周六 9:00",
    starts_on=TODAY, ends_on=TODAY, places=12, audience=None, fee=None, room=None, teacher=None,
    opens_text=None, cancel_text=None, note=None, row_hash="h", updated_on=TODAY, withdrawn_at=None,
)  # fmt: skip
KIOSK = KioskRow(
    id="FZ-K1", centre_id="FZ-01", position=1, name="社保机", location="大厅", hours_text="24小时",
    can_do="打印", row_hash="h", updated_on=TODAY, withdrawn_at=None,
)  # fmt: skip


def centre(key: str, **changes: Any) -> CentreRow:
    return replace(CENTRE, id=key, **changes)


def service(key: str, **changes: Any) -> ServiceRow:
    return replace(SERVICE, **({"id": key, "name": key} | changes))


def activity(key: str, **changes: Any) -> ActivityRow:
    return replace(ACTIVITY, id=key, **changes)


def kiosk(key: str, **changes: Any) -> KioskRow:
    return replace(KIOSK, id=key, **changes)


async def put_news(
    tx: Transaction, talk: str, *, due: datetime = NOW, expires: datetime | None = None, view: str = "v"
) -> int:
    """Linli says something of its own accord in a conversation: its number."""
    number = await conversations.next_number(tx, talk)
    await outbox.add(
        tx,
        f"{talk}-{number}",
        talk,
        number,
        unique_key=f"{talk} {number}",
        view=view,
        due_at=due,
        expires_at=expires,
        created_at=NOW,
    )
    return number
