"""Pushes as WeChat makes them, and such as somebody hostile would: for tests that feed rubbish."""

import json

from bot.channels.wechat.fields import BODY_BYTES, DEEPEST
from tests.test_wechat_fields import LAUGHS, OUTSIDE, nested
from tests.test_wechat_gate import ENVELOPE
from tests.test_wechat_seal import PLAIN
from tests.wechat_follower import ACCOUNT, AT, xml

KINDS: tuple[dict[str, str], ...] = (
    {"MsgType": "text", "Content": "东湖社区几点开门 <b>&amp;", "MsgId": "23456789012345678"},
    {"MsgType": "text", "Content": "1", "MsgId": "2", "bizmsgmenuid": "1.1.1"},
    {"MsgType": "text", "Content": "查询结果", "MsgId": "3"},
    {"MsgType": "voice", "Recognition": "四点钟课堂。", "Format": "amr", "MsgId": "4"},
    {"MsgType": "image", "PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "m", "MsgId": "5"},
    {"MsgType": "location", "Location_X": "24.8894", "Location_Y": "118.6061", "Scale": "15", "MsgId": "6"},
    {"MsgType": "link", "Title": "理发", "Url": "http://x.example", "MsgId": "7"},
    {"MsgType": "event", "Event": "subscribe", "EventKey": "qrscene_door_FZ002", "Ticket": "t"},
    {"MsgType": "event", "Event": "SCAN", "EventKey": "door_FZ002"},
    {"MsgType": "event", "Event": "CLICK", "EventKey": "/help"},
    {"MsgType": "event", "Event": "unsubscribe", "EventKey": ""},
    {"MsgType": "event", "Event": "LOCATION", "Latitude": "24.9", "Longitude": "118.6"},
)
PUSHES: tuple[dict[str, str], ...] = tuple(
    {"ToUserName": ACCOUNT, "FromUserName": f"oDing{n}", "CreateTime": str(AT)} | kind
    for n, kind in enumerate(KINDS)
)
RECORDED = (
    *(xml(push).encode() for push in PUSHES),
    *(json.dumps(push, ensure_ascii=False).encode() for push in PUSHES),
    PLAIN.encode(),
    ENVELOPE,
)
LESS = [{name: push[name] for name in push if name != left_out} for push in PUSHES for left_out in push]
TEXT = xml(PUSHES[0]).encode()
HOSTILE = (
    *(xml(push).encode() for push in LESS),
    b"",
    LAUGHS.encode(),
    OUTSIDE.encode(),
    b"<!DOCTYPE xml PUBLIC '-//X//X' 'http://x.example/x.dtd'><xml/>",
    b"<!DOCTYPE xml [<!ENTITY % a SYSTEM 'file:///etc/passwd'>%a;]><xml/>",
    TEXT.replace(b"text", b"&a;"),
    nested(DEEPEST + 1),
    nested(5_000),
    b"<xml>" * 5_000,
    b"<xml a='" + b"x" * 60_000 + b"'/>",
    b"<xml " + b" ".join(b"a%d=''" % n for n in range(5_000)) + b"/>",
    b"<xml a='1' a='2'/>",
    b"<" + b"x" * 60_000 + b">",
    b"<xml><" + b"x" * 60_000 + b"/></xml>",
    b"<xml xmlns='http://x.example'><MsgType>text</MsgType></xml>",
    b"<xml><?php x ?><!-- x --><MsgType>text</MsgType></xml>",
    b"<?xml version='1.0' encoding='utf-16'?>" + TEXT,
    b"<?xml version='1.1'?>" + TEXT,
    b"<?xml " + b"encoding " * 5_000,
    b"\xef\xbb\xbf" * 3 + TEXT,
    TEXT.decode().encode("utf-16"),
    TEXT.decode().encode("utf-32"),
    TEXT.decode().encode("gb18030"),
    TEXT.replace(b"text", b"a\x00b"),
    TEXT.replace(b"text", b"&#0;"),
    TEXT.replace(b"text", b"&#xD800;"),
    TEXT.replace(b"text", b"&#x110000;"),
    TEXT.replace(b"text", "a\u202eb\ufffe".encode()),
    TEXT.replace(b"text", b"\xed\xa0\x80"),
    TEXT.replace(b"text", b"]]>"),
    b"<xml>" + b"x" * BODY_BYTES + b"</xml>",
    b'{"MsgType":' * 5_000,
    b'{"MsgType":' + b"9" * 5_000 + b"}",
    b'{"CreateTime":1e999,"MsgType":NaN,"Content":"\\ud83d"}',
    b'{"MsgType":"text","MsgType":"event"}',
)
