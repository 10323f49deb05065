"""The workbook of a digest: the numbers behind its sentences and its chart, to reckon with.

What a resident said in their own words is not in it: a file is passed on.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date, datetime
from io import BytesIO
from typing import Any
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from messages.file_words import FileWords
from messages.views_digest import DigestShown, Figure, ToDo
from messages.workbook_write import cell_of

Value = str | int | float | date | datetime | None
Field = tuple[Value, str | None]
"""What stands in a cell, and how a number or a date in it is written."""

SHARES = frozenset({"satisfied", "filled", "missed"})
"""The figures that are shares; all others are counts."""

SHARE, COUNT, MEAN, DAY, MOMENT = "0%", "#,##0", "#,##0.0", "yyyy-mm-dd", "yyyy-mm-dd hh:mm"
EMPTY: Field = (None, None)
_WEEK = {
    "from_on": DAY, "satisfied": SHARE, "low": SHARE, "high": SHARE,
    "ratings": COUNT, "activities": COUNT, "people": COUNT,
}  # fmt: skip
_NARROWEST, _WIDEST = 10, 60


def workbook_of(digest: DigestShown, language: str) -> bytes:
    """The digest as an .xlsx file of three sheets: summary, weeks, cases and stars. Shares are numbers from
    0 to 1, days are dates, times are those of the clock on the wall."""
    said = FileWords(language, "workbook", "digest")
    book = Workbook(write_only=True)
    _sheet(book, said, "summary", _summary(digest, said))
    _sheet(book, said, "weeks", _weeks(digest))
    _sheet(book, said, "stars", _stars(digest, said))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _summary(digest: DigestShown, said: FileWords) -> Iterator[tuple[Field, ...]]:
    """Rows of item, value, n, low, high, before, moved, at."""
    facts: tuple[tuple[str, Field], ...] = (
        ("centre", (said.script(digest.centre.name), None)),
        ("cadence", (said.say(f"cadences.{digest.cadence}"), None)),
        ("first_on", (digest.first_on, DAY)),
        ("last_on", (digest.last_on, DAY)),
    )
    for name, value in facts:
        yield _named(said, f"items.{name}"), value
    for figure in digest.figures:
        yield _figure(figure, said)
    for todo in digest.todo:
        yield _todo(todo, said)
    yield _named(said, "items.next_sessions"), (digest.next_sessions, COUNT)
    yield _named(said, "items.next_booked"), (digest.next_booked, COUNT)
    for name in digest.next_off:
        yield _named(said, "items.next_off"), (said.label("holidays", name), None)
    for question in digest.questions:
        yield _named(said, "items.question"), (question, None)


def _todo(todo: ToDo, said: FileWords) -> tuple[Field, ...]:
    asked = said.say("todo_item", {"what": said.name("todo", todo.kind)})
    at = todo.at and todo.at.replace(tzinfo=None)
    return (asked, None), (todo.what, None), (todo.count, COUNT), EMPTY, EMPTY, EMPTY, EMPTY, (at, MOMENT)


def _figure(figure: Figure, said: FileWords) -> tuple[Field, ...]:
    is_share = figure.name in SHARES
    shown, of_average = (SHARE, SHARE) if is_share else (COUNT, MEAN)
    return (
        (said.name("figures", figure.name), None),
        (figure.value, shown),
        (figure.n, COUNT),
        (figure.low, shown),
        (figure.high, shown),
        (figure.before, of_average),
        (figure.moved and said.name("moved", figure.moved), None),
    )


def _weeks(digest: DigestShown) -> Iterator[tuple[Field, ...]]:
    for week in digest.weeks:
        yield tuple((getattr(week, name), shown) for name, shown in _WEEK.items())


def _stars(digest: DigestShown, said: FileWords) -> Iterator[tuple[Field, ...]]:
    """Rows of item and value: the cases, then what the stars say."""
    for field in fields(digest.cases):
        yield _named(said, f"cases.{field.name}"), (getattr(digest.cases, field.name), COUNT)
    if digest.stars is None:
        return
    for field in fields(digest.stars):
        value = getattr(digest.stars, field.name)
        if field.name == "cases":
            for code in value:
                yield _named(said, "rated.case"), (code, None)
        elif field.name == "lack" and value is not None:
            yield _named(said, "rated.lack"), (said.name("lacks", value), None)
        elif value is not None:
            yield _named(said, f"rated.{field.name}"), (value, COUNT)


def _named(said: FileWords, key: str) -> Field:
    return said.say(key), None


def _sheet(book: Workbook, said: FileWords, name: str, rows: Iterable[Sequence[Field]]) -> None:
    """A sheet with its headings in a row that stays where it is."""
    columns = said.names(name)
    headings: tuple[Field, ...] = tuple((heading, None) for heading in columns)
    table = [headings, *rows]
    sheet: Any = book.create_sheet(said.say(f"sheets.{name}"))
    sheet.freeze_panes = "A2"
    for number in range(len(columns)):
        letter = get_column_letter(number + 1)
        sheet.column_dimensions[letter].width = _width(row[number] for row in table if number < len(row))
    for number, row in enumerate(table):
        sheet.append([_cell(sheet, field, is_bold=number == 0) for field in row])


def _cell(sheet: Any, field: Field, *, is_bold: bool) -> Any:
    value, shown = field
    cell = cell_of(sheet, value)
    if shown:
        cell.number_format = shown
    if is_bold:
        cell.font = Font(bold=True)
    cell.alignment = Alignment(vertical="top", wrap_text=isinstance(value, str))
    return cell


def _width(column: Iterable[Field]) -> int:
    """In characters of a column, of which a Chinese one takes two."""
    widest = max((_characters(value) for value, _ in column), default=0)
    return min(max(widest + 2, _NARROWEST), _WIDEST)


def _characters(value: Value) -> int:
    match value:
        case None:
            return 0
        case datetime():
            return len(MOMENT)
        case float():
            return len("100.0%")
        case _:
            return sum(2 if east_asian_width(character) in "WF" else 1 for character in str(value))
