"""What WeChat pushes becomes what Linli hears, whatever its kind."""

import pytest

from bot.channels.wechat.fields import fields_of
from bot.channels.wechat.incoming import Incoming, incoming
from bot.channels.wechat.seal import Refused
from bot.linli import Linli
from handlers.message import Location, Message
from messages.geo import Datum

OPENID, ACCOUNT, AT = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY", "gh_97417a04a28d", "1714112445"
WORDS = {"voice": "语音", "picture": "图片", "video": "视频", "link": "链接", "other": "这种消息"}


def push(kind: str, **more: str) -> Incoming:
    """As it comes in, through the reader."""
    fields = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": AT, "MsgType": kind} | more
    body = "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items())
    return incoming(fields_of(f"<xml>{body}</xml>".encode()))


def heard(kind: str, **more: str) -> Message:
    message = push(kind, **more).message
    assert message is not None
    assert (message.channel, message.address) == ("wechat", OPENID)
    return message


def event(name: str, **more: str) -> Incoming:
    return push("event", Event=name, **more)


def test_a_text_is_heard_as_it_was_written() -> None:
    message = heard("text", Content="附近哪里能理发 <b>", MsgId="23456789012345678")
    assert (message.text, message.id) == ("附近哪里能理发 <b>", "23456789012345678")
    assert (message.location, message.unread, message.tapped) == (None, None, False)
    assert push("text", Content="1", MsgId="2").opens == "message"


def test_what_a_tapped_link_carried_is_told_beside_the_text() -> None:
    tapped = push("text", Content="1", MsgId="2", bizmsgmenuid="1.7.2")
    assert (tapped.tapped, tapped.account) == ("1.7.2", ACCOUNT)
    assert push("text", Content="1", MsgId="2").tapped is None


def test_a_voice_is_what_wechat_understood_of_it() -> None:
    assert heard("voice", Recognition="四点钟课堂。", Format="amr", MsgId="3").text == "四点钟课堂。"


@pytest.mark.parametrize(
    ("kind", "fields", "unread"),
    [
        ("voice", {"MediaId": "m", "Format": "speex", "Recognition": ""}, "voice"),
        ("voice", {"MediaId": "m"}, "voice"),
        ("image", {"PicUrl": "http://mmbiz.qpic.cn/x", "MediaId": "m"}, "picture"),
        ("video", {"MediaId": "m", "ThumbMediaId": "t"}, "video"),
        ("shortvideo", {"MediaId": "m", "ThumbMediaId": "t"}, "video"),
        ("link", {"Title": "理发", "Description": "", "Url": "http://x.example"}, "link"),
        ("file", {"Title": "理发.pdf"}, "other"),
        ("", {}, "other"),
        ("location", {"Location_X": "24.9", "Location_Y": "nan"}, "other"),
        ("location", {"Location_X": "118.6", "Location_Y": "24.9"}, "other"),
        ("location", {"Location_X": "24.9"}, "other"),
    ],
)
def test_what_nobody_here_can_read_says_what_it_is(kind: str, fields: dict[str, str], unread: str) -> None:
    message = heard(kind, MsgId="4", **fields)
    assert (message.unread, message.text, message.location) == (unread, "", None)


@pytest.mark.parametrize("unread", WORDS)
async def test_what_nobody_can_read_is_answered_by_what_it_is(sqlite_linli: Linli, unread: str) -> None:
    reply = await sqlite_linli.hear(Message("wechat", OPENID, "1", "", unread=unread))
    assert reply.view == "NotReadable"
    assert WORDS[unread] in reply.rendered.text
    assert reply.rendered.choices


def test_a_place_has_its_latitude_first_and_is_of_tencents_map() -> None:
    message = heard(
        "location", Location_X="24.8894", Location_Y="118.6061", Scale="15", Label="丰泽", MsgId="5"
    )
    assert message.location == Location(24.8894, 118.6061, Datum.GCJ02)
    assert message.text == ""


@pytest.mark.parametrize(
    ("name", "key", "said"),
    [
        ("subscribe", "", "/start"),
        ("SUBSCRIBE", "", "/start"),
        ("subscribe", "qrscene_door_FZ002", "/start door_FZ002"),
        ("SCAN", "door_FZ002", "/start door_FZ002"),
        ("SCAN", "1001", "/start 1001"),
        ("SCAN", "a b /human", "/start"),
        ("SCAN", "x" * 65, "/start"),
        ("CLICK", "/help", "/help"),
        ("CLICK", "有什么活动", "有什么活动"),
    ],
)
def test_what_was_done_is_what_it_says(name: str, key: str, said: str) -> None:
    done = event(name, EventKey=key)
    assert done.message is not None
    assert (done.message.text, done.opens, done.leaves) == (said, "touch", False)


@pytest.mark.parametrize(
    "name",
    [
        "unsubscribe",
        "VIEW",
        "LOCATION",
        "TEMPLATESENDJOBFINISH",
        "pic_weixin",
        "debug_demo",
        "",
        "news_of_2030",
    ],
)
def test_what_is_no_question_is_not_answered(name: str) -> None:
    done = event(name, EventKey="x", Latitude="24.9", Longitude="118.6", Precision="30")
    assert (done.message, done.opens, done.leaves) == (None, None, name == "unsubscribe")


async def test_the_code_at_a_door_asks_for_its_stars_on_wechat_too(sqlite_linli: Linli) -> None:
    done = event("subscribe", EventKey="qrscene_door_FZ002", Ticket="t")
    assert done.message is not None
    reply = await sqlite_linli.hear(done.message)
    assert reply.intent == "rate"


def test_an_event_is_known_by_its_time_and_what_it_is() -> None:
    ids = {
        message.id
        for message in (
            event("CLICK", EventKey="/help").message,
            event("CLICK", EventKey="/human").message,
            event("SCAN", EventKey="/help").message,
            event("CLICK", EventKey="/help", CreateTime="1714112446").message,
        )
        if message
    }
    assert len(ids) == 4
    again = [event("CLICK", EventKey="/help", MsgId=number).message for number in ("", "1234567", "1234568")]
    assert len({message.id for message in again if message}) == 1


def test_a_message_without_a_number_is_known_by_its_time() -> None:
    assert heard("text", Content="a").id == heard("text", Content="a").id != heard("text", MsgId="9").id
    assert heard("text", MsgId="not a number").id == heard("text").id


@pytest.mark.parametrize(
    "fields",
    [
        {"FromUserName": ""},
        {"FromUserName": "o 1"},
        {"FromUserName": "四"},
        {"FromUserName": "o" * 65},
        {"ToUserName": ""},
        {"CreateTime": ""},
        {"CreateTime": "soon"},
    ],
)
def test_a_push_of_nobody_or_at_no_time_is_refused(fields: dict[str, str]) -> None:
    with pytest.raises(Refused):
        push("text", **fields)
    with pytest.raises(Refused):
        event("subscribe", **fields)
