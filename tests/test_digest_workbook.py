"""The workbook of a digest: the view's own numbers, as numbers, and nothing that runs."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.cell import Cell

from messages.digest_workbook import workbook_of
from messages.views_digest import DigestShown, ToDo
from messages.views_stars import StarsLine
from tests.digests import DIGEST, WEEKS

LANGUAGES = ("zh", "zh-Hant", "en")
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://example.org")', "\t=1", "坏\x00字\x1b")


def opened(digest: DigestShown, language: str = "zh") -> Any:
    return load_workbook(BytesIO(workbook_of(digest, language)))


def cells(digest: DigestShown, language: str = "zh") -> dict[str, list[list[tuple[Any, str, str]]]]:
    """Value, number format and type of every cell, by sheet."""
    return {
        sheet.title: [[(c.value, c.number_format, c.data_type) for c in row] for row in sheet.iter_rows()]
        for sheet in opened(digest, language)
    }


def rows(digest: DigestShown, sheet: str, language: str = "zh") -> dict[str, list[Cell]]:
    """The rows below the headings, by what stands in the first cell."""
    return {row[0].value: row[1:] for row in opened(digest, language)[sheet].iter_rows(min_row=2)}


@pytest.mark.parametrize(
    ("language", "titles", "headings"),
    [
        ("zh", ["汇总", "每周", "工单和星级"], "样本数"),
        ("zh-Hant", ["彙總", "每週", "工單和星級"], "樣本數"),
        ("en", ["Summary", "Weeks", "Cases and stars"], "Made of"),
    ],
)
def test_three_sheets_with_headings_in_the_language_that_stay_where_they_are(
    language: str, titles: list[str], headings: str
) -> None:
    book = opened(DIGEST, language)
    assert book.sheetnames == titles
    assert book[titles[0]]["C1"].value == headings
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        assert all(cell.value and cell.font.bold for cell in sheet[1])
        assert not any(cell.font.bold for cell in sheet[2])


def test_the_weeks_are_those_of_the_view() -> None:
    found = list(opened(DIGEST)["每周"].iter_rows(min_row=2))
    assert len(found) == len(WEEKS)
    for row, week in zip(found, WEEKS, strict=True):
        day, *numbers = (cell.value for cell in row)
        assert day == datetime(week.from_on.year, week.from_on.month, week.from_on.day)
        assert numbers == [
            week.satisfied, week.low, week.high, week.ratings, week.activities, week.people
        ]  # fmt: skip
    formats = [cell.number_format for cell in found[0]]
    assert formats == ["yyyy-mm-dd", "0%", "0%", "0%", "#,##0", "#,##0", "#,##0"]
    assert found[0][0].is_date


def test_a_figure_stands_with_what_it_is_made_of_its_interval_and_what_it_was_before() -> None:
    found = rows(DIGEST, "汇总")
    assert [cell.value for cell in found["满意率"]] == [
        0.83, 38, 0.74, 0.9, 0.86, "没有明显变化", None
    ]  # fmt: skip
    assert [cell.number_format for cell in found["满意率"]][:5] == ["0%", "#,##0", "0%", "0%", "0%"]
    assert [cell.value for cell in found["活动"]] == [14, 14, None, None, 10.75, "上升", None]
    assert [cell.number_format for cell in found["活动"]][4] == "#,##0.0"
    assert [cell.value for cell in found["名额用满"]][:2] == [None, 0]


def test_the_summary_says_whose_when_and_what_to_do() -> None:
    found = rows(DIGEST, "汇总")
    assert found["中心"][0].value == DIGEST.centre.name
    assert found["报表"][0].value == "每周"
    assert (found["开始"][0].value, found["结束"][0].value) == (
        datetime(2026, 11, 16),
        datetime(2026, 11, 22),
    )
    case = found["最该做的事：办超期的工单"]
    assert [cell.value for cell in case[:2]] == ["G-0042", 1]
    assert (case[6].value, case[6].number_format) == (datetime(2026, 11, 24, 18), "yyyy-mm-dd hh:mm")
    assert [found[name][0].value for name in ("今后七天的场次", "今后七天的预约人数", "今后七天的假日")] == [
        17, 203, "元旦"
    ]  # fmt: skip


def test_what_to_do_of_a_kind_without_a_word_is_there_all_the_same() -> None:
    found = rows(replace(DIGEST, todo=(ToDo("brand_new"),)), "Summary", "en")
    assert [cell.value for cell in found["To do: brand_new"]] == [None, 0, None, None, None, None, None]


def test_cases_and_stars_are_those_of_the_view() -> None:
    found = list(opened(DIGEST, "en")["Cases and stars"].iter_rows(min_row=2, values_only=True))
    assert found == [
        ("Cases opened", 3),
        ("Closed by residents", 2),
        ("Closed in silence", 1),
        ("Still open", 4),
        ("Overdue", 5),
        ("Stars", 3),
        ("Stars a week ago", 2),
        ("Ratings counted", 171),
        ("Next star", 4),
        ("Ratings of 4 or 5 still needed", 12),
        ("Activities still needed", 6),
        ("People still needed", 40),
        ("Days still needed", 7),
        ("Case to be closed first", "G-0042"),
        ("Case to be closed first", "G-0043"),
    ]


def test_without_stars_it_says_what_is_lacking_and_without_both_nothing() -> None:
    lacking = rows(replace(DIGEST, stars=StarsLine(None, None, "ratings", 3)), "工单和星级")
    assert lacking["数据还不够"][0].value == "评价太少"
    assert "星级" not in lacking
    assert list(rows(replace(DIGEST, stars=None), "工单和星级")) == [
        "新开工单", "居民确认办结", "无回复结案", "未办结", "超期"
    ]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_text_that_looks_like_a_formula_is_text(text: str) -> None:
    digest = replace(
        DIGEST,
        questions=(text,),
        todo=(ToDo(text, text),),
        next_off=(text,),
        centre=replace(DIGEST.centre, name=text),
    )
    written = text.replace("\x00", "").replace("\x1b", "").strip()
    found = [cell for sheet in cells(digest).values() for row in sheet for cell in row]
    assert [value for value, _, kind in found if kind == "f"] == []
    assert [value for value, _, kind in found if kind == "s"].count(written) == 4


def test_what_a_resident_said_is_not_passed_on() -> None:
    assert DIGEST.quote
    with ZipFile(BytesIO(workbook_of(DIGEST, "zh"))) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    assert [name for name, text in parts.items() if DIGEST.quote in text] == []
    assert [name for name, text in parts.items() if DIGEST.questions[0] in text]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_digest_is_the_same_sheets(language: str) -> None:
    assert cells(DIGEST, language) == cells(DIGEST, language)
    assert cells(DIGEST, language) != cells(replace(DIGEST, next_booked=204), language)


def test_columns_are_as_wide_as_chinese_needs_and_no_wider_than_a_screen() -> None:
    digest = replace(DIGEST, questions=("能不能开游泳课" * 30,))
    widths = {letter: column.width for letter, column in opened(digest)["汇总"].column_dimensions.items()}
    assert widths["A"] >= 2 * len("最该做的事：办超期的工单")
    assert widths["B"] == 60
    assert widths["C"] == 10
    assert opened(digest)["汇总"]["B2"].alignment.wrap_text


def test_a_digest_of_nothing_is_a_workbook_too() -> None:
    bare = replace(
        DIGEST, todo=(), figures=(), weeks=(), questions=(), next_off=(), stars=None, cadence="day"
    )
    book = opened(bare)
    assert [sheet.max_row for sheet in book] == [7, 1, 6]
