"""Writes the directory as tables of plain text, a file of CSV for each sheet of the workbook, in one zip."""

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from messages.workbook_rows import Entry
from messages.workbook_said import columns_of, written
from messages.workbook_words import RowKind, notes_sheet, sheet_words

# Without it Excel takes the text for one of another alphabet.
ENCODING = "utf-8-sig"
# What Excel, WPS and LibreOffice take for a formula, also wide as in Chinese text.
_BEGINS_FORMULA = frozenset("=+-@")


def write_tables(path: Path, entries: Mapping[RowKind, Sequence[Entry]], *, sample: bool) -> None:
    """Every sheet under its title, and the notes; `sample` says in these that the places are invented."""
    title, lines = notes_sheet(sample=sample)
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{title}.txt", "\r\n".join(lines).encode(ENCODING))
        for kind, listed in entries.items():
            archive.writestr(f"{sheet_words(kind).title}.csv", _table(kind, listed).encode(ENCODING))


def _table(kind: RowKind, entries: Sequence[Entry]) -> str:
    columns = columns_of(kind, entries)
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(columns.values())
    rows.writerows([harmless(written(entry, column)) for column in columns] for entry in entries)
    return text.getvalue()


def harmless(value: str | int | float | None) -> str | int | float | None:
    """A cell that no program calculates: an apostrophe stands before what would be a formula. Numbers of ours
    are numbers."""
    if not isinstance(value, str):
        return value
    first = unicodedata.normalize("NFKC", value.lstrip())[:1]
    return f"'{value}" if first in _BEGINS_FORMULA and first else value
