"""The Telegram of tests does for a real client what Telegram does, and refuses what Telegram refuses."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from PIL import Image
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    KeyboardButton,
    MenuButtonCommands,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.constants import ChatAction
from telegram.error import BadRequest, InvalidToken, NetworkError
from telegram.warnings import PTBUserWarning

from tests.telegram_client import client
from tests.telegram_peer import TelegramPeer, serving_telegram

WANG, GROUP = 7, -1001


@pytest_asyncio.fixture
async def peer() -> AsyncIterator[TelegramPeer]:
    async with serving_telegram() as serving:
        serving.meet(WANG, first_name="王<b>&", language_code="zh-hans")
        yield serving


@pytest_asyncio.fixture
async def bot(peer: TelegramPeer) -> AsyncIterator[Bot]:
    async with client(peer.url, peer.token) as connected:
        yield connected
    assert peer.api.unknown == []


def picture(width: int = 40, height: int = 30) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(out, "PNG")
    return out.getvalue()


def keyboard(*labels: str, data: str = "v1|see|1") -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, callback_data=data)] for label in labels])


async def heard(bot: Bot) -> Update:
    [update] = await bot.get_updates(timeout=0)
    return update


async def test_what_the_bot_sends_arrives(peer: TelegramPeer, bot: Bot) -> None:
    message = await bot.send_message(
        WANG, "<b>四点钟</b> 1 &lt; 2", parse_mode="HTML", reply_markup=keyboard("看")
    )
    assert (message.text, message.chat.first_name) == ("四点钟 1 < 2", "王<b>&")
    [sent] = peer.sent_to(WANG)
    assert (sent.text, sent.plain) == ("<b>四点钟</b> 1 &lt; 2", "四点钟 1 < 2")
    assert sent.button("看")["callback_data"] == "v1|see|1"
    assert [(call.method, call.code) for call in peer.calls] == [("getMe", 200), ("sendMessage", 200)]


async def test_text_that_looks_like_json_stays_text(peer: TelegramPeer, bot: Bot) -> None:
    for text in ("[1] 看", '{"a": 1}', "true", "12"):
        assert (await bot.send_message(WANG, text)).text == text


async def test_pictures_files_and_places(peer: TelegramPeer, bot: Bot) -> None:
    photo = await bot.send_photo(WANG, picture(), caption="图")
    document = await bot.send_document(WANG, b"BEGIN:VCALENDAR", filename="课.ics")
    venue = await bot.send_venue(WANG, 24.9, 118.6, "中心", "丰泽街")
    place = await bot.send_location(WANG, 24.9, 118.6)
    again = await bot.send_photo(WANG, photo.photo[0].file_id)
    group = await bot.send_media_group(WANG, [InputMediaPhoto(picture()), InputMediaPhoto(picture())])
    assert (photo.caption, photo.photo[0].width) == ("图", 40)
    assert document.document is not None
    assert document.document.file_name == "课.ics"
    assert venue.venue is not None
    assert venue.venue.title == "中心"
    assert place.location is not None
    assert len(group) == 2
    assert [each.method for each in peer.sent_to(WANG)] == [
        *("sendPhoto", "sendDocument", "sendVenue", "sendLocation", "sendPhoto", "sendPhoto", "sendPhoto")
    ]
    assert peer.sent_to(WANG)[4].data == picture()
    assert again.photo
    file = await bot.get_file(document.document.file_id)
    assert bytes(await file.download_as_bytearray()) == b"BEGIN:VCALENDAR"


async def test_everything_else_that_a_bot_sets_up(peer: TelegramPeer, bot: Bot) -> None:
    private = BotCommandScopeAllPrivateChats()
    assert await bot.set_my_commands([BotCommand("start", "开始")], scope=private, language_code="zh")
    assert [each.command for each in await bot.get_my_commands(private, "zh")] == ["start"]
    assert await bot.get_my_commands() == ()
    assert await bot.delete_my_commands(private, "zh")
    assert await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert await bot.set_my_description("邻里", "zh")
    assert await bot.send_chat_action(WANG, ChatAction.TYPING)
    assert await bot.delete_webhook()
    assert (await bot.get_webhook_info()).url == ""
    sent = await bot.send_message(WANG, "x", allow_paid_broadcast=True)
    assert await bot.delete_message(WANG, sent.message_id)
    assert peer.sent_to(WANG) == []
    with pytest.raises(BadRequest, match="Message to delete not found"):
        await bot.delete_message(WANG, sent.message_id)


async def test_what_people_do_arrives(peer: TelegramPeer, bot: Bot) -> None:
    peer.start(WANG, "cls_42")
    peer.change(peer.say(WANG, "你好"), "您好")
    peer.share_location(WANG, 24.9, 118.6)
    peer.send_photo(WANG, picture(), caption="坏了")
    peer.send_document(WANG, b"%PDF", "a.pdf")
    peer.in_group(GROUP, WANG, "/start@test_bot")
    peer.block(WANG)
    start, _, edited, place, photo, document, group, left = await bot.get_updates(timeout=0)
    assert start.message is not None
    assert (start.message.text, list(start.message.parse_entities().values())) == (
        "/start cls_42",
        ["/start"],
    )
    assert start.effective_user is not None
    assert start.effective_user.language_code == "zh-hans"
    assert edited.edited_message is not None
    assert edited.edited_message.text == "您好"
    assert place.message is not None
    assert place.message.location is not None
    assert photo.message is not None
    file = await photo.message.photo[-1].get_file()
    assert (bytes(await file.download_as_bytearray()), photo.message.caption) == (picture(), "坏了")
    assert document.message is not None
    assert group.effective_chat is not None
    assert (group.effective_chat.id, group.effective_chat.type) == (GROUP, "supergroup")
    assert left.my_chat_member is not None
    assert left.my_chat_member.new_chat_member.status == "kicked"


async def test_a_button_is_pressed_answered_and_its_message_edited(peer: TelegramPeer, bot: Bot) -> None:
    await bot.send_message(WANG, "选", reply_markup=keyboard("一"))
    [sent] = peer.sent_to(WANG)
    pressed = peer.press(WANG, sent, "一")
    query = (await heard(bot)).callback_query
    assert query is not None
    assert query.data == "v1|see|1"
    assert await query.answer("好")
    await query.edit_message_text("已选")
    assert peer.answers == [(query.id, "好")]
    assert (sent.text, sent.buttons, sent.edits) == ("已选", [], 1)
    peer.expire(pressed)
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()


async def test_a_button_of_a_deleted_message_tells_only_where_it_was(peer: TelegramPeer, bot: Bot) -> None:
    message = await bot.send_message(WANG, "选", reply_markup=keyboard("一"))
    [sent] = peer.sent_to(WANG)
    await message.delete()
    peer.press(WANG, sent, "v1|see|1")
    query = (await heard(bot)).callback_query
    assert query is not None
    assert query.message is not None
    assert not query.message.is_accessible


async def test_a_button_below_the_field_for_typing_says_its_label(peer: TelegramPeer, bot: Bot) -> None:
    await bot.send_message(WANG, "?", reply_markup=ReplyKeyboardMarkup([["附近"]]))
    peer.press(WANG, peer.sent_to(WANG)[0], "附近")
    message = (await heard(bot)).message
    assert message is not None
    assert message.text == "附近"


async def test_edits_that_change_nothing_or_find_nothing_are_refused(peer: TelegramPeer, bot: Bot) -> None:
    sent = await bot.send_message(WANG, "a", reply_markup=keyboard("一"))
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("a", reply_markup=keyboard("一"))
    await sent.edit_text("b", reply_markup=keyboard("一"))
    await sent.edit_reply_markup(keyboard("二"))
    assert (peer.sent_to(WANG)[0].text, peer.sent_to(WANG)[0].buttons[0]["text"]) == ("b", "二")
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await bot.edit_message_text("c", WANG, 999)
    await sent.delete()
    with pytest.raises(BadRequest, match="Message to edit not found"):
        await sent.edit_text("c")


async def test_messages_that_cannot_be_edited(peer: TelegramPeer, bot: Bot) -> None:
    photo = await bot.send_photo(WANG, picture(), caption="a")
    with pytest.raises(BadRequest, match="no text in the message"):
        await photo.edit_text("b")
    await photo.edit_caption("b")
    assert peer.sent_to(WANG)[0].text == "b"
    below = await bot.send_message(WANG, "?", reply_markup=ReplyKeyboardMarkup([["附近"]]))
    theirs = peer.say(WANG, "x")["message"]["message_id"]
    for message_id in (below.message_id, theirs):
        with pytest.raises(BadRequest, match="can't be edited"):
            await bot.edit_message_text("b", WANG, message_id)
    text = await bot.send_message(WANG, "?")
    with pytest.raises(BadRequest, match="no caption in the message"):
        await bot.edit_message_caption(WANG, text.message_id, caption="b")


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("<b>x", "HTML", "find end tag"),
        ("a & b", "HTML", "parse entities"),
        ("1 < 2", "HTML", "parse entities"),
        ("9:00-11:00", "MarkdownV2", "is reserved"),
        ("长" * 4097, None, "too long"),
        ("😀" * 2049, None, "too long"),
        ("", None, "text is empty"),
    ],
)
async def test_texts_that_telegram_refuses(bot: Bot, text: str, mode: str | None, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        await bot.send_message(WANG, text, parse_mode=mode)


async def test_control_texts_at_the_limit_are_taken(bot: Bot) -> None:
    for text in ("长" * 4096, "😀" * 2048, "x"):
        await bot.send_message(WANG, text)
    await bot.send_message(WANG, "<b>x</b> a &amp; b 1 &lt; 2", parse_mode="HTML")
    await bot.send_message(WANG, "9:00\\-11:00", parse_mode="MarkdownV2")


async def test_other_lengths_that_telegram_refuses(peer: TelegramPeer, bot: Bot) -> None:
    await bot.send_message(WANG, "x", reply_markup=keyboard("一", data="d" * 64))
    query = peer.press(WANG, peer.sent_to(WANG)[0], "一")["callback_query"]["id"]
    assert await bot.answer_callback_query(query, "长" * 200)
    await bot.send_photo(WANG, picture(), caption="长" * 1024)
    with pytest.raises(BadRequest, match=r"(?i)button_data_invalid"):
        await bot.send_message(WANG, "x", reply_markup=keyboard("一", data="长" * 22))
    with pytest.raises(BadRequest, match=r"(?i)message_too_long"):
        await bot.answer_callback_query(query, "长" * 201)
    with pytest.raises(BadRequest, match="caption is too long"):
        await bot.send_photo(WANG, picture(), caption="长" * 1025)
    with pytest.raises(BadRequest, match="exactly one of the optional fields"):
        await bot.send_message(WANG, "x", reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("一")]]))


async def test_other_things_that_telegram_refuses(peer: TelegramPeer, bot: Bot) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(8, "x")
    with pytest.raises(BadRequest, match=r"(?i)image_process_failed"):
        await bot.send_photo(WANG, b"no picture")
    with pytest.raises(BadRequest, match=r"(?i)photo_invalid_dimensions"):
        await bot.send_photo(WANG, picture(1, 21))
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Start", "x")])
    with pytest.raises(BadRequest, match="(?i)wrong file_id"):
        await bot.get_file("gone")
    where = ReplyKeyboardMarkup([[KeyboardButton("位置", request_location=True)]])
    await bot.send_message(WANG, "x", reply_markup=where)
    peer.in_group(GROUP, WANG, "x")
    with pytest.raises(BadRequest, match="private chats only"):
        await bot.send_message(GROUP, "x", reply_markup=where)


async def test_what_does_not_fit_the_schema_and_what_is_no_method(bot: Bot) -> None:
    with pytest.warns(PTBUserWarning), pytest.raises(BadRequest, match="(?i)schema: sendMessage text"):
        await bot.do_api_request("sendMessage", {"chat_id": WANG})
    with pytest.raises(NetworkError, match="Not Implemented"):
        await bot.do_api_request("sendPigeon")
    with pytest.raises(NetworkError, match="Not Implemented"):
        await bot.get_chat(WANG)


async def test_fields_that_the_schema_has_not_are_noted(peer: TelegramPeer, bot: Bot) -> None:
    await bot.send_message(WANG, "x", api_kwargs={"colour": "red"})
    assert peer.api.unknown == [("sendMessage", "colour")]
    peer.api.unknown.clear()


async def test_a_wrong_token_is_refused(peer: TelegramPeer) -> None:
    with pytest.raises(InvalidToken):
        async with client(peer.url, "1:wrong"):
            pytest.fail("a wrong token was taken")
