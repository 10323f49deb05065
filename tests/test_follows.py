"""Residents follow centres: in their words, in all their chats, until they say otherwise or erase it."""

import asyncio

import pytest

from bot.linli import Linli
from handlers.follows import MOST
from handlers.message import Message
from messages.understand.follow_talk import follow_act_of
from messages.understand.normalise import normalise
from storage import care
from tests.family_talk import Parent, booked
from tests.link_talk import Pair, heard_choice, pair_of
from tests.sample import Sample, message, rows_of, second_process

HERE, OTHER = "东湖社区", "凤山社区"


async def listed(who: Parent) -> set[str]:
    """What the centres that somebody follows are called."""
    choices = (await who.say("我关注了哪些")).rendered.choices
    return {each.label.removeprefix("取消关注") for each in choices if each.say.startswith("/unfollow")}


async def kept(linli: Linli) -> int:
    """How many follows there are."""
    return len((await rows_of(linli.database, "follow"))["follow"])


# In words


@pytest.mark.parametrize(
    "said",
    [
        "关注东湖社区",
        "关注东湖的邻里中心",
        "關注東湖社區",
        "我想关注一下东湖社区党建+邻里中心的通知",
        "请帮我关注东湖社区吧",
        "订阅东湖社区的通知",
        "follow 东湖社区",
        "I want to follow donghu community",
    ],
)
async def test_a_centre_is_followed_in_many_words(sqlite_linli: Linli, said: str) -> None:
    reply = await Parent(sqlite_linli).say(said)
    assert reply.view == "Followed"
    assert HERE in reply.rendered.text
    assert await kept(sqlite_linli) == 1


@pytest.mark.parametrize(
    "said",
    [
        "取消关注东湖社区",
        "取消關注東湖社區",
        "取消关注",
        "不想再关注东湖社区了",
        "东湖社区不关注了",
        "不想再收到东湖社区的通知",
        "取关",
        "unfollow 东湖社区",
        "stop following 东湖社区",
    ],
)
async def test_it_is_ended_in_many_words(sqlite_linli: Linli, said: str) -> None:
    lin = Parent(sqlite_linli)
    assert (await lin.say("关注东湖社区", said)).view == "Unfollowed"
    assert await kept(sqlite_linli) == 0


@pytest.mark.parametrize(
    "said", ["我关注了哪些", "我的关注", "关注列表", "which centres do I follow", "my follows"]
)
async def test_what_one_follows_is_listed_in_many_words(sqlite_linli: Linli, said: str) -> None:
    lin = Parent(sqlite_linli)
    assert (await lin.say(said)).view == "FollowsListed"
    reply = await lin.say("关注东湖社区", "关注凤山社区", said)
    assert HERE in reply.rendered.text
    assert OTHER in reply.rendered.text
    assert len(reply.rendered.choices) == 2


@pytest.mark.parametrize(
    "said",
    [
        "请关注一下食堂的卫生",
        "你们关注老人健康吗",
        "公众号怎么关注",
        "订阅日历",
        "退订日历",
        "关注孩子的学习",
        "follow me",
        "取消周六的书法班",
        "我关注的是几点开门",
    ],
)
def test_to_follow_is_said_of_other_things_as_well(said: str) -> None:
    assert follow_act_of(normalise(said), ()) is None


async def test_the_centre_that_was_spoken_of_is_here(sqlite_linli: Linli) -> None:
    lin = Parent(sqlite_linli)
    await lin.say("凤山社区几点关门")
    assert OTHER in (await lin.say("关注这里")).rendered.text
    assert OTHER in await listed(lin)


async def test_where_no_centre_is_named_its_name_alone_answers(sqlite_linli: Linli) -> None:
    lin = Parent(sqlite_linli)
    assert "哪个中心" in (await lin.say("关注")).rendered.text
    reply = await lin.say(OTHER)
    assert reply.view == "Followed"
    assert OTHER in reply.rendered.text


async def test_of_a_subdistrict_its_centres_are_offered(sqlite_linli: Linli) -> None:
    lin = Parent(sqlite_linli)
    asked = await lin.say("关注清源街道")
    assert asked.view == "AskWhichCentre"
    reply = await lin.say("2")
    assert reply.view == "Followed"
    assert asked.rendered.choices[1].label.split()[-1] in reply.rendered.text


async def test_with_several_one_says_which_is_to_end(sqlite_linli: Linli) -> None:
    lin = Parent(sqlite_linli)
    await lin.say("关注东湖社区", "关注凤山社区")
    reply = await lin.say("你好", "取消关注")
    assert reply.view == "Unfollowed"  # the one that was spoken of last
    assert OTHER in reply.rendered.text
    assert HERE in await listed(lin)
    await lin.say("关注凤山社区")
    listing = await lin.say("取消关注宝山社区")
    assert listing.view == "FollowsListed"
    assert (await lin.press(listing, "取消关注东湖社区")).view == "Unfollowed"
    assert HERE not in await listed(lin)


async def test_a_name_behind_the_list_still_shows_its_centre(sqlite_linli: Linli) -> None:
    """What stands on a button may be typed: a button of the list is no mere name."""
    lin = Parent(sqlite_linli)
    assert (await lin.say("关注东湖社区", "我的关注", HERE)).view == "CentreCard"
    assert await kept(sqlite_linli) == 1


