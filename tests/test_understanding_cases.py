"""The sentences that are kept apart are those that were handed over, enough of them, and new."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.test_understanding_judge import CASE, line
from tests.understanding.__main__ import main
from tests.understanding.kept_apart import (
    EXAMPLE,
    KEPT_APART,
    LEAST_A_SLICE,
    LEAST_CASES,
    hash_of,
    is_kept_apart,
    problems,
    read_cases,
)
from tests.understanding.nearness import LIMIT, Seen, jaccard, trigrams


@pytest.mark.parametrize("path", KEPT_APART, ids=lambda path: path.stem)
def test_the_kept_apart_cases_are_as_they_were_handed_over(path: Path) -> None:
    assert problems(path, hash_of(path), least=LEAST_CASES, least_a_slice=LEAST_A_SLICE) == []


@pytest.fixture
def handed_over(tmp_path: Path) -> tuple[Path, Path]:
    """A small file of cases and its hash."""
    cases, digest = tmp_path / "cases.jsonl", tmp_path / "cases.sha256"
    lines = [line(id=f"x-{number}", slice=f"slice-{number % 2}") for number in range(4)]
    cases.write_text("\n".join(lines) + "\n", "utf-8")
    digest.write_text(f"{hashlib.sha256(cases.read_bytes()).hexdigest()}  cases.jsonl\n", "ascii")
    return cases, digest


def copied(cases: Path) -> Path:
    copy = cases.with_name("mine.jsonl")
    copy.write_bytes(cases.read_bytes())
    return copy


def test_a_file_that_is_as_it_was_has_no_problems(handed_over: tuple[Path, Path]) -> None:
    assert problems(*handed_over, least=4, least_a_slice=2) == []
    cases, _ = handed_over
    assert is_kept_apart(copied(cases), [cases])
    assert all(map(is_kept_apart, KEPT_APART))


def test_a_changed_or_small_file_is_noticed(handed_over: tuple[Path, Path]) -> None:
    cases, digest = handed_over
    assert problems(cases, digest, least=5, least_a_slice=3) == [
        "4 cases, 5 at least are needed",
        "slice slice-0: 2 cases, 3 at least are needed",
        "slice slice-1: 2 cases, 3 at least are needed",
    ]
    cases.write_text(cases.read_text("utf-8") + line(id="x-0", slice="slice-0") + "\n", "utf-8")
    assert problems(cases, digest, least=4, least_a_slice=2) == [
        "cases.jsonl is not what cases.sha256 says",
        "1 ids stand for more than one case",
    ]
    assert not is_kept_apart(copied(cases), [cases])
    digest.unlink()
    assert problems(cases, digest, least=4, least_a_slice=2)[0] == "cases.jsonl is not what cases.sha256 says"


def test_a_line_that_is_no_case_is_told_by_its_number_alone(handed_over: tuple[Path, Path]) -> None:
    cases, _ = handed_over
    cases.write_text(line() + "\n" + line(card=99) + "\n", "utf-8")
    assert problems(cases, None, least=1, least_a_slice=1) == ["cases.jsonl, line 2: card is not valid"]


@pytest.mark.parametrize("kept", KEPT_APART, ids=lambda path: path.stem)
def test_nobody_can_have_the_failures_of_the_kept_apart_cases_shown(
    kept: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "mine.jsonl"
    copy.write_bytes(kept.read_bytes())
    for path in (copy, kept):
        with pytest.raises(SystemExit):
            main(["--dev", str(path)])
    assert "kept apart" in capsys.readouterr().err


SEEN = Seen(["最近的老年食堂几点关门", "你好"])


@pytest.mark.parametrize("sentence", ["最近的老年食堂几点关门", "最近的老年食堂几点关门？", "你好", "你 好"])
def test_a_sentence_that_was_all_but_seen_is_known(sentence: str) -> None:
    assert SEEN.knows(sentence)


@pytest.mark.parametrize("sentence", ["食堂几点关门", "老人饭堂开到几点", "你好啊食堂在哪", "", "好"])
def test_a_sentence_of_its_own_is_not(sentence: str) -> None:
    assert not SEEN.knows(sentence)


def test_how_near_two_sentences_are() -> None:
    assert jaccard(trigrams("abc"), trigrams("abc")) == 1
    assert jaccard(trigrams("abc"), trigrams("abx")) == pytest.approx(1 / 5)
    assert jaccard(trigrams(""), trigrams("abc")) == 0
    assert LIMIT == 0.7


def kept(*said: Sequence[str]) -> list[tuple[str, ...]]:
    return [case.say for case in SEEN.without([replace(CASE, say=tuple(say)) for say in said])]


def test_a_case_is_dropped_when_nothing_in_it_is_new() -> None:
    assert kept(["你好"], ["你好", "食堂在哪"], ["你好", "最近的老年食堂几点关门"]) == [("你好", "食堂在哪")]


def test_what_the_project_was_made_with_counts_as_seen() -> None:
    seen = Seen.here()
    assert seen.knows("最近的办事大厅")  # a suggestion
    assert seen.knows("放学没人接")  # a word in a list
    assert seen.knows("东湖社区邻里中心周六开吗")  # in a dialogue
    assert not seen.knows("窗台上的橘猫昨夜打翻了三盆兰花")


def test_the_examples_are_readable_and_each_is_another() -> None:
    cases = read_cases(EXAMPLE)
    assert len({json.dumps(case.say) for case in cases}) == len(cases) >= 10
