"""What follows somebody who is linked, and what is kept of a link."""

import asyncio
from copy import copy
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.linli import Linli, staff_codes
from handlers.case_files import Opening, open_case
from handlers.links import GOOD_FOR, MOST_WRONG
from storage import care, telegram, topics
from storage.statements import statement
from tests.case_talk import WORDS, clerk_of, now_of, opened, ordered, staffed, talk_of
from tests.desk import CENTRE
from tests.family_talk import BOOK, NAME, Parent, booked, named
from tests.link_talk import Pair, are_linked, heard, heard_choice, pair_of
from tests.photo_talk import sends
from tests.photos import jpeg
from tests.sample import NOW, Sample, second_process

ROWS = statement("test.links", "SELECT code_hash, taken_by FROM link_code")
SAID = statement("test.link_said", "SELECT said, slots FROM inbox")
PEOPLE = statement("test.link_people", "SELECT alias FROM participant WHERE removed_at IS NULL")
LEVELS = statement("test.link_levels", "SELECT level FROM rating WHERE is_current")
NEWS = statement(
    "test.link_news",
    "SELECT c.channel, o.expires_at FROM outbox AS o INNER JOIN conversation AS c ON c.id = o.conversation_id"
    " WHERE o.unique_key LIKE 'link %' ORDER BY o.id",
)
LEAVES = statement(
    "test.link_leaves", "UPDATE conversation SET address = 'left ' || id WHERE channel = :channel"
)


def pushing(linli: Linli) -> Linli:
    """The same with channels that carry news."""
    other = copy(linli)
    other.policy = replace(linli.policy, push=frozenset({"telegram", "wechat"}))
    return other.over(linli.database, linli.clock, safe=linli.safe)


# What follows


async def test_cases_and_verdicts_follow_the_person(linli: Linli) -> None:
    linli = pushing(linli)
    house = await staffed(linli)
    await opened(house)
    pair = Pair(Parent(linli, "lin"), Parent(linli, "dong", "telegram"))
    assert (await pair.chat.say("我的工单")).view == "NoCase"
    assert (await pair.chat.say("/case G-0001")).view == "NoCase"
    await pair.linked()
    assert (await pair.chat.say("我的工单")).view == "CaseShown"
    assert await ordered(house, "wang", "受理 G-0001") == "DeskDone"
    assert "G-0001" in await heard(pair.chat)
    assert await ordered(house, "wang", "G-0001 已整改：换了新桌子") == "DeskDone"
    assert "已经整改" in await heard(pair.chat)
    assert "已经整改" not in await heard(pair.page)
    noted = await pair.chat.say("/verdict G-0001 not", "还是坏的", "就这样写")
    assert noted.view == "CaseWordsSent"
    assert (await now_of(house)).state == "reopened"
    assert await care.check(linli.database) == []


