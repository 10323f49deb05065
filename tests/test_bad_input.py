"""Whatever is sent gets a clear short answer and changes nothing but the conversation itself."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.linli import Linli, Reply
from tests.engines import opened
from tests.sample import DIRECTORY_TABLES, Sample, linli_over, message, rows_of, settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

LONGEST_REPLY = 1_500  # characters; the longest cards are about half of it

SENTENCES = st.sampled_from(
    ["最近的老年食堂", "东湖社区", "你好", "国庆开门吗", "1", "/more", "/again", "/language en"]
)
FORGED = st.sampled_from(
    [
        "/centre ZZ999",
        "/centre",
        "/centre FZ001 FZ002",
        "/centre FZ001 ²",
        "/centre FZ001 ٣",
        "/service 00000000-0000-7000-8000-000000000000",
        "/service ' OR 1=1 --",
        "/kind %",
        "/category food; DROP TABLE centre",
        "/which",
        "/which ZZ999",
        "/area",
        "/area 火星街道",
        "/more 999999",
        "/more -1",
        "/activity",
        "/activities ZZ999 5",
        "/services FZ001 ²",
        "/kiosks FZ002 9999",
        "/activities FZ001 99999999999999999999",
        "/language xx",
        "/language",
        "/nosuchcommand",
        "/" + "a" * 5_000,
        "/centre " + "9" * 250,
        "/ centre",
        "//",
    ]
)
NOISE = st.one_of(
    st.just(""),
    st.text(max_size=40),
    st.text(alphabet=st.characters(categories=["Cc", "Cf", "Cs", "Co", "Zs", "Mn"]), max_size=30),
    st.text(alphabet="😀👍🏽👨‍👩‍👧🇨🇳️‍", min_size=1, max_size=20),
    st.text(alphabet="العربيةעבריתहिन्दीไทยРусский", min_size=1, max_size=40),
    st.sampled_from(
        [
            "\ud800",
            "\x00",
            "东湖\x00社区",
            "<script>alert(1)</script>",
            '<img src=x onerror="alert(1)">东湖社区',
            "'; DROP TABLE centre; --",
            "{{ 7 * 7 }}{% for x in y %}",
            "%s%n{0}",
            "１２３４５６７８９０" * 5,
            "9" * 300,
            "老年食堂" * 2_500,
            "a" * 10_000,
            "零" * 299,
            "-1",
            "0",
            "第九十九个",
            "9999年99月99日99点99分",
            "0000-00-00",
            "二〇二六年二月三十日",
            "每月第九个周八",
        ]
    ),
)
MESSAGES = st.lists(st.one_of(SENTENCES, FORGED, NOISE), min_size=1, max_size=4)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def linli(sample: Sample, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Linli]:
    folder = tmp_path_factory.mktemp("bad_input")
    url = sample.copy_to(folder / "linli.db")
    async with opened(url) as database:
        yield linli_over(database, sample, settings_for(url, folder))


def unfit(reply: Reply) -> str | None:
    """What is wrong with an answer to bad input; None when it is one that a resident can use."""
    text = reply.rendered.text
    if reply.number < 1 or reply.view in ("WentWrong", "Busy"):
        return f"it is no answer: {reply.view}"
    if not text.strip() or len(text) > LONGEST_REPLY:
        return f"it is {len(text)} characters long"
    if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return "it cannot be shown"
    return None


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=MESSAGES, number=st.integers(0, 3))
async def test_bad_input_gets_a_clear_answer(linli: Linli, said: list[str], number: int) -> None:
    for text in said:
        reply = await linli.hear(message(text, address=f"resident{number}"))
        assert unfit(reply) is None, (said, reply)


@pytest.mark.parametrize(
    "text", ["", "\x00", "😀", "a" * 10_000, "<b>", "/centre ZZ999", "'; DROP TABLE centre"]
)
async def test_bad_input_changes_nothing_but_its_own_conversation(linli: Linli, text: str) -> None:
    await linli.hear(message("最近的老年食堂", address="another"))
    before = await rows_of(linli.database, *DIRECTORY_TABLES)
    talk = [line.rendered for line in await linli.lines("web", "another", after=0)]
    assert unfit(await linli.hear(message(text, address="bad"))) is None
    assert await rows_of(linli.database, *DIRECTORY_TABLES) == before
    assert [line.rendered for line in await linli.lines("web", "another", after=0)] == talk


@pytest.mark.parametrize(
    "text", ["", " \n\t", "\x00\x01", "\u200b\ufeff", "\ud800", "！？。", "😀👍", "a" * 10_000]
)
async def test_what_cannot_be_read_is_said_to_be_so(linli: Linli, text: str) -> None:
    reply = await linli.hear(message(text, address="unreadable"))
    assert (reply.view, reply.intent) == ("NotReadable", "not_readable")
    assert reply.rendered.choices


@pytest.mark.parametrize(
    "command", ["/centre ZZ999", "/centre", "/service x", "/area 火星街道", "/nosuchcommand"]
)
async def test_a_button_that_names_nothing_is_said_to_be_gone(linli: Linli, command: str) -> None:
    assert (await linli.hear(message(command, address="forger"))).view == "ChoiceGone"


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7 * 7 }}"])
async def test_what_was_said_is_not_run(linli: Linli, text: str) -> None:
    reply = await linli.hear(message(text, address="writer"))
    assert "49" not in reply.rendered.text
    [line] = (await linli.lines("web", "writer", after=reply.number - 1))[-1:]
    assert line.said == text  # kept as it was said; the page escapes it


async def test_an_unfit_answer_would_be_noticed(linli: Linli) -> None:
    reply = await linli.hear(message("你好", address="control"))
    assert unfit(reply) is None
    wrong = Reply(0, reply.rendered, reply.view, reply.intent, reply.slots)
    assert unfit(wrong)
