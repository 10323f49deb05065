"""Who may come in: our cookie, our form, not too often, counted by the right address."""

import dataclasses
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from starlette.requests import Request

from bot.web.rates import Rate
from bot.web.session import Sessions
from bot.web.visitors import internet_address, is_https, look_of
from messages.page import Look
from tests.web_visitor import SETTINGS, HandClock, Site, at_home, site, visiting

SESSIONS = Sessions(SETTINGS.key)
NOW = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)


def request(client: str | None = "203.0.113.7", scheme: str = "http", **headers: str) -> Request:
    listed = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    listed.append((b"host", b"linli.example"))
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/",
            "query_string": b"",
            "scheme": scheme,
            "server": ("linli.example", 80),
            "headers": listed,
            "client": (client, 4000) if client else None,
        }
    )


# Sessions


def test_a_session_is_read_back_from_its_cookie() -> None:
    new = SESSIONS.new()
    assert SESSIONS.read(new.cookie, NOW) == dataclasses.replace(new, is_new=False)


def test_a_session_with_an_end_is_worth_nothing_from_then_on() -> None:
    end = NOW + timedelta(minutes=3)
    new = SESSIONS.new(until=end)
    assert SESSIONS.read(new.cookie, end - timedelta(seconds=1)) == dataclasses.replace(new, is_new=False)
    assert SESSIONS.read(new.cookie, end) is None


def test_the_end_of_a_session_can_not_be_changed_or_left_out() -> None:
    cookie = SESSIONS.new(until=NOW).cookie
    token, end, signature = cookie.split(".")
    for forged in (f"{token}.{int(end) + 600}.{signature}", f"{token}.{signature}", f"{token}.x.{signature}"):
        assert SESSIONS.read(forged, NOW - timedelta(days=1)) is None
    assert SESSIONS.read(cookie, NOW - timedelta(days=1)) is not None


def test_a_session_stays_the_same_when_its_end_changes() -> None:
    new = SESSIONS.new()
    public = SESSIONS.until(new, NOW)
    assert (public.address, public.csrf, public.until) == (new.address, new.csrf, NOW)
    assert SESSIONS.until(public, None) == new


def test_no_two_sessions_are_alike() -> None:
    first, second = SESSIONS.new(), SESSIONS.new()
    assert first.address != second.address
    assert first.csrf != second.csrf


def test_the_address_gives_neither_cookie_nor_form_token_away() -> None:
    session = SESSIONS.new()
    token = session.cookie.partition(".")[0]
    assert len(bytes.fromhex(token)) * 8 == 128
    assert session.address not in session.cookie
    assert len({token, session.address, session.csrf}) == 3


@pytest.mark.parametrize("cookie", [None, "", ".", "abc", "abc.def", "邻里.邻里", "00" * 16 + "." + "0" * 64])
def test_a_cookie_we_did_not_sign_is_nobody(cookie: str | None) -> None:
    assert SESSIONS.read(cookie, NOW) is None


def test_a_cookie_signed_with_another_key_is_nobody() -> None:
    assert SESSIONS.read(Sessions(b"another key that is long enough").new().cookie, NOW) is None


def test_a_changed_cookie_is_nobody() -> None:
    cookie = SESSIONS.new().cookie
    changed = ("1" if cookie[0] == "0" else "0") + cookie[1:]
    assert SESSIONS.read(changed, NOW) is None


def test_a_form_token_is_good_for_its_own_session_only() -> None:
    mine, other = SESSIONS.new(), SESSIONS.new()
    assert SESSIONS.trusts(mine, mine.csrf)
    assert not SESSIONS.trusts(mine, other.csrf)
    assert not SESSIONS.trusts(mine, None)
    assert not SESSIONS.trusts(mine, "邻里")


def test_a_short_key_is_refused_with_what_to_do() -> None:
    with pytest.raises(ValueError, match="secret file"):
        Sessions(b"short")


# Addresses

PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("client", "forwarded", "counted"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody we know: its header is not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1"),  # the left part is what a client invented
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("fd00::1", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", None, "2001:db8:1:2::/64"),
        (None, "198.51.100.1", "unknown"),
    ],
)
def test_only_known_proxies_are_believed_about_an_address(
    client: str | None, forwarded: str | None, counted: str
) -> None:
    headers = {"x_forwarded_for": forwarded} if forwarded else {}
    assert internet_address(request(client, **headers), PROXIES) == counted


def test_without_a_configured_proxy_no_header_is_believed() -> None:
    assert internet_address(request("10.0.0.1", x_forwarded_for="198.51.100.1"), ()) == "10.0.0.1"


@pytest.mark.parametrize(
    ("client", "scheme", "forwarded", "public_url", "https"),
    [
        ("203.0.113.7", "http", None, None, False),
        ("203.0.113.7", "https", None, None, True),
        ("203.0.113.7", "http", "https", None, False),
        ("10.0.0.1", "http", "https", None, True),
        ("10.0.0.1", "http", "http", None, False),
        ("10.0.0.1", "http", None, "https://linli.example", True),
        ("203.0.113.7", "https", None, "http://linli.example", False),
    ],
)
def test_https_is_known_from_the_connection_a_proxy_or_the_setting(
    client: str, scheme: str, forwarded: str | None, public_url: str | None, https: bool
) -> None:
    headers = {"x_forwarded_proto": forwarded} if forwarded else {}
    assert is_https(request(client, scheme, **headers), PROXIES, public_url) is https


