"""What cannot be read is named by sheet, row, column and value, and nothing else is lost."""

from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from messages.workbook import Entry, Problem, RowKind, WorkbookError, WorkbookRead, read_workbook
from tests.workbooks import ACTIVITIES, CENTRES, KIOSKS, SERVICES, Sheets, put, save, small


def _read_with(tmp_path: Path, sheet: str, row: int, heading: str, value: Any) -> WorkbookRead:
    sheets = small()
    put(sheets, sheet, row, heading, value)
    return read_workbook(save(tmp_path / "book.xlsx", sheets))


def _own(read: WorkbookRead, sheet: str) -> list[Problem]:
    return [problem for problem in read.problems if problem.sheet == sheet]


def test_the_small_workbook_itself_has_no_problem(tmp_path: Path) -> None:
    assert read_workbook(save(tmp_path / "book.xlsx", small())).problems == ()


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "value", "hint"),
    [
        (CENTRES, 2, "编号", None, "不能为空"),
        (CENTRES, 2, "编号", "FZ 0.1", "编号"),
        (CENTRES, 2, "名称", "  ", "不能为空"),
        (CENTRES, 2, "名称", "长" * 201, "最多 200"),
        (CENTRES, 2, "街道", "#REF!", "公式错误"),
        (CENTRES, 2, "社区", None, "社区类中心"),
        (CENTRES, 2, "类型", "乡村", "社区、园区"),
        (CENTRES, 2, "状态", "快好了", "已开放、建设中、筹备中"),
        (CENTRES, 2, "纬度", "北", "纬度"),
        (CENTRES, 2, "纬度", 2.4, "纬度"),
        (CENTRES, 2, "经度", None, "不能为空"),
        (CENTRES, 2, "经度", 18.6, "经度"),
        (SERVICES, 3, "中心编号", "FZ009", "已有的编号"),
        (SERVICES, 3, "功能分类", "娱乐", "养老服务"),
        (SERVICES, 3, "服务名称", None, "不能为空"),
        (SERVICES, 3, "服务名称", "便民服务大厅", "与第 2 行相同"),
        (SERVICES, 3, "服务名称", "便民 服务大厅", "与第 2 行相同"),
        (ACTIVITIES, 2, "开始日期", "九月初", "日期"),
        (ACTIVITIES, 2, "开始日期", None, "不能为空"),
        (ACTIVITIES, 2, "结束日期", "2026-09-04", "不早于开始日期 2026-09-05"),
        (ACTIVITIES, 2, "名额", 0, "大于 0"),
        (ACTIVITIES, 2, "名额", "不限", "大于 0"),
        (ACTIVITIES, 2, "活动编号", None, "不能为空"),
        (KIOSKS, 2, "位置", None, "不能为空"),
        (KIOSKS, 2, "可办事项", "#N/A", "公式错误"),
    ],
)
def test_a_cell_the_row_cannot_do_without_refuses_its_row_and_no_other(
    tmp_path: Path, sheet: str, row: int, heading: str, value: Any, hint: str
) -> None:
    whole = read_workbook(save(tmp_path / "whole.xlsx", small()))
    read = _read_with(tmp_path, sheet, row, heading, value)
    (problem,) = _own(read, sheet)
    assert (problem.row, problem.column, problem.refused) == (row, heading, True)
    assert hint in problem.expected
    assert problem.value == ("" if value is None or not str(value).strip() else problem.value)
    rows = {CENTRES: "centres", SERVICES: "services", ACTIVITIES: "activities", KIOSKS: "kiosks"}[sheet]
    kept = [entry.row for entry in getattr(read, rows)]
    assert kept == [entry.row for entry in getattr(whole, rows) if entry.row != row]


