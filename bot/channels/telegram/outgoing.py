"""Calls Telegram: letters, files and what belongs to a press, each at its pace."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, TelegramError

from bot.channels.telegram.enclosures import Enclosure
from bot.channels.telegram.errors import Flood, Outcome, outcome_of
from bot.channels.telegram.pace import Pace
from bot.channels.telegram.wording import Letter
from bot.logs import log
from messages.photo import MOST_BYTES

# Telegram would open the addresses of photos and certificates to draw a preview of them.
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NOTICED_S = 5.0
"""What was pressed is answered after its button was told; no longer than this."""
Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove


class Outgoing:
    """All that is sent. Raises TelegramError, and Flood without a call while Telegram wants silence; what is
    said to be done `quietly` raises neither, and is told in the log."""

    def __init__(self, bot: Bot, pace: Pace) -> None:
        self._bot = bot
        self._pace = pace
        self._username: str | None = None

    async def send(
        self,
        chat: int,
        letter: Letter,
        file: Enclosure | None = None,
        *,
        urgent: bool = True,
        begins: Callable[[], None] = lambda: None,
    ) -> None:
        """With a file, below it; `begins` is called when their turn has come."""
        async with self._paced(chat, urgent=urgent):
            begins()
            try:
                await self._send(chat, letter, file)
            except ChatMigrated as error:
                await self._send(error.new_chat_id, letter, file)

    async def _send(self, chat: int, letter: Letter, file: Enclosure | None) -> None:
        if file:
            way = self._bot.send_photo if file.is_picture else self._bot.send_document
            await way(
                chat,
                file.content,
                filename=file.name,
                caption=letter.html or None,
                parse_mode=ParseMode.HTML,
                reply_markup=_markup(chat, letter),
            )
            return
        await self._bot.send_message(
            chat,
            letter.html,
            parse_mode=ParseMode.HTML,
            reply_markup=_markup(chat, letter),
            link_preview_options=NO_PREVIEW,
        )

    async def say(self, chat: int, letter: Letter, file: Enclosure | None = None) -> bool:
        """Words or a file that belong to no turn: quietly. Whether they arrived."""
        return await self._quietly("a file" if file else "words", self.send(chat, letter, file))

    async def noticed(self, query_id: str) -> None:
        """The button stops turning, whatever becomes of the press: quietly."""
        call = self._bot.answer_callback_query(query_id, read_timeout=NOTICED_S)
        await self._quietly("a press", call)

    async def replace(self, chat: int, message_id: int, letter: Letter, *, is_caption: bool = False) -> bool:
        """What stands in a message, or below its file, becomes another letter: quietly. Whether it did, or
        was so already."""
        return await self._quietly("an edit", self._edit(chat, message_id, letter, is_caption=is_caption))

    async def _edit(self, chat: int, message_id: int, letter: Letter, *, is_caption: bool) -> None:
        buttons = _inline(letter) if letter.buttons else None
        async with self._paced(chat):
            if is_caption:
                await self._bot.edit_message_caption(
                    chat, message_id, caption=letter.html, parse_mode=ParseMode.HTML, reply_markup=buttons
                )
                return
            await self._bot.edit_message_text(
                letter.html,
                chat_id=chat,
                message_id=message_id,
                parse_mode=ParseMode.HTML,
                reply_markup=buttons,
                link_preview_options=NO_PREVIEW,
            )

    async def fetched(self, file_id: str) -> bytes | None:
        """The content of a file; None where Telegram gives none, or more than is taken."""
        try:
            file = await self._bot.get_file(file_id)
            if (file.file_size or 0) > MOST_BYTES:
                return None
            return bytes(await file.download_as_bytearray())
        except BadRequest:  # too big for a bot, or gone
            return None

    async def username(self) -> str | None:
        """The bot's name; None while Telegram does not say."""
        if self._username is None:
            try:
                self._username = (await self._bot.get_me()).username
            except TelegramError as error:
                log("telegram").warning("the bot's name is not known", outcome=outcome_of(error).value)
        return self._username

    @asynccontextmanager
    async def _paced(self, chat: int, *, urgent: bool = True) -> AsyncIterator[None]:
        """Around a call. Silence is for all: Telegram does not say to whom too much was sent. It may be asked
        for while others wait, and is looked for again when it is their turn."""
        self._heed_silence()
        async with self._pace.message(chat, urgent=urgent):
            self._heed_silence()
            try:
                yield
            except Flood as error:
                self._pace.hold(error.after.total_seconds())
                raise

    def _heed_silence(self) -> None:
        if held_s := self._pace.held_s:
            raise Flood(timedelta(seconds=held_s))

    async def _quietly(self, what: str, call: Awaitable[object]) -> bool:
        try:
            await call
        except TelegramError as error:
            outcome = outcome_of(error)
            log("telegram").info("Telegram did not take it", what=what, outcome=outcome.value)
            return outcome is Outcome.MOOT
        return True


def _markup(chat: int, letter: Letter) -> Markup | None:
    """Who answers otherwise than by the button for their place needs it no more. Places are asked for where
    nobody else reads: Telegram allows it there alone."""
    if letter.buttons:
        return _inline(letter)
    if chat < 0:
        return None
    if letter.place:
        button = KeyboardButton(letter.place, request_location=True)
        return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
    return ReplyKeyboardRemove()


def _inline(letter: Letter) -> InlineKeyboardMarkup:
    """One button a row: long labels are read whole, and a finger meets one alone."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(each.label, callback_data=each.data)] for each in letter.buttons]
    )
