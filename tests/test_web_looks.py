"""How a page looks: its language, which the answers follow, and its type size; both stay."""

import re

import pytest

from messages.page import TAGS
from messages.words import LANGUAGES, words
from tests.test_web_pages import visible
from tests.web_visitor import Site, at_home


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_chosen_language_stays(language: str) -> None:
    async with at_home(Site()) as visitor:
        chosen = await visitor.look(language=language)
        assert chosen.status_code == 303
        assert chosen.headers["location"] == "/"
        page = await visitor.open()
    assert f'<html lang="{TAGS[language]}">' in page
    assert words(language, "page")["send"] in page


async def test_one_button_goes_round_the_three_type_sizes() -> None:
    async with at_home(Site()) as visitor:
        page = await visitor.open()
        for size in ("large", "elder"):
            assert f'name="size" value="{size}"' in page
            await visitor.look(size=size)
            page = await visitor.open()
            assert f'<html lang="zh-CN" class="{size}">' in page
        assert 'name="size" value="normal">标准字' in page
        await visitor.look(size="normal")
        assert '<html lang="zh-CN">' in await visitor.open()


async def test_before_a_conversation_the_language_of_the_page_is_all_that_changes() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.look(language="en")
        assert here.linli.heard == []
        await visitor.open()
        await visitor.say("", location={"lat": 24.9, "lon": 118.6})
    assert here.linli.heard[-1].language == "en"


async def test_in_a_conversation_the_answers_change_with_the_page_in_one_turn() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="好")
        await visitor.open()
        for _ in range(2):  # pressed twice in a hurry
            switched = await visitor.look(language="en")
            assert switched.headers["location"] == "/#last"
        page = visible(await visitor.open())
    assert [(m.text, m.tapped) for m in here.linli.heard[1:]] == [("/language en", True)] * 2
    assert len(here.linli.answered()) == 2
    assert "I said: English" in page
    assert "/language" not in re.sub(r"data-words='[^']*'", "", page)


async def test_when_linli_can_not_now_the_language_stays() -> None:
    here = Site()
    async with at_home(here) as visitor:
        await visitor.submit(text="好")
        here.linli.gives_up = 1
        refused = await visitor.look(language="en")
        assert refused.status_code == 503
        assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("fields", [{}, {"language": "xx"}, {"size": "2"}, {"elder": "1"}])
async def test_an_unknown_look_changes_nothing(fields: dict[str, str]) -> None:
    async with at_home(Site()) as visitor:
        refused = await visitor.look(**fields)
    assert refused.status_code == 400
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_words(language: str) -> None:
    def names(listed: dict[str, object]) -> set[str]:
        inner = {key: value for key, value in listed.items() if isinstance(value, dict)}
        return set(listed) | {f"{key}.{name}" for key, value in inner.items() for name in names(value)}

    assert names(words(language, "page")) == names(words(LANGUAGES[0], "page"))
