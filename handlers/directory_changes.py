"""What managers changed in the directory: laid over the office's rows, and compared with its next file."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from handlers.directory_plan import entries_of, id_of
from messages.hours import HoursError, parse_hours
from messages.understand.normalise import normalise
from messages.understand.terms import words_in
from messages.words import words
from messages.workbook import Entry, RowKind, WorkbookRead, key_of
from storage import audit, changes
from storage import directory as directory_store
from storage.changes import Change
from storage.directory import ActivityRow, CentreRow, ServiceRow
from storage.transaction import Transaction

Row = TypeVar("Row", CentreRow, ServiceRow, ActivityRow)

# What may be changed, by kind of row: the columns with how a value is read, and that a manager made the row
# ('published').
PHONE, HOURS, ENDS, PUBLISHED = "phone", "hours_text", "ends_on", "published"
TIMES, PLACES, AUDIENCE, FEE = "time_text", "places", "audience", "fee"
# Residents' words for a service: a manager's stand beside the office's.
WORDS, BETWEEN_WORDS = "words", "\u3001"
FIELDS: Mapping[str, Mapping[str, Callable[[str], object]]] = {
    "centre": {PHONE: str, HOURS: str},
    "service": {HOURS: str, WORDS: str},
    "activity": {ENDS: date.fromisoformat, TIMES: str, PLACES: int, AUDIENCE: str, FEE: str},
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A manager set one thing and the office's file says another: the manager's value holds until that is
    settled. `row` is None where the file has no such row."""

    change_id: str
    sheet: str
    row: int | None
    row_id: str
    column: str
    set_to: str
    file_says: str
    since_on: date
    made_at: datetime


class NoSuchChange(ValueError):
    """A change that does not wait for the office; the text says which."""


def overlaid(rows: Sequence[Row], kind: str, held: Iterable[Change], *, on: date | None = None) -> list[Row]:
    """The rows as managers changed them, as far as it holds today, or will hold `on` a day."""
    values: dict[str, dict[str, Any]] = {}
    for change in held:
        is_due = change.applied_at is not None or (on is not None and change.since_on <= on)
        if change.kind == kind and is_due and change.field in FIELDS[kind]:
            values.setdefault(change.row_id, {})[change.field] = FIELDS[kind][change.field](change.value)
    return [_with(row, values[row.id]) if row.id in values else row for row in rows]


def _with(row: Row, values: Mapping[str, Any]) -> Row:
    if WORDS in values and isinstance(row, ServiceRow):
        values = {**values, WORDS: joined((*words_in(row.words), *words_in(values[WORDS])))}
    return replace(row, **values)


def joined(listed: Iterable[str]) -> str:
    """Words as they stand in a cell, each once."""
    return BETWEEN_WORDS.join(dict.fromkeys(listed))


def days_to_come(held: Iterable[Change]) -> list[date]:
    """From which on something of an activity will be different."""
    return sorted({each.since_on for each in held if each.kind == "activity" and each.applied_at is None})


def announced(held: Iterable[Change]) -> dict[str, str]:
    """By centre and by activity, what will hold, so that nobody is surprised by it."""
    notes: dict[str, list[str]] = {}
    for change in held:
        if change.kind != "service" and change.applied_at is None:
            on, text = change.since_on, str(words("zh", "staff")["coming"][change.field])
            said = text.format(month=on.month, day=on.day, value=change.value)
            notes.setdefault(change.row_id, []).append(said)
    return {row_id: "\n".join(said) for row_id, said in notes.items()}


def is_readable(hours: str) -> bool:
    try:
        parse_hours(hours)
    except HoursError:
        return False
    return True


async def apply_due(tx: Transaction, now: datetime) -> int:
    """Let residents see what holds from today on; how many changes."""
    applied = await changes.apply_due(tx, now.date(), now)
    if applied:
        await directory_store.bump_version(tx, now)
    return applied


# Against the office's file


@dataclass(frozen=True, slots=True)
class Compared:
    """What the file and the managers disagree about, what it confirms, and rows of managers' own to keep."""

    conflicts: tuple[Conflict, ...] = ()
    confirmed: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    kept: frozenset[str] = frozenset()

    @property
    def settles(self) -> bool:
        return bool(self.confirmed or self.taken)


def compared(
    read: WorkbookRead, held: Sequence[Change], district_of: Mapping[str, str], take: Iterable[str]
) -> Compared:
    """`held` are the changes that are not settled, `district_of` the districts of centres; the office decides
    for its file in the changes `take`. Raises NoSuchChange for another's and for one that is not there."""
    own = [change for change in held if district_of.get(change.centre_id) == read.district]
    taken = tuple(dict.fromkeys(take))
    if unknown := [change_id for change_id in taken if change_id not in {change.id for change in own}]:
        raise NoSuchChange(f"no manager's change {', '.join(unknown)} waits for this district's office")
    rows = {
        (kind.value, id_of(kind, key_of(entry))): entry
        for kind, entries in entries_of(read).items()
        for entry in entries
    }
    last = {(change.kind, change.row_id, change.field): change for change in own}
    conflicts: list[Conflict] = []
    settled: dict[str, list[str]] = {"confirmed": [], "taken": []}
    kept = []
    for key, change in last.items():
        earlier = [each.id for each in own if (each.kind, each.row_id, each.field) == key]
        entry = rows.get(key[:2])
        if not set(taken).isdisjoint(earlier):
            settled["taken"] += earlier
        elif _says_the_same(entry, change):
            settled["confirmed"] += earlier
        elif entry is not None or change.field == PUBLISHED:
            conflicts.append(_conflict(read, entry, change))
            kept += [change.row_id] if change.field == PUBLISHED else []
    return Compared(tuple(conflicts), tuple(settled["confirmed"]), tuple(settled["taken"]), frozenset(kept))


def _says_the_same(entry: Entry | None, change: Change) -> bool:
    if change.field == PUBLISHED:
        return entry is not None
    if entry is not None and change.field == WORDS:
        return {*map(alike, words_in(change.value))} <= {*map(alike, words_in(_said(entry, WORDS)))}
    return entry is not None and alike(_said(entry, change.field)) == alike(change.value)


def alike(text: str) -> str:
    """As it is compared: signs of one sort are one sign, and a phone number is its digits."""
    plain = normalise(text).replace("~", "-").replace(" ", "")
    return re.sub(r"\D", "", plain) if re.fullmatch(r"[\d()+-]+", plain) else plain


def _said(entry: Entry, field: str) -> str:
    value = getattr(entry, field)
    return value.isoformat() if isinstance(value, date) else str(value or "")


def _conflict(read: WorkbookRead, entry: Entry | None, change: Change) -> Conflict:
    kind = RowKind(change.kind)
    is_own = change.field == PUBLISHED
    return Conflict(
        change.id,
        read.titles[kind],
        entry.row if entry else None,
        change.row_id,
        read.headings[kind].get("id" if is_own else change.field, change.field),
        change.row_id if is_own else change.value,
        _said(entry, change.field) if entry and not is_own else "",
        change.since_on,
        change.made_at,
    )


async def settle(tx: Transaction, found: Compared, now: datetime, entry_id: str, who: str) -> None:
    """Write down what the file confirmed, and what the office decided for its file."""
    for change_id in found.confirmed:
        await changes.settle(tx, change_id, "confirmed", now)
    for change_id in found.taken:
        await changes.settle(tx, change_id, "file", now)
    if found.taken:
        await audit.note(
            tx,
            entry_id,
            who,
            "take_file",
            centre_id=None,
            subjects=found.taken,
            done_at=now,
        )
