"""A manager changes an activity from the chat: times, places, ages, fee, from a day on; told, taken back."""

from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from bot.jobs import run_due
from bot.linli import Linli
from handlers.directory_import import import_directory
from handlers.export import export
from messages.calendar import SHANGHAI
from messages.workbook import read_workbook
from storage import changes
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, rows_of, sample_book

LATER = "FZ002-01@2026-12-05"
WEEK = timedelta(days=7)
CARD = "东湖社区的少儿书法班"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """The class of Saturdays from nine on, twice, with one family in both and another in the first."""
    house = House(linli)
    await house.session(places=15)
    await house.session(LATER, STARTS + WEEK, places=15)
    await house.book("lin", "chen")
    await house.book("lin", session=LATER)
    return house


async def plan(house: House) -> None:
    """What the jobs do once the directory has changed."""
    await house.linli.take_up_directory()
    await run_due(house.linli, house.linli.clock())


async def clock(house: House, session_id: str) -> str:
    return f"{(await house.row(session_id)).starts_at.astimezone(SHANGHAI):%m-%d %H:%M}"


async def test_another_clock_moves_all_sessions_and_each_family_hears_once(house: House) -> None:
    proposed = await house.manager("书法班的时间改成每周六 10:00-11:30")
    for part in (
        "少儿书法班，改时间",
        "改成：每周六 10:00-11:30",
        "原来：每周六 9:00-10:30",
        "影响2个家庭：已报3人",
    ):
        assert part in proposed.rendered.text
    await house.manager("是")
    await plan(house)
    assert [await clock(house, each) for each in (SATURDAY, LATER)] == ["11-28 10:00", "12-05 10:00"]
    [told] = await house.told("lin")
    for part in ("安排有变", "11月28日（周六）10:00–11:30", "12月5日（周六）10:00–11:30", "不算晚取消"):
        assert part in told
    assert len(await house.told("chen")) == 1
    assert "每周六 10:00-11:30" in (await house.say(CARD, "asker")).rendered.text
    undone = await house.later(timedelta(minutes=5)).manager("撤销")
    assert "少儿书法班的时间：每周六 9:00-10:30" in undone.rendered.text
    await plan(house)
    assert await clock(house, SATURDAY) == "11-28 09:00"
    assert [await house.state("lin", each) for each in (SATURDAY, LATER)] == ["booked"] * 2
    assert [entry.what for entry in await house.audit()] == ["edit", "undo_edit"]
    assert await house.problems() == []


async def test_another_weekday_is_read_back_with_what_ends_and_given_back_within_ten_minutes(
    house: House,
) -> None:
    proposed = await house.manager("书法班的时间改成每周日 9:00-10:30")
    for part in ("不再举办的场次，报名会取消", "11月28日（周六）", "12月5日（周六）", "2个家庭"):
        assert part in proposed.rendered.text
    await house.manager("是")
    await plan(house)
    assert [await house.state("lin", each) for each in (SATURDAY, LATER)] == ["called_off"] * 2
    [told] = await house.told("lin")
    for part in ("11月25日（周三）起时间改为每周日 9:00-10:30", "11月28日", "12月5日", "不算缺席"):
        assert part in told
    await house.later(timedelta(minutes=5)).manager("撤销")
    await plan(house)
    assert [await house.state("lin", each) for each in (SATURDAY, LATER)] == ["booked"] * 2
    assert await house.state("chen") == "booked"
    assert await house.problems() == []


async def test_from_a_day_on_what_is_before_it_stays(house: House) -> None:
    await house.manager("从12月1日起书法班时间改成每周六 10:00-11:30", "是")
    await plan(house)
    assert [await clock(house, each) for each in (SATURDAY, LATER)] == ["11-28 09:00", "12-05 10:00"]
    assert await house.told("chen") == []
    [told] = await house.told("lin")
    assert "12月5日（周六）10:00–11:30" in told
    card = (await house.say(CARD, "asker")).rendered.text
    assert "每周六 9:00-10:30" in card
    assert "12月1日起时间改为每周六 10:00-11:30" in card
    there = house.at(NOW + timedelta(days=7))
    await plan(there)
    card = (await there.say(CARD, "asker")).rendered.text
    assert "时间：每周六 10:00-11:30" in card
    assert "12月1日起" not in card


async def test_the_fee_of_a_later_day_stands_on_the_card_of_that_day(house: House) -> None:
    await house.manager("书法班费用改成每期120元，自12月1日起", "是")
    for said in ("东湖社区", "帮孩子报少儿书法班"):
        await house.say(said, "wang")
    await house.say(f"/session {LATER}", "wang")
    assert "费用：每期120元" in (await house.say("2018年5月", "wang")).rendered.text
    assert "120元" not in (await house.say(f"/session {SATURDAY}", "wang")).rendered.text
    assert "费用：免费" in (await house.say(CARD, "asker")).rendered.text


