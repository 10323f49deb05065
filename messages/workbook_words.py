"""The words of a district's workbook: its sheets, headings, kinds, and what is said about a bad cell."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from messages.words import words


class RowKind(StrEnum):
    CENTRE = "centre"
    SERVICE = "service"
    ACTIVITY = "activity"
    KIOSK = "kiosk"


class WordTable(StrEnum):
    """Columns that hold one of a few words; the value is the table's name in the word list."""

    KINDS = "kinds"
    STATUSES = "statuses"
    CATEGORIES = "categories"


_SPACES = re.compile(r"\s+")
_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_DECORATION = "*:;,.#"


@dataclass(frozen=True, slots=True)
class SheetWords:
    """A sheet: the title written on export, every title read, and its columns' headings in order."""

    kind: RowKind
    title: str
    titles: frozenset[str]
    headings: Mapping[str, str]
    _columns: Mapping[str, str]
    _preferred: Mapping[str, str]

    def column_of(self, heading: str) -> str | None:
        """The column a heading names: as written, then without what stands in brackets."""
        key = squeezed(heading)
        return self._columns.get(key) or self._columns.get(squeezed(_BRACKETS.sub("", key)))

    def is_preferred(self, heading: str) -> bool:
        """Whether it is the column's first form, which wins when two headings mean one column."""
        return squeezed(heading) in self._preferred


def squeezed(text: str) -> str:
    """A heading, title or word ready to compare: one width, one case, no blanks, no decoration."""
    narrow = unicodedata.normalize("NFKC", text).casefold()
    return _SPACES.sub("", "".join(c for c in narrow if unicodedata.category(c) != "Cf")).strip(_DECORATION)


@cache
def sheet_words(kind: RowKind) -> SheetWords:
    sheet = words("zh", "workbook")["sheets"][kind.value]
    columns: dict[str, list[str]] = sheet["columns"]
    titles: list[str] = sheet["titles"]
    return SheetWords(
        kind=kind,
        title=titles[0],
        titles=frozenset(squeezed(title) for title in titles),
        headings={column: forms[0] for column, forms in columns.items()},
        _columns={squeezed(form): column for column, forms in columns.items() for form in forms},
        _preferred={squeezed(forms[0]): column for column, forms in columns.items()},
    )


@cache
def _meanings(table: WordTable) -> dict[str, str]:
    return {squeezed(form): code for code, forms in words("zh", "workbook")[table].items() for form in forms}


def meaning(table: WordTable, text: str) -> str | None:
    """The code a word of the workbook stands for, None when the list does not know it."""
    return _meanings(table).get(squeezed(text))


def word_for(table: WordTable, code: str) -> str:
    """The word written on export for a code."""
    form: str = words("zh", "workbook")[table][code][0]
    return form


def forms_of(table: WordTable, code: str) -> tuple[str, ...]:
    """Every word that is read as a code, the one written on export first."""
    return tuple(words("zh", "workbook")[table][code])


def word_choices(table: WordTable) -> str:
    """The words to choose from, as an operator reads them."""
    lists = words("zh", "workbook")
    separator: str = lists["word_separator"]
    return separator.join(forms[0] for forms in lists[table].values())


def expected(code: str, values: Mapping[str, object] | None = None) -> str:
    """What a cell should have held, in the language of the workbook."""
    text: str = words("zh", "workbook")["expected"][code]
    return text.format_map(values or {})


@cache
def pattern(name: str) -> re.Pattern[str]:
    """A pattern of the word list, for texts whose full-width forms have been narrowed."""
    return re.compile(words("zh", "workbook")["patterns"][name])


def with_kept(note: str | None, heading: str, value: str) -> str:
    """The note of a row with a cell added that its own column cannot hold."""
    lists = words("zh", "workbook")
    kept: str = lists["kept_in_note"].format(heading=heading, value=value)
    return f"{note}{lists['note_separator']}{kept}" if note else kept


def is_sample(note: str | None) -> bool:
    """Whether a centre's note says that the row is an invented sample."""
    return note is not None and pattern("sample").search(note) is not None


def notes_sheet(*, sample: bool) -> tuple[str, list[str]]:
    """Title and lines of the sheet of notes to people."""
    notes = words("zh", "workbook")["notes"]
    return notes["title"], notes["sample" if sample else "plain"]
