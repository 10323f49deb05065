"""Whole conversations that a manager could read, played through the turn every channel uses."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from bot.ask import Answer, Playground, Script, read_place, read_time
from bot.clock import system_clock
from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.directory_import import import_directory
from messages.workbook import read_workbook

pytestmark = pytest.mark.asyncio(loop_scope="module")

FOLDER = Path(__file__).parent / "dialogues"


def scripts() -> Iterator[Any]:
    for path in sorted(FOLDER.glob("*.yaml")):
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


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def playground(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Playground]:
    """The sample directory, imported once for all conversations of this file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('dialogues')}/linli.db"
    async with open_linli(Settings(database_url=url)) as linli:
        await import_directory(linli.database, read_workbook(SAMPLE), now=system_clock())
        await linli.refresh_directory()
        ground = await Playground.over(linli)
        yield ground
        await ground.close()


@pytest.mark.parametrize("dialogue", list(scripts()))
async def test_the_conversation_goes_as_written(dialogue: dict[str, Any], playground: Playground) -> None:
    script = Script(
        dialogue["name"],
        read_time(dialogue["now"]),
        read_place(dialogue.get("near")),
        None,
        tuple(turn["say"] for turn in dialogue["turns"]),
    )
    [answers] = await playground.play([script])
    found = [
        miss for turn, answer in zip(dialogue["turns"], answers, strict=True) for miss in misses(turn, answer)
    ]
    assert not found, "\n\n".join(found)


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
    assert len(list(scripts())) >= 30
