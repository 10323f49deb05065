"""Where the files of tests lie: in memory, where there is room.

Thousands of databases are made and thrown away in a run, and on a disk each of them is waited for.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")
LEAST_BYTES = 2 * 1024**3
"""A run of two processes takes a quarter of it."""


def in_memory(
    memory: Path = MEMORY,
    *,
    with_programs: bool,
    least_bytes: int = LEAST_BYTES,
    about: Callable[[Path], os.statvfs_result] = os.statvfs,
) -> Path | None:
    """The folder, or None where it is not there, may not be written to, or has no room; nor where programs
    that lie in it could not be started, if tests put any there."""
    if not (memory.is_dir() and os.access(memory, os.W_OK | os.X_OK)):
        return None
    found = about(memory)
    if with_programs and found.f_flag & os.ST_NOEXEC:
        return None
    return memory if found.f_bavail * found.f_frsize >= least_bytes else None


@contextmanager
def passing_folder(prefix: str, where: Path | None) -> Iterator[Path]:
    """A fresh folder in `where`, or among the system's temporary ones. It is held while it is used: what runs
    left that were killed is known by that and thrown away, since memory is not emptied by itself."""
    _throw_away(prefix, where)
    made = Path(tempfile.mkdtemp(prefix=f".{prefix}", dir=where))
    held = os.open(made, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    folder = made.rename(made.with_name(made.name.removeprefix(".")))  # nobody throws it away before
    try:
        yield folder
    finally:
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def _throw_away(prefix: str, where: Path | None) -> None:
    for folder in (where or Path(tempfile.gettempdir())).glob(f"{prefix}*"):
        if not _is_held(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _is_held(folder: Path) -> bool:
    try:
        held = os.open(folder, os.O_RDONLY)
    except OSError:  # somebody else's, or gone meanwhile
        return True
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(held)
    return False
