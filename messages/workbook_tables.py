"""Finds the table in a sheet: which row holds the headings and which column each of them names."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, Final

from messages.workbook_cells import as_text, is_blank
from messages.workbook_file import SheetRow
from messages.workbook_words import SheetWords

HEADING_ROWS: Final = 10


@dataclass(frozen=True, slots=True)
class Table:
    """`row` is the headings' row; `columns` are indexes by column; `headings` as they are written there."""

    row: int
    columns: Mapping[str, int]
    headings: Mapping[str, str]
    twice: tuple[str, ...]
    rows: Iterator[SheetRow]

    def cells(self, row: SheetRow) -> dict[str, Any]:
        """The row's cells by column, as far as the row goes."""
        return {column: row.cells[at] for column, at in self.columns.items() if at < len(row.cells)}

    def written(self, row: SheetRow) -> list[str]:
        """The columns with something in this very row (not only in a merged cell from above or the left)."""
        return [
            column for column, at in self.columns.items() if at in row.own and not is_blank(row.cells[at])
        ]

    def repeats_headings(self, row: SheetRow) -> bool:
        """Whether it is the headings again, as after a page break or in a merged second heading row."""
        return all(as_text(cell) == self.headings[column] for column, cell in self.cells(row).items())


def find_table(rows: Iterator[SheetRow], words: SheetWords) -> Table | None:
    """The table below the row, among the first ten, that names most columns; at least two of them."""
    first: list[SheetRow] = []
    for row in rows:
        first.append(row)
        if row.number >= HEADING_ROWS:
            break
    best = max(first, key=lambda row: len(_columns(row, words)), default=None)
    if best is None or best.number > HEADING_ROWS or len(_columns(best, words)) < 2:
        return None
    columns = _columns(best, words)
    headings = {column: as_text(best.cells[at]) or "" for column, at in columns.items()}
    below = chain((row for row in first if row.number > best.number), rows)
    return Table(best.number, columns, headings, _twice(best, columns, words), below)


def _columns(row: SheetRow, words: SheetWords) -> dict[str, int]:
    """Where each known column stands; of two headings for one column its first form wins, then the left."""
    found: dict[str, int] = {}
    preferred: set[str] = set()
    for at, column in _named(row, words):
        is_preferred = words.is_preferred(as_text(row.cells[at]) or "")
        if column not in found or (is_preferred and column not in preferred):
            found[column] = at
            preferred.update({column} if is_preferred else ())
    return found


def _named(row: SheetRow, words: SheetWords) -> Iterator[tuple[int, str]]:
    for at in sorted(row.own):
        text = as_text(row.cells[at])
        column = words.column_of(text) if text else None
        if column:
            yield at, column


def _twice(row: SheetRow, columns: Mapping[str, int], words: SheetWords) -> tuple[str, ...]:
    """Headings of columns that are not read because another one means the same."""
    return tuple(as_text(row.cells[at]) or "" for at, column in _named(row, words) if columns[column] != at)
