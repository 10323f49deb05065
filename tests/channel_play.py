"""The dialogues of residents, played on every channel alike."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from bot.ask import read_place, read_time
from bot.linli import Linli
from handlers.permissions import SHELL_CHANNEL
from tests.channel_shown import Transcript, Turn
from tests.channel_voices import Voice
from tests.family_talk import Parent

FOLDER = Path(__file__).parent / "dialogues"
# Of each file every n-th conversation, the first one first: all of what is short or differs by channel.
EVERY = {
    "activities": 1,
    "booking": 4,
    "cases": 1,
    "children": 1,
    "gone_on": 2,
    "hours": 3,
    "nearest": 2,
    "people": 4,
    "places": 3,
    "refused": 2,
    "stars": 1,
    "written": 2,
}

# No file has a line to wait in: the session is full before this one begins.
LINE = {
    "name": "a session is full, and who waits hears whether news can reach them",
    "now": "2026-11-25T09:30",
    "full": True,
    "turns": [
        {"say": "帮八岁的女儿报东湖社区周六的少儿书法班", "shows": ["名额已满"], "choices": ["排队"]},
        {"say": "排队", "shows": ["会为您留一段时间，并在这里告诉您"], "hides": ["通知您"]},
        {"say": "我的预约"},
    ],
}


def chosen() -> dict[str, dict[str, Any]]:
    """The conversations by file and number; those of staff, who are let in by a code, are left out."""
    found = {
        f"{name}-{number}": dialogue
        for name, every in EVERY.items()
        for number, dialogue in enumerate(yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8")), 1)
        if (number - 1) % every == 0 and "as" not in dialogue
    }
    return found | {"line-1": LINE}


async def fill(linli: Linli) -> None:
    """Leave one place in Saturday's class, and take it."""
    manager = Parent(linli, "manager:FZ002", SHELL_CHANNEL)
    await manager.say("周六书法班名额减少到1", "是")
    assert (await Parent(linli, "lin").say("帮八岁的儿子报东湖社区周六的少儿书法班", "好的")).view == "Booked"


def time_of(dialogue: Mapping[str, Any]) -> datetime:
    at = read_time(dialogue["now"])
    assert at is not None
    return at


async def played(voice: Voice, dialogue: Mapping[str, Any], *, press_first: bool) -> Transcript:
    """What is shown for each sentence, and last what comes by itself.

    Every second choice is pressed, the others are typed as numbers. Who is somewhere sends that first.
    """
    shown: list[Turn] = []
    place = read_place(dialogue.get("near"))
    if place:
        shown.append(await voice.share(place))
    presses = press_first
    for turn in dialogue["turns"]:
        choice = choice_of(turn["say"], shown[-1] if shown else ())
        if choice is None:
            shown.append(await voice.say(turn["say"]))
            continue
        shown.append(await (voice.press(choice) if presses else voice.say(str(choice))))
        presses = not presses
    return (*shown, await voice.rest())


def choice_of(said: str, before: Turn) -> int | None:
    """The number of the choice that a sentence takes from what was shown: by its number or its label."""
    labels = before[-1].choices if before else ()
    if said.isascii() and said.isdigit() and 1 <= int(said) <= len(labels):
        return int(said)
    return labels.index(said) + 1 if said in labels else None


def unmet(dialogue: Mapping[str, Any], transcript: Transcript) -> list[str]:
    """What the conversation expects to be shown, or not, and is otherwise."""
    turns = transcript[-1 - len(dialogue["turns"]) : -1]
    found = []
    for expected, [shown] in zip(dialogue["turns"], turns, strict=True):
        text = _plain(shown.text)
        found += [f"{fact!r} is missing" for fact in expected.get("shows", ()) if _plain(fact) not in text]
        found += [f"{fact!r} is there" for fact in expected.get("hides", ()) if _plain(fact) in text]
        found += [f"no choice {each!r}" for each in expected.get("choices", ()) if each not in shown.choices]
    return found


def _plain(text: str) -> str:
    return "".join(text.split())
