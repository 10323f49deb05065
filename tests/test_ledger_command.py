"""`linli ledger`: what an operator sees of a rating by its receipt, and whether the chain holds."""

import re

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
