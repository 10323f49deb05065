"""What a workbook that was handed in would change, row by row and field by field, before anything is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from handlers.directory_changes import Conflict, compared
from handlers.directory_import import Row, Standing, hurdle, stamp_of, worked_out
from handlers.directory_plan import Counts, Fresh, Plan, centre_of
from handlers.directory_rows import entry_of
from messages.workbook import Entry, Handed, Problem, RowKind, WorkbookError, WorkbookRead, read_workbook
from messages.workbook_said import written
from storage.uploads import Upload

# Rows of one sort that are listed at most; the others are counted.
LISTED = 200
LONGEST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file that waits, and what it is compared with. `take`: the managers' changes, by id, in which the
    office decides for its file."""

    upload: Upload
    standing: Standing
    take: tuple[str, ...]
    today: date


@dataclass(frozen=True, slots=True)
class Field:
    """A field that becomes another; empty where nothing stands."""

    heading: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A row: the id by which people know it (of a service that of its centre), its name and what becomes of
    its fields. `is_back`: it was withdrawn, and comes back."""

    id: str
    name: str
    fields: tuple[Field, ...] = ()
    is_back: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """The first rows of a sort, and how many more there are."""

    rows: tuple[ChangedRow, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What becomes of the rows of a kind. `moved` only stand at another place."""

    title: str
    counts: Counts
    added: Listed
    changed: Listed
    withdrawn: Listed
    moved: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A manager's word against the file's; `is_taken`: the file's is to hold. `take` is what the page asks
    for to have it the other way."""

    conflict: Conflict
    is_taken: bool
    take: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What is read before a yes. `error`: why the file as a whole cannot be used, see WorkbookError; then
    there is nothing else. `hurdle` as in handlers/directory_import.py; `withdrawals` is the number that
    overcomes it. `stamp` is of what is shown."""

    name: str
    sha256: str
    expires_at: datetime
    error: str | None = None
    district: str = ""
    sheets: tuple[Sheet, ...] = ()
    missing_sheets: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    more_problems: int = 0
    refused: int = 0
    conflicts: tuple[Disagreement, ...] = ()
    take: tuple[str, ...] = ()
    hurdle: str | None = None
    withdrawals: int = 0
    is_empty: bool = False
    stamp: str = ""


def preview(waiting: Waiting) -> Preview:
    """Reads the file and compares it; takes as long as that takes."""
    upload, standing = waiting.upload, waiting.standing
    bare = Preview(upload.name, upload.sha256, upload.expires_at)
    try:
        read = read_workbook(Handed(upload.name, upload.content))
    except WorkbookError as error:
        return replace(bare, error=error.why)
    all_against = compared(read, standing.held, standing.districts, ()).conflicts
    known = {each.change_id for each in all_against}
    take = tuple(each for each in dict.fromkeys(waiting.take) if each in known)
    plan, found = worked_out(read, standing, waiting.today, take)
    problems = (*read.problems, *plan.problems)
    return replace(
        bare,
        district=read.district,
        sheets=tuple(_sheet(kind, read, plan, standing) for kind in RowKind),
        missing_sheets=read.missing_sheets,
        problems=problems[:LISTED],
        more_problems=max(0, len(problems) - LISTED),
        refused=sum(each.refused for each in problems),
        conflicts=tuple(_disagreement(each, take) for each in all_against),
        take=take,
        hurdle=hurdle(read, plan),
        withdrawals=plan.withdrawn,
        is_empty=plan.is_empty and not found.settles,
        stamp=stamp_of(plan, found, standing),
    )


def _disagreement(conflict: Conflict, take: tuple[str, ...]) -> Disagreement:
    is_taken = conflict.change_id in take
    others = [each for each in take if each != conflict.change_id]
    return Disagreement(conflict, is_taken, " ".join(others if is_taken else [*take, conflict.change_id]))


def _sheet(kind: RowKind, read: WorkbookRead, plan: Plan, standing: Standing) -> Sheet:
    rows, known = standing.rows[kind], standing.known[kind]
    added, changed, moved = [], [], 0
    for fresh in plan.writes[kind]:
        before = known.get(fresh.id)
        if before is None:
            added.append(fresh)
        elif before.is_withdrawn or before.row_hash != fresh.row_hash:
            changed.append(fresh)
        else:
            moved += 1
    headings = read.headings[kind]
    return Sheet(
        read.titles[kind],
        plan.counts[kind],
        _listed((_named(each.entry) for each in added[:LISTED]), len(added)),
        _listed((_changed(each, rows[each.id], headings) for each in changed[:LISTED]), len(changed)),
        _listed(
            (_named(entry_of(rows[each])) for each in plan.withdrawals[kind][:LISTED]),
            len(plan.withdrawals[kind]),
        ),
        moved,
    )


def _listed(rows: Iterable[ChangedRow], total: int) -> Listed:
    return Listed(tuple(rows), max(0, total - LISTED))


def _named(entry: Entry) -> ChangedRow:
    return ChangedRow(getattr(entry, "id", centre_of(entry)), entry.name)


def _changed(fresh: Fresh, row: Row, headings: Mapping[str, str]) -> ChangedRow:
    before, named = entry_of(row), _named(fresh.entry)
    fields = tuple(
        Field(heading, was, becomes)
        for column, heading in headings.items()
        for was, becomes in ((_said(before, column), _said(fresh.entry, column)),)
        if was != becomes
    )
    return ChangedRow(named.id, named.name, fields, row.withdrawn_at is not None)


def _said(entry: Entry, column: str) -> str:
    value = written(entry, column)
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 1]}\u2026"
