"""The XML of pushes and answers: what is hostile is refused, what is odd is held."""

import re

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.wechat.fields import BODY_BYTES, DEEPEST, MOST_FIELDS, fields_of, written
from bot.channels.wechat.seal import Refused

LAUGHS = """<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>
<xml><Content>&c;</Content></xml>"""
OUTSIDE = '<!DOCTYPE xml [<!ENTITY who SYSTEM "file:///etc/passwd">]><xml><Content>&who;</Content></xml>'


def nested(depth: int) -> bytes:
    return (b"<xml>" + b"<a>" * (depth - 1) + b"</a>" * (depth - 1) + b"</xml>").replace(b"<a></a>", b"<a/>")


def test_a_push_is_read_field_by_field() -> None:
    body = (
        "<xml>\n<ToUserName><![CDATA[gh_1]]></ToUserName>\n<MsgId>23 </MsgId>"
        "<Content>a &lt; b &#x4F60;</Content></xml>"
    )
    assert fields_of(body.encode()) == {"ToUserName": "gh_1", "MsgId": "23", "Content": "a < b 你"}


def test_what_is_nested_below_a_field_is_left_out() -> None:
    body = b"<xml><Event>pic_weixin</Event><Send><List><item><Md5>x</Md5></item></List></Send></xml>"
    assert fields_of(body) == {"Event": "pic_weixin", "Send": ""}


def test_a_message_in_json_is_read_as_well() -> None:
    body = (
        '{"MsgType":"text","Content":"你好\\u0007\\ud800","MsgId":7205012345678901234,"List":[1],"On":true}'
    )
    assert fields_of(body.encode()) == {"MsgType": "text", "Content": "你好", "MsgId": "7205012345678901234"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"<xml>",
        b"<xml></xml><xml></xml>",
        b"<html><body>x</body></html>",
        b"<xml><Content>1</Content><Content>2</Content></xml>",
        b"<xml><Content>&unknown;</Content></xml>",
        b"<xml><Content>\x07</Content></xml>",
        b"<xml><Content>&#7;</Content></xml>",
        b"<xml><Content>\xff</Content></xml>",
        "<xml><Content>你好</Content></xml>".encode("gb18030"),
        "<xml><Content>你好</Content></xml>".encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><xml><Content>+ADw-</Content></xml>',
        b'<?xml version="1.0" encoding="GB2312"?><xml/>',
        LAUGHS.encode(),
        OUTSIDE.encode(),
        b"<!DOCTYPE xml><xml/>",
        b'{"a":' * 5000,
        b"{]",
        b'{"a":1' + b"".join(b',"f%d":1' % n for n in range(MOST_FIELDS)) + b"}",
    ],
)
def test_what_is_no_push_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        fields_of(body)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b'<?xml version="1.0" encoding="UTF-8"?>', b"\n  "])
def test_the_control_of_these_is_read(start: bytes) -> None:
    assert fields_of(start + "<xml><Content>你好</Content></xml>".encode()) == {"Content": "你好"}


def test_limits_of_size_depth_and_number_are_kept_and_no_more() -> None:
    frame = len(b"<xml><C></C></xml>")
    assert (
        len(fields_of(b"<xml><C>" + b"x" * (BODY_BYTES - frame) + b"</C></xml>")["C"]) == BODY_BYTES - frame
    )
    with pytest.raises(Refused, match="size"):
        fields_of(b"<xml><C>" + b"x" * (BODY_BYTES - frame + 1) + b"</C></xml>")
    assert fields_of(nested(DEEPEST)) == {"a": ""}
    with pytest.raises(Refused, match="fields"):
        fields_of(nested(DEEPEST + 1))
    with pytest.raises(Refused, match="fields"):
        fields_of(nested(5000))
    many = [f"<f{n}/>" for n in range(MOST_FIELDS)]
    assert len(fields_of(f"<xml>{''.join(many[1:])}</xml>".encode())) == MOST_FIELDS - 1
    with pytest.raises(Refused, match="fields"):
        fields_of(f"<xml>{''.join(many)}</xml>".encode())


@given(st.binary(max_size=300))
def test_rubbish_raises_nothing_but_refused(body: bytes) -> None:
    try:
        fields_of(body)
    except Refused:
        return
    assert body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<xml", b"{"))


@given(st.text())
def test_whatever_is_said_another_reader_reads_it_and_nothing_beside_it(text: str) -> None:
    root = fromstring(written({"Content": text, "CreateTime": 1}).encode("utf-8"))
    assert [child.tag for child in root] == ["Content", "CreateTime"]
    kept = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)
    assert (root[0].text or "") == re.sub("\r\n?", "\n", kept)


def test_no_text_ends_its_field_early() -> None:
    said = "]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA["
    assert written({"Content": said}).count("<MsgType>") == 1  # as text
    assert fields_of(written({"Content": said}).encode()) == {"Content": said}
