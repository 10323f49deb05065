"""Who may know whom, and the rules of the house: kept by this project, and each breach is noticed."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house_rules import MOST_LINES, PACKAGES, breaches

ROOT = Path(__file__).parent.parent


def run(command: str, *args: str, at: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A command of this environment, in the folder `at`."""
    program = Path(sys.executable).parent / command
    return subprocess.run(
        [program, *args], cwd=at, input=stdin, capture_output=True, text=True, check=False, timeout=120
    )


def contracts(at: Path) -> subprocess.CompletedProcess[str]:
    return run("lint-imports", "--no-cache", "--no-logo", at=at)


def write(root: Path, name: str, text: str) -> None:
    """Add a module to a project, with the packages it lies in."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    for folder in path.relative_to(root).parents[:-1]:
        (root / folder / "__init__.py").touch()
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A small project under the same rules, keeping all of them."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    write(
        tmp_path, "storage/bookings.py", "import sqlite3\nimport aiosqlite\nimport asyncpg\nimport aiosql\n"
    )
    write(tmp_path, "messages/render.py", "import jinja2\nimport openpyxl\n")
    write(tmp_path, "messages/picture.py", "import PIL.Image\n")
    write(tmp_path, "handlers/turn.py", "import messages.render\nimport storage.bookings\n")
    write(tmp_path, "bot/web/app.py", "import starlette\nimport uvicorn\nimport handlers.turn\n")
    write(tmp_path, "bot/schedule.py", "import apscheduler.schedulers.asyncio\n")
    write(tmp_path, "bot/settings.py", "import pydantic_settings\n")
    write(tmp_path, "bot/keys.py", "import cryptography.fernet\n")
    write(tmp_path, "bot/channels/telegram/sender.py", "import telegram.ext\n")
    write(tmp_path, "bot/channels/wechat/seal.py", "import cryptography.hazmat\nimport defusedxml.common\n")
    write(tmp_path, "bot/wiring.py", "import bot.channels.telegram.sender\nimport bot.schedule\n")
    write(
        tmp_path, "tests/test_turn.py", "import asyncio\n\nasync def test_it():\n    await asyncio.sleep(0)\n"
    )
    return tmp_path


def test_this_project_keeps_its_contracts() -> None:
    told = contracts(ROOT)
    assert told.returncode == 0, told.stdout + told.stderr


def test_a_small_project_that_keeps_the_contracts_passes(small: Path) -> None:
    told = contracts(small)
    assert told.returncode == 0, told.stdout + told.stderr


@pytest.mark.parametrize(
    ("module", "imported", "contract"),
    [
        ("messages/words.py", "storage.bookings", "bot, then handlers"),
        ("storage/words.py", "messages.render", "bot, then handlers"),
        ("messages/words.py", "handlers.turn", "bot, then handlers"),
        ("storage/words.py", "handlers.turn", "bot, then handlers"),
        ("handlers/words.py", "bot.wiring", "bot, then handlers"),
        ("bot/web/words.py", "telegram", "Telegram is known"),
        ("handlers/words.py", "telegram.ext", "Telegram is known"),
        ("bot/web/words.py", "apscheduler.triggers.cron", "APScheduler is known"),
        ("bot/web/words.py", "pydantic_settings", "Settings are read"),
        ("bot/web/words.py", "cryptography.fernet", "Keys are known"),
        ("handlers/words.py", "cryptography.fernet", "Keys are known"),
        ("bot/web/words.py", "defusedxml.ElementTree", "XML of others"),
        ("handlers/words.py", "starlette.requests", "The network is reached"),
        ("messages/words.py", "uvicorn", "The network is reached"),
        ("storage/words.py", "httpx", "The network is reached"),
        ("handlers/words.py", "jinja2", "Templates are rendered"),
        ("storage/words.py", "openpyxl.cell", "Workbooks are read"),
        ("messages/words.py", "PIL.Image", "Pictures are drawn"),
        ("bot/words.py", "PIL", "Pictures are drawn"),
        ("handlers/words.py", "sqlite3", "SQL and drivers"),
        ("messages/words.py", "aiosqlite", "SQL and drivers"),
        ("bot/words.py", "asyncpg", "SQL and drivers"),
        ("bot/words.py", "aiosql", "SQL and drivers"),
    ],
)
def test_an_import_against_the_contracts_is_noticed(
    small: Path, module: str, imported: str, contract: str
) -> None:
    write(small, module, f"import {imported}\n")
    told = contracts(small)
    broken = [line for line in told.stdout.splitlines() if " BROKEN" in line]
    assert told.returncode == 1, told.stdout + told.stderr
    assert [line for line in broken if line.startswith(contract)] == broken != []


def test_starting_linli_loads_nothing_that_only_files_need() -> None:
    code = "import sys, bot.__main__, bot.serve, bot.wiring; print(*sys.modules)"
    told = run("python", "-c", code, at=ROOT)
    assert told.returncode == 0, told.stderr
    loaded = set(told.stdout.split())
    assert "messages.certificate" in loaded
    files = {"picture", "digest_chart", "digest_workbook", "desert_picture", "poster_sheet"}
    only_for_files = {"openpyxl", "PIL", "pylopdf_fonts_zh_cn", *(f"messages.{name}" for name in files)}
    assert loaded & only_for_files == set()


def banned(module: str, text: str) -> bool:
    told = run("ruff", "check", "--select=TID251", "--stdin-filename", module, "-", at=ROOT, stdin=text)
    assert told.returncode in {0, 1}, told.stderr
    return told.returncode == 1


@pytest.mark.parametrize(
    ("text", "allowed_in"),
    [
        ("import os\nos.environ['PORT']\n", "bot/settings.py"),
        ("from os import environ\n", "bot/settings.py"),
        ("import os\nos.getenv('PORT')\n", "bot/settings.py"),
        ("from datetime import UTC, datetime\ndatetime.now(UTC)\n", "bot/clock.py"),
        ("import datetime as d\nd.datetime.now(d.UTC)\n", "bot/clock.py"),
        ("from datetime import date\ndate.today()\n", "bot/clock.py"),
        ("import time\ntime.time()\n", "bot/clock.py"),
        ("from time import time\n", "bot/clock.py"),
    ],
)
def test_clock_and_environment_are_read_in_one_place_only(text: str, allowed_in: str) -> None:
    assert banned("handlers/turn.py", text)
    assert banned("bot/web/app.py", text)
    assert not banned(allowed_in, text)


def test_this_project_keeps_the_rules_of_the_house() -> None:
    assert breaches(ROOT) == []


def test_a_small_project_that_keeps_the_rules_of_the_house_passes(small: Path) -> None:
    write(small, "handlers/long.py", "\n" * MOST_LINES)
    write(small, "handlers/latin.py", 'NAME = "\\u4e1c\\u6e56 \u00e9 \u2013 \u00d7 \u2192"\n')
    assert breaches(small) == []


@pytest.mark.parametrize("package", [*PACKAGES, "tests"])
def test_a_file_of_too_many_lines_is_noticed(small: Path, package: str) -> None:
    write(small, f"{package}/long.py", "\n" * (MOST_LINES + 1))
    assert [line.split(":")[0] for line in breaches(small)] == [f"{package}/long.py"]


@pytest.mark.parametrize("package", PACKAGES)
@pytest.mark.parametrize(
    "line", ['NAME = "东湖社区"', "# 说明", '"""几点开门？"""', 'COLON = "："', 'LIST = "一、二"']
)
def test_chinese_in_a_python_file_is_noticed(small: Path, package: str, line: str) -> None:
    write(small, f"{package}/deep/words.py", f"PLAIN = 1\n{line}\n")
    assert [found.split(": ")[0] for found in breaches(small)] == [f"{package}/deep/words.py:2"]


@pytest.mark.parametrize(
    "text",
    [
        "import time\ntime.sleep(1)\n",
        "import asyncio\nasyncio.sleep(0.1)\n",
        "from asyncio import sleep as rest\nrest(delay)\n",
        "page = 1\npage.wait_for_timeout(100)\n",
        "def test_it(monkeypatch):\n    monkeypatch.setattr('a.b', 1)\n",
        "import os\nfrom unittest import mock\n",
        "import os\nfrom unittest.mock import patch\n",
    ],
)
def test_a_test_that_sleeps_or_patches_is_noticed(small: Path, text: str) -> None:
    write(small, "tests/test_slow.py", text)
    assert [found.split(": ")[0] for found in breaches(small)] == ["tests/test_slow.py:2"]
