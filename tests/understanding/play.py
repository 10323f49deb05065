"""Plays cases as `linli ask --jsonl` plays dialogues: each on its own, at its own clock, over the sample."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from bot.ask import Answer, Playground, Script, read_place, read_time
from bot.clock import fixed_clock
from bot.linli import Linli
from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.directory_import import import_directory
from handlers.intents import INTENTS, Intent
from messages.calendar import SHANGHAI
from messages.understand.understand import Reader
from messages.workbook import read_workbook
from tests.understanding.judge import Case, Reply

# When a case is played that does not say: a Wednesday.
NOW = datetime(2026, 11, 25, 9, 30, tzinfo=SHANGHAI)
# Intents that change something and that somebody asks for by saying so: not counted as a wrong action.
ASKED_FOR = "callback"
# These look into the database, and say what is there or what a yes would do.
PROPOSES = frozenset(
    (
        "book", "my_bookings", "booking", "cancel_booking", "change_booking",
        "privacy", "erase", "withdraw", "real_name", "fetcher", "allergy",
        "my_cases", "my_case", "my_ratings", "receipt", "stars",
    )
)  # fmt: skip


@asynccontextmanager
async def over_the_sample(
    folder: Path, *, vectors: str = "on", reader: Reader | None = None
) -> AsyncIterator[Linli]:
    """Linli over a scratch database in `folder` with the sample directory, found by meaning if it can be."""
    url = f"sqlite:///{folder / 'linli.db'}"
    settings = Settings.model_validate({"database_url": url, "vectors": vectors})
    async with open_linli(settings, fixed_clock(NOW), reader=reader) as linli:
        await import_directory(linli.database, read_workbook(SAMPLE), now=NOW)
        await linli.refresh_directory()
        yield linli


async def play(cases: Iterable[Case], linli: Linli) -> list[list[Reply]]:
    """The replies to each case, in order.

    Each is played twice. On a busy computer the vector of a sentence may come too late for its own answer,
    and is there the second time; how long a reply takes is that of the first.
    """
    scripts = [script_of(case) for case in cases]
    ground = await Playground.over(linli)
    try:
        first, second = await ground.play(scripts), await ground.play(scripts)
    finally:
        await ground.close()
    return [
        [reply_of(answer, ms=before.milliseconds) for before, answer in zip(*dialogue, strict=True)]
        for dialogue in zip(first, second, strict=True)
    ]


def script_of(case: Case) -> Script:
    return Script(case.id, read_time(case.now) or NOW, read_place(case.near), None, case.say)


def reply_of(answer: Answer, *, ms: float) -> Reply:
    rendered, intent = answer.reply.rendered, answer.reply.intent
    return Reply(
        text=rendered.text,
        labels=tuple(choice.label for choice in rendered.choices),
        view=answer.reply.view,
        intent=intent,
        ms=ms,
        changed=changes(intent, answer.reply.view),
    )


def changes(intent: str, view: str, intents: Mapping[str, Intent] = INTENTS) -> bool:
    """Whether an answer with this intent changed something that nobody asked to have changed. A question back
    and a refusal change nothing."""
    if view.startswith("Ask") or view.endswith("Refused"):
        return False
    acts = intent in intents and intents[intent].act is not None
    return acts and intent not in PROPOSES and not intent.startswith(ASKED_FOR)
