"""What a resident takes along: the calendar file, the feed's address, the check-in code, without scripts."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from icalendar import Calendar

from bot.web.feeds import Feeds
from tests.echo_linli import EVENT, family_of
from tests.test_web_pages import visible
from tests.web_visitor import SETTINGS, Site, Visitor, at_home, site, visiting

FEEDS = Feeds(SETTINGS.key)


async def shown(visitor: Visitor) -> str:
    """The page without what its script fills."""
    return re.sub(r"<template.*?</template>", "", await visitor.open(), flags=re.DOTALL)


async def feed_address(visitor: Visitor) -> str | None:
    page = (await visitor.http.get("/more")).text
    found = re.search(r'<input id="feed"[^>]* value="([^"]*)" readonly', page)
    return unescape(found[1]) if found else None


# Below the answer


async def test_what_is_booked_can_be_put_into_a_calendar_and_its_code_held_out() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="好")
        assert "/calendar/" not in await shown(visitor)
        await visitor.submit(text="报名")
        page = await shown(visitor)
    assert re.findall(r'href="(/(?:calendar|qr)/[^"]*)"', page) == ["/calendar/7K2M.ics", "/qr/7K2M"]
    assert "加到手机日历（日历文件）" in visible(page)
    assert "出示签到二维码" in visible(page)


async def test_several_bookings_are_one_file() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="报一周")
        page = await shown(visitor)
    assert re.findall(r'href="(/(?:calendar|qr)/[^"]*)"', page) == ["/calendar/7K2M-9QRS.ics"]


# The file


async def test_the_file_is_a_calendar_that_a_phone_opens_at_once_and_nobody_keeps() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="报名")
        got = await visitor.http.get("/calendar/7K2M.ics")
    assert got.status_code == 200
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    assert got.headers["content-disposition"] == 'inline; filename="linli.ics"'
    assert got.headers["cache-control"] == "no-store"
    calendar = Calendar.from_ical(got.content)
    assert isinstance(calendar, Calendar)
    assert [event["SUMMARY"] for event in calendar.events] == ["4点钟课堂"]


PATHS = ["/calendar/7K2M.ics", "/qr/7K2M", "/qr/7K2M.svg"]


@pytest.mark.parametrize("path", PATHS)
async def test_a_booking_of_others_and_one_that_is_not_there_answer_alike_and_kindly(path: str) -> None:
    here = Site()
    async with at_home(here) as owner, at_home(here) as other, visiting(here) as stranger:
        await owner.submit(text="报名")
        assert (await owner.http.get(path)).status_code == 200
        refused = [await each.http.get(path) for each in (other, stranger)]
        refused.append(await owner.http.get(path.replace("7K2M", "nowhere")))
    for each in refused:
        assert each.status_code == 404
        assert "在这台设备上没有找到这个预约" in visible(each.text)
        assert 'href="/#last"' in each.text
        assert "set-cookie" not in each.headers
    assert len({each.text for each in refused}) == 1


@pytest.mark.parametrize("path", PATHS)
async def test_files_and_codes_are_not_asked_for_without_end(path: str) -> None:
    async with at_home(site(turns_per_minute=3)) as visitor:
        await visitor.submit(text="报名")
        asked = [(await visitor.http.get(path)).status_code for _ in range(3)]
    assert asked == [200, 200, 429]


@pytest.mark.parametrize("path", PATHS)
async def test_on_a_shared_device_a_file_begins_the_time_anew_and_is_gone_when_it_is_over(path: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="报名")
        await visitor.send("/public", public="1")
        here.clock.now += 179
        assert (await visitor.http.get(path)).status_code == 200
        here.clock.now += 181
        assert (await visitor.http.get(path)).status_code == 404


# The code


async def test_the_code_is_drawn_in_black_on_white_and_stands_below_to_be_read_out() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="报名")
        page = await visitor.http.get("/qr/7K2M")
        drawn = await visitor.http.get("/qr/7K2M.svg")
    assert re.findall(r'<img src="([^"]*)" alt="([^"]*)"', page.text) == [
        ("/qr/7K2M.svg", "签到二维码，工作人员用手机相机扫")
    ]
    text = visible(page.text)
    assert "4点钟课堂 · 东湖社区邻里中心10月12日 16:30" in text
    assert "7 K 2 M" in text
    assert page.headers["cache-control"] == drawn.headers["cache-control"] == "no-store"
    assert "img-src 'self'" in page.headers["content-security-policy"]
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.startswith("<svg ")
    assert "签到码的二维码：7 K 2 M" in drawn.text
    assert re.findall(r"\s(?:style|on[a-z]+)=", page.text + drawn.text) == []


# The feed


async def test_a_feed_needs_no_cookie_and_tells_no_name_of_its_own() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="报名")
        address = await feed_address(visitor)
        assert address is not None
        [family] = map(family_of, here.linli.addresses())
        assert address == f"http://linli.example/feed/{FEEDS.token(family)}.ics"
    async with visiting(here) as calendar:
        got = await calendar.http.get(address)
        assert got.status_code == 200
        assert got.headers["content-type"] == "text/calendar; charset=utf-8"
        assert got.headers["cache-control"] == "private, no-cache"
        assert "set-cookie" not in got.headers
        assert b"SUMMARY:4" in got.content


async def test_a_calendar_that_has_the_feed_already_gets_it_again_only_when_it_changed() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="报名")
        address = await feed_address(visitor) or ""
        first = await visitor.http.get(address)
        tag = first.headers["etag"]
        assert re.fullmatch(r'"[0-9a-f]{32}"', tag)
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            same = await visitor.http.get(address, headers={"if-none-match": known})
            assert (same.status_code, same.content) == (304, b"")
            assert same.headers["etag"] == tag
            assert same.headers["cache-control"] == "private, no-cache"
        here.linli.events = [replace(EVENT, revision=1, changed_at=EVENT.changed_at + timedelta(1))]
        for known in (tag, "", '"other"'):
            changed = await visitor.http.get(address, headers={"if-none-match": known})
            assert changed.status_code == 200
            assert changed.headers["etag"] != tag
        here.linli.events = []
        assert b"BEGIN:VEVENT" not in (await visitor.http.get(address)).content
        head = await visitor.http.head(address)
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "token",
    [
        "nonsense",
        ".",
        "family-1.",
        f"family-2.{FEEDS.token('family-1').partition('.')[2]}",
        FEEDS.token("family-1")[:-1],
        FEEDS.token("family-1").upper(),
        f"family-1.{'é' * 32}",
        Feeds(b"the key of another server").token("family-1"),
        FEEDS.token("family-1"),  # ours, of a family that is gone
    ],
)
async def test_an_address_that_is_not_ours_or_of_nobody_answers_alike(token: str) -> None:
    async with visiting(Site()) as calendar:
        refused = await calendar.http.get(f"/feed/{token}.ics")
    assert refused.status_code == 404
    assert "没有这个日历" in visible(refused.text)
    assert "etag" not in refused.headers


def test_a_token_gives_back_the_family_that_it_was_made_for_and_no_other() -> None:
    assert FEEDS.family_of(FEEDS.token("0199c1f0-7a3e")) == "0199c1f0-7a3e"
    assert FEEDS.family_of(FEEDS.token("a.b")) == "a.b"
    assert FEEDS.family_of("") is None
    assert FEEDS.family_of("\ud800.\ud800") is None


async def test_a_feed_is_not_asked_for_without_end() -> None:
    here = site(turns_per_minute=3)
    async with at_home(here) as visitor, visiting(here, ip="198.51.100.9") as other:
        await visitor.submit(text="报名")
        address = await feed_address(visitor) or ""
        assert [(await other.http.get(address)).status_code for _ in range(4)] == [200, 200, 200, 429]
        assert (await visitor.http.get(address)).status_code == 429  # it counts for the feed, wherever from
        assert (await visitor.http.get("/calendar/7K2M.ics")).status_code == 200


async def test_the_address_is_shown_when_something_is_booked_and_not_where_others_read_it() -> None:
    async with at_home(Site()) as visitor:
        assert await feed_address(visitor) is None
        await visitor.submit(text="好")
        assert await feed_address(visitor) is None
        await visitor.submit(text="报名")
        page = (await visitor.http.get("/more")).text
        assert '<label for="feed">您的日历地址</label>' in page
        assert 'aria-describedby="feed-why feed-known"' in page
        assert re.search(r'<button id="copy" type="button" [^>]*hidden>复制地址</button>', page)
        await visitor.send("/public", public="1")
        assert await feed_address(visitor) is None
        assert "copying" not in (await visitor.http.get("/more")).text


@pytest.mark.parametrize(
    ("base_url", "settings", "begins"),
    [
        ("https://linli.example", {}, "https://linli.example/feed/"),
        ("http://inside:8080", {}, "http://inside:8080/feed/"),
        ("https://inside:8080", {"public_url": "https://linli.example/"}, "https://linli.example/feed/"),
    ],
)
async def test_the_address_is_one_that_the_outside_can_reach(
    base_url: str, settings: dict[str, str], begins: str
) -> None:
    async with visiting(site(**settings), base_url=base_url) as visitor:
        await visitor.open()
        await visitor.submit(text="报名")
        assert (await feed_address(visitor) or "").startswith(begins)
