"""Opens an .xlsx file that nobody vouches for and streams the rows of its sheets.

openpyxl, and Pillow with it, is loaded with the first file: it takes a tenth of a second, and Linli seldom
needs it.
"""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final
from zipfile import ZipFile

MOST_FILE_BYTES: Final = 64 << 20
MOST_SHEET_BYTES: Final = 256 << 20
MOST_PART_BYTES: Final = 32 << 20
MOST_BYTES: Final = 512 << 20
MOST_HANDED_BYTES: Final = 96 << 20
"""What a file that was handed in may hold in all, unpacked."""
MOST_PARTS: Final = 2_000
MOST_ROWS: Final = 300_000
LAST_ROW: Final = 1_048_576
MOST_COLUMNS: Final = 256
MOST_BYTES_BETWEEN_ROWS: Final = 4 << 20
MOST_MERGES: Final = 100_000
MOST_MERGES_AT_A_ROW: Final = 500

_CHUNK = 1 << 20
_BATCH = 256
_OLE = b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*[\"']([^\"']{2,40})[\"']")
_EMPTY_FORMULA = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br=[\"']([A-Z]{1,3}\d{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_RESUME = re.compile(rb"<(?:\w+:)?(?:c|mergeCell|row)\s")


class WorkbookError(Exception):
    """The file as a whole cannot be read; the text names it and says what to do. `why` says it in one word:
    'format', 'size', 'damage', 'sheets' (none of ours) or 'districts' (of several, or of none)."""

    def __init__(self, text: str, why: str = "damage") -> None:
        super().__init__(text)
        self.why = why


@dataclass(frozen=True, slots=True)
class Handed:
    """A workbook that somebody handed in, in memory; it opens as a file does. What nobody vouches for may
    hold less than what the operator names on the command line."""

    name: str
    content: bytes

    def open(self, _: str) -> IO[bytes]:
        return BytesIO(self.content)

    def __str__(self) -> str:
        return self.name


Source = Path | Handed


class FormulaWithoutResult:
    """Stands for a cell whose formula was saved without its result."""


FORMULA_WITHOUT_RESULT: Final = FormulaWithoutResult()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as people see it: merged cells filled. `own` are the indexes written in this very row."""

    number: int
    cells: tuple[Any, ...]
    own: frozenset[int]


@dataclass(frozen=True, slots=True)
class _Merge:
    left: int
    top: int
    right: int
    bottom: int


@dataclass(frozen=True, slots=True)
class _Scan:
    """What a first look at a sheet's XML finds: merges by first row, formulas without result."""

    merges: tuple[_Merge, ...]
    empty_formulas: dict[int, list[int]]


class Book:
    """An open workbook; only valid inside `opened`."""

    def __init__(self, path: Source, archive: ZipFile, book: Any) -> None:
        self._path = path
        self._archive = archive
        self._book = book
        self.titles: tuple[str, ...] = tuple(
            sheet.title for sheet in book.worksheets if hasattr(sheet, "_worksheet_path")
        )

    def rows(self, title: str) -> Iterator[SheetRow]:
        """Rows with something in them, top down, one at a time. Raises WorkbookError."""
        sheet = self._book[title]
        scan = self._scan(title, sheet._worksheet_path)
        with _damage(self._path, f"sheet {title}"):
            sheet.reset_dimensions()
            values = sheet.iter_rows(values_only=True)
        number = 0
        active: list[_Merge] = []
        above: dict[tuple[int, int], Any] = {}
        waiting = iter(scan.merges)
        upcoming = next(waiting, None)
        while batch := self._batch(title, values):
            for raw in batch:
                number += 1
                if number > LAST_ROW:
                    raise WorkbookError(f"{self._path}: sheet {title} names a row beyond {LAST_ROW}.")
                while upcoming is not None and upcoming.top <= number:
                    active.append(upcoming)
                    upcoming = next(waiting, None)
                row = _filled(number, _marked(raw, scan.empty_formulas.get(number)), active, above)
                if active:
                    self._check_merges(title, active)
                    active = [merge for merge in active if merge.bottom > number]
                if any(cell is not None for cell in row.cells):
                    yield row

    def _batch(self, title: str, values: Iterator[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        with _damage(self._path, f"sheet {title}"):
            return list(islice(values, _BATCH))

    def _check_merges(self, title: str, active: list[_Merge]) -> None:
        if len(active) > MOST_MERGES_AT_A_ROW:
            raise WorkbookError(
                f"{self._path}: sheet {title} has too many merged cells at one row. "
                "Remove the merging and save it again."
            )

    def _scan(self, title: str, part: str) -> _Scan:
        """One pass over the raw XML: openpyxl's streaming reader tells neither merges nor empty formulas."""
        from openpyxl.utils import coordinate_to_tuple, range_boundaries  # noqa: PLC0415 - see above

        merges: list[_Merge] = []
        formulas: dict[int, list[int]] = {}
        with _damage(self._path, f"sheet {title}"), self._archive.open(part) as source:
            for piece in _pieces(source, self._path, title):
                for found in _MERGE.finditer(piece):
                    left, top, right, bottom = range_boundaries(found[1].decode("ascii"))
                    if left and top and right and bottom:
                        merges.append(_Merge(left, top, right, bottom))
                for found in _EMPTY_FORMULA.finditer(piece):
                    row, column = coordinate_to_tuple(found[1].decode("ascii"))
                    formulas.setdefault(row, []).append(column - 1)
        if len(merges) > MOST_MERGES:
            raise WorkbookError(f"{self._path}: sheet {title} has too many merged cells. Remove the merging.")
        return _Scan(tuple(sorted(merges, key=lambda merge: merge.top)), formulas)


@contextmanager
def opened(path: Source) -> Iterator[Book]:
    """The workbook at `path`. Raises WorkbookError when it is none, damaged, or absurdly large."""
    from openpyxl import load_workbook  # noqa: PLC0415 - see above

    try:
        source = path.open("rb")
    except FileNotFoundError as error:
        raise WorkbookError(f"{path}: no such file.") from error
    except OSError as error:
        raise WorkbookError(f"{path}: cannot be read ({error.strerror}).") from error
    with source:
        _check_format(path, source)
        with _damage(path, "its contents"):
            archive = ZipFile(source)
        with archive:
            _check_sizes(path, archive)
            with _damage(path, "its structure"):
                book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
            try:
                yield Book(path, archive, book)
            finally:
                book.close()


def _check_format(path: Source, source: IO[bytes]) -> None:
    with _damage(path, "the file"):
        start = source.read(4)
        size = source.seek(0, 2)
        source.seek(0)
    if start == _OLE:
        raise WorkbookError(
            f"{path}: an old or encrypted Excel file. Open it, remove any password and save it as .xlsx.",
            "format",
        )
    if not start.startswith(b"PK"):
        raise WorkbookError(
            f"{path}: this is not an .xlsx workbook. Save it from Excel or WPS as .xlsx.", "format"
        )
    if size > MOST_FILE_BYTES:
        raise _too_large(path, "the file", size, MOST_FILE_BYTES)


def _check_sizes(path: Source, archive: ZipFile) -> None:
    """Refuse by declared sizes; zipfile never inflates more than a part declares."""
    parts = archive.infolist()
    if len(parts) > MOST_PARTS:
        raise WorkbookError(
            f"{path}: the file has {len(parts)} parts. Save it again from Excel or WPS as .xlsx.",
            "size",
        )
    for part in parts:
        most = MOST_SHEET_BYTES if "worksheets/" in part.filename else MOST_PART_BYTES
        if part.file_size > most:
            raise _too_large(path, f"its part {part.filename}", part.file_size, most)
    total = sum(part.file_size for part in parts)
    most = MOST_HANDED_BYTES if isinstance(path, Handed) else MOST_BYTES
    if total > most:
        raise _too_large(path, "what the file holds", total, most)


def _too_large(path: Source, what: str, size: int, most: int) -> WorkbookError:
    return WorkbookError(
        f"{path}: {what} has {size >> 20} MB, an import reads at most {most >> 20} MB. Split the file.",
        "size",
    )


@contextmanager
def _damage(path: Source, where: str) -> Iterator[None]:
    """Whatever zip, XML or workbook reading raises on a damaged file becomes one WorkbookError.

    openpyxl raises nearly any exception on bad input (KeyError, TypeError, ValueError, IndexError …),
    so the net is wide; only calls that read the file stand inside it. Its warnings concern
    decoration (styles, extensions) that an import does not use.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except WorkbookError:
        raise
    except Exception as error:
        raise WorkbookError(
            f"{path}: {where} cannot be read; the file is damaged or not an .xlsx workbook. "
            "Ask for a fresh copy, or open it in Excel or WPS and save it again as .xlsx."
        ) from error


def _pieces(source: IO[bytes], path: Source, title: str) -> Iterator[bytes]:
    """The XML in pieces that do not cut a cell or a merge reference in two."""
    carry = b""
    rows = since_row = 0
    while chunk := source.read(_CHUNK):
        if chunk.startswith(_UTF16):
            raise WorkbookError(f"{path}: sheet {title} is not in UTF-8. Save it again as .xlsx.")
        piece = carry + chunk
        starts = [found.start() for found in _ROW.finditer(chunk)]
        rows += len(starts)
        since_row = len(chunk) - starts[-1] if starts else since_row + len(chunk)
        if rows > MOST_ROWS or since_row > MOST_BYTES_BETWEEN_ROWS:
            raise WorkbookError(
                f"{path}: sheet {title} has more than {MOST_ROWS} rows or a row of absurd size. "
                "Delete empty formatted rows, or split the file.",
                "size",
            )
        cut = _last_start(piece)
        yield piece[:cut]
        carry = piece[cut:]
    yield carry


def _last_start(piece: bytes) -> int:
    """Where the last cell, row or merge reference of a piece begins; what follows may be incomplete."""
    last = len(piece)
    for found in _RESUME.finditer(piece, max(0, len(piece) - 65_536)):
        last = found.start()
    return last


def _filled(number: int, raw: list[Any], active: list[_Merge], above: dict[tuple[int, int], Any]) -> SheetRow:
    """The row with merged cells filled from their upper left corner; `above` remembers the corners."""
    own = frozenset(index for index, cell in enumerate(raw) if cell is not None)
    for merge in active:
        right = min(merge.right, MOST_COLUMNS)
        raw.extend([None] * (right - len(raw)))
        corner = (merge.top, merge.left)
        if merge.top == number and merge.left <= right:
            above[corner] = raw[merge.left - 1]
        value = above.get(corner)
        for index in range(merge.left - 1, right):
            if raw[index] is None:
                raw[index] = value
        if merge.bottom <= number:
            above.pop(corner, None)
    return SheetRow(number, tuple(raw), own)


def _marked(raw: tuple[Any, ...], empty_formulas: list[int] | None) -> list[Any]:
    """The row's cells with a mark where a formula has no result."""
    cells = list(raw[:MOST_COLUMNS])
    for index in empty_formulas or ():
        if index < MOST_COLUMNS:
            cells.extend([None] * (index + 1 - len(cells)))
            cells[index] = FORMULA_WITHOUT_RESULT
    return cells
