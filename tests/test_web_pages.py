"""The page and its plain forms, as a browser without scripts uses them."""

import re
from html import unescape

import pytest

from tests.web_visitor import Site, at_home, site, visiting


def visible(page: str) -> str:
    return unescape(re.sub(r"<template.*?</template>|<[^>]+>", "", page, flags=re.DOTALL))


async def test_the_first_visit_shows_a_welcome_and_stores_nothing() -> None:
    here = Site()
    async with visiting(here) as visitor:
        page = await visitor.open()
    assert "您好，我是邻里" in page
    assert here.linli.heard == []
    assert 'id="last"' not in page


async def test_a_message_of_the_plain_form_leads_back_to_the_page_that_shows_its_answer() -> None:
    async with at_home(Site()) as visitor:
        sent = await visitor.submit(text="几点开门")
        assert sent.status_code == 303
        assert sent.headers["location"] == "/#last"
        page = await visitor.open()
    assert "几点开门" in page
    assert "听到：几点开门" in page
    assert page.count('id="last"') == 1


async def test_a_form_sent_twice_is_answered_once() -> None:
    here = Site()
    async with at_home(here) as visitor:
        for _ in range(2):
            assert (await visitor.submit(text="几点开门")).status_code == 303
        page = await visitor.open()
    assert len(here.linli.answered()) == 1
    assert page.count("听到：几点开门") == 1


async def test_every_page_has_a_form_of_its_own() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="几点开门")
        await visitor.open()
        await visitor.submit(text="几点开门")
    assert len(here.linli.answered()) == 2


async def test_choices_are_numbered_submit_buttons_that_say_what_they_stand_for() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="菜单")
        page = await visitor.open()
        button = re.search(
            r'<button type="submit" form="tap" name="say" value="/kiosks QZ-1" class="choice">(.*?)</button>',
            page,
        )
        assert button
        assert visible(button[1]) == "2找一体机"
        await visitor.submit(say="/kiosks QZ-1")
        assert here.linli.heard[-1].text == "/kiosks QZ-1"
        assert here.linli.heard[-1].tapped
        page = visible(await visitor.open())
    assert "我说：找一体机" in page
    assert "我说：/kiosks" not in page


async def test_an_empty_form_changes_nothing() -> None:
    here = Site()
    async with at_home(here) as visitor:
        assert (await visitor.submit(text="  ")).status_code == 303
    assert here.linli.heard == []


async def test_the_map_is_the_only_way_out_and_does_not_tell_where_from() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="地图")
        page = re.sub(r"<template.*?</template>", "", await visitor.open(), flags=re.DOTALL)
    assert re.findall(r'(?:href|src|action)="(https?:[^"]*)"', page) == [
        "https://uri.amap.com/marker?position=118.6,24.9&amp;coordinate=gaode"
    ]
    assert 'rel="noopener noreferrer external"' in page


async def test_what_residents_write_is_shown_and_never_run() -> None:
    attack = """<script>alert(1)</script>"><img src=x onerror=alert(1)>' {{ 7 * 7 }}"""
    async with at_home(Site()) as visitor:
        await visitor.submit(text=attack)
        page = await visitor.open()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert attack in visible(page)


async def test_a_page_has_no_inline_script_or_style() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="菜单")
        page = await visitor.open()
    assert re.findall(r"<script[^>]*>[^<]", page) == []
    assert "<style" not in page
    assert re.findall(r"\s(?:style|on[a-z]+)=", page) == []
    assert "javascript:" not in page


async def test_old_times_stand_above_what_came_after_a_pause() -> None:
    async with at_home(Site()) as visitor:
        for text in ("一", "二", "三", "四"):
            await visitor.open()
            await visitor.submit(text=text)
        page = await visitor.open()
    # Every two minutes one: the first has a time, the others follow without a pause.
    assert re.findall(r"<time [^>]*>([^<]+)</time>", re.sub(r"<template.*", "", page, flags=re.DOTALL)) == [
        "10月10日 09:30"
    ]


async def test_a_shared_place_is_shown_as_such() -> None:
    async with at_home(Site()) as visitor:
        await visitor.say("", location={"lat": 24.9, "lon": 118.6})
        page = visible(await visitor.open())
    assert "我说：我的位置" in page
    assert "收到位置 24.900 118.600" in page


async def test_a_button_whose_answer_is_no_longer_in_sight_was_pressed_all_the_same() -> None:
    async with at_home(Site()) as visitor:
        await visitor.say("/kiosks QZ-1", tapped=True)
        page = visible(await visitor.open())
    assert "我说：点了一个按钮" in page


async def test_news_stands_in_the_conversation_without_a_question() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="好")
        here.linli.tell(here.linli.addresses()[0], "明天停电")
        page = visible(await visitor.open())
    assert "明天停电" in page
    assert page.count("我说：") == 1


# Refusals

