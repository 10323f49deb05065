"""Cases are played on the path of every resident, each on its own and at its own time."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from bot.linli import Linli
from handlers.intents import INTENTS, Intent
from tests.sample import acting, rows_of
from tests.test_understanding_judge import CASE
from tests.understanding.judge import judge
from tests.understanding.kept_apart import EXAMPLE, read_cases
from tests.understanding.play import changes, over_the_sample, play, script_of

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Linli]:
    async with over_the_sample(tmp_path_factory.mktemp("understanding"), vectors="off") as linli:
        yield linli


async def test_a_case_is_answered_at_its_own_clock(asked: Linli) -> None:
    say = ("东湖社区便民理发现在开着吗",)
    morning, night = await play(
        [replace(CASE, say=say), replace(CASE, say=say, now="2026-11-25T22:00")], asked
    )
    assert "开着" in morning[0].text
    assert "不开" in night[0].text
    assert morning[0].view == night[0].view == "ServiceCard"
    assert morning[0].ms > 0


async def test_sentences_of_a_case_belong_together_and_cases_do_not(asked: Linli) -> None:
    together, alone = await play(
        [replace(CASE, say=("最近的老年食堂", "东凤社区")), replace(CASE, say=("/again",))], asked
    )
    assert [reply.intent for reply in together] == ["find_service"] * 2
    assert alone[0].view == "NothingToRepeat"


async def test_playing_leaves_nothing_behind(asked: Linli) -> None:
    tables = ("conversation", "inbox", "outbox")
    await play([CASE], asked)
    assert await rows_of(asked.database, *tables) == {table: [] for table in tables}


async def test_a_place_is_handed_in() -> None:
    assert script_of(replace(CASE, near="24.9080,118.6010")).near == (24.908, 118.601)


async def test_an_intent_that_acts_unasked_is_a_change(tmp_path: Path) -> None:
    assert changes("greet", "Greeted", acting())
    assert not changes("greet", "Greeted", INTENTS)
    assert not changes("no such intent", "Greeted", INTENTS)
    assert not changes("callback", "CallbackPromised", {"callback": Intent(act=acting()["greet"].act)})


@pytest.mark.parametrize("view", ["AskWhichRated", "PhotoRefused"])
async def test_a_question_back_and_a_refusal_change_nothing(view: str) -> None:
    assert not changes("greet", view, acting())


async def test_the_examples_go_through_the_whole_way(asked: Linli) -> None:
    cases = read_cases(EXAMPLE)
    played = await play(cases, asked)
    assert [len(replies) for replies in played] == [len(case.say) for case in cases]
    right = {case.id for case, replies in zip(cases, played, strict=True) if judge(case, replies).right}
    assert {"ex-02", "ex-05", "ex-06", "ex-08"} <= right
