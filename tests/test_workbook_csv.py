"""Tables of plain text: every cell as in the workbook, and none that a program would calculate."""

import csv
import io
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.workbook import Entry, RowKind
from messages.workbook_csv import harmless, write_tables
from messages.workbook_said import columns_of, written
from tests.sample import sample_book

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1+1", "＋8613800138000", "－1", "＠x")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_looks_like_a_formula_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "周一至周五 8:30-12:00", "7-14岁", "a=b", "'=1", None, -1, 118.6, 20])
def test_everything_else_stays_as_it_is(value: str | float | None) -> None:
    assert harmless(value) == value


@given(st.text())
def test_no_text_begins_a_formula(text: str) -> None:
    said = str(harmless(text))
    assert unicodedata.normalize("NFKC", said.lstrip())[:1] not in {"=", "+", "-", "@"}
    assert said.endswith(text)


def test_the_sample_is_written_cell_by_cell_with_a_mark_for_excel(tmp_path: Path) -> None:
    read = sample_book()
    entries: dict[RowKind, Sequence[Entry]] = {
        RowKind.CENTRE: read.centres,
        RowKind.SERVICE: read.services,
        RowKind.ACTIVITY: read.activities,
        RowKind.KIOSK: read.kiosks,
    }
    path = tmp_path / "linli.zip"
    write_tables(path, entries, sample=True)
    with ZipFile(path) as archive:
        for kind, listed in entries.items():
            content = archive.read(f"{read.titles[kind]}.csv")
            assert content.startswith(b"\xef\xbb\xbf")
            rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
            columns = columns_of(kind, listed)
            assert rows[0] == list(columns.values())
            for row, entry in zip(rows[1:], listed, strict=True):
                assert row == [str("" if (x := written(entry, each)) is None else x) for each in columns]
        notes = next(each for each in archive.namelist() if each.endswith(".txt"))
        assert "示例" in archive.read(notes).decode("utf-8-sig")
