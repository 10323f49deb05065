"""A manager closes the centre: everything of these days is off, every family hears of it once."""

from datetime import date, datetime, timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from messages.calendar import SHANGHAI
from storage import closures, sessions
from storage.closures import Closure
from storage.transaction import Transaction
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, rows_of

AFTERNOON = "FZ002-02@2026-11-28"
CAMP = "FZ002-03@2026-11-27"
LATER = "FZ002-01@2026-12-05"
CLOSED = "周六停电闭馆"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Two sessions on Saturday; lin is in both, chen in the first, wang waits for it."""
    house = House(linli)
    await house.session(places=2)
    await house.session(AFTERNOON, STARTS + timedelta(hours=6), places=5)
    await house.book("lin", "chen", "wang")
    await house.book("lin", session=AFTERNOON)
    return house


async def listed(house: House) -> list[Closure]:
    async with house.linli.database.read() as tx:
        return await closures.everything(tx)


async def camp(house: House) -> None:
    """Friday to Sunday, nine to five."""
    first = datetime(2026, 11, 27, 9, 0, tzinfo=SHANGHAI)
    days = [first + timedelta(days=day) for day in range(3)]
    meetings = [(at, at + timedelta(hours=8)) for at in days]

    async def work(tx: Transaction) -> None:
        await sessions.add(
            tx, CAMP, "FZ002-03", "FZ002",
            held_on=days[0].date(), last_on=days[-1].date(), meetings=meetings, places=9,
        )  # fmt: skip

    await house.linli.database.write(work)


async def test_a_closing_calls_everything_off_and_each_family_hears_once(house: House) -> None:
    proposed = await house.manager(CLOSED)
    for part in (
        "11月28日（周六）",
        "少儿书法班",
        "老年智能手机班",
        "停电停水",
        "3个家庭",
        "已报3人",
        "排队1家",
    ):
        assert part in proposed.rendered.text
    assert await listed(house) == []
    assert (await house.manager("是")).view == "DeskDone"
    [closure] = await listed(house)
    assert (closure.first_on, closure.last_on, closure.hours_text, closure.reason) == (
        date(2026, 11, 28), date(2026, 11, 28), "", "停电停水",
    )  # fmt: skip
    for name in ("lin", "chen", "wang"):
        [told] = await house.told(name)
        assert "闭馆" in told
        assert "可以改到" in told
        assert "12月5日（周六）9:00–10:30" in told
    [told] = await house.told("lin")
    assert "少儿书法班" in told
    assert "老年智能手机班" in told
    assert [await house.state("lin", each) for each in (SATURDAY, AFTERNOON)] == ["called_off"] * 2
    [entry] = await house.audit()
    assert (entry.who, entry.what, entry.became) == ("shell", "close", "power")
    assert set(entry.subjects.split()[1:]) == {SATURDAY, AFTERNOON}
    assert await house.problems() == []


async def test_residents_are_told_at_once_that_it_is_closed(house: House) -> None:
    asked = "东湖社区邻里中心周六开门吗"
    assert "停电停水" not in (await house.say(asked, "asker")).rendered.text
    await house.manager(CLOSED, "是")
    assert "停电停水" in (await house.say(asked, "asker")).rendered.text
    await house.manager("撤销")
    assert "停电停水" not in (await house.say(asked, "asker")).rendered.text


async def test_a_closing_that_is_taken_back_leaves_all_as_it_was(house: House) -> None:
    before = await rows_of(house.linli.database, "place", "closure")
    await house.manager(CLOSED, "是")
    undone = await house.manager("撤销")
    assert "11月28日（周六）照常开放" in undone.rendered.text
    assert [await house.state(name) for name in ("lin", "chen", "wang")] == ["booked", "booked", "waiting"]
    assert await rows_of(house.linli.database, "place", "closure") == before
    assert "照常举办" in (await house.told("lin"))[-1]
    assert len(await house.told("lin")) == 2
    assert [entry.what for entry in await house.audit()] == ["close", "undo_close"]
    assert await house.problems() == []


async def test_hours_without_power_leave_the_rest_of_the_day(house: House) -> None:
    proposed = await house.manager("周六下午2点到6点停电")
    assert "只在8:30-12:00 18:00-20:00开放" in proposed.rendered.text
    assert "老年智能手机班" in proposed.rendered.text
    assert "少儿书法班" not in proposed.rendered.text
    await house.manager("是")
    assert await house.state("lin", AFTERNOON) == "called_off"
    assert await house.state("lin") == "booked"
    [closure] = await listed(house)
    assert closure.hours_text == "8:30-12:00 18:00-20:00"
    assert "8:30" in (await house.say("东湖社区邻里中心周六开门吗", "asker")).rendered.text


async def test_a_camp_goes_on_without_the_closed_day(house: House) -> None:
    await camp(house)
    await house.book("zhao", session=CAMP)
    await house.manager(CLOSED, "是")
    assert await house.state("zhao", CAMP) == "booked"
    async with house.linli.database.read() as tx:
        days = [at.astimezone(SHANGHAI).day for at, _ in await sessions.meetings(tx, CAMP)]
    assert days == [27, 29]
    [told] = await house.told("zhao")
    assert "照常举办，只是闭馆的日子不上" in told
    assert "取消" not in told
    await house.manager("撤销")
    async with house.linli.database.read() as tx:
        assert len(await sessions.meetings(tx, CAMP)) == 3
    assert (await house.row(CAMP)).is_edited is False
    assert await house.problems() == []


async def test_today_spares_what_has_begun(house: House) -> None:
    at_nine_ten = house.at(STARTS + timedelta(minutes=10))
    proposed = await at_nine_ten.manager("今天停水闭馆")
    assert "少儿书法班" not in proposed.rendered.text
    await at_nine_ten.manager("是")
    assert await house.state("lin") == "booked"
    assert await house.state("lin", AFTERNOON) == "called_off"


async def test_several_days_are_closed_at_once(house: House) -> None:
    await house.manager("周五到周日台风闭馆", "是")
    [closure] = await listed(house)
    assert (closure.first_on, closure.last_on) == (date(2026, 11, 27), date(2026, 11, 29))
    assert (await house.audit())[0].became == "typhoon"


async def test_a_session_nobody_asked_for_is_not_held_either(house: House) -> None:
    await house.manager("12月5日检修闭馆")
    await house.manager("是")
    assert "12月5日" not in (await house.manager("取消少儿书法班")).rendered.text


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("闭馆", "哪一天"),
        ("每周六闭馆", "哪一天"),
        ("从11月28日到明年2月28日闭馆", "最多闭馆60天"),
        ("昨天闭馆", "已经过去"),
    ],
)
async def test_a_closing_without_a_day_that_can_be_is_refused(house: House, said: str, part: str) -> None:
    assert part in (await house.manager(said)).rendered.text
    assert await listed(house) == []


async def test_a_closing_that_was_reopened_otherwise_is_not_taken_back(house: House) -> None:
    await house.manager(CLOSED, "是")
    [closure] = await listed(house)
    await house.linli.database.write(lambda tx: closures.remove(tx, closure.id))
    assert (await house.manager("撤销")).view == "DeskRefused"
    assert await house.state("lin") == "called_off"
    assert NOW < STARTS
