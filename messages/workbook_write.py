"""Writes the directory as the workbook that read_workbook reads, with the district's own headings."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from messages.workbook_cells import trimmed
from messages.workbook_rows import ActivityEntry, CentreEntry, Entry, KioskEntry, ServiceEntry
from messages.workbook_said import columns_of, written
from messages.workbook_words import RowKind, notes_sheet, sheet_words

_WIDTH = 18


def write_workbook(
    path: Path,
    centres: Iterable[CentreEntry],
    services: Iterable[ServiceEntry],
    activities: Iterable[ActivityEntry],
    kiosks: Iterable[KioskEntry],
    *,
    sample: bool,
) -> None:
    """Write all sheets and the notes; the file at `path` is replaced whole or not at all.

    `sample` says in the notes that the places are invented.
    """
    with replacing(path) as part:
        _book(centres, services, activities, kiosks, sample=sample).save(part)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write beside `path` that takes its place when all went well, and vanishes otherwise."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _book(
    centres: Iterable[CentreEntry],
    services: Iterable[ServiceEntry],
    activities: Iterable[ActivityEntry],
    kiosks: Iterable[KioskEntry],
    *,
    sample: bool,
) -> Workbook:
    book = Workbook(write_only=True)
    title, lines = notes_sheet(sample=sample)
    notes = book.create_sheet(title)
    for line in lines:
        notes.append([cell_of(notes, line or None)])
    parts: Sequence[tuple[RowKind, Iterable[Entry]]] = (
        (RowKind.CENTRE, centres),
        (RowKind.SERVICE, services),
        (RowKind.ACTIVITY, activities),
        (RowKind.KIOSK, kiosks),
    )
    for kind, entries in parts:
        _write_sheet(book, kind, entries)
    return book


def _write_sheet(book: Workbook, kind: RowKind, entries: Iterable[Entry]) -> None:
    words, listed = sheet_words(kind), list(entries)
    columns = columns_of(kind, listed)
    sheet: Any = book.create_sheet(words.title)
    sheet.freeze_panes = "A2"
    for number in range(1, len(columns) + 1):
        sheet.column_dimensions[get_column_letter(number)].width = _WIDTH
    headings = [cell_of(sheet, heading) for heading in columns.values()]
    for cell in headings:
        cell.font = Font(bold=True)
    sheet.append(headings)
    for entry in listed:
        sheet.append([cell_of(sheet, written(entry, column)) for column in columns])


def cell_of(sheet: Any, value: Any) -> Any:
    """A cell of a text, a number, a date or nothing. Text is text: what begins with '=' is no formula."""
    if not isinstance(value, str):
        return WriteOnlyCell(sheet, value)
    cell = WriteOnlyCell(sheet, trimmed(value))
    cell.data_type = "s"
    return cell
