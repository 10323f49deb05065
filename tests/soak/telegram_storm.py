"""A storm over Telegram: residents write to a bot whose processes are killed and started again."""

import asyncio
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from aiogram.methods import SetWebhook

from bot.channels.telegram.incoming import ALLOWED
from bot.channels.telegram.intake import PATH
from bot.channels.telegram.wording import letters_of
from bot.clock import system_clock
from bot.linli import Linli
from bot.settings import Settings
from storage.database import Database
from tests.sample import Sample, linli_over, settings_for
from tests.soak.broadcast import Limits
from tests.soak.storm import ROOT
from tests.soak.telegram_judge import LEFT, judged
from tests.soak.telegram_residents import Residents, sentences
from tests.soak.telegram_worker import told
from tests.telegram_peer import TelegramPeer, serving_telegram

Way = Literal["polling", "webhook"]
PUBLIC = "https://linli.example"
SECRET = "soak-of-the-webhook"
TIMES = 100
"""So many times Telegram's limits, for the bot and for the peer."""
UNDER_WAY = 48
"""So many updates wait at most: Telegram pushes 40 side by side."""
LOOK_S = 0.2


@dataclass(frozen=True, slots=True)
class Size:
    """`most_mb`: so much more memory the survivor may have at the end than at a quarter; None: any."""

    updates: int
    people: int
    kills: int
    most_mb: float | None = None


@dataclass
class TelegramStorm:
    """What residents said and received, and what was found wrong. Memory in MB of a process that lived from a
    quarter of the updates to the end."""

    size: Size
    residents: Residents
    peer: TelegramPeer
    linli: Linli
    way: Way
    killed: int = 0
    seconds: float = 0.0
    memory: list[float] = field(default_factory=list)
    doubled: int = 0
    problems: list[str] = field(default_factory=list)
    received: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def told(self) -> str:
        kinds = ", ".join(f"{many} {kind}" for kind, many in sorted(self.residents.kinds.items()))
        sent = sum(map(len, self.received.values()))
        refused = self.peer.api.limiter.refused if self.peer.api.limiter else 0
        memory = " and ".join(f"{each:.0f} MB" for each in self.memory) or "not looked at"
        return (
            f"{self.killed} processes killed, {self.size.updates} updates ({kinds}) in {self.seconds:.0f} s, "
            f"{sent} messages sent, {self.doubled} of them twice, {refused} refused, "
            f"memory at a quarter and at the end: {memory}"
        )

    @property
    def is_weighed(self) -> bool:
        return self.size.most_mb is not None and self.way == "webhook"

    def listen(self) -> None:
        """What of the bot arrived, in its order."""
        self.received.clear()
        for call in self.peer.called("sendMessage"):
            if call.code == 200:
                self.received[int(call.given["chat_id"])].append(call.given["text"])

    async def verify(self, database: Database) -> None:
        verdict = await judged(database, self.residents.said, self.received, self._texts)
        self.doubled = verdict.doubled
        self.problems += verdict.problems

    def weigh(self) -> None:
        """Whether the survivor keeps more and more."""
        if self.size.most_mb is not None and self.memory and self._grown_mb > self.size.most_mb:
            self.problems.append(f"memory grew by {self._grown_mb:.0f} MB")

    @property
    def _grown_mb(self) -> float:
        return self.memory[-1] - self.memory[0]

    def _texts(self, number: int, view: str) -> tuple[str, ...]:
        letters = letters_of(number, self.linli.spoken(view), self.linli.settings.public_url)
        return tuple(letter.html for letter in letters)


