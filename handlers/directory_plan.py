"""Compares a workbook with the directory: what is new, changed, gone, or not this district's to touch."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import chain
from typing import Final

from messages.workbook import CentreEntry, Entry, Key, Problem, RowKind, WorkbookRead, key_of
from messages.workbook_rows import EXTRA
from messages.workbook_words import expected

MOST_SHARE_WITHDRAWN: Final = 0.1
"""More than this share of a kind's rows is not withdrawn without somebody naming the number."""

_ID_LETTERS: Final = 6


@dataclass(frozen=True, slots=True)
class Known:
    """A row as the directory has it, also when it is withdrawn."""

    centre_id: str
    district: str
    row_hash: str
    position: int
    updated_on: date
    is_withdrawn: bool


Directory = Mapping[RowKind, Mapping[str, Known]]


@dataclass(frozen=True, slots=True)
class Fresh:
    """A row to be written, under its id."""

    id: str
    position: int
    entry: Entry
    row_hash: str
    updated_on: date


@dataclass(slots=True)
class Counts:
    """What an import does to the rows of one kind; `changed` includes rows that come back."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0


@dataclass(slots=True)
class Plan:
    """Everything an import would do. `moved` of the unchanged rows only got another place in the order."""

    counts: dict[RowKind, Counts] = field(default_factory=lambda: {kind: Counts() for kind in RowKind})
    writes: dict[RowKind, list[Fresh]] = field(default_factory=lambda: {kind: [] for kind in RowKind})
    withdrawals: dict[RowKind, list[str]] = field(default_factory=lambda: {kind: [] for kind in RowKind})
    problems: list[Problem] = field(default_factory=list)
    active: dict[RowKind, int] = field(default_factory=lambda: dict.fromkeys(RowKind, 0))

    @property
    def withdrawn(self) -> int:
        return sum(len(ids) for ids in self.withdrawals.values())

    @property
    def is_empty(self) -> bool:
        return not self.withdrawn and not any(self.writes.values())

    def is_drastic(self) -> bool:
        """Whether so much would go that it looks like a mistake."""
        return any(len(self.withdrawals[kind]) > MOST_SHARE_WITHDRAWN * self.active[kind] for kind in RowKind)


def plan_import(
    read: WorkbookRead, directory: Directory, *, today: date, kept: Set[str] = frozenset()
) -> Plan:
    """What taking `read` into `directory` would do; `today` becomes the date of rows that change. Activities
    with an id in `kept` are a manager's own and stay without the file."""
    planner = _Planner(read, directory, today, kept)
    for kind, entries in entries_of(read).items():
        planner.take(kind, entries)
    return planner.plan


def entries_of(read: WorkbookRead) -> dict[RowKind, tuple[Entry, ...]]:
    """The rows of a workbook by kind, centres first because the others refer to them."""
    return {
        RowKind.CENTRE: read.centres,
        RowKind.SERVICE: read.services,
        RowKind.ACTIVITY: read.activities,
        RowKind.KIOSK: read.kiosks,
    }


def id_of(kind: RowKind, key: Key) -> str:
    """The row's id: its own key, or for a service the centre's and six letters of its name's hash."""
    if kind is not RowKind.SERVICE:
        return key[0]
    centre_id, name = key
    digest = hashlib.sha256(name.encode()).digest()
    return f"{centre_id}.{base64.b32encode(digest).decode('ascii')[:_ID_LETTERS].lower()}"


def hash_of(entry: Entry) -> str:
    """A hash over everything the row says; where it stands in the file is not part of that. A column that few
    files have changes no hash where it is empty: else every row would have been another one when it came."""
    values = {column.name: getattr(entry, column.name) for column in fields(entry) if column.name != "row"}
    for column in chain(*EXTRA.values()):
        if values.get(column) is None:
            values.pop(column, None)
    said = [value.isoformat() if isinstance(value, date) else value for value in values.values()]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def centre_of(entry: Entry) -> str:
    """The id of the centre an entry belongs to; a centre is its own."""
    return entry.id if isinstance(entry, CentreEntry) else entry.centre_id


