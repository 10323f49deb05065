"""How many an announcement reaches, told without who that is; and what may be announced."""

from datetime import datetime, timedelta

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.announcing import FEWEST, in_groups
from handlers.follows import MOST_A_WEEK
from handlers.permissions import Role
from messages.calendar import SHANGHAI
from messages.views_staff import Reached
from storage import conversations, families
from storage.transaction import Transaction
from tests.desk import CENTRE, House
from tests.follow_rows import (
    ORDER,
    SAID,
    announced,
    made,
    many_follow,
    pushing,
    windows,
)
from tests.sample import NOW

OTHER = "FZ001"


@pytest_asyncio.fixture
async def house(linli: Linli) -> House:
    there = House(linli)
    await there.say("你好", "xi")
    return there


# Who that is


async def test_of_few_no_number_is_told(linli: Linli) -> None:
    house = pushing(House(linli))
    await many_follow(house, [f"f{number}" for number in range(FEWEST - 1)])
    text = (await house.manager(ORDER)).rendered.text
    assert "关注的不到5位" in text
    assert "Telegram" not in text
    assert await announced(house) == "DeskDone"


async def test_the_reach_is_told_by_ways_and_never_who(linli: Linli) -> None:
    house = pushing(House(linli))
    await many_follow(house, [f"t{number}" for number in range(8)])
    await many_follow(house, [f"w{number}" for number in range(6)], "web")
    wechat = [f"x{number}" for number in range(12)]
    await many_follow(house, wechat, "wechat")
    await windows(house, wechat[:5], 1, NOW + timedelta(hours=1))
    await windows(house, wechat[5:8], 0, NOW + timedelta(hours=1))
    await windows(house, wechat[8:], 5, NOW)
    await many_follow(house, ["z1"], "web", OTHER)
    text = (await house.manager(ORDER)).rendered.text
    assert "关注的有26位：" in text
    for said in (
        "Telegram（马上收到）8位",
        "微信（下次来时看到）7位",
        "网页（下次来时看到）6位",
        "微信（马上收到）5位",
    ):
        assert said in text
    english = (await house.manager("tell our followers: no water on Saturday")).rendered.text
    assert "26 follow it: Telegram (at once) 8; WeChat (when they come next) 7" in english


async def blocked(house: House, *names: str) -> None:
    async def work(tx: Transaction) -> None:
        for name in names:
            await conversations.note_gone(tx, "telegram", name, house.linli.clock())

    await house.linli.database.write(work)


async def test_who_blocked_us_is_counted_apart(linli: Linli) -> None:
    house = pushing(House(linli))
    gone = [f"g{number}" for number in range(5)]
    await many_follow(house, [*gone, *(f"t{number}" for number in range(5))])
    await blocked(house, *gone)
    text = (await house.manager("通知关注的人：来水了")).rendered.text
    assert "Telegram（收不到）5位" in text
    assert "Telegram（马上收到）5位" in text


async def test_who_blocked_us_and_talks_elsewhere_is_told_there(linli: Linli) -> None:
    """As news goes: where they did not block us, if there is such a chat."""
    house = pushing(House(linli))
    names = [f"t{number}" for number in range(10)]
    await many_follow(house, names)
    await blocked(house, *names[:5])

    async def work(tx: Transaction) -> None:
        for name in names[:5]:
            talk = await conversations.find(tx, "telegram", name)
            family = await families.of_conversation(tx, talk.id) if talk else None
            page = await conversations.create(tx, f"page {name}", "web", name, "{}", house.linli.clock())
            assert family
            await families.join(tx, page.id, family)

    await house.linli.database.write(work)
    text = (await house.manager("通知关注的人：来水了")).rendered.text
    assert "网页（下次来时看到）5位" in text
    assert "Telegram（马上收到）5位" in text
    assert "收不到" not in text


async def test_where_wechat_takes_no_other_news_nobody_is_reached_there_at_once(linli: Linli) -> None:
    house = House(linli)  # no channel carries news
    wechat = [f"x{number}" for number in range(5)]
    await many_follow(house, wechat, "wechat")
    await windows(house, wechat, 5, NOW + timedelta(hours=1))
    assert "微信（下次来时看到）5位" in (await house.manager(ORDER)).rendered.text


def test_ways_with_too_few_are_told_together() -> None:
    now, later, page = ("telegram", "now"), ("wechat", "later"), ("web", "later")
    assert in_groups([(now, 9), (later, 5)]) == (Reached((now,), 9), Reached((later,), 5))
    assert in_groups([(now, 9), (later, 1), (page, 2)]) == (Reached((now, page, later), 12),)
    assert in_groups([(now, 9), (later, 1), (page, 6)]) == (Reached((now,), 9), Reached((page, later), 7))
    assert in_groups([(now, 2), (now, 3)]) == (Reached((now,), 5),)


# What may be announced


async def test_three_a_week_are_announced_and_no_more(house: House) -> None:
    for number in range(MOST_A_WEEK):
        assert await announced(house, f"通知关注的人：第{number}次通知") == "DeskDone"
    refused = await house.manager("通知关注的人：再来一次")
    assert "七天内最多通知3次" in refused.rendered.text
    assert "12月2日（周三）9:30后可以再发" in refused.rendered.text
    await house.manager("撤销")
    assert await announced(house, "通知关注的人：再来一次") == "DeskDone"
    assert await announced(house.later(timedelta(days=7)), "通知关注的人：下一周") == "DeskDone"


async def test_the_same_is_not_announced_twice(house: House) -> None:
    await announced(house)
    assert "已经通知过了" in (await house.manager(ORDER)).rendered.text
    assert len(await made(house)) == 1


@pytest.mark.parametrize(
    ("said", "last"),
    [
        (ORDER, "11月28日"),
        (f"通知关注的人，到周日为止：{SAID}", "11月29日"),
        (f"发通知给大家：{SAID}", "11月28日"),
        (f"通知关注我们的居民（12月1日前）：{SAID}", "12月1日"),
        ("announce until Sunday: no water on Saturday", "29 November"),
    ],
)
async def test_it_is_told_for_three_days_or_until_the_day_that_is_named(
    sqlite_linli: Linli, said: str, last: str
) -> None:
    reply = await House(sqlite_linli).manager(said)
    assert reply.intent == "desk_announce"
    assert last in reply.rendered.text


@pytest.mark.parametrize("until", ["12月20日", "今天", "很久"])
async def test_a_day_that_cannot_be_is_refused(sqlite_linli: Linli, until: str) -> None:
    house = House(sqlite_linli).at(datetime(2026, 11, 25, 20, 30, tzinfo=SHANGHAI))
    assert "请选14天以内" in (await house.manager(f"通知关注的人，到{until}为止：停水")).rendered.text


async def test_a_manager_announces_at_no_other_centre(house: House) -> None:
    reply = await house.manager("通知关注凤山社区的人：停水了")
    assert "不是您管的中心" in reply.rendered.text


async def test_a_resident_announces_nothing(house: House) -> None:
    assert (await house.say(ORDER, "xi")).view not in {"DeskProposed", "DeskRefused"}
    assert await made(house) == []


async def test_staff_of_the_centre_announce_nothing(house: House) -> None:
    await house.join("wang", Role.CENTRE_STAFF, CENTRE)
    assert "您的身份不能办" in (await house.say(ORDER, "wang")).rendered.text
