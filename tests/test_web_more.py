"""The pages behind "more", as a browser without scripts uses them: keep, go on, other device, leave."""

import re
from typing import Any

import httpx
import pytest

from bot.web.door import TRIES_PER_SESSION
from handlers.devices import device_code
from tests.echo_linli import COMMUNITIES
from tests.test_web_pages import visible
from tests.web_visitor import Site, Visitor, at_home, site, visiting


async def kept_code(visitor: Visitor) -> str:
    """The recovery code that the page shows when asked for one."""
    page = await visitor.send("/keep")
    assert page.status_code == 200
    found = re.search(r'<span aria-hidden="true">([A-Z0-9]{4}-[A-Z0-9]{4})</span>', page.text)
    assert found
    return found[1]


# Recovery codes


async def test_a_code_brings_the_conversation_to_another_browser() -> None:
    here = Site()
    async with at_home(here) as old, at_home(here) as new:
        await old.submit(text="几点开门")
        code = await kept_code(old)
        taken = await new.send("/code", code=code.lower())
        assert taken.status_code == 303
        assert taken.headers["location"] == "/#last"
        page = visible(await new.open())
        assert "我说：几点开门" in page
        assert "您回来了。" in page
        assert "几点开门" not in visible(await old.open())


async def test_a_code_is_shown_once_with_its_end_and_is_good_once() -> None:
    here = Site()
    async with at_home(here) as old, at_home(here) as new, at_home(here) as third:
        await old.submit(text="几点开门")
        shown = await old.send("/keep")
        assert "2027年4月8日前有效" in visible(shown.text)
        assert shown.headers["cache-control"] == "no-store"
        code = await kept_code(old)
        assert code not in await old.open()
        assert (await new.send("/code", code=code)).status_code == 303
        assert (await third.send("/code", code=code)).status_code == 422


async def test_asking_again_makes_the_first_code_void() -> None:
    here = Site()
    async with at_home(here) as old, at_home(here) as new:
        await old.submit(text="几点开门")
        first, second = await kept_code(old), await kept_code(old)
        assert (await new.send("/code", code=first)).status_code == 422
        assert (await new.send("/code", code=second)).status_code == 303


async def test_codes_and_device_numbers_are_not_asked_for_without_end() -> None:
    here = site(turns_per_minute=3)
    async with at_home(here) as visitor:
        asked = [(await visitor.send("/keep")).status_code for _ in range(4)]
        assert asked == [200, 200, 200, 429]
        assert (await visitor.http.get("/device")).status_code == 429


async def test_before_anything_was_said_there_is_nothing_to_keep() -> None:
    async with at_home(Site()) as visitor:
        page = visible((await visitor.send("/keep")).text)
    assert "还没有说过话" in page


@pytest.mark.parametrize(
    ("typed", "said"), [("", "8 位字母和数字"), ("ZZ-TOP", "8 位字母和数字"), ("K7MW-4PXA", "没有找到")]
)
async def test_a_wrong_code_is_told_kindly_and_asked_for_again(typed: str, said: str) -> None:
    async with at_home(Site()) as visitor:
        refused = await visitor.send("/code", code=typed)
    assert refused.status_code == 422
    assert said in visible(refused.text)
    assert 'role="alert"' in refused.text
    assert 'aria-describedby="problem" aria-invalid="true"' in refused.text
    assert typed == "" or typed not in refused.text


async def test_who_has_a_conversation_already_is_told_that_it_will_be_put_away() -> None:
    async with at_home(Site()) as visitor:
        assert "收起来" not in (await visitor.http.get("/code")).text
        await visitor.submit(text="好")
        assert "收起来" in (await visitor.http.get("/code")).text


async def test_after_some_wrong_codes_the_resident_is_asked_to_wait() -> None:
    here = Site()
    async with at_home(here) as visitor:
        statuses = [
            (await visitor.send("/code", code="K7MW-4PXA")).status_code for _ in range(TRIES_PER_SESSION + 1)
        ]
        assert statuses == [422] * TRIES_PER_SESSION + [429]
        refused = await visitor.send("/code", code="K7MW-4PXA")
        assert "请过一分钟再试" in refused.text
        here.clock.now += int(refused.headers["retry-after"])
        assert (await visitor.send("/code", code="K7MW-4PXA")).status_code == 422


