"""What is kept is shown, copied, taken back and erased when a resident asks, after a card, with a receipt."""

import re

import pytest

from bot.linli import Linli
from handlers import keeping
from handlers.children import TEXT_VERSION
from handlers.safe import KeyName
from storage import care, children
from storage.statements import statement
from tests.canary import rows_with
from tests.family_talk import NAME, Parent, booked, named
from tests.sample import NOW, message, rows_of

STATES = statement("test.states", "SELECT state, ended FROM booking ORDER BY id")
RECEIPT = re.compile(r"[0-9A-Z]{4}-[0-9A-Z]{4}")


async def states(linli: Linli) -> list[tuple[str, str | None]]:
    async with linli.database.read() as tx:
        return [(row["state"], row["ended"]) for row in await tx.rows(STATES)]


@pytest.mark.parametrize(
    "said",
    [
        "隐私",
        "你们存了我什么",
        "你们保存了孩子的哪些信息",
        "谁看过我孩子的记录",
        "privacy please",
        "what do you know about me",
    ],
)
async def test_the_privacy_card_is_asked_for_in_many_ways(sqlite_linli: Linli, said: str) -> None:
    reply = await Parent(sqlite_linli).say(said)
    assert reply.view == "PrivacyShown"
    assert len(reply.rendered.choices) == 2


