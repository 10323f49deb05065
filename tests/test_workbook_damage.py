"""Files that are no workbook, damaged, or absurdly large give one clear error and nothing else."""

import random
import zipfile
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from messages import workbook_file
from messages.workbook import WorkbookError, WorkbookRead, read_workbook
from messages.workbook_words import RowKind, sheet_words
from tests.workbooks import CENTRES, KIOSKS, SERVICES, save, small

SAMPLE = Path(__file__).parent.parent / "handlers" / "data" / "fengze.xlsx"

_SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>{}</worksheet>'


def _report(content: bytes) -> WorkbookRead | WorkbookError:
    """What a reader of the file is told: its rows and problems, or the error. Anything else escapes."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        path.write_bytes(content)
        told = _told(path)
        assert isinstance(told, WorkbookRead) or str(path) in str(told)
        return told


def _told(path: Path, *, district: str | None = None) -> WorkbookRead | WorkbookError:
    try:
        return read_workbook(path, district=district)
    except WorkbookError as error:
        return error


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"", "not an .xlsx"),
        (b"PK", "damaged"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
        ("编号,名称\nFZ001,x\n".encode("gbk"), "not an .xlsx"),
        (b"<html><table><tr><td>x</td></tr></table></html>", "not an .xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or encrypted"),
        (b"%PDF-1.7", "not an .xlsx"),
    ],
)
def test_other_files_are_told_by_their_contents(content: bytes, hint: str) -> None:
    error = _report(content)
    assert isinstance(error, WorkbookError)
    assert hint in str(error)


def test_a_zip_of_something_else_and_an_absent_or_unreadable_file_are_named(tmp_path: Path) -> None:
    other = tmp_path / "photos.xlsx"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("a.jpg", b"x")
    with pytest.raises(WorkbookError, match="damaged or not"):
        read_workbook(other)
    with pytest.raises(WorkbookError, match="no such file"):
        read_workbook(tmp_path / "absent.xlsx")
    with pytest.raises(WorkbookError, match="cannot be read"):
        read_workbook(tmp_path)


def test_absurd_sizes_are_refused_by_what_the_file_declares(
    tmp_path: Path,
) -> None:
    bomb = tmp_path / "bomb.xlsx"
    _repack(bomb, {"xl/worksheets/sheet2.xml": b" " * (workbook_file.MOST_SHEET_BYTES + 1)})
    assert bomb.stat().st_size < 2 << 20
    with pytest.raises(WorkbookError, match=r"sheet2\.xml has 256 MB"):
        read_workbook(bomb)
    _repack(bomb, {"xl/styles.xml": b" " * (workbook_file.MOST_PART_BYTES + 1)})
    with pytest.raises(WorkbookError, match=r"styles\.xml has 32 MB"):
        read_workbook(bomb)
    with bomb.open("wb") as sparse:
        sparse.write(b"PK")
        sparse.truncate(workbook_file.MOST_FILE_BYTES + 1)
    with pytest.raises(WorkbookError, match="the file has 64 MB"):
        read_workbook(bomb)
    _repack(bomb, {f"xl/media/{number}": b"" for number in range(workbook_file.MOST_PARTS)})
    with pytest.raises(WorkbookError, match="parts"):
        read_workbook(bomb)
    _repack(bomb, {f"xl/media/{number}": b" " * workbook_file.MOST_PART_BYTES for number in range(16)})
    with pytest.raises(WorkbookError, match="what the file holds"):
        read_workbook(bomb)


def test_control_the_same_repacking_without_the_bomb_is_read(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    _repack(path, {"xl/media/1": b""})
    assert len(read_workbook(path).centres) == 85


@pytest.mark.parametrize(
    ("rows", "after", "hint"),
    [
        ("<row>" + "<c/>" * (1 << 20) + "</row>", "", "absurd size"),
        ("<row/>" * (workbook_file.MOST_ROWS + 1), "", "more than"),
        ('<row r="99999999"/>', "", "beyond"),
        ("<row><c/></row>", "<mergeCells>" + '<mergeCell ref="A1:B9"/>' * 600 + "</mergeCells>", "merged"),
        (
            "<row><c/></row>",
            "<mergeCells>" + '<mergeCell ref="A9:B9"/>' * 100_001 + "</mergeCells>",
            "merged",
        ),
        ('<row><c t="s"><v>99</v></c></row>', "", "damaged"),
        ("<row><c><v>x</v></c></row>", "", "damaged"),
        ('<row r="x"/>', "", "damaged"),
        ("<row>", "", "damaged"),
    ],
)
def test_absurd_sheets_are_refused(tmp_path: Path, rows: str, after: str, hint: str) -> None:
    path = tmp_path / "book.xlsx"
    _repack(path, {"xl/worksheets/sheet2.xml": _SHEET.format(rows, after).encode()})
    with pytest.raises(WorkbookError, match=hint):
        read_workbook(path)


def test_a_sheet_in_another_encoding_is_refused_because_its_merges_could_not_be_seen(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    _repack(path, {"xl/worksheets/sheet2.xml": _SHEET.format("<row><c/></row>", "").encode("utf-16")})
    with pytest.raises(WorkbookError, match="UTF-8"):
        read_workbook(path)


def test_entities_that_multiply_are_refused(tmp_path: Path) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    path = tmp_path / "book.xlsx"
    cell = '<row><c t="inlineStr"><is><t>&b;</t></is></c></row>'
    _repack(path, {"xl/worksheets/sheet2.xml": (entities + _SHEET.format(cell, "")).encode()})
    with pytest.raises(WorkbookError, match="damaged"):
        read_workbook(path)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 20))
def test_flipped_bytes_of_the_real_file_give_a_report(seed: int, flips: int) -> None:
    content = bytearray(SAMPLE.read_bytes())
    dice = random.Random(seed)
    for _ in range(flips):
        content[dice.randrange(len(content))] ^= 1 << dice.randrange(8)
    assert isinstance(_report(bytes(content)), WorkbookRead | WorkbookError)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 1, exclude_max=True))
def test_a_file_cut_short_gives_an_error(share: float) -> None:
    content = SAMPLE.read_bytes()
    assert isinstance(_report(content[: int(share * len(content))]), WorkbookError)


_PARTS = [
    "xl/worksheets/sheet2.xml",
    "xl/worksheets/sheet4.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "[Content_Types].xml",
    "xl/_rels/workbook.xml.rels",
    "_rels/.rels",
    "docProps/core.xml",
]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(_PARTS), st.integers(0, 2**32), st.binary(max_size=6))
def test_damage_inside_the_zip_gives_a_report(part: str, seed: int, noise: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        with zipfile.ZipFile(_small_file(Path(folder))) as archive:
            whole = archive.read(part)
        at = random.Random(seed).randrange(len(whole))
        _repack(path, {part: whole[:at] + noise + whole[at + len(noise) :]}, source=_small_file(Path(folder)))
        assert isinstance(_report(path.read_bytes()), WorkbookRead | WorkbookError)


_CELLS = st.one_of(
    st.none(),
    st.text(max_size=12).filter(lambda text: text.isprintable()),
    st.sampled_from(
        [
            "FZ001",
            "LJ001",
            "已开放",
            "社区",
            "园区",
            "养老服务",
            "2026-09-01",
            "24小时",
            "#REF!",
            "=1/0",
            "0595",
            "８：３０",
            " ",
        ]
    ),
    st.integers(-(10**12), 10**12),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1905, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1905, 1, 1), datetime(2100, 1, 1)),
    st.times().map(lambda at: at.replace(microsecond=0)),
)


@st.composite
def _books(draw: st.DrawFn) -> dict[str, list[list[Any]]]:
    """Sheets with known headings in any order, some missing, among others, over cells of every type."""
    sheets: dict[str, list[list[Any]]] = {}
    for kind in RowKind:
        if draw(st.integers(0, 9)) == 0:
            continue
        words = sheet_words(kind)
        headings: list[Any] = draw(st.permutations(list(words.headings.values())))
        headings = headings[draw(st.integers(0, 2)) :] + draw(st.lists(_CELLS, max_size=2))
        rows = draw(st.lists(st.lists(_CELLS, max_size=len(headings)), max_size=4))
        sheets[words.title] = [*draw(st.lists(st.lists(_CELLS, max_size=3), max_size=2)), headings, *rows]
    return sheets


@settings(max_examples=80, deadline=None)
@given(_books(), st.sampled_from([None, "FZ"]))
@example({CENTRES: [["编号", "名称"]]}, None)
@example({SERVICES: [], KIOSKS: [[]]}, None)
def test_random_workbooks_give_a_report(sheets: dict[str, list[list[Any]]], district: str | None) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book = Workbook()
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(path)
        told = _told(path, district=district)
        if isinstance(told, WorkbookError):
            assert "none of the sheets" in str(told) or "district" in str(told)
        else:
            assert all(problem.sheet and problem.expected for problem in told.problems)
            assert all(entry.places > 0 for entry in told.activities)


def _small_file(folder: Path) -> Path:
    return save(folder / "small.xlsx", small())


def _repack(path: Path, parts: dict[str, bytes], *, source: Path = SAMPLE) -> None:
    """The source workbook with some parts put in or replaced."""
    with (
        zipfile.ZipFile(source) as archive,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as copy,
    ):
        for name in archive.namelist():
            if name not in parts:
                copy.writestr(name, archive.read(name))
        for name, content in parts.items():
            copy.writestr(name, content)
