"""What an import would do, worked out without a database."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from handlers.directory_plan import Directory, Known, Plan, centre_of, entries_of, hash_of, id_of, plan_import
from handlers.directory_rows import WrongKind, activity_row, centre_row, kiosk_row, service_row
from messages.workbook import RowKind, WorkbookRead, key_of, read_workbook
from tests.sample import sample_book
from tests.workbooks import ACTIVITIES, CENTRES, SERVICES, Sheets, put, save, small

BEFORE, TODAY = date(2026, 9, 1), date(2026, 11, 25)
NOBODY: Directory = {kind: {} for kind in RowKind}


def _read(tmp_path: Path, sheets: Sheets, *, district: str | None = None) -> WorkbookRead:
    return read_workbook(save(tmp_path / "book.xlsx", sheets), district=district)


def _after(read: WorkbookRead, *, withdrawn: Iterable[str] = (), district: str | None = None) -> Directory:
    """The directory as it stands after `read` was imported."""
    return {
        kind: {
            id_of(kind, key_of(entry)): Known(
                centre_id=centre_of(entry),
                district=district or read.district,
                row_hash=hash_of(entry),
                position=position,
                updated_on=BEFORE,
                is_withdrawn=id_of(kind, key_of(entry)) in withdrawn,
            )
            for position, entry in enumerate(entries, start=1)
        }
        for kind, entries in entries_of(read).items()
    }


def _told(plan: Plan) -> dict[str, tuple[int, int, int, int]]:
    return {
        kind.value: (counts.added, counts.changed, counts.unchanged, counts.withdrawn)
        for kind, counts in plan.counts.items()
    }


def test_into_an_empty_directory_every_row_is_added() -> None:
    plan = plan_import(sample_book(), NOBODY, today=TODAY)
    assert _told(plan) == {
        "centre": (85, 0, 0, 0),
        "service": (716, 0, 0, 0),
        "activity": (332, 0, 0, 0),
        "kiosk": (72, 0, 0, 0),
    }
    ids = [row.id for row in plan.writes[RowKind.SERVICE]]
    assert len(set(ids)) == 716
    assert plan.problems == []


def test_the_same_file_twice_changes_nothing() -> None:
    read = sample_book()
    plan = plan_import(read, _after(read), today=TODAY)
    assert plan.is_empty
    assert _told(plan)["service"] == (0, 0, 716, 0)


def test_a_service_id_is_its_centre_and_six_letters_that_stay(tmp_path: Path) -> None:
    first = _read(tmp_path, small())
    assert id_of(RowKind.SERVICE, key_of(first.services[0])) == "FZ001.7e2fuz"
    sheets = small()
    put(sheets, SERVICES, 2, "服务名称", "便民　服务大厅")
    spaced = _read(tmp_path, sheets)
    assert id_of(RowKind.SERVICE, key_of(spaced.services[0])) == "FZ001.7e2fuz"


def test_a_changed_row_gets_a_new_date_and_the_others_keep_theirs(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    put(sheets, SERVICES, 3, "费用", "10元/份")
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert _told(plan)["service"] == (0, 1, 2, 0)
    (row,) = plan.writes[RowKind.SERVICE]
    assert row.updated_on == TODAY


def test_another_order_is_kept_without_counting_rows_as_changed(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    sheets[SERVICES][1:] = reversed(sheets[SERVICES][1:])
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert _told(plan)["service"] == (0, 0, 3, 0)
    assert [(row.position, row.updated_on) for row in plan.writes[RowKind.SERVICE]] == [
        (1, BEFORE),
        (3, BEFORE),
    ]


def test_rows_gone_from_the_file_are_withdrawn_and_may_come_back(tmp_path: Path) -> None:
    whole = _read(tmp_path, small())
    sheets = small()
    gone = sheets[SERVICES].pop(2)
    plan = plan_import(_read(tmp_path, sheets), _after(whole), today=TODAY)
    ids = [id_of(RowKind.SERVICE, ("FZ001", gone[1]))]
    assert plan.withdrawals[RowKind.SERVICE] == ids
    assert _told(plan)["service"] == (0, 0, 2, 1)
    back = plan_import(whole, _after(whole, withdrawn=ids), today=TODAY)
    assert _told(back)["service"] == (0, 1, 2, 0)
    assert [row.id for row in back.writes[RowKind.SERVICE]] == ids


def test_a_row_that_is_refused_is_not_gone(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    put(sheets, ACTIVITIES, 2, "名额", "不限")
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert plan.withdrawals[RowKind.ACTIVITY] == []


def test_control_the_same_row_left_out_is_gone(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    del sheets[ACTIVITIES][1]
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert plan.withdrawals[RowKind.ACTIVITY] == ["FZ001-01"]


def test_a_centre_that_goes_takes_with_it_what_the_file_still_lists_there(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    del sheets[CENTRES][1]
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert plan.withdrawals[RowKind.CENTRE] == ["FZ001"]
    assert len(plan.withdrawals[RowKind.SERVICE]) == 2
    assert plan.withdrawals[RowKind.ACTIVITY] == ["FZ001-01"]
    assert plan.withdrawals[RowKind.KIOSK] == ["FZK001"]


def test_without_the_sheet_of_centres_everything_would_go(tmp_path: Path) -> None:
    known = _after(_read(tmp_path, small()))
    sheets = small()
    del sheets[CENTRES]
    plan = plan_import(_read(tmp_path, sheets), known, today=TODAY)
    assert (plan.withdrawn, plan.problems) == (7, [])
    assert plan.is_drastic()


def test_another_districts_rows_are_never_touched(tmp_path: Path) -> None:
    read = _read(tmp_path, small())
    known = _after(read, district="LJ")
    plan = plan_import(read, known, today=TODAY)
    assert plan.is_empty
    assert _told(plan)["centre"] == (0, 0, 0, 0)
    assert len(plan.problems) == 7
    assert all(problem.refused and "LJ" in problem.expected for problem in plan.problems)


def test_control_the_same_rows_of_ones_own_district_are_taken(tmp_path: Path) -> None:
    read = _read(tmp_path, small())
    plan = plan_import(read, _after(read, district="FZ", withdrawn=["FZ001"]), today=TODAY)
    assert _told(plan)["centre"] == (0, 1, 1, 0)


def test_a_kiosk_number_of_another_district_is_refused_alone(tmp_path: Path) -> None:
    read = _read(tmp_path, small())
    other = _after(read)[RowKind.KIOSK]["FZK001"]
    theirs = {**NOBODY, RowKind.KIOSK: {"FZK001": replace(other, district="LJ", centre_id="LJ001")}}
    plan = plan_import(read, theirs, today=TODAY)
    (problem,) = plan.problems
    assert (problem.column, problem.value) == ("编号", "FZK001")
    assert _told(plan)["kiosk"] == (0, 0, 0, 0)
    assert _told(plan)["service"] == (3, 0, 0, 0)


def test_a_row_whose_centre_is_nowhere_is_refused(tmp_path: Path) -> None:
    read = _read(tmp_path, small())
    plan = plan_import(replace(read, centres=read.centres[:1]), NOBODY, today=TODAY)
    (problem,) = plan.problems
    assert (problem.column, problem.value, problem.expected) == ("中心编号", "FZ002", "目录中没有这个中心")
    assert _told(plan)["service"] == (2, 0, 0, 0)


def test_a_row_of_one_kind_is_not_made_of_another(tmp_path: Path) -> None:
    plan = plan_import(_read(tmp_path, small()), NOBODY, today=TODAY)
    centre, service = plan.writes[RowKind.CENTRE][0], plan.writes[RowKind.SERVICE][0]
    with pytest.raises(WrongKind):
        centre_row(service, "FZ")
    for make in (service_row, activity_row, kiosk_row):
        with pytest.raises(WrongKind):
            make(centre)


def test_two_names_with_one_id_are_a_problem_and_not_a_mix_up(tmp_path: Path) -> None:
    first, second = _colliding_names()
    sheets = small()
    put(sheets, SERVICES, 2, "服务名称", first)
    put(sheets, SERVICES, 3, "服务名称", second)
    plan = plan_import(_read(tmp_path, sheets), NOBODY, today=TODAY)
    (problem,) = plan.problems
    assert (problem.value, first in problem.expected, problem.refused) == (second, True, True)
    assert _told(plan)["service"] == (2, 0, 0, 0)


def _colliding_names() -> tuple[str, str]:
    """Two names whose ids are the same: among 2**30 ids some hundred thousand names suffice."""
    seen: dict[str, str] = {}
    for number in range(400_000):
        name = f"n{number}"
        other = seen.setdefault(id_of(RowKind.SERVICE, ("FZ001", name)), name)
        if other != name:
            return other, name
    pytest.fail("no two names with one id were found")
