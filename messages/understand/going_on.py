"""How a sentence goes on from what was said: to another thing, on other days, elsewhere, for less."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

from messages.understand.booking import OLDEST, spelled_number
from messages.understand.lexicon import FAINT, PLACES, THINGS, Hit, Span
from messages.understand.time import TimeExpr
from messages.words import words

# So few letters more may be said by who says where they are.
FEW_LEFT = 2
# Signs where somebody pauses, beside the blanks that were taken out.
SIGNS = re.compile("[ ,.;:!?\u3002\u3001\u2026]+")


@dataclass(frozen=True, slots=True)
class GoingOn:
    """`turns`: another thing is taken up, `back`: one of before; `free_one`: one that costs nothing
    is spoken of, `paid_one`: one that does not; `cheaper`: it is too dear; `less_than` and `at_most` are
    amounts that are refused and asked for; `another_place`: not the one that is named; `leaves`: they will
    not go there (any more).

    `refused` are times at which somebody is not free, `gives_reason`: it is said why, `other_days`: others
    are asked for, `other_time`: another time is said instead of the one before. `only_there`: no more is said
    than where somebody is, `nearly_there`: hardly more; `names_nothing`: all else only asks whom it is for,
    what it costs and the like; `lives`: it tells where somebody lives, is or goes instead; `nth` of a list is
    meant. `age` in years is whose it is about. `pauses` are places in the text where somebody paused, `aside`
    are parts that only say why; who is shut at a time of `open_on` is not wanted.
    """

    turns: bool = False
    back: bool = False
    free_one: bool = False
    paid_one: bool = False
    cheaper: bool = False
    less_than: float | None = None
    at_most: float | None = None
    another_place: bool = False
    refused: tuple[TimeExpr, ...] = ()
    gives_reason: bool = False
    other_days: bool = False
    only_there: bool = False
    age: int | None = None
    pauses: tuple[int, ...] = ()
    leaves: bool = False
    nearly_there: bool = False
    names_nothing: bool = False
    lives: bool = False
    other_time: bool = False
    nth: int | None = None
    aside: tuple[Span, ...] = ()
    open_on: tuple[TimeExpr, ...] = ()


NO_GOING_ON = GoingOn()


class GoingOnWords:
    """The ways of one language, compiled."""

    def __init__(self, language: str) -> None:
        listed = words(language, "going_on")
        each = (
            "turns",
            "back",
            "free_one",
            "paid_one",
            "cheaper",
            "another_place",
            "other_days",
            "leaves",
            "quarrels",
        )
        self._any = {name: _any_of(listed[name]) for name in each}
        one = (
            "busy",
            "cannot",
            "only_there",
            "amount",
            "asked_amount",
            "age",
            "age_rule",
            "years",
            "errands",
            "lives",
            "other_one",
            "other_time",
            "nth",
            "shut_on",
        )
        self._one = {name: re.compile(listed[name]) for name in one}
        # In Chinese with English words in it both say nothing.
        idle = (*listed["names_nothing"], listed["only_there"], *words("en", "going_on")["names_nothing"])
        self._one["names_nothing"] = re.compile("|".join(idle))
        self._refused_before = re.compile(listed["refused_amount"]["before"])
        self._refused_after = re.compile(listed["refused_amount"]["after"])
        self._ordinals: dict[str, int] = listed["ordinals"]
        self._self = str(listed["self"])
        self._digits = words("zh", "asking")["grades"]

    def read(
        self,
        text: str,
        breaks: Sequence[int],
        times: Sequence[TimeExpr],
        hits: Sequence[Hit],
        no: Sequence[Span],
    ) -> GoingOn:
        """`no`: the parts of the text that are refused."""
        pauses = _pauses(text, breaks)
        less_than, at_most = self._amounts(text)
        refused, reasons = self._refused(text, pauses, times, hits, no)
        there = self._beside_where(text, times, hits)
        left = self._beside_where(text, times, hits, words="names_nothing")
        elsewhere = self._is_another_place(text, no, pauses) or self._is_other_one(text, hits)
        leaves = self._says("leaves", text)
        quarrels = self._any["quarrels"].finditer(text) if elsewhere or leaves else ()
        return GoingOn(
            turns=self._says("turns", text),
            back=self._says("back", text),
            free_one=self._says("free_one", text) and not self._says("paid_one", text),
            paid_one=self._says("paid_one", text),
            cheaper=self._says("cheaper", text),
            less_than=less_than,
            at_most=at_most,
            another_place=elsewhere,
            refused=refused,
            gives_reason=bool(reasons),
            other_days=self._says("other_days", text),
            only_there=there == 0,
            nearly_there=there is not None and there <= FEW_LEFT and self._says_one("lives", text),
            lives=self._says_one("lives", text),
            other_time=any(self._one["other_time"].search(text[: time.span[0]]) for time in times),
            names_nothing=left is not None and left < FEW_LEFT,
            age=self._age(text),
            pauses=pauses,
            leaves=leaves,
            nth=self._ordinals[found["n"]] if (found := self._one["nth"].search(text)) else None,
            open_on=tuple(
                time
                for time in times
                if _is_within(time.span[0], no) and self._one["shut_on"].match(text[time.span[1] :])
            ),
            aside=(*reasons, *(found.span() for found in quarrels)),
        )

    def _says(self, name: str, text: str) -> bool:
        return bool(self._any[name].search(text))

    def _says_one(self, name: str, text: str) -> bool:
        return bool(self._one[name].search(text))

    def _beside_where(
        self, text: str, times: Sequence[TimeExpr], hits: Sequence[Hit], *, words: str = "only_there"
    ) -> int | None:
        """How many letters stand beside where somebody is, when and who, and beside those words; None where a
        bare name stands."""
        places = ((hit.start, hit.end) for hit in hits if hit.kind in PLACES)
        spans = [*(time.span for time in times), *places]
        rest = "".join(" " if _is_within(at, spans) else letter for at, letter in enumerate(text))
        said = SIGNS.sub(" ", rest)
        if not said.strip():
            return None  # a bare name asks for the place itself
        return len(self._one[words].sub("", said).replace(" ", ""))

    def _is_another_place(self, text: str, no: Sequence[Span], pauses: Sequence[int]) -> bool:
        """Whether another place is wished for, and not refused."""
        stands_alone = {*pauses, *(start for start, _ in no)}
        found = self._any["another_place"].finditer(text)
        # A no ends before 'another', which it refuses all the same.
        return any(
            each.start() in stands_alone or not _is_within(max(each.start() - 1, 0), no) for each in found
        )

    def _is_other_one(self, text: str, hits: Sequence[Hit]) -> bool:
        """Whether another one of a kind is asked for by its name."""
        return any(self._one["other_one"].search(text[: hit.start]) for hit in hits if hit.kind in THINGS)

    def _refused(
        self,
        text: str,
        pauses: Sequence[int],
        times: Sequence[TimeExpr],
        hits: Sequence[Hit],
        no: Sequence[Span],
    ) -> tuple[tuple[TimeExpr, ...], list[Span]]:
        """Times at which somebody is not free: where a reason stands and other times are asked about, or
        where it is said that they cannot; and the parts where the reasons stand."""
        errands = [found.span() for found in self._one["errands"].finditer(text)]
        parts = list(pairwise((0, *pauses, len(text))))
        said_no = [time for time in times if _is_within(time.span[0], no)]
        has_reason: dict[TimeExpr, Span] = {}
        cannot = []
        for time in times:
            begin, end = next((part for part in parts if part[0] <= time.span[0] < part[1]), (0, len(text)))
            named = any(
                begin <= hit.start < end and _is_a_name(hit) and not _overlaps(hit, errands) for hit in hits
            )
            behind = text[time.span[1] : end]
            if named or time in said_no:
                continue
            if self._one["cannot"].search(behind):
                cannot.append(time)
                continue
            if time.is_now:
                continue  # what has to be done now is what is asked about
            if not (self._one["busy"].search(behind) or self._one["errands"].search(behind)):
                continue
            has_reason[time] = (time.span[0], end)
            if self._one["cannot"].search(text[end:].lstrip(" ,.;:!?")):
                cannot.append(time)
        others = [time for time in times if time not in (*has_reason, *said_no, *cannot)]
        asks_for_others = bool(said_no or others) or self._says("other_days", text)
        has_reason_too = [time for time in cannot if time in has_reason]
        away = [*said_no, *has_reason_too, *((*cannot, *has_reason) if asks_for_others else ())]
        refused = tuple(time for time in times if any(_is_same_day(time, each) for each in away))
        return refused, [part for time, part in has_reason.items() if time in refused]

    def _amounts(self, text: str) -> tuple[float | None, float | None]:
        refused, asked = [], []
        for found in self._one["amount"].finditer(text):
            amount = _number(found["before"] or found["behind"], self._digits)
            before, after = text[: found.start()], text[found.end() :]
            if self._refused_before.search(before) or self._refused_after.search(after):
                refused.append(amount)
            elif self._one["asked_amount"].search(before):
                asked.append(amount)
            elif self._says("cheaper", text):
                refused.append(amount)
        return min(refused, default=None), min(asked, default=None)

    def _age(self, text: str) -> int | None:
        """The last age that is somebody's and no rule."""
        ages = []
        for name in ("age", "years"):
            for found in self._one[name].finditer(text):
                age = int(_number(found[1], self._digits))
                if 0 < age < OLDEST and not self._one["age_rule"].search(text[found.end(1) :]):
                    ages.append((found.start(1), age, found[0].startswith(self._self)))
        others = [each for each in ages if not each[2]]  # rather whom it is for than who asks
        return max(others or ages)[1] if ages else None


@cache
def going_on_words(language: str) -> GoingOnWords:
    return GoingOnWords(language)


def _pauses(text: str, breaks: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted({*breaks, *(found.end() for found in SIGNS.finditer(text))} - {0, len(text)}))


def _is_a_name(hit: Hit) -> bool:
    return hit.kind in THINGS and hit.rank > FAINT


def _overlaps(hit: Hit, spans: Sequence[Span]) -> bool:
    return any(hit.start < end and start < hit.end for start, end in spans)


def _is_within(at: int, spans: Sequence[Span]) -> bool:
    return any(start <= at < end for start, end in spans)


def _is_same_day(time: TimeExpr, other: TimeExpr) -> bool:
    """Whether both are the same time, in whatever words."""
    same = (time.first, time.last, time.start, time.end, time.weekdays)
    return same == (other.first, other.last, other.start, other.end, other.weekdays)


def _number(said: str, digits: dict[str, int]) -> float:
    return float(said) if said[0].isdecimal() else float(spelled_number(said, digits))


def _any_of(texts: Sequence[Any]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{text})" for text in texts))