@pytest.mark.parametrize(
    ("sheet", "row", "heading", "value"),
    [
        (CENTRES, 2, "电话", "见门口"),
        (CENTRES, 2, "开放时间", "看心情,乱开"),
        (CENTRES, 2, "开放时间", None),
        (CENTRES, 2, "无障碍", "#REF!"),
        (SERVICES, 2, "服务时间", "看心情,乱开"),
        (SERVICES, 2, "费用", "#VALUE!"),
        (ACTIVITIES, 2, "时间", "看心情,乱开"),
        (ACTIVITIES, 2, "报名开放", "看心情"),
        (ACTIVITIES, 2, "取消规定", "联系老师"),
        (ACTIVITIES, 2, "适合人群", "宝妈"),
        (ACTIVITIES, 2, "适合人群", "#REF!"),
        (KIOSKS, 2, "服务时间", "看心情,乱开"),
    ],
)
def test_an_unreadable_cell_the_row_can_do_without_is_named_and_kept_as_written(
    tmp_path: Path, sheet: str, row: int, heading: str, value: Any
) -> None:
    read = _read_with(tmp_path, sheet, row, heading, value)
    assert [(p.sheet, p.row, p.column, p.value, p.refused) for p in read.problems] == [
        (sheet, row, heading, value or "", False)
    ]
    entries: list[Entry] = [*read.centres, *read.services, *read.activities, *read.kiosks]
    assert len(entries) == 7
    if value:
        assert any(value in astuple(entry) for entry in entries)


def test_an_unreadable_opening_date_is_kept_in_the_note(tmp_path: Path) -> None:
    read = _read_with(tmp_path, CENTRES, 2, "开放日期", "2023年初")
    (problem,) = read.problems
    assert (problem.value, problem.refused) == ("2023年初", False)
    assert read.centres[0].opened_on is None
    assert read.centres[0].note == "示例数据；开放日期：2023年初"


def test_a_park_needs_no_community() -> None:
    assert small()[CENTRES][2][3] is None


def test_swapped_coordinates_are_named_as_such_and_not_turned_round(tmp_path: Path) -> None:
    sheets = small()
    put(sheets, CENTRES, 2, "纬度", 118.60211)
    put(sheets, CENTRES, 2, "经度", 24.91605)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    (problem,) = _own(read, CENTRES)
    assert "写反" in problem.expected
    assert [centre.id for centre in read.centres] == ["FZ002"]


def test_a_centre_far_from_all_others_is_named_and_kept(tmp_path: Path) -> None:
    sheets = small()
    for number in range(3, 8):
        row = list(sheets[CENTRES][1])
        row[0], row[8] = f"FZ{number:03d}", 24.9 if number < 7 else 39.9
        sheets[CENTRES].append(row)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    (problem,) = read.problems
    assert (problem.row, problem.refused, "公里" in problem.expected) == (8, False, True)
    assert len(read.centres) == 7


def test_rows_of_a_refused_centre_are_refused_with_the_reason_and_count_as_still_there(
    tmp_path: Path,
) -> None:
    read = _read_with(tmp_path, CENTRES, 2, "纬度", None)
    assert {(p.sheet, p.column) for p in read.problems if "未被接受" in p.expected} == {
        (SERVICES, "中心编号"),
        (ACTIVITIES, "中心编号"),
        (KIOSKS, "中心编号"),
    }
    assert [service.centre_id for service in read.services] == ["FZ002"]
    assert (RowKind.CENTRE, ("FZ001",)) in read.refused
    assert (RowKind.SERVICE, ("FZ001", "便民服务大厅")) in read.refused
    assert (RowKind.ACTIVITY, ("FZ001-01",)) in read.refused
    assert (RowKind.KIOSK, ("FZK001",)) in read.refused


def test_the_second_of_two_rows_with_one_key_is_refused_and_the_first_stays(tmp_path: Path) -> None:
    sheets = small()
    for title in (CENTRES, ACTIVITIES, KIOSKS):
        twin = list(sheets[title][1])
        twin[2] = "另一个"
        sheets[title].append(twin)
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [(p.sheet, p.row) for p in read.problems] == [(CENTRES, 4), (ACTIVITIES, 3), (KIOSKS, 3)]
    assert read.centres[0].subdistrict == "东湖街道"
    assert not read.refused


