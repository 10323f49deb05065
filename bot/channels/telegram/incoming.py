"""From an update of Telegram to what Linli hears: one function, and what it can give.

What is heard twice is known by its id: a message by its number in the chat, a press by that of its query or
by the choice that it makes (answers.py).
"""

from dataclasses import dataclass, replace
from functools import partial

from telegram import CallbackQuery, ChatMemberUpdated, MaybeInaccessibleMessage, Update, User
from telegram import Message as Sent
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.commands import says_of
from handlers.message import Location, Message
from messages.geo import Datum
from messages.photo import MOST_BYTES
from messages.words import LANGUAGES

CHANNEL = "telegram"
ALLOWED = ("message", "callback_query", "my_chat_member")
"""What Telegram is asked for; everything else it may tell a bot is of no use here."""


@dataclass(frozen=True, slots=True)
class File:
    """A picture to be fetched; `size` in bytes, 0 where Telegram does not say."""

    id: str
    size: int


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody sent in the private chat, and when, in seconds since 1970. `file` belongs to the message;
    `caption` are the words below it, which are a message of their own."""

    chat: int
    sent_at: float
    message: Message
    file: File | None = None
    caption: Message | None = None


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button below what Linli said in the message with this number, or below the file in it; `message` has
    no text yet."""

    chat: int
    message: Message
    query_id: str
    below: int | None
    data: str
    is_caption: bool = False


@dataclass(frozen=True, slots=True)
class InGroup:
    """Somebody called on Linli where others read along."""

    chat: int
    language: str


@dataclass(frozen=True, slots=True)
class Left:
    """Somebody blocked the bot."""

    chat: int


Came = Said | Pressed | InGroup | Left


def chat_of(update: Update) -> int:
    """Whose updates are to stay in order; 0 for those of nobody."""
    chat, user = update.effective_chat, update.effective_user
    return chat.id if chat else user.id if user else 0


def came(update: Update, username: str | None = None) -> Came | None:
    """None for what is not answered. `username` is the bot's, where it is known."""
    match update:
        case Update(message=Sent() as sent):
            return _message(sent, username)
        case Update(callback_query=CallbackQuery() as query):
            return _pressed(query)
        case Update(my_chat_member=ChatMemberUpdated() as changed):
            is_gone = changed.new_chat_member.status == ChatMemberStatus.BANNED
            return Left(changed.chat.id) if is_gone and changed.chat.type == ChatType.PRIVATE else None
        case _:
            return None


def _message(sent: Sent, username: str | None) -> Came | None:
    language = _language(sent.from_user)
    if sent.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP):
        return InGroup(sent.chat.id, language or "zh") if _calls_on(sent, username) else None
    if sent.chat.type != ChatType.PRIVATE:
        return None
    heard = Message(CHANNEL, str(sent.chat.id), f"m{sent.message_id}", "", language=language)
    said = partial(Said, sent.chat.id, sent.date.timestamp())
    if sent.text is not None:
        return said(replace(heard, text=_typed(sent.text, language or "zh")))
    if sent.location:
        at = Location(sent.location.latitude, sent.location.longitude, Datum.WGS84)
        return said(replace(heard, location=at))
    caption = replace(heard, id=f"{heard.id}.caption", text=sent.caption) if sent.caption else None
    if file := _picture(sent):
        return said(heard, file, caption)
    kind = _unread(sent)
    return said(replace(heard, unread=kind), None, caption) if kind else None


def _pressed(query: CallbackQuery) -> Pressed | None:
    """A press in the private chat; anybody can press what stands in a group, and Linli puts nothing there."""
    below: MaybeInaccessibleMessage | None = query.message
    chat = query.from_user.id
    if below is not None and below.chat.id != chat:
        return None
    language = _language(query.from_user)
    heard = Message(CHANNEL, str(chat), f"q{query.id}", "", tapped=True, language=language)
    has_file = isinstance(below, Sent) and bool(below.photo or below.document)
    return Pressed(chat, heard, query.id, below.message_id if below else None, query.data or "", has_file)


def _typed(text: str, language: str) -> str:
    """A command of the menu says what its entry says; whose it is (`/help@linli_bot`) is left out."""
    if not text.startswith("/"):
        return text
    name, blank, rest = text.partition(" ")
    name = name.partition("@")[0]
    return says_of(language).get(name[1:], name) if not rest.strip() else name + blank + rest


def _calls_on(sent: Sent, username: str | None) -> bool:
    """A command, our name, or an answer to what we said."""
    text = (sent.text or sent.caption or "").lower()
    name = f"@{username.lower()}" if username else None
    before = sent.reply_to_message.from_user if sent.reply_to_message else None
    if name and (name in text or (before is not None and f"@{before.username}".lower() == name)):
        return True
    return text.startswith("/") and "@" not in text.split()[0]


def _picture(sent: Sent) -> File | None:
    """The largest size that is taken, or a picture that was sent as a file."""
    sizes = sorted(sent.photo, key=lambda size: size.file_size or 0)
    if sizes:
        fitting = [size for size in sizes if (size.file_size or 0) <= MOST_BYTES]
        best = (fitting or sizes)[-1]
        return File(best.file_id, best.file_size or 0)
    document = sent.document
    if document and (document.mime_type or "").startswith("image/") and not sent.animation:
        return File(document.file_id, document.file_size or 0)
    return None


def _unread(sent: Sent) -> str | None:
    """What came instead of words; None for what Telegram itself says, such as that a message was pinned."""
    if sent.voice or sent.audio:
        return "voice"
    if sent.video or sent.video_note or sent.animation:
        return "video"
    return "other" if sent.effective_attachment else None


def _language(user: User | None) -> str | None:
    code = ((user.language_code if user else None) or "").partition("-")[0].lower()
    return code if code in LANGUAGES else None
