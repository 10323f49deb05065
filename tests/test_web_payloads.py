"""What a page sends becomes a message, what Linli says becomes JSON; anything else is refused."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.channels.web import PayloadError, line_payload, message_from_form, message_from_json, reply_payload
from bot.linli import Line, Reply
from handlers.message import Location, Message
from messages.geo import Datum
from messages.render import Rendered
from tests.echo_linli import MAP, MENU

ID = "0b9f5f0e-6a0d-4a34-9d4c-2c1f4c1f0b0e"
RENDERED = Rendered("zh", "您想看什么？\n请选", MENU, MAP, True, calendar=("7K2M",))


def body(**payload: object) -> bytes:
    return json.dumps({"id": ID, "text": "几点开门"} | payload).encode()


def test_typed_words_become_a_message_of_this_resident() -> None:
    assert message_from_json(body(), "a1") == Message("web", "a1", ID, "几点开门")


def test_a_pressed_button_is_known_as_such() -> None:
    assert message_from_json(body(text="/human", tapped=True), "a1").tapped


def test_a_place_of_a_browser_is_in_wgs_84() -> None:
    message = message_from_json(body(text="", location={"lat": 24.9, "lon": 118.6}), "a1")
    assert message.location == Location(24.9, 118.6, Datum.WGS84)
    assert message.text == ""


def test_half_a_character_is_left_out() -> None:
    assert message_from_json(b'{"id":"12345678","text":"a\\ud83d b"}', "a1").text == "a b"


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        (b"", "body"),
        (b"\xff\xfe", "body"),
        (b"[]", "body"),
        (b"{", "body"),
        (b"[" * 60_000, "body"),
        (b'{"id":"12345678","text":NaN}', "body"),
        (body(text=5), "text"),
        (body(text=None), "text"),
        (body(tapped="yes"), "tapped"),
        (body(id=None), "id"),
        (body(id="short"), "id"),
        (body(id="x" * 65), "id"),
        (body(id="12345678\n"), "id"),
        (body(id="邻里邻里邻里邻里"), "id"),
        (body(location="here"), "location"),
        (body(location={"lat": 24.9}), "location"),
        (body(location={"lat": "24.9", "lon": 118.6}), "location"),
        (body(location={"lat": True, "lon": 118.6}), "location"),
        (body(location={"lat": 90.1, "lon": 118.6}), "location"),
        (body(location={"lat": 24.9, "lon": -180.5}), "location"),
        (body(location={"lat": 10**400, "lon": 0}), "location"),
    ],
)
def test_what_no_page_sends_is_refused_by_the_name_of_its_part(sent: bytes, part: str) -> None:
    with pytest.raises(PayloadError) as refused:
        message_from_json(sent, "a1")
    assert refused.value.part == part


def test_a_refusal_does_not_quote_what_was_sent() -> None:
    with pytest.raises(PayloadError) as refused:
        message_from_json(body(id="13800138000 secret"), "a1")
    assert "secret" not in str(refused.value)


@settings(deadline=None)
@given(
    st.binary(max_size=200)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(["id", "text", "tapped", "location", "lat"]), inner)
        ),
    ).map(lambda value: json.dumps(value).encode())
)
def test_any_bytes_are_a_message_or_refused(sent: bytes) -> None:
    try:
        message = message_from_json(sent, "a1")
    except PayloadError:
        return
    message.text.encode()


def form(**fields: str) -> Message | None:
    return message_from_form({"id": "form-0001"} | fields, "a1")


def test_a_plain_form_sends_what_stands_in_its_field() -> None:
    message = form(text="几点开门")
    assert message is not None
    assert (message.text, message.tapped, message.address) == ("几点开门", False, "a1")


def test_a_button_of_a_plain_form_counts_and_not_the_field() -> None:
    message = form(text="half a sente", say="/human")
    assert message is not None
    assert (message.text, message.tapped) == ("/human", True)


def test_a_form_that_is_sent_twice_is_one_message() -> None:
    assert form(text="几点开门") == form(text="几点开门")


def test_two_buttons_of_one_page_are_two_messages() -> None:
    first, second, typed = form(say="/a"), form(say="/b"), form(text="/a")
    assert len({message.id for message in (first, second, typed) if message}) == 3


@pytest.mark.parametrize("fields", [{}, {"text": ""}, {"text": " \t\u3000"}, {"say": ""}])
def test_an_empty_form_is_no_message(fields: dict[str, str]) -> None:
    assert form(**fields) is None


def test_a_form_without_its_id_is_refused() -> None:
    with pytest.raises(PayloadError):
        message_from_form({"text": "几点开门"}, "a1")


def test_an_answer_has_text_buttons_map_and_number() -> None:
    assert reply_payload(Reply(7, RENDERED, "Echoed", "echo", {})) == {
        "number": 7,
        "language": "zh",
        "text": "您想看什么？\n请选",
        "choices": [{"label": choice.label, "say": choice.say} for choice in MENU],
        "map": {"label": MAP.label, "url": MAP.url},
        "asks_location": True,
        "keeps": False,
        "calendar": {"file": "/calendar/7K2M.ics", "code": "/qr/7K2M"},
        "links": [],
        "photo": None,
    }


def test_several_bookings_go_into_one_calendar_file_and_have_no_one_code_to_show() -> None:
    several = replace(RENDERED, calendar=("7K2M", "9QRS"))
    payload = reply_payload(Reply(7, several, "Echoed", "echo", {}))
    assert payload["calendar"] == {"file": "/calendar/7K2M-9QRS.ics", "code": None}


def test_a_step_says_too_what_was_asked_and_when() -> None:
    at = datetime(2026, 10, 10, 1, 30, tzinfo=UTC)
    step = line_payload(Line(7, ID, "菜单", at, Rendered("zh", "好", (), None, False)))
    assert step["id"] == ID
    assert step["said"] == "菜单"
    assert step["at"] == "2026-10-10T01:30:00+00:00"
    assert step["map"] is None
    assert step["calendar"] is None
