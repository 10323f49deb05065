"""Residents on Telegram: what they write, press, share and send is answered once and in order."""

import asyncio
import re
from html import unescape

import pytest

from bot.channels.telegram.wording import payload
from storage import care
from tests.photo_talk import kept
from tests.photos import jpeg
from tests.sample import Sample, rows_of, second_process
from tests.telegram_town import DING, GROUP, LIN, Town, refused, sqlite_town, town, town_of

__all__ = ["sqlite_town", "town"]

HTML = re.compile(r"<[^>]*>")


def read(html: str) -> str:
    """As it is shown."""
    return unescape(HTML.sub("", html))


async def heard(town: Town) -> int:
    return len((await rows_of(town.linli.database, "inbox"))["inbox"])


async def test_what_is_written_is_answered_at_once(town: Town) -> None:
    [answer] = await town.say("东湖社区几点开门")
    assert "东湖社区" in answer
    assert await town.states() == []
    assert town.fake.named("sendMessage")[0]["chat_id"] == str(DING)
    assert await care.check(town.linli.database) == []


async def test_a_press_is_noticed_first_answered_below_and_put_away(town: Town) -> None:
    await town.say("我要投诉")
    button = town.fake.buttons()[0]
    town.fake.calls.clear()
    [answer] = await town.answers_to(town.updates.press(button["callback_data"], below=1_001))
    assert town.fake.methods == ["answerCallbackQuery", "sendMessage", "editMessageText"]
    assert answer
    edited = town.fake.named("editMessageText")[0]
    assert edited["message_id"] == "1001"
    assert edited["text"].endswith("✓ 已选：" + button["text"].partition(". ")[2])
    assert "reply_markup" not in edited


async def test_a_trembling_finger_presses_once(town: Town) -> None:
    await town.say("我要投诉")
    data = town.fake.buttons()[0]["callback_data"]
    first, second = town.updates.press(data), town.updates.press(data)
    await asyncio.gather(town.take(first), town.take(second))
    assert await heard(town) == 2
    assert len(town.fake.texts) == 2


async def test_a_trembling_finger_presses_once_in_two_processes(town: Town, sample: Sample) -> None:
    await town.say("我要投诉")
    data = town.fake.buttons()[0]["callback_data"]
    async with second_process(town.linli, sample) as linli, town_of(linli) as other:
        await asyncio.gather(
            town.take(town.updates.press(data, query="1")), other.take(other.updates.press(data, query="2"))
        )
        await other.take(other.updates.press(data, query="3"))
        assert len(town.fake.texts + other.fake.texts) == 2
    assert await heard(town) == 2


async def test_a_button_that_could_not_be_put_away_works_again(town: Town) -> None:
    """The control of those above."""
    await town.say("我要投诉")
    data = town.fake.buttons()[0]["callback_data"]
    town.fake.faults["editMessageText"] = [refused(502, "Bad Gateway")]
    for _ in range(2):
        assert await town.answers_to(town.updates.press(data))
    assert await heard(town) == 3


async def test_an_update_that_comes_twice_is_answered_once(town: Town) -> None:
    raw = town.updates.message(text="你好")
    await town.take(raw)
    await town.take(raw)
    await asyncio.gather(town.take(raw), town.take(raw))
    assert len(town.fake.texts) == 1
    assert await heard(town) == 1
    await town.take(raw | {"update_id": 9_999})  # numbers may begin anew
    assert len(town.fake.texts) == 1


async def test_a_press_that_comes_twice_is_answered_once_also_after_a_restart(town: Town) -> None:
    await town.say("我要投诉")
    raw = town.updates.press(town.fake.buttons()[0]["callback_data"])
    await town.take(raw)
    async with town_of(town.linli) as again:
        await again.take(raw)
        assert again.fake.texts == []
        assert again.fake.methods == ["answerCallbackQuery", "editMessageText"]
    assert await heard(town) == 2


@pytest.mark.parametrize(
    "data",
    [
        "",
        "v1|1|1|000000",
        "v1|99|1|aaaaaa",
        "v2|1|1|aaaaaa",
        "/yes 1",
        "v1|1|0|000000",
        "v1|1|99|abcdef",
        "x" * 64,
    ],
)
async def test_what_no_button_of_ours_carries_is_answered_kindly(town: Town, data: str) -> None:
    await town.say("我要投诉")
    [answer] = await town.answers_to(town.updates.press(data))
    assert read(answer).startswith("这个选项现在用不了了")
    assert town.fake.named("editMessageText") == []


