"""Reads a district's workbook by its headings and says, cell by cell, what could not be read."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final, TypeVar

from messages.geo import distance_m
from messages.workbook_file import Book, Handed, SheetRow, Source, WorkbookError, opened
from messages.workbook_rows import (
    EXTRA,
    READERS,
    REQUIRED,
    ActivityEntry,
    CentreEntry,
    Entry,
    KioskEntry,
    Line,
    Problem,
    ServiceEntry,
    Shared,
)
from messages.workbook_tables import Table, find_table
from messages.workbook_words import RowKind, SheetWords, expected, sheet_words, squeezed

__all__ = [
    "ActivityEntry",
    "CentreEntry",
    "Entry",
    "Handed",
    "Key",
    "KioskEntry",
    "Problem",
    "RowKind",
    "ServiceEntry",
    "WorkbookError",
    "WorkbookRead",
    "key_of",
    "read_workbook",
]

FAR_KM: Final = 100
"""A centre farther than this from the middle of its district's centres is named as doubtful."""

Key = tuple[str, ...]
"""(id,), or (centre id, name in narrow form) of a service."""

_E = TypeVar("_E", CentreEntry, ServiceEntry, ActivityEntry, KioskEntry)
_PREFIX = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class WorkbookRead:
    """What a workbook holds.

    `district` is empty when no row tells it. `refused` are the keys of rows that stand in the file
    but could not be taken: they are not gone. `titles` and `headings` say how the file names things.
    """

    centres: tuple[CentreEntry, ...]
    services: tuple[ServiceEntry, ...]
    activities: tuple[ActivityEntry, ...]
    kiosks: tuple[KioskEntry, ...]
    problems: tuple[Problem, ...]
    district: str
    missing_sheets: tuple[str, ...]
    refused: frozenset[tuple[RowKind, Key]]
    titles: Mapping[RowKind, str]
    headings: Mapping[RowKind, Mapping[str, str]]


def key_of(entry: Entry) -> Key:
    """What makes a row the same row in another file."""
    match entry:
        case ServiceEntry():
            return entry.centre_id, squeezed(entry.name)
        case _:
            return (entry.id,)


def read_workbook(path: Source, *, district: str | None = None) -> WorkbookRead:
    """Everything the workbook says and everything wrong with it.

    `district` says whose file it is; by default the letters that all centres' keys begin with.
    Raises WorkbookError when the file as a whole cannot be used; bad rows are problems, not errors.
    """
    reading = _Reading(path, (district or "").strip())
    with opened(path) as book:
        sheets = {kind: title for kind in RowKind if (title := _title(book, sheet_words(kind)))}
        if not sheets:
            wanted = ", ".join(sheet_words(kind).title for kind in RowKind)
            raise WorkbookError(
                f"{path}: none of the sheets {wanted} is in it. Is it the right file?", "sheets"
            )
        for kind in RowKind:
            reading.read_sheet(book, kind, sheets.get(kind))
            if kind is RowKind.CENTRE:
                reading.settle_centres()
    return reading.result()


def _title(book: Book, words: SheetWords) -> str | None:
    """The sheet's title in the book: the form that is written first, then the other forms."""
    known = [title for title in book.titles if squeezed(title) in words.titles]
    return min(known, key=lambda title: squeezed(title) != squeezed(words.title), default=None)


