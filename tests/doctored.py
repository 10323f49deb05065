"""A copy of Linli from which a guard is removed, run in processes of its own: for controls of the storms."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "messages", "storage", "tests")


@dataclass(frozen=True, slots=True)
class Cut:
    """In the file at `path` the text `guard` stands once, and is replaced."""

    path: str
    guard: str
    instead: str = ""


def doctored(folder: Path, cuts: Sequence[Cut]) -> Path:
    """Where the copy stands; `python -m` started there runs it. Raises ValueError when a guard is not found
    exactly once: then the control would show nothing."""
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package,
            folder / package,
            ignore=shutil.ignore_patterns("__pycache__", "node_modules", "*.npz", "*.xlsx", "data"),
        )
    for cut in cuts:
        path = folder / cut.path
        text = path.read_text("utf-8")
        if text.count(cut.guard) != 1:
            raise ValueError(f"{cut.path} has the guard {text.count(cut.guard)} times")
        path.write_text(text.replace(cut.guard, cut.instead), "utf-8")
    return folder
