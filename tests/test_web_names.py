"""The page with real names: for the device that speaks as staff, and kept by nobody."""

import pytest

from handlers.safe import KeyLost
from tests.test_web_pages import visible
from tests.web_visitor import Site, at_home, site, visiting

PATH = "/names/A1@20261012"
GONE = "这里看不到名单"


async def test_the_list_is_opened_below_the_answer_and_kept_by_no_browser() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="实名名单")
        assert f'href="{PATH}"><span class="label">看实名名单' in await visitor.open()
        page = await visitor.http.get(PATH)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    text = visible(page.text)
    for part in (
        "4点钟课堂 · 东湖社区邻里中心10月12日 16:30",
        "林晓鹂",
        "儿子",
        "可以来接：奶奶或外婆 林阿凤",
    ):
        assert part in text
    assert "大宝" in text
    assert "真名没有登记，请家长当面告诉" in text
    assert "有过敏，请当面问家长" in text


async def test_strangers_and_unknown_lists_are_answered_alike() -> None:
    here = Site()
    async with at_home(here) as owner, at_home(here) as other, visiting(here) as stranger:
        await owner.submit(text="实名名单")
        refused = [await each.http.get(PATH) for each in (other, stranger)]
        refused.append(await owner.http.get("/names/nowhere"))
    assert {each.status_code for each in refused} == {404}
    assert len({each.text for each in refused}) == 1
    assert GONE in visible(refused[0].text)


async def test_on_a_device_that_many_use_there_is_no_list() -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="实名名单")
        await visitor.send("/public", public="1")
        assert (await visitor.http.get(PATH)).status_code == 404


async def test_a_lost_key_is_told_without_a_name() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="实名名单")
        here.linli.lost_key = KeyLost("the key of centre QZ-1")
        page = await visitor.http.get(PATH)
    assert "密钥不在这台服务器上" in visible(page.text)
    assert "林" not in visible(page.text)


async def test_lists_are_not_asked_for_without_end() -> None:
    async with at_home(site(turns_per_minute=2)) as visitor:
        await visitor.submit(text="实名名单")
        asked = [(await visitor.http.get(PATH)).status_code for _ in range(2)]
    assert asked == [200, 429]


@pytest.mark.parametrize("language", ["en"])
async def test_the_page_speaks_the_language_that_was_chosen(language: str) -> None:
    async with at_home(Site()) as visitor:
        await visitor.submit(text="实名名单")
        await visitor.look(language=language)
        page = await visitor.http.get(PATH)
    assert "List with names" in page.text


async def test_whom_to_call_is_shown_with_numbers_and_kept_by_no_browser() -> None:
    here = Site()
    async with at_home(here) as visitor, visiting(here) as stranger:
        await visitor.submit(text="待通知")
        page = await visitor.http.get("/calls/A")
        refused = [await visitor.http.get("/calls/B"), await stranger.http.get("/calls/A")]
    assert page.headers["cache-control"] == "no-store"
    text = visible(page.text)
    for part in ("K7QP · 13800138000", "有名额等答复 · 没有聊天", "M2XA · 没有登记电话", "停了 · 还没看"):
        assert part in text
    assert 'href="tel:13800138000"' in page.text
    assert {each.status_code for each in refused} == {404}
