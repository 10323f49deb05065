"""Rows of the directory as the workbook says them, for whoever writes or compares them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final

from messages.workbook_rows import EXTRA, Entry
from messages.workbook_words import RowKind, WordTable, sheet_words, word_for

_WORDS: Final = {"kind": WordTable.KINDS, "status": WordTable.STATUSES, "category": WordTable.CATEGORIES}


def columns_of(kind: RowKind, entries: Sequence[Entry]) -> Mapping[str, str]:
    """Those of a sheet with their headings: one that few files have, only where something stands in it."""
    extra = EXTRA.get(kind, frozenset())
    return {
        column: heading
        for column, heading in sheet_words(kind).headings.items()
        if column not in extra or any(getattr(entry, column) is not None for entry in entries)
    }


def written(entry: Entry, column: str) -> str | int | float | None:
    """A column of an entry as the workbook writes it; dates as ISO text, which no locale can turn round."""
    value: str | int | float | date | None = getattr(entry, column)
    match value:
        case str() if column in _WORDS:
            return word_for(_WORDS[column], value)
        case date():
            return value.isoformat()
        case _:
            return value
