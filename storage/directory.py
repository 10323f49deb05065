"""The directory as the office keeps it: centres, services, activities, kiosks, and its version.

Whoever changes something here, in the calendar or among the closures also calls `bump_version` in the
same transaction: it is how every process learns that its picture of the directory is old.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from storage.statements import load_queries, params_of
from storage.transaction import Transaction

SQL = load_queries("directory")

# Marks services for the moment in which their names change places; never seen from outside.
MOVING = datetime(1970, 1, 1, tzinfo=UTC)


class Table(StrEnum):
    """The tables whose rows come from a workbook."""

    CENTRE = "centre"
    SERVICE = "service"
    ACTIVITY = "activity"
    KIOSK = "kiosk"


@dataclass(frozen=True, slots=True)
class CentreRow:
    id: str
    district: str
    position: int
    name: str
    subdistrict: str
    community: str | None
    kind: str
    status: str
    opened_on: date | None
    address: str
    latitude: float
    longitude: float
    phone: str | None
    hours_text: str
    accessibility: str | None
    transport: str | None
    note: str | None
    row_hash: str
    updated_on: date
    withdrawn_at: datetime | None
    population: int | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    id: str
    centre_id: str
    position: int
    name: str
    category: str
    hours_text: str
    fee: str | None
    audience: str | None
    bring: str | None
    how: str | None
    words: str | None
    note: str | None
    row_hash: str
    updated_on: date
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class ActivityRow:
    id: str
    centre_id: str
    position: int
    name: str
    category: str
    time_text: str
    starts_on: date
    ends_on: date
    places: int
    audience: str | None
    fee: str | None
    room: str | None
    teacher: str | None
    opens_text: str | None
    cancel_text: str | None
    note: str | None
    row_hash: str
    updated_on: date
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class KioskRow:
    id: str
    centre_id: str
    position: int
    name: str
    location: str
    hours_text: str
    can_do: str
    row_hash: str
    updated_on: date
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class RowKey:
    """What an import compares: the fingerprint of a row's cells, and whether it is withdrawn."""

    id: str
    row_hash: str
    is_withdrawn: bool


async def version(tx: Transaction) -> int:
    """Grows with every change; 0 for a directory that was never filled."""
    return await tx.value(SQL["version"]) or 0


async def bump_version(tx: Transaction, now_at: datetime) -> int:
    """Tell every process that the directory has changed; the new version."""
    new: int = await tx.value(SQL["bump_version"], {"now_at": now_at})
    return new


async def centres(tx: Transaction, *, with_withdrawn: bool = False) -> list[CentreRow]:
    """In the office's order, like `services`, `activities` and `kiosks`."""
    return await tx.records(CentreRow, SQL["centres"], {"is_all": with_withdrawn})


async def services(tx: Transaction, *, with_withdrawn: bool = False) -> list[ServiceRow]:
    return await tx.records(ServiceRow, SQL["services"], {"is_all": with_withdrawn})


async def activities(tx: Transaction, *, with_withdrawn: bool = False) -> list[ActivityRow]:
    return await tx.records(ActivityRow, SQL["activities"], {"is_all": with_withdrawn})


async def kiosks(tx: Transaction, *, with_withdrawn: bool = False) -> list[KioskRow]:
    return await tx.records(KioskRow, SQL["kiosks"], {"is_all": with_withdrawn})


async def put_centres(tx: Transaction, rows: Iterable[CentreRow]) -> None:
    """Add or replace by id, like the other `put_`; a withdrawn row comes back with `withdrawn_at` None."""
    await tx.many(SQL["put_centres"], map(params_of, rows))


async def put_services(tx: Transaction, rows: Sequence[ServiceRow]) -> None:
    """Services of a centre may swap names; withdraw those that are gone first, so theirs are free."""
    await tx.many(SQL["free_service_name"], ({"id": row.id, "withdrawn_at": MOVING} for row in rows))
    await tx.many(SQL["put_services"], map(params_of, rows))


async def put_activities(tx: Transaction, rows: Iterable[ActivityRow]) -> None:
    await tx.many(SQL["put_activities"], map(params_of, rows))


async def put_kiosks(tx: Transaction, rows: Iterable[KioskRow]) -> None:
    await tx.many(SQL["put_kiosks"], map(params_of, rows))


async def withdraw_centres(tx: Transaction, ids: Iterable[str], now_at: datetime) -> None:
    """Residents see them no more; like the other `withdraw_`, the time of an earlier one is kept."""
    await _withdraw(tx, "withdraw_centres", ids, now_at)


async def withdraw_services(tx: Transaction, ids: Iterable[str], now_at: datetime) -> None:
    await _withdraw(tx, "withdraw_services", ids, now_at)


async def withdraw_activities(tx: Transaction, ids: Iterable[str], now_at: datetime) -> None:
    await _withdraw(tx, "withdraw_activities", ids, now_at)


async def withdraw_kiosks(tx: Transaction, ids: Iterable[str], now_at: datetime) -> None:
    await _withdraw(tx, "withdraw_kiosks", ids, now_at)


async def _withdraw(tx: Transaction, name: str, ids: Iterable[str], now_at: datetime) -> None:
    await tx.many(SQL[name], ({"id": each, "withdrawn_at": now_at} for each in ids))


async def row_keys(tx: Transaction, table: Table, district: str) -> dict[str, RowKey]:
    """Every row of a district's table by id, withdrawn ones too."""
    found = await tx.records(RowKey, SQL[f"{table}_keys"], {"district": district})
    return {key.id: key for key in found}
