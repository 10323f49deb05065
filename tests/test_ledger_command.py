"""`linli ledger`: what an operator sees of a rating by its receipt, and whether the chain holds."""

import re
import sqlite3
from pathlib import Path

from tests.cli import Here


def receipt_of(here: Here, *given: str) -> str:
    code, out, _ = here("ask", *given)
    assert code == 0
    found = re.search(r"回执([0-9A-Z]{4}-[0-9A-Z]{4})", out)
    assert found
    return found[1]


def test_a_receipt_shows_the_entries_and_why_a_rating_counts_less(here: Here) -> None:
    honest = receipt_of(here, "给东湖社区打五星")
    own = receipt_of(here, "--as", "manager:FZ002", "给东湖社区打五星")
    code, out, _ = here("ledger", "receipt", honest.lower())
    assert code == 0
    assert f"{honest}: 5 of 5 for FZ002" in out
    assert "entry 1: rating" in out
    assert "flagged" not in out
    assert "it counts less, since it was flagged: staff" in here("ledger", "receipt", own)[1]
    assert here("ledger", "verify")[0] == 0


def test_a_receipt_of_nobody_is_named(here: Here) -> None:
    code, _, err = here("ledger", "receipt", "AAAA-AAAA")
    assert code == 2
    assert "no rating has the receipt AAAA-AAAA" in err


def test_that_it_was_verified_is_noted_for_the_desk(here: Here, tmp_path: Path) -> None:
    receipt_of(here, "给东湖社区打五星")
    for deed, code in (("SELECT 1", 0), ("UPDATE rating SET level = 1", 1)):
        with sqlite3.connect(tmp_path / "linli.db") as database:
            database.execute(deed)
        assert here("ledger", "verify")[0] == code
        with sqlite3.connect(tmp_path / "linli.db") as database:
            [outcome] = database.execute("SELECT outcome FROM job_run WHERE job = 'ledger-verify'").fetchone()
        assert outcome == f"1 {code}"