async def test_the_card_says_what_is_kept_of_whom_and_until_when(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("叫人回我电话13800138000")
    await keeping.keep(linli.database, "hash", "web", "ding", now=NOW, expires=NOW.replace(year=2027))
    card = (await parent.say("隐私")).rendered
    told = "儿子 名单上的真名 2027年2月21日后销毁 预约1个 回电1个（留了电话） 恢复码1个 同意过的：1条"
    told += " 附近没找到的记最近20样 30天不来就清空"
    for part in told.split():
        assert part in card.text
    assert [choice.label for choice in card.choices] == ["导出我的数据", "撤回同意", "删除我的数据"]
    assert NAME not in card.text


async def test_the_card_says_in_english_what_a_conversation_remembers(sqlite_linli: Linli) -> None:
    card = (await Parent(sqlite_linli).say("privacy please")).rendered
    assert "What was not near: the last 20 things" in card.text


async def test_who_is_responsible_is_named(sqlite_linli: Linli) -> None:
    settings = sqlite_linli.settings.model_copy(update={"responsible": "王主任，0595-00000000"})
    same = sqlite_linli
    other = Linli(settings, same.database, same.directory, same.clock, same.reader)
    parent = await booked(other)
    assert "负责人：王主任，0595-00000000" in (await parent.say("隐私")).rendered.text
    assert "谁负责：王主任，0595-00000000" in (await parent.say("登记孩子真名")).rendered.text


async def test_a_copy_of_everything_comes_with_a_receipt(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("/allergy", "1", "过敏登记", "有过敏")
    reply = await parent.say("导出我的数据")
    assert reply.view == "DataExported"
    text = reply.rendered.text
    assert RECEIPT.search(text)
    for part in [
        "儿子",
        "年级代码2",
        "过敏：有",
        "已加密的名字",
        "当面看",
        f"同意书（第{TEXT_VERSION}版）",
        "四点半课堂",
        "已报上",
    ]:
        assert part in text
    assert NAME not in text
    empty = await Parent(linli, "nobody").say("导出我的数据")
    assert "没有登记家人" in empty.rendered.text


@pytest.mark.parametrize("said", ["删除我的数据", "把我的信息都删掉", "注销账号", "erase all my data please"])
async def test_erasing_is_asked_for_in_many_ways_and_waits_for_a_yes(sqlite_linli: Linli, said: str) -> None:
    parent = await named(sqlite_linli)
    before = await rows_of(sqlite_linli.database, "participant", "sealed_name", "consent", "booking")
    card = await parent.say(said)
    assert card.view == "EraseProposed"
    assert (await parent.say("2")).view == "NothingDone"
    assert await rows_of(sqlite_linli.database, "participant", "sealed_name", "consent", "booking") == before


async def test_a_family_is_erased_after_a_yes(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("叫人回我电话13800138000", "隔壁的王阿姨说的")
    card = await parent.say("删除我的数据")
    for part in ("全家（儿子）", "1个预约", "1个加密的名字", "找不回来"):
        assert part in card.rendered.text
    done = await parent.press(card, "确认删除")
    assert (done.view, "让出了1个预约" in done.rendered.text) == ("DataErased", True)
    assert RECEIPT.search(done.rendered.text)
    assert await states(linli) == [("let_go", "erased")]
    assert await parent.people() == []
    assert [line.said for line in await linli.lines("web", "ding", after=0)] == [card.rendered.choices[0].say]
    assert await rows_with(linli.database, "13800138000", "王阿姨", "四点半课堂的") == []
    entries = linli.safe.journal.entries()
    assert [entry.kind for entry in entries] == ["family", "conversation"]
    assert entries[0].receipt in done.rendered.text
    assert await care.check(linli.database) == []
    # The key is the centre's: others' names are sealed with it.
    [key] = [each.name for each in linli.settings.keys_dir.iterdir()]
    assert key.startswith("FZ040=")
    assert (await parent.say("我的预约")).view == "NoBookings"
    assert (await booked(linli)).address == "ding"  # one may begin anew


async def test_one_child_is_erased_and_the_other_stays(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("帮我女儿报明天华城社区的四点半课堂", "三年级", "好的")
    which = await parent.say("删掉孩子的信息")
    assert which.view == "AskWhomToErase"
    card = await parent.press(which, "儿子")
    assert (card.view, "儿子的全部信息" in card.rendered.text) == ("EraseProposed", True)
    assert (await parent.press(card, "确认删除")).view == "DataErased"
    assert [who.alias for who in await parent.people()] == ["daughter"]
    assert await parent.names() == []
    assert sorted(await states(linli)) == [("booked", None), ("let_go", "erased")]
    only = await parent.say("删掉孩子的信息")
    assert "女儿的全部信息" in only.rendered.text
    assert await care.check(linli.database) == []


async def test_everybody_can_be_erased_from_the_same_question(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    await parent.say("帮我女儿报明天华城社区的四点半课堂", "三年级", "好的")
    card = await parent.press(await parent.say("删掉孩子的信息"), "全部删除")
    assert "全家" in card.rendered.text
    assert all(who in card.rendered.text for who in ("儿子", "女儿"))


async def test_a_conversation_without_a_family_can_be_erased_too(linli: Linli) -> None:
    parent = Parent(linli)
    await parent.say("东湖社区的食堂几点开")
    card = await parent.say("删除我的数据")
    assert "聊天内容" in card.rendered.text
    assert (await parent.press(card, "确认删除")).view == "DataErased"
    assert len(await linli.lines("web", "ding", after=0)) == 1


async def test_a_child_that_is_gone_by_the_time_of_the_yes_changes_nothing(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    await parent.say("删掉孩子的信息")
    [child] = await parent.people()
    async with sqlite_linli.database.read() as tx:
        [talk] = await tx.rows(statement("test.talk", "SELECT state FROM conversation"))
    await parent.say("好的")
    set_state = statement("test.set_state", "UPDATE conversation SET state = :state, version = version + 1, "
                          "last_number = last_number + 1")  # fmt: skip
    await sqlite_linli.database.write(lambda tx: tx.run(set_state, {"state": talk["state"]}))
    assert (await parent.say("好的")).view == "ChoiceGone"
    assert len(sqlite_linli.safe.journal.entries()) == 2
    assert child.id in str(sqlite_linli.safe.journal.entries())


async def test_the_erased_message_that_comes_again_is_not_taken_for_a_new_one(sqlite_linli: Linli) -> None:
    parent = Parent(sqlite_linli)
    await sqlite_linli.hear(message("东湖社区的食堂几点开", id="first"))
    await parent.say("删除我的数据", "好的")
    again = await sqlite_linli.hear(message("东湖社区的食堂几点开", id="first"))
    assert (again.number, again.view) == (1, "ChoiceGone")


async def test_a_consent_is_taken_back_with_what_was_kept_by_it(linli: Linli) -> None:
    parent = await named(linli)
    card = await parent.say("撤回同意")
    assert card.view == "WithdrawProposed"
    assert "1个预约会让出来" in card.rendered.text
    done = await parent.press(card, "确认撤回")
    assert (done.view, "让出了1个预约" in done.rendered.text) == ("ConsentWithdrawn", True)
    assert await parent.names() == []
    assert await states(linli) == [("let_go", "cancelled")]
    [kept] = await parent.consents()
    assert kept.withdrawn_at == NOW
    assert (await parent.say("撤回同意")).view == "ConsentsListed"
    assert "2026年11月25日撤回" in (await parent.say("导出我的数据")).rendered.text
    assert await care.check(linli.database) == []


async def test_of_several_consents_one_is_chosen(linli: Linli) -> None:
    parent = await named(linli)
    await parent.say("过敏登记", "有过敏")
    listed = await parent.say("撤回同意")
    assert (listed.view, len(listed.rendered.choices)) == ("ConsentsListed", 2)
    card = await parent.say("2")
    assert (card.view, "过敏" in card.rendered.text) == ("WithdrawProposed", True)
    await parent.press(card, "确认撤回")
    [child] = await parent.people()
    async with linli.database.read() as tx:
        assert await children.has_allergy(tx, child.id) is None
    assert len(await parent.names()) == 1
    assert await states(linli) == [("booked", None)]


async def test_who_may_fetch_is_taken_back_without_losing_the_place(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    await parent.say("登记接送人", "3", "同意", "林阿凤")
    listed = await parent.say("撤回同意")
    card = await parent.press(listed, "撤回第2条")
    await parent.press(card, "确认撤回")
    assert [name.purpose for name in await parent.names()] == ["roster"]
    assert await states(sqlite_linli) == [("booked", None)]


async def test_a_consent_that_was_taken_back_meanwhile_changes_nothing(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    await parent.say("撤回同意")
    [consent] = await parent.consents()
    [child] = await parent.people()
    family = child.family_id
    await sqlite_linli.database.write(lambda tx: children.withdraw(tx, consent.id, family, NOW))
    assert (await parent.say("好的")).view == "ChoiceGone"
    assert await states(sqlite_linli) == [("booked", None)]


async def test_keys_stay_when_a_family_goes(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    [name] = await parent.names()
    await parent.say("删除我的数据", "好的")
    assert sqlite_linli.safe.keys.has(KeyName(name.centre_id, name.term))


async def test_everything_can_be_said_in_english(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    await parent.say("in english")
    for said, view in (
        ("what do you know about me", "PrivacyShown"),
        ("export my data please", "DataExported"),
        ("withdraw my consent please", "WithdrawProposed"),
        ("who may fetch my son", "AskRelation"),
        ("the pick-up code please", "FetchCodesShown"),
        ("my son has an allergy", "AllergyAsked"),
        ("please erase my data", "EraseProposed"),
    ):
        reply = await parent.say(said)
        assert (reply.view, reply.rendered.language) == (view, "en"), said