async def test_a_button_of_somebody_else_s_conversation_says_nothing_here(town: Town) -> None:
    await town.say("我要投诉", DING)
    data = town.fake.buttons()[0]["callback_data"]
    await town.say("你好", LIN)
    await town.answers_to(town.updates.press(data, LIN))
    assert town.fake.named("editMessageText") == []


async def test_a_press_on_what_stands_in_another_chat_is_not_taken(town: Town) -> None:
    raw = town.updates.press(payload(1, 1, "/help"))
    raw["callback_query"]["message"]["chat"] = {"id": GROUP, "type": "supergroup"}
    await town.take(raw)
    assert town.fake.calls == []


async def test_an_old_button_means_what_it_showed(town: Town) -> None:
    await town.say("我要投诉")
    data, label = (town.fake.buttons()[0][name] for name in ("callback_data", "text"))
    await town.say("你好")
    await town.say("东湖社区几点开门")
    [answer] = await town.answers_to(town.updates.press(data))
    async with town_of(town.linli) as other:
        await other.say("我要投诉", LIN)
        [expected] = await other.press(label, LIN)
    assert answer.partition("\n")[0] == expected.partition("\n")[0]


async def test_a_place_is_asked_for_with_a_button_and_taken_as_the_phone_gives_it(town: Town) -> None:
    *_, question = await town.say("最近的老年食堂")
    assert question
    [row] = town.fake.named("sendMessage")[-1]["reply_markup"]["keyboard"]
    assert row[0]["request_location"] is True
    [answer] = await town.sends({"location": {"latitude": 24.9, "longitude": 118.6}})
    assert "食堂" in answer
    told = town.fake.named("sendMessage")[-1]["reply_markup"]
    assert "inline_keyboard" in told or told == {"remove_keyboard": True}


async def test_a_door_s_link_asks_what_it_is_like_there(town: Town) -> None:
    [answer] = await town.say("/start door_FZ002")
    assert "东湖社区" in answer
    assert "评" in answer or "怎么样" in answer


@pytest.mark.parametrize("payload", ["door_FZ999", "group", "x" * 64, "<b>&"])
async def test_other_links_open_the_chat_as_always(town: Town, payload: str) -> None:
    [answer] = await town.say(f"/start {payload}")
    assert payload not in read(answer)


async def test_commands_of_the_menu_say_what_their_entries_say(town: Town) -> None:
    [menu] = (await town.say("/bookings", LIN))[-1:]
    [typed] = (await town.say("我的预约", DING))[-1:]
    assert menu == typed
    assert (await town.say("/help@linli_bot", LIN))[-1] == (await town.say("/help", LIN))[-1]


async def test_the_language_of_the_app_begins_the_conversation(town: Town) -> None:
    assert re.search("[a-z]{4}", (await town.say("/start", language="en"))[0])
    assert "您" in (await town.say("/start", LIN, language="zh-hant"))[0]


@pytest.mark.parametrize(
    "content",
    [
        {"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
                     "is_animated": False, "is_video": False}},
        {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
        {"video": {"file_id": "v", "file_unique_id": "v", "duration": 1, "width": 1, "height": 1}},
        {"contact": {"phone_number": "1", "first_name": "x"}},
    ],
)  # fmt: skip
async def test_what_nobody_can_read_is_answered_by_what_it_is(
    sqlite_town: Town, content: dict[str, object]
) -> None:
    assert len(await sqlite_town.sends(content)) == 1
    assert await heard(sqlite_town) == 1


async def test_what_telegram_itself_says_is_not_answered(sqlite_town: Town) -> None:
    await sqlite_town.sends({"delete_chat_photo": True})
    await sqlite_town.take({"update_id": 1})
    await sqlite_town.take(sqlite_town.updates.member("member"))
    assert sqlite_town.fake.calls == []


def photo_of(*sizes: int) -> dict[str, object]:
    return {
        "photo": [
            {"file_id": f"p{size}", "file_unique_id": str(size), "width": 9, "height": 9, "file_size": size}
            for size in sizes
        ]
    }


