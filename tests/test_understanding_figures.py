"""The figures say what happened, what must be reached, and how sure they are."""

import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from tests.test_understanding_judge import CASE, GOOD
from tests.understanding.figures import Beside, Report, beside, report, show, show_beside, wilson, write
from tests.understanding.judge import judge

WRONG = replace(GOOD, text="您好")


def counted(*slices: tuple[str, int, int], changed: int = 0, dropped: int = 0) -> Report:
    """A report of so many right and wrong ones a slice."""
    cases, replies = [], []
    for name, right, wrong in slices:
        cases += [replace(CASE, slice=name)] * (right + wrong)
        replies += [[GOOD]] * right + [[WRONG]] * wrong
    for at in range(changed):
        replies[at] = [replace(GOOD, changed=True)]
    return report(cases, replies, judge, dropped=dropped)


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    # From Newcombe, Two-sided confidence intervals for the single proportion (1998), table I.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_that_of_wilson(right: int, n: int, low: float, high: float) -> None:
    assert wilson(right, n) == pytest.approx((low, high), abs=0.00006)


def test_the_interval_holds_the_share_and_stays_between_none_and_all() -> None:
    for n in (1, 2, 10, 400):
        for right in range(n + 1):
            low, high = wilson(right, n)
            assert 0 <= low <= right / n <= high <= 1
    assert wilson(0, 0) == (0, 1)


def test_each_slice_and_the_total_are_counted() -> None:
    found = counted(("plain", 9, 1), ("english", 19, 1), dropped=3)
    assert [(figure.name, figure.n, figure.right) for figure in found.slices] == [
        ("plain", 10, 9),
        ("english", 20, 19),
    ]
    assert (found.total.n, found.total.right, found.dropped) == (30, 28, 3)
    assert found.ok


def test_a_missed_bar_fails_the_run() -> None:
    assert counted(("plain", 17, 3), ("english", 100, 0)).ok
    assert not counted(("plain", 16, 4), ("english", 100, 0)).ok
    assert not counted(("plain", 9, 1), ("english", 9, 1)).ok
    assert not counted(("plain", 20, 0), changed=1).ok
    assert not counted().ok


def test_what_was_said_is_not_in_the_figures(tmp_path: Path) -> None:
    out = io.StringIO()
    found = counted(("plain", 1, 1), dropped=2)
    show(found, Console(file=out, width=110), title="understood")
    others = [beside("rules", [CASE], [[WRONG]], judge), Beside("vectors", None, "no model")]
    show_beside(found, others, Console(file=out, width=110))
    write({"mine.jsonl": (found, others)}, tmp_path / "understanding.json")
    written = (tmp_path / "understanding.json").read_text("utf-8")
    for text in (out.getvalue(), written):
        assert "0.5" in text
        assert CASE.say[0] not in text
        assert GOOD.text not in text
    kept = json.loads(written)["mine.jsonl"]
    assert (kept["total"]["right"], kept["ok"]) == (1, False)
    assert [other["missing"] for other in kept["beside"]] == [None, "no model"]
    assert "not played: no model" in out.getvalue()