FORMS = ["/say", "/look", "/keep", "/code", "/public", "/leave"]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_without_our_token_is_refused_kindly_and_changes_nothing(path: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        for csrf in ({}, {"csrf": ""}, {"csrf": "0" * 64}):
            refused = await visitor.http.post(
                path, data={"id": visitor.form_id, "text": "好", "size": "large", "public": "1", **csrf}
            )
            assert refused.status_code == 403
            assert "请回到对话" in refused.text
            assert "set-cookie" not in refused.headers
    assert here.linli.heard == []


async def test_a_token_of_another_session_is_refused() -> None:
    here = Site()
    async with at_home(here) as visitor, at_home(here) as other:
        visitor.csrf = other.csrf
        assert (await visitor.submit(text="好")).status_code == 403
    assert here.linli.heard == []


@pytest.mark.parametrize("cookie", ["", "nonsense", "00" * 16 + "." + "11" * 32])
async def test_a_wrong_cookie_is_refused_and_the_page_gives_a_new_one(cookie: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        visitor.http.cookies.clear()
        visitor.http.cookies.set("linli", cookie)
        assert (await visitor.submit(text="好")).status_code == 403
        visitor.http.cookies.clear()
        await visitor.open()
        assert (await visitor.submit(text="好")).status_code == 303
    assert len(here.linli.heard) == 1


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_is_too_big_is_refused(path: str) -> None:
    here = Site()
    async with at_home(here) as visitor:
        refused = await visitor.http.post(
            path, data={"csrf": visitor.csrf, "id": visitor.form_id, "text": "x" * 66_000}
        )
    assert refused.status_code == 413
    assert "请用一两句话说" in refused.text
    assert here.linli.heard == []


@pytest.mark.parametrize(
    ("kind", "sent", "status"),
    [
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("text/plain", b"csrf=1", 415),
        ("application/x-www-form-urlencoded", b"a=1&" * 30, 400),
        ("application/x-www-form-urlencoded", "text=几点".encode(), 400),
        ("application/x-www-form-urlencoded", b"", 403),
    ],
)
async def test_another_kind_of_form_is_refused(kind: str, sent: bytes, status: int) -> None:
    here = Site()
    async with at_home(here) as visitor:
        refused = await visitor.http.post("/say", content=sent, headers={"content-type": kind})
    assert refused.status_code == status
    assert "请回到对话" in refused.text
    assert here.linli.heard == []


async def test_a_damaged_form_id_is_refused() -> None:
    here = Site()
    async with at_home(here) as visitor:
        refused = await visitor.submit(text="好", id="../../etc")
    assert refused.status_code == 400
    assert here.linli.heard == []


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/"), ("GET", "/say"), ("PUT", "/say"), ("GET", "/look")]
)
async def test_another_method_is_refused_in_words(method: str, path: str) -> None:
    async with at_home(Site()) as visitor:
        refused = await visitor.http.request(method, path)
    assert refused.status_code == 405
    assert refused.headers["allow"]
    assert "没有这个页面" in refused.text


async def test_an_unknown_page_answers_in_the_readers_language() -> None:
    async with visiting(Site(), accept_language="en") as visitor:
        missing = await visitor.http.get("/nowhere")
    assert missing.status_code == 404
    assert "There is no such page" in missing.text
    assert '<html lang="en">' in missing.text


async def test_a_failure_of_ours_is_an_answer_with_a_phone_number_and_no_detail() -> None:
    here = Site()
    here.linli.broken = RuntimeError("secret 13800138000")
    async with at_home(here) as visitor:
        failed = await visitor.submit(text="好")
    assert failed.status_code == 500
    assert "12345" in failed.text
    assert "secret" not in failed.text
    assert "default-src 'none'" in failed.headers["content-security-policy"]


async def test_when_linli_can_not_now_the_page_says_so_in_its_words() -> None:
    here = Site()
    here.linli.gives_up = 1
    async with at_home(here) as visitor:
        answered = await visitor.submit(text="好")
        assert answered.status_code == 503
        assert "现在问的人太多" in answered.text
        # The same form sent again is the same message, and now it is answered.
        assert (await visitor.submit(text="好")).status_code == 303
    assert len(here.linli.answered()) == 1


# Headers


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/healthz", "/readyz", "/metrics", "/static/none.css", "/api/say"]
)
async def test_every_answer_tells_the_browser_to_load_nothing_of_others(path: str) -> None:
    async with visiting(Site()) as visitor:
        headers = (await visitor.http.get(path)).headers
    assert headers["content-security-policy"] == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["permissions-policy"] == "geolocation=(self)"
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("base_url", "settings", "secure"),
    [
        ("http://linli.example", {}, False),
        ("https://linli.example", {}, True),
        ("http://linli.example", {"public_url": "https://linli.example"}, True),
    ],
)
async def test_cookies_are_out_of_reach_of_scripts_and_other_sites(
    base_url: str, settings: dict[str, str], secure: bool
) -> None:
    async with visiting(site(**settings), base_url=base_url) as visitor:
        cookie = (await visitor.http.get("/")).headers["set-cookie"]
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert ("secure" in parts) is secure


async def test_a_session_stays_the_same_from_page_to_page() -> None:
    async with at_home(Site()) as visitor:
        first = visitor.http.cookies["linli"]
        await visitor.open()
        assert visitor.http.cookies["linli"] == first


async def test_own_files_may_be_kept_for_ever_because_their_url_changes_with_them() -> None:
    async with at_home(Site()) as visitor:
        page = await visitor.open()
        urls = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
        assert len(urls) == 8
        for url in urls:
            assert re.fullmatch(r"/static/\w+\.[0-9a-f]{16}\.(?:css|js|svg)", url)
            got = await visitor.http.get(url)
            assert got.status_code == 200
            assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
            assert got.headers["x-content-type-options"] == "nosniff"
        assert (await visitor.http.get("/static/chat.css")).status_code == 404
