"""A person answers: asked for in the chat, promised with a time, answered into the chat, once."""

import asyncio
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from bot.dispatch import Dispatcher, Parcel
from bot.jobs import count_callbacks
from bot.linli import Linli
from bot.logs import set_up_logs
from bot.serve import page_of
from handlers import callbacks as people
from handlers.callbacks import CallbackError
from messages.render import Renderer
from messages.view_parts import CentreName, Choice
from messages.views_people import HumanOffered
from storage import callbacks, care
from storage.callbacks import Callback
from storage.statements import statement
from tests.sample import NOW, Sample, linli_over, message, rows_of, second_process, settings_for

PHONE = "13800138000"
TALK = ("conversation", "inbox", "outbox", "callback")
WITHDRAW = statement("test.withdraw", "UPDATE centre SET withdrawn_at = :now_at WHERE id = 'FZ002'")


async def all_of(linli: Linli) -> list[Callback]:
    async with linli.database.read() as tx:
        return await callbacks.listed(tx, closed_too=True)


async def answer(
    linli: Linli, number: str = "H-0001", text: str = "周六有。", by: str = "小王", at: datetime = NOW
) -> Callback:
    return await people.answer(
        linli.database, number, text, by=by, now=at, new_id=f"answer to {number} {text[:20]}"
    )


async def test_a_call_back_is_owned_by_the_centre_that_was_spoken_of(linli: Linli) -> None:
    await linli.hear(message("东湖社区的理发多少钱"))
    reply = await linli.hear(message("/callback"))
    assert (reply.view, reply.intent) == ("CallbackPromised", "callback")
    [kept] = await all_of(linli)
    assert (kept.code, kept.centre_id, kept.owner, kept.state) == ("H-0001", "FZ002", "FZ002", "open")
    assert (kept.asked_at, kept.due_at) == (NOW, NOW.replace(hour=19, minute=30))
    assert kept.phone is None
    assert kept.code in reply.rendered.text
    assert await care.check(linli.database) == []


async def test_the_topic_is_codes_and_never_words(linli: Linli) -> None:
    await linli.hear(message("东湖社区的剪个头多少钱"))
    await linli.hear(message("叫人回我电话，我姓林"))
    await linli.hear(message("东湖社区", address="chen"))
    await linli.hear(message("我要剪个头，我姓陈，叫人回我电话", address="chen"))
    [lin, chen] = await all_of(linli)
    intent, facet, centre, service = lin.topic.split()
    assert (intent, facet, centre) == ("find_service", "price", "FZ002")
    assert linli.directory.services[service].centre_id == "FZ002"
    assert chen.topic == f"FZ002 {service}"


@pytest.mark.parametrize(
    ("said", "topic"),
    [
        ([], ""),
        (["你们态度太差", "1"], "complaint"),
        (["东湖社区"], "centre_card FZ002"),
        (["东湖社区有哪些养老服务"], "find_service elder FZ002"),
        (["叫东湖社区的人回我电话"], "FZ002"),
        (["傻逼", "1"], "complaint"),
    ],
)
async def test_the_topic_is_what_was_asked_last(sqlite_linli: Linli, said: list[str], topic: str) -> None:
    for text in [*said, "/callback"]:
        await sqlite_linli.hear(message(text))
    [kept] = await all_of(sqlite_linli)
    assert kept.topic == topic


async def test_an_activity_that_was_said_or_pressed_is_named_by_its_id(sqlite_linli: Linli) -> None:
    activity = next(iter(sqlite_linli.directory.activities.values()))
    for address, text in (("said", activity.name), ("pressed", f"/activity {activity.id}")):
        await sqlite_linli.hear(message("/centre FZ002", address=address))
        await sqlite_linli.hear(message(text, address=address))
        await sqlite_linli.hear(message("/callback", address=address))
    named = [kept.topic.split()[-1] for kept in await all_of(sqlite_linli)]
    assert {sqlite_linli.directory.activities[each].name for each in named} == {activity.name}
    assert activity.id in named