async def test_a_photo_is_taken_and_its_words_are_heard_as_well(town: Town) -> None:
    await town.say("东湖社区邻里中心")
    for said in ("我要投诉", "登记投诉", "书法班的桌子坏了", "就这样写", "发照片"):
        await town.say(said)
    town.fake.files["p500"] = jpeg()
    answers = await town.sends(photo_of(100, 500) | {"caption": "桌子 <坏> 了"})
    assert len(answers) == 2
    assert len(await kept(town.linli)) == 1
    assert [given["file_id"] for given in town.fake.named("getFile")] == ["p500"]


async def test_a_picture_sent_as_a_file_is_one_too_and_what_is_too_big_is_not_fetched(
    sqlite_town: Town,
) -> None:
    sqlite_town.fake.files["d"] = jpeg()
    document = {"file_id": "d", "file_unique_id": "d", "mime_type": "image/jpeg", "file_size": 9}
    assert len(await sqlite_town.sends({"document": document})) == 1
    assert "getFile" in sqlite_town.fake.methods
    sqlite_town.fake.calls.clear()
    [answer] = await sqlite_town.sends({"document": document | {"file_size": 30_000_000}})
    assert "getFile" not in sqlite_town.fake.methods
    assert answer


async def test_a_photo_that_telegram_does_not_give_is_answered_all_the_same(sqlite_town: Town) -> None:
    sqlite_town.fake.faults["getFile"] = [refused(400, "Bad Request: file is too big")]
    [answer] = await sqlite_town.sends(photo_of(500))
    assert answer


async def test_a_download_that_fails_is_tried_again(sqlite_town: Town) -> None:
    sqlite_town.fake.files["p500"] = jpeg()
    sqlite_town.fake.faults["getFile"] = [refused(502, "Bad Gateway")]
    assert len(await sqlite_town.sends(photo_of(500))) == 1
    assert sqlite_town.fake.methods.count("getFile") == 2


@pytest.mark.parametrize("text", ["/help", "@Linli_Bot 你好", "/start@linli_bot"])
async def test_a_group_is_answered_with_the_way_to_a_chat_alone(sqlite_town: Town, text: str) -> None:
    [answer] = await sqlite_town.say(text, GROUP)
    assert 'href="https://t.me/linli_bot?start=group"' in answer
    assert "reply_markup" not in sqlite_town.fake.named("sendMessage")[0]
    assert await heard(sqlite_town) == 0


@pytest.mark.parametrize("text", ["你们好", "@other_bot 你好", "/help@other_bot"])
async def test_what_others_say_in_a_group_is_theirs(sqlite_town: Town, text: str) -> None:
    assert await sqlite_town.say(text, GROUP) == []


async def test_a_group_that_calls_again_and_again_is_not_answered_each_time(sqlite_town: Town) -> None:
    for _ in range(30):
        await sqlite_town.say("/help", GROUP)
    assert len(sqlite_town.fake.texts) < 15


async def test_no_name_of_record_is_taken_where_what_is_said_leaves_the_country(town: Town) -> None:
    for said in ("帮我儿子报明天华城社区的四点半课堂", "二年级", "好的"):
        await town.say(said)
    for said in ("登记孩子真名", "林晓鹂"):
        await town.say(said)
    stored = await rows_of(town.linli.database, "inbox", "outbox", "conversation")
    assert "林晓鹂" not in str(stored)
    assert (await rows_of(town.linli.database, "sealed_name"))["sealed_name"] == []
    assert all("林晓鹂" not in text for text in town.fake.texts)


async def test_who_blocks_the_bot_is_sent_nothing_more_and_answered_when_they_come_back(town: Town) -> None:
    await town.say("你好")
    town.fake.faults["sendMessage"] = [refused(502, "Bad Gateway")]
    await town.say("东湖社区几点开门")
    assert await town.states() == ["waiting"]
    await town.take(town.updates.member("kicked"))
    assert await town.states() == ["dead"]
    await town.take(town.updates.member("member"))
    assert await town.say("你好")


async def test_bookings_bring_a_calendar_file_when_it_is_asked_for(town: Town) -> None:
    for said in ("浔美社区", "我想报太极", "1", "1"):
        await town.say(said)
    assert any("日历" in each["text"] for each in town.fake.buttons())
    await town.press("日历")
    [sent] = town.fake.named("sendDocument")
    content = next(value for value in sent.values() if isinstance(value, bytes))
    assert content.startswith(b"BEGIN:VCALENDAR")
    assert town.fake.named("editMessageText") == []
