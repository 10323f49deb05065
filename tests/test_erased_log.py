"""The journal of what was erased: on disk at once, ids only, whole after a power cut, damage is told."""

import os
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from bot.erased import ErasedLog, JournalError, PassingLog
from handlers.safe import Erased, Journal
from tests.storage_rows import NOW

ENTRIES = [
    Erased("family", "f", "K7QM-2TXD", NOW),
    Erased("conversation", "c", "K7QM-2TXD", NOW),
    Erased("participant", "p", "04GT-MM6S", NOW + timedelta(days=1)),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "erased.log"


@pytest.fixture(params=["file", "passing"])
def journal(request: pytest.FixtureRequest, path: Path) -> Journal:
    return ErasedLog(path) if request.param == "file" else PassingLog()


def test_what_was_noted_is_read_again_in_order(journal: Journal) -> None:
    assert journal.entries() == []
    journal.note(ENTRIES[:2])
    journal.note(ENTRIES[2:])
    assert journal.entries() == ENTRIES


def test_a_line_holds_ids_and_nothing_else(path: Path) -> None:
    ErasedLog(path).note(ENTRIES[:1])
    assert path.read_text("utf-8") == f"{NOW.isoformat()} family f K7QM-2TXD\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("kept", [1, 12, 30, 40, 41])
def test_a_line_that_a_power_cut_tore_counts_for_nothing_and_spoils_nothing(path: Path, kept: int) -> None:
    log = ErasedLog(path)
    log.note(ENTRIES[:2])
    whole = len(f"{NOW.isoformat()} family f K7QM-2TXD\n")
    os.truncate(path, whole + kept)
    assert log.entries() == ENTRIES[:1]
    log.note(ENTRIES[2:])
    assert log.entries() == [ENTRIES[0], ENTRIES[2]]


@pytest.mark.parametrize(
    "line",
    [
        "yesterday family f K7QM-2TXD",
        "2026-11-25T01:00:00 family f K7QM-2TXD",
        "2026 somebody f r",
        "a b c d e",
    ],
)
def test_a_damaged_line_is_told_by_its_number(path: Path, line: str) -> None:
    log = ErasedLog(path)
    log.note(ENTRIES[:1])
    with path.open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    with pytest.raises(JournalError, match="LINLI_ERASED_LOG: line 2 .*is damaged"):
        log.entries()
