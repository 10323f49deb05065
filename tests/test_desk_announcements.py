"""The page of announcements: what was announced, how many heard of it, and the form for another one."""

from datetime import timedelta

import pytest
import pytest_asyncio

from bot.forgetting import end_deputies
from bot.linli import Linli
from handlers.announcing import FEWEST
from handlers.follows import MOST_A_WEEK
from handlers.permissions import Role
from tests.clerk import Clerk, at_the_desk, desk_site
from tests.desk import CENTRE, House
from tests.follow_rows import (
    ORDER,
    SAID,
    SOON,
    Posts,
    announced,
    at,
    delivered,
    made,
    many_follow,
    news,
    pushing,
)

ROOM = f"/desk/centre/{CENTRE}/announcements"
TELL = "通知关注的人"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    """Seven who follow, and the manager."""
    there = pushing(House(linli))
    await there.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await many_follow(there, [f"f{number}" for number in range(7)])
    return there


async def told(clerk: Clerk, words: str = SAID, last: str = "2026-11-28") -> Clerk:
    """Read back only."""
    await clerk.open(ROOM)
    return await clerk.press(TELL, words=words, last=last)


async def test_the_form_is_read_back_done_and_taken_back(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await mei.open(ROOM)
        assert "还没有发过通知" in mei.text
        assert "现在还能发3次" in mei.text
        await told(mei)
        assert "请核对" in mei.text
        assert SAID in mei.text
        assert "说“取消关注东湖社区”" in mei.text
        assert "关注的有7位：Telegram（马上收到）7位" in mei.text
        assert "9:40后发出，到11月28日（周六）晚上为止" in mei.text
        assert await made(house) == []
        await mei.press("确定")
        assert "办好了" in mei.text
        await mei.press("撤销")
        assert "已撤销" in mei.text
        assert "现在还能发3次" in mei.text
    assert await news(await at(house, SOON)) == []
    assert [entry.what for entry in await house.audit()][-2:] == ["announce", "undo_announce"]


async def test_the_page_tells_how_many_were_told_and_reached(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        await told(mei)
        await mei.press("确定")
        await mei.open(ROOM)
        assert "待发 · 11月25日（周三）9:40后发出 · 到11月28日（周六）" in mei.text
        assert "现在还能发2次" in mei.text
    later = await at(house, SOON)
    async with at_the_desk(later, "mei") as mei:
        await mei.open(ROOM)
        assert "7位 不到5位" in mei.text  # none has arrived yet
    await delivered(later, Posts(gone={"f0"}))
    async with at_the_desk(later, "mei") as mei:
        await mei.open(ROOM)
        assert "已发 · 到11月28日（周六） 7位 6位" in mei.text


async def test_of_few_the_page_tells_no_number(linli: Linli) -> None:
    house = pushing(House(linli))
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    await many_follow(house, [f"f{number}" for number in range(FEWEST - 1)])
    await announced(house)
    later = await at(house, SOON)
    await delivered(later, Posts())
    async with at_the_desk(later, "mei") as mei:
        await mei.open(ROOM)
        assert "关注的不到5位" in mei.text
        assert "不到5位 不到5位" in mei.text
        assert "4位" not in mei.text


async def test_chat_and_page_count_towards_the_same_week(house: House) -> None:
    async with at_the_desk(house, "mei") as mei:
        for number in range(MOST_A_WEEK - 1):
            await announced(house, f"通知关注的人：第{number}次")
        await told(mei)
        await announced(house)
        await mei.press("确定")
        assert mei.page
        assert mei.page.status_code == 409
        assert "已经通知过了" in mei.text
        await mei.open(ROOM)
        assert "现在还能发0次" in mei.text
        assert not [form for form in mei.forms() if "announce" in form.action]
    assert len(await made(house)) == MOST_A_WEEK


async def test_who_follows_meanwhile_is_told_without_another_reading(house: House) -> None:
    """The number may change from one moment to the next; the words may not."""
    async with at_the_desk(house, "mei") as mei:
        await told(mei)
        await many_follow(house, ["wu"])
        await mei.press("确定")
        assert "办好了" in mei.text
    assert len(await news(await at(house, SOON))) == 8


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"words": "请看http://a.cn", "last": "2026-11-28"}, 409, "网址"),
        ({"words": SAID, "last": "2027-11-28"}, 409, "请选14天以内"),
        ({"words": SAID, "last": "2026-11-24"}, 409, "请选14天以内"),
        ({"words": SAID, "last": "28.11.2026"}, 400, ""),
        ({"words": "<b>停水</b>", "last": ""}, 200, "<b>停水</b>"),
        ({"words": "停水\n\n请见谅", "last": ""}, 200, "停水 请见谅"),
        ({"words": "", "last": ""}, 409, "写在冒号后面"),
    ],
)
async def test_what_cannot_be_announced_is_refused_with_its_reason(
    sqlite_linli: Linli, fields: dict[str, str], status: int, says: str
) -> None:
    house = House(sqlite_linli)
    await house.join("mei", Role.CENTRE_MANAGER, CENTRE)
    async with at_the_desk(house, "mei") as mei:
        await mei.open(ROOM)
        await mei.press(TELL, **fields)
        assert mei.page
        assert mei.page.status_code == status
        assert says in mei.text
        assert "<b>停水" not in mei.html


async def test_a_deputy_announces_until_the_last_day(house: House) -> None:
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    assert "您的身份不能办" in (await house.say(ORDER, "wang")).rendered.text
    async with at_the_desk(house, "mei") as mei:
        await mei.open(f"/desk/centre/{CENTRE}/people")
        await mei.press("代理管理员", last="2026-11-26")
        await mei.press("确定")
    async with at_the_desk(house, "wang") as wang:
        await told(wang)
        await wang.press("确定")
        assert "办好了" in wang.text
    assert len(await made(house)) == 1
    after = house.later(timedelta(days=2))
    await end_deputies(after.linli, after.linli.clock())
    assert "您的身份不能办" in (await after.say("通知关注的人：来水了", "wang")).rendered.text


async def test_the_page_speaks_english_and_asks_the_same_however_many_there_are(house: House) -> None:
    site = desk_site(house.linli)
    async with at_the_desk(house, "mei", site) as mei:
        mei.visitor.http.cookies.set("linli_language", "en")
        await mei.open(ROOM)
        assert "7 follow it: Telegram (at once) 7." in mei.text
        assert "Nothing has been announced yet." in mei.text
        await mei.press("Tell those who follow", words="no water", last="2026-11-28")
        assert "announces, 25 November (Wednesday):" in mei.text
        await mei.press("Yes, do it")
        await mei.open(ROOM)
        assert "Waiting · goes out after 25 November (Wednesday), 9:40" in mei.text
        assert "关注" not in mei.text.replace("管理", "")