async def test_tries_are_counted_by_internet_address_and_of_all_together() -> None:
    here = Site()

    async def tried(ip: str) -> int:
        async with visiting(here, ip=ip) as visitor:
            await visitor.open()
            return (await visitor.send("/code", code="K7MW-4PXA")).status_code

    assert [await tried("203.0.113.1") for _ in range(21)] == [422] * 20 + [429]
    others = [await tried(f"198.51.100.{n}") for n in range(41)]
    assert others == [422] * 40 + [429]


# Another device


async def test_a_device_shows_its_code_and_is_noted_only_then() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.http.get("/more")
        assert here.linli.devices == []
        page = await visitor.http.get("/device")
    [address] = here.linli.devices
    assert device_code(address) in page.text


async def test_a_browser_that_keeps_no_cookie_has_no_device_code() -> None:
    here = Site()
    async with visiting(here) as visitor:
        assert (await visitor.http.get("/device")).status_code == 303
    assert here.linli.devices == []


# Places


async def test_a_community_is_chosen_in_two_steps_and_shown_by_its_name() -> None:
    here = Site()
    async with at_home(here) as visitor:
        first = (await visitor.http.get("/place")).text
        assert re.findall(r'href="/place\?in=([^"]+)"', first) == [
            "%E4%B8%9C%E6%B9%96%E8%A1%97%E9%81%93",
            "%E4%B8%B0%E6%B3%BD%E8%A1%97%E9%81%93",
        ]
        second = (await visitor.http.get("/place", params={"in": "丰泽街道"})).text
        assert re.findall(r'name="say" value="([^"]+)"', second) == ["/which QZ-2", "/which QZ-3"]
        await visitor.submit(say="/which QZ-3")
        assert "我说：丰泽社区" in visible(await visitor.open())


async def test_where_there_is_one_subdistrict_it_is_not_asked_for() -> None:
    here = Site()
    here.linli.listed = COMMUNITIES[:1]
    async with at_home(here) as visitor:
        page = (await visitor.http.get("/place")).text
    assert re.findall(r'name="say" value="([^"]+)"', page) == ["/which QZ-1"]
    assert 'href="/place"' not in page


async def test_without_a_directory_the_page_leads_back() -> None:
    here = Site()
    here.linli.listed = ()
    async with at_home(here) as visitor:
        page = (await visitor.http.get("/place")).text
    assert "目录里还没有社区" in page


async def test_an_unknown_subdistrict_asks_again() -> None:
    async with at_home(Site()) as visitor:
        page = (await visitor.http.get("/place", params={"in": "<b>"})).text
    assert "您在哪个街道" in page
    assert "<b>" not in page


# A device that many use


async def public(visitor: Visitor) -> None:
    switched = await visitor.send("/public", public="1")
    assert switched.status_code == 303
    await visitor.open()


async def test_a_shared_device_is_forgotten_after_three_idle_minutes_whatever_the_browser_does() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("几点开门")
        await public(visitor)
        old = dict(visitor.http.cookies)
        here.clock.now += 179
        assert (await visitor.say("好")).status_code == 200
        here.clock.now += 179
        assert "几点开门" in await visitor.open()
        kept = dict(visitor.http.cookies)
        here.clock.now += 180
        for cookies in (old, kept):  # a browser that does not even delete what is over
            visitor.http.cookies.clear()
            visitor.http.cookies.update(cookies)
            assert (await visitor.say("还在吗")).status_code == 403
            assert (await visitor.http.get("/api/stream")).status_code == 403
        assert "几点开门" not in await visitor.open()
        assert 'id="public"' in await visitor.open()


async def test_what_is_said_on_a_shared_device_says_that_many_use_it() -> None:
    """By script and by form: so nobody is linked there."""
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("连接另一个聊天")
        await visitor.submit(text="连接另一个聊天")
        await public(visitor)
        await visitor.say("连接另一个聊天")
        await visitor.submit(text="连接另一个聊天")
    assert [message.is_public for message in here.linli.heard] == [False, False, True, True]