async def test_ratings_follow_and_one_of_a_day_counts(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.page.say("给东湖社区打五星")
    assert (await pair.chat.say("我的评价")).view == "RatingsListed"
    await pair.linked()
    changed = await pair.chat.say("给东湖社区打两星")
    assert "满意" in changed.rendered.text
    for side in (pair.page, pair.chat):
        listed = await side.say("我的评价")
        assert listed.rendered.text.count("东湖社区") == 1
    async with linli.database.read() as tx:
        assert [row["level"] for row in await tx.rows(LEVELS)] == [2]
    assert (await pair.page.say("/rate_words nothing")).view == "RatingRefused"
    assert await care.check(linli.database) == []


async def test_a_report_is_made_once_by_one_person(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.linked()
    first = await pair.page.say("/report FZ002 closed")
    second = await pair.chat.say("/report FZ002 closed")
    assert "G-0001" in first.rendered.text
    assert "G-0001" in second.rendered.text


async def test_photos_are_seen_and_taken_back_in_either(linli: Linli) -> None:
    house = await staffed(linli)
    await opened(house)
    pair = Pair(Parent(linli, "lin"), Parent(linli, "dong", "wechat"))
    taken = await sends(linli, "lin", jpeg(), "/photo case G-0001")
    remove = next(c.say for c in taken.rendered.choices if c.say.startswith("/photo_remove"))
    assert (await pair.chat.say(remove)).view == "PhotoRefused"
    await pair.linked()
    assert (await pair.chat.say("我的工单")).rendered.links
    assert (await sends(linli, "dong", jpeg(), "/photo case G-0001", channel="wechat")).view == "PhotoTaken"
    assert (await pair.chat.say(remove)).view == "PhotoRemoved"


async def test_news_of_bookings_go_to_one_chat_where_pushes_reach(linli: Linli) -> None:
    linli = pushing(linli)
    pair = Pair(await booked(linli), Parent(linli, "dong", "telegram"))
    await pair.linked()
    later = await pair.later(timedelta(hours=29, minutes=15))
    assert "今天的活动快开始了" in await heard(later.chat)
    assert "今天的活动快开始了" not in await heard(later.page)


@pytest.mark.parametrize("last", ["page", "chat"])
async def test_where_none_reaches_news_go_to_the_chat_that_was_used_last(linli: Linli, last: str) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    await getattr(await pair.later(timedelta(minutes=1)), last).say("谢谢")
    later = await pair.later(timedelta(hours=29, minutes=15))
    heard_where = [side for side in ("page", "chat") if "快开始了" in await heard(getattr(later, side))]
    assert heard_where == [last]


async def test_a_chat_that_was_left_hears_nothing_while_there_is_another(linli: Linli) -> None:
    linli = pushing(linli)
    pair = Pair(await booked(linli), Parent(linli, "dong", "telegram"))
    await pair.linked()
    await linli.database.write(lambda tx: tx.run(LEAVES, {"channel": "telegram"}))
    later = await pair.later(timedelta(hours=29, minutes=15))
    assert "今天的活动快开始了" in await heard(later.page)
    assert (await later.page.say("断开连接")).view == "LinkRefused"


@pytest.mark.parametrize(("writes_again", "hears"), [(False, "page"), (True, "chat")])
async def test_who_blocked_one_chat_hears_in_the_other_until_they_write_there_again(
    linli: Linli, hears: str, *, writes_again: bool
) -> None:
    linli = pushing(linli)
    pair = Pair(await booked(linli), Parent(linli, "dong", "telegram"))
    await pair.linked()
    await linli.database.write(lambda tx: telegram.give_up(tx, "telegram", "dong", "unreachable", NOW))
    if writes_again:
        await pair.chat.say("谢谢")
    later = await pair.later(timedelta(hours=29, minutes=15))
    told = [side for side in ("page", "chat") if "快开始了" in await heard(getattr(later, side))]
    assert told == [hears]


async def test_two_chats_of_one_person_are_one_resident_of_a_topic(linli: Linli) -> None:
    house = await staffed(linli)
    await house.say("你好", "xi")
    pair = Pair(Parent(linli, "lin"), Parent(linli, "dong", "wechat"))
    await pair.chat.say("你好")
    await opened(house)
    await opened(house, who="xi")
    dong = Opening("complaint", CENTRE, await talk_of(house, "dong", "wechat"), words=WORDS)
    await linli.database.write(lambda tx: open_case(tx, dong, clerk_of(house)))
    async with linli.database.read() as tx:
        assert len({each.resident for each in await topics.told(tx, NOW)}) == 3
    await pair.linked()
    async with linli.database.read() as tx:
        assert len({each.resident for each in await topics.told(tx, NOW)}) == 2


async def test_a_question_and_its_answer_do_not_wait_for_the_morning(linli: Linli) -> None:
    """The question is over by then; who waits for the answer is awake."""
    pair = pair_of(linli, "telegram")
    await pair.asked()
    yes = await heard_choice(pair.page, "/link_yes")
    await pair.page.say(yes)
    async with linli.database.read() as tx:
        rows = [(row["channel"], row["expires_at"]) for row in await tx.rows(NEWS)]
    assert rows == [("web", NOW + GOOD_FOR), ("telegram", None)]


# What leaves the country


async def test_names_are_neither_taken_nor_said_abroad_by_who_is_linked(linli: Linli) -> None:
    pair = Pair(await named(linli), Parent(linli, "dong", "telegram"))
    code = await pair.code()
    assert "境外" in (await pair.chat.say(code)).rendered.text
    await pair.chat.say("好的")
    assert "境外" in await heard(pair.page)
    assert (await pair.page.say(await heard_choice(pair.page, "/link_yes"))).view == "Linked"
    assert (await pair.chat.say("我的预约")).view == "BookingShown"
    for wish in ("登记孩子真名", "登记接送人", "过敏登记", "接送码", "导出我的数据"):
        assert (await pair.chat.say(wish)).view == "NotHere", wish
    assert (await pair.chat.say("我儿子叫林晓鹂")).view == "NotHere"
    await pair.page.say("登记孩子真名", "同意")
    assert (await pair.chat.say("林晓鹂")).view == "NotHere"
    lines = await linli.lines("telegram", "dong", after=0)
    assert all(NAME not in f"{line.said}{line.rendered.text}" for line in lines)
    assert len(await pair.chat.names()) == 1


# Staff


async def test_a_post_stays_with_its_own_chat(linli: Linli) -> None:
    house = await staffed(linli)
    pair = Pair(Parent(linli, "wang"), Parent(linli, "dong", "wechat"))
    assert (await pair.linked()).view == "Linked"
    assert (await pair.page.say("工单")).view == "StaffCasesListed"
    assert (await pair.chat.say("工单")).view != "StaffCasesListed"
    assert "工作人员身份也会结束" in (await pair.chat.say("删除我的数据")).rendered.text
    assert (await pair.chat.say("好的")).view == "DataErased"
    assert (await house.say("工单", "wang")).view != "StaffCasesListed"


async def test_a_code_of_a_child_is_still_one_for_staff(linli: Linli) -> None:
    await staffed(linli)
    pair = Pair(Parent(linli, "lin"), Parent(linli, "wang"))
    code = await pair.code()
    assert (await pair.chat.say(code)).view == "DeskRefused"
    assert (await pair.chat.say(f"连接码 {code}")).view == "LinkProposed"


# At once


async def test_two_who_say_a_code_at_once_do_not_both_have_it(linli: Linli) -> None:
    pair, code = pair_of(linli), await pair_of(linli).code()
    other = Parent(linli, "xi", "telegram")
    await asyncio.gather(pair.chat.say(code), other.say(code))
    replies = await asyncio.gather(pair.chat.say("好的"), other.say("好的"))
    assert {reply.view for reply in replies} == {"LinkWaits", "LinkRefused"}


async def test_both_sides_make_codes_and_confirm_at_once(linli: Linli, sample: Sample) -> None:
    pair = pair_of(linli)
    back = Pair(pair.chat, pair.page)
    mine, theirs = await pair.code(), await back.code()
    await pair.chat.say(mine, "好的")
    yes = await heard_choice(pair.page, "/link_yes")
    await pair.page.say(theirs, "好的")
    yes_there = await heard_choice(pair.chat, "/link_yes")
    async with second_process(linli, sample) as twin:
        there = Parent(twin, "dong", "wechat")
        replies = await asyncio.gather(pair.page.say(yes), there.say(yes_there))
    assert "Linked" in {reply.view for reply in replies}
    assert {reply.view for reply in replies} <= {"Linked", "LinkRefused"}
    assert await are_linked(pair)
    assert await care.check(linli.database) == []


async def test_who_books_while_the_link_is_made_loses_nothing(linli: Linli, sample: Sample) -> None:
    """Each of them is before or behind the other; never is a booking left with nobody's family."""
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.asked()
    yes = await heard_choice(pair.page, "/link_yes")
    async with second_process(linli, sample) as twin:
        there = Parent(twin, "dong", "wechat")
        card = await there.say(*BOOK[:2])
        book = card.rendered.choices[0].say
        made, linked = await asyncio.gather(there.say(book), pair.page.say(yes))
    if linked.view == "Linked":
        assert await are_linked(pair)
    else:
        assert (made.view, await are_linked(pair)) == ("Booked", False)
    if made.view == "Booked":
        assert (await pair.chat.say("我的预约")).view in {"BookingShown", "BookingsListed"}
    assert await care.check(linli.database) == []


# What is kept


async def test_of_a_code_a_hash_is_kept_and_nothing_of_it_in_what_was_said(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    await pair.chat.say(f"连接码 {code}", code.lower())
    async with linli.database.read() as tx:
        [row] = await tx.rows(ROWS)
        said = await tx.rows(SAID)
    letters = code.replace("-", "")
    assert letters not in row["code_hash"].upper()
    assert all(code.lower() not in f"{each['said']}{each['slots']}".lower() for each in said)
    assert any(each["said"] == "连接码 ****-****" for each in said)


async def test_who_erases_everything_erases_it_in_all_linked_chats(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    proposed = await pair.chat.say("删除我的数据")
    assert "连着的另一个聊天（网页）也一起清空" in proposed.rendered.text
    assert (await pair.chat.say("好的")).view == "DataErased"
    assert await linli.lines("web", pair.page.address, after=0) == []
    assert not await are_linked(pair)
    async with linli.database.read() as tx:
        assert await tx.rows(PEOPLE) == []
    assert (await pair.page.say("我的预约")).view == "NoBookings"


async def test_the_journal_names_each_linked_chat(linli: Linli) -> None:
    """So that none of them is back with an old copy."""
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    await pair.page.say("删除我的数据", "好的")
    assert sorted(each.kind for each in linli.safe.journal.entries()) == [
        "conversation",
        "conversation",
        "family",
    ]


async def test_who_erases_everything_may_not_guess_anew(linli: Linli) -> None:
    pair = pair_of(linli)
    for _ in range(MOST_WRONG):
        await pair.chat.say("连接码 AAAA-AAAA")
    await pair.chat.say("删除我的数据", "好的")
    assert "太多" in (await pair.chat.say(await pair.code())).rendered.text


async def test_what_is_kept_is_counted_in_all_linked_chats(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.page.say("给东湖社区打五星")
    await pair.linked()
    for side in (pair.page, pair.chat):
        shown = (await side.say("隐私")).rendered.text
        assert "评价1条" in shown
        assert "连着的另一个聊天" in shown


@pytest.mark.parametrize(("erases", "waits"), [("chat", "page"), ("page", "chat")])
async def test_a_link_that_waits_goes_with_either_side(linli: Linli, erases: str, waits: str) -> None:
    pair = pair_of(linli)
    await pair.asked()
    await getattr(pair, erases).say("删除我的数据", "好的")
    async with linli.database.read() as tx:
        assert await tx.rows(ROWS) == []
    assert "这次连接已经取消" in await heard(getattr(pair, waits))
    assert "已经取消" not in await heard(getattr(pair, erases))


async def test_who_erases_one_of_the_family_keeps_nobody_waiting(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.asked()
    assert (await pair.page.say("删掉儿子的信息", "好的")).view == "DataErased"
    assert "这次连接已经取消" in await heard(pair.chat)


async def test_a_code_that_nobody_said_is_erased_without_a_word(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.chat.say(await pair.code())
    await pair.page.say("删除我的数据", "好的")
    assert "这次连接" not in await heard(pair.chat)
    assert (await pair.chat.say("好的")).view == "LinkRefused"


async def test_the_hash_of_a_link_is_not_that_of_a_staff_code(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    async with linli.database.read() as tx:
        [row] = await tx.rows(ROWS)
    assert row["code_hash"] != staff_codes(linli.settings).hash_of(code)
