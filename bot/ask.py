"""`linli ask`: plays sentences as one resident, for scripts and checks; the same turn as every channel."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.clock import Clock, fixed_clock
from bot.ids import new_id
from bot.jobs import run_due
from bot.linli import Linli, Reply
from bot.policy import passing_safe
from handlers.message import Location, Message
from handlers.permissions import SHELL_CHANNEL, shell_post
from messages.calendar import SHANGHAI
from messages.geo import Datum
from storage import scratch
from storage.database import Database

CHANNEL = "ask"
# Far enough from both ends of the calendar to reckon with.
YEARS = range(1990, 2100)


class AskError(ValueError):
    """A dialogue or an option that cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Script:
    """One dialogue to play: its clock, the resident's place in WGS-84 degrees, name and sentences."""

    id: Any
    now: datetime | None
    near: tuple[float, float] | None
    resident: str | None
    say: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    said: str
    reply: Reply
    milliseconds: float

    def plain(self) -> dict[str, Any]:
        """The stable JSON form of one reply."""
        rendered = self.reply.rendered
        return {
            "said": self.said,
            "text": rendered.text,
            "choices": [{"label": choice.label, "say": choice.say} for choice in rendered.choices],
            "intent": self.reply.intent,
            "slots": self.reply.slots,
            "view": self.reply.view,
            "ms": round(self.milliseconds, 2),
        }


def read_time(text: str | None) -> datetime | None:
    """ISO 8601; without an offset it is Asia/Shanghai. Raises AskError."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise AskError(f"now: {text!r} is not an ISO date and time such as 2026-11-25T09:30") from None
    if moment.year not in YEARS:
        raise AskError(f"now: {text!r} must lie in the years {YEARS[0]} to {YEARS[-1]}")
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment.astimezone(SHANGHAI)


def read_place(text: str | None) -> tuple[float, float] | None:
    """'LAT,LON' in WGS-84 degrees. Raises AskError."""
    if text is None:
        return None
    try:
        latitude, longitude = (float(part) for part in text.split(","))
    except (ValueError, AttributeError):
        raise AskError(f"near: {text!r} is not LAT,LON in degrees such as 24.907,118.602") from None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise AskError(f"near: {text!r} is not on Earth; it must be LAT,LON in degrees")
    return latitude, longitude


def read_script(line: bytes, number: int) -> Script:
    """One line of JSONL, in UTF-8, as a dialogue. Raises AskError naming the line."""
    try:
        given = json.loads(line.decode("utf-8-sig"))
        if not isinstance(given, dict):
            raise AskError("a dialogue must be a JSON object")
        say = given.get("say")
        if not isinstance(say, list) or not all(isinstance(sentence, str) for sentence in say):
            raise AskError("say must be a list of sentences")
        resident = given.get("as")
        if resident is not None and not isinstance(resident, str):
            raise AskError("as must be a name or null")
        now, near = read_time(given.get("now")), read_place(given.get("near"))
    except UnicodeDecodeError:
        raise AskError(f"line {number}: it is not UTF-8") from None
    except (ValueError, RecursionError) as error:  # bad JSON, what is wrong with it, or endless brackets
        raise AskError(f"line {number}: {error}") from None
    return Script(given.get("id"), now, near, resident, tuple(say))


async def play(linli: Linli, script: Script) -> list[Answer]:
    """Say the sentences of `script` in order at its clock, after the jobs that are due by then.

    The resident `manager:CENTRE` speaks as the manager of that centre: who may run `linli` on a database may
    do that, and it is written down as done by the shell. Raises AskError for an unknown centre.
    """
    if script.now is not None:
        await run_due(linli, script.now)
    address = script.resident or str(new_id())
    manager = shell_post(SHELL_CHANNEL, address)
    if manager and manager.centre_id not in linli.directory.centres:
        raise AskError(f"as: no centre has the id {manager.centre_id}; `linli export` lists them")
    location = Location(*script.near, Datum.WGS84) if script.near else None
    answers = []
    for sentence in script.say:
        began = time.perf_counter()
        channel = SHELL_CHANNEL if manager else CHANNEL
        reply = await linli.hear(Message(channel, address, str(new_id()), sentence, location))
        answers.append(Answer(sentence, reply, (time.perf_counter() - began) * 1000))
        if manager:  # what a manager changed is there for the next sentence
            await linli.take_up_directory()
    return answers


class Playground:
    """Plays dialogues that see the configured directory and leave nothing behind.

    Each resident plays in a copy of an in-memory database that holds the directory and nothing else.
    """

    def __init__(self, linli: Linli, template: Database) -> None:
        self._linli = linli
        self._template = template
        self._safe = passing_safe()

    @classmethod
    async def over(cls, linli: Linli) -> "Playground":
        return cls(linli, await scratch.template_of(linli.database))

    async def play(self, scripts: Sequence[Script]) -> list[list[Answer]]:
        """Answers by script, in order; scripts of one resident share what the resident did before."""
        copies: dict[str, Database] = {}
        try:
            played = []
            for script in scripts:
                database = copies.get(script.resident or "")
                if database is None:
                    database = await scratch.clone(self._template)
                    if script.resident:
                        copies[script.resident] = database
                clock: Clock = fixed_clock(script.now) if script.now else self._linli.clock
                played.append(await play(self._linli.over(database, clock, safe=self._safe), script))
                if not script.resident:
                    await database.close()
            return played
        finally:
            for database in copies.values():
                await database.close()

    async def close(self) -> None:
        await self._template.close()
