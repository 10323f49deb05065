"""Judges the replies of a dialogue: right only when every fact is there, nothing wrong, and no way out."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.ask import AskError, read_place, read_time
from tests.understanding.facts import canonical, holds

SLICE = re.compile(r"^[a-z0-9][a-z0-9_-]*$")
CARDS = range(1, 27)

# Views that ask back: right only where a question back is.
ASKED_BACK = frozenset({"AskWhere", "AskWhichCentre", "AskWhichService"})
# Views that say no, and the situations in which that is what an honest service says: what no centre has,
# and attempts to trick it.
REFUSED = frozenset({"NotUnderstood", "OutOfScope", "NotReadable", "ChoiceGone", "NothingToRepeat"})
REFUSABLE_CARDS = frozenset({21, 25})
REFUSABLE_SLICES = frozenset({"out_of_scope"})
# Never right.
FAILED = frozenset({"WentWrong", "Busy"})


class CaseError(ValueError):
    """A line that is no case; the text says which field is wrong, and quotes nothing of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """What a resident says, and what a complete and right last reply holds.

    `must` lists facts, each as alternatives; `ambiguous`: a question back is right, and its choices count.
    """

    id: str
    slice: str
    card: int
    now: str | None
    near: str | None
    say: tuple[str, ...]
    must: tuple[tuple[str, ...], ...]
    must_not: tuple[str, ...]
    ambiguous: bool
    because: str

    @property
    def wants_refusal(self) -> bool:
        return self.card in REFUSABLE_CARDS or self.slice in REFUSABLE_SLICES

    def forbids(self, text: str) -> bool:
        return any(holds(canonical(text), wrong) for wrong in self.must_not)


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply. `changed`: it changed something that nobody asked to have changed."""

    text: str
    labels: tuple[str, ...]
    view: str
    intent: str
    ms: float = 0.0
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """`reasons` say what is missing or wrong; there are none when it is right."""

    reasons: tuple[str, ...]

    @property
    def right(self) -> bool:
        return not self.reasons


Judge = Callable[[Case, Sequence[Reply]], Verdict]


def judge(case: Case, replies: Sequence[Reply]) -> Verdict:
    """Judge the last of `replies`, and that none of them changed anything."""
    if not replies:
        return Verdict(("there is no reply",))
    last = replies[-1]
    reasons = ["something was changed"] if any(reply.changed for reply in replies) else []
    if last.view in FAILED:
        reasons.append(f"{last.view}: it failed")
    if last.view in REFUSED and not case.wants_refusal:
        reasons.append(f"{last.view}: a refusal")
    if last.view in ASKED_BACK and not case.ambiguous:
        reasons.append(f"{last.view}: a question back where the answer was clear")
    said = canonical("\n".join((last.text, *last.labels) if case.ambiguous else (last.text,)))
    reasons += [
        f"missing: {' | '.join(fact)}" for fact in case.must if not any(holds(said, one) for one in fact)
    ]
    reasons += [f"must not be there: {wrong}" for wrong in case.must_not if holds(said, wrong)]
    return Verdict(tuple(reasons))


def read_case(line: str) -> Case:
    """One JSON line. Raises CaseError."""
    try:
        given = json.loads(line)
    except ValueError:
        raise CaseError("it is not JSON") from None
    if not isinstance(given, dict) or set(given) != set(Case.__slots__):
        raise CaseError(f"it must be an object with {', '.join(Case.__slots__)}, and nothing else")
    for field, is_valid in _VALID.items():
        if not is_valid(given[field]):
            raise CaseError(f"{field} is not valid")
    case = Case(
        **given
        | {
            "say": tuple(given["say"]),
            "must": tuple(tuple(fact) for fact in given["must"]),
            "must_not": tuple(given["must_not"]),
        }
    )
    if any(all(map(case.forbids, fact)) for fact in case.must):
        raise CaseError("a fact that must be there is one that must not")
    return case


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(canonical(value))


def _is_filled_list(value: object) -> bool:
    return isinstance(value, list) and bool(value)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _is_readable(read: Callable[[Any], object]) -> Callable[[object], bool]:
    def check(value: object) -> bool:
        try:
            read(value)
        except AskError:
            return False
        return True

    return check


_VALID: dict[str, Callable[[Any], bool]] = {
    "id": _is_text,
    "slice": lambda value: isinstance(value, str) and bool(SLICE.match(value)),
    "card": lambda value: isinstance(value, int) and not isinstance(value, bool) and value in CARDS,
    "now": _is_readable(read_time),
    "near": _is_readable(read_place),
    "say": lambda value: _is_filled_list(value) and all(isinstance(sentence, str) for sentence in value),
    "must": lambda value: _is_filled_list(value) and all(bool(fact) and _are_texts(fact) for fact in value),
    "must_not": _are_texts,
    "ambiguous": lambda value: isinstance(value, bool),
    "because": _is_text,
}