async def test_a_centre_that_is_not_open_yet_leaves_the_answer_to_the_district(linli: Linli) -> None:
    await linli.hear(message("/centre FZ001"))
    reply = await linli.hear(message("/callback"))
    [kept] = await all_of(linli)
    assert (kept.centre_id, kept.owner) == ("FZ001", "district")
    assert "区里的工作人员" in reply.rendered.text


async def test_asking_again_shows_the_same_one(linli: Linli) -> None:
    first = await linli.hear(message("/callback"))
    again = await linli.hear(message("叫人回我电话"))
    assert "H-0001" in again.rendered.text
    assert again.rendered.text != first.rendered.text
    assert len(await all_of(linli)) == 1


async def test_a_redelivered_wish_makes_no_second_one(linli: Linli) -> None:
    first = await linli.hear(message("/callback", id="1"))
    await linli.hear(message("/callback_cancel", id="2"))
    again = await linli.hear(message("/callback", id="1"))
    assert again.rendered == first.rendered
    assert [kept.state for kept in await all_of(linli)] == ["cancelled"]


async def test_the_same_wish_in_two_processes_at_once_makes_one(linli: Linli, sample: Sample) -> None:
    async with second_process(linli, sample) as other:
        wishes = [each.hear(message("/callback", address=who)) for who in "ab" for each in (linli, other) * 2]
        replies = await asyncio.gather(*wishes)
    assert {reply.view for reply in replies} == {"CallbackPromised"}
    assert sorted(kept.code for kept in await all_of(linli)) == ["H-0001", "H-0002"]
    assert await care.check(linli.database) == []


async def test_a_phone_number_is_kept_with_the_call_back_and_nowhere_else(linli: Linli) -> None:
    written = StringIO()
    set_up_logs("debug", written)
    await linli.hear(message("/callback"))
    reply = await linli.hear(message("138 0013-8000", id="phone"))
    assert (reply.view, reply.intent, reply.slots) == ("CallbackPhoneNoted", "callback_phone", {})
    assert "*********00" in reply.rendered.text
    [kept] = await all_of(linli)
    assert kept.phone == PHONE
    [line] = [line for line in await linli.lines("web", "ding", after=0) if line.message_id == "phone"]
    assert line.said == "*********00"
    everywhere = str(await rows_of(linli.database, "conversation", "inbox", "outbox", "unknown_question"))
    everywhere += written.getvalue() + linli.metrics.text().decode() + str(reply)
    for piece in (PHONE, "138 0013", "0013-8000", "1380013"):
        assert piece not in everywhere


async def test_a_number_in_the_wish_itself_is_kept_the_same_way(linli: Linli) -> None:
    reply = await linli.hear(message(f"明天下午3点叫人回我电话{PHONE}"))
    assert reply.slots == {"facets": ["phone"]}
    [kept] = await all_of(linli)
    assert kept.phone == PHONE
    assert PHONE not in str(await rows_of(linli.database, "conversation", "inbox", "outbox")) + str(reply)


async def test_a_redelivered_number_is_answered_the_same(linli: Linli) -> None:
    await linli.hear(message("/callback"))
    first = await linli.hear(message(PHONE, id="phone"))
    before = await rows_of(linli.database, *TALK)
    again = await linli.hear(message(PHONE, id="phone"))
    assert (again.number, again.rendered) == (first.number, first.rendered)
    assert await rows_of(linli.database, *TALK) == before


async def test_without_a_call_back_a_number_is_not_kept_at_all(linli: Linli) -> None:
    reply = await linli.hear(message(PHONE))
    assert reply.view == "NoCallback"
    assert PHONE not in str(await rows_of(linli.database, *TALK))


async def test_a_number_does_not_disturb_what_was_asked(linli: Linli) -> None:
    await linli.hear(message("最近的老年食堂"))
    await linli.hear(message(PHONE))
    assert (await linli.hear(message("东湖社区"))).intent == "find_service"


