"""A workbook is read by its headings, however the office arranged it."""

import json
import re
from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from handlers.directory_plan import hash_of
from messages.words import words
from messages.workbook import RowKind, key_of, read_workbook
from messages.workbook_cells import as_date, as_degrees, as_key, as_text, as_whole_number, is_phone
from messages.workbook_file import FORMULA_WITHOUT_RESULT
from messages.workbook_words import WordTable, meaning, sheet_words, squeezed
from messages.workbook_write import write_workbook
from tests.workbooks import ACTIVITIES, CENTRES, KIOSKS, SERVICES, put, save, small

SAMPLE = Path(__file__).parent.parent / "handlers" / "data" / "fengze.xlsx"


def test_the_sample_directory_is_read_whole_and_without_a_problem() -> None:
    read = read_workbook(SAMPLE)
    assert (len(read.centres), len(read.services), len(read.activities), len(read.kiosks)) == (
        85,
        716,
        332,
        72,
    )
    assert read.problems == ()
    assert read.missing_sheets == ()
    assert read.district == "FZ"
    assert sum(centre.status == "open" for centre in read.centres) == 73
    centre = read.centres[1]
    assert (centre.id, centre.opened_on, centre.latitude) == ("FZ002", date(2023, 1, 18), 24.91695)
    assert read.services[0].words == "办事、社保、医保、居住证、老年证、生育登记、盖章、证明"


def test_columns_may_stand_in_any_order_among_others_and_below_a_title(tmp_path: Path) -> None:
    sheets = small()
    plain = read_workbook(save(tmp_path / "plain.xlsx", sheets))
    for title, rows in sheets.items():
        turned = [[*reversed(row), f"extra {title}"] for row in rows]
        sheets[title] = [["某区邻里中心一览表"], [], *turned]
    sheets["填表说明"] = [["编号和名称请勿修改"]]
    turned_read = read_workbook(save(tmp_path / "turned.xlsx", sheets))
    assert turned_read.problems == ()
    assert [key_of(entry) for entry in turned_read.services] == [key_of(entry) for entry in plain.services]
    assert [c.address for c in turned_read.centres] == [c.address for c in plain.centres]
    assert turned_read.activities[0].places == 15
    assert turned_read.centres[0].row == plain.centres[0].row + 2


@pytest.mark.parametrize(
    "heading",
    ["编 号", " 编号\n", "编号*", "编号（必填）", "编\u3000号：", "\u200b编号", "中心编码", "编号(唯一)"],
)
def test_headings_are_matched_without_blanks_decoration_and_brackets(tmp_path: Path, heading: str) -> None:
    sheets = small()
    sheets[CENTRES][0][0] = heading
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [centre.id for centre in read.centres] == ["FZ001", "FZ002"]
    assert read.problems == ()


def test_sheets_are_found_by_other_titles_too(tmp_path: Path) -> None:
    sheets = small()
    titles = {CENTRES: "党建＋邻里中心", SERVICES: "服务 清单", ACTIVITIES: "活动安排", KIOSKS: "自助机"}
    read = read_workbook(save(tmp_path / "book.xlsx", {titles[t]: rows for t, rows in sheets.items()}))
    assert read.problems == ()
    assert len(read.services) == 3
    assert read.titles[RowKind.KIOSK] == "自助机"


def test_merged_cells_speak_for_every_row_and_column_they_cover(tmp_path: Path) -> None:
    sheets = small()
    for row in (3, 4):
        put(sheets, SERVICES, row, "中心编号", None)
    put(sheets, CENTRES, 2, "交通", None)
    merged = {SERVICES: ["A2:A4"], CENTRES: ["M2:N2"]}
    read = read_workbook(save(tmp_path / "book.xlsx", sheets, merged=merged))
    assert [service.centre_id for service in read.services] == ["FZ001"] * 3
    assert (read.centres[0].accessibility, read.centres[0].transport) == ("有电梯", "有电梯")
    assert read.problems == ()


def test_control_without_the_merge_the_same_cells_are_named_as_empty(tmp_path: Path) -> None:
    sheets = small()
    put(sheets, SERVICES, 3, "中心编号", None)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [(p.sheet, p.row, p.column, p.refused) for p in read.problems] == [(SERVICES, 3, "中心编号", True)]


def test_a_heading_merged_over_two_rows_or_repeated_further_down_is_no_data(tmp_path: Path) -> None:
    sheets = small()
    width = len(sheets[KIOSKS][0])
    sheets[KIOSKS][1:1] = [[None] * width]
    sheets[KIOSKS].append(list(sheets[KIOSKS][0]))
    merged = {KIOSKS: [f"{letter}1:{letter}2" for letter in "ABCDEF"]}
    read = read_workbook(save(tmp_path / "book.xlsx", sheets, merged=merged))
    assert read.problems == ()
    assert len(read.kiosks) == 1


