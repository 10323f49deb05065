"""Whole conversations that a manager could read, played through the turn every channel uses."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.ask import Answer, Playground, Script, read_place, read_time
from bot.clock import system_clock
from bot.wiring import SAMPLE, open_linli
from handlers.directory_import import import_directory
from messages.workbook import read_workbook
from tests.sample import settings_for

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parent / "dialogues"


# What only meaning finds stands in files of this name and is played with the vectors on.
BY_MEANING = "meaning_"


def scripts(*, by_meaning: bool) -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.stem.startswith(BY_MEANING) is by_meaning:
            for number, dialogue in enumerate(yaml.safe_load(path.read_text("utf-8")), 1):
                yield pytest.param(dialogue, id=f"{path.stem}-{number}")


def misses(turn: dict[str, Any], answer: Answer) -> list[str]:
    """What the script expects of an answer and is not so; nothing when all is as written."""
    text, reply = answer.reply.rendered.text, answer.reply
    found = [f"{fact!r} is missing" for fact in turn.get("shows", ()) if fact not in text]
    found += [f"{fact!r} must not be there" for fact in turn.get("hides", ()) if fact in text]
    labels = [choice.label for choice in reply.rendered.choices]
    found += [f"no choice {label!r}" for label in turn.get("choices", ()) if label not in labels]
    for key, value in (("intent", reply.intent), ("view", reply.view), ("language", reply.rendered.language)):
        if key in turn and turn[key] != value:
            found.append(f"{key} is {value!r}, not {turn[key]!r}")
    return [f"{turn['say']!r}: {miss}\n{text}" for miss in found]


@asynccontextmanager
async def ground_over(folder: Path, vectors: str) -> AsyncIterator[Playground]:
    """The sample directory, imported once for all conversations of a kind."""
    settings = settings_for(f"sqlite:///{folder / 'linli.db'}", folder, vectors=vectors)
    async with open_linli(settings) as linli:
        await import_directory(linli.database, read_workbook(SAMPLE), now=system_clock())
        await linli.refresh_directory()
        ground = await Playground.over(linli)
        yield ground
        await ground.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    async with ground_over(tmp_path_factory.mktemp("dialogues"), "off") as ground:
        yield ground


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def by_meaning(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    async with ground_over(tmp_path_factory.mktemp("meaning"), "on") as ground:
        yield ground


def script_of(dialogue: dict[str, Any]) -> Script:
    return Script(
        dialogue["name"],
        read_time(dialogue["now"]),
        read_place(dialogue.get("near")),
        dialogue.get("as"),
        tuple(turn["say"] for turn in dialogue["turns"]),
    )


def all_misses(dialogue: dict[str, Any], answers: Sequence[Answer]) -> list[str]:
    return [
        miss for turn, answer in zip(dialogue["turns"], answers, strict=True) for miss in misses(turn, answer)
    ]


@pytest.mark.parametrize("dialogue", list(scripts(by_meaning=False)))
async def test_the_conversation_goes_as_written(dialogue: dict[str, Any], playground: Playground) -> None:
    [answers] = await playground.play([script_of(dialogue)])
    found = all_misses(dialogue, answers)
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize("dialogue", list(scripts(by_meaning=True)))
async def test_the_conversation_goes_as_written_by_meaning(
    dialogue: dict[str, Any], by_meaning: Playground
) -> None:
    """Played twice: on a busy computer a vector may come too late for the first time, and is there then."""
    script = script_of(dialogue)
    await by_meaning.play([script])
    [answers] = await by_meaning.play([script])
    found = all_misses(dialogue, answers)
    assert not found, "\n\n".join(found)


async def test_what_meaning_finds_is_not_found_by_words_alone(playground: Playground) -> None:
    """The control: without the vectors these conversations go otherwise."""
    lost = []
    for parameters in scripts(by_meaning=True):
        [dialogue] = parameters.values
        [answers] = await playground.play([script_of(dialogue)])
        if not all_misses(dialogue, answers):
            lost.append(dialogue["name"])
    assert not lost


async def test_a_wrong_expectation_is_noticed(playground: Playground) -> None:
    [[answer]] = await playground.play([Script(1, None, None, None, ("你好",))])
    wrong = {
        "say": "你好",
        "shows": ["没有这句"],
        "hides": ["您好"],
        "choices": ["没有"],
        "intent": "help",
        "view": "X",
    }
    assert len(misses(wrong, answer)) == 5
    assert not misses({"say": "你好", "shows": ["您好"], "intent": "greet"}, answer)


async def test_there_are_enough_conversations() -> None:
    assert len(list(scripts(by_meaning=False))) >= 90
    assert len(list(scripts(by_meaning=True))) >= 6
