"""A child's real name: asked for where a list needs it, after a card, never where it leaves the country."""

from datetime import date, timedelta
from hashlib import sha256

import pytest

from bot.linli import Linli
from handlers import sealing
from handlers.children import TEXT_VERSION, needs_list
from handlers.saying import say
from messages.views import Thanked
from messages.words import HERE, LANGUAGES
from storage import care, children, conversations
from storage.database import Transaction
from tests.canary import rows_with
from tests.family_talk import FETCHER, NAME, Parent, booked, named
from tests.sample import NOW, message

CENTRE = "FZ040"


def test_names_are_needed_where_children_are_handed_over_or_away_for_days(sqlite_linli: Linli) -> None:
    by_name = {activity.name: needs_list(activity) for activity in sqlite_linli.directory.activities.values()}
    assert by_name["4点钟课堂"]
    assert by_name["寒假冬令营"]
    assert not any(by_name[name] for name in ("少儿书法班", "太极晨练", "亲子绘本时光"))


def test_other_words_on_the_cards_are_another_version() -> None:
    """Who changes what a card says counts TEXT_VERSION up and puts the new digest here."""
    texts = [
        (HERE / language / "views" / f"{name}.j2").read_text("utf-8")
        for language in LANGUAGES
        for name in ("ConsentAsked", "AllergyAsked")
    ]
    assert (TEXT_VERSION, sha256("".join(texts).encode()).hexdigest()[:16]) == (2, "c538ccde2c0ed34c")


async def test_a_name_is_sealed_after_the_card_and_stands_nowhere_else(linli: Linli) -> None:
    parent = await booked(linli)
    card = await parent.say("登记孩子真名")
    assert card.view == "ConsentAsked"
    told = "四点半课堂 儿子 华城社区 上学期 2027年2月21日 负责 不同意 撤回同意 12345"
    for part in told.split():
        assert part in card.rendered.text
    asked = await parent.press(card, "同意")
    assert asked.view == "AskName"
    done = await parent.say(NAME)
    assert (done.view, done.intent, done.slots) == ("NameSealed", "take_name", {})
    [name] = await parent.names()
    assert sealing.read(linli.safe.keys, name) == NAME
    assert (name.centre_id, name.expires_on) == (CENTRE, date(2027, 2, 21))
    assert await rows_with(linli.database, NAME, NAME[1:]) == []
    [line] = await linli.lines("web", "ding", after=done.number - 1)
    assert (line.said, NAME in line.rendered.text) == ("", False)
    assert await care.check(linli.database) == []


async def test_what_was_agreed_to_is_written_down_with_words_channel_and_time(linli: Linli) -> None:
    parent = await named(linli)
    [kept] = await parent.consents()
    assert (kept.purpose, kept.centre_id, kept.text_version) == ("roster", CENTRE, TEXT_VERSION)
    assert (kept.language, kept.channel, kept.given_at, kept.withdrawn_at) == ("zh", "web", NOW, None)


