"""Understanding: what a sentence costs beside the model's own time, and which names and services it finds."""

import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from bot.clock import system_clock
from bot.ids import new_id
from bot.linli import Linli, Reply
from bot.logs import set_up_logs
from bot.settings import Settings
from bot.wiring import SAMPLE, open_linli
from handlers.directory_import import import_directory
from handlers.message import Message
from messages.understand.vectors import open_engine
from messages.words import words
from messages.workbook import read_workbook
from tests.bench.figures import Figure, against, at_least
from tests.misheard import FULL, Noise, heard, misheard
from tests.sample import read_by

FRESH = 240
ROUNDS = 60
REPEATED = 40
SENTENCE = "东湖社区的书吧几点关门"
BUTTON = "/centre FZ002"
THREADS = 2


async def say(linli: Linli, text: str, address: str) -> Reply:
    return await linli.hear(Message("web", address, str(new_id()), text, tapped=text.startswith("/")))


async def _timed(linli: Linli, text: str, times: int = 1) -> float:
    """Milliseconds a turn, in a conversation that is under way."""
    began = time.perf_counter()
    for _ in range(times):
        await say(linli, text, "speaker")
    return (time.perf_counter() - began) / times * 1000


def sentences() -> Iterator[str]:
    """Different ones of all wishes in turn, as residents write them."""
    listed = [iter(said) for said in words("zh", "examples").values()]
    while listed:
        for said in list(listed):
            sentence = next(said, None)
            if sentence is None:
                listed.remove(said)
            else:
                yield sentence


async def _fresh(linli: Linli) -> Figure:
    """The model and the turn have every sentence one after the other, so that a busy moment hits both."""
    engine = open_engine(THREADS)
    read = read_by(linli.reader, linli.directory)
    turns, model = [], []
    for sentence in islice(sentences(), FRESH):
        plain = read(sentence).plain
        began = time.perf_counter()
        engine.query([plain])
        model.append((time.perf_counter() - began) * 1000)
        turns.append(await _timed(linli, sentence))
    name = "a turn with a sentence that is new, beside the model's own time for it"
    return against(name, median(turns), "ms", median(model), most=1.3)


async def _repeated(linli: Linli) -> Figure:
    said, pressed = [], []
    for _ in range(ROUNDS):
        said.append(await _timed(linli, SENTENCE, REPEATED))
        pressed.append(await _timed(linli, BUTTON, REPEATED))
    return against(
        "a turn with a sentence said before, beside a button's", median(said), "ms", median(pressed), most=2
    )


def queries(linli: Linli) -> dict[str, set[str]]:
    """Every name of a service and every word for it, and the services that may come first."""
    found: dict[str, set[str]] = {}
    for service in linli.directory.services.values():
        for query in (service.name, *service.words):
            found.setdefault(query, set()).add(service.name)
    return found


async def first_service(linli: Linli, query: str) -> str | None:
    """What comes first for somebody new who says only this."""
    listed = (await say(linli, query, str(new_id()))).slots.get("services")
    return str(listed[0]) if isinstance(listed, list) and listed else None


async def _services(linli: Linli) -> Figure:
    asked = queries(linli)
    right = [await first_service(linli, query) in wanted for query, wanted in asked.items()]
    name = f"the right service first, {len(right)} names and words of the workbook"
    return at_least(name, sum(right) / len(right), "share", 0.95)


def _names(linli: Linli) -> list[Figure]:
    figures = []
    for noise in Noise:
        found = heard(
            misheard(linli.directory, noise, FULL), read_by(linli.reader, linli.directory), linli.directory
        )
        figures.append(at_least(f"communities found or asked about, {noise}", found.share, "share", 0.93))
    return figures


async def run() -> list[Figure]:
    set_up_logs("error")
    with TemporaryDirectory() as folder:
        settings = Settings(database_url=f"sqlite:///{Path(folder) / 'linli.db'}")
        async with open_linli(settings) as linli:
            await import_directory(linli.database, read_workbook(SAMPLE), now=system_clock())
            await linli.refresh_directory()
            await _timed(linli, BUTTON, REPEATED)
            return [
                await _fresh(linli),
                await _repeated(linli),
                await _services(linli),
                *_names(linli),
            ]
