"""What staff do with `linli`: see who waits, answer, see what nobody could answer."""

from pathlib import Path

import pytest

from tests.cli import Here


@pytest.fixture
def waiting(here: Here) -> Here:
    """Two residents wait for an answer since a morning long ago, one of them for a call."""
    for who, said in (("lin", ["东湖社区", "/callback", "13800138000"]), ("chen", ["/callback"])):
        assert here("ask", "--as", who, "--now", "2026-11-02T10:00", *said)[0] == 0
    return here


def test_nobody_waits_at_first(here: Here) -> None:
    assert here("callbacks") == (0, "nobody waits for an answer\n", "")


def test_those_who_wait_are_listed_with_all_that_staff_need(waiting: Here) -> None:
    code, out, _ = waiting("callbacks")
    assert code == 0
    [lin] = [line for line in out.splitlines() if "H-0001" in line]
    for part in (
        "FZ002",
        "2026-11-02 10:00",
        "2026-11-02 20:00",
        "OVERDUE",
        "centre_card FZ002",
        "13800138000",
    ):
        assert part in lin
    [chen] = [line for line in out.splitlines() if "H-0002" in line]
    assert "district" in chen


def test_one_centre_sees_its_own(waiting: Here) -> None:
    out = waiting("callbacks", "--centre", "FZ002")[1]
    assert "H-0001" in out
    assert "H-0002" not in out
    code, _, err = waiting("callbacks", "--centre", "FZ999")
    assert (code, err) == (2, "no centre has the id FZ999; `linli export` lists them\n")


def test_an_answer_reaches_the_conversation_and_closes_the_call_back(waiting: Here) -> None:
    code, out, _ = waiting("callback", "answer", "H-0001", "周六有理发。", "--by", "小王")
    assert (code, out) == (0, "H-0001 was answered; the resident reads it in the chat\n")
    assert "H-0001" not in waiting("callbacks")[1]
    [closed] = [line for line in waiting("callbacks", "--all")[1].splitlines() if "H-0001" in line]
    assert "answered" in closed
    assert "小王" in closed
    assert "13800138000" not in closed
    code, _, err = waiting("callback", "answer", "H-0001", "没有。", "--by", "小李")
    assert (code, err) == (2, "H-0001 was answered already; `linli callbacks --all` says when and by whom\n")
    assert waiting("check")[0] == 0


def test_an_unknown_number_is_refused(waiting: Here) -> None:
    code, _, err = waiting("callback", "answer", "H-0042", "有。", "--by", "小王")
    assert code == 2
    assert "no call-back has the number H-0042" in err


def test_an_answer_needs_somebody_who_gives_it(waiting: Here, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        waiting("callback", "answer", "H-0001", "有。")
    assert "--by" in capsys.readouterr().err


def test_unanswered_questions_are_listed_the_most_frequent_first(here: Here, tmp_path: Path) -> None:
    assert here("unknown") == (0, "nothing was left unanswered in the last 30 days\n", "")
    for who, said in (("a", "明天天气怎么样"), ("b", "阿巴阿巴"), ("c", "明天天气怎么样？")):
        here("ask", "--as", who, said)
    first, second = here("unknown", "--days", "30")[1].splitlines()
    assert first.split() == ["2", first.split()[1], "out_of_scope", "zh", "明天天气怎么样"]
    assert second.split()[2:] == ["not_understood", "zh", "阿巴阿巴"]