async def test_staff_answer_and_the_resident_reads_it_in_the_chat(linli: Linli, sample: Sample) -> None:
    await linli.hear(message("东湖社区"))
    await linli.hear(message("/callback"))
    await linli.hear(message(PHONE))
    answered = await answer(linli, text=" 周六上午有理发。 ", at=NOW + timedelta(hours=1))
    assert (answered.state, answered.answered_by, answered.phone) == ("answered", "小王", None)
    [line] = await linli.lines("web", "ding", after=3)
    assert (line.message_id, line.said) == (None, None)
    for part in ("周六上午有理发。", "东湖社区党建+邻里中心回复您", "小王", "H-0001", "11月25日（周三）9:30"):
        assert part in line.rendered.text
    assert PHONE not in str(await rows_of(linli.database, *TALK))
    assert await care.check(linli.database) == []
    assert (await linli.hear(message("谢谢"))).number == 5


async def test_the_answer_is_said_in_the_residents_language(sqlite_linli: Linli) -> None:
    await sqlite_linli.hear(message("please call me back"))
    await answer(sqlite_linli)
    [line] = await sqlite_linli.lines("web", "ding", after=1)
    assert line.rendered.language == "en"
    assert "The district's office answers you" in line.rendered.text


async def test_a_page_that_is_open_hears_of_the_answer_of_another_process(
    linli: Linli, sample: Sample
) -> None:
    await linli.hear(message("/callback"))
    async with linli.listening("web", "ding") as ear, second_process(linli, sample) as other:
        assert await ear.heard(60)  # what was there before
        await answer(other)
        async with asyncio.timeout(30):
            assert await ear.heard(60)
    assert len(await linli.lines("web", "ding", after=1)) == 1


async def test_the_answer_waits_in_the_outbox_until_a_page_is_there(linli: Linli) -> None:
    await linli.hear(message("/callback"))
    await answer(linli)
    dispatcher = Dispatcher(linli.database, {"web": page_of(linli)}, chance=lambda: 0.5)
    assert await dispatcher.run(NOW) == 0
    async with linli.listening("web", "ding"):
        assert await dispatcher.run(NOW + timedelta(days=29)) == 1


async def test_the_control_nothing_is_sent_to_a_page_without_an_answer(linli: Linli) -> None:
    async def deliver(parcel: Parcel) -> None:
        raise AssertionError(parcel.id)

    await linli.hear(message("/callback"))
    assert await Dispatcher(linli.database, {"web": deliver}, chance=lambda: 0.5).run(NOW) == 0


@pytest.mark.parametrize(
    ("number", "text", "by", "why"),
    [
        ("H-0009", "有。", "小王", "no call-back has the number H-0009"),
        ("H-0001", "有。", "小王", "H-0001 was answered already"),
        ("H-0002", "有。", "小王", "H-0002 was taken back"),
        ("H-0003", "  ", "小王", "must not be empty"),
        ("H-0003", "有。", " ", "must not be empty"),
        ("H-0003", "有" * 1001, "小王", "1001 characters"),
    ],
)
async def test_what_cannot_be_answered_is_refused_and_nothing_is_sent(
    linli: Linli, number: str, text: str, by: str, why: str
) -> None:
    for who in ("a", "b", "c"):
        await linli.hear(message("/callback", address=who))
    await answer(linli, "H-0001", by="小李")
    await linli.hear(message("/callback_cancel", address="b"))
    before = await rows_of(linli.database, *TALK)
    with pytest.raises(CallbackError, match=why):
        await answer(linli, number, text, by)
    assert await rows_of(linli.database, *TALK) == before


async def test_two_of_the_staff_at_once_give_one_answer(linli: Linli, sample: Sample) -> None:
    await linli.hear(message("/callback"))
    async with second_process(linli, sample) as other:
        tried = await asyncio.gather(
            answer(linli, text="有。", by="小王"), answer(other, text="没有。", by="小李"),
            return_exceptions=True,
        )  # fmt: skip
    assert sorted(type(each).__name__ for each in tried) == ["Callback", "CallbackError"]
    assert len(await linli.lines("web", "ding", after=1)) == 1