async def test_nobody_follows_more_than_can_be_listed(linli: Linli) -> None:
    lin = Parent(linli)
    ids = sorted(linli.directory.centres)[: MOST + 1]
    for each in ids[:MOST]:
        assert (await lin.say(f"/follow {each}")).view == "Followed"
    assert (await lin.say(f"/follow {ids[MOST]}")).view == "FollowRefused"
    assert (await lin.say(f"/follow {ids[0]}")).view == "Followed"  # again, which is no more
    assert (await lin.say(f"/unfollow {ids[0]}", f"/follow {ids[MOST]}")).view == "Followed"
    assert await kept(linli) == MOST


async def test_two_chats_of_one_person_do_not_follow_more_at_once(linli: Linli, sample: Sample) -> None:
    pair = pair_of(linli)
    await pair.linked()
    ids = sorted(linli.directory.centres)
    for each in ids[: MOST - 1]:
        await pair.page.say(f"/follow {each}")
    async with second_process(linli, sample) as twin:
        there = Parent(twin, "dong", "wechat")
        replies = await asyncio.gather(
            pair.page.say(f"/follow {ids[MOST]}"), there.say(f"/follow {ids[MOST + 1]}")
        )
    assert sorted(reply.view for reply in replies) == ["FollowRefused", "Followed"]
    assert await kept(linli) == MOST


async def test_nothing_is_followed_on_a_device_of_many(sqlite_linli: Linli) -> None:
    reply = await sqlite_linli.hear(Message("web", "kiosk", "1", "关注东湖社区", is_public=True))
    assert reply.view == "FollowRefused"
    assert await kept(sqlite_linli) == 0


async def test_who_follows_already_is_told_so(sqlite_linli: Linli) -> None:
    assert "已经关注" in (await Parent(sqlite_linli).say("关注东湖社区", "关注东湖社区")).rendered.text


async def test_a_button_of_a_centre_that_is_none_does_nothing(sqlite_linli: Linli) -> None:
    assert (await Parent(sqlite_linli).say("/follow FZ999")).view == "ChoiceGone"


# With the person


async def test_who_links_follows_in_both_what_was_followed_in_either(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.page.say("关注东湖社区")
    await pair.chat.say("关注凤山社区", "关注东湖社区")
    await pair.linked()
    for side in (pair.page, pair.chat):
        assert await listed(side) == {HERE, OTHER}
    assert await kept(linli) == 2
    assert await care.check(linli.database) == []


async def test_two_who_know_nobody_are_linked_with_all_that_they_follow(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.page.say("关注东湖社区")
    await pair.chat.say("关注凤山社区")
    assert (await pair.linked()).view == "Linked"
    assert HERE in await listed(pair.chat)
    assert OTHER in await listed(pair.page)


async def test_who_leaves_follows_nothing_and_who_stays_goes_on(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.chat.say("关注东湖社区")
    await pair.linked()
    assert "关注" in (await pair.chat.say("断开连接")).rendered.text
    assert (await pair.chat.say("好的")).view == "Unlinked"
    assert HERE not in await listed(pair.chat)
    assert HERE in await listed(pair.page)


@pytest.mark.parametrize("by", ["page", "chat"])
async def test_who_erases_everything_follows_nothing(linli: Linli, by: str) -> None:
    pair = pair_of(linli)
    await pair.page.say("关注东湖社区")
    await pair.linked()
    other = Parent(linli, "xi")
    await other.say("关注东湖社区")
    assert (await getattr(pair, by).say("删除我的数据", "好的")).view == "DataErased"
    assert HERE not in await listed(pair.page)
    assert HERE in await listed(other)
    assert await kept(linli) == 1


async def test_who_is_in_no_family_but_for_a_follow_is_erased_and_back_in_none(linli: Linli) -> None:
    """A copy of the database from before is erased again by its journal: the family is named there."""
    lin = Parent(linli)
    await lin.say("关注东湖社区", "删除我的数据", "好的")
    assert {each.kind for each in linli.safe.journal.entries()} == {"conversation", "family"}


async def test_erasing_one_of_the_family_leaves_what_it_follows(linli: Linli) -> None:
    lin = await booked(linli)
    await lin.say("关注东湖社区")
    [son] = await lin.people()
    assert (await lin.say(f"/erase {son.id}", "好的")).view == "DataErased"
    assert await lin.people() == []
    assert HERE in await listed(lin)


async def test_what_is_followed_is_counted_and_exported(linli: Linli) -> None:
    lin = Parent(linli)
    assert "关注的中心" not in (await lin.say("隐私")).rendered.text
    await lin.say("关注东湖社区", "关注凤山社区")
    assert "关注的中心2个" in (await lin.say("隐私")).rendered.text
    copy = (await lin.say("导出我的数据")).rendered.text
    assert f"关注：{HERE}" in copy
    assert f"关注：{OTHER}" in copy
    english = Parent(linli, "smith")
    await english.say("follow 东湖社区")
    assert f"You follow: {HERE}" in (await english.say("export my data")).rendered.text


async def test_a_link_that_is_refused_hands_nothing_over(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.page.say("关注东湖社区")
    await pair.asked()
    assert (await pair.page.say(await heard_choice(pair.page, "/link_no"))).view == "LinkRefused"
    assert HERE in await listed(pair.page)
    assert HERE not in await listed(pair.chat)


async def test_a_follow_says_how_news_come(sqlite_linli: Linli) -> None:
    reply = await sqlite_linli.hear(message("关注东湖社区"))
    assert "要您打开才看得到" in reply.rendered.text
    assert [choice.label for choice in reply.rendered.choices] == [
        "看这个中心",
        "取消关注东湖社区",
        "我的关注",
    ]


async def test_the_help_says_how(sqlite_linli: Linli) -> None:
    assert "关注一个中心" in (await Parent(sqlite_linli).say("怎么用")).rendered.text
