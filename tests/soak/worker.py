"""One process of a storm: `python -m tests.soak.worker URL SEED RUN` answers residents until it is killed.

It prints a line for every answer, `{"address", "id", "number", "text"}`, as a channel would hand it on.
A turn that failed has the number 0; what is only busy is said again.
"""

import asyncio
import json
import random
import sys
from pathlib import Path
from tempfile import gettempdir

from bot.clock import fixed_clock
from bot.ids import new_id
from bot.linli import Linli
from bot.logs import set_up_logs
from bot.settings import Settings
from handlers.asks import Ask, Dialogue
from handlers.directory_load import load_directory
from handlers.intents import INTENTS, Intent
from handlers.message import Message
from handlers.talk import greet
from handlers.world import Outcome, Scene, World
from messages.understand.understand import Reader
from storage import jobs
from storage.database import connect
from tests.sample import NOW, PREFIX

AT_ONCE = 12
SAID = (
    "你好", "最近的老年食堂", "东湖社区", "还有别的吗", "那明天呢", "谢谢", "1", "霞美社区", "第二个",
    "附近的4点钟课堂", "圣湖社区的电话", "/services FZ002", "/centre FZ004", "/more", "再说一遍", "", "🙂",
    "叫人回我电话", "取消回电", "宠物洗澡有吗",
)  # fmt: skip


async def greet_and_claim(ask: Ask, dialogue: Dialogue, world: World, scene: Scene) -> Outcome:
    """A greeting that changes something inside its turn, as a booking would."""
    await jobs.claim(scene.tx, "greeting", str(new_id()), "turn", world.now)
    return greet(ask, dialogue, world)


class Resident:
    """Says things one after the other, now and then the last one again, as a lost connection makes one do."""

    def __init__(self, address: str, run: str, seed: int) -> None:
        self._address = address
        self._run = run
        self._chance = random.Random(seed)
        self._count = 0

    async def talk(self, linli: Linli) -> None:
        said = ""
        while True:
            if not self._count or self._chance.random() > 0.2:
                self._count += 1
                said = self._chance.choice(SAID)
            await self._say(linli, f"{self._run}-{self._count}", said)

    async def _say(self, linli: Linli, key: str, said: str) -> None:
        reply = await linli.hear(Message("web", self._address, key, said))
        if reply.number or reply.intent == "failed":
            told = {"address": self._address, "id": key, "number": reply.number, "text": reply.rendered.text}
            sys.stdout.write(json.dumps(told) + "\n")
            sys.stdout.flush()


async def main(url: str, seed: int, run: str) -> None:
    set_up_logs("error")
    database = await connect(url, busy_deadline_s=30)
    try:
        directory = await load_directory(database, sample_prefix=PREFIX)
        settings = Settings(database_url=url, vectors="off", secret_file=Path(gettempdir()) / "unused")
        intents = {**INTENTS, "greet": Intent(act=greet_and_claim)}
        linli = Linli(settings, database, directory, fixed_clock(NOW), Reader(), intents=intents)
        async with asyncio.TaskGroup() as group:
            for number in range(AT_ONCE):
                # Half of the residents also talk to the other process.
                address = f"r{number}" if number % 2 else f"r{number} of {run[0]}"
                group.create_task(Resident(address, f"{run}-{number}", seed * 1000 + number).talk(linli))
    finally:
        await database.close()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