class Houses:
    """The processes of the bot; `doors` are where those are found that serve."""

    def __init__(self, settings: Settings, began: datetime) -> None:
        self._given = told(settings, began)
        self.doors: list[str] = []
        self.living: dict[str, Process] = {}
        self.fell: list[str] = []
        self._door_of: dict[str, str] = {}
        self._opening: set[asyncio.Task[None]] = set()

    async def start(self, name: str) -> asyncio.Task[None]:
        """Begin one; the task is done when it serves."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.telegram_worker", *self._given,
            cwd=ROOT, stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL,
        )  # fmt: skip
        self.living[name] = process
        opening = asyncio.create_task(self._open(name, process))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        return opening

    async def _open(self, name: str, process: Process) -> None:
        """It says where it serves, unless it is killed before."""
        if process.stdout and (line := await process.stdout.readline()):
            self._door_of[name] = f"http://127.0.0.1:{int(line)}"
            self.doors.append(self._door_of[name])

    async def replace(self, name: str) -> None:
        """Killed, also while it starts; another one is begun."""
        process = self.living.pop(name)
        if process.returncode is not None:
            self.fell.append(f"process {name} ended by itself with {process.returncode}")
        else:
            process.kill()
        await process.wait()
        if door := self._door_of.pop(name, None):
            self.doors.remove(door)
        await self.start(name)

    def weight_mb(self, name: str) -> float:
        status = Path(f"/proc/{self.living[name].pid}/status").read_text()
        line = next(each for each in status.splitlines() if each.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    async def look(self) -> None:
        """For a while, or until one of them ends by itself."""
        ends = {asyncio.create_task(each.wait()) for each in self.living.values()}
        ended, others = await asyncio.wait(ends, timeout=LOOK_S, return_when=asyncio.FIRST_COMPLETED)
        self.fell += ["a process ended by itself"] * len(ended)
        for each in others:
            each.cancel()

    async def close(self) -> None:
        for process in self.living.values():
            if process.returncode is None:
                process.kill()
            await process.wait()
        await asyncio.gather(*self._opening)


async def rage(
    url: str, database: Database, sample: Sample, folder: Path, *, seed: int, size: Size, way: Way
) -> TelegramStorm:
    """Fetched by one process, or pushed to two side by side; killed at random updates and started again."""
    chance = random.Random(f"{seed} {way}")
    limiter = Limits(monotonic, TIMES)
    async with serving_telegram(limiter) as peer:
        settings = _settings(url, folder, peer, way)
        residents = Residents(peer, chance, sentences(sample.directory), size.people)
        storm = TelegramStorm(size, residents, peer, linli_over(database, sample, settings), way)
        async with _houses(settings, peer, way) as houses:
            began = monotonic()
            await _live(storm, houses, chance)
            await _answered(database, peer, houses)
            storm.seconds = monotonic() - began
            storm.problems += houses.fell
        storm.listen()
        await storm.verify(database)
        storm.weigh()
    return storm


def _settings(url: str, folder: Path, peer: TelegramPeer, way: Way) -> Settings:
    """Two processes share what Telegram allows."""
    pushed = {"telegram_secret": SECRET, "telegram_per_second": 15} if way == "webhook" else {}
    return settings_for(
        url, folder, telegram_token=peer.token, telegram_api=peer.url, telegram_times=TIMES, port=0,
        public_url=PUBLIC, turns_per_minute=100_000, log_level="error", **pushed,
    )  # fmt: skip


@asynccontextmanager
async def _houses(settings: Settings, peer: TelegramPeer, way: Way) -> AsyncIterator[Houses]:
    houses = Houses(settings, system_clock())
    try:
        await asyncio.gather(*[await houses.start(name) for name in ("ab" if way == "webhook" else "a")])
        if way == "webhook":
            peer.updates.routes[PUBLIC] = houses.doors
            await peer.updates.set_webhook(
                SetWebhook(url=PUBLIC + PATH, secret_token=SECRET, allowed_updates=list(ALLOWED))
            )
        yield houses
    finally:
        await houses.close()


async def _live(storm: TelegramStorm, houses: Houses, chance: random.Random) -> None:
    """Whoever is alone is killed at any time; of two, the first lives on from a quarter of the updates."""
    size = storm.size
    kills = sorted(chance.randrange(size.updates) for _ in range(size.kills))
    quarter = size.updates // 4
    for at in range(size.updates):
        while len(storm.peer.updates.pending) >= UNDER_WAY:
            await storm.peer.updates.changed()
        while kills and kills[0] <= at:
            kills.pop(0)
            names = sorted(houses.living)
            await houses.replace(names[-1] if at >= quarter else chance.choice(names))
            storm.killed += 1
        if at == quarter and storm.is_weighed:
            storm.memory.append(houses.weight_mb("a"))
        storm.residents.act()
    if storm.is_weighed:
        storm.memory.append(houses.weight_mb("a"))


async def _answered(database: Database, peer: TelegramPeer, houses: Houses) -> None:
    """Until nothing waits any more, or nobody is left who could answer."""
    while houses.living and not houses.fell:
        async with database.read() as tx:
            left = await tx.value(LEFT)
        if not left and not peer.updates.pending:
            return
        await houses.look()
