"""What the page's script relies on: one answer per message, refusals that change nothing, health."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.linli import Linli
from bot.web.conversation import Conversation
from bot.web.health import Probe
from tests.echo_linli import MENU
from tests.web_visitor import Site, at_home, visiting


def linli_is_a_conversation(linli: Linli) -> Conversation:
    """For the type checker: what the web server needs is what Linli has."""
    return linli


async def test_a_message_is_answered_with_text_buttons_and_number() -> None:
    async with at_home(Site()) as visitor:
        answer = await visitor.say("菜单")
    assert answer.status_code == 200
    assert answer.json()["number"] == 1
    assert answer.json()["choices"] == [{"label": c.label, "say": c.say} for c in MENU]


async def test_a_message_that_comes_twice_is_answered_once_and_alike() -> None:
    here = Site()
    async with at_home(here) as visitor:
        first = await visitor.say("菜单", id="message-abc")
        second = await visitor.say("菜单", id="message-abc")
    assert first.json() == second.json()
    assert here.linli.answered() == ["message-abc"]


async def test_two_visitors_do_not_hear_each_other() -> None:
    here = Site()
    async with at_home(here) as one, at_home(here) as other:
        await one.say("菜单")
        assert "您想看什么" not in await other.open()
    assert len({message.address for message in here.linli.heard}) == 1


async def test_a_place_reaches_linli_as_the_browser_gave_it() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("", location={"lat": 24.9, "lon": 118.6})
    place = here.linli.heard[0].location
    assert place is not None
    assert (place.latitude, place.longitude, place.datum) == (24.9, 118.6, "wgs84")


async def test_when_nothing_was_committed_the_script_is_told_to_send_again() -> None:
    here = Site()
    here.linli.gives_up = 1
    async with at_home(here) as visitor:
        refused = await visitor.say("好", id="message-abc")
        assert refused.status_code == 503
        assert refused.json() == {"error": "not_done", "text": "现在问的人太多，请打 12345。"}
        assert refused.headers["retry-after"] == "2"
        assert (await visitor.say("好", id="message-abc")).status_code == 200
    assert here.linli.answered() == ["message-abc"]


@pytest.mark.parametrize("header", [{}, {"x-csrf": ""}, {"x-csrf": "0" * 64}])
async def test_a_script_without_our_token_is_refused(header: dict[str, str]) -> None:
    here = Site()
    async with at_home(here) as visitor:
        refused = await visitor.http.post("/api/say", json={"id": "message-1", "text": "好"}, headers=header)
    assert refused.status_code == 403
    assert refused.json()["error"] == "stale"
    assert "请回到对话" in refused.json()["text"]
    assert here.linli.heard == []


async def test_the_token_alone_without_the_cookie_is_refused() -> None:
    here = Site()
    async with at_home(here) as visitor:
        visitor.http.cookies.clear()
        assert (await visitor.say("好")).status_code == 403
    assert here.linli.heard == []


@pytest.mark.parametrize(
    ("sent", "kind", "status", "error"),
    [
        (b"{", "application/json", 400, "unreadable"),
        (b'{"id":"message-1","text":5}', "application/json", 400, "unreadable"),
        (b'{"id":"message-1","text":"x"}', "text/plain", 415, "unreadable"),
        (b'{"id":"message-1","text":"' + b"x" * 66_000 + b'"}', "application/json", 413, "too_big"),
    ],
)
async def test_a_wrong_payload_is_refused_in_words(sent: bytes, kind: str, status: int, error: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        headers = {"x-csrf": visitor.csrf, "content-type": kind}
        refused = await visitor.http.post("/api/say", content=sent, headers=headers)
    assert refused.status_code == status
    assert refused.json()["error"] == error
    assert refused.json()["text"]
    assert here.linli.heard == []


async def test_64_kilobytes_are_taken_and_one_byte_more_is_not() -> None:
    here = Site()
    async with at_home(here) as visitor:
        for size, status in ((65_536, 200), (65_537, 413)):
            frame = b'{"id":"message-1","text":"%s"}'
            body = frame % (b"x" * (size - len(frame) + 2))
            headers = {"x-csrf": visitor.csrf, "content-type": "application/json"}
            answer = await visitor.http.post("/api/say", content=body, headers=headers)
            assert answer.status_code == status


async def test_a_body_without_a_stated_length_is_cut_off_as_well() -> None:
    async def endless() -> object:
        for _ in range(100):
            yield b"x" * 1024

    async with at_home(Site()) as visitor:
        headers = {"x-csrf": visitor.csrf, "content-type": "application/json"}
        refused = await visitor.http.post("/api/say", content=endless(), headers=headers)  # type: ignore[arg-type]
    assert refused.status_code == 413


async def test_another_method_is_refused_as_json() -> None:
    async with at_home(Site()) as visitor:
        refused = await visitor.http.get("/api/say")
    assert refused.status_code == 405
    assert refused.json()["error"] == "no_such_page"


async def test_refusals_speak_the_language_of_the_page() -> None:
    async with visiting(Site(), accept_language="en") as visitor:
        await visitor.open()
        visitor.csrf = "wrong"
        assert "Please go back" in (await visitor.say("hello")).json()["text"]


async def test_a_failure_of_ours_is_json_with_a_phone_number() -> None:
    here = Site()
    here.linli.broken = RuntimeError("secret 13800138000")
    async with at_home(here) as visitor:
        failed = await visitor.say("好")
    assert failed.status_code == 500
    assert "12345" in failed.json()["text"]
    assert "secret" not in failed.text


@settings(deadline=None)
@given(text=st.text(max_size=500))
async def test_any_text_is_answered_or_refused_and_never_breaks_the_page(text: str) -> None:
    async with at_home(Site()) as visitor:
        answer = await visitor.say(text.encode("utf-8", "replace").decode())
        assert answer.status_code == 200
        assert (await visitor.http.get("/")).status_code == 200


# Health


async def test_alive_and_figures() -> None:
    async with visiting(Site()) as visitor:
        alive, figures = await visitor.http.get("/healthz"), await visitor.http.get("/metrics")
    assert (alive.status_code, alive.text) == (200, "ok")
    assert figures.text == "linli_turns_total 3\n"
    assert figures.headers["content-type"].startswith("text/plain; version=")


@pytest.mark.parametrize(
    ("database_ok", "vectors_ok", "status"), [(True, True, 200), (True, False, 200), (False, True, 503)]
)
async def test_ready_needs_what_is_required_and_tells_of_the_rest(
    database_ok: bool, vectors_ok: bool, status: int
) -> None:
    async def probes() -> Sequence[Probe]:
        return [
            Probe("database", database_ok, "version 1"),
            Probe("vectors", vectors_ok, "by characters only", required=False),
        ]

    async with visiting(Site(probes=probes)) as visitor:
        ready = await visitor.http.get("/readyz")
    assert ready.status_code == status
    assert ready.json()["ready"] is (status == 200)
    assert ready.json()["checks"][1] == {
        "name": "vectors",
        "ok": vectors_ok,
        "detail": "by characters only",
        "required": False,
    }
