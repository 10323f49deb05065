"""Where tests lie: in memory only where they can, and nothing stays of what was killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli import ROOT
from tests.room import in_memory, passing_folder

HOLDS = """
import sys
from pathlib import Path
from subprocess import PIPE
from tests.room import passing_folder
with passing_folder("linli-room-", Path(sys.argv[1])) as folder:
    print(folder, flush=True)
    sys.stdin.read()
"""


def test_memory_is_taken_where_it_is_there_and_has_room(tmp_path: Path) -> None:
    assert in_memory(tmp_path, with_programs=False, least_bytes=1) == tmp_path
    assert in_memory(tmp_path, with_programs=False, least_bytes=2**80) is None
    assert in_memory(tmp_path / "none", with_programs=False, least_bytes=1) is None


def test_where_programs_cannot_be_started_none_are_put(tmp_path: Path) -> None:
    """As Docker sets /dev/shm up."""

    def about(path: Path) -> os.statvfs_result:
        return os.statvfs_result((1, 1, 9, 9, 9, 9, 9, 9, os.ST_NOEXEC, 255))

    assert in_memory(tmp_path, with_programs=True, least_bytes=9, about=about) is None
    assert in_memory(tmp_path, with_programs=False, least_bytes=9, about=about) == tmp_path
    assert in_memory(tmp_path, with_programs=False, least_bytes=10, about=about) is None


def test_a_folder_passes_and_so_does_what_a_killed_run_left(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout
        left = Path(other.stdout.readline().strip())
        (left / "file").touch()
        with passing_folder("linli-room-", tmp_path) as folder:
            assert set(tmp_path.iterdir()) == {left, folder}
        assert list(tmp_path.iterdir()) == [left]
        other.send_signal(signal.SIGKILL)
    assert left.exists()
    with passing_folder("linli-room-", tmp_path) as folder:
        assert list(tmp_path.iterdir()) == [folder]
    with pytest.raises(ZeroDivisionError), passing_folder("linli-room-", tmp_path):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
