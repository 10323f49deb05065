"""Two channels of one person: both sides confirm, and nothing is joined otherwise."""

import asyncio
import re
import sys
from asyncio.subprocess import PIPE
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ids import new_id
from bot.linli import Linli, Reply
from handlers.links import GOOD_FOR, MOST_WRONG
from handlers.message import Message
from messages.understand.link_codes import without_link_code
from storage import care
from storage.statements import statement
from tests.doctored import Cut, doctored
from tests.family_talk import BOOK, Parent, booked
from tests.link_rivals import rivals
from tests.link_talk import Pair, are_linked, code_in, heard, heard_choice, pair_of

SQL = "storage/sql/links.sql"


# Both sides say yes


async def test_what_is_booked_on_the_page_is_seen_in_the_chat_after_both_confirmed(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    shown = await pair.page.say("连接另一个聊天")
    assert shown.view == "LinkCodeShown"
    assert "9:45前有效" in shown.rendered.text
    proposed = await pair.chat.say(f"连接码 {code_in(shown)}")
    assert proposed.view == "LinkProposed"
    assert all(fact in proposed.rendered.text for fact in ("微信", "网页", "预约", "孩子", "工单"))
    assert not await are_linked(pair)
    assert (await pair.chat.say("好的")).view == "LinkWaits"
    assert not await are_linked(pair)
    assert "是您本人吗" in await heard(pair.page)
    assert (await pair.chat.say("我的预约")).view == "NoBookings"
    done = await pair.page.say(await heard_choice(pair.page, "/link_yes"))
    assert done.view == "Linked"
    assert "连好了：这里（微信）和另一边（网页）" in await heard(pair.chat)
    shown = await pair.chat.say("我的预约")
    assert (shown.view, "四点半课堂" in shown.rendered.text) == ("BookingShown", True)
    assert await care.check(linli.database) == []


@pytest.mark.parametrize("side", ["page", "chat", "neither"])
async def test_whoever_has_a_family_the_other_joins_it(linli: Linli, side: str) -> None:
    pair = pair_of(linli)
    if side != "neither":
        await (pair.page if side == "page" else pair.chat).say(*BOOK)
    assert (await pair.linked()).view == "Linked"
    assert await are_linked(pair)
    if side == "neither":
        await pair.chat.say(*BOOK)
    assert [who.alias for who in await pair.page.people()] == ["son"]
    assert [who.alias for who in await pair.chat.people()] == ["son"]
    assert (await pair.page.say("我的预约")).view == "BookingShown"
    assert await care.check(linli.database) == []


async def test_a_code_is_understood_alone_in_small_letters_and_in_english(linli: Linli) -> None:
    pair = pair_of(linli)
    assert (await pair.chat.say((await pair.code()).lower())).view == "LinkProposed"
    assert (await pair.chat.say(f"link code {await pair.code()}")).view == "LinkProposed"
    gap = (await pair.code()).replace("-", " ")
    assert (await pair.chat.say(f"我的连接码是{gap}")).view == "LinkProposed"
    first = Parent(linli, "new", "telegram")
    answer = await first.say(await pair.code())
    assert (answer.view, answer.rendered.language) == ("LinkProposed", "zh")


async def test_a_third_chat_joins_the_two_and_hears_of_all(linli: Linli) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    await pair.linked()
    third = Pair(pair.chat, Parent(linli, "xi", "telegram"))
    proposed = await third.chat.say(code_in(await pair.chat.say("连接另一个聊天")))
    assert "网页、微信" in proposed.rendered.text
    await third.chat.say("好的")
    done = await pair.chat.say(await heard_choice(pair.chat, "/link_yes"))
    assert "网页" in done.rendered.text
    assert "Telegram" in done.rendered.text
    assert "连好了" in await heard(pair.page)
    assert (await third.chat.say("我的预约")).view == "BookingShown"


# Nothing without both


async def test_no_on_either_side_changes_nothing_and_is_said(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    assert (await pair.chat.say(code, "不连")).view == "NothingDone"
    assert (await pair.chat.say(code, "好的")).view == "LinkWaits"
    assert (await pair.page.say("不是我")).view == "LinkRefused"
    assert "不是本人" in await heard(pair.chat)
    assert not await are_linked(pair)
    assert (await pair.chat.say(code)).view == "LinkRefused"


async def test_a_yes_in_words_asks_once_more_and_then_links(linli: Linli) -> None:
    """It may have been meant for what was shown before."""
    pair = pair_of(linli)
    await pair.asked()
    again = await pair.page.say("好的")
    assert again.view == "LinkAsked"
    assert not await are_linked(pair)
    assert (await pair.page.say("好的")).view == "Linked"
    assert await are_linked(pair)


async def test_a_number_that_was_meant_for_what_was_shown_before_links_nothing(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.asked()
    assert (await pair.page.say("1")).view == "LinkRefused"
    assert not await are_linked(pair)


async def test_a_no_in_words_refuses(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.asked()
    assert (await pair.page.say("不是")).view == "LinkRefused"
    assert "不是本人" in await heard(pair.chat)


@pytest.mark.parametrize("first", ["好的", None])
async def test_when_the_time_is_over_both_are_told_and_nothing_is_linked(
    linli: Linli, first: str | None
) -> None:
    pair = pair_of(linli)
    await pair.asked()
    yes = await heard_choice(pair.page, "/link_yes")
    if first:
        await pair.page.say(first)
    late = await pair.later(GOOD_FOR)
    assert "时间到了" in await heard(pair.chat)
    assert "时间到了" in await heard(pair.page)
    assert (await late.page.say(yes)).view == "LinkRefused"
    assert not await are_linked(pair)


async def test_an_old_code_is_no_code_and_nobody_is_told(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    late = await pair.later(GOOD_FOR)
    assert "连接码：" in await heard(pair.page)
    assert (await late.chat.say(code)).view == "LinkRefused"


async def test_a_yes_too_late_for_the_code_says_so(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.chat.say(await pair.code())
    late = await pair.later(GOOD_FOR)
    assert (await late.chat.say("好的")).view == "LinkRefused"


async def test_the_other_side_has_its_own_quarter_of_an_hour(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    later = await pair.later(GOOD_FOR - timedelta(minutes=1))
    await later.chat.say(code, "好的")
    last = await later.later(GOOD_FOR + timedelta(minutes=13))
    assert (await last.page.say(await heard_choice(last.page, "/link_yes"))).view == "Linked"


async def test_an_older_code_is_void_and_with_it_what_was_proposed(linli: Linli) -> None:
    pair = pair_of(linli)
    old = await pair.code()
    await pair.chat.say(old)
    new = await pair.code()
    assert (await pair.chat.say("好的")).view == "LinkRefused"
    assert (await pair.chat.say(old)).view == "LinkRefused"
    assert (await pair.chat.say(new)).view == "LinkProposed"


async def test_who_waits_is_told_when_another_code_takes_the_place_of_theirs(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.asked()
    yes = await heard_choice(pair.page, "/link_yes")
    new = await pair.code()
    assert "这次连接已经取消" in await heard(pair.chat)
    assert (await pair.page.say(yes)).view == "LinkRefused"
    assert not await are_linked(pair)
    assert (await pair.chat.say(new, "好的")).view == "LinkWaits"
    assert (await pair.page.say(await heard_choice(pair.page, "/link_yes"))).view == "Linked"


async def test_who_overhears_a_code_that_was_taken_has_nothing(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    thief = Parent(linli, "thief", "telegram")
    await thief.say(code)
    await pair.chat.say(code, "好的")
    assert "没有这个连接码" in (await Parent(linli, "another", "telegram").say(code)).rendered.text
    assert (await thief.say("好的")).view == "LinkRefused"
    yes = await heard_choice(pair.page, "/link_yes")
    for stranger in (thief, pair.chat):
        assert (await stranger.say(yes)).view == "LinkRefused"
        assert (await stranger.say(yes.replace("yes", "no"))).view == "LinkRefused"
    assert not await are_linked(pair)
    assert (await pair.chat.say(code)).view == "LinkWaits"
    assert (await pair.page.say(yes)).view == "Linked"


async def test_a_code_said_where_it_was_made_is_answered_kindly(linli: Linli) -> None:
    pair = pair_of(linli)
    answer = await pair.page.say(await pair.code())
    assert "就是在这里要的" in answer.rendered.text


async def test_who_is_linked_already_is_told_so(linli: Linli) -> None:
    pair = pair_of(linli)
    await pair.linked()
    assert "已经连着的：微信" in (await pair.page.say("连接另一个聊天")).rendered.text
    assert "已经连着了" in (await pair.chat.say(await pair.code())).rendered.text


async def test_wrong_codes_are_bounded_by_the_hour(linli: Linli) -> None:
    pair = pair_of(linli)
    for _ in range(MOST_WRONG):
        assert "没有这个连接码" in (await pair.chat.say("连接码 AAAA-AAAA")).rendered.text
    assert "太多" in (await pair.chat.say(await pair.code())).rendered.text
    assert (await Parent(linli, "xi", "wechat").say(await pair.code())).view == "LinkProposed"
    later = await pair.later(timedelta(hours=1))
    assert (await later.chat.say(await later.code())).view == "LinkProposed"


async def test_two_families_that_know_people_are_not_merged(linli: Linli) -> None:
    pair = Pair(await booked(linli), await booked(linli, "dong", "wechat"))
    refused = await pair.chat.say(await pair.code())
    assert "可能弄错孩子" in refused.rendered.text
    assert len(await pair.page.people()) == len(await pair.chat.people()) == 1
    assert not await are_linked(pair)


@pytest.mark.parametrize("when", ["before the yes", "before the other yes"])
async def test_a_family_that_comes_about_meanwhile_is_noticed(linli: Linli, when: str) -> None:
    pair = Pair(await booked(linli), Parent(linli, "dong", "wechat"))
    code = await pair.code()
    if when == "before the yes":
        token = await pair.chat.say(code)
        assert (await pair.chat.say(*BOOK)).view == "Booked"
        assert (await pair.chat.say(token.rendered.choices[0].say)).view == "ChoiceGone"
        return
    await pair.chat.say(code, "好的")
    yes = await heard_choice(pair.page, "/link_yes")
    assert (await pair.chat.say(*BOOK)).view == "Booked"
    assert "可能弄错孩子" in (await pair.page.say(yes)).rendered.text
    assert "可能弄错孩子" in await heard(pair.chat)
    assert not await are_linked(pair)
    assert await care.check(linli.database) == []


async def test_a_family_whose_people_were_erased_joins_the_other(linli: Linli) -> None:
    pair = Pair(await booked(linli), await booked(linli, "dong", "wechat"))
    assert (await pair.chat.say("删掉儿子的信息", "好的")).view == "DataErased"
    assert (await pair.linked()).view == "Linked"
    assert (await pair.chat.say("我的预约")).view == "BookingShown"


async def test_a_device_that_many_use_is_not_linked(linli: Linli) -> None:
    pair = pair_of(linli)

    async def on_a_kiosk(text: str) -> Reply:
        return await linli.hear(Message("web", "kiosk", str(new_id()), text, is_public=True))

    assert "公用设备" in (await on_a_kiosk("连接另一个聊天")).rendered.text
    code = await pair.code()
    assert "公用设备" in (await on_a_kiosk(code)).rendered.text
    proposed = await Parent(linli, "kiosk").say(code)
    assert (await on_a_kiosk(proposed.rendered.choices[0].say)).view == "LinkRefused"
    await pair.asked()
    yes = await heard_choice(pair.page, "/link_yes")
    there = await linli.hear(Message("web", pair.page.address, str(new_id()), yes, is_public=True))
    assert "公用设备" in there.rendered.text
    assert not await are_linked(pair)
    await pair.later(GOOD_FOR)
    assert "时间到了" in await heard(pair.chat)


async def test_a_conversation_that_nobody_reads_any_more_is_not_linked(linli: Linli) -> None:
    pair = pair_of(linli)
    code = await pair.code()
    left = statement("test.leaves", "UPDATE conversation SET address = 'left ' || id WHERE channel = 'web'")
    await linli.database.write(lambda tx: tx.run(left))
    assert (await pair.chat.say(code)).view == "LinkRefused"


# Controls


async def test_one_takes_a_code_and_its_maker_alone_settles_it() -> None:
    assert await rivals() == ["first takes", "maker settles"]


TWICE = Cut(SQL, "WHERE id = :id AND taken_by IS NULL AND", "WHERE id = :id AND")
OF_ANYBODY = Cut(
    SQL, "WHERE id = :id AND conversation_id = :conversation_id", "WHERE id = :id AND :conversation_id <> ''"
)


@pytest.mark.parametrize(
    ("cut", "found"),
    [(TWICE, "second takes"), (OF_ANYBODY, "first settles")],
    ids=["taken twice", "settled by another"],
)
async def test_a_guard_that_is_left_out_is_noticed(cut: Cut, found: str, tmp_path: Path) -> None:
    playing = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.link_rivals", cwd=doctored(tmp_path / "copy", [cut]), stdout=PIPE
    )
    said, _ = await playing.communicate()
    assert playing.returncode == 0
    assert found in said.decode()


# Words


@pytest.mark.parametrize(
    "said",
    [
        "连接另一个聊天", "绑定微信", "换到Telegram上用", "把微信和网页连起来", "怎么关联我的微信",
        "连接码是什么",
        "綁定微信", "link my other chat", "switch to WeChat please", "I need a new link code",
    ],
)  # fmt: skip
async def test_a_wish_to_link_is_understood(said: str, sqlite_linli: Linli) -> None:
    assert (await Parent(sqlite_linli).say(said)).view == "LinkCodeShown"


@pytest.mark.parametrize(("said", "words"), [("怎么用", "“(连接[^”]+)”"), ("help", "“(link[^”]+)”")])
async def test_help_says_how_to_link(said: str, words: str, sqlite_linli: Linli) -> None:
    parent = Parent(sqlite_linli)
    helped = await parent.say(said)
    [told] = re.findall(words, helped.rendered.text)
    assert len(helped.rendered.choices) <= 3
    assert (await parent.say(told)).view == "LinkCodeShown"


@pytest.mark.parametrize(
    "said", ["断开连接", "断开另一边", "解绑", "解除绑定", "unlink", "disconnect this chat"]
)
async def test_a_wish_to_part_is_understood(said: str, sqlite_linli: Linli) -> None:
    assert (await Parent(sqlite_linli).say(said)).intent == "unlink"


@pytest.mark.parametrize(
    "said",
    [
        "微信绑定医保怎么弄", "可以用微信支付吗", "把钱转到微信", "取消社保卡绑定", "连接wifi", "take care",
        "services", "1380 1380", "disconnect the water", "回执 7K2M-9QXT", "接走 7K2M-9QXT",
    ],
)  # fmt: skip
async def test_other_wishes_link_nothing(said: str, sqlite_linli: Linli) -> None:
    assert "link" not in (await Parent(sqlite_linli).say(said)).intent


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("连接码 7K2M-9QXT", "连接码 ****-****"),
        ("7k2m9qxt", "****-****"),
        ("link code: 7k2m 9qxt please", "link code: ****-**** please"),
        ("我的绑定码是７Ｋ２Ｍ－９ＱＸＴ", "我的绑定码是****-****"),
        ("服务 services", "服务 services"),
        ("/link_yes 7K2M-9QXT", "/link_yes 7K2M-9QXT"),
    ],
)
def test_a_code_is_hidden_however_it_is_said(said: str, kept: str) -> None:
    assert without_link_code(said) == kept
