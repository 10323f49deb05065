"""What a manager changed and the office's next file has otherwise: it is reported, never lost in silence."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.jobs import run_due
from bot.linli import Linli
from handlers.directory_changes import Conflict, NoSuchChange
from handlers.directory_import import ImportReport, import_directory
from handlers.export import export
from messages.workbook import ActivityEntry, CentreEntry, WorkbookRead, read_workbook
from storage import changes
from storage.changes import Change
from tests.cli import Here
from tests.desk import STARTS, House
from tests.sample import NOW, sample_book

HOURS = "每天 9:00-18:00"
ASKED = "东湖社区邻里中心几点开门"
PUBLISH = "发布活动：亲子阅读，每周日 15:00-16:00，20人，12月6日到1月31日"


@pytest.fixture(scope="module")
def read() -> WorkbookRead:
    """The office's file, as it was imported before."""
    return sample_book()


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """The manager of FZ002 changed the hours, the phone, ended one activity and began another."""
    house = House(linli)
    for said in (f"开放时间改成{HOURS}", "电话改成0595-22123456", "停办少儿书法班", PUBLISH):
        assert (await house.manager(said, "是")).view == "DeskDone"
    return house


async def take(house: House, read: WorkbookRead, *ids: str, dry_run: bool = False) -> ImportReport:
    report = await import_directory(
        house.linli.database, read, now=NOW, take_file=ids, dry_run=dry_run, entry_id="import"
    )
    await house.linli.take_up_directory()
    return report


async def held(house: House) -> dict[str, Change]:
    async with house.linli.database.read() as tx:
        return {change.id: change for change in await changes.unsettled(tx)}


def with_centre(read: WorkbookRead, change: Callable[[CentreEntry], CentreEntry]) -> WorkbookRead:
    return replace(read, centres=tuple(change(c) if c.id == "FZ002" else c for c in read.centres))


def with_activity(read: WorkbookRead, change: Callable[[ActivityEntry], ActivityEntry]) -> WorkbookRead:
    return replace(read, activities=tuple(change(a) if a.id == "FZ002-01" else a for a in read.activities))


async def test_the_same_file_again_changes_nothing_of_it_and_says_so(
    house: House, read: WorkbookRead
) -> None:
    report = await take(house, read)
    told = {each.change_id: each for each in report.conflicts}
    assert list(told) == ["M-0001", "M-0002", "M-0003", "M-0004"]
    assert told["M-0001"] == Conflict(
        "M-0001",
        "邻里中心",
        3,
        "FZ002",
        "开放时间",
        HOURS,
        "周一至周六 8:30～12:00 14:00～20:00",
        NOW.date(),
        NOW,
    )
    phone, ended, begun = told["M-0002"], told["M-0003"], told["M-0004"]
    assert (phone.column, phone.set_to, phone.file_says) == ("电话", "0595-22123456", "0595-00000002")
    assert (ended.row_id, ended.set_to, ended.file_says) == ("FZ002-01", "2026-11-24", "2027-01-16")
    assert (begun.row, begun.row_id, begun.file_says) == (None, "FZ002-M01", "")
    assert len(await held(house)) == 4
    assert HOURS in (await house.say(ASKED, "asker")).rendered.text
    assert (await house.say("东湖社区的亲子阅读", "asker")).intent == "list_activities"
    assert "每周日 15:00-16:00" in (await house.say("东湖社区的亲子阅读", "asker")).rendered.text


async def test_a_family_hears_once_that_the_file_has_its_class_no_more(
    linli: Linli, read: WorkbookRead
) -> None:
    house, later = House(linli), "FZ002-01@2026-12-05"
    await house.session(places=1)
    await house.session(later, STARTS + timedelta(days=7))
    await house.book("lin", "chen")
    await house.book("lin", session=later)
    others = tuple(each for each in read.activities if each.id != "FZ002-01")
    await take(house, replace(read, activities=others))
    await run_due(linli, NOW)
    states = [await house.state("lin"), await house.state("lin", later), await house.state("chen")]
    assert states == ["called_off"] * 3
    [told] = await house.told("lin")
    for part in ("少儿书法班停办了（东湖社区", "11月28日", "12月5日", "不算缺席", "可以改报"):
        assert part in told
    assert len(await house.told("chen")) == 1
    await run_due(linli, NOW)
    assert len(await house.told("lin")) == 1
    assert await house.problems() == []


