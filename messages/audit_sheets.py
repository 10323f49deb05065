"""Writes the workbooks of the yearly audit pack, row by row."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from messages.audit_words import both, pair
from messages.workbook_cells import trimmed
from messages.workbook_write import cell_of

Value = str | int | float | date | None
USUAL = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """`name` and `columns` are words of the audit; a column may have a width in characters."""

    name: str
    columns: Sequence[tuple[str, int] | str]
    rows: Iterable[Sequence[Value]]


def write_book(path: Path, sheets: Iterable[Sheet]) -> None:
    """A file of .xlsx; no time and nobody's name is in it but what the rows say."""
    book = Workbook(write_only=True)
    for each in sheets:
        _write(book.create_sheet(" ".join(pair(f"sheets.{each.name}"))), each)
    book.save(path)


def _write(sheet: Any, said: Sheet) -> None:
    columns = [(each, USUAL) if isinstance(each, str) else each for each in said.columns]
    sheet.freeze_panes = "A2"
    for number, (_, width) in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.append([_cell(sheet, both(f"columns.{name}"), is_bold=True) for name, _ in columns])
    for row in said.rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Value, *, is_bold: bool = False) -> Any:
    cell = cell_of(sheet, value)
    if isinstance(value, str):  # Chinese, and English on a line of its own
        cell.value = "\n".join(map(trimmed, value.split("\n")))
        cell.data_type = "s"
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    if is_bold:
        cell.font = Font(bold=True)
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    return cell
