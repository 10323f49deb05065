"""`linli run` as a process: it serves, stops when told to, and starts again where it was."""

import asyncio
import json
import re
import signal
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from bot.linli import Linli
from bot.secret import SHORTEST_SECRET, secret_of
from bot.serve import bound, outlive_signals, serve_web, web_server
from bot.settings import SettingsError
from tests.cli import ROOT, command, environment
from tests.sample import Sample

PATIENCE_S = 60


@dataclass
class Running:
    process: subprocess.Popen[str]
    url: str
    told: list[str]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and all it wrote to standard error."""
        self.process.send_signal(how)
        code = self.process.wait(timeout=20)
        return code, "".join(self.told)


@contextmanager
def running(env: dict[str, str], *arguments: str) -> Iterator[Running]:
    """`linli run` on a free port, once it says where it is."""
    process = subprocess.Popen(
        command("run", *arguments), env=env | {"LINLI_PORT": "0"}, cwd=ROOT, text=True, stderr=subprocess.PIPE
    )
    told: list[str] = []
    found = threading.Event()

    def read() -> None:
        assert process.stderr
        for line in process.stderr:
            told.append(line)
            if "Linli is at" in line:
                found.set()
        found.set()

    reader = threading.Thread(target=read)
    reader.start()
    try:
        assert found.wait(PATIENCE_S)
        address = re.search(r"http://\S+", "".join(told))
        assert address, told
        yield Running(process, address[0], told)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        reader.join()
        if process.stderr:
            process.stderr.close()


def talk(url: str, text: str) -> dict[str, object]:
    """What the page does: open it, then say something."""
    with httpx.Client(base_url=url, headers={"Origin": url}, timeout=PATIENCE_S) as http:
        page = http.get("/")
        csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert csrf
        said = http.post(
            "/api/say",
            content=json.dumps({"id": "message-0001", "text": text}),
            headers={"X-CSRF": csrf[1], "Content-Type": "application/json"},
        )
        assert said.status_code == 200, said.text
        answer: dict[str, object] = said.json()
        return answer


def changed_at(path: Path) -> object:
    connection = sqlite3.connect(path)
    try:
        return connection.execute("SELECT version, changed_at FROM directory_version").fetchall()
    finally:
        connection.close()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_imports_serves_stops_cleanly_and_starts_again_without_importing(
    tmp_path: Path, how: signal.Signals
) -> None:
    path = tmp_path / "linli.db"
    env = environment(f"sqlite:///{path}", tmp_path)
    with running(env) as first:
        ready = httpx.get(f"{first.url}/readyz", timeout=PATIENCE_S)
        assert (ready.status_code, httpx.get(f"{first.url}/healthz").status_code) == (200, 200)
        assert talk(first.url, "你好")["number"] == 1
        assert (
            'linli_turns_total{intent="greet",outcome="answered"} 1.0'
            in httpx.get(f"{first.url}/metrics").text
        )
        code, told = first.stop(how)
    assert code == 0, told
    assert "85 centres" in told
    assert "Traceback" not in told
    assert '"level": "error"' not in told
    assert "你好" not in told
    assert not list(tmp_path.glob("linli.db-*"))  # closed: nothing is left to be recovered
    assert len(list((tmp_path / "backup").glob("linli-*.db"))) == 1
    before = changed_at(path)
    with running(env) as second:
        assert talk(second.url, "东湖社区")["number"] == 1
        code, told = second.stop(how)
    assert code == 0, told
    assert "imported" not in told
    assert changed_at(path) == before


def test_an_empty_directory_is_served_when_no_sample_is_wanted_and_said_not_to_be_ready(
    tmp_path: Path,
) -> None:
    env = environment(f"sqlite:///{tmp_path}/linli.db", tmp_path)
    with running(env, "--no-sample") as empty:
        assert httpx.get(f"{empty.url}/readyz", timeout=PATIENCE_S).status_code == 503
        assert httpx.get(f"{empty.url}/healthz").status_code == 200
        assert empty.stop()[0] == 0


def test_a_stream_that_is_open_does_not_keep_it_from_stopping(sample: Sample, tmp_path: Path) -> None:
    env = environment(sample.copy_to(tmp_path / "linli.db"), tmp_path)
    with running(env) as linli, httpx.Client(base_url=linli.url, timeout=PATIENCE_S) as http:
        http.get("/")
        with http.stream("GET", "/api/stream") as stream:
            assert stream.status_code == 200
            linli.process.send_signal(signal.SIGTERM)
            for _ in stream.iter_bytes():
                pass
        assert linli.process.wait(timeout=20) == 0


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_is_heard_before_the_server_listens_for_it(
    sqlite_linli: Linli, how: signal.Signals
) -> None:
    """It no longer ends the process then, and the server takes its first step only after it."""
    server = web_server(sqlite_linli, channels=())
    outlive_signals(server)
    signal.raise_signal(how)
    with closing(bound("127.0.0.1", 0)) as door:
        async with asyncio.timeout(PATIENCE_S):
            await serve_web(server, door, sqlite_linli.settings)


def test_a_port_that_is_taken_is_told(sample: Sample, tmp_path: Path) -> None:
    env = environment(sample.copy_to(tmp_path / "linli.db"), tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            command("run"),
            env=env | {"LINLI_PORT": str(port)},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
        )
    assert done.returncode == 2, done.stderr
    assert str(port) in done.stderr
    assert "Traceback" not in done.stderr


def test_the_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret"
    secret = secret_of(path)
    assert secret_of(path) == secret
    assert len(secret) >= SHORTEST_SECRET
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["secret"]


def test_a_secret_that_is_too_short_is_refused_by_the_name_of_its_setting(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("short", "ascii")
    with pytest.raises(SettingsError, match="LINLI_SECRET_FILE"):
        secret_of(path)