async def test_a_file_with_other_values_still_does_not_win(house: House, read: WorkbookRead) -> None:
    other = with_centre(
        read, lambda centre: replace(centre, hours_text="每天 7:00-22:00", phone="0595-22999999")
    )
    report = await take(house, other)
    assert {each.file_says for each in report.conflicts} >= {"每天 7:00-22:00", "0595-22999999"}
    text = (await house.say(ASKED, "asker")).rendered.text
    assert HOURS in text
    assert "0595-22123456" in text


async def test_a_file_that_says_the_same_confirms_it(house: House, read: WorkbookRead) -> None:
    same = with_centre(read, lambda centre: replace(centre, hours_text=HOURS, phone="059522123456"))
    same = with_activity(same, lambda activity: replace(activity, ends_on=date(2026, 11, 24)))
    report = await take(house, same)
    assert [each.change_id for each in report.conflicts] == ["M-0004"]
    assert list(await held(house)) == ["M-0004"]
    assert HOURS in (await house.say(ASKED, "asker")).rendered.text
    later = with_centre(same, lambda centre: replace(centre, hours_text="每天 7:00-22:00"))
    assert len((await take(house, later)).conflicts) == 1  # now the office's word holds again
    assert "7:00-22:00" in (await house.say(ASKED, "asker")).rendered.text


async def test_what_linli_exports_confirms_it_all(house: House, tmp_path: Path) -> None:
    await export(house.linli.database, tmp_path / "all.xlsx", NOW.date())
    report = await take(house, read_workbook(tmp_path / "all.xlsx"))
    assert report.conflicts == ()
    assert await held(house) == {}
    assert HOURS in (await house.say(ASKED, "asker")).rendered.text
    assert "每周日 15:00-16:00" in (await house.say("东湖社区的亲子阅读", "asker")).rendered.text


async def test_the_office_decides_for_its_file(house: House, read: WorkbookRead) -> None:
    report = await take(house, read, "M-0001", "M-0004")
    assert [each.change_id for each in report.conflicts] == ["M-0002", "M-0003"]
    assert list(await held(house)) == ["M-0002", "M-0003"]
    assert HOURS not in (await house.say(ASKED, "asker")).rendered.text
    assert "没有这项活动" in (await house.say("东湖社区的亲子阅读", "asker")).rendered.text
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.subjects) == ("shell", "take_file", "M-0001 M-0004")
    assert (await house.manager("撤销")).view == "DeskRefused"  # what the office decided stays
    assert await house.problems() == []


async def test_a_dry_run_tells_and_settles_nothing(house: House, read: WorkbookRead) -> None:
    assert len((await take(house, read, "M-0001", dry_run=True)).conflicts) == 3
    assert len(await held(house)) == 4


@pytest.mark.parametrize("ids", [("M-0009",), ("M-0001", "x")])
async def test_a_change_that_does_not_wait_is_refused_by_name(
    house: House, read: WorkbookRead, ids: tuple[str, ...]
) -> None:
    with pytest.raises(NoSuchChange, match=ids[-1]):
        await take(house, read, *ids)
    assert len(await held(house)) == 4


async def test_another_districts_file_neither_meets_nor_settles_it(house: House, read: WorkbookRead) -> None:
    other = replace(read, district="QZ", centres=(), services=(), activities=(), kiosks=())
    assert (await take(house, other)).conflicts == ()
    with pytest.raises(NoSuchChange):
        await take(house, other, "M-0001")


async def test_an_older_change_of_the_same_field_goes_with_the_newer(
    house: House, read: WorkbookRead
) -> None:
    await house.manager("开放时间改成每天 10:00-17:00，自12月1日起", "是")
    assert "M-0005" in await held(house)
    report = await take(house, read, "M-0005")
    assert {"M-0001", "M-0005"}.isdisjoint(await held(house))
    assert len(report.conflicts) == 3


def test_the_command_shows_conflicts_and_settles_them(here: Here) -> None:
    assert here("ask", "--as", "manager:FZ002", f"开放时间改成{HOURS}", "是")[0] == 0
    code, out, _ = here("import")
    assert code == 0
    for part in ("1 changes of managers", "M-0001", "FZ002", HOURS, "8:30～12:00", "中心", "3"):
        assert part in out
    assert here("import", "--take-file", "M-0009")[0] == 2
    assert here("import", "--take-file", "M-0001")[0] == 0
    assert "M-0001" not in here("import")[1]


def test_the_control_without_changes_there_is_nothing_to_report(here: Here) -> None:
    assert "changes of managers" not in here("import")[1]
