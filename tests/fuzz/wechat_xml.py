"""What is pushed to WeChat's address in the open: fields, and what becomes of them."""

import re

from bot.channels.wechat.fields import MOST_FIELDS, fields_of, written
from bot.channels.wechat.incoming import incoming
from bot.channels.wechat.seal import Refused
from bot.channels.wechat.wording import asks_for_result, tapped_of
from tests.fuzz.harness import Target
from tests.wechat_odd import HOSTILE, RECORDED

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def feed(body: bytes) -> None:
    fields = fields_of(body)
    assert len(fields) <= MOST_FIELDS
    for value in fields.values():
        assert not NOT_XML.search(value)
        assert value == value.strip()
    push = incoming(fields)
    tapped_of(push.tapped)
    if push.message is None:
        return
    text = push.message.text
    asks_for_result(text)
    again = fields_of(written({"Content": text, "FromUserName": push.address}).encode())
    assert again == {"Content": re.sub("\r\n?", "\n", text).strip(), "FromUserName": push.address}


TARGET = Target(feed, (*RECORDED, *HOSTILE), (Refused,))
