"""Takes a workbook into the directory: all of it in one transaction, or nothing."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Final

from handlers.directory_changes import Compared, Conflict, compared, settle
from handlers.directory_plan import Counts, Directory, Known, Plan, plan_import
from handlers.directory_rows import activity_row, centre_row, kiosk_row, service_row
from messages.calendar import SHANGHAI
from messages.workbook import Problem, RowKind, WorkbookRead
from storage import audit, changes
from storage import directory as directory_store
from storage.changes import Change
from storage.database import Database, Transaction
from storage.directory import ActivityRow, CentreRow, KioskRow, ServiceRow

MOST_ATTEMPTS: Final = 5

Row = CentreRow | ServiceRow | ActivityRow | KioskRow


class ImportConflict(Exception):
    """The directory kept changing while the import was worked out."""


class ImportChanged(Exception):
    """What the import would do is not what was said yes to any more; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose import it is, and the entry under which it is written down."""

    who: str
    entry_id: str


@dataclass(frozen=True, slots=True)
class Standing:
    """The directory as an import finds it: its version, all its rows, withdrawn ones too, what of them a
    comparison needs, and what managers changed."""

    version: int
    rows: Mapping[RowKind, Mapping[str, Row]]
    known: Directory
    held: tuple[Change, ...]

    @property
    def districts(self) -> Mapping[str, str]:
        """Of centres."""
        return {row_id: known.district for row_id, known in self.known[RowKind.CENTRE].items()}


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


@dataclass(frozen=True, slots=True)
class _Note:
    """What is written down of an import."""

    by: Hand
    district: str
    counts: Mapping[RowKind, Counts]

    async def down(self, tx: Transaction, now: datetime) -> None:
        became = " ".join(
            f"{kind.value}:{each.added}/{each.changed}/{each.withdrawn}" for kind, each in self.counts.items()
        )
        subjects = (self.district,)
        who, entry_id = self.by.who, self.by.entry_id
        await audit.note(
            tx, entry_id, who, "import", centre_id=None, subjects=subjects, became=became, done_at=now
        )


async def import_directory(
    database: Database,
    read: WorkbookRead,
    *,
    now: datetime,
    confirm_withdrawals: int | None = None,
    dry_run: bool = False,
    take_file: Sequence[str] = (),
    entry_id: str = "import",
    by: Hand | None = None,
    agreed: str | None = None,
) -> ImportReport:
    """Make the district's part of the directory what the workbook says.

    Rows gone from the file are withdrawn, never deleted. A missing sheet, or so many rows gone that
    it looks like a mistake, changes nothing unless `confirm_withdrawals` names their exact number. What a
    manager changed holds whatever the file says, until the office decides for its file in `take_file`, ids of
    changes; that is written down under `entry_id`, and with `by` the import itself. With `agreed`, the stamp
    of what was said yes to, nothing else is done. Raises ImportChanged when that would be something else by
    now, ImportConflict when other writers change the directory again and again, NoSuchChange for a change
    that does not wait.
    """
    today = now.astimezone(SHANGHAI).date()
    for _ in range(MOST_ATTEMPTS):
        async with database.read() as tx:
            standing = await standing_in(tx)
        version = standing.version
        plan, found = await asyncio.to_thread(worked_out, read, standing, today, take_file)
        if agreed is not None and await asyncio.to_thread(stamp_of, plan, found, standing) != agreed:
            raise ImportChanged
        reason = refusal(read, plan, confirm_withdrawals)
        if dry_run or reason or (plan.is_empty and not found.settles):
            return _report(read, plan, version, reason, found)
        rows = await asyncio.to_thread(_rows_of, read, plan)
        note = _Note(by, read.district, plan.counts) if by else None
        changed = await _write(database, rows, now, found, entry_id, note, seen=version)
        if changed is not None:
            return _report(read, plan, changed, None, found)
    raise ImportConflict(
        f"the directory was changed {MOST_ATTEMPTS} times while the import was being worked out; "
        "nothing was imported. Try again when no other import runs."
    )


def hurdle(read: WorkbookRead, plan: Plan) -> str | None:
    """What stands in the way: 'district' (nobody knows whose file it is) or, to be confirmed by a number,
    'sheets' (some are missing) and 'drastic' (so much is gone that it looks like a mistake)."""
    if not read.district:
        return "district"
    if read.missing_sheets:
        return "sheets"
    return "drastic" if plan.is_drastic() else None


def refusal(read: WorkbookRead, plan: Plan, confirmed: int | None) -> str | None:
    """Why nothing may be changed, and what to do about it; None when the import may go on."""
    found = hurdle(read, plan)
    if found == "district":
        return "no row tells whose file it is. Name the district with --district."
    why = ""
    if found == "sheets":
        why = f"these sheets are missing or have no usable headings: {', '.join(read.missing_sheets)}."
    elif found == "drastic":
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


def worked_out(
    read: WorkbookRead, standing: Standing, today: date, take_file: Sequence[str]
) -> tuple[Plan, Compared]:
    """What the workbook would change, and what of managers' it meets. Raises NoSuchChange."""
    found = compared(read, standing.held, standing.districts, take_file)
    return plan_import(read, standing.known, today=today, kept=found.kept), found


def stamp_of(plan: Plan, found: Compared, standing: Standing) -> str:
    """What an import would do, as a short text: the same as long as every row that it writes or withdraws is
    as it was, and the managers' changes it meets are."""
    writes = [
        (
            kind,
            fresh.id,
            fresh.row_hash,
            known.row_hash if known else "",
            known.is_withdrawn if known else False,
        )
        for kind, listed in plan.writes.items()
        for fresh in listed
        for known in (standing.known[kind].get(fresh.id),)
    ]
    problems = [(each.sheet, each.row, each.expected) for each in plan.problems]
    conflicts = [(each.change_id, each.set_to, each.file_says) for each in found.conflicts]
    said = (writes, plan.withdrawals, problems, conflicts, found.confirmed, found.taken, sorted(found.kept))
    return sha256(json.dumps(said).encode()).hexdigest()


async def standing_in(tx: Transaction) -> Standing:
    version = await directory_store.version(tx)
    held = await changes.unsettled(tx)
    rows: dict[RowKind, dict[str, Row]] = {
        RowKind.CENTRE: {row.id: row for row in await directory_store.centres(tx, with_withdrawn=True)},
        RowKind.SERVICE: {row.id: row for row in await directory_store.services(tx, with_withdrawn=True)},
        RowKind.ACTIVITY: {row.id: row for row in await directory_store.activities(tx, with_withdrawn=True)},
        RowKind.KIOSK: {row.id: row for row in await directory_store.kiosks(tx, with_withdrawn=True)},
    }
    districts = {row.id: row.district for row in rows[RowKind.CENTRE].values() if isinstance(row, CentreRow)}
    known = {
        kind: {row_id: _known_row(row, districts) for row_id, row in of_kind.items()}
        for kind, of_kind in rows.items()
    }
    return Standing(version, rows, known, tuple(held))


def _known_row(row: Row, districts: Mapping[str, str]) -> Known:
    centre_id = row.id if isinstance(row, CentreRow) else row.centre_id
    return Known(
        centre_id=centre_id,
        district=districts[centre_id],
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
    database: Database,
    rows: _Rows,
    now: datetime,
    found: Compared,
    entry_id: str,
    note: _Note | None,
    *,
    seen: int,
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
        await settle(tx, found, now, entry_id, note.by.who if note else audit.SHELL)
        if note:
            await note.down(tx, now)
        return await directory_store.bump_version(tx, now)

    return await database.write(work)