class _Planner:
    """Goes through the kinds of rows, centres first."""

    def __init__(self, read: WorkbookRead, directory: Directory, today: date, own: Set[str]) -> None:
        self.plan = Plan()
        self._read = read
        self._directory = directory
        self._today = today
        self._own = own
        self._refused = set(read.refused)
        self._centres: set[str] = set()
        self._gone_centres: set[str] = set()

    def take(self, kind: RowKind, entries: Iterable[Entry]) -> None:
        kept = self._kept(kind, entries)
        if kind is RowKind.CENTRE:
            self._centres = set(kept)
        for position, (row_id, entry) in enumerate(kept.items(), start=1):
            self._compare(kind, row_id, position, entry)
        self._find_gone(kind, kept.keys())

    def _kept(self, kind: RowKind, entries: Iterable[Entry]) -> dict[str, Entry]:
        """The entries that may be taken, by id; the others are named and count as refused.

        Without a sheet of centres there is no place for anything, and naming every row would hide that.
        """
        kept: dict[str, Entry] = {}
        if self._read.titles[RowKind.CENTRE] in self._read.missing_sheets:
            return kept
        for entry in entries:
            key = key_of(entry)
            row_id = id_of(kind, key)
            owner = self._directory[kind].get(row_id)
            if trouble := self._centre_trouble(kind, centre_of(entry)):
                self._refuse(kind, entry, "centre_id", centre_of(entry), trouble)
            elif owner is not None and owner.district != self._read.district:
                text = expected("other_district", {"district": owner.district})
                self._refuse(kind, entry, "id", row_id, text)
            elif (twin := kept.get(row_id)) is not None:
                self._refuse(kind, entry, "name", entry.name, expected("id_collision", {"name": twin.name}))
            else:
                kept[row_id] = entry
        return kept

    def _refuse(self, kind: RowKind, entry: Entry, column: str, value: str, text: str) -> None:
        heading = self._read.headings[kind][column]
        self.plan.problems.append(
            Problem(self._read.titles[kind], entry.row, heading, value, text, refused=True)
        )
        self._refused.add((kind, key_of(entry)))

    def _centre_trouble(self, kind: RowKind, centre_id: str) -> str:
        """Why a row cannot stand at its centre; empty when it can."""
        if kind is RowKind.CENTRE or centre_id in self._centres:
            return ""
        known = self._directory[RowKind.CENTRE].get(centre_id)
        if known is not None and known.district != self._read.district:
            return expected("other_district", {"district": known.district})
        return expected("absent_centre")

    def _compare(self, kind: RowKind, row_id: str, position: int, entry: Entry) -> None:
        row_hash = hash_of(entry)
        known = self._directory[kind].get(row_id)
        counts, writes = self.plan.counts[kind], self.plan.writes[kind]
        if known is None:
            counts.added += 1
        elif known.is_withdrawn or known.row_hash != row_hash:
            counts.changed += 1
        else:
            counts.unchanged += 1
            if known.position != position:
                writes.append(Fresh(row_id, position, entry, row_hash, known.updated_on))
            return
        writes.append(Fresh(row_id, position, entry, row_hash, self._today))

    def _find_gone(self, kind: RowKind, kept: Set[str]) -> None:
        """This district's active rows that the file no longer has, and what stood at centres that go.

        A refused row is still in the file, so it is not gone.
        """
        own = self._own if kind is RowKind.ACTIVITY else frozenset()
        there = kept | own | {id_of(of_kind, key) for of_kind, key in self._refused if of_kind is kind}
        active = [
            (row_id, known)
            for row_id, known in self._directory[kind].items()
            if known.district == self._read.district and not known.is_withdrawn
        ]
        gone = [
            row_id
            for row_id, known in active
            if row_id not in there or (row_id not in kept and known.centre_id in self._gone_centres)
        ]
        if kind is RowKind.CENTRE:
            self._gone_centres = set(gone)
        self.plan.active[kind] = len(active)
        self.plan.withdrawals[kind] = gone
        self.plan.counts[kind].withdrawn = len(gone)
