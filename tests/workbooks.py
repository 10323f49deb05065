"""Small workbooks for tests: the sheets as lists of rows, changed where a test needs it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

CENTRES = "邻里中心"
SERVICES = "服务"
ACTIVITIES = "活动"
KIOSKS = "便民服务一体机"

Sheets = dict[str, list[list[Any]]]

HEADINGS: Mapping[str, Sequence[str]] = {
    CENTRES: (
        "编号",
        "名称",
        "街道",
        "社区",
        "类型",
        "状态",
        "开放日期",
        "地址",
        "纬度",
        "经度",
        "电话",
        "开放时间",
        "无障碍",
        "交通",
        "备注",
    ),
    SERVICES: (
        "中心编号",
        "服务名称",
        "功能分类",
        "服务时间",
        "费用",
        "服务对象",
        "需带材料",
        "怎么办理",
        "居民叫法",
        "备注",
    ),
    ACTIVITIES: (
        "中心编号",
        "活动编号",
        "活动名称",
        "功能分类",
        "时间",
        "开始日期",
        "结束日期",
        "名额",
        "适合人群",
        "费用",
        "地点",
        "老师",
        "报名开放",
        "取消规定",
        "备注",
    ),
    KIOSKS: ("编号", "中心编号", "名称", "位置", "服务时间", "可办事项"),
}


def small(prefix: str = "FZ") -> Sheets:
    """Two centres of one district with services, an activity and a kiosk, all of them well filled in."""
    first, second = f"{prefix}001", f"{prefix}002"
    hours = "周一至周五 8:30-12:00，14:30-17:30"
    return {
        CENTRES: [
            list(HEADINGS[CENTRES]),
            [
                first,
                "少林社区邻里中心",
                "东湖街道",
                "少林社区",
                "社区",
                "已开放",
                "2023-01-18",
                "通港街1号",
                24.91605,
                118.60211,
                "0595-00000001",
                hours,
                "有电梯",
                None,
                "示例数据",
            ],
            [
                second,
                "领秀园区邻里中心",
                "东海街道",
                None,
                "园区",
                "筹备中",
                None,
                "通港街2号",
                24.87605,
                118.66211,
                None,
                "每天 8:00-21:00",
                None,
                None,
                None,
            ],
        ],
        SERVICES: [
            list(HEADINGS[SERVICES]),
            [
                first,
                "便民服务大厅",
                "便民办事",
                hours,
                "免费",
                "居民",
                "身份证",
                "直接前往",
                "办事、社保",
                None,
            ],
            [
                first,
                "长者食堂",
                "养老服务",
                "每天 11:00-12:30",
                "12元/份",
                "60岁以上",
                None,
                None,
                None,
                None,
            ],
            [second, "政策咨询", "便民办事", hours, "免费", "园区企业", None, None, None, None],
        ],
        ACTIVITIES: [
            list(HEADINGS[ACTIVITIES]),
            [
                first,
                f"{first}-01",
                "少儿书法班",
                "文化体育",
                "每周六 9:00-10:30",
                "2026-09-05",
                "2027-01-16",
                15,
                "7-14岁",
                "免费",
                "书画室",
                "郑老师",
                "开课前14天",
                "前一天18:00前可取消",
                None,
            ],
        ],
        KIOSKS: [
            list(HEADINGS[KIOSKS]),
            [f"{prefix}K001", first, "少林社区一体机", "大门旁", "24小时", "社保查询、打印"],
        ],
    }


def cell_of(sheets: Sheets, sheet: str, row: int, heading: str) -> tuple[list[Any], int]:
    """The list and index that hold a cell; `row` counts as the spreadsheet does."""
    return sheets[sheet][row - 1], sheets[sheet][0].index(heading)


def put(sheets: Sheets, sheet: str, row: int, heading: str, value: Any) -> None:
    cells, at = cell_of(sheets, sheet, row, heading)
    cells[at] = value


def save(path: Path, sheets: Sheets, *, merged: Mapping[str, Sequence[str]] | None = None) -> Path:
    """Write the sheets as a spreadsheet program would and return the path."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(title, ()):
            sheet.merge_cells(area)
    book.save(path)
    return path