def test_a_note_across_the_table_is_named_once_and_never_read_as_a_row(tmp_path: Path) -> None:
    sheets = small()
    sheets[KIOSKS].append(["以上为本季度新增"] + [None] * 5)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets, merged={KIOSKS: ["A3:F3"]}))
    assert [(p.sheet, p.row, p.value) for p in read.problems] == [(KIOSKS, 3, "以上为本季度新增")]
    assert len(read.kiosks) == 1


@pytest.mark.parametrize(
    "value",
    [
        "2023-01-18",
        "2023/1/18",
        "2023年1月18日",
        "２０２３．１．１８",
        "2023.01.18",
        20230118,
        datetime(2023, 1, 18),
        date(2023, 1, 18),
        " 2023年 1月 18日 ",
        "2023-01-18 00:00:00",
    ],
)
def test_dates_are_read_however_they_are_typed(tmp_path: Path, value: Any) -> None:
    sheets = small()
    put(sheets, CENTRES, 2, "开放日期", value)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert read.centres[0].opened_on == date(2023, 1, 18)
    assert read.problems == ()


@pytest.mark.parametrize(
    "value", ["2023-02-30", "年初", "18/1/2023", "2023", True, 44944, "0023-01-18", time(8, 30)]
)
def test_what_is_no_date_is_not_taken_for_one(value: Any) -> None:
    assert as_date(value) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("  ", None),
        ("\u3000a\u00a0", "a"),
        ("上午\r\n下午", "上午 下午"),
        ("a_x000D_\nb", "a b"),
        (30, "30"),
        (30.0, "30"),
        (0.1, "0.1"),
        (118.60211, "118.60211"),
        (True, "TRUE"),
        (time(8, 30), "08:30"),
        (date(2026, 9, 1), "2026-09-01"),
        (timedelta(hours=26, minutes=5), "26:05"),
        (FORMULA_WITHOUT_RESULT, None),
        (Decimal("1.50"), "1.50"),
        (datetime(2026, 12, 20, 9, 0), "2026-12-20 09:00"),
        (datetime(2026, 12, 20), "2026-12-20"),
        ("坏\x0b字\x01符", "坏 字符"),
        ("８：３０", "８：３０"),
        (1e300 * 10, "10" + "0" * 300),
    ],
)
def test_text_is_kept_as_written_apart_from_blanks_and_line_breaks(value: Any, text: str | None) -> None:
    if isinstance(value, float) and value > 1e299:
        assert (as_text(value) or "").isdigit()
    else:
        assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (15, 15),
        (15.0, 15),
        ("15", 15),
        ("１５人", 15),
        ("约20名", 20),
        (" 30 个", 30),
        (0, None),
        (-3, None),
        ("不限", None),
        (2.5, None),
        (True, None),
        (None, None),
        ("10-15", None),
    ],
)
def test_places_are_whole_numbers_with_or_without_a_measure_word(value: Any, number: int | None) -> None:
    assert as_whole_number(value) == number


@pytest.mark.parametrize(
    ("value", "degrees"),
    [
        (24.9, 24.9),
        (118, 118.0),
        ("24.90605", 24.90605),
        ("１１８．６", 118.6),
        ("24.9°", 24.9),
        ("24.9N", 24.9),
        ("东经118.6°", 118.6),
        ("24°54'", None),
        (True, None),
        (1e9, None),
        (float("inf"), None),
        ("北", None),
    ],
)
def test_degrees_are_numbers_or_texts_with_a_sign(value: Any, degrees: float | None) -> None:
    assert as_degrees(value) == degrees


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("FZ001", "FZ001"),
        ("ｆｚ００１", "FZ001"),
        (" fz 001 ", "FZ001"),
        ("丰泽001", "丰泽001"),
        ("FZ001-01", "FZ001-01"),
        ("FZ.001", None),
        ("FZ001|x", None),
        ("-1", None),
        ("x" * 41, None),
    ],
)
def test_keys_have_one_form(text: str, key: str | None) -> None:
    assert as_key(text) == key


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("0595-00000001", True),
        ("059522500000", True),
        ("13800000000", True),
        ("（0595）22500000", True),
        ("0595-22500000转8001", True),
        ("0595-22500000、13800000000", True),
        ("400-800-1234", True),
        ("12345", True),
        ("22500000", True),
        ("+86 13800000000", True),
        ("595", False),
        ("见门口", False),
        ("0595-2250", False),
        ("1380000000", False),
        ("0595-22500000 林主任", False),
    ],
)
def test_telephone_numbers_of_the_mainland_are_known(text: str, is_one: bool) -> None:
    assert is_phone(text) is is_one


