"""Importing a workbook: all of it or nothing, twice the same, nobody else's rows, nothing deleted."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pytest

from handlers.directory_import import ImportConflict, ImportReport, import_directory
from messages.workbook import WorkbookRead, read_workbook
from storage import directory as directory_store
from storage.database import Database, Transaction, Work
from tests.sample import sample_book
from tests.workbooks import ACTIVITIES, CENTRES, KIOSKS, SERVICES, Sheets, put, save, small

T = TypeVar("T")

FIRST = datetime(2026, 11, 24, 15, 59, tzinfo=UTC)
LATER = datetime(2026, 11, 24, 16, 1, tzinfo=UTC)
"""The same evening in London, but the next day in Shanghai."""


def _read(tmp_path: Path, sheets: Sheets, *, district: str | None = None) -> WorkbookRead:
    return read_workbook(save(tmp_path / "book.xlsx", sheets), district=district)


def _told(report: ImportReport) -> dict[str, tuple[int, int, int, int]]:
    return {
        kind.value: (counts.added, counts.changed, counts.unchanged, counts.withdrawn)
        for kind, counts in report.counts.items()
    }


async def _everything(database: Database) -> str:
    """All rows of the directory, as one text to compare."""
    async with database.read() as tx:
        rows = [
            await directory_store.version(tx),
            await directory_store.centres(tx, with_withdrawn=True),
            await directory_store.services(tx, with_withdrawn=True),
            await directory_store.activities(tx, with_withdrawn=True),
            await directory_store.kiosks(tx, with_withdrawn=True),
        ]
    return json.dumps(rows, default=str)


async def test_the_sample_fills_an_empty_directory(database: Database) -> None:
    report = await import_directory(database, sample_book(), now=FIRST)
    assert _told(report) == {
        "centre": (85, 0, 0, 0),
        "service": (716, 0, 0, 0),
        "activity": (332, 0, 0, 0),
        "kiosk": (72, 0, 0, 0),
    }
    assert (report.refused_reason, report.problems, report.version) == (None, (), 1)
    async with database.read() as tx:
        centres = await directory_store.centres(tx)
        services = await directory_store.services(tx)
    assert [centre.position for centre in centres] == list(range(1, 86))
    assert {centre.district for centre in centres} == {"FZ"}
    assert (centres[1].opened_on, centres[1].updated_on) == (date(2023, 1, 18), date(2026, 11, 24))
    assert services[0].words == "办事、社保、医保、居住证、老年证、生育登记、盖章、证明"


async def test_importing_the_same_file_twice_changes_nothing(database: Database) -> None:
    read = sample_book()
    await import_directory(database, read, now=FIRST)
    before = await _everything(database)
    report = await import_directory(database, read, now=LATER)
    assert (report.version, _told(report)["service"]) == (1, (0, 0, 716, 0))
    assert await _everything(database) == before


async def test_a_changed_row_is_updated_and_dated_in_shanghai(database: Database, tmp_path: Path) -> None:
    await import_directory(database, _read(tmp_path, small()), now=FIRST)
    sheets = small()
    put(sheets, SERVICES, 3, "费用", "10元/份")
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER)
    assert (_told(report)["service"], report.version) == ((0, 1, 2, 0), 2)
    async with database.read() as tx:
        services = await directory_store.services(tx)
    assert [(s.fee, s.updated_on.day) for s in services] == [("免费", 24), ("10元/份", 25), ("免费", 24)]


async def test_a_dry_run_says_the_same_and_writes_nothing(database: Database, tmp_path: Path) -> None:
    empty = await _everything(database)
    read = _read(tmp_path, small())
    dry = await import_directory(database, read, now=FIRST, dry_run=True)
    assert await _everything(database) == empty
    assert _told(dry) == _told(await import_directory(database, read, now=FIRST))


async def test_another_order_of_rows_is_kept(database: Database, tmp_path: Path) -> None:
    await import_directory(database, _read(tmp_path, small()), now=FIRST)
    sheets = small()
    sheets[SERVICES][1:] = reversed(sheets[SERVICES][1:])
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER)
    assert (_told(report)["service"], report.version) == ((0, 0, 3, 0), 2)
    async with database.read() as tx:
        services = await directory_store.services(tx)
    assert [s.name for s in services] == ["政策咨询", "长者食堂", "便民服务大厅"]
    assert {s.updated_on.day for s in services} == {24}


async def test_too_many_rows_gone_change_nothing_until_their_number_is_named(
    database: Database, tmp_path: Path
) -> None:
    await import_directory(database, _read(tmp_path, small()), now=FIRST)
    before = await _everything(database)
    sheets = small()
    del sheets[SERVICES][3], sheets[KIOSKS][1]
    put(sheets, CENTRES, 2, "备注", "改了")
    read = _read(tmp_path, sheets)
    for confirmed in (None, 1, 3):
        report = await import_directory(database, read, now=LATER, confirm_withdrawals=confirmed)
        assert report.withdrawals == 2
        assert report.refused_reason is not None
        assert "--confirm-withdrawals 2" in report.refused_reason
        assert "1 of 3 service rows, 1 of 1 kiosk rows" in report.refused_reason
        assert await _everything(database) == before
    report = await import_directory(database, read, now=LATER, confirm_withdrawals=2)
    assert (report.refused_reason, report.version) == (None, 2)
    async with database.read() as tx:
        services = await directory_store.services(tx, with_withdrawn=True)
        kiosks = await directory_store.kiosks(tx)
    assert [(s.name, s.withdrawn_at) for s in services if s.withdrawn_at] == [("政策咨询", LATER)]
    assert kiosks == []


async def test_withdrawn_rows_come_back(database: Database, tmp_path: Path) -> None:
    whole = _read(tmp_path, small())
    await import_directory(database, whole, now=FIRST)
    sheets = small()
    del sheets[SERVICES][3]
    await import_directory(database, _read(tmp_path, sheets), now=FIRST, confirm_withdrawals=1)
    report = await import_directory(database, whole, now=LATER)
    assert _told(report)["service"] == (0, 1, 2, 0)
    async with database.read() as tx:
        assert len(await directory_store.services(tx)) == 3


async def test_a_tenth_may_go_without_asking_and_one_more_may_not(database: Database, tmp_path: Path) -> None:
    sheets = small()
    row = sheets[SERVICES][1]
    sheets[SERVICES] = [sheets[SERVICES][0], *([*row[:1], f"服务{n}", *row[2:]] for n in range(20))]
    await import_directory(database, _read(tmp_path, sheets), now=FIRST)
    fewer = {**sheets, SERVICES: sheets[SERVICES][:-2]}
    fewest = {**sheets, SERVICES: sheets[SERVICES][:-3]}
    refused = await import_directory(database, _read(tmp_path, fewest), now=LATER)
    assert refused.refused_reason is not None
    taken = await import_directory(database, _read(tmp_path, fewer), now=LATER)
    assert (taken.refused_reason, _told(taken)["service"]) == (None, (0, 0, 18, 2))


@pytest.mark.parametrize("sheet", [CENTRES, SERVICES, ACTIVITIES, KIOSKS])
async def test_a_missing_sheet_changes_nothing(database: Database, tmp_path: Path, sheet: str) -> None:
    await import_directory(database, _read(tmp_path, small()), now=FIRST)
    before = await _everything(database)
    sheets = small()
    del sheets[sheet]
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER)
    assert report.refused_reason is not None
    assert sheet in report.refused_reason
    assert await _everything(database) == before
    confirmed = await import_directory(
        database, _read(tmp_path, sheets), now=LATER, confirm_withdrawals=report.withdrawals
    )
    assert (confirmed.refused_reason, confirmed.version) == (None, 2)


async def test_a_missing_sheet_asks_even_when_nothing_would_go(database: Database, tmp_path: Path) -> None:
    sheets = small()
    del sheets[KIOSKS]
    read = _read(tmp_path, sheets)
    assert (await import_directory(database, read, now=FIRST)).refused_reason is not None
    assert (await import_directory(database, read, now=FIRST, confirm_withdrawals=0)).refused_reason is None


async def test_districts_live_side_by_side_and_a_file_touches_only_its_own(
    database: Database, tmp_path: Path
) -> None:
    await import_directory(database, _read(tmp_path, small("FZ")), now=FIRST)
    await import_directory(database, _read(tmp_path, small("LJ")), now=FIRST)
    async with database.read() as tx:
        theirs = [s for s in await directory_store.services(tx) if s.centre_id.startswith("LJ")]
    sheets = small("FZ")
    del sheets[SERVICES][2:]
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER, confirm_withdrawals=2)
    assert _told(report)["service"] == (0, 0, 1, 2)
    async with database.read() as tx:
        assert [s for s in await directory_store.services(tx) if s.centre_id.startswith("LJ")] == theirs


async def test_rows_that_belong_to_another_district_are_refused_by_name(
    database: Database, tmp_path: Path
) -> None:
    await import_directory(database, _read(tmp_path, small("LJ")), now=FIRST)
    before = await _everything(database)
    sheets = small("LJ")
    put(sheets, CENTRES, 2, "名称", "被改名的中心")
    report = await import_directory(database, _read(tmp_path, sheets, district="FZ"), now=LATER)
    assert report.problems[0].expected == "该编号已属于另一个区（LJ），本文件不得改动"
    assert (len(report.problems), report.version) == (7, 1)
    assert await _everything(database) == before


async def test_control_the_same_rows_under_their_own_district_are_changed(
    database: Database, tmp_path: Path
) -> None:
    await import_directory(database, _read(tmp_path, small("LJ")), now=FIRST)
    sheets = small("LJ")
    put(sheets, CENTRES, 2, "名称", "改名的中心")
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER)
    assert _told(report)["centre"] == (0, 1, 1, 0)


async def test_a_file_without_rows_is_nobodys(database: Database, tmp_path: Path) -> None:
    read = _read(tmp_path, {title: rows[:1] for title, rows in small().items()})
    report = await import_directory(database, read, now=FIRST)
    assert report.refused_reason is not None
    assert "--district" in report.refused_reason


async def test_bad_rows_are_named_and_good_ones_taken(database: Database, tmp_path: Path) -> None:
    sheets = small()
    put(sheets, SERVICES, 2, "功能分类", "娱乐")
    put(sheets, CENTRES, 2, "电话", "见门口")
    report = await import_directory(database, _read(tmp_path, sheets), now=FIRST)
    assert [(p.sheet, p.row, p.refused) for p in report.problems] == [
        (CENTRES, 2, False),
        (SERVICES, 2, True),
    ]
    async with database.read() as tx:
        assert [s.name for s in await directory_store.services(tx)] == ["长者食堂", "政策咨询"]
        assert (await directory_store.centres(tx))[0].phone == "见门口"


class _Meddler(Database):
    """A database in which somebody else changes the directory before each write of ours."""

    def __init__(self, database: Database, *, times: int) -> None:
        self._database = database
        self._times = times

    @asynccontextmanager
    async def read(self, *, snapshot: bool = True) -> AsyncIterator[Transaction]:
        async with self._database.read(snapshot=snapshot) as tx:
            yield tx

    async def write(self, work: Work[T]) -> T:
        if self._times:
            self._times -= 1
            await self._database.write(_bump)
        return await self._database.write(work)


async def _bump(tx: Transaction) -> None:
    await directory_store.bump_version(tx, FIRST)


async def test_when_another_import_comes_between_the_plan_is_made_again(
    database: Database, tmp_path: Path
) -> None:
    read = _read(tmp_path, small())
    report = await import_directory(_Meddler(database, times=2), read, now=FIRST)
    assert (report.version, _told(report)["centre"]) == (3, (2, 0, 0, 0))


async def test_an_import_that_never_finds_its_directory_unchanged_gives_up(
    database: Database, tmp_path: Path
) -> None:
    with pytest.raises(ImportConflict, match="nothing was imported"):
        await import_directory(_Meddler(database, times=99), _read(tmp_path, small()), now=FIRST)
    async with database.read() as tx:
        assert await directory_store.centres(tx) == []


async def test_a_name_written_in_other_widths_keeps_its_row(database: Database, tmp_path: Path) -> None:
    await import_directory(database, _read(tmp_path, small()), now=FIRST)
    sheets = small()
    put(sheets, SERVICES, 2, "服务名称", "便民　服务大厅")
    report = await import_directory(database, _read(tmp_path, sheets), now=LATER)
    assert _told(report)["service"] == (0, 1, 2, 0)
