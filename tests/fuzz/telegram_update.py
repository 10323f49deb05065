"""What is pushed to Telegram's address, or fetched: an update, and what becomes of it."""

import json

from telegram.error import TelegramError

from bot.channels.telegram.incoming import File, InGroup, Left, Pressed, Said, came, chat_of
from bot.channels.telegram.requests import UpdateRequests
from bot.channels.telegram.updates import update_in
from handlers.message import Message
from messages.words import LANGUAGES
from tests.fuzz.harness import Target, unless
from tests.telegram_odd import ODD, paths, recorded, swapped, without


def feed(body: bytes) -> None:
    update = update_in(body)
    fetched = unless(TelegramError, UpdateRequests.parse_json_payload, b'{"ok":true,"result":[%s]}' % body)
    for each in fetched["result"] if fetched else ():
        assert type(each["update_id"]) is int
    if update is None:
        return
    assert type(chat_of(update)) is int
    match came(update, "linli_bot"):
        case Said(chat=int(), message=Message() as message, file=None | File(id=str(), size=int())):
            check(message)
        case Pressed(chat=int(), message=Message() as message, query_id=str(), data=str()) as press:
            assert press.below is None or type(press.below) is int
            check(message)
        case InGroup(chat=int(), language=str() as language):
            assert language in LANGUAGES
        case None | Left(chat=int()):
            pass
        case odd:
            raise AssertionError(type(odd).__name__)


def check(message: Message) -> None:
    assert isinstance(message.text, str)
    assert int(message.address) != 0 or message.address == "0"
    assert message.language in {None, *LANGUAGES}
    if at := message.location:
        assert -90 <= at.latitude <= 90
        assert -180 <= at.longitude <= 180


SENT = recorded()
ODDLY = [swapped(each, path, odd) for each in SENT for path in paths(each) for odd in ODD]
LESS = [without(each, path) for each in SENT for path in paths(each) if path]
TARGET = Target(
    feed,
    (
        *(json.dumps(each).encode() for each in (*SENT, *LESS, *ODDLY)),
        b"",
        b"\xff",
        b"[" * 100_000,
        b'{"update_id":' * 100_000,
        b'{"update_id":' + b"9" * 5_000 + b"}",
        b'{"update_id":1,"update_id":"x"}',
        b'{"update_id":1}],"result":5,"x":[',
        json.dumps(SENT[0]).encode("utf-16"),
        b"\xef\xbb\xbf" + json.dumps(SENT[0]).encode(),
    ),
)