@dataclass(slots=True)
class _Reading:
    """The state of one reading, sheet after sheet; centres come first because others refer to them."""

    path: Source
    district: str
    rows: dict[RowKind, dict[Key, Entry]] = field(default_factory=lambda: {kind: {} for kind in RowKind})
    problems: list[Problem] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    refused: set[tuple[RowKind, Key]] = field(default_factory=set)
    titles: dict[RowKind, str] = field(default_factory=dict)
    headings: dict[RowKind, Mapping[str, str]] = field(default_factory=dict)
    shared: Shared = field(default_factory=Shared)

    def read_sheet(self, book: Book, kind: RowKind, title: str | None) -> None:
        words = sheet_words(kind)
        self.titles[kind] = title or words.title
        self.headings[kind] = words.headings
        if title is None:
            self._miss(words.title, "sheet")
            return
        table = find_table(book.rows(title), words)
        if table is None:
            self._miss(title, "headings")
            return
        self.headings[kind] = {**words.headings, **table.headings}
        if not self._has_columns(kind, table):
            self.missing.append(title)
            return
        for row in table.rows:
            self._read_row(kind, table, row)

    def _miss(self, sheet: str, code: str) -> None:
        self.problems.append(Problem(sheet, 0, "", "", expected(code), refused=True))
        self.missing.append(sheet)

    def _has_columns(self, kind: RowKind, table: Table) -> bool:
        """Name headings that are missing or doubled; False when the sheet cannot be read for it."""
        title, complete = self.titles[kind], True
        for column, heading in sheet_words(kind).headings.items():
            if column not in table.columns and column not in EXTRA.get(kind, ()):
                is_required = column in REQUIRED[kind]
                text = expected("column" if is_required else "column_optional")
                self.problems.append(Problem(title, table.row, heading, "", text, refused=is_required))
                complete = complete and not is_required
        for heading in table.twice:
            self.problems.append(
                Problem(title, table.row, heading, heading, expected("column_twice"), refused=False)
            )
        return complete

    def _read_row(self, kind: RowKind, table: Table, row: SheetRow) -> None:
        written = table.written(row)
        if not written or table.repeats_headings(row):
            return
        line = Line(self.titles[kind], row.number, table.cells(row), self.headings[kind], self.shared)
        if len(written) == 1:
            line.says(written[0], expected("note_row"), refused=True)
        else:
            self._keep(kind, READERS[kind](line), line)
        self.problems += line.problems

    def _keep(self, kind: RowKind, entry: Entry, line: Line) -> None:
        """Take the entry, unless its line was refused, it stands there twice or has no centre."""
        key = key_of(entry)
        if all(key) and (twin := self.rows[kind].get(key)):
            column = "name" if kind is RowKind.SERVICE else "id"
            line.says(column, expected("duplicate", {"row": twin.row}), refused=True)
            return
        if not isinstance(entry, CentreEntry):
            self._check_centre(entry.centre_id, line)
        if not line.refused:
            self.rows[kind][key] = entry
            self.refused.discard((kind, key))
        elif all(key):
            self.refused.add((kind, key))

    def _check_centre(self, centre_id: str, line: Line) -> None:
        """The centre must be in the file; for a file without centres the import asks the directory."""
        title = self.titles[RowKind.CENTRE]
        if not centre_id or title in self.missing or (centre_id,) in self.rows[RowKind.CENTRE]:
            return
        was_refused = (RowKind.CENTRE, (centre_id,)) in self.refused
        text = expected("refused_centre" if was_refused else "unknown_centre", {"sheet": title})
        line.says("centre_id", text, refused=True)

    def settle_centres(self) -> None:
        """Once the centres are known: whose they are, and whether one lies far from the others."""
        centres = _only(CentreEntry, self.rows[RowKind.CENTRE].values())
        prefixes = Counter(prefix_of(centre.id) for centre in centres)
        if not self.district:
            self._take_district(centres, prefixes)
        elif prefixes[self.district]:
            for centre in centres:
                if prefix_of(centre.id) != self.district:
                    text = expected("other_prefix", {"district": self.district})
                    self._say(centre, "id", centre.id, text, refused=True)
                    del self.rows[RowKind.CENTRE][key_of(centre)]
        self._name_far(_only(CentreEntry, self.rows[RowKind.CENTRE].values()))

    def _take_district(self, centres: tuple[CentreEntry, ...], prefixes: Counter[str]) -> None:
        if len(prefixes) > 1 or "" in prefixes:
            rows: dict[str, int] = {}
            for centre in centres:
                rows.setdefault(prefix_of(centre.id), centre.row)
            told = ", ".join(
                f"{prefix or 'no letters'}: {count} rows, first in row {rows[prefix]}"
                for prefix, count in prefixes.most_common()
            )
            raise WorkbookError(
                f"{self.path}: the keys of the centres do not tell one district ({told}). "
                "Correct them, or name the district with --district.",
                "districts",
            )
        self.district = next(iter(prefixes), "")

    def _name_far(self, centres: tuple[CentreEntry, ...]) -> None:
        if len(centres) < 5:
            return
        middle = (median(c.latitude for c in centres), median(c.longitude for c in centres))
        for centre in centres:
            away = distance_m(middle, (centre.latitude, centre.longitude)) / 1000
            if away > FAR_KM:
                text = expected("far", {"kilometres": round(away)})
                self._say(centre, "latitude", f"{centre.latitude}, {centre.longitude}", text, refused=False)

    def _say(self, centre: CentreEntry, column: str, value: str, text: str, *, refused: bool) -> None:
        heading = self.headings[RowKind.CENTRE][column]
        self.problems.append(Problem(self.titles[RowKind.CENTRE], centre.row, heading, value, text, refused))

    def result(self) -> WorkbookRead:
        services = _only(ServiceEntry, self.rows[RowKind.SERVICE].values())
        activities = _only(ActivityEntry, self.rows[RowKind.ACTIVITY].values())
        kiosks = _only(KioskEntry, self.rows[RowKind.KIOSK].values())
        if not self.district:
            dependents: tuple[ServiceEntry | ActivityEntry | KioskEntry, ...] = services + activities + kiosks
            prefixes = {prefix_of(row.centre_id) for row in dependents}
            self.district = prefixes.pop() if len(prefixes) == 1 else ""
        return WorkbookRead(
            centres=_only(CentreEntry, self.rows[RowKind.CENTRE].values()),
            services=services,
            activities=activities,
            kiosks=kiosks,
            problems=tuple(self.problems),
            district=self.district,
            missing_sheets=tuple(self.missing),
            refused=frozenset(self.refused),
            titles=dict(self.titles),
            headings=dict(self.headings),
        )


def prefix_of(key: str) -> str:
    """The letters a key begins with, the district's by default; empty when it begins with none."""
    found = _PREFIX.match(key)
    return found[0] if found else ""


def _only(kind: type[_E], entries: Iterable[Entry]) -> tuple[_E, ...]:
    return tuple(entry for entry in entries if isinstance(entry, kind))