@pytest.mark.parametrize(
    ("table", "text", "code"),
    [
        (WordTable.CATEGORIES, "老有所养", "elder"),
        (WordTable.CATEGORIES, "幼有所育", "child"),
        (WordTable.CATEGORIES, "病有所医", "medical"),
        (WordTable.CATEGORIES, "居有所乐", "culture"),
        (WordTable.CATEGORIES, "食有所安", "life"),
        (WordTable.CATEGORIES, "事有所办", "admin"),
        (WordTable.CATEGORIES, " 养老 服务", "elder"),
        (WordTable.STATUSES, "在建", "building"),
        (WordTable.KINDS, "园区", "park"),
        (WordTable.KINDS, "乡村", None),
        (WordTable.STATUSES, "", None),
    ],
)
def test_both_vocabularies_are_understood(table: WordTable, text: str, code: str | None) -> None:
    assert meaning(table, text) == code


def test_no_heading_or_word_stands_for_two_things() -> None:
    lists = words("zh", "workbook")
    for table in ("kinds", "statuses", "categories"):
        forms = [squeezed(form) for forms in lists[table].values() for form in forms]
        assert len(forms) == len(set(forms))
    titles = [squeezed(title) for sheet in lists["sheets"].values() for title in sheet["titles"]]
    assert len(titles) == len(set(titles))
    for sheet in lists["sheets"].values():
        headings = [squeezed(form) for forms in sheet["columns"].values() for form in forms]
        assert len(headings) == len(set(headings))


def test_every_kind_of_row_has_its_sheet_in_the_word_list() -> None:
    assert {kind.value for kind in RowKind} == set(words("zh", "workbook")["sheets"])
    assert sheet_words(RowKind.SERVICE).column_of("服务\n时间") == "hours_text"
    assert sheet_words(RowKind.SERVICE).column_of("负责人") is None


def test_a_formula_saved_without_its_result_is_named_and_its_cached_result_is_read(tmp_path: Path) -> None:
    sheets = small()
    put(sheets, CENTRES, 2, "地址", "=A1")
    put(sheets, CENTRES, 3, "备注", "=A1")
    put(sheets, CENTRES, 3, "交通", "=A1")
    path = save(tmp_path / "book.xlsx", sheets)
    _patch_part(
        path,
        "xl/worksheets/sheet1.xml",
        rb'(<c r="N3"[^>]*>)<f>A1</f><v ?/?>(?:</v>)?',
        rb"\1<f>A1</f><v>7</v>",
    )
    read = read_workbook(path)
    assert [(p.row, p.column, p.refused) for p in read.problems if p.sheet == CENTRES] == [
        (2, "地址", True),
        (3, "备注", False),
    ]
    assert read.centres[0].transport == "7"


def _patch_part(path: Path, part: str, old: bytes, new: bytes) -> None:
    """Change a part of a saved workbook; what is looked for must be in it."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part], count = re.subn(old, new, parts[part])
    assert count == 1
    with ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("written", "population", "is_named"),
    [
        (12_000, 12_000, False),
        ("8600人", 8_600, False),
        (None, None, False),
        ("很多", None, True),
        (0, None, True),
    ],
)
def test_who_lives_around_a_centre_may_be_said(
    tmp_path: Path, written: Any, population: int | None, is_named: bool
) -> None:
    sheets = small()
    for row in sheets[CENTRES]:
        row.append("服务人口" if row is sheets[CENTRES][0] else written)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert read.centres[0].population == population
    assert bool(read.problems) is is_named
    assert not any(problem.refused for problem in read.problems)


def test_a_column_that_few_files_have_makes_no_row_another_one_where_it_is_empty(tmp_path: Path) -> None:
    plain = read_workbook(save(tmp_path / "book.xlsx", small())).centres[0]
    assert hash_of(replace(plain, population=1)) != hash_of(plain) == hash_of(replace(plain, row=9))
    values = [getattr(plain, column.name) for column in fields(plain)]
    said = [each.isoformat() if isinstance(each, date) else each for each in values[:-2]]
    assert hash_of(plain) == sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def test_it_is_written_only_where_somebody_said_it(tmp_path: Path) -> None:
    read = read_workbook(save(tmp_path / "book.xlsx", small()))
    for centres, is_written in ((read.centres, False), ([replace(read.centres[0], population=9)], True)):
        write_workbook(tmp_path / "out.xlsx", centres, [], [], [], sample=False)
        sheet = load_workbook(tmp_path / "out.xlsx")[CENTRES]
        assert ("服务人口" in [cell.value for cell in sheet[1]]) is is_written
