"""A judge that lets pass what is incomplete or wrong would make every figure worthless."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest

from messages.views import VIEWS
from tests.understanding.judge import (
    ASKED_BACK,
    FAILED,
    REFUSED,
    Case,
    CaseError,
    Judge,
    Reply,
    Verdict,
    judge,
    read_case,
)

CASE = Case(
    id="x",
    slice="plain",
    card=3,
    now=None,
    near=None,
    say=("东湖社区剪头发的几点关门",),
    must=(("便民理发", "haircut"), ("18:30",)),
    must_not=("15元",),
    ambiguous=False,
    because="FZ002",
)
GOOD = Reply("便民理发：下午6点半关门，12元/次", ("还有别的吗",), "ServiceCard", "find_service")
VAGUE = replace(CASE, must=(("城东街道",), ("北峰街道",)), ambiguous=True)
BOTH = ("霞美社区（城东街道）", "霞美社区（北峰街道）")
WHICH = Reply("您说的是哪一个？", BOTH, "AskWhichCentre", "centre_card")
SCOPE = replace(CASE, card=21, must=(("12345",),))
OUTSIDE = replace(CASE, slice="out_of_scope")

# Dialogues and what an honest judge says of them.
CONTROLS: list[tuple[str, Case, Sequence[Reply], bool]] = [
    ("complete and right", CASE, [GOOD], True),
    ("in other words", CASE, [replace(GOOD, text="Haircut, until 6:30 pm")], True),
    ("the last reply counts", CASE, [replace(GOOD, text="?", view="AskWhere"), GOOD], True),
    ("right at first only", CASE, [GOOD, replace(GOOD, text="您好")], False),
    ("no reply", CASE, [], False),
    ("an empty reply", CASE, [replace(GOOD, text="")], False),
    ("one fact missing", CASE, [replace(GOOD, text="便民理发12元/次")], False),
    ("another time", CASE, [replace(GOOD, text="便民理发：17:30关门")], False),
    ("something wrong beside", CASE, [replace(GOOD, text=GOOD.text + "，或者15元/次")], False),
    ("the facts in the buttons", CASE, [replace(GOOD, text="请选", labels=(GOOD.text,))], False),
    ("the facts in a refusal", CASE, [replace(GOOD, text="便民理发18:30", view="NotUnderstood")], False),
    ("out of scope", CASE, [replace(GOOD, view="OutOfScope")], False),
    ("asks back", CASE, [replace(GOOD, view="AskWhichService")], False),
    ("failed", CASE, [replace(GOOD, view="WentWrong")], False),
    ("busy", SCOPE, [replace(GOOD, text="12345", view="Busy")], False),
    ("changed something", CASE, [replace(GOOD, changed=True)], False),
    ("changed something before", CASE, [replace(GOOD, changed=True), GOOD], False),
    ("asks back where that is right", VAGUE, [WHICH], True),
    ("offers one of two", VAGUE, [replace(WHICH, labels=WHICH.labels[:1])], False),
    ("guesses", VAGUE, [replace(WHICH, text="霞美社区（城东街道）", labels=(), view="CentreCard")], False),
    ("refuses what it must", SCOPE, [replace(GOOD, text="请打12345", view="OutOfScope")], True),
    ("refuses in its slice", OUTSIDE, [replace(GOOD, view="OutOfScope")], True),
    ("refuses without the help line", SCOPE, [replace(GOOD, text="不行", view="OutOfScope")], False),
]  # fmt: skip


def misjudged(judge: Judge) -> list[str]:
    return [name for name, case, replies, right in CONTROLS if judge(case, replies).right is not right]


def test_the_judge_decides_every_control_rightly() -> None:
    assert misjudged(judge) == []


def test_a_judge_that_accepts_everything_is_noticed() -> None:
    assert len(misjudged(lambda case, replies: Verdict(()))) == 17


def test_a_judge_that_accepts_nothing_is_noticed() -> None:
    assert len(misjudged(lambda case, replies: Verdict(("no",)))) == 6


def test_a_judge_that_looks_for_letters_alone_is_noticed() -> None:
    def by_letters(case: Case, replies: Sequence[Reply]) -> Verdict:
        text = replies[-1].text if replies else ""
        return Verdict(() if all(any(one in text for one in fact) for fact in case.must) else ("no",))

    assert "in other words" in misjudged(by_letters)
    assert "the facts in a refusal" in misjudged(by_letters)


def test_the_reasons_name_what_is_missing_and_what_is_wrong() -> None:
    verdict = judge(CASE, [replace(GOOD, text="15元", view="NotUnderstood")])
    assert verdict.reasons == (
        "NotUnderstood: a refusal",
        "missing: 便民理发 | haircut",
        "missing: 18:30",
        "must not be there: 15元",
    )


def test_the_views_that_are_never_simply_right_exist() -> None:
    assert set(VIEWS) >= (ASKED_BACK | REFUSED | FAILED)
    asks = {name for name in VIEWS if name.startswith("Ask")}
    # What is asked on the way to a booking, a rating or a case, of one's own data, or of staff is judged by
    # what it tells.
    assert asks - ASKED_BACK == {
        "AskCaseWords", "AskWhatIsWrong", "AskWhichRated",
        "AskForWhom", "AskHowOld", "AskName", "AskRelation", "AskWhichChild", "AskWhichOfOurs",
        "AskWhichSession", "AskWhomToErase",
    }  # fmt: skip


def line(**changed: object) -> str:
    given: dict[str, object] = {name: getattr(CASE, name) for name in Case.__slots__}
    return json.dumps(given | changed, ensure_ascii=False)


def test_a_case_is_read_from_a_line() -> None:
    assert read_case(line()) == CASE
    assert read_case(line(now="2026-10-10T09:00", near="24.9080,118.6010")).near == "24.9080,118.6010"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", ""),
        ("slice", "Two words"),
        ("card", 0),
        ("card", 27),
        ("card", True),
        ("card", "3"),
        ("now", "soon"),
        ("near", "here"),
        ("say", []),
        ("say", "你好"),
        ("say", [1]),
        ("must", []),
        ("must", [[]]),
        ("must", ["18:30"]),
        ("must", [[" "]]),
        ("must_not", [""]),
        ("must_not", "x"),
        ("ambiguous", 1),
        ("because", ""),
    ],
)
def test_a_field_that_is_not_valid_is_named(field: str, value: object) -> None:
    with pytest.raises(CaseError, match=f"^{field} is not valid$"):
        read_case(line(**{field: value}))


@pytest.mark.parametrize("text", ["{", "[]", "{}", '"x"', line(more=1)])
def test_what_is_no_case_is_refused(text: str) -> None:
    with pytest.raises(CaseError):
        read_case(text)


def test_a_case_that_no_reply_can_fulfil_is_refused() -> None:
    with pytest.raises(CaseError, match="must not"):
        read_case(line(must=[["下午6点半", "18:30关门"]], must_not=["18:30"]))
    assert read_case(line(must=[["下午6点半", "晚上"]], must_not=["18:30"])).must_not == ("18:30",)