async def test_a_number_that_is_typed_after_an_answer_takes_one_of_its_choices(linli: Linli) -> None:
    await linli.hear(message("东湖社区"))
    await linli.hear(message("/callback"))
    await answer(linli)
    assert "H-0002" in (await linli.hear(message("1"))).rendered.text
    assert (await linli.hear(message("附近的老年食堂"))).intent == "find_service"
    assert await care.check(linli.database) == []


async def test_after_an_answer_another_one_can_be_asked_for(linli: Linli) -> None:
    await linli.hear(message("/callback"))
    await answer(linli)
    assert "H-0002" in (await linli.hear(message("回电给我"))).rendered.text


async def test_an_answer_of_a_centre_that_was_withdrawn_meanwhile_is_given_all_the_same(linli: Linli) -> None:
    await linli.hear(message("/centre FZ002"))
    await linli.hear(message("/callback"))
    await linli.database.write(lambda tx: tx.run(WITHDRAW, {"now_at": NOW}))
    await answer(linli)
    [line] = await linli.lines("web", "ding", after=2)
    assert "区里的工作人员回复您" in line.rendered.text


async def test_an_overdue_one_says_sorry_and_is_counted(linli: Linli) -> None:
    await linli.hear(message("/callback"))
    await count_callbacks(linli, NOW)
    assert "linli_callbacks_overdue 0.0" in linli.metrics.text().decode()
    late = linli.over(linli.database, lambda: NOW + timedelta(days=7))
    await count_callbacks(late, late.clock())
    assert "linli_callbacks_overdue 1.0" in linli.metrics.text().decode()
    said = (await late.hear(message("/callback"))).rendered.text
    assert "现在晚了，对不起" in said
    assert "12345" in said


async def test_staff_see_who_waits_and_since_when(linli: Linli) -> None:
    await linli.hear(message("/centre FZ002", address="a"))
    await linli.hear(message("/callback", address="a"))
    await linli.hear(message("/callback", address="b"))
    later = NOW + timedelta(days=7)
    seen = await people.waiting(linli.database, later)
    assert [(each.callback.code, each.is_overdue) for each in seen] == [("H-0001", True), ("H-0002", True)]
    assert [each.owner for each in seen] == ["FZ002 东湖社区党建+邻里中心", "district"]
    [only] = await people.waiting(linli.database, NOW, centre_id="FZ002")
    assert (only.callback.code, only.is_overdue) == ("H-0001", False)
    await answer(linli)
    assert [each.callback.code for each in await people.waiting(linli.database, NOW)] == ["H-0002"]
    assert len(await people.waiting(linli.database, later, closed_too=True)) == 2
    with pytest.raises(CallbackError, match="no centre has the id FZ999"):
        await people.waiting(linli.database, NOW, centre_id="FZ999")


async def test_how_long_an_answer_may_take_is_a_setting(
    sqlite_linli: Linli, sample: Sample, tmp_path: Path
) -> None:
    assert sqlite_linli.policy.callback_hours == sqlite_linli.settings.callback_hours == 8
    settings = settings_for(sqlite_linli.settings.database_url, tmp_path, callback_hours=2)
    await linli_over(sqlite_linli.database, sample, settings).hear(message("/callback"))
    [kept] = await all_of(sqlite_linli)
    assert kept.due_at == NOW.replace(hour=11)


def test_a_sample_number_is_said_to_be_one() -> None:
    view = HumanOffered(
        CentreName("FZ002", "东湖", "东湖街道", "open"), "0595-00000002", True, None, "12345",
        (Choice("@callback", "/callback"),),
    )  # fmt: skip
    for language, label in (("zh", "示例号码"), ("en", "sample number")):
        assert label in Renderer().render(view, language).text
