"""A centre's code at its door: the page asks how it was, and one tap of a plain form is a rating."""

import re

from bot.linli import Linli
from bot.web.app import make_app
from storage.statements import statement
from tests.sample import message
from tests.web_visitor import SETTINGS, Site, all_well, at_home, visiting

RATED = statement("test.rated", "SELECT level, how, is_verified, visit FROM rating WHERE is_current")
LEVELS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意", "不评了")


def site_of(linli: Linli) -> Site:
    here = Site()
    here.app = make_app(linli, SETTINGS, all_well, figures=lambda: b"", clock=linli.clock)
    return here


def buttons(page: str) -> dict[str, str]:
    """What the buttons of the last step send, by their labels."""
    found = re.search(r'<div class="step" id="last">.*?</main>', page, re.DOTALL)
    assert found
    pattern = r'form="tap" name="say" value="([^"]*)" class="choice">.*?class="label">([^<]*)<'
    return {label: say for say, label in re.findall(pattern, found[0])}


async def test_the_code_at_the_door_asks_and_one_tap_of_a_plain_form_rates(linli: Linli) -> None:
    async with visiting(site_of(linli)) as visitor:
        led = await visitor.http.get("/door/FZ002")
        assert led.status_code == 303
        assert led.headers["location"] == "/?start=door_FZ002#last"
        await visitor.open()
        page = (await visitor.http.get("/?start=door_FZ002")).text
        asked = buttons(page)
        assert tuple(asked) == LEVELS
        assert "东湖社区" in page
        for level in ("基本满意", "不满意"):
            await visitor.open()
            sent = await visitor.submit(say=asked[level])
            assert sent.headers["location"] == "/#last"
        page = await visitor.open()
    assert "改好了：基本满意（3星）改为不满意（2星）" in page
    async with linli.database.read() as tx:
        [rating] = await tx.rows(RATED)
    assert (rating["level"], rating["how"], rating["is_verified"]) == (2, "door", False)


async def test_opening_the_page_stores_nothing(linli: Linli) -> None:
    async with visiting(site_of(linli)) as visitor:
        for start in ("door_FZ002", "door_FZ999", "door_", "FZ002", "x" * 200, "<b>"):
            page = (await visitor.http.get("/", params={"start": start})).text
            assert ("您对这次满意吗" in page) == (start == "door_FZ002")
    async with linli.database.read() as tx:
        assert not await tx.rows(statement("test.talks", "SELECT id FROM conversation"))


async def test_apps_hand_the_same_payload_in_as_a_start(linli: Linli) -> None:
    reply = await linli.hear(message("/start door_FZ002"))
    assert reply.view == "RatingAsked"
    assert (await linli.hear(message("2"))).view == "RatingTaken"
    for other in ("/start", "/start door_FZ999", "/start window_FZ002", "/start my_door_FZ002"):
        assert (await linli.hear(message(other))).view == "Greeted"


async def test_the_question_stands_last_beneath_what_was_said() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="几点开门")
        page = (await visitor.http.get("/?start=door_QZ-1")).text
        assert page.count('id="last"') == 1
        assert buttons(page) == {"是的": "/from door_QZ-1"}
        assert page.index("听到：几点开门") < page.index("您从door_QZ-1来")
        assert 'id="last"' in (await visitor.http.get("/?start=nothing")).text
    assert len(here.linli.heard) == 1


async def test_the_payload_goes_into_the_address_in_letters_that_it_may_hold() -> None:
    async with visiting(Site()) as visitor:
        led = await visitor.http.get("/door/%E4%B8%9C%20%3F%26x=1")
    assert led.headers["location"] == "/?start=door_%E4%B8%9C%20%3F%26x%3D1#last"
