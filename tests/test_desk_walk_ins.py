"""Who just came is taken in where there is room: counted as such, never too many, taken back for a while."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.permissions import Role
from messages.understand.orders import order_words
from storage import attendance, bookings
from storage.attendance import Attendee
from storage.statements import statement
from tests.desk import SATURDAY, STARTS, House
from tests.sample import NOW, rows_of

TABLES = ("booking", "family", "place", "participant", "attendance", "audit")
WALKED = statement("test.walked", "SELECT id FROM booking WHERE is_walk_in ORDER BY id")


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Saturday, ten minutes before nine: five places, two of them taken; li works at the desk."""
    house = House(linli)
    await house.session(places=5)
    await house.book("ann", size=2)
    await house.join("li", Role.CENTRE_STAFF, "FZ002")
    return house.at(STARTS - timedelta(minutes=10))


async def there(house: House) -> list[Attendee]:
    async with house.linli.database.read() as tx:
        return [who for who in await attendance.roster(tx, SATURDAY, STARTS) if who.is_walk_in]


async def walked(house: House) -> int:
    async with house.linli.database.read() as tx:
        return len(await tx.rows(WALKED))


@pytest.mark.parametrize("said", ["现场来了2个", "有两个没报名的来了", "又来了两位", "2 walk-ins"])
async def test_who_just_came_is_taken_in_after_a_yes_and_is_there(house: House, said: str) -> None:
    before = await rows_of(house.linli.database, *TABLES)
    proposed = await house.say(said, "li")
    assert proposed.view == "DeskProposed"
    assert "2" in proposed.rendered.text
    assert await rows_of(house.linli.database, *TABLES) == before
    done = await house.say("好的" if "来" in said else "yes", "li")
    assert done.view == "DeskDone"
    session = await house.row()
    assert (session.taken, session.free) == (4, 1)
    assert [(who.alias, who.kind, who.arrived_at) for who in await there(house)] == [
        ("来访1", "child", house.linli.clock()),
        ("来访2", "child", house.linli.clock()),
    ]
    async with house.linli.database.read() as tx:
        [booking] = [each for each in await bookings.of_session(tx, SATURDAY) if each.made_by == "S-0001"]
    assert booking.code in done.rendered.text
    entry = (await house.audit())[-1]
    assert (entry.who, entry.what, entry.became) == ("S-0001", "walk_in", "2")
    assert await house.problems() == []


async def test_the_list_says_who_walked_in(house: House) -> None:
    await house.manager("现场来了1个", "是")
    text = (await house.manager("今日名单")).rendered.text
    assert "已报3/5" in text
    assert "3. 来访1" in text
    assert "现场来的" in text
    assert text.count("未到") == 2


async def test_a_session_that_runs_takes_them_in_and_one_that_is_over_does_not(house: House) -> None:
    running = house.at(STARTS + timedelta(minutes=30))
    await running.manager("现场来了1个", "是")
    assert await walked(house) == 1
    before = await rows_of(house.linli.database, *TABLES)
    for when in (STARTS + timedelta(minutes=90), STARTS - timedelta(minutes=61), NOW):
        refused = await house.at(when).manager("少儿书法班现场来了1个")
        assert (refused.view, "不能现场加入" in refused.rendered.text) == ("DeskRefused", True)
    assert await rows_of(house.linli.database, *TABLES) == before


@pytest.mark.parametrize(("size", "fits"), [(3, True), (4, False)])
async def test_no_more_come_in_than_there_are_places(house: House, size: int, fits: bool) -> None:
    proposed = await house.manager(f"现场来了{size}个")
    assert (proposed.view == "DeskProposed") is fits
    await house.manager("是")
    assert await walked(house) == fits
    assert (await house.row()).taken == 2 + size * fits
    assert await house.problems() == []


async def test_more_than_twenty_at_once_are_a_slip(house: House) -> None:
    assert "一次最多" in (await house.manager("现场来了99个")).rendered.text


async def test_a_family_with_an_offer_keeps_it_and_one_in_line_keeps_what_is_kept_for_it(
    linli: Linli,
) -> None:
    house = House(linli)
    await house.session(places=2)
    await house.book("ann", size=2)
    await house.book("bob", size=2)
    await house.say("/cancel ANN1", "ann")
    await house.say("是", "ann")
    assert await house.state("bob") == "offered"
    soon = house.at(STARTS - timedelta(minutes=10))
    before = await rows_of(linli.database, *TABLES)
    assert "没有这么多空位" in (await soon.manager("现场来了1个")).rendered.text
    free = statement("test.free", "UPDATE session SET places = 3, capacity = 3, waiting = 1 WHERE id = :id")
    await linli.database.write(lambda tx: tx.run(free, {"id": SATURDAY}))
    assert "给排队或抽签的家庭留的" in (await soon.manager("现场来了1个")).rendered.text
    assert await rows_of(linli.database, *TABLES) == before
    running = house.at(STARTS + timedelta(minutes=1))
    assert (await running.manager("现场来了1个")).view == "DeskProposed", "nobody is served any more"


