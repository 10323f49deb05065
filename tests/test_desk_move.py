"""A manager moves a camp with all its meetings: read back, told once, left without penalty, taken back."""

from datetime import date, datetime, timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from messages.calendar import SHANGHAI
from storage import bookings, conversations, families, sessions
from storage.bookings import Wish
from storage.transaction import Transaction
from tests.desk import House

CAMP = "FZ002-03@2027-01-25"
# Booking is open, and cancelling in time still possible; then it is not any more.
OPEN = datetime(2026, 12, 20, 10, tzinfo=SHANGHAI)
LATE = datetime(2027, 1, 20, 10, tzinfo=SHANGHAI)
BOOKS = ("东湖社区", "帮孩子报寒假冬令营", "三年级", "1")
MOVES = "冬令营顺延一周"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Two families have booked the camp of eight working days, from 25 January to 3 February."""
    house = House(linli).at(OPEN)
    for name in ("lin", "chen"):
        assert [(await house.say(said, name)).view for said in BOOKS][-1] == "Booked"
    return house


async def days(house: House) -> list[str]:
    async with house.linli.database.read() as tx:
        meetings = await sessions.meetings(tx, CAMP)
    return [f"{begins.astimezone(SHANGHAI):%m-%d %H:%M}" for begins, _ in meetings]


async def test_all_meetings_are_moved_by_as_many_days_and_who_is_in_is_told_once(house: House) -> None:
    proposed = await house.manager(MOVES)
    assert proposed.view == "DeskProposed"
    for part in (
        "1月25日（周一）至2月3日（周三）",
        "挪到2月1日（周一）至2月10日（周三）",
        "共8天",
        "2个家庭",
    ):
        assert part in proposed.rendered.text
    before = await days(house)
    assert (await house.manager("是")).view == "DeskDone"
    assert await days(house) == [
        f"02-{day:02} 08:30" for day in (1, 2, 3, 4, 5, 8, 9, 10)
    ]  # fmt: skip
    for name in ("lin", "chen"):
        [told] = await house.told(name)
        for part in ("时间改了，您的预约还在", "2月1日（周一）至2月10日（周三）", "不算晚取消"):
            assert part in told
    assert (await house.row(CAMP)).taken == 2
    undone = await house.later(timedelta(minutes=5)).manager("撤销")
    assert undone.view == "DeskUndone"
    assert await days(house) == before
    row = await house.row(CAMP)
    assert (row.is_edited, row.held_on, row.last_on) == (False, date(2027, 1, 25), date(2027, 2, 3))
    assert await house.problems() == []


async def test_whom_the_new_days_do_not_suit_leaves_without_penalty(house: House) -> None:
    late = house.at(LATE)
    await late.say("取消冬令营", "chen")
    assert "记为晚取消" in (await late.say("是", "chen")).rendered.text  # the control: not moved
    await late.manager(MOVES, "是")
    proposed = await late.say("取消冬令营", "lin")
    assert proposed.view == "CancelProposed"
    assert "晚取消" not in proposed.rendered.text
    assert "晚取消" not in (await late.say("是", "lin")).rendered.text
    async with house.linli.database.read() as tx:
        row = await sessions.of_id(tx, CAMP)
    assert row
    assert row.taken == 0


async def test_who_books_after_the_move_has_the_usual_deadline(linli: Linli) -> None:
    house = House(linli).at(OPEN)
    await house.manager(MOVES, "是")
    for said in BOOKS:
        await house.say(said, "lin")
    late = house.at(LATE)
    assert "晚取消" in (await late.say("取消冬令营", "lin")).rendered.text


async def test_a_clash_is_explained_and_nothing_is_moved(house: House) -> None:
    other = "FZ002-01@2027-02-06"
    await house.session(other, datetime(2027, 2, 6, 9, tzinfo=SHANGHAI))
    other_time = "冬令营改到1月30日、31日、2月1日、2日、3日、4日、5日、6日"
    assert (await house.manager(other_time)).view == "DeskProposed"

    async def book_the_other(tx: Transaction) -> None:
        talk = await conversations.find(tx, "web", "lin")
        assert talk
        family = await families.of_conversation(tx, talk.id)
        assert family
        [child] = await families.participants(tx, family)
        await families.hold(tx, family)
        assert await bookings.book(tx, Wish("other", "QQQQ", other, family, (child.id,)), OPEN)

    await house.linli.database.write(book_the_other)
    refused = await house.manager(other_time)
    assert refused.view == "DeskRefused", refused.rendered.text
    assert "有1位那个时间另有安排（2月6日（周六）8:30）" in refused.rendered.text
    assert (await days(house))[0] == "01-25 08:30"
    assert await house.told("lin") == []


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("冬令营推迟3天", "01-28 08:30", "02-06 08:30"),
        ("把冬令营提前两天", "01-23 08:30", "02-01 08:30"),
        ("冬令营往后推一个星期", "02-01 08:30", "02-10 08:30"),
        ("冬令营改到1月27日", "01-27 08:30", "02-05 08:30"),
        ("冬令营改到2月1日至2月10日", "02-01 08:30", "02-10 08:30"),
        ("冬令营改到2月1日至2月8日", "02-01 08:30", "02-08 08:30"),
        ("冬令营改到1月28日、29日、30日、2月1日、2日、3日、4日、5日", "01-28 08:30", "02-05 08:30"),
        ("冬令营改到9:00到17:00", "01-25 09:00", "02-03 09:00"),
        ("postpone 冬令营 by 3 days", "01-28 08:30", "02-06 08:30"),
        ("move 冬令营 one week later", "02-01 08:30", "02-10 08:30"),
        ("bring 冬令营 forward by two days", "01-23 08:30", "02-01 08:30"),
        ("move 冬令营 to 27 January", "01-27 08:30", "02-05 08:30"),
    ],
)
async def test_days_are_said_in_many_ways(sqlite_linli: Linli, said: str, first: str, last: str) -> None:
    house = House(sqlite_linli).at(OPEN)
    proposed = await house.manager(said)
    assert proposed.view == "DeskProposed", proposed.rendered.text
    await house.manager("是" if "冬令营 " not in said else "yes")
    moved = await days(house)
    assert (len(moved), moved[0], moved[-1]) == (8, first, last)


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("冬令营改到2月1日、2月3日", "这个营有8天"),
        ("冬令营改到12月1日", "已经过去"),
        ("冬令营顺延20周", "最多挪60天"),
        ("冬令营改到1月25日", "本来就是这样"),
        ("冬令营改时间", "挪到什么时候"),
    ],
)
async def test_what_is_no_time_for_a_camp_is_said(sqlite_linli: Linli, said: str, part: str) -> None:
    house = House(sqlite_linli).at(OPEN)
    assert part in (await house.manager(said)).rendered.text
    assert await house.audit() == []


async def test_a_moved_camp_is_still_found_by_who_wants_to_book(house: House) -> None:
    await house.manager("冬令营顺延三周", "是")
    replies = [await house.say(said, "wang") for said in BOOKS]
    assert "2月15日" in replies[-2].rendered.text
    assert replies[-1].view == "Booked"


async def test_a_class_is_put_off_by_days_too(sqlite_linli: Linli) -> None:
    house = House(sqlite_linli)
    assert "挪到11月29日（周日）9:00–10:30" in (await house.manager("周六的书法班推迟一天")).rendered.text