async def test_control_on_a_device_of_ones_own_the_conversation_stays() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("几点开门")
        here.clock.now += 7 * 24 * 3600
        page = await visitor.open()
    assert "几点开门" in page
    assert 'id="public"' not in page
    assert "http-equiv" not in page


async def test_the_browser_is_told_to_forget_as_well_with_or_without_scripts() -> None:
    async with at_home(Site()) as visitor:
        switched = await visitor.send("/public", public="1")
        shown = await visitor.http.get("/")
    assert f"linli_device=public; HttpOnly; Max-Age={365 * 24 * 3600}" in str(switched.headers)
    assert "Max-Age=180" in shown.headers["set-cookie"]
    assert '<noscript><meta http-equiv="refresh" content="181; url=/"></noscript>' in shown.text


async def test_a_sign_that_somebody_is_there_begins_the_time_anew() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await public(visitor)
        for _ in range(5):
            here.clock.now += 100
            stayed = await visitor.http.post("/api/stay", headers={"x-csrf": visitor.csrf})
            assert stayed.status_code == 204
        refused = await visitor.http.post("/api/stay", headers={"x-csrf": "0"})
        assert refused.status_code == 403


async def test_a_device_becomes_ones_own_again() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("几点开门")
        await public(visitor)
        await visitor.send("/public", public="0")
        here.clock.now += 3600
        page = await visitor.open()
    assert "几点开门" in page
    assert 'id="public"' not in page


@pytest.mark.parametrize("fields", [{}, {"public": "2"}])
async def test_an_unknown_switch_changes_nothing(fields: dict[str, str]) -> None:
    async with at_home(Site()) as visitor:
        refused = await visitor.send("/public", **fields)
    assert refused.status_code == 400
    assert "set-cookie" not in refused.headers


# Leaving


async def test_who_leaves_starts_empty() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.say("几点开门")
        before = visitor.http.cookies["linli"]
        asked = await visitor.http.get("/leave")
        assert "保留这段对话" in asked.text
        left = await visitor.send("/leave")
        assert (left.status_code, left.headers["location"]) == (303, "/")
        assert "linli" not in visitor.http.cookies
        assert "几点开门" not in await visitor.open()
        assert visitor.http.cookies["linli"] != before


async def test_leaving_when_the_time_is_over_asks_nothing() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await public(visitor)
        here.clock.now += 200
        left = await visitor.send("/leave")
    assert left.status_code == 303
    assert 'linli=""' in left.headers["set-cookie"]


async def test_without_a_cookie_leaving_changes_no_cookie() -> None:
    """Other sites can send the form, but a browser does not send our cookie along with it."""
    async with visiting(Site()) as visitor:
        left = await visitor.send("/leave")
    assert left.status_code == 303
    assert "set-cookie" not in left.headers


# All of them


def got(page: httpx.Response) -> Any:
    return page.status_code, page.headers["cache-control"]


@pytest.mark.parametrize("path", ["/more", "/code", "/leave", "/place"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_page_has_a_heading_one_way_back_and_no_inline_style(path: str, language: str) -> None:
    async with visiting(Site(), accept_language=language) as visitor:
        page = await visitor.http.get(path)
    assert got(page) == (200, "no-store")
    assert page.text.count("<h1>") == 1
    assert page.text.count('href="/#last"') == 1
    assert re.findall(r"\s(?:style|on[a-z]+)=", page.text) == []


async def test_a_moment_worth_keeping_offers_it_in_the_conversation() -> None:
    async with at_home(site()) as visitor:
        await visitor.submit(text="好")
        page = re.sub(r"<template.*?</template>", "", await visitor.open(), flags=re.DOTALL)
        assert 'form="keep"' not in page
        await visitor.submit(text="记住")
        page = re.sub(r"<template.*?</template>", "", await visitor.open(), flags=re.DOTALL)
    assert page.count('<button type="submit" form="keep"') == 1