async def test_two_at_the_desk_take_the_last_place_once(house: House) -> None:
    await house.manager("现场来了3个")
    await house.say("现场来了3个", "li")
    views = {reply.view for reply in await asyncio.gather(house.manager("是"), house.say("是", "li"))}
    assert views in ({"DeskDone", "DeskRefused"}, {"DeskDone", "DeskProposed"})
    assert (await house.row()).taken == 5
    assert await walked(house) == 1
    assert await house.problems() == []


async def test_a_place_that_is_taken_before_the_yes_is_not_given_twice(house: House) -> None:
    await house.manager("现场来了3个")
    await house.at(NOW).book("bob")
    assert "没有这么多空位" in (await house.manager("是")).rendered.text
    assert await walked(house) == 0


async def test_it_is_taken_back_within_ten_minutes(house: House) -> None:
    before = await rows_of(house.linli.database, "attendance")
    await house.manager("现场来了2个", "是")
    undone = await house.later(timedelta(minutes=9)).manager("撤销")
    assert (undone.view, "已报2/5" in undone.rendered.text) == ("DeskUndone", True)
    assert await rows_of(house.linli.database, "attendance") == before
    assert (await house.row()).free == 3
    await house.manager("现场来了2个", "是")
    late = house.later(timedelta(minutes=11))
    assert "已经超过10分钟" in (await late.manager("撤销")).rendered.text
    assert await house.problems() == []


async def test_it_is_not_taken_back_once_one_of_them_has_left(house: House) -> None:
    await house.manager("现场来了1个", "是")
    entry = (await house.audit())[-1]
    await house.manager("3接走", "是")
    before = await rows_of(house.linli.database, "attendance", "booking")
    assert (await house.manager(f"/desk_undo {entry.id}")).view == "DeskRefused"
    assert await rows_of(house.linli.database, "attendance", "booking") == before


async def test_of_two_that_run_one_is_asked_for_and_a_name_decides(house: House) -> None:
    await house.session("FZ002-02@2026-11-28", STARTS, places=5)
    asked = await house.manager("现场来了2个")
    assert asked.view == "AskWhichOfOurs"
    chosen = await house.manager("1")
    assert (chosen.view, "2人" in chosen.rendered.text) == ("DeskProposed", True)
    named = await house.manager("老年智能手机班现场来了1个")
    assert "老年智能手机班" in named.rendered.text
    await house.manager("是")
    async with house.linli.database.read() as tx:
        [booking] = await bookings.of_session(tx, "FZ002-02@2026-11-28")
        [who] = await bookings.who(tx, booking.id)
    assert who.kind == "adult"


async def test_nobody_walks_into_a_draw_or_into_what_was_called_off(house: House) -> None:
    draw = statement("test.draw", "UPDATE session SET has_draw = TRUE")
    await house.linli.database.write(lambda tx: tx.run(draw))
    assert "抽签" in (await house.manager("现场来了1个")).rendered.text
    await house.linli.database.write(
        lambda tx: tx.run(statement("test.no_draw", "UPDATE session SET has_draw = FALSE"))
    )
    await house.say("现场来了1个", "li")
    await house.manager("取消今天的少儿书法班", "是")
    assert "已经取消" in (await house.say("是", "li")).rendered.text
    assert await walked(house) == 0


async def test_at_another_centre_and_from_afar_nobody_is_taken_in(house: House) -> None:
    await house.join("far", Role.DISTRICT)
    before = await rows_of(house.linli.database, "booking")
    assert (await house.manager("现场来了1个", of="FZ004")).view == "DeskRefused"
    assert "不是您管的中心" in (await house.manager("东湖社区现场来了1个", of="FZ004")).rendered.text
    assert "不能办这件事" in (await house.say("现场来了1个", "far")).rendered.text
    assert not (await house.say("现场来了1个", "resident")).view.startswith("Desk")
    assert await rows_of(house.linli.database, "booking") == before


@pytest.mark.parametrize(
    ("said", "people"),
    [
        ("现场来了2个", 2),
        ("来了两位大人三个孩子", 5),
        ("现场来了十二个人", 12),
        ("现场来人了", 0),
        ("4点班", 0),
    ],
)
def test_how_many_came_is_read_all_together(said: str, people: int) -> None:
    assert order_words("zh").people_in(said) == people
