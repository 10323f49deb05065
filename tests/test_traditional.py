"""Who writes Traditional characters is answered in them, where that is switched on."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.channels.web import reply_payload
from bot.linli import Linli
from handlers import callbacks, keeping
from handlers.asks import Dialogue, dialogue_from_json, dialogue_to_json
from messages.page import TAGS
from messages.render import Renderer
from messages.understand.normalise import normalise
from messages.understand.scripts import (
    SIMPLIFIED,
    TRADITIONAL,
    is_traditional,
    script_of,
    simplified,
    traditional,
)
from messages.view_parts import Choice
from messages.words import LANGUAGES, TRADITIONAL_TAG, button, words
from tests.engines import opened
from tests.sample import NOW, Sample, acting, linli_over, message, settings_for
from tests.test_render import variants

WRITTEN = "東湖社區邻里中心"  # mixed, as phones make it: any Traditional character counts
RENDERER = Renderer()
ASKED = "東湖社區的理髮多少錢"


@pytest_asyncio.fixture
async def both(sample: Sample, tmp_path: Path) -> AsyncIterator[Linli]:
    """Linli with LINLI_TRADITIONAL=on."""
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url) as database:
        yield linli_over(database, sample, settings_for(url, tmp_path, traditional="on"))


async def test_traditional_is_answered_in_traditional(both: Linli) -> None:
    reply = await both.hear(message(ASKED))
    assert reply.rendered.language == TRADITIONAL_TAG
    assert "東湖社區" in reply.rendered.text
    assert "費用" in reply.rendered.text
    assert simplified(reply.rendered.text) != reply.rendered.text
    assert [choice.label for choice in reply.rendered.choices][1:] == ["別的地方有嗎", "反映問題"]


async def test_what_a_choice_says_stays_and_its_label_can_be_typed(both: Linli) -> None:
    first = await both.hear(message(WRITTEN, address="a"))
    plain = await both.hear(message("东湖社区邻里中心", address="b"))
    assert [choice.say for choice in first.rendered.choices] == [c.say for c in plain.rendered.choices]
    [label, *_] = [choice.label for choice in first.rendered.choices]
    assert is_traditional(label)
    typed = await both.hear(message(label, address="a"))
    pressed = await both.hear(message(first.rendered.choices[0].say, address="b"))
    assert typed.view == pressed.view
    assert simplified(typed.rendered.text) == simplified(pressed.rendered.text)


async def test_it_is_remembered_until_simplified_is_written(both: Linli) -> None:
    languages = [
        (await both.hear(message(said))).rendered.language
        for said in (ASKED, "1", "12345", "😀", "有", "再说一遍", "1", "hello there", "謝謝")
    ]
    hant = TRADITIONAL_TAG
    assert languages == [hant, hant, hant, hant, hant, "zh", "zh", "en", hant]


async def test_without_the_setting_everybody_is_answered_in_simplified(sqlite_linli: Linli) -> None:
    """The control, and the default."""
    reply = await sqlite_linli.hear(message(ASKED))
    assert reply.rendered.language == "zh"
    assert not is_traditional(reply.rendered.text)


async def test_when_the_setting_is_taken_back_so_are_the_answers(
    both: Linli, sample: Sample, tmp_path: Path
) -> None:
    await both.hear(message(ASKED))
    off = linli_over(both.database, sample, settings_for(both.settings.database_url, tmp_path))
    assert (await off.hear(message("1"))).rendered.language == "zh"


async def test_the_conversation_is_read_again_as_it_was_said(both: Linli) -> None:
    reply = await both.hear(message(ASKED))
    [line] = await both.lines("web", "ding", after=0)
    assert line.rendered == reply.rendered
    repeated = await both.hear(message(ASKED, id=line.message_id))
    assert repeated.rendered == reply.rendered


async def test_failures_are_said_in_traditional_too(sample: Sample, tmp_path: Path) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    async with opened(url) as database:
        settings = settings_for(url, tmp_path, traditional="on")
        failing = linli_over(database, sample, settings, intents=acting(fails=True))
        reply = await failing.hear(message("您好，請問"))
        assert (reply.view, reply.rendered.language) == ("WentWrong", TRADITIONAL_TAG)
        assert "對不起" in reply.rendered.text
        assert (await failing.hear(message("您好"))).rendered.language == "zh"


async def test_staff_and_a_conversation_that_moved_speak_traditional(both: Linli) -> None:
    await both.hear(message(ASKED))
    await both.hear(message("/callback"))
    [waiting] = await callbacks.waiting(both.database, NOW)
    await callbacks.answer(both.database, waiting.callback.code, "可以来", by="小林", now=NOW, new_id="a1")
    last = (await both.lines("web", "ding", after=2))[-1]
    assert last.rendered.language == TRADITIONAL_TAG
    await both.keep("web", "ding", "hash")
    assert await both.take_over("web", "elsewhere", "hash") is keeping.Taken.MOVED
    last = (await both.lines("web", "elsewhere", after=0))[-1]
    assert "以前的對話" in last.rendered.text


async def test_the_page_is_told_the_script(both: Linli) -> None:
    reply = await both.hear(message(ASKED))
    assert reply_payload(reply)["language"] == TRADITIONAL_TAG
    assert TAGS[reply.rendered.language] == "zh-Hant"
    assert set(TAGS) == {*LANGUAGES, TRADITIONAL_TAG}


@pytest.mark.parametrize("view", list(variants()))
def test_every_answer_can_be_said_in_traditional(view: object) -> None:
    plain, other = RENDERER.render(view, "zh"), RENDERER.render(view, TRADITIONAL_TAG)
    assert other.text == traditional(plain.text)
    assert other.text.count("\n") == plain.text.count("\n")
    assert [choice.say for choice in other.choices] == [choice.say for choice in plain.choices]
    assert (other.asks_location, other.keeps) == (plain.asks_location, plain.keeps)
    assert (other.map and other.map.url) == (plain.map and plain.map.url)


def test_every_label_in_traditional_is_read_as_the_label() -> None:
    labels = [button("zh", f"@{name}") for name in words("zh", "labels")["buttons"]]
    labels += [each["label"] for each in words("zh", "phrases")["suggestions"]]
    assert [normalise(traditional(label)) for label in labels] == [normalise(label) for label in labels]


@pytest.mark.parametrize(
    ("said", "script"),
    [
        ("東湖社區", TRADITIONAL),
        ("头发长了", SIMPLIFIED),
        ("關门", TRADITIONAL),  # mixed
        ("你好", None),
        ("皇后", None),  # both scripts have it
        ("后天", None),  # another word in Traditional, and no proof
        ("台北", None),
        ("canteen", None),
        ("", None),
        ("/centre FZ002", None),
        ("😀１２", None),
        ("陈喆", SIMPLIFIED),
        ("喆", None),  # a rare name alone proves nothing
    ],
)
def test_the_script_is_told_by_what_only_one_of_both_has(said: str, script: str | None) -> None:
    assert script_of(said) == script


def test_the_script_is_kept_with_the_dialogue() -> None:
    dialogue = Dialogue(traditional=True, choices=(Choice("有", "/more"),))
    assert dialogue_from_json(dialogue_to_json(dialogue)) == dialogue
    assert dialogue.tag == TRADITIONAL_TAG
    assert replace(dialogue, language="en").tag == "en"
    assert Dialogue().tag == "zh"
