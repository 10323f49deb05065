"""Events of notices, as WeChat's pages show them: who agreed, who wants none any more, what arrived."""

import pytest

from bot.channels.wechat.fields import fields_of, listed
from bot.channels.wechat.incoming import Incoming, incoming
from bot.channels.wechat.reports import Agreed, Declined, Reached, Report
from storage.wechat_notices import SUBSCRIPTION, TEMPLATE

A, B = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc", "9nLIlbOQZC5Y89AZteFEux3WCXRRRG5Wfzkpssu4bLI"


def push(event: str, body: str) -> Incoming:
    whole = (
        "<xml><ToUserName><![CDATA[gh_123456789abc]]></ToUserName>"
        "<FromUserName><![CDATA[otFpruAK8D-E6EfStSYonYSBZ8_4]]></FromUserName>"
        "<CreateTime>1610969440</CreateTime><MsgType><![CDATA[event]]></MsgType>"
        f"<Event><![CDATA[{event}]]></Event>{body}</xml>"
    )
    return incoming(fields_of(whole.encode()))


def lists(name: str, *each: dict[str, str]) -> str:
    items = "".join(
        f"\n<List>{''.join(f'<{field}><![CDATA[{value}]]></{field}>' for field, value in one.items())}</List>"
        for one in each
    )
    return f"<{name}>{items}\n</{name}>"


def asked(template: str, answer: str) -> dict[str, str]:
    return {"TemplateId": template, "SubscribeStatusString": answer, "PopupScene": "2"}


def result(code: str) -> dict[str, str]:
    return {"TemplateId": A, "MsgID": "1700827132819554304", "ErrorCode": code, "ErrorStatus": "x"}


POPUP, CHANGE, SENT = (f"SubscribeMsg{name}Event" for name in ("Popup", "Change", "Sent"))


@pytest.mark.parametrize(
    ("event", "body", "reports"),
    [
        ("subscribe_msg_popup_event", lists(POPUP, asked(A, "accept")), (Agreed(A),)),
        ("subscribe_msg_popup_event", lists(POPUP, asked(A, "accept"), asked(B, "reject")), (Agreed(A),)),
        (
            "subscribe_msg_popup_event",
            lists(POPUP, asked(A, "accept"), asked(B, "accept")),
            (Agreed(A), Agreed(B)),
        ),
        ("subscribe_msg_change_event", lists(CHANGE, asked(A, "reject")), (Declined(A),)),
        ("subscribe_msg_change_event", lists(CHANGE, asked(A, "accept")), ()),
        (
            "subscribe_msg_sent_event",
            lists(SENT, result("0")),
            (Reached(SUBSCRIPTION, "1700827132819554304", A, True),),
        ),
        (
            "subscribe_msg_sent_event",
            lists(SENT, result("43101")),
            (Reached(SUBSCRIPTION, "1700827132819554304", A, False),),
        ),
        (
            "TEMPLATESENDJOBFINISH",
            "<MsgID>200163836</MsgID><Status><![CDATA[success]]></Status>",
            (Reached(TEMPLATE, "200163836", None, True),),
        ),
        (
            "TEMPLATESENDJOBFINISH",
            "<MsgID>200163840</MsgID><Status><![CDATA[failed:user block]]></Status>",
            (Reached(TEMPLATE, "200163840", None, False),),
        ),
        (
            "TEMPLATESENDJOBFINISH",
            "<MsgID>200163840</MsgID><Status><![CDATA[failed: system failed]]></Status>",
            (Reached(TEMPLATE, "200163840", None, False),),
        ),
    ],
)
def test_a_report_is_read_and_not_answered(event: str, body: str, reports: tuple[Report, ...]) -> None:
    read = push(event, body)
    assert read.reports == reports
    assert (read.message, read.opens, read.leaves) == (None, None, False)
    assert read.id == f"1610969440.{event.lower()}.e3b0c44298fc"


@pytest.mark.parametrize(
    ("event", "body"),
    [
        ("subscribe_msg_popup_event", ""),
        ("subscribe_msg_popup_event", lists(POPUP)),
        ("subscribe_msg_popup_event", lists(POPUP, {"SubscribeStatusString": "accept"})),
        ("subscribe_msg_popup_event", lists(POPUP, asked("a b", "accept"))),
        ("subscribe_msg_popup_event", lists(POPUP, asked("x" * 65, "accept"))),
        ("subscribe_msg_popup_event", lists(CHANGE, asked(A, "accept"))),
        ("subscribe_msg_sent_event", lists(SENT, result("0") | {"MsgID": "x"})),
        ("TEMPLATESENDJOBFINISH", "<Status>success</Status>"),
        ("TEMPLATESENDJOBFINISH", "<MsgID>1 2</MsgID><Status>success</Status>"),
        ("subscribe", lists(POPUP, asked(A, "accept"))),
    ],
)
def test_what_tells_nothing_reports_nothing(event: str, body: str) -> None:
    assert push(event, body).reports == ()


def test_lists_are_known_by_all_their_names() -> None:
    body = lists("E", {"a": "1", "b": "2"}, {"a": "3"}) + lists("F", {"a": "4"}) + "<Other><a>5</a></Other>"
    fields = fields_of(f"<xml>{body}</xml>".encode())
    assert listed(fields, "E") == [{"a": "1", "b": "2"}, {"a": "3"}]
    assert listed(fields, "F") == [{"a": "4"}]
    assert listed(fields, "Other") == listed(fields, "G") == []
    assert fields["E"] == fields["Other"] == ""


def test_no_field_of_json_passes_for_one_of_a_list() -> None:
    body = f'{{"MsgType": "event", "{POPUP}/1/TemplateId": "{A}", "{POPUP}/1/MsgID": 7}}'
    assert fields_of(body.encode()) == {"MsgType": "event"}
