"""The comparison of time readers counts what is exactly right, and what is comparable."""

from datetime import date

import pytest

from tests.time_cases import NOW, Case, cases
from tests.understanding.times import FILES, Reading, expected, of_oracle, own_reader, score


def case(said: str, wanted: str) -> Case:
    return Case(said, wanted, NOW, None, False, ())


OCTOBER = (date(2026, 10, 1), date(2026, 10, 7))
FOURTH = (date(2026, 9, 17), date(2026, 9, 17))


@pytest.mark.parametrize(
    ("wanted", "reading"),
    [
        ("2026-10-01..2026-10-07 national", Reading((OCTOBER,))),
        ("2026-09-17 16:00", Reading((FOURTH,), ((960, None),))),
        ("08:30 ? ; 09:00-11:30", Reading((), ((510, None), (540, 690)))),
        ("-", Reading()),
        ("weekly 1,2", None),
        ("now", None),
        ("2026-09-17 -17:00", None),
        ("-17:00", None),
    ],
)
def test_the_notation_is_read(wanted: str, reading: Reading | None) -> None:
    assert expected(case("…", wanted)) == reading


def test_what_others_are_not_told_is_not_compared() -> None:
    assert expected(Case("四点", "16:00", NOW, 870, False, ())) is None
    assert expected(Case("周五没开门", "2026-09-11", NOW, None, True, ())) is None
    assert expected(case("tomorrow", "2026-09-17")) is None


def point(start: str, end: str, kind: str = "time_point") -> dict[str, object]:
    return {"type": kind, "detail": {"type": kind, "time": [start, end]}}


def test_the_answers_of_jionlp_are_read() -> None:
    assert of_oracle([point("2026-09-17 04:00:00", "2026-09-17 04:59:59")]) == Reading(
        (FOURTH,), ((240, None),)
    )
    assert of_oracle([point("2026-10-01 00:00:00", "2026-10-07 23:59:59", "time_span")]) == Reading(
        (OCTOBER,)
    )
    assert of_oracle([point("2026-09-17 19:00:00", "2026-09-17 21:00:00", "time_span")]).clocks == (
        (1140, 1260),
    )
    assert of_oracle([{"type": "time_period", "detail": {"time": {"delta": {"day": 7}}}}]) == Reading()


SENTENCES = [
    case("国庆", "2026-10-01..2026-10-07 national"),
    case("明天四点", "2026-09-17 16:00"),
    case("下午", "12:00-18:00"),
    case("三点意见", "-"),
]


def test_a_reader_that_finds_nothing_is_right_about_nothing_alone() -> None:
    found = score(lambda said, now: Reading(), SENTENCES)
    assert (found.days, found.clocks, found.nothing) == ((0, 2), (0, 1), (1, 1))


def test_a_day_too_many_is_wrong_unless_it_is_today() -> None:
    today = (NOW.date(), NOW.date())
    found = score(lambda said, now: Reading((OCTOBER, today)), SENTENCES[:1])
    assert found.days == (1, 1)
    assert score(lambda said, now: Reading((OCTOBER, FOURTH)), SENTENCES[:1]).days == (0, 1)


@pytest.mark.parametrize("name", FILES)
def test_the_own_grammar_is_right_on_every_sentence_that_counts(name: str) -> None:
    found = score(own_reader(), list(cases(name)))
    for right, n in (found.days, found.clocks, found.nothing):
        assert right == n > 20
