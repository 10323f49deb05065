"""The journal of what was erased, in a file that is only ever added to: ids and receipts, nothing else."""

import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from handlers.safe import Erased
from storage.database import DatabaseError

LINE = re.compile(r"(\S+) (family|participant|conversation) (\S+) (\S+)")
PARTS = 4


class JournalError(DatabaseError):
    """The journal is damaged; the text names the line."""


class ErasedLog:
    """One line an entry: when, of which kind, whose id, the receipt."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, entries: Iterable[Erased]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        is_new = not self._path.exists()
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            size = os.fstat(file).st_size
            # A line that a power cut left unfinished must not swallow the next.
            torn = b"\n" if size and os.pread(file, 1, size - 1) != b"\n" else b""
            lines = "".join(f"{e.at.isoformat()} {e.kind} {e.id} {e.receipt}\n" for e in entries)
            os.write(file, torn + lines.encode())
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            folder = os.open(self._path.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)

    def entries(self) -> list[Erased]:
        """Raises JournalError for a line that is damaged."""
        try:
            text = self._path.read_text("utf-8", errors="replace")
        except FileNotFoundError:
            return []
        found = []
        for number, line in enumerate(text.split("\n"), 1):
            match = LINE.fullmatch(line)
            if match and (at := _instant(match[1])):
                found.append(Erased(match[2], match[3], match[4], at))
            elif len(line.split()) >= PARTS:  # fewer were torn off by a power cut: nothing was erased yet
                raise JournalError(
                    f"LINLI_ERASED_LOG: line {number} of {self._path} is damaged: what was erased then "
                    "might come back with a backup; bring the file back from your copies"
                )
        return found


def _instant(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else None


class PassingLog:
    """A journal that is gone with the process, for dialogues that leave nothing behind."""

    def __init__(self) -> None:
        self._noted: list[Erased] = []

    def note(self, entries: Iterable[Erased]) -> None:
        self._noted += entries

    def entries(self) -> list[Erased]:
        return list(self._noted)
