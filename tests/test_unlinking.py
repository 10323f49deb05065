"""How a link ends: a conversation leaves, or has the others leave."""

from bot.linli import Linli
from bot.web.feeds import Feeds
from storage import care
from storage.statements import statement
from tests.case_talk import opened, staffed
from tests.family_talk import Parent, booked
from tests.link_talk import Pair, are_linked, code_in, heard, heard_choice, pair_of

PARTS = statement("test.link_parts", "UPDATE conversation SET family_id = NULL WHERE channel = :channel")


async def test_a_chat_leaves_and_the_bookings_stay_with_the_other(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    proposed = await pair.chat.say("断开连接")
    assert proposed.view == "UnlinkProposed"
    assert await are_linked(pair)
    assert (await pair.chat.say("好的")).view == "Unlinked"
    assert not await are_linked(pair)
    assert "预约和孩子都还在这里" in await heard(pair.page)
    assert (await pair.chat.say("我的预约")).view == "NoBookings"
    assert (await pair.page.say("我的预约")).view == "BookingShown"
    assert (await pair.page.say("断开连接")).view == "LinkRefused"
    assert (await pair.linked()).view == "Linked"
    assert await care.check(linli.database) == []


async def test_even_the_chat_in_which_it_was_booked_may_leave(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    await pair.page.say("断开连接", "断开这里")
    assert (await pair.page.say("我的预约")).view == "NoBookings"
    assert (await pair.chat.say("我的预约")).view == "BookingShown"


async def test_who_lost_a_phone_takes_the_other_chat_out(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    await pair.page.say("断开连接", "断开另一边")
    assert (await pair.page.say("断开另一边")).view == "Unlinked"
    assert "把这里断开了" in await heard(pair.chat)
    assert (await pair.chat.say("我的预约")).view == "NoBookings"
    assert (await pair.page.say("我的预约")).view == "BookingShown"


async def test_of_three_chats_each_of_the_others_leaves(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.linked()
    third = Pair(pair.chat, await booked(linli, "xi", "telegram"))
    await third.chat.say(code_in(await pair.chat.say("连接另一个聊天")), "好的")
    await pair.chat.say(await heard_choice(pair.chat, "/link_yes"))
    assert (await pair.page.say("我的预约")).view == "BookingShown"
    await third.chat.say("断开连接", "断开另一边", "断开另一边")
    assert (await third.chat.say("我的预约")).view == "BookingShown"
    for side in (pair.page, pair.chat):
        assert (await side.say("我的预约")).view == "NoBookings"
        assert (await side.say("断开连接")).view == "LinkRefused"


async def test_a_no_keeps_the_link(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.linked()
    assert (await pair.chat.say("断开连接", "不断开")).view == "NothingDone"
    assert await are_linked(pair)


async def test_a_yes_that_comes_when_the_other_has_left_says_so(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.linked()
    yes = (await pair.page.say("断开连接")).rendered.choices[0].say
    await linli.database.write(lambda tx: tx.run(PARTS, {"channel": "wechat"}))
    assert (await pair.page.say(yes)).view == "LinkRefused"
    await pair.linked()
    yes = (await pair.page.say("断开连接")).rendered.choices[0].say
    await linli.database.write(lambda tx: tx.run(PARTS, {"channel": "web"}))
    assert (await pair.page.say(yes)).view == "LinkRefused"


async def test_cases_stay_with_the_chat_they_were_opened_in(linli: Linli) -> None:
    house = await staffed(linli)
    await opened(house)
    pair = Pair(Parent(linli, "lin"), Parent(linli, "dong", "wechat"))
    await pair.linked()
    await pair.page.say("断开连接", "好的")
    assert (await pair.page.say("我的工单")).view == "CaseShown"
    assert (await pair.chat.say("我的工单")).view == "NoCase"


# The calendar


async def test_who_is_taken_out_reads_the_calendar_no_more(linli: Linli) -> None:
    feeds = Feeds(b"a key")
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    old = await feed_id(pair.page)
    for _ in range(2):
        await pair.linked()
        old = await feed_id(pair.page)
        assert await linli.calendar_feed(old)
        proposed = await pair.page.say("断开连接", "断开另一边")
        assert "日历地址也都作废" in proposed.rendered.text
        done = await pair.page.press(proposed, "断开另一边")
        assert "重新复制" in done.rendered.text
        assert "日历地址也作废了" in await heard(pair.chat)
        assert await linli.calendar_feed(old) is None
        new = await feed_id(pair.page)
        assert feeds.family_of(feeds.token(new)) == new
        assert await linli.calendar_feed(new)
    assert await linli.calendar_feed(old.partition("~")[0]) is None


async def test_who_leaves_by_themselves_ends_nobodys_calendar(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    known = await feed_id(pair.page)
    proposed = await pair.chat.say("断开连接")
    assert "日历地址照旧能用" in proposed.rendered.text
    assert "日历地址照旧更新" in (await pair.chat.say("好的")).rendered.text
    assert await feed_id(pair.page) == known
    assert await linli.calendar_feed(known)


async def feed_id(who: Parent) -> str:
    found = await who.linli.calendar_family(who.channel, who.address)
    assert found
    return found
