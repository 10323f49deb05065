"""A real client goes round through the foreign Telegram: a second opinion by other hands."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest, NetworkError
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from tests.telegram_client import client, request
from tests.telegram_test_api import Person, serving_telegram_test_api

TOKEN = "666:TEST"
BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("一", callback_data="cls:1")]])


async def started(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    assert update.message is not None
    assert context.args is not None
    await update.message.reply_text(" ".join(context.args), reply_markup=BUTTON)


async def heard(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say what kind of message it was."""
    message = update.message
    assert message is not None
    where = message.location and f"{message.location.latitude}"
    photo = message.photo[-1].file_id if message.photo else ""
    await message.reply_html(f"<b>{message.text or where or photo}</b>")


async def pressed(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    assert query is not None
    await query.answer()
    assert isinstance(await query.edit_message_text(f"已选 {query.data}"), Message)


@asynccontextmanager
async def polling(person: Person) -> AsyncIterator[Bot]:
    builder = ApplicationBuilder().token(TOKEN).base_url(f"{person.url}/bot")
    app = builder.request(request(20)).get_updates_request(request(20)).build()
    app.add_handler(CommandHandler("start", started))
    app.add_handler(CallbackQueryHandler(pressed))
    app.add_handler(MessageHandler(filters.ALL, heard))
    async with app:
        assert app.updater is not None
        await app.updater.start_polling(poll_interval=0.05)  # this Telegram answers a poll at once
        await app.start()
        yield app.bot
        await app.updater.stop()
        await app.stop()


async def until_said(person: Person, number: int, text: str) -> list[dict[str, Any]]:
    async with asyncio.timeout(60):
        while (said := await person.said(number))[number - 1]["text"] != text:
            pass
    return said


async def test_a_polling_client_goes_round() -> None:
    async with serving_telegram_test_api(TOKEN) as person, polling(person) as bot:
        assert bot.bot.is_bot
        await person.say("/start cls_42")
        [first] = await until_said(person, 1, "cls_42")
        await person.say("你好")
        await until_said(person, 2, "<b>你好</b>")
        await person.share_location(24.9, 118.6)
        await until_said(person, 3, "<b>24.9</b>")
        await person.send_photo("photo-1")
        await until_said(person, 4, "<b>photo-1</b>")
        await person.press(first, "一")
        await until_said(person, 1, "已选 cls:1")


async def test_control_what_it_cannot_do_or_find_is_refused() -> None:
    async with serving_telegram_test_api(TOKEN) as person, client(person.url, TOKEN) as bot:
        assert await bot.set_webhook("https://linli.example/telegram")
        assert await bot.delete_webhook()
        sent = await bot.send_message(person.user, "a")
        assert await sent.edit_reply_markup(BUTTON)
        assert await sent.delete()
        with pytest.raises(BadRequest, match="Message to edit not found"):
            await sent.edit_text("b")
        with pytest.raises(NetworkError, match="not supported|500"):
            await bot.send_location(person.user, 24.9, 118.6)