# Language


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({}, "zh"),
        ({"accept_language": "en-GB,en;q=0.9"}, "en"),
        ({"accept_language": "en;q=0.5, zh-CN"}, "zh"),
        ({"accept_language": "fr, ja;q=0.8"}, "zh"),
        ({"accept_language": "fr;q=1, en;q=nonsense"}, "en"),
        ({"accept_language": "en", "cookie": "linli_language=zh"}, "zh"),
        ({"accept_language": "en", "cookie": "linli_language=klingon"}, "en"),
    ],
)
def test_the_language_is_the_chosen_one_or_the_browsers(headers: dict[str, str], language: str) -> None:
    assert look_of(request(**headers)) == Look(language, "normal")


# Rates


def test_a_full_bucket_empties_and_fills_again_with_time() -> None:
    clock = HandClock()
    rate = Rate(30, clock)
    assert [rate.wait_for("a") for _ in range(30)] == [0] * 30
    assert rate.wait_for("a") == 2
    clock.now += 1.9
    assert rate.wait_for("a") == 1
    clock.now += 0.1
    assert rate.wait_for("a") == 0
    clock.now += 3600
    assert [rate.wait_for("a") for _ in range(31)] == [0] * 30 + [2]


def test_what_comes_late_counts_when_it_was_sent() -> None:
    rate = Rate(2, HandClock())
    assert [rate.wait_for("a", 30.0 * n) for n in range(9)] == [0] * 9
    assert [rate.wait_for("a", 240.0 + n) > 0 for n in range(3)] == [False, True, True]
    assert rate.wait_for("a", 0.0) > 0  # the time that has passed does not pass again
    assert rate.wait_for("a", 300.0) == 0


def test_others_are_counted_apart() -> None:
    rate = Rate(1, HandClock())
    assert rate.wait_for("a") == 0
    assert rate.wait_for("b") == 0
    assert rate.wait_for("a") > 0


def test_who_has_rested_is_forgotten() -> None:
    clock = HandClock()
    rate = Rate(60, clock, many=4)
    for key in "abcd":
        rate.wait_for(key)
    clock.now += 60
    rate.wait_for("e")
    assert len(rate) == 1


def test_a_flood_of_keys_stays_in_bounded_memory_and_the_newest_stay_counted() -> None:
    clock = HandClock()
    rate = Rate(1, clock, many=10)
    for number in range(1000):
        clock.now += 0.001
        rate.wait_for(str(number))
        assert len(rate) <= 10
    assert rate.wait_for("999") > 0


def test_who_may_not_is_told_once_until_they_may_again() -> None:
    clock = HandClock()
    rate = Rate(1, clock)
    for _ in range(2):
        assert rate.wait_for("a") == 0
        assert [bool(rate.wait_for("a")) and rate.has_to_tell("a") for _ in range(3)] == [True, False, False]
        clock.now += 60


def test_who_was_told_is_forgotten_with_all_else_of_them() -> None:
    clock = HandClock()
    rate = Rate(1, clock, many=10)
    for number in range(1000):
        clock.now += 0.001
        assert [rate.wait_for(str(number)) > 0 for _ in range(2)] == [False, True]
        assert rate.has_to_tell(str(number))
        assert len(rate) <= 10
    assert not rate.has_to_tell("999")
    assert [rate.wait_for("0") > 0 for _ in range(2)] == [False, True]
    assert rate.has_to_tell("0")


async def test_the_thirty_first_message_in_a_minute_is_asked_kindly_to_wait() -> None:
    here = site(turns_per_minute=30)
    async with at_home(here) as visitor:
        for _ in range(30):
            assert (await visitor.say("好")).status_code == 200
        refused = await visitor.say("好")
        assert refused.status_code == 429
        assert refused.headers["retry-after"] == "2"
        assert "12345" in refused.json()["text"]
        assert len(here.linli.heard) == 30
        here.clock.now += 2
        assert (await visitor.say("好")).status_code == 200


async def test_the_plain_form_is_counted_with_the_script() -> None:
    here = site(turns_per_minute=2)
    async with at_home(here) as visitor:
        assert (await visitor.say("好")).status_code == 200
        assert (await visitor.submit(text="好")).status_code == 303
        refused = await visitor.submit(text="再好")
    assert refused.status_code == 429
    assert "请过一分钟再试" in refused.text
    assert int(refused.headers["retry-after"]) > 0
    assert len(here.linli.heard) == 2


async def test_sessions_of_one_address_are_counted_together_but_loosely() -> None:
    here = site(turns_per_minute=2, turns_per_minute_address=3)
    statuses = []
    for _ in range(2):
        async with at_home(here) as visitor:
            statuses += [(await visitor.say("好")).status_code for _ in range(2)]
    assert statuses == [200, 200, 200, 429]
    async with visiting(here, ip="198.51.100.9") as visitor:
        await visitor.open()
        assert (await visitor.say("好")).status_code == 200


async def test_behind_a_known_proxy_neighbours_are_told_apart() -> None:
    here: Site = site(turns_per_minute_address=1, trusted_proxies=(ip_network("10.0.0.0/8"),))
    for address, status in [("198.51.100.1", 200), ("198.51.100.2", 200), ("198.51.100.1", 429)]:
        async with visiting(here, ip="10.0.0.1", x_forwarded_for=address) as visitor:
            await visitor.open()
            assert (await visitor.say("好")).status_code == status


async def test_an_invented_proxy_header_does_not_escape_the_count() -> None:
    here = site(turns_per_minute_address=1)
    for address, status in [("198.51.100.1", 200), ("198.51.100.2", 429)]:
        async with visiting(here, x_forwarded_for=address) as visitor:
            await visitor.open()
            assert (await visitor.say("好")).status_code == status
