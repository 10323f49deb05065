"""Takes a workbook into the directory: all of it in one transaction, or nothing."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers.directory_changes import Compared, Conflict, compared, settle
from handlers.directory_plan import Counts, Directory, Known, Plan, plan_import
from handlers.directory_rows import activity_row, centre_row, kiosk_row, service_row
from messages.calendar import SHANGHAI
from messages.workbook import Problem, RowKind, WorkbookRead
from storage import changes
from storage import directory as directory_store
from storage.changes import Change
from storage.database import Database, Transaction
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow

MOST_ATTEMPTS: Final = 5


class ImportConflict(Exception):
    """The directory kept changing while the import was worked out."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did, or with `dry_run` or `refused_reason` would have done.

    `withdrawals` is the number that a confirmation must name; `version` is the directory's version
    afterwards, the same as before when nothing changed; `conflicts` are what managers set otherwise than
    the file says: there the managers' word holds.
    """

    counts: Mapping[RowKind, Counts]
    problems: tuple[Problem, ...]
    withdrawals: int
    refused_reason: str | None
    version: int
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True, slots=True)
class _Rows:
    """A plan as the rows to be written, made before the transaction so that it is short."""

    centres: tuple[CentreRow, ...]
    services: tuple[ServiceRow, ...]
    activities: tuple[ActivityRow, ...]
    kiosks: tuple[KioskRow, ...]
    withdrawals: Mapping[RowKind, list[str]]


async def import_directory(
    database: Database,
    read: WorkbookRead,
    *,
    now: datetime,
    confirm_withdrawals: int | None = None,
    dry_run: bool = False,
    take_file: Sequence[str] = (),
    entry_id: str = "import",
) -> ImportReport:
    """Make the district's part of the directory what the workbook says.

    Rows gone from the file are withdrawn, never deleted. A missing sheet, or so many rows gone that
    it looks like a mistake, changes nothing unless `confirm_withdrawals` names their exact number. What a
    manager changed holds whatever the file says, until the office decides for its file in `take_file`, ids of
    changes; that is written down under `entry_id`. Raises ImportConflict when other writers change the
    directory again and again meanwhile, NoSuchChange for a change that does not wait.
    """
    today = now.astimezone(SHANGHAI).date()
    for _ in range(MOST_ATTEMPTS):
        version, directory, held = await _known(database)
        districts = {row_id: known.district for row_id, known in directory[RowKind.CENTRE].items()}
        found = compared(read, held, districts, take_file)
        plan = await asyncio.to_thread(plan_import, read, directory, today=today, kept=found.kept)
        reason = refusal(read, plan, confirm_withdrawals)
        if dry_run or reason or (plan.is_empty and not found.settles):
            return _report(read, plan, version, reason, found)
        rows = await asyncio.to_thread(_rows_of, read, plan)
        changed = await _write(database, rows, now, found, entry_id, seen=version)
        if changed is not None:
            return _report(read, plan, changed, None, found)
    raise ImportConflict(
        f"the directory was changed {MOST_ATTEMPTS} times while the import was being worked out; "
        "nothing was imported. Try again when no other import runs."
    )


def refusal(read: WorkbookRead, plan: Plan, confirmed: int | None) -> str | None:
    """Why nothing may be changed, and what to do about it; None when the import may go on."""
    if not read.district:
        return "no row tells whose file it is. Name the district with --district."
    why = ""
    if read.missing_sheets:
        why = f"these sheets are missing or have no usable headings: {', '.join(read.missing_sheets)}."
    elif plan.is_drastic():
        gone = ", ".join(
            f"{len(ids)} of {plan.active[kind]} {kind.value} rows"
            for kind, ids in plan.withdrawals.items()
            if ids
        )
        why = f"more than a tenth of the rows of a kind is gone from the file ({gone})."
    if not why or confirmed == plan.withdrawn:
        return None
    told = "" if confirmed is None else f" {confirmed} was confirmed, but that is not the number."
    return (
        f"{why}{told} Correct the file, or confirm that {plan.withdrawn} rows are to be withdrawn "
        f"with --confirm-withdrawals {plan.withdrawn}."
    )


def _report(
    read: WorkbookRead, plan: Plan, version: int, reason: str | None, found: Compared
) -> ImportReport:
    return ImportReport(
        counts=plan.counts,
        problems=(*read.problems, *plan.problems),
        withdrawals=plan.withdrawn,
        refused_reason=reason,
        version=version,
        conflicts=found.conflicts,
    )


async def _known(database: Database) -> tuple[int, Directory, list[Change]]:
    """The directory's version, all its rows, withdrawn ones too, as far as a comparison needs them, and what
    managers changed."""
    async with database.read() as tx:
        version = await directory_store.version(tx)
        held = await changes.unsettled(tx)
        districts = {}
        directory: dict[RowKind, dict[str, Known]] = {kind: {} for kind in RowKind}
        for centre in await directory_store.centres(tx, with_withdrawn=True):
            districts[centre.id] = centre.district
            directory[RowKind.CENTRE][centre.id] = _known_row(centre, centre.id, centre.district)
        for service in await directory_store.services(tx, with_withdrawn=True):
            known = _known_row(service, service.centre_id, districts[service.centre_id])
            directory[RowKind.SERVICE][service.id] = known
        for activity in await directory_store.activities(tx, with_withdrawn=True):
            known = _known_row(activity, activity.centre_id, districts[activity.centre_id])
            directory[RowKind.ACTIVITY][activity.id] = known
        for kiosk in await directory_store.kiosks(tx, with_withdrawn=True):
            known = _known_row(kiosk, kiosk.centre_id, districts[kiosk.centre_id])
            directory[RowKind.KIOSK][kiosk.id] = known
    return version, directory, held


def _known_row(row: CentreRow | ServiceRow | ActivityRow | KioskRow, centre_id: str, district: str) -> Known:
    return Known(
        centre_id=centre_id,
        district=district,
        row_hash=row.row_hash,
        position=row.position,
        updated_on=row.updated_on,
        is_withdrawn=row.withdrawn_at is not None,
    )


def _rows_of(read: WorkbookRead, plan: Plan) -> _Rows:
    return _Rows(
        centres=tuple(centre_row(fresh, read.district) for fresh in plan.writes[RowKind.CENTRE]),
        services=tuple(service_row(fresh) for fresh in plan.writes[RowKind.SERVICE]),
        activities=tuple(activity_row(fresh) for fresh in plan.writes[RowKind.ACTIVITY]),
        kiosks=tuple(kiosk_row(fresh) for fresh in plan.writes[RowKind.KIOSK]),
        withdrawals=plan.withdrawals,
    )


async def _write(
    database: Database, rows: _Rows, now: datetime, found: Compared, entry_id: str, *, seen: int
) -> int | None:
    """Everything in one transaction; the new version, or None when the directory is no longer as `seen`."""

    async def work(tx: Transaction) -> int | None:
        if await directory_store.version(tx) != seen:
            return None
        await directory_store.withdraw_kiosks(tx, rows.withdrawals[RowKind.KIOSK], now)
        await directory_store.withdraw_activities(tx, rows.withdrawals[RowKind.ACTIVITY], now)
        await directory_store.withdraw_services(tx, rows.withdrawals[RowKind.SERVICE], now)
        await directory_store.withdraw_centres(tx, rows.withdrawals[RowKind.CENTRE], now)
        await directory_store.put_centres(tx, rows.centres)
        await directory_store.put_services(tx, rows.services)
        await directory_store.put_activities(tx, rows.activities)
        await directory_store.put_kiosks(tx, rows.kiosks)
        await settle(tx, found, now, entry_id)
        return await directory_store.bump_version(tx, now)

    return await database.write(work)
