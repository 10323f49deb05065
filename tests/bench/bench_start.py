"""Start to first answer, and memory after 1,000 turns, most with a sentence of its own, of `linli run`."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil

from bot.ids import new_id
from tests.bench.bench_words import sentences
from tests.bench.figures import Figure, at_most, plain

ROOT = Path(__file__).parent.parent.parent
TURNS = 1000
# What residents say between sentences of all wishes: buttons, numbers, times, and another script.
BETWEEN = (
    "/centre FZ002",
    "1",
    "離我最近的老年食堂幾點關門",
    "明天下午3点东湖社区的书吧开着吗",
    "nearest canteen",
)


def mixed() -> list[str]:
    """So many messages: every fifth one of those between, the others different sentences."""
    fresh = sentences()
    return [
        BETWEEN[number // 5 % len(BETWEEN)] if number % 5 == 0 else next(fresh) for number in range(TURNS)
    ]


class Running:
    """A server process over the database in `folder`, ended by its id."""

    def __init__(self, folder: Path) -> None:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder / 'linli.db'}",
            "LINLI_PORT": "0",
            "LINLI_SECRET_FILE": str(folder / "secret"),
            "LINLI_BACKUP_DIR": str(folder / "backup"),
            "LINLI_TURNS_PER_MINUTE": "1000000",
            "LINLI_TURNS_PER_MINUTE_ADDRESS": "1000000",
            "LINLI_LOG_LEVEL": "warning",
        }
        command = [sys.executable, "-m", "bot", "run"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        self.url = self._wait_for_address()

    def _wait_for_address(self) -> str:
        for line in self.process.stderr or ():
            found = re.search(r"http://[\d.]+:\d+", line)
            if found:
                return found[0]
        raise RuntimeError("linli run ended before it was ready")

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)


class Visitor:
    """One web session that sends messages as the page does."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=30)
        page = self._client.get("/").text
        self._csrf = re.findall(r'name="csrf" value="(\w+)"', page)[0]

    def say(self, text: str) -> str:
        body = {"id": str(new_id()), "text": text, "tapped": text.startswith("/")}
        answer = self._client.post("/api/say", json=body, headers={"x-csrf": self._csrf})
        return answer.raise_for_status().text


def _until_ready(url: str, part: str) -> None:
    """Ask until a part of the server says it is there; the server is asked, nothing is slept."""
    with httpx.Client(base_url=url, timeout=30) as client:
        while True:
            checks = {check["name"]: check["ok"] for check in client.get("/readyz").json()["checks"]}
            if checks.get(part):
                return


async def run() -> list[Figure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        began = time.perf_counter()
        with Running(folder) as first:
            Visitor(first.url).say("你好")
            answered = time.perf_counter() - began
            _until_ready(first.url, "vectors")
            embedded = time.perf_counter() - began
        began = time.perf_counter()
        with Running(folder) as second:
            visitor = Visitor(second.url)
            visitor.say("最近的老年食堂")
            again = time.perf_counter() - began
            _until_ready(second.url, "vectors")
            for text in mixed():
                visitor.say(text)
            memory = psutil.Process(second.process.pid).memory_full_info()
    return [
        plain("first start to first answer, sample imported", answered, "s"),
        at_most("first start until found by meaning (cold import)", embedded, "s", 30),
        at_most("second start to first answer", again, "s", 2),
        at_most(f"resident memory after {TURNS:,} mixed free-text turns", memory.rss / 2**20, "MB", 220),
        plain(f"proportional memory (PSS) after {TURNS:,} mixed free-text turns", memory.pss / 2**20, "MB"),
    ]