async def test_who_does_not_agree_is_not_asked_for_a_name(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    refused = await parent.press(await parent.say("登记孩子真名"), "不同意")
    assert refused.view == "NothingDone"
    await parent.say(NAME)
    assert await parent.names() == []
    assert await parent.consents() == []
    assert await rows_with(sqlite_linli.database, NAME) == []


async def test_an_old_card_does_nothing(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    old = await parent.say("登记孩子真名")
    await parent.say("登记孩子真名")
    assert (await parent.press(old, "同意")).view == "ChoiceGone"
    assert await parent.consents() == []


async def test_a_card_for_a_place_that_was_given_back_does_nothing(sqlite_linli: Linli) -> None:
    parent, other = await booked(sqlite_linli), Parent(sqlite_linli, "other")
    card = await parent.say("登记孩子真名")
    async with sqlite_linli.database.read() as tx:
        talk = await conversations.find(tx, "web", "ding")
    assert talk
    state = talk.state
    await parent.say("取消预约", "好的")

    async def as_before(tx: Transaction) -> None:
        await conversations.remember(tx, talk.id, state)

    await sqlite_linli.database.write(as_before)
    assert (await parent.press(card, "同意")).view == "ChoiceGone"
    assert (await other.say("登记孩子真名")).view == "NoNameNeeded"


@pytest.mark.parametrize("before", [(), ("帮我儿子报下周六东湖社区的少儿书法班", "二年级", "好的")])
async def test_where_no_list_is_kept_no_name_is_wanted(sqlite_linli: Linli, before: tuple[str, ...]) -> None:
    parent = Parent(sqlite_linli)
    for text in before:
        await parent.say(text)
    assert (await parent.say("登记孩子真名")).view == "NoNameNeeded"


async def test_agreed_to_once_the_name_can_be_changed(sqlite_linli: Linli) -> None:
    parent = await named(sqlite_linli)
    assert (await parent.say("登记孩子真名")).view == "NoNameNeeded"
    [name] = await parent.names()
    async with sqlite_linli.database.read() as tx:
        assert await children.has_consent(tx, name.participant_id, "roster", CENTRE, name.term)


@pytest.mark.parametrize("text", ["林晓鹂今年八岁了呢", "林" * 20, "L1n", "\u200b林晓鹂2", "同意", "为什么"])
async def test_what_is_no_name_is_asked_for_again_and_not_kept(sqlite_linli: Linli, text: str) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("登记孩子真名", "同意")
    again = await parent.say(text)
    assert again.view == "AskName"
    assert "没有保存" in again.rendered.text
    assert (await sqlite_linli.lines("web", "ding", after=0))[-1].said == ""
    assert await parent.names() == []
    assert (await parent.say(NAME)).view == "NameSealed"


@pytest.mark.parametrize(
    ("said", "view"),
    [
        ("算了", "NothingDone"),
        ("1", "NothingDone"),
        ("东湖社区的食堂几点开", "ServiceCard"),
        ("转人工", "HumanOffered"),
        ("救命", "EmergencyShown"),
        ("/help", "HelpShown"),
    ],
)
async def test_another_wish_is_heard_instead_of_the_name(sqlite_linli: Linli, said: str, view: str) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("登记孩子真名", "同意")
    reply = await parent.say(said)
    assert reply.view in (view, "PlacesFound")
    assert await parent.names() == []


async def test_whatever_is_typed_when_a_name_is_asked_for_is_not_kept(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    for text in ("东湖社区的食堂几点开", "算了", "啊" * 301, "😀", "有没有林晓鹂的记录啊多少钱"):
        if (await parent.say("登记孩子真名")).view != "AskName":
            await parent.say("同意")
        await parent.say(text)
        lines = await sqlite_linli.lines("web", "ding", after=0)
        assert lines[-1].said == "", text
    assert await rows_with(sqlite_linli.database, "林晓鹂", "啊啊") == []


async def test_a_name_that_comes_after_the_consent_was_taken_back_is_not_kept(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("登记孩子真名", "同意")
    [consent], [child] = await parent.consents(), await parent.people()
    await sqlite_linli.database.write(lambda tx: children.withdraw(tx, consent.id, child.family_id, NOW))
    assert (await parent.say(NAME)).view == "NotHere"
    assert await parent.names() == []


async def test_a_name_that_comes_after_other_news_is_not_kept(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("登记孩子真名", "同意")
    async with sqlite_linli.database.read() as tx:
        talk = await conversations.find(tx, "web", "ding")
    assert talk
    await sqlite_linli.database.write(
        lambda tx: say(tx, talk.id, Thanked(()), key="news", now=NOW, new_id="news", within=timedelta(days=1))
    )
    assert (await parent.say(NAME)).view == "NotHere"
    assert await rows_with(sqlite_linli.database, NAME) == []


async def test_a_name_that_comes_twice_is_answered_the_same(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("登记孩子真名", "同意")
    first = await sqlite_linli.hear(message(NAME, id="name"))
    again = await sqlite_linli.hear(message(NAME, id="name"))
    assert (again.number, again.rendered) == (first.number, first.rendered)
    assert len(await parent.names()) == 1


@pytest.mark.parametrize("wish", ["登记孩子真名", "登记接送人", "过敏登记", "接送码", "导出我的数据"])
async def test_nothing_of_a_child_is_taken_or_said_where_it_leaves_the_country(
    sqlite_linli: Linli, wish: str
) -> None:
    parent = await booked(sqlite_linli, channel="telegram")
    reply = await parent.say(wish)
    assert reply.view == "NotHere"
    assert "境外" in reply.rendered.text or "不要在这里" in reply.rendered.text
    assert "到邻里中心当面" in reply.rendered.text
    assert await parent.names() == []


async def test_who_asks_there_how_a_child_is_fetched_hears_of_codes_and_not_of_names(
    sqlite_linli: Linli,
) -> None:
    reply = await Parent(sqlite_linli, channel="telegram").say("接孩子要什么")
    assert "接送码不能发到境外" in reply.rendered.text
    assert "到邻里中心当面取" in reply.rendered.text
    assert "真名" not in reply.rendered.text


@pytest.mark.parametrize(
    "text", [NAME, f"孩子叫{NAME}", f"帮{NAME}报明天的四点半课堂", f"我女儿{NAME}，想报书法班"]
)
@pytest.mark.parametrize("before", [(), ("登记孩子真名",)])
async def test_a_name_typed_there_is_not_echoed_not_kept_and_should_be_deleted(
    linli: Linli, text: str, before: tuple[str, ...]
) -> None:
    parent = Parent(linli, channel="telegram")
    for each in before:
        await parent.say(each)
    reply = await parent.say(text)
    assert reply.view == "NotHere"
    assert "删掉" in reply.rendered.text
    assert NAME not in reply.rendered.text
    assert await rows_with(linli.database, NAME, NAME[1:]) == []


async def test_the_page_is_named_where_there_is_one(sqlite_linli: Linli) -> None:
    settings = sqlite_linli.settings.model_copy(update={"public_url": "https://linli.example"})
    same = sqlite_linli
    linli = Linli(settings, same.database, same.directory, same.clock, same.reader)
    reply = await Parent(linli, channel="telegram").say("登记孩子真名")
    assert "https://linli.example" in reply.rendered.text


async def test_a_name_on_the_page_that_nobody_asked_for_is_not_kept(linli: Linli) -> None:
    parent = await booked(linli)
    for text in (NAME, f"我女儿叫{NAME}", f"真名：{NAME}"):
        reply = await parent.say(text)
        assert reply.view == "NotHere"
        assert "不需要真名" in reply.rendered.text
    await parent.say(f"帮{NAME}报明天的四点半课堂", f"孩子叫{NAME}，东湖社区的食堂几点开")
    assert await rows_with(linli.database, NAME, NAME[1:]) == []


async def test_an_adult_may_fetch_the_child_after_a_card_of_its_own(linli: Linli) -> None:
    parent = await named(linli)
    asked = await parent.say("登记接送人")
    assert asked.view == "AskRelation"
    card = await parent.press(asked, "奶奶或外婆")
    assert card.view == "ConsentAsked"
    assert "本人同意" in card.rendered.text
    await parent.press(card, "同意")
    done = await parent.say(FETCHER)
    assert (done.view, "奶奶或外婆" in done.rendered.text) == ("NameSealed", True)
    [own, fetcher] = sorted(await parent.names(), key=lambda each: each.purpose, reverse=True)
    assert (own.purpose, fetcher.purpose, fetcher.relation) == ("roster", "pick_up", "grandmother")
    assert sealing.read(linli.safe.keys, fetcher) == FETCHER
    second = await parent.press(await parent.say("登记接送人"), "爸爸")
    assert second.view == "AskName"  # agreed to already


async def test_of_several_children_one_is_asked_which(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("帮我女儿报明天华城社区的四点半课堂", "三年级", "好的")
    which = await parent.say("登记接送人")
    assert which.view == "AskWhichChild"
    assert (await parent.press(which, "女儿")).view == "AskRelation"
    which = await parent.say("过敏登记")
    assert which.view == "AskWhichChild"
    assert (await parent.press(which, "女儿")).view == "AllergyAsked"
    first = await parent.say("登记孩子真名", "同意", NAME)
    assert [choice.label for choice in first.rendered.choices] == ["登记下一个", "登记接送人", "隐私"]
    card = await parent.press(first, "登记下一个")
    assert card.view == "ConsentAsked"
    [named_first] = await parent.names()
    other = next(who.alias for who in await parent.people() if who.id != named_first.participant_id)
    assert {"son": "儿子", "daughter": "女儿"}[other] in card.rendered.text


async def test_nobody_can_be_authorised_where_nobody_is_fetched(sqlite_linli: Linli) -> None:
    assert (await Parent(sqlite_linli).say("登记接送人")).view == "NoNameNeeded"


@pytest.mark.parametrize(("label", "has"), [("有过敏", True), ("没有过敏", False)])
async def test_an_allergy_is_yes_or_no_and_the_teacher_is_told_in_person(
    linli: Linli, label: str, has: bool
) -> None:
    parent = await booked(linli)
    card = await parent.say("孩子花生过敏")
    assert card.view == "AllergyAsked"
    done = await parent.press(card, label)
    assert (done.view, "当面告诉老师" in done.rendered.text) == ("AllergyNoted", has)
    [child] = await parent.people()
    async with linli.database.read() as tx:
        assert await children.has_allergy(tx, child.id) is has
    assert [each.purpose for each in await parent.consents()] == ["allergy"]
    await parent.say("过敏登记", f"/allergy {child.id} yes")
    assert len(await parent.consents()) == 1


async def test_without_a_child_there_is_nothing_to_note(sqlite_linli: Linli) -> None:
    assert (await Parent(sqlite_linli).say("过敏登记")).view == "NoChildYet"


@pytest.mark.parametrize("command", ["/name {}", "/fetcher {} mother", "/allergy {} yes", "/erase {}"])
async def test_nobody_reaches_the_child_of_another_family(sqlite_linli: Linli, command: str) -> None:
    [child] = await (await named(sqlite_linli)).people()
    stranger = await booked(sqlite_linli, "stranger")
    reply = await stranger.say(command.format(child.id))
    assert reply.view in ("NoNameNeeded", "AskWhichChild", "EraseProposed")
    if reply.view == "EraseProposed":
        await stranger.say("好的")
    [own] = await (Parent(sqlite_linli)).people()
    assert own.id == child.id
    async with sqlite_linli.database.read() as tx:
        assert await children.has_allergy(tx, child.id) is None
    assert len(await Parent(sqlite_linli).names()) == 1


async def test_with_a_lost_key_a_parent_is_told_that_it_went_wrong_and_nothing_is_kept(
    sqlite_linli: Linli,
) -> None:
    await named(sqlite_linli)
    for key in sqlite_linli.settings.keys_dir.iterdir():
        key.unlink()
    parent = await booked(sqlite_linli, "second")
    await parent.say("登记孩子真名", "同意")
    reply = await sqlite_linli.hear(message("陈大文", address="second"))
    assert (reply.view, reply.number) == ("WentWrong", 0)
    assert await rows_with(sqlite_linli.database, "陈大文") == []
    assert await parent.names() == []


async def test_the_card_is_said_in_english_too(sqlite_linli: Linli) -> None:
    parent = await booked(sqlite_linli)
    await parent.say("in english")
    card = await parent.say("I want to enter my child's real name please")
    assert (card.view, card.rendered.language) == ("ConsentAsked", "en")
    assert "Responsible" in card.rendered.text
    await parent.press(card, "I agree")
    assert (await parent.say("her name is Anna Lindqvist")).view == "NameSealed"
    [name] = await parent.names()
    assert sealing.read(sqlite_linli.safe.keys, name) == "Anna Lindqvist"