async def test_other_ages_count_from_their_day_on_and_who_is_in_stays(house: House) -> None:
    proposed = await house.manager("从12月1日起书法班对象改成3-6岁")
    assert "已经报上的都保留" in proposed.rendered.text
    await house.manager("是")
    for said in ("东湖社区", "帮孩子报少儿书法班"):
        await house.say(said, "wang")
    assert (await house.say(f"/session {LATER}", "wang")).view == "AskHowOld"
    assert "不在对象里" in (await house.say("2018年5月", "wang")).rendered.text
    await house.say(f"/session {SATURDAY}", "wang")
    assert (await house.say("2018年5月", "wang")).view == "BookingProposed"
    await plan(house)
    assert await house.state("lin", LATER) == "booked"


async def test_fewer_places_for_all_sessions_throw_nobody_out(house: House) -> None:
    await house.manager("书法班以后名额都改成1", "是")
    await plan(house)
    first, second = await house.row(SATURDAY), await house.row(LATER)
    assert (first.places, first.capacity, first.taken) == (1, 2, 2)
    assert (second.places, second.capacity, second.taken) == (1, 1, 1)
    await house.manager("撤销")
    await plan(house)
    assert (await house.row(SATURDAY)).places == 15


async def test_a_clash_of_the_new_times_is_explained(house: House) -> None:
    at_ten = "FZ004-01@2026-11-28"
    await house.session(at_ten, STARTS + timedelta(hours=1.5))
    await house.book("lin", session=at_ten)
    refused = await house.manager("书法班的时间改成每周六 10:00-11:30")
    assert "有1位那个时间另有安排（11月28日（周六）10:00）" in refused.rendered.text


async def test_a_later_file_reports_it_and_does_not_win(house: House, tmp_path: Path) -> None:
    for said in (
        "书法班的时间改成每周六 10:00-11:30",
        "书法班费用改成每期120元",
        "书法班对象改成6-12岁",
        "书法班以后名额都改成20",
    ):
        assert (await house.manager(said, "是")).view == "DeskDone"
    database, read = house.linli.database, sample_book()
    report = await import_directory(database, read, now=NOW, entry_id="import")
    told = [(each.column, each.set_to, each.file_says) for each in report.conflicts]
    assert told == [
        ("时间", "每周六 10:00-11:30", "每周六 9:00-10:30"),
        ("费用", "每期120元", "免费"),
        ("适合人群", "6-12岁", "7-14岁"),
        ("名额", "20", "15"),
    ]
    taken = await import_directory(database, read, now=NOW, entry_id="import2", take_file=("M-0002",))
    assert [each.change_id for each in taken.conflicts] == ["M-0001", "M-0003", "M-0004"]
    await house.linli.take_up_directory()
    card = (await house.say(CARD, "asker")).rendered.text
    for part in ("每周六 10:00-11:30", "6-12岁", "免费，名额20人"):
        assert part in card
    await export(database, tmp_path / "all.xlsx", NOW.date())
    again = read_workbook(tmp_path / "all.xlsx")
    assert (await import_directory(database, again, now=NOW, entry_id="import3")).conflicts == ()
    async with database.read() as tx:
        assert await changes.unsettled(tx) == []


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("书法班费用改一下", "费用改成多少"),
        ("书法班对象改成聪明的孩子", "对象改成什么"),
        ("书法班的时间改成每周六有空", "读不懂"),
        ("书法班的时间改成每周六 9:00-10:30", "本来就是这样"),
        ("书法班以后名额都改成0", "改成几个"),
        ("从11月1日起书法班费用改成5元", "已经过去"),
        ("冬令营的时间改成每周六 9:00-10:30", "冬令营顺延一周"),
    ],
)
async def test_what_cannot_be_changed_so_changes_nothing(sqlite_linli: Linli, said: str, part: str) -> None:
    house = House(sqlite_linli)
    before = await rows_of(house.linli.database, "directory_change", "activity", "audit")
    assert part in (await house.manager(said)).rendered.text
    assert await rows_of(house.linli.database, "directory_change", "activity", "audit") == before


async def test_the_control_a_resident_changes_nothing(sqlite_linli: Linli) -> None:
    house = House(sqlite_linli)
    assert not (await house.say("书法班费用改成每期120元", "lin")).view.startswith("Desk")