def test_a_good_row_after_a_refused_one_of_the_same_key_is_taken(tmp_path: Path) -> None:
    sheets = small()
    sheets[CENTRES].insert(1, list(sheets[CENTRES][1]))
    put(sheets, CENTRES, 2, "状态", "?")
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [centre.id for centre in read.centres] == ["FZ001", "FZ002"]
    assert (len(read.services), read.refused) == (3, frozenset())


@pytest.mark.parametrize("sheet", [CENTRES, SERVICES, ACTIVITIES, KIOSKS])
def test_a_missing_sheet_is_named(tmp_path: Path, sheet: str) -> None:
    sheets = small()
    del sheets[sheet]
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert read.missing_sheets == (sheet,)
    assert [(p.sheet, p.row, p.refused) for p in read.problems] == [(sheet, 0, True)]
    assert read.district == "FZ"


def test_a_sheet_without_headings_or_without_a_required_column_counts_as_missing(tmp_path: Path) -> None:
    sheets = small()
    sheets[SERVICES] = [["请见附件"]]
    at = sheets[KIOSKS][0].index("位置")
    for row in sheets[KIOSKS]:
        del row[at]
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert read.missing_sheets == (SERVICES, KIOSKS)
    assert [(p.sheet, p.row, p.column) for p in read.problems] == [(SERVICES, 0, ""), (KIOSKS, 1, "位置")]


def test_a_missing_optional_column_is_named_and_the_rows_are_taken(tmp_path: Path) -> None:
    sheets = small()
    for row in sheets[SERVICES]:
        del row[8]
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [(p.column, p.refused) for p in read.problems] == [("居民叫法", False)]
    assert [service.words for service in read.services] == [None] * 3


def test_of_two_columns_that_mean_the_same_the_right_one_is_read_and_the_other_named(tmp_path: Path) -> None:
    sheets = small()
    for number, row in enumerate(sheets[SERVICES]):
        row.insert(0, "收费" if number == 0 else "99元")
    read = read_workbook(save(tmp_path / "book.xlsx", sheets))
    assert [(p.column, p.refused) for p in read.problems] == [("收费", False)]
    assert read.services[0].fee == "免费"


def test_two_districts_in_one_file_are_refused_by_name(tmp_path: Path) -> None:
    path = save(tmp_path / "book.xlsx", _two_districts())
    with pytest.raises(
        WorkbookError, match=r"FZ: 2 rows, first in row 2, LJ: 1 rows, first in row 4.*--district"
    ):
        read_workbook(path)


def test_for_a_named_district_rows_of_another_one_are_refused(tmp_path: Path) -> None:
    read = read_workbook(save(tmp_path / "book.xlsx", _two_districts()), district="FZ")
    (problem,) = read.problems
    assert (problem.row, problem.column, problem.value, problem.refused) == (4, "编号", "LJ001", True)
    assert [centre.id for centre in read.centres] == ["FZ001", "FZ002"]


def test_a_named_district_may_be_called_other_than_its_keys(tmp_path: Path) -> None:
    read = read_workbook(save(tmp_path / "book.xlsx", small()), district="fengze")
    assert (read.district, len(read.centres), read.problems) == ("fengze", 2, ())


def test_keys_without_letters_need_a_named_district(tmp_path: Path) -> None:
    path = save(tmp_path / "book.xlsx", small(prefix=""))
    with pytest.raises(WorkbookError, match="no letters"):
        read_workbook(path)
    assert read_workbook(path, district="FZ").problems == ()


def test_a_workbook_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkbookError, match="none of the sheets"):
        read_workbook(save(tmp_path / "book.xlsx", {"Sheet1": [["编号", "名称"], ["FZ001", "x"]]}))


def test_only_headings_make_an_empty_directory_without_a_district(tmp_path: Path) -> None:
    read = read_workbook(save(tmp_path / "book.xlsx", {t: rows[:1] for t, rows in small().items()}))
    assert (read.district, read.centres, read.problems) == ("", (), ())


def _two_districts() -> Sheets:
    sheets = small()
    other = list(sheets[CENTRES][1])
    other[0] = "LJ001"
    sheets[CENTRES].append(other)
    return sheets
