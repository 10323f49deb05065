"""Starts Linli's own commands as processes, as an operator would."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

# A command run in this process: its arguments, then its exit code, standard output and standard error.
Here = Callable[..., tuple[int, str, str]]

ROOT = Path(__file__).parent.parent


def environment(url: str, folder: Path, **more: str) -> dict[str, str]:
    """Where everything lies in `folder`, and nothing that this computer has set."""
    plain = {
        name: value for name, value in os.environ.items() if not name.startswith(("LINLI_", "DATABASE_URL"))
    }
    return {
        **plain,
        "DATABASE_URL": url,
        "LINLI_VECTORS": "off",
        "LINLI_SECRET_FILE": str(folder / "secret"),
        "LINLI_BACKUP_DIR": str(folder / "backup"),
        "LINLI_KEYS_DIR": str(folder / "keys"),
        "LINLI_ERASED_LOG": str(folder / "erased.log"),
        "PYTHONPATH": str(ROOT),
        "COLUMNS": "200",
        **more,
    }


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "bot", *map(str, arguments)]


def linli(
    *arguments: str | Path, env: Mapping[str, str], said: str | bytes = b"", cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end. `said` is its standard input."""
    done = subprocess.run(
        command(*arguments),
        env=dict(env),
        input=said.encode() if isinstance(said, str) else said,
        capture_output=True,
        cwd=cwd or ROOT,
        timeout=60,
    )
    return subprocess.CompletedProcess(
        done.args, done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")
    )
